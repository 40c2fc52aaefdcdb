"""`storage.ports.HeadMemory` in one small file a recorder, beside its stored assignment and apart from the volumes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mingjian.adapters import whole_file
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MALFORMED
from mingjian.kernel.ids import StreamId
from mingjian.storage.ports import Head

PATTERN = "heads-*.json"


class FileHeads:
    """Writes `heads-<number>.json`, reads those of all recorders: a stream may have been another one's before.

    A file is replaced whole, so that a crash leaves the old or the new one; a damaged one says nothing.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._own = folder / f"heads-{number}.json"
        self._lock = folder / f"heads-{number}.lock"

    def recall(self) -> Mapping[StreamId, Head]:
        return remembered(self._folder)

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        try:
            with whole_file.held(self._lock):
                # a predecessor that is still ending writes here too: only the later head of a stream may stay
                known = _later(_read(self._own), heads)
                data = json.dumps({stream: _plain(head) for stream, head in known.items()}).encode()
                whole_file.put(self._own, data)
        except OSError:
            with contextlib.suppress(OSError):
                self.forget()
            raise

    def forget(self) -> None:
        gone = list(self._folder.glob(PATTERN))
        for path in gone:
            path.unlink(missing_ok=True)
        if gone:
            whole_file.sync_directory(self._folder)


def remembered(folder: Path) -> dict[StreamId, Head]:
    """The newest head of each stream, whichever recorder remembered it."""
    found: dict[StreamId, Head] = {}
    for path in folder.glob(PATTERN):
        found = _later(found, _read(path))
    return found


def _later(known: Mapping[StreamId, Head], heads: Mapping[StreamId, Head]) -> dict[StreamId, Head]:
    return {**known, **{s: head for s, head in heads.items() if s not in known or known[s].order <= head.order}}


def _read(path: Path) -> dict[StreamId, Head]:
    try:
        content = json.loads(path.read_bytes())
        return {StreamId(stream): _head(value) for stream, value in content.items()}
    except (OSError, *MALFORMED):
        return {}


def _plain(head: Head) -> dict[str, Any]:
    # by hand: `asdict` takes longer than all the rest of a commit's memory of 200 streams
    return {"epoch": head.epoch, "last": head.last, "hash": head.hash, "t1": head.t1, "clean": head.clean}


def _head(value: dict[str, Any]) -> Head:
    last = value["last"]
    place = (int(last[0]), int(last[1])) if last is not None else None
    return Head(int(value["epoch"]), place, str(value["hash"]), UtcNs(int(value["t1"])), bool(value["clean"]))
