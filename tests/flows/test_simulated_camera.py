"""ffmpeg, which shares no code with us, plays a simulated camera; what it decodes says which frame it is."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mingjian.adapters.system_clock import SystemClock
from mingjian.kernel.media import Codec
from mingjian.simulator.faults import Fault
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtp_loop import ParameterSets
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.scene import Scene
from mingjian.simulator.sei import send_time
from mingjian.simulator.shelf import LoopShelf
from mingjian.simulator.strip import frame_index

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed"),
]

WIDTH, HEIGHT = 320, 180
LOOP = LoopSpec(
    Scene(Place.PLATFORM, "地铁站台", "PLATFORM"),
    width=WIDTH,
    height=HEIGHT,
    seconds=2,
    gop=10,
    bitrate_bps=300_000,
)
SPEC = CameraSpec(LOOP, guard=Guard.NONE, user="admin", password="correct horse")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


async def ffmpeg(*arguments: str) -> tuple[int, bytes, str]:
    program = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-nostdin", "-v", "error", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await asyncio.wait_for(program.communicate(), 30)
    return program.returncode or 0, out, errors.decode(errors="replace")


async def strips(url: str, frames: int, *options: str) -> list[int | None]:
    """The frame index ffmpeg sees in each of the next `frames` pictures."""
    picture = ("-frames:v", str(frames), "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-")
    status, out, errors = await ffmpeg(*options, "-i", url, "-map", "0:v", *picture)
    assert status == 0, errors
    luma = np.frombuffer(out, np.uint8).reshape(-1, HEIGHT, WIDTH)
    return [frame_index(one) for one in luma]


def with_credentials(url: str, password: str) -> str:
    return url.replace("rtsp://", f"rtsp://admin:{password.replace(' ', '%20')}@")


def follow_each_other(seen: list[int | None]) -> bool:
    first = seen[0]
    return first is not None and seen == [(first + place) % LOOP.frames for place in range(len(seen))]


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_ffmpeg_sees_every_frame_in_order(codec: Codec, transport: str, shelf: LoopShelf) -> None:
    spec = replace(SPEC, main=replace(LOOP, codec=codec))
    async with SimulatedCamera(spec, SystemClock(), shelf) as camera:
        seen = await strips(camera.url, 30, "-rtsp_transport", transport)
    assert len(seen) == 30 and follow_each_other(seen)


@pytest.mark.parametrize("guard", [Guard.BASIC, Guard.DIGEST_MD5, Guard.DIGEST_SHA256])
async def test_only_the_right_password_opens_a_guarded_camera(guard: Guard, shelf: LoopShelf) -> None:
    async with SimulatedCamera(replace(SPEC, guard=guard), SystemClock(), shelf) as camera:
        tcp = ("-rtsp_transport", "tcp")
        if guard is not Guard.DIGEST_SHA256:  # ffmpeg 5 knows no SHA-256: for it the right password is wrong too
            assert follow_each_other(await strips(with_credentials(camera.url, "correct horse"), 5, *tcp))
        status, _, errors = await ffmpeg(*tcp, "-i", with_credentials(camera.url, "wrong"), "-f", "null", "-")
        assert status != 0 and "401" in errors
        camera.set_fault(Fault.WRONG_PASSWORD)
        status, _, errors = await ffmpeg(*tcp, "-i", with_credentials(camera.url, "correct horse"), "-f", "null", "-")
        assert status != 0 and "401" in errors


async def test_parameter_sets_in_band_alone_suffice(shelf: LoopShelf) -> None:
    spec = replace(SPEC, parameter_sets=ParameterSets.IN_BAND)
    async with SimulatedCamera(spec, SystemClock(), shelf) as camera:
        assert follow_each_other(await strips(camera.url, 12, "-rtsp_transport", "tcp"))


@pytest.mark.parametrize("sound", [Codec.AAC, Codec.PCMA])
async def test_ffmpeg_hears_the_sound(sound: Codec, shelf: LoopShelf) -> None:
    async with SimulatedCamera(replace(SPEC, audio=sound), SystemClock(), shelf) as camera:
        heard = ("-map", "0:a", "-t", "1", "-ac", "1", "-f", "s16le", "-")
        status, out, errors = await ffmpeg("-rtsp_transport", "tcp", "-i", camera.url, *heard)
    assert status == 0, errors
    samples = np.frombuffer(out, np.int16)
    assert 500 < np.abs(samples[len(samples) // 2 :]).max() < 8000


async def test_a_spoilt_picture_shows_and_goes(shelf: LoopShelf) -> None:
    async with SimulatedCamera(SPEC, SystemClock(), shelf) as camera:
        for fault in (Fault.BLACK, Fault.FROZEN):
            camera.set_fault(fault)
            await camera.settled()
            wanted = {None} if fault is Fault.BLACK else {0}
            assert set((await strips(camera.url, 12, "-rtsp_transport", "tcp"))[-2:]) == wanted
        camera.clear_fault(Fault.FROZEN)
        await camera.settled()
        assert follow_each_other(await strips(camera.url, 5, "-rtsp_transport", "tcp"))


@pytest.fixture
async def two_streams(shelf: LoopShelf) -> AsyncIterator[SimulatedCamera]:
    sub = replace(LOOP, codec=Codec.H264, bitrate_bps=150_000)
    spec = replace(SPEC, main=replace(LOOP, codec=Codec.H265), sub=sub)
    async with SimulatedCamera(spec, SystemClock(), shelf) as camera:
        yield camera


async def test_main_and_sub_play_at_once_for_many(two_streams: SimulatedCamera) -> None:
    urls = [two_streams.url, two_streams.sub_url, two_streams.url]
    seen = await asyncio.gather(*(strips(url, 10, "-rtsp_transport", "tcp") for url in urls))
    assert all(follow_each_other(one) for one in seen)


async def test_a_recording_of_the_camera_carries_the_send_time(shelf: LoopShelf, tmp_path: Path) -> None:
    clock = SystemClock()
    before = clock.now()
    async with SimulatedCamera(SPEC, clock, shelf) as camera:
        copied = tmp_path / "copy.h264"
        status, _, errors = await ffmpeg(
            *("-rtsp_transport", "tcp", "-i", camera.url, "-frames:v", "10", "-c", "copy", str(copied))
        )
        assert status == 0, errors
    sent = send_time(copied.read_bytes())
    assert sent is not None and before <= sent <= clock.now()
