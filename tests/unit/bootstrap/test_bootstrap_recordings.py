"""What a camera's state on the screen is made of: its recorder's words, and above all bytes that are safe on disk."""

from __future__ import annotations

from typing import Any

import pytest

from mingjian.bootstrap.recordings import ACKNOWLEDGED_LAG_NS, camera_state
from mingjian.kernel.clock import SECOND_NS, ManualClock

NOW = ManualClock().now()
LONG_AGO = NOW - 600 * SECOND_NS


def heard(**more: Any) -> dict[str, Any]:
    usual = {"state": "online", "cause": "", "since": LONG_AGO, "recorded_until": NOW - SECOND_NS}
    return {**usual, "recording": True, "disk_failure": ""} | more


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (heard(), ("recording", "")),
        (heard(state="interrupted", cause="network"), ("offline", "network")),
        (heard(recording=False, disk_failure="disk-full: ENOSPC"), ("offline", "disk-full")),
        (heard(recording=False, disk_failure="volume.unmarked"), ("offline", "disk-error")),
        (heard(recording=False, disk_failure="overload"), ("offline", "overload")),
        (heard(recorded_until=NOW - ACKNOWLEDGED_LAG_NS - 1), ("offline", "disk-error")),
        (heard(recorded_until=0), ("offline", "disk-error")),
        (heard(recorded_until=0, since=NOW - SECOND_NS), ("recording", "")),
    ],
)
def test_bytes_on_disk_decide(words: dict[str, Any], state: tuple[str, str]) -> None:
    assert camera_state(words, NOW) == state


def test_a_camera_that_was_away_is_no_disk_error_while_its_first_fragment_is_still_open() -> None:
    back = heard(recorded_until=LONG_AGO, since=NOW - 5 * SECOND_NS)
    assert camera_state(back, NOW) == ("recording", "")
