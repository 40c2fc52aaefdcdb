"""Whether a moment was recorded is read from catalogue and chain; no byte of footage is touched for it."""

from __future__ import annotations

from pathlib import Path

from mingjian.bootstrap.snapshots import recorded_at
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import GapCause
from storage_world import STREAM, FakeDisk, House


class WatchedDisk(FakeDisk):
    """Remembers which files were read."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []

    def read(self, path: str, offset: int, length: int) -> bytes:
        self.paths.append(path)
        return super().read(path, offset, length)


def test_a_recorded_moment_is_told_from_a_gap_and_from_the_time_before(tmp_path: Path) -> None:
    disk = WatchedDisk()
    house = House(disk, tmp_path / "catalogue.sqlite")
    start = house.clock.now()

    def shown(seconds: float) -> bool:
        found = recorded_at(house.reader(), STREAM, UtcNs(start + round(seconds * SECOND_NS)))
        assert found is None or found.t0 <= start + seconds * SECOND_NS < found.t1
        return found is not None

    recorder = house.open()
    house.feed(recorder, 20)
    recorder.on_interrupted(GapCause.CAMERA_TIMEOUT, "", house.clock.now())
    house.clock.advance(20)
    house.feed(recorder, 20)
    house.tail()
    disk.paths.clear()
    assert [shown(seconds) for seconds in (-1, 0.5, 10, 30, 45, 500)] == [False, True, True, False, True, False]
    assert disk.paths
    assert not any(path.endswith(".mp4") for path in disk.paths), "footage was opened"
