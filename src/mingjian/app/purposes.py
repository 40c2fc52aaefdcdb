"""The grounds on which a unit's own people may look back: read by them, changed by the management with an entry."""

from __future__ import annotations

from collections.abc import Sequence

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


def list_purposes(store: Store, *, actor: Actor, clock: Clock) -> Sequence[str]:
    with asking(store, Act.PURPOSE_LIST, actor=actor, clock=clock) as doing:
        return purposes_of(doing.uow, doing.person.unit)


def change_purposes(store: Store, *, actor: Actor, clock: Clock, purposes: Sequence[str]) -> Sequence[str]:
    """The unit's list becomes this one. Invalid for an empty or overlong list, or an unusable line."""
    lines = tuple(dict.fromkeys(line(purpose, "purposes", shortest=SHORTEST, longest=LONGEST) for purpose in purposes))
    if not 1 <= len(lines) <= MOST:
        raise Invalid(
            "purposes.count",
            f"回放事由须有 1 至 {MOST} 项",
            text_en=f"The list has 1 to {MOST} grounds",
            field="purposes",
        )
    with performing(store, Act.PURPOSE_CHANGE, actor.unit, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        before = purposes_of(doing.uow, doing.person.unit)
        doing.uow.register.set_purposes(doing.person.unit, lines)
        doing.enter("purposes.changed", doing.person.unit, {"before": list(before), "after": list(lines)})
        return lines
