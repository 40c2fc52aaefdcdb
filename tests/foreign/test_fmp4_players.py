"""ffmpeg, ffprobe and Chromium, which share no code with us, play the fragmented MP4 that we write."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from footage import FRAME_90K, FRAMES_PER_SECOND, Clip
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AudioConfig, Codec, StreamConfig
from mingjian.wire import aac
from mingjian.wire.fmp4 import Sample, fragment, init_segment

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed"),
]

NOW = UtcNs(1_767_225_600_000_000_000)
CLIPS = ["h264_clip", "h265_clip", "reordered_clip"]


def run(*arguments: str | Path) -> str:
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def samples_of(clip: Clip) -> list[Sample]:
    return [
        Sample(unit.data, FRAME_90K, unit.pts_90k - place * FRAME_90K, unit.key)
        for place, unit in enumerate(clip.units)
    ]


def fragments_of(clip: Clip, frames_each: int) -> list[bytes]:
    samples = samples_of(clip)
    return [
        fragment(
            sequence=start + 1,
            track_id=1,
            decode_time_90k=start * FRAME_90K,
            samples=samples[start : start + frames_each],
            wall_clock=NOW,
        )
        for start in range(0, len(samples), frames_each)
    ]


def probed(path: Path, *entries: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("ffprobe", "-v", "error", "-of", "json", *entries, path))
    return found


@pytest.mark.parametrize("frames_each", [1, FRAMES_PER_SECOND])
@pytest.mark.parametrize("name", CLIPS)
def test_every_frame_arrives_with_its_time(
    name: str, frames_each: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    clip: Clip = request.getfixturevalue(name)
    path = tmp_path / "file.mp4"
    path.write_bytes(init_segment(clip.config) + b"".join(fragments_of(clip, frames_each)))
    found = probed(path, "-show_streams", "-show_packets")
    (stream,) = found["streams"]
    video = clip.config.video
    assert (stream["codec_name"], stream["width"], stream["height"]) == (
        "hevc" if video.codec is Codec.H265 else "h264",
        video.width,
        video.height,
    )
    assert stream["codec_tag_string"] == video.codec_string[:4] and stream["time_base"] == "1/90000"
    # ffmpeg moves a whole stream with negative composition offsets later by their largest; between frames all agree.
    shown = [packet["pts"] for packet in found["packets"]]
    assert [pts - shown[0] for pts in shown] == [unit.pts_90k - clip.units[0].pts_90k for unit in clip.units]
    assert [packet["flags"][0] == "K" for packet in found["packets"]] == [unit.key for unit in clip.units]
    run("ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-")


@pytest.mark.parametrize("name", CLIPS)
def test_samples_leave_the_file_as_they_went_in(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(name)
    path = tmp_path / "file.mp4"
    path.write_bytes(init_segment(clip.config) + b"".join(fragments_of(clip, FRAMES_PER_SECOND)))
    with av.open(str(path)) as container:
        assert [bytes(packet) for packet in container.demux(video=0) if packet.size] == [
            unit.data for unit in clip.units
        ]


@pytest.mark.parametrize("name", ["h264_clip", "h265_clip"])
def test_a_cut_file_plays_to_the_cut(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(name)
    pieces = fragments_of(clip, FRAMES_PER_SECOND)
    path = tmp_path / "cut.mp4"
    path.write_bytes(init_segment(clip.config) + b"".join(pieces[:2]) + pieces[2][: len(pieces[2]) // 2])
    done = subprocess.run(
        ["ffmpeg", "-v", "fatal", "-i", str(path), "-f", "framecrc", "-"], capture_output=True, text=True, timeout=60
    )
    frames = [line for line in done.stdout.splitlines() if line and not line.startswith("#")]
    assert done.returncode == 0 and len(frames) >= 2 * FRAMES_PER_SECOND


@pytest.mark.parametrize("name", CLIPS)
def test_a_player_seeks_to_the_frame_asked_for(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    clip: Clip = request.getfixturevalue(name)
    path = tmp_path / "file.mp4"
    path.write_bytes(init_segment(clip.config) + b"".join(fragments_of(clip, FRAMES_PER_SECOND)))
    wanted = ("-f", "rawvideo", "-pix_fmt", "gray", "-frames:v", "1")
    for second in (0.6, 2.4, 3.52):
        straight, sought = tmp_path / "straight", tmp_path / "sought"
        run("ffmpeg", "-v", "error", "-y", "-i", path, "-ss", str(second), *wanted, straight)
        run("ffmpeg", "-v", "error", "-y", "-ss", str(second), "-i", path, *wanted, sought)
        assert straight.read_bytes() == sought.read_bytes()


def test_parameter_sets_only_in_band_still_decode(h264_clip: Clip, tmp_path: Path) -> None:
    """The configuration names no picture parameter set; key frames carry both sets themselves."""
    path = tmp_path / "file.mp4"
    sets_in_band = [b"".join(len(nal).to_bytes(4, "big") + nal for nal in h264_clip.config.video.parameter_sets)]
    samples = [
        sample._replace(data=sets_in_band[0] + bytes(sample.data)) if sample.key else sample
        for sample in samples_of(h264_clip)
    ]
    data = fragment(sequence=1, track_id=1, decode_time_90k=0, samples=samples, wall_clock=NOW)
    video = h264_clip.config.video
    bare = replace(video, parameter_sets=video.parameter_sets[:1])
    path.write_bytes(init_segment(StreamConfig(bare)) + data)
    found = probed(path, "-count_frames", "-show_streams")
    assert int(found["streams"][0]["nb_read_frames"]) == len(h264_clip.units)


def aac_frames(seconds: int) -> list[bytes]:
    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.time_base = 16_000, "mono", Fraction(1, 16_000)
    encoder.format = av.AudioFormat("fltp")
    found = []
    for start in range(0, 16_000 * seconds, 1024):
        tone = np.sin(np.arange(start, start + 1024) * 0.2).astype(np.float32)[np.newaxis] * 0.2
        frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 16_000, start, Fraction(1, 16_000)
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.PCMA, Codec.PCMU])
def test_sound_lies_beside_the_picture(codec: Codec, h264_clip: Clip, tmp_path: Path) -> None:
    if codec is Codec.AAC:
        config, duration, sounds = aac.audio_config(b"\x14\x08"), 1024 * 90_000 // 16_000, aac_frames(1)
    else:
        config, duration, sounds = AudioConfig(codec, 8000, 1), 1800, [bytes((0xD5,)) * 160] * 50
    audio = [Sample(data, duration, 0, True) for data in sounds]
    samples = samples_of(h264_clip)[:FRAMES_PER_SECOND]
    data = fragment(sequence=1, track_id=1, decode_time_90k=0, samples=samples, wall_clock=NOW, audio=audio)
    path = tmp_path / "sound.mp4"
    path.write_bytes(init_segment(StreamConfig(h264_clip.config.video, config)) + data)
    found = probed(path, "-count_packets", "-show_streams")["streams"]
    names = {Codec.AAC: "aac", Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}
    assert [stream["codec_name"] for stream in found] == ["h264", names[codec]]
    assert int(found[1]["sample_rate"]) == config.sample_rate_hz
    assert float(found[1]["duration"]) == pytest.approx(1.0, abs=0.1)
    run("ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-")


PAGE = """
async ([mime, init, parts]) => {
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const video = document.body.appendChild(document.createElement('video'));
  video.muted = true;
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise(done => source.addEventListener('sourceopen', done, {once: true}));
  const buffer = source.addSourceBuffer(mime);
  for (const part of [init, ...parts]) {
    buffer.appendBuffer(bytes(part));
    await new Promise((done, fail) => {
      buffer.addEventListener('updateend', done, {once: true});
      video.addEventListener('error', () => fail(video.error.message), {once: true});
    });
  }
  source.endOfStream();
  const seek = async t => {
    const shown = new Promise(done => video.requestVideoFrameCallback((_, m) => done(m.mediaTime)));
    video.currentTime = t;
    return await shown;
  };
  const at = [await seek(2.5), await seek(0.5)];
  return {end: video.buffered.end(0), ranges: video.buffered.length, width: video.videoWidth, at};
}
"""


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
@pytest.mark.parametrize(("name", "frames_each"), [("h264_clip", 1), ("h264_clip", 25), ("reordered_clip", 25)])
def test_chromium_takes_every_fragment(name: str, frames_each: int, request: pytest.FixtureRequest) -> None:
    from playwright.sync_api import sync_playwright

    clip: Clip = request.getfixturevalue(name)
    encoded = [base64.b64encode(part).decode() for part in fragments_of(clip, frames_each)]
    mime = f'video/mp4; codecs="{clip.config.video.codec_string}"'
    with sync_playwright() as program:
        browser = program.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto("about:blank")
        seen = page.evaluate(PAGE, [mime, base64.b64encode(init_segment(clip.config)).decode(), encoded])
        browser.close()
    assert seen["ranges"] == 1 and seen["width"] == clip.config.video.width
    assert seen["end"] == pytest.approx(len(clip.units) / FRAMES_PER_SECOND, abs=0.1)
    assert seen["at"] == pytest.approx([2.5, 0.5], abs=0.041)
