"""What a volume holds, judged by its files alone: none of the recorder's own readers is asked.

The rules are those of docs/design/0002-storage.md: the chain's links, FRAG ∪ GAP without hole, every byte that an entry
names, every file named by an entry, and of what was promised nothing missing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

NO_HASH = "0" * 64
Fields = dict[str, Any]


def violations(volume: Path, stream: str, promised: Collection[tuple[int, int]]) -> list[str]:
    """What breaks a rule in one stream; `promised` are the (t1, seq) that were acknowledged."""
    epochs = _epochs(volume / stream / "chain")
    return [*_links(epochs), *_bytes(volume, epochs), *_files(volume, stream, epochs), *_kept(epochs, promised)]


def _epochs(chains: Path) -> dict[int, list[tuple[bytes, Fields]]]:
    """The whole lines of each epoch in their order, those left out that a later OPEN does not resume."""
    found: dict[int, list[tuple[bytes, Fields]]] = {}
    for file in sorted(chains.glob("*.jsonl"), key=lambda path: path.stem.split("-")[::-1]):
        data = file.read_bytes()
        for line in data[: data.rfind(b"\n") + 1].splitlines():
            fields = json.loads(line)
            found.setdefault(fields["epoch"], []).append((line, fields))
    for epoch, lines in sorted(found.items()):
        resumed = lines[0][1].get("resumes") if lines else None
        end = (resumed["epoch"], resumed["seq"]) if resumed else (-1, -1)
        for earlier in [number for number in found if number < epoch]:
            found[earlier] = [one for one in found[earlier] if (earlier, one[1]["seq"]) <= end]
    return {epoch: lines for epoch, lines in sorted(found.items()) if lines}


def _links(epochs: dict[int, list[tuple[bytes, Fields]]]) -> Iterator[str]:
    head, accounted = NO_HASH, None
    for epoch, lines in epochs.items():
        for number, (line, fields) in enumerate(lines):
            label = f"{epoch}/{fields['seq']} {fields['kind']}"
            if fields["seq"] != number or (fields["kind"] == "OPEN") != (number == 0):
                yield f"{label}: not the {number}th entry of its epoch"
            if fields["prev"] != head:
                yield f"{label}: prev is not the entry before"
            head = sha256(line).hexdigest()
            if fields["kind"] == "OPEN" and accounted is not None and fields["t0"] > accounted:
                yield f"{label}: {fields['t0'] - accounted} ns between the epochs are not accounted for"
            if fields["kind"] in ("FRAG", "GAP") and fields["t0"] != accounted:
                yield f"{label}: begins at {fields['t0']}, not at {accounted}"
            if fields["kind"] == "GAP" and not fields["cause"]:
                yield f"{label}: no cause"
            if fields["kind"] in ("FRAG", "GAP", "OPEN"):
                accounted = fields["t0"] if fields["kind"] == "OPEN" else fields["t1"]


def _bytes(volume: Path, epochs: dict[int, list[tuple[bytes, Fields]]]) -> Iterator[str]:
    contents: dict[str, bytes] = {}
    for epoch, lines in epochs.items():
        for _, fields in lines:
            for row in fields.get("missing", []):
                yield f"{epoch}: says that {row['file']} lacks bytes"
            for row in fields.get("quarantined", []):
                kept = volume / row["as"]
                if not kept.is_file() or sha256(kept.read_bytes()).hexdigest() != row["sha256"]:
                    yield f"{epoch}: {row['as']} is not what was put aside"
            if fields["kind"] != "FRAG":
                continue
            name = fields["file"]
            if name not in contents:
                contents[name] = (volume / name).read_bytes() if (volume / name).is_file() else b""
            data = contents[name][fields["off"] : fields["off"] + fields["bytes"]]
            if len(data) != fields["bytes"]:
                yield f"{epoch}/{fields['seq']}: {name} has {len(data)} of its {fields['bytes']} bytes"
            elif sha256(data).hexdigest() != fields["sha256"]:
                yield f"{epoch}/{fields['seq']}: other bytes in {name}"


def _files(volume: Path, stream: str, epochs: dict[int, list[tuple[bytes, Fields]]]) -> Iterator[str]:
    """Files without entry (I3), and bytes behind the last entry of a file that no entry speaks of."""
    ends: dict[str, int] = {}
    spoken: set[str] = set()
    for lines in epochs.values():
        for _, fields in lines:
            if fields["kind"] == "FRAG":
                ends[fields["file"]] = fields["off"] + fields["bytes"]
            for name in ("abandoned", "quarantined", "missing"):
                spoken |= {row["file"] for row in fields.get(name, [])}
    for path in sorted((volume / stream).rglob("*.mp4")):
        name = str(path.relative_to(volume))
        if name not in ends and name not in spoken:
            yield f"{name}: no entry names it"
        elif name in ends and name not in spoken and path.stat().st_size > ends[name]:
            yield f"{name}: bytes without entry"


def _kept(epochs: dict[int, list[tuple[bytes, Fields]]], promised: Collection[tuple[int, int]]) -> Iterator[str]:
    present = {(fields["t1"], fields["seq"]) for lines in epochs.values() for _, fields in lines}
    for t1, seq in sorted(set(promised) - present):
        yield f"acknowledged and gone: seq {seq} until {t1}"
