"""A recorder process on a device that hangs: its camera goes on on the other volume, and it ends clean afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import disk_rig
import pytest
from disk_rig import Rig, lacking
from test_recorder_process import Recorder

from mingjian.audit.chain import EntryKind

NEEDED = ("mount", "losetup", "mkfs.ext4", "nbdkit", "nbdfuse")
pytestmark = pytest.mark.skipif(bool(lacking(*NEEDED)), reason=lacking(*NEEDED) or "-")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    disk_rig.sweep()
    with disk_rig.rig(tmp_path) as made:
        yield made


def test_a_recorder_goes_round_a_device_that_hangs_and_tells_of_it(rig: Rig, tmp_path: Path) -> None:
    home, device = rig.ext4("home")
    recorder = Recorder(tmp_path)
    recorder.places.volumes.unlink()
    recorder.register(str(home / "v"))
    spill = recorder.register("spill")
    recorder.start()
    try:
        recorder.assign("cam-1")
        recorder.wait("recorded at home", lambda: list((home / "v").glob("cam-1/chain/*.jsonl")))
        device.hang()
        recorder.wait("gone on elsewhere", lambda: recorder.entries_at(spill, "cam-1"))
        log = recorder.places.logs / "recorder-0.log"
        assert b"no answer for" in log.read_bytes()
        device.answer()
        assert recorder.end() == 0
    finally:
        device.answer()
        if recorder.process is not None:
            recorder.process.kill()
            recorder.process.wait()
    last = recorder.entries_at(spill, "cam-1")
    assert (last[0].kind, last[-1].kind) == (EntryKind.OPEN, EntryKind.CLOSE)
