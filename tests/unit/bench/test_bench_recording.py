"""The report of the recording section: ratios of medians, every gate told, and nothing measured is not met."""

from __future__ import annotations

import pytest
from bench.gates import Gate, table
from bench.kept import Compared, Kept
from bench.processes import Load
from bench.recording import QUICK, Found, judged, report
from bench.sides import FFMPEG, FLOOR, OURS, PYAV
from bench.turns import Run


def turn_of(side: str, share: float, *, frames: int = 1000, mib: float = 200.0) -> Run:
    return Run(side, 100, Load(share, mib, 3, 200), Kept(frames, 1000, 1000 - frames, 100), 300, 0)


def measured(*, floor: bool = True, frames: int = 1000, wrong: int = 0) -> Found:
    found = Found(compared=[Compared(5, 900, wrong)], profile={"hash": 0.25})
    for share in (0.10, 0.12, 0.50):
        found.runs += [turn_of(OURS, share, frames=frames), turn_of(FFMPEG, share * 4), turn_of(PYAV, share * 3)]
    found.runs += [turn_of(FLOOR, 0.04)] if floor else []
    return found


def test_all_gates_are_met_by_good_figures_of_the_medians() -> None:
    assert [(round(gate.measured or 0, 3), gate.met) for gate in judged(measured())] == [
        (4.0, True),
        (3.0, True),
        (3.0, True),
        (0.12, True),
        (2.0, True),
        (0, True),
        (0, True),
    ]


def test_a_lost_frame_and_a_changed_sample_are_misses() -> None:
    assert [gate.name for gate in judged(measured(frames=999, wrong=1)) if not gate.met] == [
        "frames lost",
        "samples that are not the source's, or out of order",
    ]


def test_without_compiler_the_row_and_the_gate_say_so() -> None:
    found = measured(floor=False)
    lines = judged(found)
    (missed,) = [gate for gate in lines if not gate.met]
    assert missed.measured is None
    text = report(found, lines, QUICK)
    assert "| floor | | | | | | | not run: there is no C compiler (apt-get install gcc libc6-dev) |" in text
    assert "| ours costs, times a read-and-write loop in C | not measured | ≤ 4 × | MISSED |" in text


def test_the_report_begins_with_the_gates_and_tells_profile_and_method() -> None:
    found = measured()
    text = report(found, judged(found), QUICK)
    assert text.strip().startswith("**7 of 7 gates met.**")
    assert "| mingjian | 0.83 | 10.0% | 0.100% | 2.00 | 0% | 0 of 1000 |" in text
    assert "| hash | 25.0% |" in text
    assert "60 simulated cameras of 4 Mb/s" in text


@pytest.mark.parametrize(
    ("gate", "met"),
    [
        (Gate("at most", 3.0, 3), True),
        (Gate("at most", 3.1, 3), False),
        (Gate("at least", 3.0, 3, at_least=True), True),
        (Gate("at least", 2.9, 3, at_least=True), False),
        (Gate("nothing", None, 3), False),
    ],
)
def test_a_gate_is_met_at_its_line_and_never_without_a_figure(gate: Gate, met: bool) -> None:
    assert gate.met is met


def test_a_missed_gate_is_shouted() -> None:
    text = table([Gate("cost", 0.163, 0.15, "%", detail="of a core"), Gate("ratio", 4, 3, "×", at_least=True)])
    assert "**1 of 2 gates met.**" in text
    assert "| cost | 0.163% | ≤ 0.15% | MISSED | of a core |" in text
    assert "| ratio | 4 × | ≥ 3 × | met |" in text
