"""A camera that does what a script says, on a real socket, and a sink that counts: for tests of the sources."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from certificates import self_signed
from footage import FRAME_90K, make_clip
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig
from mingjian.wire.nal import NalKind, from_length_prefixed, nal_kind
from mingjian.wire.packetize import rtp_packet, video_payloads
from mingjian.wire.rtsp import Request, RtspConnection
from mingjian.wire.sdp import Codec, Description, Media, render_sdp, video_fmtp

_CLIP = make_clip(Codec.H264, seconds=3)
PICTURES = [from_length_prefixed(unit.data) for unit in _CLIP.units]
"""Real ones, which FFmpeg decodes: a key frame each second."""
SETS = [nal for nal in PICTURES[0] if nal_kind(Codec.H264, nal) in (NalKind.SPS, NalKind.PPS)]
KEY = [nal for nal in PICTURES[0] if nal not in SETS]
DELTA = PICTURES[1]
PASSWORD = "correct horse"

Answer = Callable[["Camera", Request], Awaitable[None]]


def sdp(*, parameter_sets: bool = True, name: str = "H264") -> bytes:
    fmtp = video_fmtp(Codec.H264, tuple(SETS)) if parameter_sets else {"packetization-mode": "1"}
    codec = Codec.H264 if name == "H264" else None
    return render_sdp(Description((Media("video", 96, codec, name, 90_000, 1, "track", fmtp),)))


class Camera:
    """One connection of a scripted camera; behaves unless a script for the method says otherwise."""

    def __init__(self, writer: asyncio.StreamWriter, scripts: dict[str, Answer], asked: list[Request]) -> None:
        self.wire = RtspConnection()
        self.writer = writer
        self.description = sdp()
        self._scripts = scripts
        self._asked = asked
        self._sequence = 0

    async def serve(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65_536):
            for event in self.wire.receive_data(data):
                if isinstance(event, Request):
                    self._asked.append(event)
                    await self._scripts.get(event.method, behave)(self, event)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def picture(self, nals: list[bytes], timestamp: int) -> None:
        payloads = video_payloads(Codec.H264, nals)
        for index, payload in enumerate(payloads):
            packet = rtp_packet(
                payload,
                marker=index == len(payloads) - 1,
                payload_type=96,
                sequence=self._sequence,
                timestamp=timestamp,
                ssrc=5,
            )
            self._sequence += 1
            self.send(self.wire.send_interleaved(0, packet))


async def behave(camera: Camera, request: Request) -> None:
    headers: list[tuple[str, str]] = []
    body = b""
    if request.method == "DESCRIBE":
        body = camera.description
    elif request.method == "SETUP":
        headers = [("Session", "42;timeout=60"), ("Transport", request.headers.first("Transport") or "")]
    camera.send(camera.wire.send_response(request, 200, headers, body))


def status(code: int, *headers: tuple[str, str]) -> Answer:
    async def answer(camera: Camera, request: Request) -> None:
        camera.send(camera.wire.send_response(request, code, headers))

    return answer


def raw(data: bytes) -> Answer:
    async def answer(camera: Camera, request: Request) -> None:
        camera.send(data)

    return answer


async def nothing(camera: Camera, request: Request) -> None:
    """Says nothing."""


class Sink(SourceSink):
    """Counts, and tells when the first unit came."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.units: list[AccessUnit] = []
        self.lost = 0
        self.first = asyncio.Event()
        self._fault = fault

    def on_config(self, config: StreamConfig) -> None:
        if self._fault is not None:
            raise self._fault

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        self.first.set()

    def on_camera_time(self, report: CameraTime) -> None:
        """Not looked at here."""

    def on_lost(self, packets: int) -> None:
        self.lost += packets

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        raise AssertionError("a source does not interrupt")


@asynccontextmanager
async def camera_at(
    scripts: dict[str, Answer], asked: list[Request] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    open_tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_tasks.add(task)
        try:
            await Camera(writer, scripts, asked if asked is not None else []).serve(reader)
        except (OSError, asyncio.CancelledError, RemoteError):
            pass
        finally:
            writer.close()
            open_tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(open_tasks):
            task.cancel()
        await asyncio.gather(*open_tasks, return_exceptions=True)
        await server.wait_closed()


async def play_a_while(camera: Camera, request: Request) -> None:
    """Long enough for FFmpeg, which looks at a second of pictures before it hands any on."""
    await behave(camera, request)
    for number, nals in enumerate(PICTURES):
        camera.picture(nals, FRAME_90K * number)


async def play_then_stop(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    camera.picture([*SETS, *KEY], 0)
    camera.picture(DELTA, FRAME_90K)


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A self-signed server context and its certificate's SHA-256."""
    file = folder / "camera.pem"
    fingerprint = self_signed(file, "camera")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, fingerprint
