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
_Mark = tuple[int, int, int]
"""Inode, time of the last change and size: a file that was replaced has another."""


class FileHeads:
    """Writes `heads-<number>.json`, reads those of all recorders: a stream may have been another one's before.

    A file is replaced whole, so that a crash leaves the old or the new one; a damaged one says nothing. What it holds
    is read again only where another has written since: a commit of 200 streams remembers several times a second.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._own = folder / f"heads-{number}.json"
        self._lock = folder / f"heads-{number}.lock"
        self._left: _Mark | None = None
        """The file as this writer left it."""
        self._known: dict[StreamId, Head] = {}
        self._texts: dict[StreamId, str] = {}

    def recall(self) -> Mapping[StreamId, Head]:
        return remembered(self._folder)

    def remember(self, heads: Mapping[StreamId, Head]) -> None:
        try:
            with whole_file.held(self._lock):
                if _mark(self._own) != self._left:
                    # a predecessor that is still ending writes here too: only the later head of a stream may stay
                    self._known, self._texts = {}, {}
                    self._take(_read(self._own))
                self._take(heads)
                whole_file.put(self._own, f"{{{','.join(self._texts.values())}}}".encode())
                self._left = _mark(self._own)
        except OSError:
            with contextlib.suppress(OSError):
                self.forget()
            raise

    def _take(self, heads: Mapping[StreamId, Head]) -> None:
        for stream, head in _later(self._known, heads).items():
            self._known[stream] = head
            self._texts[stream] = f"{json.dumps(stream)}:{json.dumps(_plain(head))}"

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
        found |= _later(found, _read(path))
    return found


def _later(known: Mapping[StreamId, Head], heads: Mapping[StreamId, Head]) -> dict[StreamId, Head]:
    """Those of `heads` that are not older than what is known."""
    return {s: head for s, head in heads.items() if s not in known or known[s].order <= head.order}


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


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
