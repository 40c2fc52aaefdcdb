"""Cameras that misbehave on a real socket: each ends in a named failure with a remedy, soon, and leaks nothing."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from footage import FRAME_90K
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_source import AvSource
from mingjian.capture.rtsp_source import RtspSource
from mingjian.capture.source import Source
from mingjian.kernel.clock import ManualClock, UtcNs, iso
from mingjian.kernel.errors import MingjianError, Refused, RemoteError
from mingjian.transport.certificates import CertificateRefused, PeerCertificate
from mingjian.wire.rtsp import Request
from mingjian.wire.rtsp_auth import Challenge, accepts
from scripted_camera import (
    DELTA,
    PASSWORD,
    PICTURES,
    SETS,
    Answer,
    Camera,
    Sink,
    behave,
    camera_at,
    certificate,
    play_a_while,
    play_then_stop,
    raw,
    sdp,
    status,
)

both_engines = pytest.mark.parametrize("engine", ["native", "av"])


def source(port: int, clock: ManualClock, *, scheme: str = "rtsp", engine: str = "native", **fields: str) -> Source:
    url = f"{scheme}://127.0.0.1:{port}/live"
    address = CameraAddress.parse(url, engine=engine, **fields)  # type: ignore[arg-type]  # text fields
    return (AvSource if engine == "av" else RtspSource)(address, clock, lambda count: bytes(count))


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


@both_engines
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
async def test_what_a_camera_may_answer(scripts: dict[str, Answer], code: str, engine: str) -> None:
    assert (await failure(scripts, engine=engine, user="admin", password=PASSWORD)).code == code


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


@both_engines
async def test_a_redirect_at_home_is_followed_but_not_for_ever(engine: str) -> None:
    async def around(camera: Camera, request: Request) -> None:
        camera.send(camera.wire.send_response(request, 302, [("Location", request.url + "x")]))

    assert (await failure({"DESCRIBE": around}, engine=engine)).code == "rtsp.refused"


async def play_nothing_decodable(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    for number, nals in enumerate(PICTURES[1:25]):
        camera.picture(nals, FRAME_90K * number)


async def play_without_sets(camera: Camera, request: Request) -> None:
    await behave(camera, request)
    for number, nals in enumerate(PICTURES):
        camera.picture([nal for nal in nals if nal not in SETS], FRAME_90K * number)


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
        ({"PLAY": play_a_while}, 1, "capture.silent"),
    ],
)
@both_engines
async def test_silence_has_a_name(scripts: dict[str, Answer], units: int, code: str, engine: str) -> None:
    assert (await failure(scripts, engine=engine, silent=True, units=units)).code == code


@both_engines
async def test_the_camera_closes_in_order_or_hangs_up(engine: str) -> None:
    async def leave(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.send(b"TEARDOWN rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n")

    async def hang_up(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.writer.close()

    for play in (leave, hang_up):
        async with camera_at({"PLAY": play}) as port:
            sink = Sink()
            await asyncio.wait_for(source(port, ManualClock(), engine=engine).run(sink), 10)
            assert [unit.key for unit in sink.units] == [True, False]


async def test_a_reset_is_a_lost_connection() -> None:
    async def reset(camera: Camera, request: Request) -> None:
        camera.writer.transport.abort()

    assert (await failure({"PLAY": reset})).code in ("net.lost", "capture.closed")


@both_engines
async def test_nobody_listens(engine: str) -> None:
    async with camera_at({}) as port:
        pass
    with pytest.raises(RemoteError) as caught:
        await source(port, ManualClock(), engine=engine).run(Sink())
    assert caught.value.code == "net.refused"
    with pytest.raises(RemoteError) as caught:
        address = CameraAddress.parse("rtsp://camera.invalid/")
        await RtspSource(address, ManualClock(), bytes).run(Sink())
    assert caught.value.code in ("net.host-unknown", "net.timeout")


@both_engines
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("qop", ["", "auth"])
async def test_digest_is_answered_and_a_wrong_password_is_tried_once(algorithm: str, qop: str, engine: str) -> None:
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
        await asyncio.wait_for(
            source(port, ManualClock(), engine=engine, user="admin", password=PASSWORD).run(sink), 10
        )
        assert len(sink.units) == 2
        assert refused == 0
        with pytest.raises(RemoteError, match=r"rtsp\.auth-failed"):
            await source(port, ManualClock(), engine=engine, user="admin", password="wrong").run(Sink())
        assert refused == 1


@both_engines
async def test_a_stopped_source_says_goodbye(engine: str) -> None:
    asked: list[Request] = []
    gone = asyncio.Event()

    async def bye(camera: Camera, request: Request) -> None:
        gone.set()

    async with camera_at({"PLAY": play_a_while, "TEARDOWN": bye}, asked) as port:
        sink = Sink()
        running = asyncio.ensure_future(source(port, ManualClock(), engine=engine).run(sink))
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
            cameras[0].picture(DELTA, FRAME_90K * (2 + number))
            await sink.first.wait()
        await asyncio.wait_for(alive.wait(), 5)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


@both_engines
async def test_a_fault_of_the_listener_comes_out_of_run(engine: str) -> None:
    async with camera_at({"PLAY": play_a_while}) as port:
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(source(port, ManualClock(), engine=engine).run(Sink(ZeroDivisionError("ours"))), 10)


@both_engines
async def test_tls_trusts_the_pinned_certificate_and_no_other(tmp_path: Path, engine: str) -> None:
    context, fingerprint = certificate(tmp_path)

    async def leave(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.writer.close()

    asked: list[Request] = []
    async with camera_at({"PLAY": leave}, asked, tls=context) as port:
        sink = Sink()
        run = source(port, ManualClock(), scheme="rtsps", engine=engine, tls_sha256=fingerprint).run(sink)
        await asyncio.wait_for(run, 10)
        assert len(sink.units) == 2
        asked.clear()
        for pin, code in (("", "net.tls-untrusted"), ("00" * 32, "net.pin-mismatch")):
            with pytest.raises(CertificateRefused) as caught:
                await source(port, ManualClock(), scheme="rtsps", engine=engine, tls_sha256=pin).run(Sink())
            assert (caught.value.code, caught.value.field) == (code, "tls_sha256")
            shown = caught.value.certificate
            assert shown is not None
            assert (shown.subject, shown.issuer, shown.sha256) == ("CN=camera", "CN=camera", fingerprint)
            assert iso(shown.not_before or UtcNs(0)).startswith("2020-01-01")
        assert "自签名" not in caught.value.text
        assert fingerprint in caught.value.text, "the evidence of the gap names what was shown"
        assert asked == [], "nothing is said to a camera that is not believed"


async def test_the_reason_why_nobody_vouches_is_told(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with camera_at({}, tls=context) as port:
        with pytest.raises(CertificateRefused) as caught:
            await source(port, ManualClock(), scheme="rtsps").run(Sink())
    assert "自签名" in caught.value.text
    assert "self-signed" in caught.value.text_en


def test_a_certificate_that_cannot_be_read_still_has_its_fingerprint(tmp_path: Path) -> None:
    certificate(tmp_path)
    text = (tmp_path / "camera.pem").read_text()
    good = ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :].strip())
    unknown_version = good.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x06", 1)
    assert unknown_version != good
    for der in (b"no certificate at all", unknown_version):
        found = PeerCertificate.read(der)
        assert len(found.sha256) == 64
        assert (found.subject, found.not_after) == ("", None)
    nameless = PeerCertificate.read(good.replace(b"\x0c\x06camera", b"\x03\x06\x00amera"))
    assert (nameless.subject, nameless.issuer) == ("", ""), "names that are no text"
    assert nameless.not_after is not None


async def test_a_redirect_to_a_host_of_the_record_is_followed_and_to_no_other() -> None:
    async def leave(camera: Camera, request: Request) -> None:
        await play_then_stop(camera, request)
        camera.writer.close()

    asked: list[Request] = []
    async with camera_at({"PLAY": leave}, asked) as there:
        turn = status(302, ("Location", f"rtsp://localhost:{there}/live"))
        async with camera_at({"DESCRIBE": turn}) as port:
            for hosts, follows in ((["localhost"], True), ([], False)):
                address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", allowed_hosts=hosts)
                sink = Sink()
                running = RtspSource(address, ManualClock(), lambda count: bytes(count)).run(sink)
                if follows:
                    await asyncio.wait_for(running, 10)
                    assert len(sink.units) == 2
                    asked.clear()
                else:
                    with pytest.raises(Refused) as caught:
                        await asyncio.wait_for(running, 10)
                    assert (caught.value.code, caught.value.field) == ("capture.redirect-refused", "redirect_hosts")
                    assert asked == []
