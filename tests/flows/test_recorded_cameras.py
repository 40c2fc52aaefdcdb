"""Cameras put on record over the API, simulated on real sockets, recorded by a real recorder, read back by FFmpeg."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from mingjian.adapters.system_clock import SystemClock
from mingjian.audit.chain import Entry
from mingjian.kernel.ids import CameraId
from mingjian.kernel.media import AccessUnit, Codec, GapCause, StreamConfig
from mingjian.simulator.faults import Fault
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.rtsp_session import Session
from mingjian.simulator.scene import Scene
from mingjian.simulator.shelf import LoopShelf
from mingjian.transport.backlog import Interrupted
from mingjian.wire.rtsp_auth import Challenge
from recording_world import RecordingWorld, recording_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOP = LoopSpec(Scene(Place.LOBBY, "旅馆大厅", "LOBBY"), width=320, height=180, seconds=2, gop=25, bitrate_bps=300_000)
SPEC = CameraSpec(LOOP, guard=Guard.NONE)
BASIS = "《示范条例》第九条第二款：收费窗口录音"
SOUNDS = {Codec.AAC: "aac", Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LoopShelf:
    return LoopShelf(tmp_path_factory.mktemp("loops"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RecordingWorld]:
    async with recording_world(tmp_path_factory.mktemp("installation")) as world:
        yield world


async def test_sound_is_recorded_only_where_the_record_names_its_legal_basis(
    world: RecordingWorld, shelf: LoopShelf
) -> None:
    async with AsyncExitStack() as running:
        cameras = {
            sound: await running.enter_async_context(SimulatedCamera(replace(SPEC, audio=sound), SystemClock(), shelf))
            for sound in SOUNDS
        }
        heard = {sound: await world.add(sound, cameras[sound].url, audio_basis=BASIS) for sound in SOUNDS}
        silent = await world.add("大厅", cameras[Codec.AAC].url)
        for camera in (silent, *heard.values()):
            await world.recorded(camera)
        before = world.fragments(heard[Codec.AAC])[0]
        await world.call("PATCH", f"/api/cameras/{heard[Codec.AAC]}", audio_basis="")
        withdrawn = (await world.recorded(heard[Codec.AAC], 2))[-1]
    for sound, name in SOUNDS.items():
        fragment = before if sound is Codec.AAC else world.fragments(heard[sound])[0]
        with world.container(fragment) as container:
            (track,) = container.streams.audio
            assert track.codec_context.name == name
            frames = list(container.decode(track))
        loudest = max(float(np.abs(frame.to_ndarray().astype(float)).max()) for frame in frames)
        assert loudest > (0.01 if sound is Codec.AAC else 300), "a tone, not silence"
        seconds = sum(frame.samples for frame in frames) / frames[0].sample_rate
        assert abs(seconds - fragment.integer("dur") / 90_000) < 0.5, (sound, seconds)
    for fragment in (world.fragments(silent)[0], withdrawn):
        with world.container(fragment) as container:
            assert len(container.streams.video) == 1
            assert len(container.streams.audio) == 0


async def test_damaged_packets_are_marked_in_the_chain_and_recording_goes_on(
    world: RecordingWorld, shelf: LoopShelf
) -> None:
    async with SimulatedCamera(SPEC, SystemClock(), shelf, seed=2017) as camera:
        identifier = await world.add("走廊", camera.url)
        clean = await world.recorded(identifier)
        assert damage(clean[0]) == 0
        camera.set_fault(Fault.CORRUPT, 100)
        await world.until("marked damage", lambda: any(map(damage, world.fragments(identifier))))
        camera.clear_fault(Fault.CORRUPT)
        await world.recorded(identifier, 2)
    fragments = world.fragments(identifier)
    marked = [fragment for fragment in fragments if damage(fragment)]
    assert damage(fragments[-1]) == 0, "once the packets are whole again so is the record"
    assert [gap for gap in world.gaps(identifier) if gap.period.start >= clean[0].t0] == [], "no second is missing"
    assert all(after.t0 == before.t1 for before, after in pairwise(fragments))
    assert sum(fragment.integer("frames") for fragment in fragments) >= 24 * (fragments[-1].t1 - fragments[0].t0) / 1e9
    with world.container(marked[0]) as container:
        assert sum(1 for packet in container.demux(video=0) if packet.size) >= marked[0].integer("frames")


def damage(fragment: Entry) -> int:
    return fragment.integer("damaged") + fragment.integer("lost")


class CountingCamera(SimulatedCamera):
    """Counts the connections made to it, and the passwords that it refuses."""

    connections = refused = 0

    def opened(self, session: Session) -> None:
        self.connections += 1
        super().opened(session)

    def admits(self, challenge: Challenge, value: str, method: str) -> bool:
        admitted = super().admits(challenge, value, method)
        self.refused += not admitted
        return admitted


async def test_a_disk_that_comes_late_is_recorded_on_without_another_login(tmp_path: Path, shelf: LoopShelf) -> None:
    async with (
        recording_world(tmp_path) as world,
        CountingCamera(replace(SPEC, guard=Guard.DIGEST_MD5, password="x"), SystemClock(), shelf) as camera,
    ):
        form = {"name": "后门", "url": camera.url, "user": "admin", "password": "x"}
        identifier = CameraId((await world.manager.post("/api/cameras", json=form)).json()["id"])
        away = world.volume.rename(tmp_path / "unplugged")
        await world.assign()
        reader, shown = await world.live(identifier)
        assert isinstance(shown, StreamConfig), "live without a disk"
        assert world.entries(identifier) == []
        away.rename(world.volume)
        await world.recorded(identifier)
        assert camera.connections == 1, "the camera notices nothing"
        assert isinstance(await anext(reader), AccessUnit), "nor does whoever watches"
        reader.close()


async def test_a_wrong_password_is_not_tried_again_for_the_sub_stream(world: RecordingWorld, shelf: LoopShelf) -> None:
    spec = replace(SPEC, sub=replace(LOOP, width=160, height=90), guard=Guard.DIGEST_MD5, password="right")
    async with CountingCamera(spec, SystemClock(), shelf) as camera:
        login = {"user": "admin", "password": "wrong"}
        identifier = await world.add("侧门", camera.url, sub_url=camera.sub_url, **login)
        await world.until("the first refusal", lambda: camera.refused)
        reader, told = await world.live(identifier, sub=True)
        reader.close()
        assert isinstance(told, Interrupted)
        assert told.cause is GapCause.AUTH_FAILED, "the viewer is told why"
        assert camera.refused == 1, "and the camera is left alone meanwhile"
        await world.call("PATCH", f"/api/cameras/{identifier}", password="right")
        await world.recorded(identifier)
        assert camera.refused == 1, "a password that was changed is tried at once"
