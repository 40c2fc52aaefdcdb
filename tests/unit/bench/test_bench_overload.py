"""The gates of the overload section: each wrong of a recorder that is short of time is a miss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from bench.overload import WHOLE, Chain, Look, Watch, judged, report

WHY = "only 70% of the video taken in time"
Change = Callable[[Watch, list[Chain]], None]


def found() -> tuple[Watch, list[Chain]]:
    """Short from second 20 to 95: sub streams given up at 25, then main streams, until 30 are left."""
    looks = []
    for at in range(160):
        mains = min(30, max(0, at - 29))
        looks.append(Look(float(at), 0.5, at >= 25, mains, WHY if at >= 25 else "", 200.0, 0.1, 60 - mains))
    chains = [Chain({"overload": 10.0}, unbroken=True, lost=0, frames=100, latest_s=6.0)] * WHOLE.cameras
    return Watch(looks, 0.2, 20.0, 95.0), chains


def test_what_is_as_promised_meets_all_and_the_report_shows_the_order() -> None:
    watch, chains = found()
    gates = judged(watch, chains, WHOLE)
    assert all(gate.met for gate in gates), gates
    text = report(watch, chains, gates, WHOLE)
    assert "overload 600 s" in text
    assert text.index("| pulled |") < text.index("| given up |")


def never_sheds(watch: Watch, chains: list[Chain]) -> None:
    watch.looks = [replace(look, subs_shed=False, mains_shed=0) for look in watch.looks]


def mains_first(watch: Watch, chains: list[Chain]) -> None:
    watch.looks[22] = replace(watch.looks[22], mains_shed=1)


def stands_still(watch: Watch, chains: list[Chain]) -> None:
    watch.looks[40] = replace(watch.looks[40], answered_s=19.0)


def grows(watch: Watch, chains: list[Chain]) -> None:
    watch.looks = [replace(look, mib=100 + 2 * look.at_s) for look in watch.looks]


def tells_late(watch: Watch, chains: list[Chain]) -> None:
    chains[3] = replace(chains[3], latest_s=30.0)


def leaves_a_hole(watch: Watch, chains: list[Chain]) -> None:
    chains[3] = replace(chains[3], unbroken=False)


def records_nothing(watch: Watch, chains: list[Chain]) -> None:
    watch.looks = [replace(look, recording=0) for look in watch.looks]


@pytest.mark.parametrize(
    "wrong", [never_sheds, mains_first, stands_still, grows, tells_late, leaves_a_hole, records_nothing]
)
def test_each_wrong_is_a_miss(wrong: Change) -> None:
    watch, chains = found()
    wrong(watch, chains)
    assert [gate.name for gate in judged(watch, chains, WHOLE) if not gate.met]
