"""H.265 in, H.264 out, through the real process: every picture, its time kept, and never more than the cap."""

from __future__ import annotations

import asyncio
import sys

import av
import numpy as np
import pytest

from footage import Clip, decoded_times
from mingjian.display.live import LiveFrame, LiveInit, LiveMuxer
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import LocalError, Overloaded
from mingjian.kernel.masks import Cover, MaskKey, RedactionMask, Shape
from mingjian.kernel.media import AccessUnit, Codec, StreamConfig
from mingjian.processing import forensic, keyframes
from mingjian.processing.transcode import HEIGHT_LARGE, Transcoders
from mingjian.processing.watermark import ViewMark
from mingjian.transport.hub import Hub


async def test_a_live_stream_comes_out_in_h264_with_its_times(h265_clip: Clip) -> None:
    clock = ManualClock()
    hub, transcoders = Hub(), Transcoders(clock)
    units = h265_clip.repeated(1, clock.now())
    reader = await transcoders.live(hub.open())
    assert transcoders.in_use == 1
    hub.on_config(h265_clip.config)
    for unit in units:
        hub.on_access_unit(unit)
    muxer, out = LiveMuxer(), []
    frames: list[AccessUnit] = []
    async for item in reader:
        out += [made for made in muxer.feed(item) if isinstance(made, LiveInit | LiveFrame)]
        if isinstance(item, StreamConfig):
            assert item.video.codec is Codec.H264
        if isinstance(item, AccessUnit):
            frames.append(item)
        if len(frames) == 98:  # a decoder may hold the last pictures until more come
            break
    assert [unit.pts_90k for unit in frames] == [unit.pts_90k for unit in units[:98]]
    assert [unit.arrived for unit in frames] == [unit.arrived for unit in units[:98]]
    assert len(decoded_times(b"".join(made.data for made in out))) == 98
    released = asyncio.Event()
    hub.on_readers = lambda readers: released.set() if readers == 0 else None
    reader.close()
    await released.wait()
    await transcoders.close()
    assert transcoders.in_use == 0


async def test_the_cap_is_said_and_a_place_comes_free_again(h265_clip: Clip) -> None:
    hub = Hub()
    transcoders = Transcoders(ManualClock(), cap=1)
    first = await transcoders.groups()
    with pytest.raises(Overloaded, match=r"1/1"):
        await transcoders.live(hub.open())
    with pytest.raises(Overloaded):
        await transcoders.groups()
    await first.close()
    await first.close()
    assert transcoders.in_use == 0
    second = await transcoders.groups()
    await second.close()


async def test_recorded_groups_come_back_whole_one_after_the_other(h265_clip: Clip) -> None:
    transcoders = Transcoders(ManualClock())
    groups = await transcoders.groups()
    try:
        for begin in (0, 50, 25):
            units = h265_clip.units[begin : begin + 25]
            config, made = await groups.transcode(h265_clip.config, units)
            assert config.video.codec is Codec.H264
            assert (config.video.width, config.video.height) == (320, 180)
            assert [unit.pts_90k for unit in made] == [unit.pts_90k for unit in units]
            assert made[0].key
    finally:
        await groups.close()


async def test_a_process_that_dies_is_an_error_and_frees_its_place(h265_clip: Clip) -> None:
    transcoders = Transcoders(ManualClock(), command=(sys.executable, "-c", "raise SystemExit(3)"))
    hub = Hub()
    reader = await transcoders.live(hub.open())
    with pytest.raises(LocalError, match=r"transcode\.failed"):
        await anext(reader)
    groups = await transcoders.groups()
    with pytest.raises(LocalError, match=r"transcode\.failed"):
        await groups.transcode(h265_clip.config, h265_clip.units[:25])
    await groups.close()
    reader.close()
    await transcoders.close()
    assert transcoders.in_use == 0


async def test_N21_what_lies_under_a_mask_never_leaves_the_process(h264_clip: Clip) -> None:
    mask = RedactionMask(Shape.BOX, Cover.FILL, (MaskKey(0, ((0.5, 0.0), (1.0, 1.0))),))
    groups = await Transcoders(ManualClock()).groups(masks=[mask])  # without the marks that come on top
    try:
        config, made = await groups.transcode(h264_clip.config, h264_clip.units[:25])
    finally:
        await groups.close()
    pictures = decoded_lumas(config, made)
    assert len(pictures) == 25
    for picture in pictures:
        left, right = picture[:, :150].astype(float), picture[:, 170:].astype(float)
        assert right.std() < 2 < 10 < left.std()


async def test_what_is_marked_tells_its_register_entry_and_only_to_who_has_the_key(h264_clip: Clip) -> None:
    transcoders = Transcoders(ManualClock(), key=b"key of this installation")
    groups = await transcoders.groups(mark=ViewMark(70_042, "执法人员甲、执法人员乙", "示范县公安局", "大门"))
    try:
        config, made = await groups.transcode(h264_clip.config, h264_clip.units[:25])
    finally:
        await groups.close()
    pictures = decoded_lumas(config, made)[-2:]
    found = forensic.read(pictures, {1: b"key of another", 2: b"key of this installation"}, 1 << 18)
    assert found is not None
    assert (found.entry, found.key) == (70_042, 2)
    assert forensic.read(pictures, {1: b"key of another"}, 1 << 18) is None


async def test_large_pictures_have_a_cap_of_their_own_and_no_mark_is_made_without_a_key() -> None:
    transcoders = Transcoders(ManualClock(), cap=3, cap_large=1)
    first = await transcoders.groups(height=HEIGHT_LARGE)
    with pytest.raises(Overloaded, match=r"cap-large.*1/1"):
        await transcoders.groups(height=HEIGHT_LARGE)
    await (await transcoders.groups()).close()
    await first.close()
    await (await transcoders.groups(height=HEIGHT_LARGE)).close()
    with pytest.raises(ValueError, match="no key"):
        await transcoders.groups(mark=ViewMark(1, "甲", "乙"))


def decoded_lumas(config: StreamConfig, units: list[AccessUnit]) -> list[np.ndarray]:
    """The luma of every picture."""
    context = keyframes.decoder(config.video.codec)
    frames = [frame for unit in units for frame in context.decode(av.Packet(keyframes.annex_b(config.video, unit)))]
    return [frame.to_ndarray(format="gray") for frame in [*frames, *context.decode(None)]]
