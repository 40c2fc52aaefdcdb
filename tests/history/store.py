"""Volumes as bytes by name, and what their chain lines say; read by this module alone."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHAIN = re.compile(r"(?P<stream>[^/]+)/chain/(?P<day>\d{8})-(?P<epoch>\d{6,})\.jsonl")
CONTAINER = re.compile(r"(?P<stream>[^/]+)/\d{4}/\d\d/\d\d/\d{6}-(?P<epoch>\d{6,})-(?P<seq>\d{9,})\.mp4")
NO_HASH = "0" * 64
COVERING = ("FRAG", "GAP")


class Folder(Mapping[str, bytes]):
    """The files below a directory, by their path in it; each is read when it is asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __getitem__(self, name: str) -> bytes:
        path = self._root / name
        if not path.is_file():
            raise KeyError(name)
        return path.read_bytes()

    def __iter__(self) -> Iterator[str]:
        return (str(path.relative_to(self._root)) for path in sorted(self._root.rglob("*")) if path.is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Line:
    """One chain line as it stands; `place` says where."""

    volume: str
    file: str
    epoch: int
    seq: int
    kind: str
    t0: int
    t1: int
    hash: str
    fields: dict[str, Any]
    at: int

    @property
    def place(self) -> str:
        return f"{self.volume}:{self.file} epoch {self.epoch} seq {self.seq} {self.kind}"


@dataclass
class Volume:
    """One volume's bytes, and what its identity file claims of its terms."""

    id: str
    floor_ns: int
    ceiling_ns: int
    files: Mapping[str, bytes]
    names: frozenset[str]

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Volume:
        body = json.loads(json.loads(files["mingjian-volume.json"])["body"])
        return cls(
            str(body["id"]), int(body["floor_s"]) * 10**9, int(body["ceiling_s"]) * 10**9, files, frozenset(files)
        )


@dataclass
class Stream:
    """The lines of one stream on all volumes, by (epoch, seq); `standing` are those that no later OPEN left behind."""

    name: str
    lines: list[Line] = field(default_factory=list)
    standing: list[Line] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(invariant, what is wrong), found while reading."""
    unread: list[tuple[str, str, str, int]] = field(default_factory=list)
    """(invariant, volume, file, offset) of bytes that are no line: an OPEN may say that they were left behind."""


def read_streams(volumes: Mapping[str, Volume], *, settled: bool) -> dict[str, Stream]:
    """Every stream's chain. `settled`: no crash is left to be settled by a start, so nothing may be torn."""
    streams: dict[str, Stream] = {}
    for volume in volumes.values():
        for name in sorted(volume.names):
            if (found := CHAIN.fullmatch(name)) is not None:
                stream = streams.setdefault(found["stream"], Stream(found["stream"]))
                _read_file(stream, volume, name, int(found["epoch"]), settled=settled)
    for stream in streams.values():
        stream.lines.sort(key=lambda line: (line.epoch, line.seq))
        left = {
            (str(row.get("vol")), str(row.get("file"))): int(row.get("off", 0))
            for line in stream.lines
            for rows in (line.fields.get("abandoned", []), line.fields.get("quarantined", []))
            for row in rows
        }
        # what an OPEN left behind was never acknowledged, and may be torn
        stream.lines = [line for line in stream.lines if line.at < left.get((line.volume, line.file), 1 << 62)]
        _link(stream)
        for invariant, volume_id, name, at in stream.unread:
            if at < left.get((volume_id, name), 1 << 62):
                stream.problems.append((invariant, f"{volume_id}:{name} at {at} is no line, and no OPEN says so"))
    return streams


def _read_file(stream: Stream, volume: Volume, name: str, epoch: int, *, settled: bool) -> None:
    pieces = volume.files[name].split(b"\n")
    if pieces[-1] and settled:
        stream.unread.append(("I4", volume.id, name, len(volume.files[name]) - len(pieces[-1])))
    end = 0
    for number, piece in enumerate(pieces[:-1]):
        at, end = end, end + len(piece) + 1
        try:
            fields = json.loads(piece)
            line = Line(
                volume.id,
                name,
                int(fields["epoch"]),
                int(fields["seq"]),
                str(fields["kind"]),
                int(fields["t0"]),
                int(fields["t1"]),
                hashlib.sha256(piece).hexdigest(),
                fields,
                at,
            )
        except (ValueError, KeyError, TypeError):
            if settled or number != len(pieces) - 2:
                stream.unread.append(("I1", volume.id, name, at))
            continue
        if line.epoch != epoch or fields.get("stream") != stream.name:
            stream.problems.append(("I8", f"{line.place}: stands in a file of another epoch or stream"))
        stream.lines.append(line)


def _link(stream: Stream) -> None:
    """Follow the chain back from its newest epoch: that line is what stands."""
    epochs: dict[int, list[Line]] = {}
    for line in stream.lines:
        epochs.setdefault(line.epoch, []).append(line)
    for epoch, lines in epochs.items():
        if len({line.volume for line in lines}) > 1:
            stream.problems.append(("I8", f"{stream.name}: epoch {epoch} was written on two volumes"))
        for before, line in zip([None, *lines], lines, strict=False):
            if before is not None and line.seq != before.seq + 1:
                word = "twice" if line.seq == before.seq else "not following"
                stream.problems.append(("I8", f"{line.place}: seq {word} after {before.seq}"))
            elif before is not None and line.fields.get("prev") != before.hash:
                stream.problems.append(("I8", f"{line.place}: prev is not the hash of the line before"))
    place: tuple[int, int] | None = max(((line.epoch, line.seq) for line in stream.lines), default=None)
    while place is not None:
        lines = [line for line in epochs.get(place[0], ()) if line.seq <= place[1]]
        stream.standing[:0] = lines
        if not lines or lines[-1].seq != place[1]:
            stream.problems.append(("I1", f"{stream.name}: {place} is resumed, but does not stand in any chain"))
            return
        opening = lines[0]
        if opening.kind != "OPEN" or opening.seq != 0:
            stream.problems.append(("I8", f"{opening.place}: an epoch must begin with OPEN, seq 0"))
            return
        resumes = opening.fields.get("resumes")
        place = (int(resumes["epoch"]), int(resumes["seq"])) if isinstance(resumes, dict) else None
        resumed = next((line for line in epochs.get(place[0], ()) if line.seq == place[1]), None) if place else None
        if place is not None and place[0] >= opening.epoch:
            stream.problems.append(("I8", f"{opening.place}: resumes an epoch that is not before it"))
            return
        if opening.fields.get("prev") != (resumed.hash if resumed else NO_HASH if place is None else None):
            stream.problems.append(("I8", f"{opening.place}: prev is not the hash of what it resumes"))
