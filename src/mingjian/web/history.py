"""The history of an entity as its page shows it: ledger entries, read back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from mingjian.app.records import PastAct


class HistoryOut(BaseModel):
    """One ledger entry about the entity; `step` is its kind, `index` its number."""

    index: int
    at_ms: int
    step: str
    person: str
    comment: str | None
    facts: dict[str, Any]


def history_of(acts: Iterable[PastAct]) -> list[HistoryOut]:
    """The entries in the order given."""
    return [
        HistoryOut(
            index=past.index,
            at_ms=past.at // 1_000_000,
            step=past.kind,
            person=past.person_name,
            comment=_comment(past.facts),
            facts=past.facts,
        )
        for past in acts
    ]


def _comment(facts: dict[str, object]) -> str | None:
    found = next((facts[name] for name in ("comment", "reason", "text", "officer") if facts.get(name)), None)
    return str(found) if found is not None else None
