"""The relay's bytes: what goes in comes out, in any portions; garbage is named, never believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, AudioConfig, Codec, GapCause, StreamConfig, VideoConfig
from mingjian.transport.backlog import Dropped, Interrupted
from mingjian.transport.relay_codec import (
    AskStatus,
    Failed,
    Message,
    RelayDecoder,
    Status,
    Subscribe,
    encode,
)

instants = st.integers(0, 2**62).map(UtcNs)
video = st.builds(
    VideoConfig,
    st.sampled_from([Codec.H264, Codec.H265]),
    st.lists(st.binary(max_size=40), max_size=3).map(tuple),
    st.integers(1, 8192),
    st.integers(1, 8192),
    st.text(max_size=20),
)
audio = st.builds(
    AudioConfig,
    st.sampled_from([Codec.AAC, Codec.PCMA, Codec.PCMU]),
    st.integers(8000, 96_000),
    st.integers(1, 8),
    st.binary(max_size=8),
)
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(Subscribe, st.text(max_size=60).map(StreamId), st.booleans()),
    st.just(AskStatus()),
    st.builds(StreamConfig, video, st.none() | audio),
    st.builds(
        AccessUnit,
        pts_90k=st.integers(-(2**62), 2**62),
        key=st.booleans(),
        data=st.binary(max_size=300),
        arrived=instants,
        audio=st.booleans(),
        damaged=st.booleans(),
    ),
    st.builds(Interrupted, st.sampled_from(GapCause), instants),
    st.builds(Dropped, st.integers(0, 10_000), st.text(max_size=20)),
    st.builds(Status, st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=8), max_size=3)),
    st.builds(Failed, *[st.text(max_size=20)] * 5),
)


@given(st.lists(messages, max_size=8), st.integers(1, 64))
def test_round_trip_in_any_portions(sent: list[Message], portion: int) -> None:
    whole = b"".join(encode(message) for message in sent)
    decoder = RelayDecoder()
    got = [
        message for at in range(0, len(whole), portion) for message in decoder.receive_data(whole[at : at + portion])
    ]
    assert got == sent


@given(st.binary(max_size=200))
def test_garbage_is_a_remote_error_or_incomplete(data: bytes) -> None:
    decoder = RelayDecoder(message_bytes_max=1000)
    try:
        list(decoder.receive_data(data))
    except RemoteError as error:
        assert error.code == "relay.broken"


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\0\0\x03",
        b"\xff\xff\xff\xff\x04",
        b"\0\0\0\x03\x03{}",
        b"\0\0\0\x03\x63{}",
        b"\0\0\0\x02\x04x",
        b"\0\0\0\x05\x01null",
    ],
    ids=["empty", "too long", "config without video", "unknown kind", "cut unit", "no object"],
)
def test_each_kind_of_garbage_is_named(data: bytes) -> None:
    with pytest.raises(RemoteError, match=r"relay\.broken"):
        list(RelayDecoder().receive_data(data))


def framed(kind: int, body: bytes) -> bytes:
    return (1 + len(body)).to_bytes(4, "big") + bytes((kind,)) + body


@pytest.mark.parametrize(
    "data",
    [
        framed(5, b'{"cause":"network","since":1e400}'),
        framed(6, b'{"frames":Infinity,"reason":"slow"}'),
        framed(1, b'{"stream":"cam\\ud800","keys_only":false}'),
    ],
    ids=["no moment", "no number", "half a letter"],
)
def test_what_json_can_say_and_no_reader_can_use_is_broken(data: bytes) -> None:
    with pytest.raises(RemoteError, match=r"relay\.broken"):
        list(RelayDecoder().receive_data(data))
