"""`storage.clock_trust.ClockMemory` in one small file of the installation, apart from volumes and database."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mingjian.adapters import whole_file
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MALFORMED
from mingjian.storage.clock_trust import ClockMemory, Freeze, Sample, Seen
from mingjian.storage.expiry import ClockStep

CLOCK_FILE = "clock.json"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class ClockFile:
    """Read and changed under a lock that all processes of the installation share; replaced whole and durably."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CLOCK_FILE
        self._lock = folder / f"{CLOCK_FILE}.lock"

    def change(self, change: Callable[[ClockMemory | None, bool], ClockMemory]) -> ClockMemory:
        """What `change` made of what is known, durable on return. It gets None, and whether that is because what was
        kept cannot be read. Raises OSError, and then nothing has changed."""
        with whole_file.held(self._lock):
            known, lost = self._read()
            after = change(known, lost)
            if after != known:
                whole_file.put(self._path, json.dumps(asdict(after)).encode())
            return after

    def read(self) -> ClockMemory | None:
        """As it was last written; None where there is nothing that can be read. Never raises."""
        return self._read()[0]

    def _read(self) -> tuple[ClockMemory | None, bool]:
        try:
            return _memory(json.loads(self._path.read_bytes())), False
        except FileNotFoundError:
            return None, False
        except (OSError, *MALFORMED):
            return None, True


def boot_id() -> str:
    """A name of this start of the machine: monotonic times compare only within it. Empty where the system has none."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _memory(content: Mapping[str, Any]) -> ClockMemory:
    freeze = content["freeze"]
    return ClockMemory(
        _sample(content["anchor"]),
        _sample(content["last"]),
        None
        if freeze is None
        else Freeze(
            str(freeze["mark"]),
            Seen(freeze["seen"]),
            *(UtcNs(int(freeze[name])) for name in ("found", "expected", "at_found")),
        ),
        tuple(ClockStep(UtcNs(int(step["at"])), int(step["by_ns"])) for step in content["steps"]),
    )


def _sample(content: Mapping[str, Any]) -> Sample:
    return Sample(UtcNs(int(content["wall"])), int(content["monotonic_ns"]), str(content["boot"]))
