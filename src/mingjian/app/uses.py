"""Who is connected now: views under an approval, seen from the unit whose cameras they show and from the organ's side.

The unit cuts off no lawful use (article 24, item 6, forbids refusing one); it sees every one, and reports trouble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app import views
from mingjian.app.performing import asking, performing, refusal
from mingjian.app.ports import Store
from mingjian.app.records import Actor, RegisterEntry, UseTrouble
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing

ENDED_SHOWN_NS = DAY_NS
"""An end is seen by the next shift too; after that the register has it."""
LONGEST_TROUBLE = 500


@dataclass(frozen=True, slots=True)
class Use:
    """One view under an approval: its entry, the approval's number, what reached the officers so far, what was told."""

    entry: RegisterEntry
    number: str
    seconds: int
    ours: bool
    """Whether the asking unit owns the cameras; else its officers look."""
    troubles: tuple[UseTrouble, ...]


def connected(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Use]:
    """Those that go on, and those that ended within a day, newest first."""
    with asking(store, Act.USE_LIST, actor=actor, clock=clock) as doing:
        register, unit = doing.uow.register, doing.person.unit
        entries = register.uses(unit, UtcNs(doing.now - ENDED_SHOWN_NS))
        told = register.troubles([entry.index for entry in entries])
        uses = []
        for entry in entries:
            request = doing.uow.requests.behind(entry.request)
            uses.append(
                Use(
                    entry,
                    request.number if request is not None else "",
                    views.seconds_seen(doing.uow, entry),
                    entry.unit == unit,
                    tuple(trouble for trouble in told if trouble.register == entry.index),
                )
            )
        return uses


def report_trouble(store: Store, *, actor: Actor, clock: Clock, use: int, text: str) -> UseTrouble:
    """The unit reports what goes wrong with a use that goes on; both sides read it. The use is not touched.

    Raises Missing for what is not a use of the unit's cameras, Refused where it has ended.
    """
    text = line(text, "text", shortest=4, longest=LONGEST_TROUBLE)
    with performing(store, Act.USE_TROUBLE, str(use), actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        entry = doing.uow.register.numbered(use, doing.person.unit)
        if entry is None or entry.organ is None or entry.unit != doing.person.unit:
            raise Missing("use.unknown", "没有这次使用", text_en="There is no such use")
        if entry.closing is not None:
            raise refusal(reason("use.ended"))
        index = doing.enter("use.trouble", entry.grant, {"register": use}, personal={"text": text})
        trouble = UseTrouble(index, use, doing.now, doing.person.display_name, text)
        doing.uow.register.add_trouble(trouble)
        return trouble
