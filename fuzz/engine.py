"""One process that feeds one harness: `python -m fuzz.engine FAMILY NAME CORPUS FOUND`.

With atheris the inputs follow coverage. Where atheris has no wheel the same harness gets plain mutations of its seeds:
weaker, and the first line says so. What breaks a promise is written to FOUND, its traceback to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

try:
    import atheris
except ImportError:  # no wheel for this Python or machine: pyproject.toml says for which there is one
    atheris = None

from fuzz.harness import Harness

INPUT_LIMIT_S = 10
"""For one input. The slowest takes some milliseconds; a machine with other work may hold one up a hundred times."""
MEMORY_LIMIT_MB = 1024
"""Of the whole process; it takes 150 MB. One input that needs the rest is a broken promise."""
CRASHED = 77
"""Exit status after a broken promise, as libFuzzer has it."""
MOST_MUTATIONS = 8


def row_of(family: str, name: str) -> Harness:
    """The row `name` of the module `family`. Imports what it tests."""
    rows: Sequence[Harness] = importlib.import_module(family).HARNESSES
    return next(row for row in rows if row.name == name)


class TooLong(BaseException):
    """An input took longer than its limit; no harness may catch it."""


def mutated(chance: random.Random, seeds: Sequence[bytes], words: Sequence[bytes], most: int) -> bytes:
    """A seed with some bytes flipped, put in, taken out, doubled, or replaced by words or by a piece of another."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(0, MOST_MUTATIONS)):
        at = chance.randint(0, len(data))
        length = chance.choice((1, 1, 2, 4, 16, 64))
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = chance.randbytes(length)
            case 4:
                data[at:at] = data[at : at + length]
            case 5 if words:
                word = chance.choice(words)
                data[at : at + chance.choice((0, len(word)))] = word
            case _:
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                data[at : at + length] = other[start : start + length]
    return bytes(data[:most])


def plainly(
    harness: Harness,
    seeds: Sequence[bytes],
    *,
    seed: int,
    until: float,
    runs: int,
    folder: Path,
    limit_s: float = INPUT_LIMIT_S,
) -> tuple[int, Path | None]:
    """Mutate until `until` (monotonic seconds) or for `runs` inputs; how many were tried, and the one that broke."""

    def too_long(_signal: int, _frame: object) -> None:
        raise TooLong

    chance = random.Random(seed)
    before = signal.signal(signal.SIGALRM, too_long)
    try:
        for number in range(runs):
            if number >= len(seeds) and time.monotonic() >= until:
                return number, None
            data = seeds[number] if number < len(seeds) else mutated(chance, seeds, harness.words, harness.max_bytes)
            signal.setitimer(signal.ITIMER_REAL, limit_s)
            try:
                harness.check(data)
            except (Exception, TooLong) as failure:  # noqa: BLE001 - whatever escapes is what is looked for
                signal.setitimer(signal.ITIMER_REAL, 0)
                traceback.print_exc()
                kind = "timeout" if isinstance(failure, TooLong) else "crash"
                path = folder / f"{harness.name}-{kind}-{hashlib.sha256(data).hexdigest()[:16]}"
                path.write_bytes(data)
                return number + 1, path
            signal.setitimer(signal.ITIMER_REAL, 0)
        return runs, None
    finally:
        signal.signal(signal.SIGALRM, before)


def corpus_of(folder: Path) -> list[bytes]:
    """The inputs kept in a directory, in a fixed order."""
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def dictionary(words: Sequence[bytes]) -> str:
    """The words as libFuzzer reads them."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)


def guided(harness: Harness, corpus: Path, given: argparse.Namespace, folder: Path) -> None:
    """Hand over to libFuzzer; it ends the process."""
    assert atheris is not None
    words = folder / f".{harness.name}.dict"
    words.write_text(dictionary(harness.words or (b"\0",)))  # libFuzzer refuses an empty one
    options = {
        "max_total_time": given.seconds,
        "runs": given.runs,
        "seed": given.seed,
        "max_len": harness.max_bytes,
        "timeout": INPUT_LIMIT_S,
        "report_slow_units": INPUT_LIMIT_S,
        "rss_limit_mb": MEMORY_LIMIT_MB,
        "dict": words,
        "artifact_prefix": folder / f"{harness.name}-",
        "print_final_stats": 1,
    }
    atheris.Setup(
        [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)],
        lambda data: void(harness.check(data)),
    )
    atheris.Fuzz()


def void(_accepted: bool) -> None:
    """libFuzzer takes a returned number for an order."""


@contextlib.contextmanager
def bounded_memory() -> Iterator[None]:
    """The whole process below `MEMORY_LIMIT_MB` more than it has: what needs more raises MemoryError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + (MEMORY_LIMIT_MB << 20), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("family")
    parser.add_argument("name")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("found", type=Path)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=-1, help="at most so many inputs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without coverage, as where atheris has no wheel")
    given = parser.parse_args()
    guide = atheris is not None and not given.plain
    # the harness as well: how far a property was followed is worth knowing
    watched = ["mingjian", given.family.partition(".")[0]]
    with atheris.instrument_imports(include=watched) if guide else contextlib.nullcontext():
        harness = row_of(given.family, given.name)
    if guide:
        guided(harness, given.corpus, given, given.found)  # does not return
    runs = given.runs if given.runs >= 0 else sys.maxsize
    until = time.monotonic() + given.seconds
    with bounded_memory():
        count, broken = plainly(
            harness, corpus_of(given.corpus), seed=given.seed, until=until, runs=runs, folder=given.found
        )
    print(f"plain: {count} executions", file=sys.stderr)
    return CRASHED if broken is not None else 0


if __name__ == "__main__":
    sys.exit(main())
