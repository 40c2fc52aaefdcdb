"""The history of a run: who did what, what was answered, when. Only ever appended to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

KINDS = {
    "started": "a recorder process began",
    "crashed": "it died; `power`: and the machine with it",
    "stopped": "it ended in order",
    "opened": "`stream` is recorded from here on",
    "closed": "`stream` was closed in order",
    "sent": "a camera gave `stream` a sample; `sha256` of its bytes",
    "acknowledged": "everything of `stream` up to `t1` and `seq` is recorded, said the recorder",
    "fault": "`what` the world did to `streams` ('*': all); what is missing of theirs from then on may have that cause",
    "stepped": "the wall clock stepped `by_ns`",
    "frozen": "expiry stands still, for the clock is not believed",
    "believed": "persons have confirmed the clock",
    "paused": "nothing ran for a while, or only now and then",
    "damaged": "the world changed bytes of `file` on `volume` at `off`; `bytes` of them",
    "held": "`stream` from `t0` to `t1` may not go; `until_ns` of the run's own time, where it ends",
    "expired": "an expiry pass over `stream` on `volume` returned",
    "headed": "the ledger took the head of `stream`: `epoch`, `seq`, `sha256` of that line",
    "served": "somebody was given a fragment of `stream` as good; `sha256` of its bytes, `samples`: theirs",
    "committed": "the ledger took an entry under `index`; `sha256` of its leaf",
    "left": "bytes of `stream` left for somebody; `index` of the entry that registers it",
    "published": "the ledger's head `size`, `root` (hexadecimal) became public",
}
"""The closed list of acts."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `true_ns`: the run's own time, that no clock step touches; `wall_ns`: what the wall clock showed."""

    number: int
    true_ns: int
    wall_ns: int
    kind: str
    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def line(self) -> str:
        """As it stands in a history file."""
        return json.dumps(
            {"n": self.number, "true": self.true_ns, "wall": self.wall_ns, "act": self.kind, **self.fields},
            sort_keys=True,
            separators=(",", ":"),
        )


class History:
    """Acts in order. With `out` each is also written as a line, at once: the writer may be killed next."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._acts: list[Act] = []
        self._out = out

    def add(self, kind: str, true_ns: int, wall_ns: int, **fields: Any) -> None:
        """Append one act. KeyError: no such kind."""
        assert KINDS[kind]
        act = Act(len(self._acts), true_ns, wall_ns, kind, fields)
        self._acts.append(act)
        if self._out is not None:
            self._out.write(act.line() + "\n")
            self._out.flush()

    def __iter__(self) -> Iterator[Act]:
        return iter(self._acts)

    def __len__(self) -> int:
        return len(self._acts)

    def of(self, *kinds: str) -> list[Act]:
        """The acts of these kinds, in order."""
        return [act for act in self._acts if act.kind in kinds]

    @classmethod
    def load(cls, path: Path) -> History:
        """A history file; a last line that a kill cut off was never said."""
        history = cls()
        for line in path.read_text().split("\n")[:-1]:
            fields = json.loads(line)
            true_ns, wall_ns, kind = fields.pop("true"), fields.pop("wall"), fields.pop("act")
            fields.pop("n")
            history.add(kind, true_ns, wall_ns, **fields)
        return history
