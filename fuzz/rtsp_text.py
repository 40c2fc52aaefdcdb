"""RTSP and SDP: what a camera, or anyone who connects to its port, writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fuzz.harness import Harness
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import Codec
from mingjian.wire.rtsp import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_INTERLEAVED_BYTES,
    Event,
    InterleavedData,
    Request,
    RtspConnection,
)
from mingjian.wire.rtsp_auth import Challenge, accepts, authorization, parse_challenges, strongest
from mingjian.wire.rtsp_headers import TransportSpec, parse_rtp_info, parse_session, parse_transport
from mingjian.wire.sdp import Description, Media, aac_fmtp, control_url, parse_sdp, render_sdp, video_fmtp

URL = "rtsp://192.0.2.10/stream1"
USER, PASSWORD = "admin", "se:cret"


def portions(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def plain(event: Event) -> object:
    """An event as something that compares by everything it says."""
    if isinstance(event, InterleavedData):
        return event
    shown = (tuple(event.headers), event.body)
    if isinstance(event, Request):
        return event.method, event.url, event.cseq, *shown
    return event.status, event.reason, event.request and event.request.cseq, *shown


def heard(pieces: Iterable[bytes]) -> tuple[list[object], bool]:
    """What a client with two open requests hears, and whether the stream broke."""
    connection = RtspConnection()
    connection.send_request("OPTIONS", URL)
    connection.send_request("DESCRIBE", URL)
    routed: list[bytes] = []
    connection.route(0, lambda buffer, start, end: routed.append(buffer[start:end]))
    found: list[object] = []
    broken = False
    try:
        for piece in (*pieces, b""):
            for event in connection.receive_data(piece):
                found.append(plain(event))
                if isinstance(event, Request):
                    connection.send_response(event, 200, [("Public", "OPTIONS")])
    except RemoteError:
        broken = True
    assert connection.buffered_bytes <= MAX_HEADER_BYTES + MAX_BODY_BYTES + MAX_INTERLEAVED_BYTES
    return [*found, *routed], broken


def connection(data: bytes) -> bool:
    """Where the network cuts the stream changes nothing; every request can be answered; only RemoteError escapes."""
    if not data:
        return False
    size, stream = data[0] + 2, data[1:]
    whole, broken = heard([stream])
    assert heard(portions(stream, 1)) == (whole, broken)
    assert heard(portions(stream, size)) == (whole, broken)
    return bool(whole) and not broken


def connection_seeds() -> Iterator[bytes]:
    client, server = RtspConnection(), RtspConnection()
    asked = client.send_request("SETUP", URL, [("Transport", "RTP/AVP/TCP;unicast;interleaved=0-1")])
    (request,) = server.receive_data(asked)
    assert isinstance(request, Request)
    answers = [
        server.send_response(request, 200, [("Session", "12345678;timeout=60")], describing(Codec.H264)),
        server.send_response(request, 401, [("WWW-Authenticate", 'Digest realm="x", nonce="y"')]),
        server.send_response(request, 302, [("Location", URL + "/other")]),
        server.send_request("OPTIONS", "*"),
        server.send_interleaved(0, b"\x80\x60\0\1" + bytes(12)) + server.send_interleaved(4, b"x"),
        b"RTSP/1.0 200 OK\nCSeq: 2\nX-Folded: a\n b\n\n\r\n",
    ]
    for answer in (*answers, asked, b"".join(answers)):
        yield b"\x07" + answer


def values(data: bytes) -> bool:
    """Each line as the value of each header: what reads can be rendered and then reads the same."""
    understood = False
    for line in data.decode("utf-8", "replace").split("\n"):
        try:
            for spec in parse_transport(line):
                assert parse_transport(spec.render()) == [spec]
                assert spec.ssrc is None or 0 <= spec.ssrc < 1 << 32
                understood = True
        except RemoteError:
            pass
        try:
            session, seconds = parse_session(line)
            assert session == session.strip()
            assert 0 < seconds <= 3600
        except RemoteError:
            pass
        starts = parse_rtp_info(line)
        understood = understood or bool(starts)
        assert all(url and 0 <= time < 1 << 32 for url, time in starts.items())
        try:
            challenges = parse_challenges([line])
        except RemoteError:
            continue
        for challenge in challenges:
            assert parse_challenges([challenge.render()]) == [challenge]
            given = authorization(
                challenge, user=USER, password=PASSWORD, method="PLAY", uri=URL, cnonce="0a4f113b", count=3
            )
            assert PASSWORD not in given or challenge.scheme == "Basic"
            if len(given) <= 4096:
                assert accepts(challenge, given, user=USER, password=PASSWORD, method="PLAY")
            assert not accepts(challenge, given, user=USER, password="other", method="PLAY")
            accepts(challenge, line, user=USER, password=PASSWORD, method="PLAY")
            understood = True
        assert (strongest(challenges) is None) == (not challenges)
    return understood


def value_seeds() -> Iterator[bytes]:
    specs = (
        TransportSpec(tcp=True, interleaved=(0, 1), ssrc=0xDEADBEEF),
        TransportSpec(tcp=False, client_port=(5000, 5001), server_port=(6000, 6001), source="192.0.2.10"),
    )
    challenges = [
        Challenge("Digest", 'a "quoted" realm', "n0nce", algorithm, qop, "op\\aque", stale)
        for algorithm in ("MD5", "SHA-256")
        for qop, stale in (("", False), ("auth", True))
    ]
    challenges += [Challenge("Basic", "camera"), Challenge("Basic", "Cam, Digest x, Basic ")]
    yield from (spec.render().encode() for spec in specs)
    yield ", ".join(spec.render() for spec in specs).encode()
    yield from (b"12345678;timeout=60", b"RTP/AVP;unicast;ssrc=-1", b"RTP/AVP;unicast;ssrc=0x1F")
    yield f"url={URL}/trackID=1;seq=9;rtptime=3450012, url={URL}/trackID=2;seq=1;rtptime=78".encode()
    for challenge in challenges:
        yield challenge.render().encode()
        answer = authorization(challenge, user=USER, password=PASSWORD, method="PLAY", uri=URL, cnonce="00")
        yield answer.encode()
    yield ", ".join(challenge.render() for challenge in challenges).encode()


def description(data: bytes) -> bool:
    """Everything a media section offers can be asked of it; rendered and read again it is the same."""
    try:
        found = parse_sdp(data)
    except RemoteError:
        return False
    for media in found.media:
        assert all(media.parameter_sets)
        assert len(media.audio_specific) <= len(data)
        assert control_url(URL, media.control)
        assert media.codec is None or media.clock_rate_hz > 0
    again = parse_sdp(render_sdp(found, address="192.0.2.10"))
    assert parse_sdp(render_sdp(again, address="192.0.2.10")) == again
    return bool(found.media)


def describing(codec: Codec) -> bytes:
    sets = {
        Codec.H264: (b"\x67\x64\x00\x1e\xac", b"\x68\xeb\xe3\xcb"),
        Codec.H265: (b"\x40\x01\x0c", b"\x42\x01\x01", b"\x44\x01\xc1"),
    }[codec]
    media = (
        Media("video", 96, codec, "", 90_000, control="trackID=1", fmtp=video_fmtp(codec, sets)),
        Media("audio", 97, Codec.AAC, "", 16_000, 2, control=URL + "/2", fmtp=aac_fmtp(b"\x14\x08")),
        Media("audio", 8, Codec.PCMA, "", 8000),
        Media("application", 98, None, "vnd.onvif.metadata", 90_000),
    )
    return render_sdp(Description(media, "*", "camera"), address="192.0.2.10")


def description_seeds() -> Iterator[bytes]:
    yield from (describing(codec) for codec in (Codec.H264, Codec.H265))


RTSP_WORDS = (
    *(b"RTSP/1.0 ", b"RTSP/1.0 200 OK\r\n", b"OPTIONS ", b"\r\n\r\n", b"\n\n", b"\r\n ", b"$\0\0\x04", b"CSeq: 1"),
    *(b"Content-Length: ", b"Content-Length: 4\r\n\r\n", b"WWW-Authenticate: ", b"HTTP/1.1 ", b"\xff\xfe", b"\xd9\xa3"),
)
VALUE_WORDS = (
    *b"RTP/AVP RTP/AVP/TCP ;unicast ;interleaved= ;client_port= ;ssrc= ;source= - ; ;timeout= multicast".split(),
    *b'realm=" nonce=" algorithm=SHA-256 qop="auth,auth-int" stale=true response= username= \\" \\\\'.split(),
    *(b"Basic ", b"Digest ", b", ", b"url=", b";rtptime="),
)
SDP_WORDS = (
    *(b"v=0\r\n", b"m=video 0 RTP/AVP 96\r\n", b"m=audio 0 RTP/AVP 0\r\n", b"a=rtpmap:96 H265/90000", b"a=control:*"),
    *b"a=fmtp:96 sprop-parameter-sets= sprop-sps= MPEG4-GENERIC/16000/2 config=1408 mode=AAC-lbr".split(),
)

HARNESSES = (
    Harness(
        "rtsp-connection",
        connection,
        connection_seeds,
        (RtspConnection.receive_data, RtspConnection.send_response),
        RTSP_WORDS,
    ),
    Harness(
        "rtsp-values",
        values,
        value_seeds,
        (parse_transport, parse_session, parse_rtp_info, parse_challenges, accepts),
        VALUE_WORDS,
        2048,
    ),
    Harness("sdp", description, description_seeds, (parse_sdp, control_url), SDP_WORDS),
)
