"""Session descriptions: real shapes, round trip, broken input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import Codec
from mingjian.wire.sdp import (
    MAX_DESCRIPTION_BYTES,
    Description,
    Media,
    aac_fmtp,
    control_url,
    parse_sdp,
    render_sdp,
    video_fmtp,
)

SPS, PPS = bytes.fromhex("6764001facd9405005bb"), bytes.fromhex("68ebecb22c")
H265 = (bytes.fromhex("40010c01"), bytes.fromhex("42010101"), bytes.fromhex("4401c0"))
CAMERA = b"""v=0\r
o=- 1 1 IN IP4 192.0.2.1\r
s=Media Presentation\r
a=control:rtsp://192.0.2.1/Streaming/Channels/101/\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=64001F; packetization-mode=1; sprop-parameter-sets=Z2QAH6zZQFAFuw==,aOvssiw=\r
a=control:trackID=1\r
m=audio 0 RTP/AVP 8\r
a=control:trackID=2\r
m=application 0 RTP/AVP 107\r
a=rtpmap:107 vnd.onvif.metadata/90000\r
"""


def test_a_usual_camera() -> None:
    description = parse_sdp(CAMERA)
    video, audio, metadata = description.media
    assert (video.codec, video.clock_rate_hz, video.control) == (Codec.H264, 90_000, "trackID=1")
    assert video.parameter_sets == (SPS, PPS)
    assert (audio.codec, audio.payload_type, audio.clock_rate_hz) == (Codec.PCMA, 8, 8000)
    assert metadata.codec is None
    assert metadata.name == "vnd.onvif.metadata"
    assert description.control.endswith("/101/")


def test_round_trip() -> None:
    media = (
        Media("video", 96, Codec.H264, "H264", 90_000, 1, "v", video_fmtp(Codec.H264, (SPS, PPS))),
        Media("video", 98, Codec.H265, "H265", 90_000, 1, "w", video_fmtp(Codec.H265, H265)),
        Media("audio", 97, Codec.AAC, "MPEG4-GENERIC", 48_000, 2, "a", aac_fmtp(b"\x11\x90")),
        Media("audio", 0, Codec.PCMU, "PCMU", 8000, 1, "p"),
    )
    description = Description(media, "*", "front door")
    assert parse_sdp(render_sdp(description)) == description
    assert [m.parameter_sets for m in media[:2]] == [(SPS, PPS), H265]
    assert media[2].audio_specific == b"\x11\x90"


@pytest.mark.parametrize(
    ("base", "control", "url"),
    [
        ("rtsp://h/a", "trackID=1", "rtsp://h/a/trackID=1"),
        ("rtsp://h/a/", "trackID=1", "rtsp://h/a/trackID=1"),
        ("rtsp://h/a", "*", "rtsp://h/a"),
        ("rtsp://h/a", "", "rtsp://h/a"),
        ("rtsp://h/a", "rtsp://10.0.0.1/b", "rtsp://10.0.0.1/b"),
        ("rtsp://h/a", "?x=1", "rtsp://h/a?x=1"),
    ],
)
def test_control_urls(base: str, control: str, url: str) -> None:
    assert control_url(base, control) == url


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "sdp.unreadable"),
        (b"<html>not found</html>", "sdp.unreadable"),
        (b"v=0\r\n" + b"m=video 0 RTP/AVP 96\r\n" * 17, "sdp.too-many-media"),
        (b"v=0" + b" " * MAX_DESCRIPTION_BYTES, "sdp.too-long"),
    ],
)
def test_broken_descriptions(body: bytes, code: str) -> None:
    with pytest.raises(RemoteError) as caught:
        parse_sdp(body)
    assert caught.value.code == code


def test_odd_media_are_listed_without_codec() -> None:
    body = (
        b"v=0\nm=video 0 RTP/AVP 26\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/99999999\n"
        b"m=audio 0 RTP/AVP 97\na=rtpmap:97 mpeg4-generic/8000\na=fmtp:97 mode=AAC-lbr\n"
        b"m=audio 0 RTP/AVP 98\na=rtpmap:98 H264/90000\nm=video x RTP/AVP\nm=video 0 udp 96\nm=video 0 RTP/AVP 300\n"
    )
    assert [media.codec for media in parse_sdp(body).media] == [None, None, None, None]


def test_unreadable_parameter_sets_are_left_out() -> None:
    body = b"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets=!!!,aOvssiw,\n"
    assert parse_sdp(body).media[0].parameter_sets == (PPS,)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: CAMERA + tail))
def test_any_bytes_are_a_description_or_a_remote_error(body: bytes) -> None:
    try:
        description = parse_sdp(body)
    except RemoteError:
        return
    for media in description.media:
        assert isinstance(media.parameter_sets, tuple)
        assert isinstance(media.audio_specific, bytes)


@given(st.lists(st.sampled_from(CAMERA.splitlines()), max_size=30))
def test_lines_in_any_order(lines: list[bytes]) -> None:
    try:
        parse_sdp(b"\n".join(lines))
    except RemoteError as error:
        assert error.code.startswith("sdp.")
