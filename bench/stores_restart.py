"""How soon a killed recorder records every camera again, and how soon a camera is recorded that was away."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import gates
from bench.cameras import sending
from bench.gates import Gate
from bench.processes import CANDIDATE_CORE, command, need, python, running, scratch
from bench.report import machine
from bench.section import Section
from bench.stores_footage import CONTAINER_S, Footage, with_bytecode
from bench.stores_ledger import percentile
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Verifier
from mingjian.audit.chain import EntryKind, parse
from mingjian.bootstrap.places import DataDirectory
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import CameraId, StreamId, main_stream
from mingjian.storage.volume import IDENTITY_FILE, open_volume, signing_key
from mingjian.transport.relay import RelayClient

NAME = "stores_restart"
TITLE = "Starting again"
RESTART_S, RECONNECT_S, CAMERAS = 10.0, 5.0, 100
"""The gates: until the last of so many cameras has a fragment safe on disk; until a returned one is recorded, p95."""
PATIENCE_S = 60.0
LOOK_S = 0.05
HISTORY_FRAME_S, HISTORY_FRAME_BYTES = 4, 400


@dataclass
class Recorder:
    """One recorder process on a throw-away installation, as the product starts it."""

    data: Path
    volume: Path
    bytecode: Path
    urls: Sequence[str]
    process: subprocess.Popen[str] | None = None

    @property
    def streams(self) -> list[StreamId]:
        return [main_stream(CameraId(f"bench-{number:03}")) for number in range(len(self.urls))]

    def create(self, history: int) -> None:
        """A volume on which each stream has so many containers already."""
        words = python("mingjian", "volume", "create", str(self.volume), "--data", str(self.data), "--throw-away")
        environment = with_bytecode(self.bytecode)
        subprocess.run([*words, "--max-gib", "60"], env=environment, check=True, stdout=subprocess.DEVNULL)
        disk = OsDisk()
        key = signing_key((self.volume / IDENTITY_FILE).read_bytes())
        volume = open_volume(disk, str(self.volume), Ed25519Verifier(), [key], throw_away_allowed=True)
        began = UtcNs(time.time_ns() - (history + 1) * CONTAINER_S * SECOND_NS)
        footage = Footage(volume, ManualClock(began))
        footage.record(self.streams, history * CONTAINER_S, frame_s=HISTORY_FRAME_S, frame_bytes=HISTORY_FRAME_BYTES)

    def start(self) -> int:
        """When it was started, ns of the wall clock."""
        words = command(*python("mingjian", "internal", "recorder", "0", "--data", str(self.data)), core=CANDIDATE_CORE)
        started = time.time_ns()
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, text=True, env=with_bytecode(self.bytecode))
        cameras = [
            {"id": f"bench-{n:03}", "url": url, "sub_url": "", "user": "", "password": "", "transport": "tcp",
             "engine": "native", "audio": False}
            for n, url in enumerate(self.urls)
        ]  # fmt: skip
        assert self.process.stdin
        assignment = {"v": 1, "cameras": cameras, "volumes": [str(self.volume)], "recorded": []}
        self.process.stdin.write(json.dumps(assignment) + "\n")
        self.process.stdin.flush()
        return started

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def acknowledged(self, after: int) -> dict[StreamId, float]:
        """Seconds behind `after` at which each stream had a fragment that ends behind it safe on disk."""
        found: dict[StreamId, float] = {}
        until = time.monotonic() + PATIENCE_S
        while len(found) < len(self.streams) and time.monotonic() < until:
            time.sleep(LOOK_S)
            for stream, said in self._status().items():
                if said.get("recorded_until", 0) > after:
                    found.setdefault(StreamId(stream), (time.time_ns() - after) / SECOND_NS)
        return found

    def first_frames(self, after: int) -> list[float]:
        """Seconds behind `after` of the first frame recorded since then, of each stream; from the chains."""
        found = []
        for stream in self.streams:
            lines = [
                line
                for path in (self.volume / stream / "chain").glob("*.jsonl")
                for line in path.read_bytes().split(b"\n")[:-1]
                if b'"FRAG"' in line
            ]
            begins = [entry.t0 for entry in map(parse, lines) if entry.kind is EntryKind.FRAG and entry.t0 >= after]
            found.append((min(begins) - after) / SECOND_NS if begins else PATIENCE_S)
        return found

    def _status(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            return asyncio.run(RelayClient.status(DataDirectory(self.data).socket(0)))
        except MingjianError:
            return {}


def run(quick: bool) -> Section:
    need("taskset", "setpriv", "nice")
    history, away = (2, (4.0,)) if quick else (36, (4.0, 20.0))
    back: list[float] = []
    with scratch() as folder:
        with sending(CAMERAS) as cameras:
            recorder = Recorder(folder / "data", folder / "volume", folder / "bytecode", cameras.urls)
            recorder.create(history)
            first = recorder.acknowledged(recorder.start())
            recorder.kill()
            restarted = recorder.acknowledged(recorder.start())
        assert recorder.process is not None
        with running([recorder.process]):
            for seconds in away:
                time.sleep(seconds)
                listening = Listening(cameras.urls[0])
                with sending(CAMERAS):
                    recorder.acknowledged(listening.since() + 2 * SECOND_NS)
                    back += recorder.first_frames(listening.since())
    last = max(restarted.values()) if len(restarted) == CAMERAS else None
    lines = [
        Gate(f"killed, until all of {CAMERAS} cameras are recorded again", last, RESTART_S, "s",
             detail=f"{len(restarted)} of {CAMERAS}, the first after {min(restarted.values(), default=0):.1f} s"),
        Gate("a camera answers again, until its first recorded frame, p95", percentile(back, 95), RECONNECT_S, "s",
             detail=f"median {percentile(back, 50):.1f} s, longest {max(back):.1f} s"),
    ]  # fmt: skip
    text = f"""
{gates.table(lines)}
The first start, after a clean stop: {max(first.values(), default=0):.1f} s for {len(first)} cameras.

Machine: {machine()}.

Method: one recorder process on one core with {CAMERAS} simulated cameras (4 Mb/s, key frame every 2 s) and a volume on
which each stream has {history} containers besides. It is killed with SIGKILL and started again: from the start of the
process to the moment at which it tells that a fragment of the camera that ends after the start is safe on
disk, which needs a key frame (up to 2 s), a first fragment (1 to 4 s) and a commit (up to 1 s). Then all cameras end at
once and come back after {" and ".join(f"{seconds:g}" for seconds in away)} s: from the instant at which the first of
them takes a connection to the wall time of each camera's first frame behind it, by its chain.
"""
    return Section(text, all(gate.met for gate in lines))


class Listening:
    """Notices when an address first takes a connection."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 554)
        self._at = 0
        self._seen = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def since(self) -> int:
        """ns of the wall clock."""
        if not self._seen.wait(PATIENCE_S):
            raise RuntimeError("the cameras did not come back")
        return self._at

    def _look(self) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                socket.create_connection(self._address, timeout=1).close()
            except OSError:
                time.sleep(0.01)
            else:
                self._at = time.time_ns()
                self._seen.set()
                return
