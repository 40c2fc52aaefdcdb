"""A redacted copy as a file: masks burnt in, sound left out, marked; made by a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mingjian.kernel.errors import LocalError
from mingjian.kernel.masks import RedactionMask
from mingjian.processing.hidden_mark import MASKS, HiddenMark
from mingjian.processing.package_children import run_child
from mingjian.processing.package_copy import Source
from mingjian.processing.watermark import CopyMark

WORKER = (sys.executable, "-m", "mingjian.processing.redaction_worker")


@dataclass(frozen=True, slots=True)
class Part:
    """What one connection of the camera left: where its initialisation lies in the file, and its fragments."""

    init: tuple[int, int]
    fragments: Sequence[Source]


@dataclass(frozen=True, slots=True)
class RedactionJob:
    """Footage in one file, in parts that follow one another, what of it is shown, and what is burnt in.

    The copy spans connections: seconds without footage are black and say so.
    """

    footage: Path
    parts: Sequence[Part]
    start: int
    end: int
    masks: tuple[RedactionMask, ...]
    mark: CopyMark
    hidden: HiddenMark | None
    out: Path

    def line(self) -> bytes:
        """The job as its process reads it."""
        value = {
            "footage": str(self.footage),
            "parts": [asdict(one) for one in self.parts],
            "start": self.start,
            "end": self.end,
            "masks": MASKS.dump_python(self.masks, mode="json"),
            "mark": asdict(self.mark),
            "hidden": None if self.hidden is None else self.hidden.value(),
            "out": str(self.out),
        }
        return json.dumps(value, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> RedactionJob:
        """What `line` gave."""
        value = json.loads(line)
        return cls(
            Path(value["footage"]),
            [Part(tuple(one["init"]), [Source(**part) for part in one["fragments"]]) for one in value["parts"]],
            value["start"],
            value["end"],
            MASKS.validate_python(value["masks"]),
            CopyMark(**value["mark"]),
            HiddenMark.parse(value["hidden"]),
            Path(value["out"]),
        )


def make(
    job: RedactionJob, *, told: Callable[[float], None] = lambda share: None, command: Sequence[str] = WORKER
) -> int:
    """Write `job.out`; how many pictures it shows. Raises LocalError `redaction.failed` where none can be shown."""
    said: dict[str, Any] = {}

    def heard(line: bytes) -> None:
        try:
            value = json.loads(line)
        except ValueError:
            return  # a library's own words
        if isinstance(value, dict):
            said.update(value)
            if "share" in value:
                told(float(value["share"]))

    try:
        status = run_child(tuple(command), given=job.line(), told=heard, go_on=lambda: None)
    except (OSError, TimeoutError) as error:
        raise _failed(str(error)) from error
    if status != 0 or not said.get("frames"):
        raise _failed(str(said.get("failed", f"exit {status}")))
    return int(said["frames"])


def _failed(what: str) -> LocalError:
    return LocalError(
        "redaction.failed",
        f"制作遮挡副本失败：{what}",
        text_en=f"The redacted copy could not be made: {what}",
        remedy="换一个时段，或者查看日志",
        remedy_en="Choose another period, or look into the log",
    )
