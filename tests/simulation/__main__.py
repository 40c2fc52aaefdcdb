"""Run many seeds on all cores, or one with its trace."""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulation.runs import how_to_replay, run, template

PIECE = 20
"""Seeds a process takes at a time."""


def some(seeds: range) -> list[tuple[int, str]]:
    """The seeds that failed, and what was found."""
    failed: list[tuple[int, str]] = []
    with template() as made:
        for seed in seeds:
            try:
                found = run(seed, made).findings
                said = "\n".join(map(str, found))
            except Exception:  # noqa: BLE001 - whatever a seed shows is what we are here for
                said = traceback.format_exc()
            if said:
                failed.append((seed, said))
    return failed


def one(seed: int) -> int:
    with template() as made:
        done = run(seed, made)
    print("virtual time, wall clock, who, what")
    print("\n".join(done.trace))
    print(f"{done.fragments} samples, {done.expired} containers expired, digest {done.digest[:16]}")
    for finding in done.findings:
        print(f"FOUND {finding}")
    return 1 if done.findings else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run this one and print its trace")
    parser.add_argument("--seeds", type=int, default=1000, help="so many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    if asked.seed is not None:
        return one(asked.seed)
    begun = time.monotonic()
    end = asked.first + asked.seeds
    pieces = [range(at, min(end, at + PIECE)) for at in range(asked.first, end, PIECE)]
    failed = 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(some, pieces):
            for seed, said in found:
                failed += 1
                print(f"seed {seed}: {said}\n{how_to_replay(seed)}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{asked.seeds} seeds, {failed} failed, {seconds:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
