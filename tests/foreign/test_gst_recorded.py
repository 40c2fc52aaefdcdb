"""GStreamer's cameras, recorded as any other; FFmpeg and Chromium, who share no code with us, play what was written."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gst_process import gst_camera
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.system_clock import SystemClock
from mingjian.audit.chain import Entry, EntryKind, parse
from mingjian.bootstrap.sources import open_source
from mingjian.capture.address import CameraAddress
from mingjian.capture.keeper import Keeper
from mingjian.display.mime import mime_type
from mingjian.storage.commit import Committer
from mingjian.storage.fragmenter import FragmentLimits
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume import create
from mingjian.transport.hub import Hub
from mingjian.transport.meter import Tee
from storage_world import SIGNER, identity

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed"),
]
FRAMES = 90
LIMIT_S = 60
FIRST, LATER = (320, 240), (160, 128)
PASSWORD = "p@ss:w/rd"


@dataclass(frozen=True)
class Stranger:
    """One camera: how GStreamer makes it, how its record reads, and what is seen of it."""

    options: tuple[str, ...]
    fields: dict[str, Any]
    codec: str = "h264"
    sizes: tuple[tuple[int, int], ...] = (FIRST,)
    keys: bool = True
    sound: str = ""


DIGEST = ("--digest", "md5", "--password", PASSWORD)
LOGIN = {"user": "camera", "password": PASSWORD}
STRANGERS = {
    "slices-udp": Stranger(("--slices", "4"), {"transport": "udp"}),
    "b-frames": Stranger(("--b-frames", "2"), {}),
    "intra-refresh": Stranger(("--intra-refresh",), {}, keys=False),
    "resized": Stranger(("--resize", "2"), {}, sizes=(FIRST, LATER)),
    "h265-digest": Stranger(("--codec", "h265", *DIGEST), LOGIN, codec="hevc"),
    "aac": Stranger(("--audio", "aac"), {"audio": True}, sound="aac"),
    "pcma": Stranger(("--audio", "pcma"), {"audio": True}, sound="pcm_alaw"),
}


@dataclass
class Written:
    """What lies on the disk of one camera: its chain's fragments, its containers, its configurations' MIME types."""

    entries: list[Entry]
    fragments: list[Entry]
    files: list[Path]
    root: Path
    mimes: list[str]

    def pieces(self, file: Path) -> list[bytes]:
        """A container as a player gets it: initialisation, then fragment for fragment."""
        data = file.read_bytes()
        mine = [one for one in self.fragments if self.root / one.text("file") == file]
        starts = [one.integer("off") for one in mine] + [mine[-1].integer("off") + mine[-1].integer("bytes")]
        return [data[: starts[0]], *(data[a:b] for a, b in pairwise(starts))]


async def record(folder: Path, ports: dict[str, int]) -> dict[str, Written]:
    """All of them at once, until each has its frames."""
    disk, clock = OsDisk(), SystemClock()
    volume = create(disk, f"{folder}/volume", identity(), SIGNER)
    committer = Committer(disk, [volume], clock)
    limits = FragmentLimits(target_90k=90_000)
    hubs, recorders, tasks = dict[str, Hub](), dict[str, StreamRecorder](), list[asyncio.Task[None]]()
    mimes: dict[str, list[str]] = {name: [] for name in ports}
    for name, port in ports.items():
        address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", **STRANGERS[name].fields)
        hubs[name] = Hub()
        recorders[name] = StreamRecorder.open(name, committer, clock, limits=limits)
        keeper = Keeper(
            open=lambda address=address: open_source(address, clock),
            sink=Tee(hubs[name], recorders[name]),
            clock=clock,
            random=lambda: 0.5,
        )
        tasks.append(asyncio.ensure_future(keeper.run()))
    readers = {name: hub.open() for name, hub in hubs.items()}

    async def enough(name: str) -> None:
        frames = 0
        async for item in readers[name]:
            if hasattr(item, "video"):
                mimes[name].append(mime_type(item))
            frames += hasattr(item, "pts_90k") and not item.audio
            if frames >= FRAMES:
                return

    await asyncio.wait_for(asyncio.gather(*map(enough, ports)), LIMIT_S)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for recorder in recorders.values():
        recorder.close()
    committer.stop()
    return {name: written(folder / "volume", name, mimes[name]) for name in ports}


def written(root: Path, name: str, mimes: list[str]) -> Written:
    lines = [
        line for file in sorted((root / name / "chain").glob("*.jsonl")) for line in file.read_bytes().splitlines()
    ]
    entries = [entry for entry in map(parse, lines) if entry.kind in (EntryKind.FRAG, EntryKind.GAP)]
    fragments = [entry for entry in entries if entry.kind is EntryKind.FRAG]
    files = sorted({root / one.text("file") for one in fragments})
    return Written(entries, fragments, files, root, mimes)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    with ExitStack() as running:
        ports = {name: running.enter_context(gst_camera(*one.options)) for name, one in STRANGERS.items()}
        return asyncio.run(record(tmp_path_factory.mktemp("recorded"), ports))


@pytest.fixture(params=STRANGERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_chain_has_every_frame_and_nothing_to_mark(name: str, recorded: dict[str, Written]) -> None:
    found, stranger = recorded[name].fragments, STRANGERS[name]
    assert sum(one.integer("frames") for one in found) >= FRAMES
    assert all(one.integer(word) == 0 for one in found for word in ("lost", "damaged", "jumps"))
    line = [one for one in recorded[name].entries if found[0].t0 <= one.t0 < found[-1].t1]
    assert all(before.t1 == after.t0 for before, after in pairwise(line)), "each second is recorded or a gap"
    # an encoder that has no processor left stands still, and only that may be seen of it
    assert {one.text("cause") for one in line if one.kind is EntryKind.GAP} <= {"clock-step"}
    assert len({one.text("init_sha") for one in found}) == len(stranger.sizes) == len(recorded[name].files)
    if not stranger.keys:
        assert [one.seq for one in found if "key" not in one.fields] == [found[0].seq], "one key frame, at the start"


def test_ffmpeg_decodes_all_of_it_without_an_error(name: str, recorded: dict[str, Written]) -> None:
    stranger, frames = STRANGERS[name], 0
    for file, size in zip(recorded[name].files, stranger.sizes, strict=True):
        streams = json.loads(
            run("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", file)
        )["streams"]  # fmt: skip
        video = next(one for one in streams if one["codec_type"] == "video")
        assert (video["codec_name"], video["width"], video["height"]) == (stranger.codec, *size)
        frames += int(video["nb_read_frames"])
        assert [one["codec_name"] for one in streams if one["codec_type"] == "audio"] == [stranger.sound] * bool(
            stranger.sound
        )
    assert frames == sum(one.integer("frames") for one in recorded[name].fragments)


def run(*arguments: str | Path) -> str:
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


PAGE = """
async ([mime, parts]) => {
  if (!MediaSource.isTypeSupported(mime)) return {refused: mime};
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const video = document.body.appendChild(document.createElement('video'));
  video.muted = true;
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise(done => source.addEventListener('sourceopen', done, {once: true}));
  const buffer = source.addSourceBuffer(mime);
  for (const part of parts) {
    buffer.appendBuffer(bytes(part));
    await new Promise((done, fail) => {
      buffer.addEventListener('updateend', done, {once: true});
      video.addEventListener('error', () => fail(video.error.message), {once: true});
    });
  }
  source.endOfStream();
  const end = video.buffered.end(0);
  const failed = new Promise((_, fail) => video.addEventListener('error', () => fail(video.error.message)));
  video.currentTime = video.buffered.start(0);
  video.playbackRate = 8;
  const ended = new Promise(done => video.addEventListener('ended', done, {once: true}));
  await video.play();
  await Promise.race([ended, failed]);
  const found = {end, start: video.buffered.start(0), ranges: video.buffered.length,
                 width: video.videoWidth, height: video.videoHeight, at: video.currentTime};
  video.remove();
  return found;
}
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    if (program := shutil.which("chromium")) is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto("about:blank")
        yield page
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", [name for name, one in STRANGERS.items() if one.sound != "pcm_alaw"])
def test_chromium_plays_it_to_the_end(name: str, recorded: dict[str, Written], page: Any) -> None:
    """Where it has the codec: it is asked, and what it refuses is what the live view then converts.

    G.711 is in the original and left out of what a browser is sent (`display.mime`).
    """
    one, stranger = recorded[name], STRANGERS[name]
    for file, mime, size in zip(one.files, one.mimes, stranger.sizes, strict=True):
        seen = page.evaluate(PAGE, [mime, [base64.b64encode(part).decode() for part in one.pieces(file)]])
        if "refused" in seen:
            assert stranger.codec == "hevc", seen
            pytest.skip(f"this Chromium says that it cannot play {mime}")
        mine = [fragment for fragment in one.fragments if one.root / fragment.text("file") == file]
        length = sum(fragment.integer("dur") for fragment in mine) / 90_000
        assert (seen["ranges"], seen["width"], seen["height"]) == (1, *size)
        assert seen["end"] - seen["start"] == pytest.approx(length, abs=0.2)
        assert seen["at"] == pytest.approx(seen["end"], abs=0.1), "played, not only taken"
