"""The playable copy through its real process: every picture, its time, the mark in it; it goes on after a kill."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from footage import FRAMES_PER_SECOND, Clip, MemoryFragments, MemoryRef, decoded_times
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError, Refused
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AudioConfig, Codec
from mingjian.processing import forensic
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.package_children import run_child
from mingjian.processing.package_copy import CopyJob, ProcessCopies, Source
from mingjian.processing.watermark import CopyMark
from mingjian.wire.fmp4 import Sample

T0 = UtcNs(1_767_225_600 * SECOND_NS)
MARK = CopyMark("复〔2026〕0001号", 42, "县公安局 民警甲、民警乙", T0, "东门")
STREAM = StreamId("gate")
PIECE = 2
"""Fragments of a second in one piece."""


def never() -> None:
    """Nobody cancels."""


def a_job(folder: Path, clip: Clip, *, turns: int = 2, sound: bool = False) -> CopyJob:
    """Fragments of a second each, in an archive that holds other bytes too."""
    store = MemoryFragments()
    audio: list[Sample] = []
    if sound:
        clip = Clip(replace(clip.config, audio=AudioConfig(Codec.PCMA, 8000, 1)), clip.units)
        audio = [Sample(bytes([0xD5, 0x55] * 4000), 90_000, 0, True)]
    store.record(STREAM, clip, T0, turns=turns, audio=audio)
    data = b"PK other bytes"
    init = store.inits["a.mp4"]
    at, sources = (len(data), len(init)), []
    data += init
    for ref in store.items[STREAM]:
        assert isinstance(ref, MemoryRef)
        media = store.read(ref)
        sources.append(Source(len(data) + 3, len(media), ref.pts0_90k, ref.t0))
        data += b"---" + media
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.zip").write_bytes(data)
    pieces = [sources[n : n + PIECE] for n in range(0, len(sources), PIECE)]
    return CopyJob(folder / "package.zip", folder, at, pieces, MARK)


def make(job: CopyJob) -> tuple[int, list[tuple[int, bool]]]:
    told: list[tuple[int, bool]] = []
    frames = ProcessCopies().make(job, did=lambda frames, kept: told.append((frames, kept)), go_on=never)
    return frames, told


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        assert isinstance(container, av.container.InputContainer)
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def boxes(path: Path) -> list[bytes]:
    """The kinds of the outermost boxes, in order."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return found


@pytest.mark.parametrize("clip", ["h264_clip", "h265_clip", "reordered_clip"])
def test_every_picture_is_there_at_its_time_in_a_file_that_every_player_shows(
    tmp_path: Path, clip: str, request: pytest.FixtureRequest
) -> None:
    job = a_job(tmp_path, request.getfixturevalue(clip))
    frames, told = make(job)
    assert frames == 2 * 100
    assert sum(done for done, _ in told) == frames
    times = decoded_times(job.out.read_bytes())
    assert [round((time - times[0]) * FRAMES_PER_SECOND) for time in times] == list(range(frames))
    with av.open(str(job.out)) as container:
        video = container.streams.video[0]
        assert (video.codec.name, video.profile, video.pix_fmt) == ("h264", "High", "yuv420p")
        assert (video.width, video.height) == (320, 180)
        assert video.duration * video.time_base == Fraction(frames, FRAMES_PER_SECOND)
    assert [kind for kind in boxes(job.out) if kind in (b"moov", b"mdat")] == [b"moov", b"mdat"]
    assert b"moof" not in boxes(job.out)


def test_the_mark_is_burnt_into_each_picture_and_tells_its_second(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=1)
    make(job)
    marked = pictures(job.out)
    with av.open(_plain(tmp_path, job)) as container:
        assert isinstance(container, av.container.InputContainer)
        plain = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(marked) == len(plain) == 100
    for shown, original in zip(marked, plain, strict=True):
        assert (shown[-30:] > 180).mean() > 0.005, "white letters at the foot"
        assert (original[-30:] > 180).mean() == 0
        field = shown[:120].astype(int) - original[:120]
        assert (field[original[:120] < 180] > 8).mean() > 0.005, "and faintly across"
    feet = [picture[-60:].astype(int) for picture in marked]
    within, across = np.abs(feet[5] - feet[20]).mean(), np.abs(feet[5] - feet[95]).mean()
    assert across > 3 * within, "the second is another one"


def _plain(folder: Path, job: CopyJob) -> str:
    """The originals as one file."""
    data = job.archive.read_bytes()
    spans = [job.init, *((source.offset, source.size) for piece in job.pieces for source in piece)]
    (folder / "plain.mp4").write_bytes(b"".join(data[at : at + size] for at, size in spans))
    return str(folder / "plain.mp4")


def test_another_try_goes_on_after_the_pieces_that_are_finished(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=3)

    def cancel_after_a_piece() -> None:
        if job.piece(1).exists():
            raise Refused("package.cancelled", "导出已取消", text_en="The export was cancelled")

    with pytest.raises(Refused):
        ProcessCopies().make(job, did=lambda frames, kept: None, go_on=cancel_after_a_piece)
    assert not job.out.exists()
    frames, told = make(job)
    kept = sum(done for done, before in told if before)
    assert kept >= 2 * PIECE * FRAMES_PER_SECOND
    assert (frames, sum(done for done, _ in told)) == (300, 300)
    times = decoded_times(job.out.read_bytes())
    assert [round((time - times[0]) * FRAMES_PER_SECOND) for time in times] == list(range(300))
    other = replace(job, mark=replace(MARK, entry=43))
    assert not other.piece(0).exists(), "a piece with another mark is another piece"
    job.discard()
    assert {path.name for path in tmp_path.iterdir()} == {"package.zip"}


def test_sound_is_kept_as_every_player_hears_it(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=1, sound=True)
    make(job)
    with av.open(str(job.out)) as container:
        assert isinstance(container, av.container.InputContainer)
        heard = container.streams.audio[0]
        assert heard.codec.name == "aac"
        samples = sum(frame.samples for frame in container.decode(audio=0))
        assert samples / heard.rate == pytest.approx(4, abs=0.2)


def test_a_damaged_picture_costs_itself_and_not_the_copy(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=1)
    data = bytearray(job.archive.read_bytes())
    source = job.pieces[0][0]
    data[source.offset + source.size // 2 : source.offset + source.size] = bytes(source.size - source.size // 2)
    job.archive.write_bytes(data)
    frames, _ = make(job)
    assert 100 - FRAMES_PER_SECOND <= frames <= 100


def test_footage_that_is_none_is_said(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=1)
    job.archive.write_bytes(b"x" * 100_000)
    with pytest.raises(LocalError, match=r"copy\.undecodable"):
        make(job)


def test_a_process_that_dies_is_an_error(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip, turns=1)
    dying = ProcessCopies((sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(LocalError, match=r"copy\.failed.*exit 3"):
        dying.make(job, did=lambda frames, kept: None, go_on=never)


def test_the_process_ends_when_nobody_wants_the_copy_any_more(tmp_path: Path, h264_clip: Clip) -> None:
    """Its input ends with whoever started it, also by a kill."""
    program = (
        "import subprocess, sys; from pathlib import Path\n"
        "from mingjian.processing.package_copy import WORKER\n"
        "child = subprocess.Popen(WORKER, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)\n"
        "child.stdin.write(Path(sys.argv[1]).read_bytes()); child.stdin.flush(); child.stdin.close()\n"
        "print(child.wait())\n"
    )
    (tmp_path / "job").write_bytes(a_job(tmp_path, h264_clip, turns=30).line())
    lines: list[bytes] = []
    run_child([sys.executable, "-c", program, str(tmp_path / "job")], told=lines.append, go_on=never)
    assert json.loads(lines[-1]) == 1


def test_a_picture_of_a_copy_tells_its_register_entry_and_the_originals_stay_as_they_are(
    tmp_path: Path, h264_clip: Clip
) -> None:
    job = replace(a_job(tmp_path, h264_clip, turns=1), hidden=HiddenMark(42, b"key"))
    before = job.archive.read_bytes()
    assert CopyJob.parse(job.line()) == job
    make(job)
    assert job.archive.read_bytes() == before
    found = forensic.read(pictures(job.out)[60:61], {7: b"key"}, 1 << 16)
    assert found is not None
    assert (found.entry, found.key) == (42, 7)
