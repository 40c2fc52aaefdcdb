"""A snapshot of any recorded instant, also deep in a group of pictures; none is opened to tell that there is one."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from footage import FRAME_NS, make_clip
from mingjian.bootstrap.snapshots import picture_at, recorded_at
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.media import Codec, GapCause
from mingjian.processing.watermark import Watermark
from mingjian.storage.fragmenter import FragmentLimits
from storage_world import STREAM, FakeDisk, House

SECONDS = 4
EVERY_FRAMES = 12
"""Of 25 a second: the square has then moved on by 24 pixels."""


@pytest.fixture
def long_group(tmp_path: Path) -> tuple[House, UtcNs]:
    """Four seconds of one group of pictures, cut each second as a recorder cuts one of more than ten; its start."""
    house = House(FakeDisk(), tmp_path / "catalogue.sqlite", limits=FragmentLimits(90_000, 90_000))
    clip = make_clip(Codec.H264, seconds=SECONDS, gop=1000)
    recorder, start = house.open(), house.clock.now()
    recorder.on_config(clip.config)
    for unit in clip.units:
        recorder.on_access_unit(replace(unit, arrived=house.clock.now()))
        house.clock.advance(FRAME_NS / SECOND_NS)
    recorder.close()
    house.committer.commit_once()
    house.tail()
    return house, start


def left_edge(jpeg: bytes) -> int:
    """Where the moving square stands: two pixels a frame."""
    return int(np.argmax(np.asarray(Image.open(io.BytesIO(jpeg)).convert("L")).astype(int)[80] > 180))


def test_each_moment_of_a_long_group_of_pictures_has_its_picture(long_group: tuple[House, UtcNs]) -> None:
    house, start = long_group
    reader = house.reader()
    frames = range(0, SECONDS * 25, EVERY_FRAMES)
    edges = []
    for frame in frames:
        at = UtcNs(start + frame * FRAME_NS + FRAME_NS // 2)
        edges.append(left_edge(picture_at(reader, STREAM, at, Watermark("值班员", "某单位", at, 1))))
    assert edges == pytest.approx([2 * frame for frame in frames], abs=2)


def test_a_moment_without_footage_is_said_to_have_none(long_group: tuple[House, UtcNs]) -> None:
    house, start = long_group
    at = UtcNs(start + (SECONDS + 5) * SECOND_NS)
    with pytest.raises(Missing):
        picture_at(house.reader(), STREAM, at, Watermark("值班员", "某单位", at, 1))


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
        assert not found or found[-1].t0 <= start + seconds * SECOND_NS < found[-1].t1
        return bool(found)

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
