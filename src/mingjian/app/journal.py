"""Lawful access while the ledger is away: registered in a signed journal first, in the ledger when it is back.

Only views under an approval (articles 20 to 22): refusing one would be refusing the law (article 24, item 6). The
unit's own viewing waits for the ledger. Everything is still asked anew of the database, which can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, cast

from mingjian.app import views
from mingjian.app.performing import Performance, as_stored, entry, performing
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import Actor, RegisterEntry, RegisterKind
from mingjian.audit import ledger
from mingjian.audit.journal import NUMBER_BASE, Broken, Line
from mingjian.audit.ledger import LedgerEntry
from mingjian.governance.authority import Act
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period

AWAY = "database.unavailable"
OPENED, DELIVERED = "opened", "delivered"
Result = TypeVar("Result")


class Journal(Protocol):
    """An append-only file of signed lines, on the disk before a number is told."""

    def turn(self) -> AbstractContextManager[int]: ...

    def append(self, at: UtcNs, kind: str, content: Mapping[str, Any]) -> int: ...

    def alone(self, at: UtcNs, kind: str, content: Mapping[str, Any]) -> int: ...

    def waiting(self) -> tuple[tuple[Line, ...], Broken | None]: ...

    def entered(self, line: Line) -> None: ...

    def set_aside(self, broken: Broken) -> object: ...


def executing(
    store: Store,
    journal: Journal,
    act: Act,
    subject: str,
    *,
    actor: Actor,
    clock: Clock,
    do: Callable[[Performance], Result],
) -> Result:
    """`do` as an act: entered in the ledger, or, where that cannot be, in the journal; else it has not happened.

    `do` may open a view under an approval and write nothing else. Raises what `performing` and the journal raise.
    """
    try:
        with performing(store, act, subject, actor=actor, clock=clock) as doing:
            return do(doing)
    except LocalError as away:
        if away.code != AWAY:
            raise
    now = clock.now()
    with journal.turn() as number, store.reading() as uow:
        pages = _Pages(uow, number)
        doing = Performance(cast(UnitOfWork, pages), now, actor, as_stored(uow, actor), act, subject)
        done = do(doing)
        journal.append(now, OPENED, pages.content())
        return done


def journaled(journal: Journal, grant: str) -> RegisterEntry | None:
    """The register entry of a Grant that the ledger does not have yet."""
    for line in reversed(journal.waiting()[0]):
        if line.kind == OPENED and line.content["register"]["grant"] == grant:
            return _registered(line.content["register"], NUMBER_BASE + line.number)
    return None


def record_journaled(
    journal: Journal, *, clock: Clock, grant: str, camera: CameraId, periods: Sequence[Period]
) -> None:
    """Seconds that reached the viewer of such a Grant."""
    content = {"grant": grant, "camera": camera, "periods": [[period.start, period.end] for period in periods]}
    journal.alone(clock.now(), DELIVERED, content)


def drain(store: Store, journal: Journal, *, clock: Clock) -> int:
    """Enter what waits into the ledger, in order, each line once, with the time it happened and the time it is
    entered. What somebody else wrote into the file is reported and set aside. How many lines; LocalError while away.
    """
    lines, broken = journal.waiting()
    if not lines and broken is None:
        return 0
    done = 0
    for line in lines:
        with store.writing() as uow:
            if line.number > uow.register.journal_entered():
                uow.register.enter_journal(line.number, _enter(uow, line, clock.now()), line.at, clock.now())
                done += 1
    if broken is not None:
        kept = journal.set_aside(broken)
        with store.writing() as uow:
            facts = {"line": broken.number, "why": broken.why, "kept": getattr(kept, "name", str(kept))}
            uow.ledger.append(entry("journal.broken", clock.now(), "journal", facts))
    elif lines:
        journal.entered(lines[-1])
    return done


def _enter(uow: UnitOfWork, line: Line, now: UtcNs) -> int | None:
    if line.kind == DELIVERED:
        content = line.content
        periods = [Period(UtcNs(start), UtcNs(end)) for start, end in content["periods"]]
        views.deliver_in(uow, content["grant"], CameraId(content["camera"]), periods, now)
        return None
    said = line.content["entry"]
    who = ledger.Actor(said["actor"]["id"], said["actor"]["name"], said["actor"]["unit"])
    facts = {**said["facts"], "journal": line.number, "happened_ns": int(line.at)}
    index = uow.ledger.append(
        LedgerEntry(said["kind"], now, who, said["node"], said["subject"], facts, said["personal"])
    )
    uow.register.add(_registered(line.content["register"], index))
    return index


class _Pages:
    """A unit of work that reads from the database and writes one act into the journal."""

    def __init__(self, uow: UnitOfWork, number: int) -> None:
        self._uow = uow
        self._number = number
        self._entry: LedgerEntry | None = None
        self._registered: RegisterEntry | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    @property
    def ledger(self) -> _Pages:
        return self

    @property
    def register(self) -> _Pages:
        return self

    def append(self, entry: LedgerEntry) -> int:
        """`Ledger.append`."""
        if self._entry is not None:
            raise ValueError("a journal line holds one act")
        self._entry = entry
        return NUMBER_BASE + self._number

    def add(self, entry: RegisterEntry) -> None:
        """`Register.add`."""
        self._registered = entry

    def content(self) -> dict[str, Any]:
        """What the line says. Raises ValueError where no view was opened."""
        entry, registered = self._entry, self._registered
        if entry is None or registered is None:
            raise ValueError("only a view under an approval goes into the journal")
        return {
            "entry": {
                "kind": entry.kind,
                "actor": {"id": entry.actor.id, "name": entry.actor.name, "unit": entry.actor.unit},
                "node": entry.node,
                "subject": entry.subject,
                "facts": dict(entry.facts),
                "personal": dict(entry.personal),
            },
            "register": _said(registered),
        }


def _said(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "kind": str(entry.kind),
        "grant": entry.grant,
        "person": entry.person,
        "person_name": entry.person_name,
        "unit": entry.unit,
        "unit_name": entry.unit_name,
        "purpose": entry.purpose,
        "destination": entry.destination,
        "cameras": list(entry.cameras),
        "footage": [entry.footage.start, entry.footage.end] if entry.footage is not None else None,
        "valid": [entry.valid.start, entry.valid.end],
        "session": entry.session,
        "request": entry.request,
        "organ": entry.organ,
        "officers": list(entry.officers),
        "execution": entry.execution,
    }


def _registered(said: Mapping[str, Any], index: int) -> RegisterEntry:
    footage = said["footage"]
    return RegisterEntry(
        index,
        UtcNs(said["at"]),
        RegisterKind(said["kind"]),
        said["grant"],
        PersonId(said["person"]),
        said["person_name"],
        UnitId(said["unit"]),
        said["unit_name"],
        said["purpose"],
        said["destination"],
        tuple(CameraId(camera) for camera in said["cameras"]),
        Period(UtcNs(footage[0]), UtcNs(footage[1])) if footage is not None else None,
        Period(UtcNs(said["valid"][0]), UtcNs(said["valid"][1])),
        said["session"],
        said["request"],
        organ=said["organ"],
        officers=tuple(PersonId(officer) for officer in said["officers"]),
        execution=said["execution"],
    )
