"""One seed, run and told."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from history.judge import Finding
from simulation.ledger_side import Template
from simulation.parts import REAL, Parts
from simulation.world import USUAL, Plan, World

MEMORY = Path("/dev/shm")
"""What the syncs of a database mean is for the run to decide, not for a disk."""


@dataclass(frozen=True)
class Run:
    """What a seed showed."""

    seed: int
    findings: list[Finding]
    trace: list[str]
    digest: str
    """Of trace and history: the same seed gives the same."""
    fragments: int
    expired: int


@contextmanager
def place() -> Iterator[Path]:
    """A folder for databases, in memory where the machine has that."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="mingjian-sim-") as folder:
        yield Path(folder)


@contextmanager
def template() -> Iterator[Template]:
    with place() as folder:
        yield Template(folder)


def run(seed: int, made: Template, parts: Parts = REAL, plan: Plan = USUAL) -> Run:
    """The run of `seed`. What the product raises unforeseen comes out, with the trace so far as a note."""
    with place() as folder:
        world = World(seed, folder, made, parts, plan)
        try:
            findings = world.run()
        except BaseException as error:
            error.add_note("\n".join(world.trace[-40:]) + f"\n{how_to_replay(seed)}")
            raise
        finally:
            world.keeper.stop()
    told = "\n".join([*world.trace, *(act.line() for act in world.history)])
    return Run(
        seed,
        findings,
        world.trace,
        hashlib.sha256(told.encode()).hexdigest(),
        len(world.history.of("sent")),
        len(world.disk.unlinked),
    )


def how_to_replay(seed: int) -> str:
    return f"replay with its trace: make simulate-faults SEED={seed}"
