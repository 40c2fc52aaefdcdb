"""What a candidate kept of what was sent to it, read back from its files alone.

Frames due are those that a camera sends from its first kept frame to its last, whatever lies between: a lost frame, a
gap and a camera that was never recorded all count as lost.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av

from bench.cameras import FRAMES_PER_SECOND, slice_hashes
from mingjian.kernel.media import Codec
from mingjian.wire.nal import from_length_prefixed

TICKS_PER_FRAME = 90_000 // FRAMES_PER_SECOND
_RTP = struct.Struct(">BBHI")


@dataclass(frozen=True, slots=True)
class Kept:
    """Frames of some streams, and what was looked at."""

    frames: int
    due: int
    lost: int
    """Of each stream for itself: what one has too much of excuses no other."""
    streams: int
    note: str = ""
    causes: Counter[str] = field(default_factory=Counter)


def total(kept: Sequence[tuple[int, int]], missing: int, seconds: float, note: str = "") -> Kept:
    """The sum over the streams looked at; `missing` ones sent all their frames for nothing."""
    never = round(missing * seconds * FRAMES_PER_SECOND)
    lost = sum(max(due - frames, 0) for frames, due in kept) + never
    return Kept(sum(frames for frames, _ in kept), sum(due for _, due in kept) + never, lost, len(kept), note)


def in_volume(volume: Path, cameras: int, seconds: float) -> Kept:
    """What one of our volumes holds of `cameras`, by its chains."""
    chains = [chain_entries(folder) for folder in sorted(volume.glob("*/chain"))]
    found = [by_chain(entries) for entries in chains]
    causes = Counter(cause for _, _, names in found for cause in names)
    note = "; ".join([f"{len(found)} of {cameras} cameras recorded", *(f"{n} gaps {c}" for c, n in causes.items())])
    summed = total([(frames, due) for frames, due, _ in found], cameras - len(found), seconds, note)
    return replace(summed, causes=causes)


def chain_entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for chain in sorted(folder.glob("*.jsonl")) for line in chain.read_bytes().splitlines()]


def by_chain(entries: Sequence[dict[str, Any]]) -> tuple[int, int, list[str]]:
    """One camera: frames kept, frames due from its first frame to its last, causes of the gaps between.

    Due are those of the media time of its fragments, of what is missing between two that adjoin, and of its gaps by the
    clock: when frames arrived, late or in a burst, does not matter.
    """
    places = [place for place, entry in enumerate(entries) if entry["kind"] == "FRAG"]
    if not places:
        return 0, 0, ["nothing"]
    frames = ticks = gap_ns = 0
    causes: list[str] = []
    ended: int | None = None
    for entry in entries[places[0] : places[-1] + 1]:
        if entry["kind"] == "FRAG":
            frames += entry["frames"]
            ticks += entry["dur"] + (max(entry["pts0"] - ended, 0) if ended is not None else 0)
            ended = entry["pts0"] + entry["dur"]
        elif entry["kind"] in ("GAP", "OPEN"):
            ended = None
            if entry["kind"] == "GAP" and entry["t1"] > entry["t0"]:
                gap_ns += entry["t1"] - entry["t0"]
                causes.append(entry["cause"])
    return frames, round(ticks / TICKS_PER_FRAME) + round(gap_ns / 1e9 * FRAMES_PER_SECOND), causes


def in_files(files: Sequence[Path]) -> tuple[int, int]:
    """One camera's MP4 files: frames, and frames due by their own time stamps."""
    frames = due = 0
    for file in files:
        with av.open(str(file)) as container:
            times = [p.dts * p.time_base for p in container.demux(video=0) if p.dts is not None]
        frames += len(times)
        due += round((max(times) - min(times)) * FRAMES_PER_SECOND) + 1 if times else 0
    return frames, due


def on_the_wire(data: bytes) -> tuple[int, int]:
    """One camera's connection as it was read: frames (markers of channel 0), and frames due by the RTP times."""
    at, frames = 0, 0
    first: int | None = None
    last = 0
    while at + 12 <= len(data):
        if data[at] != 0x24:  # an answer between two packets
            at = data.find(b"\r\n\r\n", at) + 4
            if at < 4:
                break
            continue
        end = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data):
            break
        if data[at + 1] == 0:
            _, second, _, timestamp = _RTP.unpack_from(data, at + 4)
            if second & 0x80:
                frames += 1
                first = timestamp if first is None else first
                last = timestamp
        at = end
    due = (last - first & 0xFFFF_FFFF) // TICKS_PER_FRAME + 1 if first is not None else 0
    return frames, due


@dataclass(frozen=True, slots=True)
class Compared:
    """Samples read back and held against the source."""

    streams: int
    samples: int
    wrong: int


def compare(volume: Path, streams: int, sent: Sequence[tuple[bytes, ...]]) -> Compared:
    """Read back `streams` of a volume, evenly chosen, through FFmpeg's demuxer, and look every sample up in `sent`.

    A sample that the source never sent is wrong; so is one that does not follow its predecessor, unless the chain tells
    of a gap (what is lost in gaps counts as lost frames).
    """
    folders = sorted(folder for folder in volume.glob("*/chain"))
    chosen = folders[:: max(1, len(folders) // streams)][:streams]
    samples = wrong = 0
    for folder in chosen:
        files = sorted(path for path in folder.parent.rglob("*.mp4"))
        kept = [found for file in files for found in sample_hashes(file)]
        samples += len(kept)
        unknown, jumps = out_of_order(kept, sent)
        wrong += unknown + max(jumps - len(by_chain(chain_entries(folder))[2]), 0)
    return Compared(len(chosen), samples, wrong)


def sample_hashes(file: Path) -> Iterator[tuple[bytes, ...]]:
    """Of each video sample of an MP4 file, the SHA-256 of its slices."""
    with av.open(str(file)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield slice_hashes(Codec.H264, from_length_prefixed(bytes(packet)))


def out_of_order(kept: Sequence[tuple[bytes, ...]], sent: Sequence[tuple[bytes, ...]]) -> tuple[int, int]:
    """How many of `kept` are no frame of `sent`, and how many are not the next of its endless repetition.

    The first may be any of it.
    """
    place = {frame: number for number, frame in enumerate(sent)}
    unknown = jumps = 0
    expected: int | None = None
    for frame in kept:
        found = place.get(frame)
        if found is None:
            unknown += 1
            found = expected
        elif expected is not None and found != expected:
            jumps += 1
        if found is not None:
            expected = (found + 1) % len(sent)
    return unknown, jumps
