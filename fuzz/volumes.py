"""Volumes from elsewhere: chains that somebody rewrote, before fsck, the catalogue and the start of a recorder."""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fuzz.harness import Harness, Pieces, scratch, strung
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.disk import OsDisk
from mingjian.audit.chain import entry_hash
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.period import Period
from mingjian.storage.fsck import Depth, Tally, check
from mingjian.storage.reader import FragmentReader
from mingjian.storage.recovery import recover, survey
from mingjian.storage.tailer import tail_once
from mingjian.storage.volume import Volume
from storage_world import STREAM, FakeDisk, House, identity

LATEST = UtcNs(1 << 62)
RELINK, TAIL, RECOVER = 1, 2, 4
"""Flags before the edits: link what follows anew; read it into a catalogue; start a recorder on it."""
NAMES = (
    *("file", "off", "bytes", "sha256", "init_sha", "key", "pts0", "dur", "kind", "t0", "t1", "epoch", "seq", "cause"),
    *("evidence", "quarantined", "abandoned", "missing", "resumes", "clk", "vol", "stream", "shift", "frames"),
)
ROW = {"vol": "v1", "file": "cam-1/x.mp4", "off": 0, "bytes": 5, "as": "quarantine/cam-1/x", "sha256": "0" * 64}
VALUES: tuple[Any, ...] = (
    *(-1, 0, 1, 5, True, None, "", "x", "../x", "/etc/passwd", "cam-1", "x\0y", "\ud800", [], {}, "0" * 64),
    *([ROW], [ROW | {"file": "../x"}], [ROW | {"as": "/x"}], [ROW | {"off": -1}], [ROW | {"bytes": 10**13}], [1]),
    *(10**13, 2**62, 2**63, 10**30, "FRAG", "GAP", "OPEN", "EXPIRE", "EXPUNGE", "CLOSE", "CLOCK", "network", "v2"),
)


@lru_cache
def recorded() -> dict[str, bytes]:
    """Every file of a volume with two epochs, the first one ended by a crash."""
    with tempfile.TemporaryDirectory() as place:
        house = House(FakeDisk(), Path(place) / "catalogue.sqlite")
        house.feed(house.open(), 9, size=40)
        house.restart()
        house.clock.advance(100)
        house.feed(house.open(), 9, size=40)
        house.catalogue.close()
    return {path.removeprefix("/v1/"): bytes(file.data) for path, file in house.disk.files.items()}


def rewritten(chain: bytes, edits: bytes, *, relink: bool) -> bytes:
    """The lines of a chain after the edits: each names a line, a field and what to put there."""
    lines = chain.split(b"\n")[:-1]
    changed: dict[int, Any] = {}
    pieces = Pieces(edits)
    while pieces:
        at, name, value = pieces.byte() % len(lines), NAMES[pieces.byte() % len(NAMES)], pieces.byte()
        entry = changed.setdefault(at, json.loads(lines[at]))
        if value == 0xFF:
            entry.pop(name, None)
            continue
        chosen = VALUES[value % len(VALUES)]
        if name in ("t0", "t1") and type(chosen) is int and chosen < 1 << 63:
            # near the others: a period of decades is a catalogue row for each of its days
            chosen = json.loads(lines[at])["t1"] + (value - 0x80) * SECOND_NS
        entry[name] = copy.deepcopy(chosen)
    made: list[bytes] = []
    for number, line in enumerate(lines):
        entry = changed.get(number) or (json.loads(line) if relink and changed else None)
        if entry is not None:
            if relink and made:
                entry["prev"] = entry_hash(made[-1])
            line = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
        made.append(line)
    return b"".join(line + b"\n" for line in made)


def volume_files(data: bytes) -> bool:
    """Whatever the chains say, the check ends and speaks, the catalogue takes it, a recorder starts behind it."""
    pieces = Pieces(data)
    flags, torn = pieces.byte(), pieces.byte()
    edits = list(pieces.strings())
    root = scratch() / "volume"
    chains = sorted(name for name in recorded() if "/chain/" in name)
    for path in sorted(root.rglob("*"), reverse=True):  # what the input before left
        path.rmdir() if path.is_dir() else path.unlink()
    for name, content in recorded().items():
        if name in chains:
            edit = edits[chains.index(name)] if chains.index(name) < len(edits) else b""
            content = rewritten(content, edit, relink=flags & RELINK != 0)
            content = content[: len(content) - torn] if name == chains[-1] else content
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    volumes = [Volume(str(root), identity())]
    findings = [str(finding) for finding in check(OsDisk(), volumes, Depth.HASH, Tally()) if finding.severe]
    if flags & TAIL:
        with contextlib.closing(SqliteCatalogue(root / "catalogue.sqlite")) as catalogue:
            tail_once(OsDisk(), volumes, catalogue)
            reader = FragmentReader(OsDisk(), volumes, catalogue, ManualClock())
            assert all(item.t0 <= item.t1 for item in reader.fragments(STREAM, Period(UtcNs(0), LATEST)))
    if flags & RECOVER:
        recover([survey(OsDisk(), volume, STREAM) for volume in volumes], ManualClock().now())
    return not findings


def volume_seeds() -> Iterator[bytes]:
    yield b"\0\0"
    yield bytes((TAIL | RECOVER, 9))
    for name in range(len(NAMES)):
        for flags in (0, RELINK | TAIL, RELINK | RECOVER):
            yield bytes((flags, 0)) + strung([bytes((1, name, 8)), bytes((0, name, 17))])


HARNESSES = (Harness("volume-files", volume_files, volume_seeds, (check, tail_once, survey, recover), max_bytes=256),)
