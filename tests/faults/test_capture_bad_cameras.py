"""Cameras that misbehave on a real socket: each ends in a named failure with a remedy, soon, and leaks nothing."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mingjian.capture.address import CameraAddress
from mingjian.capture.av_source import AvSource
from mingjian.capture.rtsp_source import RtspSource
from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.errors import MingjianError, RemoteError
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, SourceSink, StreamConfig
from mingjian.wire.packetize import rtp_packet, video_payloads
from mingjian.wire.rtsp import Request, RtspConnection
from mingjian.wire.rtsp_auth import Challenge, accepts
from mingjian.wire.sdp import Codec, Description, Media, render_sdp, video_fmtp

SPS = bytes.fromhex("6742c028da01e0089f97011000000300100000030320f1832a")
PPS = bytes.fromhex("68ce0fc8")
KEY = b"\x65\x80" + bytes(2000)
DELTA = b"\x41\x80" + bytes(500)
PASSWORD = "correct horse"

Answer = Callable[["Camera", Request], Awaitable[None]]


def sdp(*, parameter_sets: bool = True, name: str = "H264") -> bytes:
    fmtp = video_fmtp(Codec.H264, (SPS, PPS)) if parameter_sets else {"packetization-mode": "1"}
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


def source(port: int, clock: ManualClock, **fields: str) -> RtspSource:
    scheme = fields.pop("scheme", "rtsp")
    address = CameraAddress.parse(f"{scheme}://127.0.0.1:{port}/live", **fields)  # type: ignore[arg-type]  # text fields
    return RtspSource(address, clock, lambda count: bytes(count))


async def failure(
    scripts: dict[str, Answer], *, silent: bool = False, units: int = 0, sink: Sink | None = None, **fields: str
) -> MingjianError:
    """How a connection to such a camera ends; once it plays, time passes if `silent`."""
    clock, heard = ManualClock(), sink or Sink()
    playing = asyncio.Event()
    play = scripts.get("PLAY", behave)

    async def noticed(camera: Camera, request: Request) -> None:
        await play(camera, request)
        playing.set()

    async with camera_at({**scripts, "PLAY": noticed}) as port:
        running = asyncio.ensure_future(source(port, clock, **fields).run(heard))
        if silent:
            await (heard.first if units else playing).wait()
            while not running.done():  # time passes for the watch; it looks once a real second
                clock.advance(1)
                await asyncio.wait({running}, timeout=0.05)
        with pytest.raises(MingjianError) as caught:
            await asyncio.wait_for(running, 10)
    assert caught.value.remedy
    assert PASSWORD not in f"{caught.value!r}{caught.value}{caught.value.remedy}"
    return caught.value


@pytest.mark.parametrize(
    ("scripts", "code"),
    [
        ({"OPTIONS": raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")}, "rtsp.not-rtsp"),
        ({"OPTIONS": raw(b"SSH-2.0-OpenSSH\r\n")}, "rtsp.not-rtsp"),
        ({"OPTIONS": raw(b"RTSP/1.0 200 OK\r\n" + b"A: b\r\n" * 4000)}, "rtsp.head-too-long"),
        ({"DESCRIBE": status(404)}, "rtsp.not-found"),
        ({"DESCRIBE": status(453)}, "rtsp.refused"),
        ({"DESCRIBE": status(500)}, "rtsp.refused"),
        ({"DESCRIBE": status(401, ("WWW-Authenticate", 'Basic realm="c"'))}, "rtsp.auth-failed"),
        ({"DESCRIBE": status(401)}, "rtsp.auth-failed"),
        ({"DESCRIBE": status(200)}, "sdp.unreadable"),
        ({"DESCRIBE": status(302, ("Location", "rtsp://10.9.8.7/live"))}, "capture.redirect-refused"),
        ({"DESCRIBE": status(302)}, "capture.redirect-refused"),
        ({"SETUP": status(461)}, "rtsp.transport-refused"),
        ({"SETUP": status(200)}, "rtsp.session"),
        ({"PLAY": raw(b"$\x00\x00\x01x\x00garbage")}, "rtsp.not-rtsp"),
    ],
)
async def test_what_a_camera_may_answer(scripts: dict[str, Answer], code: str) -> None:
    assert (await failure(scripts, user="admin", password=PASSWORD)).code == code


async def test_no_user_given() -> None:
    scripts = {"DESCRIBE": status(401, ("WWW-Authenticate", 'Digest realm="c", nonce="1"'))}
    error = await failure(scripts)
    assert error.code == "rtsp.auth-failed"
    assert "没有填" in error.text


async def test_another_codec() -> None:
    async def describe(camera: Camera, request: Request) -> None:
        camera.description = sdp(name="JPEG")
        await behave(camera, request)

    error = await failure({"DESCRIBE": describe})
    assert error.code == "capture.unsupported"
    assert "JPEG" in error.text


async def test_a_redirect_at_home_is_followed_but_not_for_ever() -> None:
    async def around(camera: Camera, request: Request) -> None:
        camera.send(camera.wire.send_response(request, 302, [("Location", request.url + "x")]))

    assert (await failure({"DESCRIBE": around})).code == "rtsp.refused"


async def play_nothing_decodable(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    for number in range(3):
        camera.picture([DELTA], 3600 * number)


async def play_without_sets(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    for number in range(3):
        camera.picture([KEY], 3600 * number)


async def play_then_stop(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    camera.picture([SPS, PPS, KEY], 0)
    camera.picture([DELTA], 3600)


async def describe_without_sets(camera: Camera, request: Request) -> None:
    camera.description = sdp(parameter_sets=False)
    await behave(camera, request)


@pytest.mark.parametrize(
    ("scripts", "units", "code"),
    [
        ({}, 0, "capture.no-video"),
        ({"PLAY": play_nothing_decodable}, 0, "capture.no-key-frame"),
        (
            {"PLAY": play_without_sets, "DESCRIBE": describe_without_sets},
            0,
            "capture.no-parameter-sets",
        ),
        ({"PLAY": play_then_stop}, 1, "capture.silent"),
    ],
)
async def test_silence_has_a_name(scripts: dict[str, Answer], units: int, code: str) -> None:
    assert (await failure(scripts, silent=True, units=units)).code == code


async def test_the_camera_closes_in_order_or_hangs_up() -> None:
    async def leave(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.send(b"TEARDOWN rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n")

    async def hang_up(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.writer.close()

    for play in (leave, hang_up):
        async with camera_at({"PLAY": play}) as port:
            sink = Sink()
            await asyncio.wait_for(source(port, ManualClock()).run(sink), 10)
            assert [unit.key for unit in sink.units] == [True, False]


async def test_a_reset_is_a_lost_connection() -> None:
    async def reset(camera: Camera, request: Request) -> None:
        camera.writer.transport.abort()

    assert (await failure({"PLAY": reset})).code in ("net.lost", "capture.closed")


async def test_nobody_listens() -> None:
    async with camera_at({}) as port:
        pass
    with pytest.raises(RemoteError) as caught:
        await source(port, ManualClock()).run(Sink())
    assert caught.value.code == "net.refused"
    with pytest.raises(RemoteError) as caught:
        address = CameraAddress.parse("rtsp://camera.invalid/")
        await RtspSource(address, ManualClock(), bytes).run(Sink())
    assert caught.value.code in ("net.host-unknown", "net.timeout")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("qop", ["", "auth"])
async def test_digest_is_answered_and_a_wrong_password_is_tried_once(algorithm: str, qop: str) -> None:
    challenge = Challenge("Digest", "camera", "nonce", algorithm, qop)
    refused = 0

    async def guarded(camera: Camera, request: Request) -> None:
        nonlocal refused
        value = request.headers.first("Authorization") or ""
        if accepts(challenge, value, user="admin", password=PASSWORD, method=request.method):
            await (play_then_stop if request.method == "PLAY" else behave)(camera, request)
            if request.method == "PLAY":
                camera.writer.close()
            return
        refused += bool(value)
        camera.send(camera.wire.send_response(request, 401, [("WWW-Authenticate", challenge.render())]))

    scripts: dict[str, Answer] = dict.fromkeys(("OPTIONS", "DESCRIBE", "SETUP", "PLAY"), guarded)
    async with camera_at(scripts) as port:
        sink = Sink()
        await asyncio.wait_for(source(port, ManualClock(), user="admin", password=PASSWORD).run(sink), 10)
        assert len(sink.units) == 2
        assert refused == 0
        with pytest.raises(RemoteError, match=r"rtsp\.auth-failed"):
            await source(port, ManualClock(), user="admin", password="wrong").run(Sink())
        assert refused == 1


async def test_a_stopped_source_says_goodbye() -> None:
    asked: list[Request] = []
    gone = asyncio.Event()

    async def bye(camera: Camera, request: Request) -> None:
        gone.set()

    async with camera_at({"PLAY": play_then_stop, "TEARDOWN": bye}, asked) as port:
        sink = Sink()
        running = asyncio.ensure_future(source(port, ManualClock()).run(sink))
        await sink.first.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await asyncio.wait_for(gone.wait(), 5)
    assert [request.method for request in asked] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"]
    assert asked[-1].headers.first("Session") == "42"


async def test_the_session_is_kept_alive_at_half_its_timeout() -> None:
    asked: list[Request] = []
    alive = asyncio.Event()

    async def options(camera: Camera, request: Request) -> None:
        camera.send(camera.wire.send_response(request, 200, [("Public", "OPTIONS, GET_PARAMETER")]))

    async def get_parameter(camera: Camera, request: Request) -> None:
        alive.set()

    scripts: dict[str, Answer] = {"OPTIONS": options, "PLAY": play_then_stop, "GET_PARAMETER": get_parameter}
    clock, sink = ManualClock(), Sink()
    cameras: list[Camera] = []

    async def play(camera: Camera, request: Request) -> None:
        cameras.append(camera)
        await play_then_stop(camera, request)

    async with camera_at({**scripts, "PLAY": play}, asked) as port:
        running = asyncio.ensure_future(source(port, clock).run(sink))
        await sink.first.wait()
        for number in range(5):
            clock.advance(8)
            sink.first.clear()
            cameras[0].picture([DELTA], 7200 + 3600 * number)
            await sink.first.wait()
        await asyncio.wait_for(alive.wait(), 5)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_a_fault_of_the_listener_comes_out_of_run() -> None:
    async with camera_at({"PLAY": play_then_stop}) as port:
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(source(port, ManualClock()).run(Sink(ZeroDivisionError("ours"))), 10)


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A self-signed server context and its certificate's SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    file = folder / "camera.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, made.fingerprint(hashes.SHA256()).hex()


async def test_tls_trusts_the_pinned_certificate_and_no_other(tmp_path: Path) -> None:
    context, fingerprint = certificate(tmp_path)

    async def leave(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.writer.close()

    asked: list[Request] = []
    async with camera_at({"PLAY": leave}, asked, tls=context) as port:
        sink = Sink()
        run = source(port, ManualClock(), scheme="rtsps", tls_sha256=fingerprint).run(sink)
        await asyncio.wait_for(run, 10)
        assert len(sink.units) == 2
        asked.clear()
        for pin, code in (("", "net.tls-untrusted"), ("00" * 32, "net.pin-mismatch")):
            with pytest.raises(RemoteError) as caught:
                await source(port, ManualClock(), scheme="rtsps", tls_sha256=pin).run(Sink())
            assert caught.value.code == code
        assert asked == []


@pytest.mark.parametrize(
    ("scripts", "code"),
    [
        ({"OPTIONS": raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")}, "rtsp.not-rtsp"),
        ({"DESCRIBE": status(404)}, "rtsp.not-found"),
        ({"DESCRIBE": status(302, ("Location", "rtsp://10.9.8.7/live"))}, "capture.redirect-refused"),
        ({"DESCRIBE": status(401, ("WWW-Authenticate", 'Basic realm="c"'))}, "rtsp.auth-failed"),
        ({"SETUP": status(500)}, "capture.av-failed"),
    ],
)
async def test_the_second_source_names_failures_the_same_way(scripts: dict[str, Answer], code: str) -> None:
    async with camera_at(scripts) as port:
        address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", user="admin", password=PASSWORD)
        with pytest.raises(MingjianError) as caught:
            await asyncio.wait_for(AvSource(address, ManualClock(), bytes).run(Sink()), 30)
    assert caught.value.code == code
    assert PASSWORD not in f"{caught.value!r}{caught.value}"
