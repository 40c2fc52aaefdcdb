"""Attacks through the address of a camera (C2 and C4): a name that leads inside, a file in place of a stream."""

from __future__ import annotations

import asyncio
import socket
import wave
from pathlib import Path
from typing import Any

import pytest

from mingjian.capture.address import CameraAddress
from mingjian.capture.av_reader import read
from mingjian.capture.rtsp_source import RtspSource
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import Refused, RemoteError
from mingjian.transport.sockets import LOOPBACK
from scripted_camera import Sink


class Resolving(asyncio.SelectorEventLoop):
    """A loop whose resolver first says what a camera has, and from then on this machine."""

    def __init__(self, *answers: str) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked = 0

    async def getaddrinfo(self, host: Any, port: Any, **how: Any) -> Any:
        self.asked += 1
        ip = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]


@pytest.mark.parametrize("first", [LOOPBACK, "169.254.169.254", "0.0.0.0"])
def test_c2_a_name_that_leads_inside_is_resolved_once_and_not_connected_to(first: str) -> None:
    came: list[asyncio.StreamWriter] = []
    loop = Resolving(first, LOOPBACK)

    async def tried() -> None:
        server = await asyncio.start_server(lambda reader, writer: came.append(writer), sock=inside)
        address = CameraAddress.parse(f"rtsp://camera.example:{inside.getsockname()[1]}/live")
        async with server:
            with pytest.raises(Refused) as refused:
                await RtspSource(address, ManualClock(), lambda count: bytes(count)).run(Sink())
        assert refused.value.code == "capture.address-refused"

    with socket.create_server((LOOPBACK, 0)) as inside, asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(tried())
    assert came == []
    assert loop.asked == 1, "a second answer is never asked for"


@pytest.mark.parametrize("way", ["{}", "file:{}", "concat:{}", "subfile,,start,0,end,0,,:{}", "cache:{}", "async:{}"])
def test_c4_ffmpeg_opens_no_file_by_any_of_its_protocols(tmp_path: Path, way: str) -> None:
    sound = tmp_path / "inside.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    with pytest.raises(RemoteError) as failed:
        read(way.format(sound), audio=True, clock=ManualClock(), hand_over=lambda one: None, stopped=lambda: False)
    assert failed.value.code == "capture.av-failed", "what is opened is read, and refused for having no picture"
    assert str(sound) not in str(failed.value)
