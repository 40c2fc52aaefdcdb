"""RTSP: whole equals byte by byte, two endpoints nose to nose, broken input is RemoteError and bounded."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import LocalError, Overloaded, RemoteError
from mingjian.wire.rtsp import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_INTERLEAVED_BYTES,
    MAX_PENDING,
    Event,
    InterleavedData,
    Request,
    Response,
    RtspConnection,
)
from mingjian.wire.rtsp_headers import TransportSpec, parse_rtp_info, parse_session, parse_transport

STREAM = (
    b"OPTIONS rtsp://h/1 RTSP/1.0\r\nCSeq: 1\r\nX-Folded: a\r\n b\r\n\r\n"
    b"\r\n$\x00\x00\x03abc$\x01\x00\x00"
    b"ANNOUNCE rtsp://h/1 RTSP/1.0\r\ncseq: 2\r\nContent-length: 4\r\n\r\nbody"
    b"RTSP/1.0 200 OK\nCSeq: 7\nSession: 12;timeout=30\n\n"
    b"RTSP/1.0 404\r\n\r\n"
)


def shape(events: list[Event]) -> list[object]:
    found: list[object] = []
    for event in events:
        match event:
            case Request():
                found.append((event.method, event.url, event.cseq, event.body))
            case Response():
                found.append((event.status, event.reason, event.headers.first("session"), event.body))
            case InterleavedData():
                found.append((event.channel, event.data))
    return found


def test_a_stream_is_cut_into_its_messages() -> None:
    assert shape(RtspConnection().receive_data(STREAM)) == [
        ("OPTIONS", "rtsp://h/1", 1, b""),
        (0, b"abc"),
        (1, b""),
        ("ANNOUNCE", "rtsp://h/1", 2, b"body"),
        (200, "OK", "12;timeout=30", b""),
        (404, "", None, b""),
    ]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_where_the_network_cuts_does_not_matter(cuts: list[int]) -> None:
    connection = RtspConnection()
    edges = [0, *sorted(cuts), len(STREAM)]
    events = [e for a, b in itertools.pairwise(edges) for e in connection.receive_data(STREAM[a:b])]
    assert shape(events) == shape(RtspConnection().receive_data(STREAM))
    assert connection.buffered_bytes == 0


def test_whole_equals_byte_by_byte() -> None:
    connection = RtspConnection()
    events = [e for byte in STREAM for e in connection.receive_data(bytes([byte]))]
    assert shape(events) == shape(RtspConnection().receive_data(STREAM))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_what_came_is_copied_before_the_next_read_goes_to_the_same_place(cuts: list[int]) -> None:
    place = memoryview(bytearray(len(STREAM)))
    connection, events = RtspConnection(), list[Event]()
    for start, end in itertools.pairwise(sorted({0, *cuts, len(STREAM)})):
        place[: end - start] = STREAM[start:end]
        events += connection.receive_data(place[: end - start])
        place[:] = bytes(len(place))
    assert shape(events) == shape(RtspConnection().receive_data(STREAM))


def test_two_endpoints_nose_to_nose() -> None:
    client, server = RtspConnection(), RtspConnection()
    sent = client.send_request("DESCRIBE", "rtsp://h/1", [("Accept", "application/sdp")])
    (request,) = server.receive_data(sent)
    assert isinstance(request, Request)
    assert request.headers.first("accept") == "application/sdp"
    answer = server.send_response(request, 200, [("Content-Type", "application/sdp")], b"v=0\r\n")
    (response,) = client.receive_data(answer + server.send_interleaved(2, b"xyz")[:5])
    assert isinstance(response, Response)
    assert (response.status, response.body) == (200, b"v=0\r\n")
    assert response.request is not None
    assert response.request.method == "DESCRIBE"
    assert client.receive_data(b"yz") == [InterleavedData(2, b"xyz")]


def test_routed_channels_make_no_events() -> None:
    connection = RtspConnection()
    got: list[bytes] = []
    connection.route(0, lambda buffer, start, end: got.append(buffer[start:end]))
    events = connection.receive_data(b"$\x00\x00\x02ab$\x04\x00\x01x$\x00\x00\x01c")
    assert got == [b"ab", b"c"]
    assert events == [InterleavedData(4, b"x")]


def test_an_answer_without_cseq_belongs_to_the_only_open_request() -> None:
    connection = RtspConnection()
    connection.send_request("OPTIONS", "rtsp://h/")
    (response,) = connection.receive_data(b"RTSP/1.0 200 OK\r\n\r\n")
    assert isinstance(response, Response)
    assert response.request is not None
    (stray,) = connection.receive_data(b"RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n")
    assert isinstance(stray, Response)
    assert stray.request is None


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "rtsp.not-rtsp"),
        (b"HTTP/1.1", "rtsp.not-rtsp"),
        (b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "rtsp.not-rtsp"),
        (b"\x16\x03\x01\x02\x00", "rtsp.not-rtsp"),
        (b"220 mail ESMTP\r\n", "rtsp.not-rtsp"),
        (b"OPTIONS rtsp://h/ HTTP/1.1\r\n\r\n", "rtsp.not-rtsp"),
        (b"OPTIONS rtsp://h/ HTTP/1.1\r\nContent-Length: 4711\r\n\r\n", "rtsp.not-rtsp"),
        (b"OPTIONS * RTSP/1.0\r\n" + b"A: b\r\n" * 5000, "rtsp.head-too-long"),
        (b"OPTIONS * RTSP/1.0\r\n" + b"A: b\r\n" * 65 + b"\r\n", "rtsp.too-many-headers"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 4294967296\r\n\r\n", "rtsp.body-too-long"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", "rtsp.content-length"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: \xd9\xa3\r\n\r\n", "rtsp.content-length"),
    ],
)
def test_broken_input_is_the_peers_error_and_final(data: bytes, code: str) -> None:
    connection = RtspConnection()
    with pytest.raises(RemoteError) as caught:
        connection.receive_data(data)
    assert caught.value.code == code
    with pytest.raises(RemoteError):
        connection.receive_data(b"RTSP/1.0 200 OK\r\n\r\n")


def test_what_came_before_the_garbage_is_delivered() -> None:
    connection = RtspConnection()
    assert len(connection.receive_data(b"RTSP/1.0 200 OK\r\n\r\n\x00\x00")) == 1
    with pytest.raises(RemoteError):
        connection.receive_data(b"")


def test_our_own_mistakes_are_local() -> None:
    connection = RtspConnection()
    with pytest.raises(LocalError):
        connection.send_request("OPTIONS", "rtsp://h/a b")
    with pytest.raises(LocalError):
        connection.send_request("OPTIONS", "rtsp://h/", [("User-Agent", "a\r\nEvil: 1")])
    with pytest.raises(LocalError):
        connection.send_interleaved(256, b"")
    for _ in range(MAX_PENDING):
        connection.send_request("OPTIONS", "rtsp://h/")
    with pytest.raises(Overloaded):
        connection.send_request("OPTIONS", "rtsp://h/")


def test_a_request_with_a_bare_carriage_return_can_be_answered() -> None:
    connection = RtspConnection()
    (request,) = connection.receive_data(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r2\r\n\r\n")
    assert isinstance(request, Request)
    assert connection.send_response(request, 200) == b"RTSP/1.0 200 OK\r\nCSeq: 1 2\r\n\r\n"


def test_repr_shows_no_header() -> None:
    connection = RtspConnection()
    (request,) = connection.receive_data(b"OPTIONS * RTSP/1.0\r\nAuthorization: Basic c2VjcmV0\r\n\r\n")
    assert "c2VjcmV0" not in repr(request)


@given(st.lists(st.binary(max_size=64) | st.sampled_from([STREAM, b"$", b"RTSP/1.0 ", b"\r\n\r\n"]), max_size=12))
def test_any_bytes_are_events_or_a_remote_error_and_memory_is_bounded(pieces: list[bytes]) -> None:
    connection = RtspConnection()
    try:
        for piece in pieces:
            connection.receive_data(piece)
    except RemoteError:
        pass
    assert connection.buffered_bytes <= MAX_HEADER_BYTES + MAX_BODY_BYTES + MAX_INTERLEAVED_BYTES


@pytest.mark.parametrize(
    "spec",
    [
        TransportSpec(tcp=True, interleaved=(0, 1)),
        TransportSpec(tcp=False, client_port=(5000, 5001), server_port=(6000, 6001), source="10.0.0.1", ssrc=0xDEAD),
    ],
)
def test_transport_round_trip(spec: TransportSpec) -> None:
    assert parse_transport(spec.render()) == [spec]


@pytest.mark.parametrize("ssrc", ["-1", "+1", "0x1F", " ", "1_0", "\u0663", "123456789"])
def test_a_synchronisation_source_is_eight_hexadecimal_digits_or_none(ssrc: str) -> None:
    (spec,) = parse_transport(f"RTP/AVP;unicast;ssrc={ssrc}")
    assert spec.ssrc is None


def test_transport_of_odd_cameras() -> None:
    assert parse_transport("RTP/AVP;multicast;port=1-2, RTP/AVP/TCP;unicast;interleaved=4") == [
        TransportSpec(tcp=True, interleaved=(4, 5))
    ]
    assert parse_transport("RTP/AVP/UDP;unicast;client_port=1-2;ssrc=notahex;mode=play")[0].ssrc is None
    with pytest.raises(RemoteError):
        parse_transport("RTP/AVP;unicast;client_port=70000-70001")
    with pytest.raises(RemoteError):
        parse_transport("RTP/AVP;unicast;client_port=a-b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", ("12", 60)), ("12;timeout=30", ("12", 30)), ("a b; Timeout = 0", ("a b", 5)), ("x;timeout=z", ("x", 60))],
)
def test_session_header(value: str, expected: tuple[str, int]) -> None:
    assert parse_session(value) == expected


@given(st.text(max_size=200))
def test_header_parsers_raise_nothing_but_remote_error(text: str) -> None:
    for parse in (parse_transport, parse_session):
        with contextlib.suppress(RemoteError):
            parse(text)


@pytest.mark.parametrize(
    ("value", "starts"),
    [
        (
            "url=rtsp://h/a;seq=1;rtptime=4294967295, url=rtsp://h/b;rtptime=7",
            {"rtsp://h/a": 0xFFFF_FFFF, "rtsp://h/b": 7},
        ),
        ("url=rtsp://h/a;seq=1", {}),
        ("url=rtsp://h/a;rtptime=-1", {}),
        ("rtptime=5", {}),
        ("", {}),
    ],
)
def test_rtp_info(value: str, starts: dict[str, int]) -> None:
    assert parse_rtp_info(value) == starts
