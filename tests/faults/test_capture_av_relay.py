"""FFmpeg as source connects to our relay and nowhere else, whatever a camera answers, and never holds a credential."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from footage import FRAME_90K
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_relay import CLIENTS_MAX, HELD_BYTES_MAX, AvRelay
from mingjian.capture.av_source import COMMAND, AvSource
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import LocalError, Refused, RemoteError
from mingjian.wire.rtsp import Request
from mingjian.wire.rtsp_auth import Challenge, accepts
from mingjian.wire.sdp import parse_sdp
from scripted_camera import (
    PASSWORD,
    PICTURES,
    Answer,
    Camera,
    Sink,
    behave,
    camera_at,
    play_a_while,
    sdp,
    status,
)

ELSEWHERE = "127.0.0.2"
"""Loopback as well, but not the host of the camera's record."""
TOKEN = bytes(range(16))
CHILD = COMMAND[-1]


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A place that no record allows: its URL, and the first bytes of whoever came."""
    came: list[bytes] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(connected, ELSEWHERE, 0)
    try:
        yield f"rtsp://{ELSEWHERE}:{server.sockets[0].getsockname()[1]}/live", came
    finally:
        server.close()
        await server.wait_closed()


def source(port: int, **fields: str) -> AvSource:
    address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", engine="av", **fields)  # type: ignore[arg-type]  # text fields
    return AvSource(address, ManualClock())


async def play_and_close(camera: Camera, request: Request) -> None:
    await play_a_while(camera, request)
    camera.writer.close()


async def test_a_redirect_that_waits_for_a_second_connection_finds_none() -> None:
    seen: list[Camera] = []
    async with trap() as (url, came):

        async def describe(camera: Camera, request: Request) -> None:
            if camera not in seen:
                seen.append(camera)
            await (behave if camera is seen[0] else status(302, ("Location", url)))(camera, request)

        sink = Sink()
        async with camera_at({"DESCRIBE": describe, "PLAY": play_and_close}) as port:
            await asyncio.wait_for(source(port).run(sink), 20)
    assert len(sink.units) == len(PICTURES)
    assert len(seen) == 1
    assert came == []


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"])
async def test_a_redirect_beyond_the_record_is_refused_at_any_step(method: str) -> None:
    async with trap() as (url, came), camera_at({method: status(302, ("Location", url))}) as port:
        with pytest.raises(Refused) as caught:
            await asyncio.wait_for(source(port).run(Sink()), 20)
    assert caught.value.code == "capture.redirect-refused"
    assert ELSEWHERE in caught.value.text
    assert came == []


@pytest.mark.parametrize("method", ["DESCRIBE", "SETUP", "PLAY"])
async def test_a_redirect_that_the_record_allows_is_followed_at_any_step(method: str) -> None:
    sink = Sink()
    async with camera_at({"PLAY": play_and_close}) as final:
        turn = status(302, ("Location", f"rtsp://127.0.0.1:{final}/other"))
        async with camera_at({method: turn}) as port:
            await asyncio.wait_for(source(port).run(sink), 20)
    assert len(sink.units) == len(PICTURES)


async def test_addresses_in_answers_lead_nowhere() -> None:
    asked: list[Request] = []
    async with trap() as (url, came):

        async def describe(camera: Camera, request: Request) -> None:
            body = sdp().replace(b"a=control:track", f"a=control:{url}/track".encode())
            body = body.replace(b"s=-", f"s=-\r\nu={url}\r\na=control:{url}".encode())
            headers = [("Content-Base", f"{url}/"), ("Content-Location", url)]
            camera.send(camera.wire.send_response(request, 200, headers, body))

        async def play(camera: Camera, request: Request) -> None:
            info = ("RTP-Info", f"url={url}/track;seq=0;rtptime=0")
            camera.send(camera.wire.send_response(request, 200, [info, ("Location", url)]))
            for number, nals in enumerate(PICTURES):
                camera.picture(nals, 3600 * number)
            camera.writer.close()

        sink = Sink()
        async with camera_at({"DESCRIBE": describe, "PLAY": play}, asked) as port:
            await asyncio.wait_for(source(port).run(sink), 20)
    assert len(sink.units) == len(PICTURES)
    assert [(request.method, request.url) for request in asked[2:4]] == [("SETUP", f"{url}/track"), ("PLAY", url)]
    assert came == []


def command_lines() -> str:
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(process.read_bytes().decode(errors="replace"))
    return "\n".join(lines)


def children() -> set[int]:
    """The processes in which FFmpeg reads for this one."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = f"PPid:\t{os.getpid()}\n" in (process / "status").read_text()
            if ours and CHILD in (process / "cmdline").read_bytes().decode(errors="replace"):
                found.add(int(process.name))
    return found


async def test_the_password_is_in_no_url_log_error_or_process_list(caplog: pytest.LogCaptureFixture) -> None:
    challenge = Challenge("Digest", "camera", "nonce", "MD5", "auth")
    asked: list[Request] = []
    seen = ""

    async def guarded(camera: Camera, request: Request) -> None:
        nonlocal seen
        value = request.headers.first("Authorization") or ""
        if not accepts(challenge, value, user="admin", password=PASSWORD, method=request.method):
            camera.send(camera.wire.send_response(request, 401, [("WWW-Authenticate", challenge.render())]))
            return
        assert f'uri="{request.url}"' in value
        await (play_and_close if request.method == "PLAY" else behave)(camera, request)
        seen += command_lines()

    scripts: dict[str, Answer] = dict.fromkeys(("OPTIONS", "DESCRIBE", "SETUP", "PLAY"), guarded)
    sink = Sink()
    async with camera_at(scripts, asked) as port:
        await asyncio.wait_for(source(port, user="admin", password=PASSWORD).run(sink), 20)
        with pytest.raises(RemoteError, match=r"rtsp\.auth-failed") as caught:
            await source(port, user="admin", password=f"{PASSWORD}!").run(Sink())
    assert len(sink.units) == len(PICTURES)
    shown = "".join(request.url for request in asked) + repr(caught.value) + str(caught.value)
    assert CHILD in seen, "FFmpeg's process was looked at"
    for text in (caplog.text, shown, seen):
        for form in (PASSWORD, PASSWORD.replace(" ", "%20"), PASSWORD.replace(" ", "+")):
            assert form not in text


async def test_the_end_of_one_cameras_ffmpeg_is_a_failure_of_that_camera_alone() -> None:
    sinks = [Sink(), Sink()]

    async def go_on(camera: Camera, request: Request) -> None:
        await behave(camera, request)
        for turn in range(10_000):
            camera.picture(PICTURES[turn % len(PICTURES)], turn * FRAME_90K)
            await asyncio.sleep(0.01)

    async with camera_at({"PLAY": go_on}) as port:
        running = [asyncio.create_task(source(port).run(sink)) for sink in sinks]
        for sink in sinks:
            await asyncio.wait_for(sink.first.wait(), 20)
        first, second = sorted(children())
        os.kill(first, signal.SIGSEGV)
        done, going = await asyncio.wait(running, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        (ended,), (survivor,) = done, going
        error = ended.exception()
        assert isinstance(error, RemoteError)
        assert error.code == "capture.av-crashed"
        other = sinks[running.index(survivor)]
        for _ in range(10):
            other.first.clear()
            await asyncio.wait_for(other.first.wait(), 10)
        survivor.cancel()
        await asyncio.wait({survivor})
    assert not {first, second} & children(), "no process is left behind"


async def test_a_stranger_on_the_relay_gets_nothing_and_disturbs_nobody() -> None:
    relay = AvRelay(parse_sdp(sdp()).media, TOKEN)
    url = await relay.open()
    port = int(url.split(":")[2].split("/")[0])
    try:
        for path in ("", "/", f"/{TOKEN.hex()[:-1]}0", "/live"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"DESCRIBE rtsp://127.0.0.1:{port}{path} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
            with contextlib.suppress(ConnectionError):
                assert await reader.read(100) == b""
            writer.close()
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CLIENTS_MAX - 1)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"RTSP/1.0 200")
        late_reader, late = silent[0]
        late.write(f"DESCRIBE {url} RTSP/1.0\r\nCSeq: 1\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            assert await late_reader.read(100) == b""
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        for _, stranger in silent:
            stranger.close()
        writer.close()
    finally:
        relay.close()


async def test_what_waits_for_ffmpeg_is_bounded() -> None:
    relay = AvRelay(parse_sdp(sdp()).media, TOKEN)
    await relay.open()
    packet = bytes(60_000)
    try:
        with pytest.raises(LocalError) as caught:
            for _ in range(HELD_BYTES_MAX // len(packet) + 2):
                relay.carry(0, packet, 0, len(packet))
    finally:
        relay.close()
    assert caught.value.code == "capture.overload"
