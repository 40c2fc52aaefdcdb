"""Scenes and loops: the strip survives encoding, looks differ as they say, loops are whole GOPs and cached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import Codec
from mingjian.simulator.loops import LoopSpec, load, prepare, resized, with_look
from mingjian.simulator.places import Place
from mingjian.simulator.scene import Look, Scene, picture
from mingjian.simulator.sei import send_time, send_time_nal
from mingjian.simulator.strip import draw_strip, frame_index, shown_age_ns
from mingjian.wire.nal import NalKind, is_key, nal_kind, to_length_prefixed

SMALL = LoopSpec(Scene(Place.GATE, "学校大门", "SCHOOL GATE"), width=320, height=180, seconds=2, bitrate_bps=300_000)


def test_the_strip_gives_every_index_back_at_every_size() -> None:
    for width, height in ((320, 180), (640, 360), (1920, 1080)):
        for index in (0, 1, 170, 249, 255):
            image = Image.new("L", (width, height), 90)
            shown = image.convert("RGB")
            draw_strip(ImageDraw.Draw(shown), width, height, index)
            assert frame_index(np.asarray(shown.convert("L"))) == index
            assert frame_index(np.asarray(image)) is None


@pytest.mark.parametrize("place", list(Place))
def test_every_place_joins_its_loop_and_moves(place: Place) -> None:
    scene = Scene(place, "名", "NAME")
    shown = [np.asarray(picture(scene, Look.NORMAL, 320, 180, index, 25, 50).convert("L")) for index in (0, 20)]
    assert frame_index(shown[0]) == 0 and frame_index(shown[1]) == 20
    assert (shown[0][40:150] != shown[1][40:150]).mean() > 0.002


def test_each_look_spoils_the_picture_as_named() -> None:
    def luma(look: Look, index: int = 5) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return np.asarray(picture(SMALL.scene, look, 320, 180, index, 25, 50).convert("L"))

    normal = luma(Look.NORMAL)
    assert luma(Look.BLACK).max() < 20
    assert frame_index(luma(Look.FROZEN)) == 0 and (luma(Look.FROZEN, 40) == luma(Look.FROZEN, 3)).all()
    sharp = np.abs(np.diff(normal[40:150].astype(int), axis=1)).mean()
    assert np.abs(np.diff(luma(Look.BLURRED)[40:150].astype(int), axis=1)).mean() < sharp / 3
    assert luma(Look.COVERED)[40:150].mean() < 30 and frame_index(luma(Look.COVERED)) == 5
    assert np.abs(luma(Look.MOVED)[40:150].astype(int) - normal[40:150]).mean() > 10


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
def test_a_loop_is_whole_gops_that_decode_to_their_strips(codec: Codec, tmp_path: Path) -> None:
    spec = replace(SMALL, codec=codec, gop=25)
    loop = load(spec, tmp_path)
    assert (loop.config.width, loop.config.height, len(loop.frames)) == (320, 180, 50)
    assert [index for index, frame in enumerate(loop.frames) if frame.key] == [0, 25]
    for frame in loop.frames:
        assert frame.key == any(is_key(codec, nal) for nal in frame.nals)
        assert not any(nal_kind(codec, nal) is NalKind.SEI for nal in frame.nals)
    assert any(nal_kind(codec, nal) is NalKind.SPS for nal in loop.frames[25].nals)
    with av.open(str(tmp_path / spec.file_name)) as container:
        seen = [frame_index(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    assert seen == list(range(50))


def test_a_loop_is_made_once_and_made_again_when_its_file_is_broken(tmp_path: Path) -> None:
    prepare([SMALL], tmp_path)
    path = tmp_path / SMALL.file_name
    made = path.read_bytes()
    path.write_bytes(made[:-5])
    assert len(load(SMALL, tmp_path).frames) == 50
    assert path.read_bytes() == made
    assert {item.name for item in tmp_path.iterdir()} == {SMALL.file_name}


def test_loops_that_differ_have_files_of_their_own() -> None:
    names = {spec.file_name for spec in (SMALL, resized(SMALL), *(with_look(SMALL, look) for look in Look))}
    assert len(names) == 1 + len(Look)


@pytest.mark.parametrize("change", [{"seconds": 11}, {"gop": 30}, {"width": 321}, {"codec": Codec.AAC}])
def test_a_loop_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        replace(SMALL, **change)  # type: ignore[arg-type]  # the table above holds fields of several types


@given(st.sampled_from([Codec.H264, Codec.H265]), st.integers(0, 4_102_444_800_000_000_000))
def test_send_time_is_read_back_from_a_sample(codec: Codec, sent: int) -> None:
    unit = send_time_nal(codec, UtcNs(sent))
    assert nal_kind(codec, unit) is NalKind.SEI and b"\0\0" not in unit
    assert send_time(to_length_prefixed([unit, b"\x65abc"])) == sent
    assert send_time(b"\0\0\0\3abc") is None and send_time(unit[:30]) is None


def test_the_age_of_a_picture_is_read_from_its_index() -> None:
    sent = UtcNs(1_767_225_607_480_000_000)
    assert shown_age_ns(187, fps=25, frames=250, now=sent) == 0
    assert shown_age_ns(187, fps=25, frames=250, now=UtcNs(sent + 123_000_000)) == 123_000_000
    assert shown_age_ns(249, fps=25, frames=250, now=UtcNs(1_767_225_610_000_000_000)) == 40_000_000
