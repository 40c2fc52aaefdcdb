"""The playable copy in a package: transcoded and marked by a process of its own, one at a time, of lowest priority.

H.264 and AAC in a plain MP4, whatever the camera sent: every player shows it. It is no evidence and never touches what
is: the originals lie beside it in the package, sealed and without mark.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from mingjian.audit.chain import Entry
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import LocalError
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.package_children import run_child
from mingjian.processing.watermark import CopyMark

PIECE_NS = 30 * SECOND_NS
"""Footage of one unit of resumption: what a kill costs is half a minute of work at most."""
WORKER = (sys.executable, "-m", "mingjian.processing.package_copy_worker")


@dataclass(frozen=True, slots=True)
class Source:
    """Where one fragment lies in the unfinished archive, and when it was: its first decode time and wall time."""

    offset: int
    size: int
    pts0_90k: int
    t0: int


@dataclass(frozen=True, slots=True)
class CopyJob:
    """One playable copy: the fragments of one initialisation, in pieces that each begin with a key frame.

    What is finished of it lies in `folder`, under names that tell this job from any other, so that another try goes on.
    """

    archive: Path
    folder: Path
    init: tuple[int, int]
    pieces: Sequence[Sequence[Source]]
    mark: CopyMark
    hidden: HiddenMark | None = None

    @property
    def out(self) -> Path:
        """Where the finished copy lies."""
        return self.folder / f"copy-{self._name}.mp4"

    def piece(self, number: int) -> Path:
        """Where a finished piece lies until the copy is whole."""
        return self.folder / f"copy-{self._name}-{number:04d}.piece"

    @property
    def shown(self) -> Path:
        """A note of how many pictures the copy shows: it stays until the package is whole."""
        return self.folder / f"copy-{self._name}.shown"

    def discard(self) -> None:
        """Remove the copy and all pieces of it."""
        for path in self.folder.glob(f"copy-{self._name}*"):
            if path != self.shown:
                path.unlink()

    def line(self) -> bytes:
        """The job as its process reads it."""
        value = asdict(replace(self, hidden=None)) | {"archive": str(self.archive), "folder": str(self.folder)}
        value["hidden"] = None if self.hidden is None else self.hidden.value()
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"

    @property
    def _name(self) -> str:
        about = [self.init, [list(map(asdict, piece)) for piece in self.pieces], asdict(self.mark)]
        if self.hidden is not None:
            about.append([self.hidden.entry, sha256(self.hidden.key).hexdigest()])
        return sha256(json.dumps(about).encode()).hexdigest()[:16]

    @classmethod
    def parse(cls, line: bytes) -> CopyJob:
        """What `line` gave."""
        value = json.loads(line)
        return cls(
            Path(value["archive"]),
            Path(value["folder"]),
            (value["init"][0], value["init"][1]),
            [[Source(**source) for source in piece] for piece in value["pieces"]],
            CopyMark(**value["mark"]),
            HiddenMark.parse(value["hidden"]),
        )


class Copies(Protocol):
    """What makes playable copies."""

    def make(self, job: CopyJob, *, did: Callable[[int, bool], None], go_on: Callable[[], None]) -> int:
        """Write `job.out`; how many frames it shows. `did` is told frames as they are done, and whether an earlier
        try had done them.

        Raises LocalError or RemoteError where the copy cannot be made, and what `go_on` raises.
        """
        ...


class ProcessCopies:
    """`Copies` in a short-lived process of one thread and lowest priority: a decoder that crashes costs one copy."""

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        self._command = tuple(command)

    def make(self, job: CopyJob, *, did: Callable[[int, bool], None], go_on: Callable[[], None]) -> int:
        said: dict[str, Any] = {}

        def told(line: bytes) -> None:
            try:
                value = json.loads(line)
            except ValueError:
                return  # a library's own words
            if isinstance(value, dict):
                said.update(value)
                if "did" in value:
                    did(value["did"], bool(value.get("kept")))

        try:
            status = run_child(self._command, given=job.line(), told=told, go_on=go_on)
        except (OSError, TimeoutError) as error:
            raise _failed(str(error)) from error
        if status != 0 or "frames" not in said:
            code = said.get("failed")
            raise (
                LocalError(str(code), "无法制作可播放副本", text_en="The playable copy cannot be made")
                if code
                else _failed(f"exit {status}")
            )
        return int(said["frames"])


def pieces_of(entries: Sequence[Entry], places: Sequence[tuple[int, int]]) -> list[list[Source]]:
    """The fragments of a copy in pieces of about `PIECE_NS` that begin with a key frame; `places` are theirs."""
    pieces: list[list[Source]] = []
    for entry, (offset, size) in zip(entries, places, strict=True):
        if not pieces or (entry.t0 - pieces[-1][0].t0 >= PIECE_NS and "key" not in entry.fields):
            pieces.append([])
        pieces[-1].append(Source(offset, size, entry.integer("pts0"), entry.t0))
    return pieces


def _failed(what: str) -> LocalError:
    return LocalError(
        "copy.failed",
        f"制作可播放副本的进程失败：{what}",
        text_en=f"The process that makes the playable copy failed: {what}",
        remedy="原始录像不受影响；重复出现时查看日志",
        remedy_en="The original recordings are not affected; look into the log if this comes again",
    )
