"""A redacted copy through its real process, judged by FFmpeg: what was masked is gone, the rest is not, no sound."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from footage import Clip, MemoryFragments, MemoryRef, make_clip
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.masks import Cover, MaskKey, RedactionMask, Shape
from mingjian.kernel.media import AudioConfig, Codec
from mingjian.processing import forensic, redaction
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.package_copy import Source
from mingjian.processing.redaction import Part, RedactionJob
from mingjian.processing.watermark import CopyMark
from mingjian.wire.fmp4 import Sample

T0 = UtcNs(1_767_225_600 * SECOND_NS)
STREAM = StreamId("gate")
FILLED = RedactionMask(
    Shape.BOX, Cover.FILL, (MaskKey(0, ((0.1, 0.1), (0.4, 0.4))), MaskKey(1000, ((0.5, 0.1), (0.8, 0.4))))
)
BLURRED = RedactionMask(Shape.POLYGON, Cover.BLUR, (MaskKey(0, ((0.1, 0.5), (0.4, 0.5), (0.4, 0.7), (0.1, 0.7))),))


def a_job(folder: Path, clip: Clip, *masks: RedactionMask, again: Clip | None = None) -> RedactionJob:
    """A second of footage with sound, from its 25th picture on; `again` is recorded seven seconds after the first."""
    store = MemoryFragments()
    clip = Clip(replace(clip.config, audio=AudioConfig(Codec.PCMA, 8000, 1)), clip.units)
    store.record(STREAM, clip, T0, turns=1, audio=[Sample(bytes([0xD5, 0x55] * 4000), 90_000, 0, True)])
    if again is not None:
        store.record(STREAM, again, UtcNs(T0 + 7 * SECOND_NS), path="b.mp4")
    data, parts = b"", []
    for path, init in store.inits.items():
        span, sources = (len(data), len(init)), []
        data += init
        for ref in store.items[STREAM]:
            assert isinstance(ref, MemoryRef)
            if ref.path == path:
                media = store.read(ref)
                sources.append(Source(len(data), len(media), ref.pts0_90k, ref.t0))
                data += media
        parts.append(Part(span, sources))
    (folder / "footage").write_bytes(data)
    mark = CopyMark("公开", 77, "某电视台", T0, "东门")
    start, hidden = T0 + SECOND_NS, HiddenMark(77, b"key")
    end = start + SECOND_NS
    return RedactionJob(folder / "footage", parts, start, end, masks, mark, hidden, folder / "o.mp4")


def decoded(path: Path, *options: str) -> np.ndarray:
    """Every picture's luma, by the `ffmpeg` of the system."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), *options, "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, 180, 320)


def streams(path: Path) -> str:
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def at(share: float, frame: int) -> int:
    """The column of the moving box's edge in a picture."""
    return round((share + 0.4 * min(1.0, frame / 25)) * 319)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """How far the fine lines of two runs of pictures agree, from 0 to 1: of the median picture."""
    lines = [(np.diff(before).ravel(), np.diff(after).ravel()) for before, after in zip(one, other, strict=True)]
    return float(np.median([np.corrcoef(*pair)[0, 1] for pair in lines]))


def checked_ground() -> np.ndarray:
    """Something to hide everywhere: squares of four points in greys of chance, always the same."""
    greys = np.random.default_rng(7).integers(40, 216, (45, 80), dtype=np.uint8)
    return np.repeat(np.repeat(greys, 4, axis=0), 4, axis=1)[..., None].repeat(3, axis=2)


def test_A799_22_what_lies_under_a_mask_is_gone_from_every_picture(tmp_path: Path) -> None:
    clip = make_clip(Codec.H264, ground=checked_ground())
    plain, covered = a_job(tmp_path, clip), a_job(tmp_path, clip, FILLED, BLURRED)
    assert redaction.make(plain) == 25
    before = decoded(plain.out).astype(int)
    assert redaction.make(covered) == 25
    after = decoded(covered.out).astype(int)
    assert before.shape == after.shape == (25, 180, 320)
    for number in range(25):
        left, right = at(0.1, number), at(0.4, number)
        hidden = after[number, 19:71, left + 2 : right - 1]
        assert before[number, 19:71, left + 2 : right - 1].std() > 10, "there was something to hide"
        assert hidden.std() < 12, "only marks and what encoding leaves"
        assert abs(np.median(hidden) - 28) < 8, "the fill, in full range"
    assert alike(before[:, 92:122, 36:124], after[:, 92:122, 36:124]) < 0.2, "of fine lines nothing is left"
    assert alike(before[:, 92:122, 200:], after[:, 92:122, 200:]) > 0.6, "elsewhere they stand"
    elsewhere = np.abs(before[:, 74:88, 200:] - after[:, 74:88, 200:]).mean()
    assert elsewhere < 6, "what no mask covers is shown"
    assert streams(covered.out).split() == ["video"], "sound is left out"
    found = forensic.read([after[12].astype(np.uint8)], {1: b"key"}, 1 << 10)
    assert found is not None
    assert found.entry == 77


def test_A799_22_a_copy_spans_a_reconnection_and_its_gap_is_black_with_its_words(tmp_path: Path) -> None:
    """The camera connects anew with another encoding; masks follow the clock, not the connection."""
    job = a_job(
        tmp_path,
        make_clip(Codec.H264, ground=checked_ground()),
        FILLED,
        again=make_clip(Codec.H265, ground=checked_ground()),
    )
    job = replace(job, start=T0 + 3 * SECOND_NS, end=T0 + 9 * SECOND_NS)
    assert redaction.make(job) == 25 + 50, "black pictures are no footage"
    command = ["ffprobe", "-v", "error", "-show_entries", "frame=pts_time", "-of", "csv=p=0", str(job.out)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = [float(line.strip(",")) for line in said.split()]
    assert [round(time, 2) for time in times[23:30]] == [0.92, 0.96, 1.0, 2.0, 3.0, 4.0, 4.04]
    shown = decoded(job.out, "-fps_mode", "passthrough")
    assert len(shown) == 25 + 3 + 50
    middle = shown[:, 50:130, 60:260]
    assert all(np.median(one) < 30 for one in middle[25:28]), "black"
    assert all(one.max() > 180 for one in middle[25:28]), "and words"
    assert all(one.std() > 10 for one in (*shown[:25, 74:88, 200:], *shown[28:, 74:88, 200:])), "footage on both sides"
    assert abs(np.median(shown[40, 30:60, 170:240]) - 28) < 8, "the mask is where its last key frame left it"


def test_a_period_without_pictures_is_said(tmp_path: Path, h264_clip: Clip) -> None:
    job = a_job(tmp_path, h264_clip)
    with pytest.raises(LocalError, match=r"redaction\.failed"):
        redaction.make(replace(job, start=job.start + 900 * SECOND_NS, end=job.end + 900 * SECOND_NS))
    assert not job.out.exists()
