"""Which functions of the recorder's event loop take its time: a short turn of its own under cProfile.

The profiler makes each call dearer, so many small functions look larger than they are: the shares tell where to look,
not what recording costs.
"""

from __future__ import annotations

import pstats
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.processes import ROOT
from bench.sides import ours, start_ours
from bench.turns import turn

SHOWN = 12
BUILTIN = "~"
WAITING = ("sleep", "run_until_complete", "exec")
"""Builtins that are waited in, or that run a module once: no work of recording."""
OWN = str(ROOT / "src" / "mingjian") + "/"

Key = tuple[str, int, str]
Called = Mapping[Key, tuple[int, int, float, float]]
Stats = Mapping[Key, tuple[int, int, float, float, Called]]
"""What pstats keeps of each function: calls, calls without recursion, own and all seconds, the same by caller."""
Row = tuple[str, float]


def sampled(urls: Sequence[str], seconds: float) -> list[Row]:
    """The share of each of the dearest functions, from a turn that records `urls`."""
    found: list[Row] = []

    def read(folder: Path) -> None:
        found.extend(dearest(pstats.Stats(str(folder / "functions")).stats))  # type: ignore[attr-defined] # documented by use only

    profiled = replace(
        ours(),
        start=lambda cameras, folder: start_ours(cameras, folder, ("-m", "cProfile", "-o", str(folder / "functions"))),
    )
    turn(profiled, urls, seconds, afterwards=read)
    return found


def dearest(stats: Stats) -> list[Row]:
    """Our functions, the dearest first, with their shares of the time of all of ours.

    A function's time is its own and that of the builtins which it calls; importing and waiting are left out.
    """
    spent: defaultdict[Key, float] = defaultdict(float)
    for key, (_, _, own_s, _, callers) in stats.items():
        if key[0] == BUILTIN and not any(word in key[2] for word in WAITING):
            for caller, (_, _, inside_s, _) in callers.items():
                spent[caller] += inside_s
        else:
            spent[key] += own_s
    ours_s = {key: value for key, value in spent.items() if key[0].startswith(OWN) and key[2] != "<module>"}
    whole = sum(ours_s.values()) or 1.0
    first = sorted(ours_s, key=lambda key: ours_s[key], reverse=True)[:SHOWN]
    return [(f"{path.removeprefix(OWN)} {name}", ours_s[path, line, name] / whole) for path, line, name in first]


def table(rows: Sequence[Row]) -> str:
    """Markdown; nothing where the turn was left out."""
    if not rows:
        return ""
    lines = "\n".join(f"| `{name}` | {share:.1%} |" for name, share in rows)
    return f"\n| of that, functions of the event loop's thread, under cProfile | share |\n|---|---:|\n{lines}\n"
