"""The crowd's report: a lost frame is a miss, and the disk's limit is told only where it is one."""

from __future__ import annotations

import pytest
from bench.crowd import QUICK, Found, judged, report
from bench.disk import WRITE_BYTES, DiskSpeed, speed
from bench.kept import Kept
from bench.viewers import Seen


def found(*, lost: int, mb_per_s: float) -> Found:
    seen = {"frames": 250, "due": 251, "size_bytes": 5_000_000, "first_ms": 1000, "last_ms": 11_000, "ended": ""}
    kept = Kept(1000 - lost, 1000, lost, 300, "300 of 300 cameras recorded")
    shares = {"recorder": 0.4, "export": 0.0}
    disks = (DiskSpeed(400, 10, 15), DiskSpeed(mb_per_s, 20, 30))
    return Found(kept, disks, shares, 900, [seen, seen | {"ended": "closed"}], "export: done")


def test_no_frame_lost_is_the_gate() -> None:
    (gate,) = judged(found(lost=0, mb_per_s=100))
    assert (gate.met, gate.detail) == (True, "of 1000")


def test_a_slow_disk_is_told_as_the_reason_and_remains_a_miss() -> None:
    (gate,) = judged(found(lost=5, mb_per_s=100))
    assert (gate.met, gate.detail) == (False, "of 1000; the disk takes 100 MB/s, 150 MB/s come")


def test_a_fast_disk_is_no_excuse() -> None:
    (gate,) = judged(found(lost=5, mb_per_s=300))
    assert (gate.met, gate.detail) == (False, "of 1000")


def test_the_report_tells_disk_viewers_export_and_who_took_the_time() -> None:
    one = found(lost=0, mb_per_s=300)
    text = report(one, judged(one), QUICK)
    assert "before 400 MB/s (p95 10 ms, worst 15 ms a write); after 300 MB/s (p95 20 ms, worst 30 ms a write)" in text
    assert "2 viewers were shown 500 of 502 pictures due (0.01 Gb/s); 0 saw none,\n  1 were closed (closed)." in text
    assert "* export: done at the end." in text
    assert "| recorder | 40.0% |" in text
    assert "| export |" not in text


def test_the_speed_of_a_disk_is_of_all_writes_and_its_slow_end() -> None:
    found = speed([0.01] * 98 + [0.1, 0.5])
    assert found.mb_per_s == pytest.approx(100 * WRITE_BYTES / 1e6 / 1.58)
    assert (found.p95_ms, found.worst_ms) == (10, 500)


def test_pictures_due_are_reckoned_from_the_first_to_the_last() -> None:
    assert Seen(frames=2, first_ms=1000, last_ms=2000).due == 26
    assert Seen().due == 0
