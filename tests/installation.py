"""A whole running installation as tests need it: real processes, simulated cameras, users over HTTP, chains on disk."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from mingjian.adapters.system_clock import SystemClock
from mingjian.audit.chain import Entry, EntryKind, Gap, coverage, parse
from mingjian.bootstrap.assignment import recorder_of
from mingjian.bootstrap.demo import VOLUME_DIRECTORY, prepare_demo, witness_arguments
from mingjian.bootstrap.settings import FILE
from mingjian.bootstrap.volumes import THROW_AWAY_BYTES
from mingjian.cli.selftest import process
from mingjian.cli.selftest_cameras import GATE, SimulatedSites, guarded, simulated, small
from mingjian.cli.selftest_client import Account, Media, MediaFrame, User, free_port, is_open
from mingjian.cli.selftest_steps import Selftest, StepFailed, process_ids
from mingjian.kernel.ids import main_stream
from mingjian.kernel.media import Codec

PASSWORD = "selftest-0f7d"
"""Of the simulated cameras: unlike any other word, so that it can be looked for."""
RECORDERS = 2
START_S = 90
"""Processes, migrations and first fragments, on a machine that does other things too."""
USERS = ("manager", "duty", "auditor")
MOST_CAMERAS_ADDED = 24
"""All of them on one recorder has the odds of one in sixteen million."""


@dataclass
class Installation:
    """One data directory with its processes. Times are UTC nanoseconds unless named otherwise."""

    root: Path
    sites: SimulatedSites
    run: Selftest
    processes: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    supervisor: subprocess.Popen[bytes] | None = None

    @property
    def volume(self) -> Path:
        return self.root / VOLUME_DIRECTORY

    @property
    def volumes(self) -> list[Path]:
        """Every registered volume, there or not."""
        return [Path(root) for root in json.loads((self.root / "volumes.json").read_text(encoding="utf-8"))]

    def serve(self) -> None:
        """Start `mingjian serve`; it ends with the installation."""
        self.supervisor = self.processes.enter_context(process("serve", "--data", str(self.root)))

    def now(self) -> int:
        return self.run.clock.now()

    def user(self, name: str) -> User:
        return self.run.user(name)

    def wait(self, what: str, limit_s: float, ready: Callable[[], Any]) -> Any:
        """The first true answer of `ready`; StepFailed after `limit_s`."""
        return self.run.wait(what, limit_s, ready)

    def cameras(self) -> list[dict[str, Any]]:
        """The cameras in the order of the simulated ones, those added by tests behind them."""
        return sorted(self.run.states(), key=lambda camera: str(camera["id"]))

    def state(self, camera: str) -> dict[str, Any]:
        return next(found for found in self.cameras() if found["id"] == camera)

    def recorder(self, camera: str) -> int:
        """The number of the recorder that records `camera`."""
        return recorder_of(camera, RECORDERS)  # type: ignore[arg-type] # a CameraId is a str NewType

    # Processes.

    def pids(self, *role: str) -> list[int]:
        return sorted(process_ids(self.root, *role))

    def kill(self, *role: str) -> list[int]:
        """SIGKILL every process of a role; which they were. At least one must have been there."""
        found = self.pids(*role)
        assert found, f"no process: {role}"
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        return found

    def again(self, killed: Sequence[int], *role: str, limit_s: float = START_S) -> list[int]:
        """The successors of `killed`, once there are as many and none of the old ones is left."""

        def back() -> list[int]:
            found = self.pids(*role)
            return found if len(found) >= len(killed) and not set(found) & set(killed) else []

        found: list[int] = self.wait(f"{role} again", limit_s, back)
        if role == ("web",):
            self.wait("web server", limit_s, lambda: is_open(self.run.url))
        return found

    # Chains, straight from the files.

    def entries(self, camera: str) -> list[Entry]:
        """Every whole entry of a camera's chain on the volumes that are there, in the order of the epochs."""
        chains = [volume / main_stream(camera) / "chain" for volume in self.volumes]  # type: ignore[arg-type] # a str NewType
        files = [file for chain in chains for file in chain.glob("*.jsonl")]
        found = [parse(line) for file in files for line in _whole_lines(file)]
        return sorted(found, key=lambda entry: (entry.epoch, entry.seq))

    def gaps(self, camera: str, since: int) -> list[Gap]:
        """The gaps that end after `since`, pieces of one cause joined."""
        return [gap for gap in coverage(self.entries(camera))[1] if gap.period.end > since]

    def gap(self, camera: str, since: int, cause: str, limit_s: float = 30) -> Gap:
        """The one gap since `since`, once recording has gone on after it; it must be of `cause`."""

        def ended() -> list[Gap]:
            found, end = self.gaps(camera, since), self.recorded_until(camera)
            return found if found and end > found[-1].period.end else []

        found: list[Gap] = self.wait(f"a gap and footage after it in {camera}", limit_s, ended)
        assert [gap.cause for gap in found] == [cause], found
        return found[0]

    def recorded_until(self, camera: str) -> int:
        """The end of the last fragment on disk."""
        return max((e.t1 for e in self.entries(camera) if e.kind is EntryKind.FRAG), default=0)

    def wait_recorded(self, camera: str, until: int, limit_s: float = 40) -> None:
        self.wait(f"footage of {camera}", limit_s, lambda: self.recorded_until(camera) >= until)

    def assert_unbroken(self, camera: str, since: int, until: int) -> None:
        """Every instant of the period lies in a fragment, of one epoch, each beginning where the last one ended."""
        self.wait_recorded(camera, until)
        covering = [e for e in self.entries(camera) if e.kind is EntryKind.FRAG and e.t1 > since and e.t0 < until]
        assert self.gaps(camera, since) == []
        assert covering[0].t0 <= since
        assert covering[-1].t1 >= until
        assert len({entry.epoch for entry in covering}) == 1
        assert all(after.t0 == before.t1 for before, after in pairwise(covering))

    def assert_all_unbroken(self, cameras: Sequence[str], since: int | Mapping[str, int], until: int) -> None:
        """`assert_unbroken` of each, up to one instant: an instant for each would wait for a fragment of each."""
        for camera in cameras:
            self.assert_unbroken(camera, since if isinstance(since, int) else since[camera], until)

    def fragments(self, camera: str, until: int) -> set[tuple[int, int, str]]:
        """What was acknowledged by `until`: epoch, number and hash of each fragment."""
        found = self.entries(camera)
        return {(e.epoch, e.seq, e.text("sha256")) for e in found if e.kind is EntryKind.FRAG and e.t1 <= until}

    def fsck(self) -> str:
        """The last line of `fsck --depth hash`, which must find no problem. Unsettled tails are tried again."""

        def clean() -> str:
            status, words = mingjian("fsck", *map(str, self.volumes), "--depth", "hash")
            return words.splitlines()[-1] if status == 0 else ""

        found: str = self.wait("a clean fsck", 30, clean)
        return found

    # Users.

    def watch(self, name: str, camera: str, frames: int) -> tuple[dict[str, Any], Media]:
        """A live viewing that has shown `frames` frames and stays open."""
        view = self.user(name).call("POST", "/api/views", act="live", cameras=[camera])
        media = self.user(name).media(view["grant"], camera, mode="live", quality="main", hevc=True)
        seen = 0
        for message in media.messages():
            seen += isinstance(message, MediaFrame)
            if seen >= frames:
                return view, media
        raise StepFailed("the live picture ended")


def _whole_lines(file: Path) -> list[bytes]:
    data = file.read_bytes()
    return data[: data.rfind(b"\n") + 1].splitlines()


def mingjian(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit status and all words of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "mingjian", *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


@contextlib.contextmanager
def running(
    base: Path, *, cameras: int, loops: Path, volume_bytes: int = THROW_AWAY_BYTES, more: str = ""
) -> Iterator[Installation]:
    """An installation of two recorders that records `cameras` equal cameras, and at least one on each recorder.

    `more` are lines of its settings, `loops` where the cameras' pictures are kept once they are drawn.
    """
    clock = SystemClock()
    wanted = [guarded(small(GATE, Codec.H264), password=PASSWORD) for _ in range(cameras)]
    with simulated(wanted, loops) as sites, contextlib.ExitStack() as processes:
        root = base / "data"
        port, witness_port = free_port(), free_port()
        printed = prepare_demo(
            root, port=port, witness_port=witness_port, cameras=sites.on_record(), volume_bytes=volume_bytes
        )
        with (root / FILE).open("a", encoding="utf-8") as settings:
            settings.write(f"recorders = {RECORDERS}\n{more}")
        accounts = {a.name: Account(a.name, a.password, a.totp_uri) for a in printed}
        run = Selftest(f"http://127.0.0.1:{port}", root, accounts, clock)
        found = Installation(root, sites, run, processes)
        processes.callback(run.close)
        processes.enter_context(process(*witness_arguments(root, witness_port)))
        found.serve()
        found.wait("web server", START_S, lambda: is_open(run.url))
        for name in USERS:  # before anything is broken: each dynamic code is good once
            found.user(name)
        _spread(found)
        found.wait("recording", START_S, lambda: all(found.recorded_until(camera["id"]) for camera in found.cameras()))
        yield found


def _spread(found: Installation) -> None:
    """Put cameras on record again under new names until each recorder has one."""
    site = found.sites.on_record()[0]
    for number in range(MOST_CAMERAS_ADDED):
        if len({found.recorder(camera["id"]) for camera in found.cameras()}) == RECORDERS:
            return
        found.user("manager").call(
            "POST", "/api/cameras", name=f"另一台 {number}", url=site.url, user=site.user, password=site.password,
            expected_bitrate_bps=site.bitrate_bps,
        )  # fmt: skip
    raise AssertionError("every camera fell to one recorder")
