"""Where the scrubber stands, in `run/scrub.json`: its durable place, and its account for the storage page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mingjian.adapters import whole_file
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.reports import REPORT_BYTES_MAX
from mingjian.governance.readings import Problem, ScrubSaid
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MALFORMED
from mingjian.storage.scrub import Fault
from mingjian.storage.scrub_pace import Achieved, Pass

SCRUB_FILE = "scrub.json"
MOST_STANDING = 500
"""Findings kept by place; a disk that is dying has more, and their number says no more than this one."""

WORDS: Mapping[Fault, tuple[str, str]] = {
    Fault.DIFFERS: ("与录制时的哈希不符", "differs from the hash made at recording"),
    Fault.MISSING: ("链条目所记的录像缺失", "what the chain names is missing"),
    Fault.UNREADABLE: ("磁盘读取失败", "the disk cannot read it"),
    Fault.CHAIN: ("链文件被改动或损坏", "the chain file was changed or is damaged"),
    Fault.PACKAGE: ("证据包与登记的哈希不符或缺失", "the package differs from its registered hash, or is gone"),
    Fault.LEDGER: ("账本文件与检查点不符", "ledger files differ from the checkpoint"),
    Fault.DATABASE: ("数据库页损坏", "pages of the database are damaged"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Something wrong that stands: how many places, since when."""

    fault: Fault
    volume: str
    path: str
    count: int
    since: UtcNs


@dataclass
class ScrubState:
    """All that outlives a restart."""

    passes: dict[str, Pass] = field(default_factory=dict)
    checked: dict[str, UtcNs] = field(default_factory=dict)
    """When packages, ledger and database were last looked through."""
    standing: dict[str, Standing] = field(default_factory=dict)

    def keep(self, places: DataDirectory, now: UtcNs, achieved: Achieved | None) -> None:
        """Durable on return. Raises OSError, and then the former state stands."""
        content = asdict(self) | {"at": now, "achieved": asdict(achieved) if achieved is not None else None}
        whole_file.put(places.run / SCRUB_FILE, json.dumps(content, ensure_ascii=False).encode())


def load(places: DataDirectory) -> ScrubState:
    """As it was last kept; from the beginning where that cannot be read."""
    content = _content(places.run / SCRUB_FILE)
    try:
        return _state(content) if content is not None else ScrubState()
    except MALFORMED:
        return ScrubState()


def read_scrub(places: DataDirectory) -> ScrubSaid | None:
    """The scrubber's last word; None where it never spoke."""
    content = _content(places.run / SCRUB_FILE)
    try:
        if content is None:
            return None
        state, achieved = _state(content), content["achieved"]
        first = min(state.standing.values(), key=lambda one: one.since, default=None)
        return ScrubSaid(
            UtcNs(int(content["at"])),
            achieved["period_s"] if achieved is not None else None,
            float(achieved["needed_s"]) if achieved is not None else 0.0,
            float(achieved["done"]) if achieved is not None else 0.0,
            sum(one.count for one in state.standing.values()),
            first.since if first is not None else None,
            _problem(first) if first is not None else None,
        )
    except MALFORMED:
        return None


def _problem(first: Standing) -> Problem:
    text, text_en = WORDS[first.fault]
    where = first.path.rsplit("/", 1)[-1]
    return Problem(f"scrub.{first.fault}", f"{where}：{text}", f"{where}: {text_en}")


def _content(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(REPORT_BYTES_MAX))
    except (OSError, *MALFORMED):
        return None
    return content if isinstance(content, dict) else None


def _state(content: Mapping[str, Any]) -> ScrubState:
    return ScrubState(
        {str(volume): _pass(one) for volume, one in content["passes"].items()},
        {str(name): UtcNs(int(at)) for name, at in content["checked"].items()},
        {
            str(key): Standing(
                Fault(one["fault"]), str(one["volume"]), str(one["path"]), int(one["count"]), UtcNs(int(one["since"]))
            )
            for key, one in content["standing"].items()
        },
    )


def _pass(content: Mapping[str, Any]) -> Pass:
    ended = content["ended"]
    cursor = tuple(str(part) for part in content["cursor"])
    return Pass(
        UtcNs(int(content["begun"])), cursor, int(content["done_bytes"]), None if ended is None else UtcNs(int(ended))
    )
