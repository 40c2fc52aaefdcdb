"""What a camera's misbehaviour leaves in the chain: a scripted camera, the real source, recorder and committer.

Time is the test's: each picture that is taken lasts a frame. `Wrong` stands between source and recorder, for mutants.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import av

from footage import FRAME_90K, FRAMES_PER_SECOND
from mingjian.audit.chain import Entry, EntryKind, coverage, parse
from mingjian.capture.address import CameraAddress
from mingjian.capture.av_source import AvSource
from mingjian.capture.rtsp_source import RtspSource
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, Codec, GapCause, SourceSink, StreamConfig
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.recorder import StreamRecorder
from mingjian.wire.packetize import rtp_packet, video_payloads
from mingjian.wire.rtsp import Request
from scripted_camera import KEY, PICTURES, SETS, Camera, behave, camera_at
from storage_world import STREAM, FakeDisk, House

LIMIT_S = 60
FRAME_S = 1 / FRAMES_PER_SECOND

Script = Callable[["Talker"], Awaitable[None] | None]


class Talker:
    """A camera's side: pictures in order, each packet to be had before it is sent."""

    def __init__(self, camera: Camera, *, start_90k: int = 0, sequence: int = 0) -> None:
        self._camera = camera
        self.time_90k, self.sequence = start_90k, sequence
        self.sent = 0

    def packets(self, nals: list[bytes], limit: int = 1400) -> list[bytes]:
        """One picture's packets, numbered on; the next picture comes a frame later."""
        payloads = video_payloads(Codec.H264, nals, limit)
        made = [self.packet(payload, marker=payload is payloads[-1]) for payload in payloads]
        self.time_90k += FRAME_90K
        self.sent += 1
        return made

    def packet(self, payload: bytes, *, marker: bool = False) -> bytes:
        time, number = self.time_90k & 0xFFFF_FFFF, self.sequence & 0xFFFF
        self.sequence += 1
        return rtp_packet(payload, marker=marker, payload_type=96, sequence=number, timestamp=time, ssrc=5)

    def put(self, *packets: bytes) -> None:
        for packet in packets:
            self._camera.send(self._camera.wire.send_interleaved(0, packet))

    def pictures(self, seconds: float) -> None:
        """Real ones, a key frame with its parameter sets each second."""
        for number in range(round(seconds * FRAMES_PER_SECOND)):
            self.put(*self.packets(PICTURES[number % len(PICTURES)]))

    def describe(self, description: bytes) -> None:
        self._camera.description = description


class Wrong(SourceSink):
    """Hands everything on as it came. A mutant overrides what it gets wrong."""

    def __init__(self, inner: SourceSink) -> None:
        self.inner = inner

    def on_config(self, config: StreamConfig) -> None:
        self.inner.on_config(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.inner.on_access_unit(unit)

    def on_camera_time(self, report: CameraTime) -> None:
        self.inner.on_camera_time(report)

    def on_lost(self, packets: int) -> None:
        self.inner.on_lost(packets)

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self.inner.on_interrupted(cause, evidence, last_data)


class _Paced(Wrong):
    """Gives each picture its place in time, and commits each second."""

    def __init__(self, recorder: StreamRecorder, house: House) -> None:
        super().__init__(recorder)
        self._recorder, self._house = recorder, house
        self.units: list[AccessUnit] = []
        self.configs: list[StreamConfig] = []

    def on_config(self, config: StreamConfig) -> None:
        self.configs.append(config)
        super().on_config(config)

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        super().on_access_unit(replace(unit, arrived=self._house.clock.now()))
        self._house.clock.advance(FRAME_S)
        if len(self.units) % FRAMES_PER_SECOND == 0:
            self._recorder.tick()
            self._house.committer.commit_once()


@dataclass
class Recorded:
    """What one life of a camera left."""

    house: House
    units: list[AccessUnit] = field(default_factory=list)
    configs: list[StreamConfig] = field(default_factory=list)
    stream: str = STREAM

    @property
    def entries(self) -> list[Entry]:
        files = sorted(path for path in self.house.disk.files if path.startswith(f"/v1/{self.stream}/chain/"))
        found = [parse(line) for path in files for line in bytes(self.house.disk.files[path].data).splitlines()]
        return [entry for entry in found if entry.kind in (EntryKind.FRAG, EntryKind.GAP)]

    @property
    def fragments(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind is EntryKind.FRAG]

    @property
    def causes(self) -> list[str]:
        """Of the gaps since the first fragment, but for the test's own end."""
        first = self.fragments[0].t0
        gaps = coverage(self.entries)[1]
        return [gap.cause for gap in gaps if first < gap.period.end and gap.cause != GapCause.RECORDER_STOPPED]

    def total(self, name: str) -> int:
        return sum(fragment.integer(name) for fragment in self.fragments)

    @property
    def seconds(self) -> float:
        """From the first fragment to the end of the last."""
        return (self.fragments[-1].t1 - self.fragments[0].t0) / 1e9

    def problems(self) -> list[str]:
        """What no fault of a camera may ever cause."""
        found = self.house.problems()
        found += [
            "the line of time is broken" for a, b in pairwise(self.entries) if a.epoch == b.epoch and a.t1 != b.t0
        ]
        found += ["a fragment is too long" for one in self.fragments if one.t1 - one.t0 > 11 * 10**9]
        found += ["media time runs back" for a, b in pairwise(self.fragments) if _same_file(a, b) and _runs_back(a, b)]
        return found

    def decoded(self) -> list[tuple[int, int]]:
        """Size of every picture that FFmpeg decodes from the containers, errors being fatal."""
        sizes = []
        for path, file in sorted(self.house.disk.files.items()):
            if path.endswith(".mp4"):
                with av.open(io.BytesIO(bytes(file.data)), options={"err_detect": "explode"}) as container:
                    assert isinstance(container, av.container.InputContainer)
                    sizes += [(frame.width, frame.height) for frame in container.decode(video=0)]
        return sizes


def _same_file(before: Entry, after: Entry) -> bool:
    return before.text("file") == after.text("file")


def _runs_back(before: Entry, after: Entry) -> bool:
    return after.integer("pts0") < before.integer("pts0") + before.integer("dur")


@contextmanager
def recorded_by(folder: Path, limits: FragmentLimits | None = None) -> Iterator[House]:
    house = House(FakeDisk(), folder / "catalogue.sqlite", limits=limits)
    yield house
    house.catalogue.close()


async def recorded(
    house: House,
    script: Script,
    *,
    engine: str = "native",
    wrong: type[Wrong] = Wrong,
    start_90k: int = 0,
    sequence: int = 0,
    description: bytes = b"",
) -> Recorded:
    """The camera says what `script` has it say and closes the connection; then the recorder stops."""

    async def play(camera: Camera, request: Request) -> None:
        await behave(camera, request)
        talking = script(Talker(camera, start_90k=start_90k, sequence=sequence))
        if talking is not None:
            await talking
        camera.writer.close()

    async def describe(camera: Camera, request: Request) -> None:
        camera.description = description or camera.description
        await behave(camera, request)

    recorder = house.open(STREAM)
    sink = _Paced(recorder, house)
    async with camera_at({"PLAY": play, "DESCRIBE": describe}) as port:
        address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", engine=engine)  # type: ignore[arg-type]  # a text
        source = AvSource(address, house.clock) if engine == "av" else RtspSource(address, house.clock, bytes)
        await asyncio.wait_for(source.run(wrong(sink)), LIMIT_S)
    recorder.close()
    return Recorded(house, sink.units, sink.configs)


__all__ = ["KEY", "PICTURES", "SETS", "Recorded", "Talker", "Wrong", "recorded", "recorded_by"]
