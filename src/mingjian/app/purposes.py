"""The grounds on which a unit's own people may look back: read by them, changed by the management with an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.performing import asking, performing
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import Actor
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.purposes import DEFAULTS, LONGEST, MOST, SHORTEST
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import UnitId


def purposes_of(uow: UnitOfWork, unit: UnitId) -> tuple[str, ...]:
    """The grounds that count for a unit now."""
    return uow.register.purposes(unit) or DEFAULTS


def copies_of(uow: UnitOfWork, unit: UnitId) -> tuple[str, ...]:
    """Those of them that allow the unit a copy: none until its rules name one."""
    return uow.register.copy_purposes(unit)


@dataclass(frozen=True, slots=True)
class Grounds:
    """The unit's rules: why its people look back, and for which of these they may copy."""

    purposes: tuple[str, ...]
    copies: tuple[str, ...]


def list_purposes(store: Store, *, actor: Actor, clock: Clock) -> Grounds:
    with asking(store, Act.PURPOSE_LIST, actor=actor, clock=clock) as doing:
        unit = doing.person.unit
        return Grounds(purposes_of(doing.uow, unit), copies_of(doing.uow, unit))


def change_purposes(
    store: Store, *, actor: Actor, clock: Clock, purposes: Sequence[str], copies: Sequence[str] = ()
) -> Grounds:
    """The unit's list becomes this one; `copies` are those of it that allow a copy.

    Invalid for an empty or overlong list, an unusable line, or a copy for what is not in the list.
    """
    lines = tuple(dict.fromkeys(line(purpose, "purposes", shortest=SHORTEST, longest=LONGEST) for purpose in purposes))
    asked = {line(purpose, "copies", shortest=SHORTEST, longest=LONGEST) for purpose in copies}
    allowed = tuple(purpose for purpose in lines if purpose in asked)
    if len(allowed) != len(asked):
        raise Invalid(
            "purposes.copies",
            "可以复制的事由须在回放事由之中",
            text_en="A ground that allows copies is one of the list",
            field="copies",
        )
    if not 1 <= len(lines) <= MOST:
        raise Invalid(
            "purposes.count",
            f"回放事由须有 1 至 {MOST} 项",
            text_en=f"The list has 1 to {MOST} grounds",
            field="purposes",
        )
    with performing(store, Act.PURPOSE_CHANGE, actor.unit, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        unit = doing.person.unit
        facts = {
            "before": list(purposes_of(doing.uow, unit)),
            "after": list(lines),
            "copies_before": list(copies_of(doing.uow, unit)),
            "copies_after": list(allowed),
        }
        doing.uow.register.set_purposes(unit, lines, allowed)
        doing.enter("purposes.changed", unit, facts)
        return Grounds(lines, allowed)
