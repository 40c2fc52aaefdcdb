"""A recorder that stands still, or gets no more memory: its own cameras show it, the others do not notice."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from installation import Installation
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.system_clock import SystemClock
from mingjian.audit.chain import EntryKind
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import CameraId, main_stream
from mingjian.storage.commit import Committer
from mingjian.storage.volume import IDENTITY_FILE, Volume, VolumeIdentity, VolumeKind

PAUSE_S = float(os.environ.get("PAUSE_S", "12"))
"""Longer than the ten seconds after which a camera counts as silent; `make faults` pauses for a minute."""
KEPT_S = 20
"""So much of these cameras the sockets hold, and no camera ends the session for it."""
AFTER_NS = 4 * SECOND_NS
"""Longer than what waited takes to be read, and than a camera may show nothing after it."""
RETURN_NS = 10 * SECOND_NS
LITTLE_BYTES = 64 * 1024
"""Less than a recorder needs for its next fragment."""
PAGES_S = 30
GROUPS = Path("/sys/fs/cgroup")


def both(installation: Installation) -> tuple[list[str], list[str]]:
    """The cameras of recorder 0 and those of the other one."""
    cameras = [found["id"] for found in installation.cameras()]
    theirs = [camera for camera in cameras if installation.recorder(camera) == 0]
    return theirs, [camera for camera in cameras if camera not in theirs]


def test_a_recorder_that_was_paused_is_still_the_only_writer_and_keeps_what_waited_for_it(
    installation: Installation,
) -> None:
    """All that the sockets held, at the time the camera took it; for what they did not it says `overload`."""
    theirs, others = both(installation)
    since = min(map(installation.recorded_until, others))
    before = {camera: installation.fragments(camera, installation.now()) for camera in theirs}
    (pid,) = installation.pids("recorder", "0")
    os.kill(pid, signal.SIGSTOP)
    try:
        stopped = installation.now()
        for camera in theirs:
            assert refused(installation.volume, camera), "a second writer while the first is paused"
        threading.Event().wait(PAUSE_S)  # the pause is what is tested
    finally:
        resumed = installation.now()
        os.kill(pid, signal.SIGCONT)
    for camera in theirs:
        installation.wait_recorded(camera, resumed + AFTER_NS)
        if PAUSE_S <= KEPT_S:
            assert installation.gaps(camera, stopped) == []
        else:
            assert {gap.cause for gap in installation.gaps(camera, stopped)} <= {"overload"}
        entries = [e for e in installation.entries(camera) if e.kind in (EntryKind.FRAG, EntryKind.GAP)]
        assert all(after.t0 == earlier.t1 for earlier, after in pairwise(entries) if after.epoch == earlier.epoch)
        assert len({(e.epoch, e.seq) for e in entries}) == len(entries), "nothing twice"
        assert before[camera] <= installation.fragments(camera, installation.now()), "nothing taken back"
    assert installation.pids("recorder", "0") == [pid], "nobody replaced it"
    installation.assert_all_unbroken(others, since, installation.now())
    assert "0 个问题" in installation.fsck()


def refused(root: Path, camera: str) -> bool:
    """Whether another process gets no hold of a stream that has a writer."""
    marked = json.loads(json.loads((root / IDENTITY_FILE).read_bytes())["body"])["id"]
    identity = VolumeIdentity(marked, VolumeKind.THROW_AWAY, "", SystemClock().now(), 600, 1800, 1 << 30)
    committer = Committer(OsDisk(), [Volume(str(root), identity)], SystemClock())
    try:
        committer.open_stream(main_stream(CameraId(camera)), lambda stream, t1, seq: None)
    except LocalError:
        return True
    return False


@contextlib.contextmanager
def little_memory(pid: int) -> Iterator[None]:
    """The process may take no page more; the group of processes that says so is gone at the end."""
    old, new = GROUPS / "memory", GROUPS
    root, limit = (old, "memory.limit_in_bytes") if old.is_dir() else (new, "memory.max")
    group = root / f"mingjian-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / limit).write_text(str(LITTLE_BYTES))
        (group / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        with contextlib.suppress(OSError):
            group.rmdir()
        pytest.skip(f"no memory limit can be set here: {error}")
    try:
        yield
    finally:
        for left in (group / "cgroup.procs").read_text().split():
            (root / "cgroup.procs").write_text(left)
        group.rmdir()


def test_a_recorder_that_gets_no_more_memory_is_replaced_and_the_others_go_on(installation: Installation) -> None:
    theirs, others = both(installation)
    since = min(map(installation.recorded_until, others))
    asked_at = installation.now()
    before = {camera: installation.fragments(camera, asked_at) for camera in theirs}
    (pid,) = installation.pids("recorder", "0")
    with little_memory(pid):
        installation.again([pid], "recorder", "0")
    died = installation.now()
    for camera in theirs:
        gap = installation.gap(camera, asked_at, "recorder-crash")
        assert gap.period.end <= died + RETURN_NS
        assert before[camera] <= installation.fragments(camera, installation.now()), "acknowledged is kept"
    installation.assert_all_unbroken(others, since, installation.now())
    assert "0 个问题" in installation.fsck()


def test_a_recorder_that_may_map_no_more_memory_stops_no_other(installation: Installation) -> None:
    """It goes on in what it has, or ends and is replaced: what it never does is to stay and not record."""
    theirs, others = both(installation)
    since = min(map(installation.recorded_until, others))
    (pid,) = installation.pids("recorder", "0")
    before = resource.prlimit(pid, resource.RLIMIT_AS, (1, resource.RLIM_INFINITY))
    limited = installation.now()
    try:
        for camera in theirs:
            installation.wait_recorded(camera, limited + RETURN_NS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_AS, before)
    for camera in theirs:
        assert {gap.cause for gap in installation.gaps(camera, limited)} <= {"recorder-crash"}
    installation.assert_all_unbroken(others, since, installation.now())
