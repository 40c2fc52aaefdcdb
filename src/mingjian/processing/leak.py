"""Who a leaked picture or clip was handed to: its hidden mark, read by a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import Invalid, LocalError
from mingjian.processing.forensic import Found
from mingjian.processing.package_children import run_child

LARGEST_BYTES = 64 << 20
"""A screenshot, or some minutes as they are sent around; longer clips are cut first."""
WORKER = (sys.executable, "-m", "mingjian.processing.leak_worker")
_FAILURES = {
    "leak.type": (
        "只能识别 PNG、JPEG 图片和 MP4 视频",
        "A PNG or JPEG picture or an MP4 clip is read, nothing else",
        "截图保存为 PNG，或者转为 MP4 后上传",
        "Save a screenshot as PNG, or turn the clip into MP4",
    ),
    "leak.unreadable": (
        "文件不能解码",
        "The file cannot be decoded",
        "确认文件完整，或者换一张截图",
        "Check that the file is whole, or take another screenshot",
    ),
}


@dataclass(frozen=True, slots=True)
class LeakRead:
    """What was read: of how many pictures, and the mark found; None says that there is no mark strong enough."""

    pictures: int
    found: Found | None


class ProcessLeakReader:
    """Reads files from outside in a short-lived process, bounded in memory and time. `keys` by their number."""

    def __init__(self, keys: Mapping[int, bytes], command: Sequence[str] = WORKER) -> None:
        self._keys = dict(keys)
        self._command = tuple(command)

    def read(self, data: bytes, entries: int, *, told: Callable[[float], None] = lambda share: None) -> LeakRead:
        """What `data` bears, of a register of `entries`; `told` hears how far it is.

        Blocks for seconds. Raises Invalid for what is no picture or clip or is too large, LocalError where the
        process fails.
        """
        if len(data) > LARGEST_BYTES:
            most = LARGEST_BYTES >> 20
            raise Invalid(
                "leak.large",
                f"文件超过 {most} MiB",
                text_en=f"The file is larger than {most} MiB",
                remedy="截取其中一段或者一张截图",
                remedy_en="Cut a piece out of it, or take a screenshot",
                field="file",
            )
        order = {"bytes": len(data), "entries": entries, "keys": {name: key.hex() for name, key in self._keys.items()}}
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
            status = run_child(
                self._command, given=json.dumps(order).encode() + b"\n" + data, told=heard, go_on=lambda: None
            )
        except (OSError, TimeoutError) as error:
            raise _failed(str(error)) from error
        if said.get("failed") in _FAILURES:
            text, text_en, remedy, remedy_en = _FAILURES[said["failed"]]
            raise Invalid(said["failed"], text, text_en=text_en, remedy=remedy, remedy_en=remedy_en, field="file")
        if status != 0 or "found" not in said:
            raise _failed(f"exit {status}")
        found = said["found"]
        return LeakRead(int(said["pictures"]), None if found is None else Found(**found))


def _failed(what: str) -> LocalError:
    return LocalError(
        "leak.failed",
        f"读取标记的进程失败：{what}",
        text_en=f"The process that reads the mark failed: {what}",
        remedy="换一张截图，或者较短的一段",
        remedy_en="Try a screenshot, or a shorter piece",
    )
