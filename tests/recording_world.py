"""An installation's face and one recorder process of its own: what a user puts on record is really recorded."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx

from mingjian.audit.chain import Entry, EntryKind, Gap, coverage, parse
from mingjian.bootstrap.demo import VOLUME_DIRECTORY, prepare_demo
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.serving import assignments
from mingjian.bootstrap.settings import FILE, load
from mingjian.bootstrap.web import services
from mingjian.cli.selftest_client import Account
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import CameraId, main_stream, sub_stream
from mingjian.transport.backlog import Item
from mingjian.transport.hub import Reader
from mingjian.transport.relay import RelayClient
from mingjian.web.api import create_app

ORIGIN = "http://mingjian.test"
PATIENCE_S = 60
"""A process starts, a camera is reached and a fragment of some seconds is written, on a machine that is busy."""
LOOK_S = 0.1
RATE_BPS = 300_000


@dataclass
class RecordingWorld:
    """The unit manager's API, the recorder, and what lies on the volume."""

    opened: Opened
    recordings: InstallationRecordings
    manager: httpx.AsyncClient
    recorder: asyncio.subprocess.Process

    @property
    def volume(self) -> Path:
        return self.opened.places.root / VOLUME_DIRECTORY

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """A call that must succeed; its answer. Afterwards the recorder has been told of the cameras as they are."""
        answer = await self.manager.request(method, path, json=body)
        assert answer.is_success, answer.text
        await self.assign()
        return answer.json() if answer.content else None

    async def add(self, name: str, url: str, **fields: Any) -> CameraId:
        """Put a camera on record."""
        body = {"name": name, "url": url, "expected_bitrate_bps": RATE_BPS, **fields}
        return CameraId((await self.call("POST", "/api/cameras", **body))["id"])

    async def assign(self) -> None:
        """What the supervisor does each second."""
        (work,) = assignments(self.opened)
        assert self.recorder.stdin is not None
        self.recorder.stdin.write(json.dumps(work.to_json()).encode() + b"\n")
        await self.recorder.stdin.drain()

    async def until(self, what: str, ready: Callable[[], Any]) -> Any:
        """The first true answer of `ready`."""
        until = self.opened.clock.monotonic_ns() + PATIENCE_S * SECOND_NS
        while not (found := ready()):
            assert self.recorder.returncode is None, "the recorder has ended"
            assert self.opened.clock.monotonic_ns() < until, f"not within {PATIENCE_S} s: {what}"
            await asyncio.sleep(LOOK_S)
        return found

    async def live(self, camera: CameraId, *, sub: bool = False) -> tuple[Reader, Item]:
        """The camera's main or sub stream from the recorder's hub, with the first that it says."""
        stream = sub_stream(camera) if sub else main_stream(camera)
        until = self.opened.clock.monotonic_ns() + PATIENCE_S * SECOND_NS
        while True:
            try:
                reader = await RelayClient.open(self.opened.places.socket(0), stream)
                return reader, await anext(reader)
            except MingjianError:  # the recorder is starting, or has not heard of the camera yet
                assert self.opened.clock.monotonic_ns() < until, f"no stream within {PATIENCE_S} s"
                await asyncio.sleep(LOOK_S)

    # What lies on the volume.

    def entries(self, camera: CameraId) -> list[Entry]:
        """Every whole entry of a camera's chain."""
        files = (self.volume / main_stream(camera) / "chain").glob("*.jsonl")
        lines = [line for file in files for line in file.read_bytes().splitlines(keepends=True)]
        whole = [parse(line.rstrip(b"\n")) for line in lines if line.endswith(b"\n")]
        return sorted(whole, key=lambda entry: (entry.epoch, entry.seq))

    def fragments(self, camera: CameraId) -> list[Entry]:
        return [entry for entry in self.entries(camera) if entry.kind is EntryKind.FRAG]

    def gaps(self, camera: CameraId) -> list[Gap]:
        """Those written so far, pieces of one cause joined."""
        return coverage(self.entries(camera))[1]

    async def recorded(self, camera: CameraId, fragments: int = 1) -> list[Entry]:
        """The camera's fragments once there are so many more than now."""
        wanted = len(self.fragments(camera)) + fragments
        await self.until(f"{fragments} fragments", lambda: len(self.fragments(camera)) >= wanted)
        return self.fragments(camera)

    def container(self, fragment: Entry) -> av.container.InputContainer:
        """The file that holds a fragment, as far as it is written, opened by FFmpeg."""
        data = (self.volume / fragment.text("file")).read_bytes()
        return av.open(io.BytesIO(data[: fragment.integer("off") + fragment.integer("bytes")]))


@asynccontextmanager
async def recording_world(folder: Path) -> AsyncIterator[RecordingWorld]:
    """A fresh installation whose recorder runs until the block ends."""
    root = folder / "data"
    printed = prepare_demo(root, port=1, witness_port=1, cameras=())
    with (root / FILE).open("a", encoding="utf-8") as settings:
        settings.write("recorders = 1\n")
    opened = open_installation(root, load(root, dict(os.environ)))
    recordings = InstallationRecordings(opened)
    account = next(Account(a.name, a.password, a.totp_uri) for a in printed if a.role == "unit_manager")
    recorder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mingjian", "internal", "recorder", "0", "--data", str(root)),
        stdin=asyncio.subprocess.PIPE,
    )
    transport = httpx.ASGITransport(create_app(services(opened, recordings)))
    try:
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers={"Origin": ORIGIN}) as manager:
            form = {"name": account.name, "password": account.password, "code": account.code(opened.clock)}
            answer = await manager.post("/api/session", json=form)
            assert answer.is_success, answer.text
            yield RecordingWorld(opened, recordings, manager, recorder)
    finally:
        if recorder.returncode is None:
            recorder.terminate()
            await recorder.wait()
        opened.engine.dispose()
        opened.catalogue.close()
