"""A snapshot shows the asked instant and carries its mark in the picture itself."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from footage import Clip, MemoryFragments, MemoryRef
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.processing.snapshot import live_snapshot, recorded_snapshot
from mingjian.processing.watermark import Watermark, burn, cjk_font

T0 = UtcNs(1_767_225_600 * SECOND_NS)
MARK = Watermark("值班员", "县公安局", T0, 42, camera="南门")


def test_the_mark_names_person_unit_time_and_entry() -> None:
    assert MARK.lines() == (
        "南门　2026-01-01 08:00:00.000 UTC+8",
        "县公安局　值班员　登记第 42 号",
    )


def test_the_mark_is_in_the_foot_and_faintly_over_the_whole_picture() -> None:
    plain = Image.new("RGB", (640, 360), (30, 60, 90))
    marked = np.asarray(burn(plain, MARK)).astype(int)
    changed = np.abs(marked - np.asarray(plain).astype(int)).sum(axis=2) > 0
    assert changed[-30:].mean() > 0.9
    assert (marked[-40:] > 240).all(axis=2).any(), "white letters"
    for part in np.array_split(changed[:300], 3):
        assert part.mean() > 0.005
    other = np.asarray(burn(plain, Watermark("值班员", "县公安局", T0, 43, camera="南门"))).astype(int)
    assert (other != marked).any()


def test_long_names_are_shrunk_into_the_picture() -> None:
    long = Watermark("某某某" * 6, "某某省某某市某某县公安局某某派出所" * 2, T0, 1)
    marked = np.asarray(burn(Image.new("RGB", (320, 180)), long))
    assert not (marked[-30:, -3:] > 200).all(axis=2).any(), "no letter is cut at the right edge"


def test_without_a_chinese_font_the_error_names_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="fonts-noto-cjk"):
        cjk_font([tmp_path / "none.ttf"])


def test_a_live_snapshot_is_the_key_frame(h264_clip: Clip) -> None:
    picture = Image.open(io.BytesIO(live_snapshot(h264_clip.config.video, h264_clip.units[0], MARK)))
    assert picture.format == "JPEG"
    assert picture.size == (320, 180)


def test_a_recorded_snapshot_shows_the_asked_instant(h264_clip: Clip) -> None:
    store, stream = MemoryFragments(), StreamId("gate")
    store.record(stream, h264_clip, T0)
    ref = store.items[stream][1]
    assert isinstance(ref, MemoryRef)
    lefts = []
    for hundredths in (0, 20, 40, 60, 80, 99):
        instant = UtcNs(ref.t0 + hundredths * SECOND_NS // 100)
        made = recorded_snapshot(store.init(ref), store.read(ref), ref.t0, instant, MARK)
        row = np.asarray(Image.open(io.BytesIO(made)).convert("L")).astype(int)[80]
        lefts.append(int(np.argmax(row > 180)))
    steps = [b - a for a, b in pairwise(lefts)]
    assert all(8 <= step <= 12 for step in steps), "the square moves 2 pixels a frame, 5 frames a step"


def test_what_cannot_be_decoded_is_said(h264_clip: Clip) -> None:
    with pytest.raises(RemoteError, match=r"snapshot\.no-picture"):
        recorded_snapshot(b"garbage", b"more garbage", T0, T0, MARK)
