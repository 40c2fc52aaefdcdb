"""`python -m bench [--quick] [NAME ...]`: measure, print, and write each section into docs/ref/benchmarks.md.

Exit status: 1 when a gate was missed or a section failed, else 2 when a section could not run (the reason is printed),
else 0.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from types import FrameType

from bench import registry, report
from bench.section import CannotRun

MET, MISSED, CANNOT = 0, 1, 2
QUICK_WORDS = "*A quick run: fewer cameras, shorter and fewer turns than `make bench` takes.*\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these: " + ", ".join(registry.names()))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: five minutes in all")
    parser.add_argument("--print-only", action="store_true", help="do not write the report")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(registry.names()):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(registry.names())}")
    signal.signal(signal.SIGTERM, _stop)
    outcomes = [
        _run(name, chosen.quick, not chosen.print_only) for name in chosen.names or registry.names(quick=chosen.quick)
    ]
    return MISSED if MISSED in outcomes else max(outcomes)


def _run(name: str, quick: bool, write: bool) -> int:
    """One section: whatever goes wrong in it is told and keeps no other from running."""
    started = time.monotonic()
    try:
        module = registry.section(name)
        found = module.run(quick)
    except CannotRun as reason:
        print(f"bench {name}: cannot run: {reason}", flush=True)
        return CANNOT
    except Exception:  # noqa: BLE001 - told whole, counted as a miss
        traceback.print_exc()
        print(f"bench {name}: failed after {time.monotonic() - started:.0f} s", flush=True)
        return MISSED
    print(f"## {module.TITLE}\n{found.text}", flush=True)
    print(f"bench {name}: {'met' if found.ok else 'MISSED'}, {time.monotonic() - started:.0f} s", flush=True)
    if write:
        report.draw(found.pictures)
        report.put(module.TITLE, (QUICK_WORDS if quick else "") + found.text)
    return MET if found.ok else MISSED


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Being told to end unwinds the stack, so that every process and scratch directory goes."""
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
