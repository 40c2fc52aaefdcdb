"""What is given up under overload: only what lasts counts, sub streams go first, and what returns does so slowly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mingjian.capture.shedding import (
    CALM_MAX_NS,
    CALM_NS,
    EFFECT_NS,
    LASTING_NS,
    RELAPSE_NS,
    STEP_SHARE,
    Load,
    Shed,
    Shedder,
)
from mingjian.kernel.clock import SECOND_NS

QUIET = Load(late_s=0.0, unwritten_share=0.02, taken_share=1.0, busy_share=0.3)
FULL = replace(QUIET, unwritten_share=0.6)
BETWEEN = replace(QUIET, unwritten_share=0.3)
CAMERAS = [f"cam-{number}" for number in range(20)]


class Watched:
    """A shedder looked at each second; cameras that were shed deliver no more."""

    def __init__(self, cameras: list[str] | None = None) -> None:
        self.shedder, self.now_ns = Shedder(), 0
        self.cameras = CAMERAS if cameras is None else cameras
        self.shed = Shed()

    def see(self, load: Load, seconds: float) -> Shed:
        for _ in range(round(seconds)):
            self.now_ns += SECOND_NS
            recording = [camera for camera in self.cameras if camera not in self.shed.mains]
            self.shed = self.shedder.look(load, recording, self.now_ns)
        return self.shed


@pytest.mark.parametrize(
    ("load", "word"),
    [
        (FULL, "write queue 60% full"),
        (replace(QUIET, late_s=1.5), "event loop 1.5 s late"),
        (replace(QUIET, taken_share=0.8, busy_share=1.0), "only 80% of the video taken in time"),
    ],
)
def test_each_reading_alone_sheds_and_says_so(load: Load, word: str) -> None:
    shed = Watched().see(load, LASTING_NS // SECOND_NS + 1)
    assert shed == Shed(subs=True, why=word)


@pytest.mark.parametrize(
    "load",
    [QUIET, BETWEEN, replace(QUIET, taken_share=0.5), replace(QUIET, busy_share=1.6), replace(QUIET, taken_share=None)],
)
def test_cameras_that_send_half_and_machines_that_are_merely_busy_are_no_overload(load: Load) -> None:
    assert Watched().see(load, 600) == Shed()


def test_a_burst_and_a_process_that_was_stopped_shed_nothing() -> None:
    watched = Watched()
    for _ in range(50):
        assert watched.see(replace(FULL, late_s=60.0), LASTING_NS // SECOND_NS - 1) == Shed()
        watched.see(QUIET, 2)


def test_sub_streams_go_first_then_an_eighth_of_the_rest_at_each_step_least_wanted_first() -> None:
    watched = Watched()
    counts = []
    for _ in range(3 * EFFECT_NS // SECOND_NS + LASTING_NS // SECOND_NS + 1):
        shed = watched.see(FULL, 1)
        assert shed.subs or not shed.mains
        if (shed.subs, len(shed.mains)) not in counts:
            counts.append((shed.subs, len(shed.mains)))
    assert counts == [(False, 0), (True, 0), (True, 3), (True, 6), (True, 8)]
    assert shed.mains == frozenset(CAMERAS[:8])
    assert -(-20 // STEP_SHARE) == 3


def test_the_last_camera_is_never_given_up() -> None:
    for number in (0, 1, 2, 20):
        shed = Watched(CAMERAS[:number]).see(FULL, 2000)
        assert shed.subs
        assert len(shed.mains) == max(0, number - 1)


def test_a_queue_that_works_itself_off_costs_no_further_camera() -> None:
    watched = Watched()
    watched.see(replace(FULL, unwritten_share=0.9), 10)
    before = watched.shed
    for percent in range(89, 40, -1):
        assert watched.see(replace(FULL, unwritten_share=percent / 100), 4) == before
    assert watched.see(FULL, EFFECT_NS // SECOND_NS + 1).mains > before.mains, "it grows again"


def test_what_was_given_up_last_comes_back_first_and_sub_streams_last() -> None:
    watched = Watched()
    watched.see(FULL, 17)
    first = frozenset(CAMERAS[:3])
    assert watched.shed.mains > first
    calm = CALM_NS // SECOND_NS
    assert watched.see(BETWEEN, 5000).mains > first, "between the limits all stays as it is"
    assert watched.see(QUIET, calm).mains > first
    assert watched.see(QUIET, 1).mains == first
    assert watched.see(QUIET, calm) == Shed(subs=True, why=watched.shed.why)
    assert watched.see(QUIET, calm) == Shed()


def test_each_relapse_doubles_the_patience_and_a_long_peace_resets_it() -> None:
    watched = Watched(CAMERAS[:1])
    waits = []
    for _ in range(6):
        watched.see(FULL, 20)
        assert watched.shed.subs
        waited = 0
        while watched.see(QUIET, 1).subs:
            waited += 1
        waits.append(waited * SECOND_NS)
    assert waits == [CALM_NS, 2 * CALM_NS, 4 * CALM_NS, 8 * CALM_NS, CALM_MAX_NS, CALM_MAX_NS]
    watched.see(QUIET, RELAPSE_NS // SECOND_NS + 1)
    watched.see(FULL, 20)
    watched.see(QUIET, CALM_NS // SECOND_NS + 1)
    assert not watched.shed.subs
