"""One suite for every `Reader`: the recorder's own, and the web process's over the relay's Unix socket."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError, Missing, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, Codec, GapCause, StreamConfig, VideoConfig
from mingjian.transport.backlog import Dropped, Interrupted
from mingjian.transport.hub import Hub, Reader
from mingjian.transport.relay import RelayClient, RelayServer

STREAM = StreamId("camera-1")
CONFIG = StreamConfig(VideoConfig(Codec.H264, (b"\x67", b"\x68"), 1920, 1080, "avc1.4D0028"))
GOP = 5
Opener = Callable[[], Awaitable[Reader]]


def frame(number: int, size: int = 100) -> AccessUnit:
    return AccessUnit(number * 3600, number % GOP == 0, bytes(size), UtcNs(number))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
async def relay(hub: Hub, tmp_path: Path) -> AsyncIterator[RelayServer]:
    server = RelayServer(tmp_path / "recorder-0.sock", {STREAM: hub}, lambda: {STREAM: {"state": "online"}})
    await server.start()
    yield server
    await server.close()


@pytest.fixture(params=["hub", "relay"])
def open_reader(request: pytest.FixtureRequest, hub: Hub, relay: RelayServer, tmp_path: Path) -> Opener:
    async def from_hub() -> Reader:
        return hub.open()

    async def from_relay() -> Reader:
        return await RelayClient.open(tmp_path / "recorder-0.sock", STREAM)

    return from_hub if request.param == "hub" else from_relay


async def readers(hub: Hub, count: int) -> None:
    reached = asyncio.Event()

    def told(now: int) -> None:
        if now == count:
            reached.set()

    hub.on_readers = told
    told(hub.readers)
    await reached.wait()


async def test_configuration_and_last_group_come_at_once_then_what_follows(hub: Hub, open_reader: Opener) -> None:
    hub.on_config(CONFIG)
    for number in range(8):
        hub.on_access_unit(frame(number))
    reader = await open_reader()
    assert [await anext(reader) for _ in range(4)] == [CONFIG, frame(5), frame(6), frame(7)]
    hub.on_access_unit(frame(8))
    assert await anext(reader) == frame(8)
    reader.close()


async def test_interruptions_arrive_in_their_place(hub: Hub, open_reader: Opener) -> None:
    reader = await open_reader()
    await readers(hub, 1)
    hub.on_config(CONFIG)
    hub.on_access_unit(frame(0))
    hub.on_interrupted(GapCause.CAMERA_CLOSED, "teardown", UtcNs(9))
    assert [await anext(reader) for _ in range(3)] == [
        CONFIG,
        frame(0),
        Interrupted(GapCause.CAMERA_CLOSED, UtcNs(9)),
    ]
    reader.close()


async def test_a_reader_that_does_not_read_loses_whole_groups_and_the_hub_goes_on(
    hub: Hub, open_reader: Opener
) -> None:
    reader = await open_reader()
    await readers(hub, 1)
    hub.on_config(CONFIG)
    total = 200
    for number in range(total):
        hub.on_access_unit(frame(number, size=512 * 1024))
        await asyncio.sleep(0)
    got = lost = 0
    expected: int | None = 0
    while got + lost < total:
        item = await anext(reader)
        if isinstance(item, Dropped):
            lost += item.frames
            expected = None
        elif isinstance(item, AccessUnit):
            number = item.pts_90k // 3600
            assert item.key or number == expected
            expected = number + 1
            got += 1
    assert lost > 0
    assert got > 0
    reader.close()


async def test_closing_leaves_the_hub(hub: Hub, open_reader: Opener) -> None:
    reader = await open_reader()
    await readers(hub, 1)
    reader.close()
    await readers(hub, 0)
    assert [item async for item in reader] == []


async def test_what_was_sent_before_the_publisher_went_is_still_read(hub: Hub, open_reader: Opener) -> None:
    reader = await open_reader()
    await readers(hub, 1)
    hub.on_config(CONFIG)
    hub.close()
    assert await anext(reader) == CONFIG
    with pytest.raises((StopAsyncIteration, RemoteError)):
        await anext(reader)
    reader.close()


async def test_the_socket_is_for_its_owner_alone(relay: RelayServer, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "recorder-0.sock").stat().st_mode) == 0o600


async def test_status_is_asked_for_and_answered(relay: RelayServer, tmp_path: Path) -> None:
    assert await RelayClient.status(tmp_path / "recorder-0.sock") == {STREAM: {"state": "online"}}


async def test_an_unknown_stream_is_missing_and_named(relay: RelayServer, tmp_path: Path) -> None:
    reader = await RelayClient.open(tmp_path / "recorder-0.sock", StreamId("nobody"))
    with pytest.raises(Missing, match="nobody") as missing:
        await anext(reader)
    assert missing.value.text_en == "The recorder has no stream nobody"
    assert missing.value.remedy_en.startswith("Check that the camera")
    reader.close()


async def test_a_recorder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=r"relay\.gone"):
        await RelayClient.open(tmp_path / "recorder-7.sock", STREAM)
    with pytest.raises(RemoteError, match=r"relay\.gone"):
        await RelayClient.status(tmp_path / "recorder-7.sock")


async def test_a_recorder_that_dies_ends_its_readers_with_its_reason(
    hub: Hub, relay: RelayServer, tmp_path: Path
) -> None:
    reader = await RelayClient.open(tmp_path / "recorder-0.sock", STREAM)
    await readers(hub, 1)
    await relay.close()
    with pytest.raises(RemoteError, match=r"relay\.gone"):
        await anext(reader)
    reader.close()
    assert not (tmp_path / "recorder-0.sock").exists()


async def test_a_peer_that_sends_garbage_is_shown_the_door(relay: RelayServer, tmp_path: Path) -> None:
    incoming, outgoing = await asyncio.open_unix_connection(tmp_path / "recorder-0.sock")
    outgoing.write(b"\xff" * 64)
    answer = await incoming.read()
    assert b"relay.broken" in answer
    outgoing.close()
    await outgoing.wait_closed()


async def test_a_dead_recorders_socket_file_is_replaced_but_no_other_file(hub: Hub, tmp_path: Path) -> None:
    path = tmp_path / "recorder-1.sock"
    first = RelayServer(path, {STREAM: hub}, dict)
    await first.start()
    second = RelayServer(path, {STREAM: hub}, dict)
    await second.start()
    await first.close()
    assert await RelayClient.status(path) == {}, "a predecessor that ends late leaves the name to its successor"
    await second.close()
    assert not path.exists()
    (tmp_path / "taken").write_text("something of someone")
    with pytest.raises(LocalError, match=r"relay\.path-taken"):
        await RelayServer(tmp_path / "taken", {}, dict).start()
    with pytest.raises(LocalError, match=r"relay\.path-unusable"):
        await RelayServer(tmp_path / ("x" * 120), {}, dict).start()


async def test_key_frames_alone_are_all_that_previews_receive(hub: Hub, relay: RelayServer, tmp_path: Path) -> None:
    reader = await RelayClient.open(tmp_path / "recorder-0.sock", STREAM, keys_only=True)
    await readers(hub, 1)
    hub.on_config(CONFIG)
    for number in range(11):
        hub.on_access_unit(frame(number))
        hub.on_access_unit(AccessUnit(number * 3600, True, b"sound", UtcNs(number), audio=True))
    assert [await anext(reader) for _ in range(4)] == [CONFIG, frame(0), frame(5), frame(10)]
    reader.close()
