"""An export waits for its proofs, longer for its witness, and for neither without end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mingjian.bootstrap.export import WAIT_S, WITNESS_WAIT_S, run_until_built
from mingjian.kernel.clock import SECOND_NS, ManualClock
from mingjian.processing.package import NotYet, PackageBuild
from vectors import build_vectors as vectors
from vectors.build_vectors import BookLedger


@dataclass
class Waiting:
    """A `Teller` that counts."""

    times: int = 0
    cancelled: bool = False

    def waiting(self) -> None:
        self.times += 1


class Unwitnessed(BookLedger):
    """The same ledger, its newest checkpoint without a cosignature."""

    def __init__(self, of: BookLedger) -> None:
        self.__dict__.update(of.__dict__)
        self.published = True

    def checkpoints(self, index: int) -> Iterable[tuple[int, bytes]]:
        return [(self.tree.size, self.alone)]


def a_build(folder: Path) -> tuple[PackageBuild, BookLedger]:
    build = vectors.package(folder / "p.zip", vectors.two_cameras(gap=False))
    assert isinstance(build.ledger, BookLedger)
    build.ledger.published = False
    return build, build.ledger


def test_it_waits_for_the_witness_and_then_says_that_there_was_none(tmp_path: Path) -> None:
    build, ledger = a_build(tmp_path)
    clock, report = ManualClock(), Waiting()

    def pause(seconds: float) -> bool:
        clock.advance(seconds)
        return False

    outcome = run_until_built(build, Unwitnessed(ledger), report, clock=clock, pause=pause)
    assert outcome is not None
    assert (outcome.verdict, outcome.witnesses) == ("CANNOT DECIDE", 0)
    assert WITNESS_WAIT_S < clock.monotonic_ns() / SECOND_NS < WITNESS_WAIT_S + 5
    assert report.times >= WITNESS_WAIT_S


def test_a_cosignature_that_comes_in_time_is_waited_for(tmp_path: Path) -> None:
    build, ledger = a_build(tmp_path)
    clock = ManualClock()

    def pause(seconds: float) -> bool:
        clock.advance(seconds)
        ledger.published = clock.monotonic_ns() > (WITNESS_WAIT_S - 10) * SECOND_NS
        return False

    outcome = run_until_built(build, Unwitnessed(ledger), Waiting(), clock=clock, pause=pause)
    assert outcome is not None
    assert (outcome.verdict, outcome.witnesses) == ("VERIFIED", 1)


def test_a_ledger_that_publishes_nothing_is_an_error_in_the_end(tmp_path: Path) -> None:
    build, ledger = a_build(tmp_path)
    clock = ManualClock()

    def pause(seconds: float) -> bool:
        clock.advance(seconds)
        return False

    with pytest.raises(NotYet):
        run_until_built(build, ledger, Waiting(), clock=clock, pause=pause)
    assert clock.monotonic_ns() >= WAIT_S * SECOND_NS


def test_a_cancelled_one_stops_waiting(tmp_path: Path) -> None:
    build, ledger = a_build(tmp_path)
    assert run_until_built(build, ledger, Waiting(cancelled=True), clock=ManualClock(), pause=lambda _: False) is None
