"""Faults of a running camera, seen from the other end of a real connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from mingjian.adapters.system_clock import SystemClock
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import Invalid, LocalError
from mingjian.kernel.media import Codec, VideoConfig
from mingjian.simulator.control import obey, serve_control, switch
from mingjian.simulator.county import bench, county
from mingjian.simulator.faults import Fault
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.park import CameraPark
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.scene import Scene
from mingjian.simulator.sei import send_time
from mingjian.simulator.shelf import LoopShelf
from mingjian.wire.depacketize_video import H264Track
from mingjian.wire.rtcp import SenderReport, parse_rtcp
from mingjian.wire.rtsp import InterleavedData, Response, RtspConnection

LOOP = LoopSpec(
    Scene(Place.CAR_PARK, "小区停车场", "CAR PARK"), width=320, height=180, seconds=2, gop=5, bitrate_bps=300_000
)
SPEC = CameraSpec(LOOP, guard=Guard.NONE)
PATIENCE_S = 15
"""How long a picture may take on a busy machine before a test fails."""


class Client:
    """A plain RTSP client on one connection; pictures of channel 0 go through the depacketizer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: str) -> None:
        self.reader, self.writer, self.url = reader, writer, url
        self.connection = RtspConnection()
        self.track = H264Track(96, self)
        self.configs: list[VideoConfig] = []
        self.times: list[int] = []
        self.sent: list[int | None] = []
        self.reports: list[SenderReport] = []
        self.responses: list[Response] = []
        self.lost = 0

    def on_video_config(self, config: VideoConfig) -> None:
        self.configs.append(config)

    def on_picture(self, timestamp: int, key: bool, data: bytes, damaged: bool) -> None:
        self.times.append(timestamp)
        self.sent.append(send_time(data))

    def on_packets_lost(self, packets: int) -> None:
        self.lost += packets

    async def hear(self) -> bool:
        """Take what comes next; False at the end."""
        data = await self.reader.read(1 << 16)
        for event in self.connection.receive_data(data) if data else ():
            if isinstance(event, Response):
                self.responses.append(event)
            elif isinstance(event, InterleavedData) and event.channel == 0:
                self.track.take(event.data, 0, len(event.data))
            elif isinstance(event, InterleavedData):
                self.reports += [one for one in parse_rtcp(event.data) if isinstance(one, SenderReport)]
        return bool(data)

    async def ask(self, method: str, url: str = "", *headers: tuple[str, str]) -> Response:
        heard = len(self.responses)
        self.writer.write(self.connection.send_request(method, url or self.url, headers))
        async with asyncio.timeout(PATIENCE_S):
            while len(self.responses) == heard:
                assert await self.hear(), "the camera hung up"
        return self.responses[heard]

    async def play(self) -> None:
        tcp = ("Transport", "RTP/AVP/TCP;unicast;interleaved=0-1")
        assert (await self.ask("SETUP", self.url + "/track1", tcp)).status == 200
        assert (await self.ask("PLAY")).status == 200

    async def pictures(self, count: int) -> None:
        """Return once `count` more pictures came."""
        wanted = len(self.times) + count
        async with asyncio.timeout(PATIENCE_S):
            while len(self.times) < wanted:
                assert await self.hear(), "the camera hung up"


@asynccontextmanager
async def client_of(url: str) -> AsyncIterator[Client]:
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        yield Client(reader, writer, url)
    finally:
        writer.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


@pytest.fixture
async def camera(shelf: LoopShelf) -> AsyncIterator[SimulatedCamera]:
    async with SimulatedCamera(SPEC, SystemClock(), shelf) as one:
        yield one


async def test_pictures_come_in_phase_and_say_when_they_were_sent(camera: SimulatedCamera) -> None:
    clock = SystemClock()
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(10)
        now = clock.now()
    assert client.configs[0].width == 320 and client.lost == 0
    steps = {(b - a) & 0xFFFF_FFFF for a, b in zip(client.times, client.times[1:], strict=False)}
    assert steps == {3600}
    assert all(sent is not None and 0 <= now - sent < 5 * SECOND_NS for sent in client.sent)


async def test_a_silent_camera_keeps_the_connection_and_says_nothing(camera: SimulatedCamera) -> None:
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(1)
        camera.set_fault(Fault.SILENCE)
        client.writer.write(client.connection.send_request("OPTIONS", client.url))
        heard = len(client.responses)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                while await client.hear():
                    pass
        assert len(client.responses) == heard and camera.clients == 1
        camera.clear_fault(Fault.SILENCE)
        await client.pictures(3)


async def test_reset_cuts_every_connection_and_the_camera_stays(camera: SimulatedCamera) -> None:
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(1)
        camera.set_fault(Fault.RESET)
        with pytest.raises(ConnectionResetError):
            async with asyncio.timeout(PATIENCE_S):
                while await client.hear():
                    pass
    assert Fault.RESET not in camera.faults
    async with client_of(camera.url) as again:
        await again.play()
        await again.pictures(1)


async def test_a_rebooting_camera_goes_and_comes_back_at_the_same_address(camera: SimulatedCamera) -> None:
    url = camera.url
    camera.set_fault(Fault.REBOOT, 1)

    async def answers() -> bool:
        try:
            async with client_of(url) as client:
                return (await client.ask("OPTIONS")).status == 200
        except (OSError, AssertionError):
            return False

    seen: list[bool] = []
    async with asyncio.timeout(PATIENCE_S):
        while seen[-2:] != [False, True]:
            now = await answers()
            if not seen or seen[-1] is not now:
                seen.append(now)
            await asyncio.sleep(0.02)
    camera.clear_fault(Fault.REBOOT)
    await camera.settled()
    assert await answers()
    assert camera.url == url


async def test_parameters_change_in_mid_stream_and_back(camera: SimulatedCamera) -> None:
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(1)
        for on, width in ((True, 212), (False, 320)):
            if on:
                camera.set_fault(Fault.PARAMETERS)
            else:
                camera.clear_fault(Fault.PARAMETERS)
            async with asyncio.timeout(PATIENCE_S):
                while client.configs[-1].width != width:
                    await client.pictures(1)
        assert client.lost == 0


async def test_time_runs_back_once(camera: SimulatedCamera) -> None:
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(3)
        camera.set_fault(Fault.TIME_BACK, 10)
        await client.pictures(6)
    steps = [
        ((b - a + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
        for a, b in zip(client.times, client.times[1:], strict=False)
    ]
    assert steps.count(3600 - 900_000) == 1 and set(steps) == {3600, 3600 - 900_000}


async def test_lost_packets_are_missed_by_their_numbers(camera: SimulatedCamera) -> None:
    camera.set_fault(Fault.DROP, 30)
    async with client_of(camera.url) as client:
        await client.play()
        await client.pictures(20)
    assert client.lost > 0


async def test_a_camera_answers_what_it_cannot_do_with_the_right_status(camera: SimulatedCamera) -> None:
    async with client_of(camera.url) as client:
        assert (await client.ask("DESCRIBE", client.url + "/none")).status == 404
        assert (await client.ask("DESCRIBE", "rtsp://[broken")).status == 404
        assert (await client.ask("PLAY")).status == 455
        assert (await client.ask("SETUP", client.url + "/track2", ("Transport", "RTP/AVP/TCP"))).status == 404
        assert (await client.ask("SETUP", client.url, ("Transport", "RTP/AVP;multicast"))).status == 461
        assert (await client.ask("RECORD")).status == 501
        described = await client.ask("DESCRIBE")
        assert described.status == 200 and b"sprop-parameter-sets=" in described.body
    async with client_of(camera.url) as stranger:
        stranger.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(PATIENCE_S):
            assert await stranger.hear() is False


async def test_a_park_serves_all_on_their_ports_and_is_commanded(shelf: LoopShelf) -> None:
    others = [replace(SPEC, main=replace(LOOP, scene=Scene(Place.GATE, "校门", "GATE"))), SPEC]
    async with CameraPark(others, SystemClock(), shelf, port=0) as park:
        switch(park.cameras, "1:drop=12")
        switch(park.cameras, "校门:black")
        assert dict(park.cameras[0].faults.active) == {Fault.BLACK: 0.0}
        assert dict(park.cameras[1].faults.active) == {Fault.DROP: 12.0}
        await park.cameras[0].settled()
        answer = json.loads(obey(park.cameras, b'{"camera": "*", "fault": "frozen"}'))
        assert [one["faults"] for one in answer["cameras"]] == [{"frozen": 0.0}, {"drop": 12.0, "frozen": 0.0}]
        for broken in (
            b"",
            b"[]",
            b'{"fault": "rain"}',
            b'{"fault": "drop", "value": "x"}',
            b'{"camera": 9, "fault": "drop"}',
        ):
            assert "error" in json.loads(obey(park.cameras, broken))
        with pytest.raises(Invalid):
            switch(park.cameras, "9:drop")
        with pytest.raises(LocalError, match=r"simulator\.port"):
            async with CameraPark([SPEC], SystemClock(), shelf, port=park.cameras[0].port):
                pass
        await park.cameras[0].settled()
        await park.cameras[1].settled()


async def test_faults_are_switched_over_http(camera: SimulatedCamera) -> None:
    server = await serve_control([camera], 0)
    port = server.sockets[0].getsockname()[1]

    async def say(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        async with asyncio.timeout(PATIENCE_S):
            answer = await reader.read()
        writer.close()
        return answer

    body = b'{"fault": "corrupt", "value": 3}'
    answer = await say(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    assert answer.startswith(b"HTTP/1.1 200") and camera.faults.value(Fault.CORRUPT) == 3
    assert b'"corrupt": 3' in await say(b"GET / HTTP/1.1\r\n\r\n")
    assert await say(b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n") == b""
    server.close()


def test_the_county_has_four_places_and_repeats_with_numbers() -> None:
    names = [one.name for one in county(6)]
    assert names == ["学校大门", "旅馆大厅", "地铁站台", "小区停车场", "学校大门 2", "旅馆大厅 2"]
    assert [one.spec.main.codec for one in county()] == [Codec.H264, Codec.H264, Codec.H265, Codec.H264]
    assert all(one.spec.sub is not None and one.spec.sub.codec is Codec.H264 for one in county())
    assert "demo-camera" not in repr(county()[0].spec)


def test_bench_cameras_share_one_loop_and_do_not_all_speak_at_once() -> None:
    specs = bench(100, rate_mbps=2.5)
    assert len({spec.main for spec in specs}) == 1 and specs[0].main.bitrate_bps == 2_500_000
    assert len({spec.phase_ns for spec in specs}) == 20 and all(not spec.sei for spec in specs)
