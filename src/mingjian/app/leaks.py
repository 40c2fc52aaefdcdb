"""From a leaked picture to its register entry (article 19): asked for, read, entered; the file is not kept.

The mark names an entry of the whole installation. Who was given the picture is told to the auditor of the unit or organ
whose entry it is; any other learns the entry's number and whose it is, so that he can pass the matter on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from mingjian.app.performing import asking, entry, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, RegisterEntry
from mingjian.governance.authority import Act
from mingjian.governance.leaks import LeakTrace
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.processing.leak import LeakRead

LISTED_MOST = 200


class LeakReader(Protocol):
    """Reads the hidden mark of a file."""

    def read(self, data: bytes, entries: int, *, told: Callable[[float], None] = ...) -> LeakRead:
        """What the file bears, of a register of `entries`. Raises Invalid for what is no picture or clip."""
        ...


@dataclass(frozen=True, slots=True)
class TraceShown:
    """A trace as its reader may see it: `registered` None where no mark was found or the entry is another's."""

    trace: LeakTrace
    registered: RegisterEntry | None
    whose: str
    """The unit whose entry it is; empty where no mark was found."""


def trace(
    store: Store,
    reader: LeakReader,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    data: bytes,
    told: Callable[[float], None] = lambda share: None,
) -> TraceShown:
    """Read a file: entered with its hash before it is read, and with what was found after. Blocks for seconds.

    Raises Refused for who is no auditor, Invalid for what is no picture or clip.
    """
    digest = sha256(data).hexdigest()
    with performing(store, Act.LEAK_TRACE, digest, actor=actor, clock=clock) as doing:
        doing.permit(None)
        doing.enter("leak.asked", digest, {"bytes": len(data)})
        entries = doing.uow.register.newest() + 1
    read = reader.read(data, entries, told=told)
    with performing(store, Act.LEAK_TRACE, digest, actor=actor, clock=clock) as doing:
        doing.permit(None)
        found = read.found
        made = LeakTrace(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=doing.person.unit,
            by=doing.person.display_name,
            at=doing.now,
            sha256=digest,
            size_bytes=len(data),
            pictures=read.pictures,
            entry=None if found is None else found.entry,
            key=None if found is None else found.key,
            chance=None if found is None else found.chance,
        )
        doing.uow.leak_traces.add(made)
        facts = {"trace": made.id, "pictures": made.pictures, "entry": made.entry, "key": made.key}
        doing.enter("leak.traced", digest, facts)
        return _shown(doing.uow.register.one, made, actor)


def trace_by_owner(
    store: Store, reader: LeakReader, *, clock: Clock, data: bytes
) -> tuple[LeakRead, RegisterEntry | None]:
    """What the command does for whoever owns the installation's keys: read, entered as the system's own act."""
    digest = sha256(data).hexdigest()
    with store.writing() as uow:
        uow.ledger.append(entry("leak.asked", clock.now(), digest, {"bytes": len(data)}))
        entries = uow.register.newest() + 1
    read = reader.read(data, entries)
    with store.writing() as uow:
        found = None if read.found is None else uow.register.one(read.found.entry)
        facts = {"pictures": read.pictures, "entry": None if read.found is None else read.found.entry}
        uow.ledger.append(entry("leak.traced", clock.now(), digest, facts))
    return read, found


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[TraceShown]:
    """What the unit's auditors had read, newest first."""
    with asking(store, Act.LEAK_TRACE, actor=actor, clock=clock) as doing:
        found = doing.uow.leak_traces.listed(doing.person.unit, LISTED_MOST)
        return [_shown(doing.uow.register.one, one, actor) for one in found]


def may_trace(store: Store, *, actor: Actor, clock: Clock) -> None:
    """Raises Refused for who is no auditor."""
    with asking(store, Act.LEAK_TRACE, actor=actor, clock=clock):
        pass


def one(store: Store, *, actor: Actor, clock: Clock, trace: str) -> TraceShown:
    """One trace. Raises Missing for another unit's."""
    with asking(store, Act.LEAK_TRACE, actor=actor, clock=clock) as doing:
        found = doing.uow.leak_traces.one(trace, doing.person.unit)
        if found is None:
            raise refusal(reason("authority.unknown-object"))
        return _shown(doing.uow.register.one, found, actor)


def _shown(register: Callable[[int], RegisterEntry | None], made: LeakTrace, actor: Actor) -> TraceShown:
    registered = None if made.entry is None else register(made.entry)
    if registered is None:
        return TraceShown(made, None, "")
    own = actor.unit in (registered.unit, registered.organ)
    return TraceShown(made, registered if own else None, registered.unit_name)
