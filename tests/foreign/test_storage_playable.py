"""FFmpeg, which shares no code with us, plays what is on the disk: whole, cut anywhere, after a kill."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from footage import Clip
from mingjian.adapters.disk import OsDisk
from mingjian.cli.main import app
from mingjian.kernel.clock import ManualClock
from mingjian.storage.commit import Committer
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import Volume, create
from storage_world import SIGNER, identity

pytestmark = pytest.mark.foreign


def recorded(root: Path, clip: Clip, *, close: bool = True) -> tuple[Volume, Path, int]:
    """The clip five times over, recorded on a real disk: volume, container, frames."""
    disk, clock = OsDisk(), ManualClock()
    volume = create(disk, f"{root}/volume", identity(), SIGNER)
    committer = Committer(disk, [volume], clock)
    recorder = StreamRecorder.open("cam-1", committer, clock)
    recorder.on_config(clip.config)
    units = clip.repeated(5, clock.now())
    for unit in units:
        clock.wall = unit.arrived
        recorder.on_access_unit(unit)
        committer.commit_once()
    if close:
        recorder.close()
    (container,) = (root / "volume").rglob("*.mp4")
    return volume, container, len(units)


def probe(path: Path) -> tuple[int, str]:
    """How many pictures ffprobe decodes, and what it complains about."""
    command = ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-of", "json"]
    done = subprocess.run(
        [*command, "-show_entries", "stream=nb_read_frames", str(path)], capture_output=True, timeout=60, check=True
    )
    (stream,) = json.loads(done.stdout)["streams"]
    return int(stream.get("nb_read_frames", 0)), done.stderr.decode()


@pytest.mark.parametrize("name", ["h264_clip", "h265_clip", "reordered_clip"])
def test_every_frame_decodes(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    _, container, frames = recorded(tmp_path, request.getfixturevalue(name))
    assert probe(container) == (frames, "")


def test_a_container_cut_anywhere_plays_to_the_cut(h264_clip: Clip, tmp_path: Path) -> None:
    _, container, frames = recorded(tmp_path, h264_clip)
    data, rng = container.read_bytes(), random.Random(3)
    cut = tmp_path / "cut.mp4"
    for _ in range(6):
        length = rng.randrange(len(data) // 4, len(data))
        cut.write_bytes(data[:length])
        found, _ = probe(cut)
        assert found >= (length / len(data) - 0.25) * frames
        assert found > 0


def test_fsck_says_zero_then_names_file_offset_and_entry(h264_clip: Clip, tmp_path: Path) -> None:
    _, container, _ = recorded(tmp_path, h264_clip)
    command = ["fsck", str(tmp_path / "volume"), "--depth", "hash"]
    clean = CliRunner().invoke(app, [*command, "--rebuild", str(tmp_path / "new.sqlite")])
    assert clean.exit_code == 0, clean.output
    assert "0 个问题" in clean.output
    assert (tmp_path / "new.sqlite").exists()
    data = bytearray(container.read_bytes())
    data[-100] ^= 1
    container.write_bytes(data)
    broken = CliRunner().invoke(app, command)
    assert broken.exit_code == 1
    assert "FRAG 0/" in broken.output
    assert container.name in broken.output
    assert "SHA-256" in broken.output


def test_fsck_of_a_directory_that_is_no_volume(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["fsck", str(tmp_path)])
    assert done.exit_code == 1
    assert "volume.unmarked" in done.output
