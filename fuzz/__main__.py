"""`python -m fuzz`: every harness in turn, one line each; `python -m fuzz NAME FILE` runs one input again."""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzz.engine import INPUT_LIMIT_S, atheris
from fuzz.harness import Harness
from fuzz.table import HARNESSES

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".fuzz"
"""Corpora that grow from run to run, and what was found; not under version control."""
MEMORY = Path("/dev/shm")
"""Some harnesses write files for each input: not to a disk, where there is this."""
MOST_JOBS = 2
START_S = 2
"""What importing and instrumenting take; the rest of a harness's share goes into inputs."""
LEAST_S = 1
GRACE_S = 60
"""Beyond share and input limit a process that does not end is stopped, and counts as failed."""
TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one harness's process came to."""

    name: str
    executions: int
    coverage: str
    features: str
    broken: tuple[Path, ...]
    status: int
    said: str

    @property
    def failed(self) -> bool:
        return self.status != 0 or bool(self.broken)

    def line(self) -> str:
        return (
            f"{self.name:20} executions {self.executions:8}  coverage {self.coverage:>5}  "
            f"features {self.features:>5}  crashes {len(self.broken)}"
        )


def outcome_of(name: str, status: int, said: str, broken: Sequence[Path]) -> Outcome:
    """Read what libFuzzer or the plain engine said; executions are zero where it did not get to any."""
    done = re.findall(r"^#\d+\s+\w+\s+cov: (\d+) ft: (\d+)", said, re.M)
    coverage, features = done[-1] if done else ("-", "-")
    counts = re.findall(r"number_of_executed_units: (\d+)|^plain: (\d+) executions|^#(\d+)\t", said, re.M)
    executions = int(next((number for number in counts[-1] if number), "0")) if counts else 0
    return Outcome(name, executions, coverage, features, tuple(broken), status, said)


def engine_line(plain: bool) -> str:
    """Which engine runs, said before anything else."""
    if atheris is not None and not plain:
        return "engine: atheris, guided by coverage"
    if plain:
        return "engine: plain mutation, as asked; WITHOUT coverage guidance"
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    return f"engine: plain mutation WITHOUT coverage guidance: atheris is not installed, it has no wheel for {machine}"


@dataclass(frozen=True, slots=True)
class Session:
    """One run over some harnesses."""

    given: argparse.Namespace
    seconds: int
    """For each harness."""
    folder: Path
    scratch: Path
    """For the processes' own files, because libFuzzer ends them without a last word."""

    def fuzzed(self, harness: Harness) -> Outcome:
        """One process for one harness."""
        found = self.folder / "found"
        before = set(found.glob(f"{harness.name}-*"))
        family = harness.check.__module__
        command = [sys.executable, "-m", "fuzz.engine", family, harness.name, str(self._seeded(harness)), str(found)]
        command += ["--seconds", str(self.seconds), "--runs", str(self.given.runs), "--seed", str(self.given.seed)]
        command += ["--plain"] * self.given.plain
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=self.seconds + INPUT_LIMIT_S + GRACE_S,
                check=False,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(self.scratch)},
            )
            status, said = done.returncode, done.stdout
        except subprocess.TimeoutExpired as late:
            status, said = -1, (late.stdout or b"") + b"\nthe process did not end\n"
        broken = sorted(set(found.glob(f"{harness.name}-*")) - before)
        return outcome_of(harness.name, status, said.decode(errors="replace"), broken)

    def _seeded(self, harness: Harness) -> Path:
        """The harness's corpus directory, with its seeds in it."""
        corpus = self.folder / ("fresh" if self.given.fresh else "corpus") / harness.name
        if self.given.fresh:
            shutil.rmtree(corpus, ignore_errors=True)
        corpus.mkdir(parents=True, exist_ok=True)
        for seed in harness.seeds():
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
        return corpus


def told(outcome: Outcome) -> None:
    """The line, and for a failure how to see it again."""
    print(outcome.line(), flush=True)
    if not outcome.failed:
        return
    start = max(outcome.said.find("=== Uncaught Python exception"), outcome.said.find("Traceback"), 0)
    lines = outcome.said[start:].splitlines()
    print("\n".join("    " + line for line in (lines[:TAIL_LINES] if start else lines[-TAIL_LINES:])))
    for path in outcome.broken:
        print(f"    again: {sys.executable} -m fuzz {outcome.name} {path}", flush=True)


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Fuzz the parsers of outside bytes.")
    parser.add_argument("name", nargs="?", help="one harness only")
    parser.add_argument("input", nargs="?", type=Path, help="run this one input again, in this process")
    parser.add_argument("--seconds", type=int, default=600, help="for all together")
    parser.add_argument("--jobs", type=int, default=MOST_JOBS, choices=range(1, MOST_JOBS + 1))
    parser.add_argument("--runs", type=int, default=-1, help="at most so many inputs for each harness")
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--fresh", action="store_true", help="begin with the seeds alone, as a gate should")
    parser.add_argument("--plain", action="store_true", help="without coverage, as where atheris has no wheel")
    parser.add_argument("--folder", type=Path, default=KEPT, help="for corpora and what is found")
    return parser.parse_args(given)


def main(command: Sequence[str] | None = None, rows: Sequence[Harness] = HARNESSES) -> int:
    """Exit status 0 when every harness held, 1 when one did not, 2 when there is none of that name."""
    given = arguments(command)
    chosen = [row for row in rows if given.name in (None, row.name)]
    if not chosen:
        print(f"no harness {given.name}; there are: {', '.join(row.name for row in rows)}")
        return 2
    if given.input is not None:
        print("accepted" if chosen[0].check(given.input.read_bytes()) else "refused by name")
        return 0
    given.seed = given.seed or int.from_bytes(os.urandom(3), "big")
    jobs = min(given.jobs, len(chosen))
    share = max(LEAST_S, given.seconds * jobs // len(chosen) - START_S)
    (given.folder / "found").mkdir(parents=True, exist_ok=True)
    print(engine_line(given.plain))
    print(f"{len(chosen)} harnesses, {share} s each, {jobs} at a time, seed {given.seed}", flush=True)
    outcomes: list[Outcome] = []
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="mingjian-fuzz-", dir=memory) as scratch, ThreadPoolExecutor(jobs) as pool:
        for outcome in pool.map(Session(given, share, given.folder, Path(scratch)).fuzzed, chosen):
            told(outcome)
            outcomes.append(outcome)
    failed = [outcome.name for outcome in outcomes if outcome.failed]
    total = sum(outcome.executions for outcome in outcomes)
    print(f"fuzz: {len(chosen) - len(failed)} of {len(chosen)} harnesses held, {total} executions", end="")
    print(f"; FAILED: {', '.join(failed)}" if failed else "")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
