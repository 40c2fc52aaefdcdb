"""What acts need of the register (article 17, paragraph 2): entries, closings, what was delivered, forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mingjian.app.records import (
    Closing,
    RegisterEntry,
    RegisterKind,
    UseTrouble,
)
from mingjian.governance.forms.register import FormSignature, KeptForm
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """Which register entries to list: newest first, those that follow the entry `before` in that order."""

    before: int | None = None
    limit: int = 100
    camera: CameraId | None = None
    person: PersonId | None = None
    kind: RegisterKind | None = None
    organ: UnitId | None = None
    """The other side: the organ whose officers looked under an approval; with `theirs` the unit whose cameras."""
    request: str | None = None
    """The approval under which it was done."""
    case: str | None = None
    """A request's number, or the own organ's case number: another's is never told by what it finds."""
    place: str | None = None
    """Cameras that stand at this place now."""
    outside: bool | None = None
    """Under an approval, or by the unit's own people."""
    theirs: bool = False
    """What the unit's officers saw under an approval, in place of what was seen of the unit's cameras."""
    since: UtcNs | None = None
    """Viewings that were still going on then, or began later."""
    until: UtcNs | None = None
    """Those that began before then."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Entries of one legal day (in days since 1970), of one kind, by the people of one organ."""

    day: int
    kind: RegisterKind
    organ: UnitId | None
    """None: the unit's own people."""
    entries: int


class Register(Protocol):
    """The register of viewing, copying and retrieval. Entries and closings are never changed or deleted."""

    def add(self, entry: RegisterEntry) -> None: ...

    def close(self, index: int, closing: Closing) -> None:
        """Close an entry once; a second closing raises Refused `register.closed`."""
        ...

    def of_grant(self, grant: str) -> RegisterEntry | None:
        """The entry that opened the Grant, with its closing."""
        ...

    def of_execution(self, execution: str) -> Sequence[RegisterEntry]:
        """What was opened in one visit, the first one first."""
        ...

    def one(self, index: int) -> RegisterEntry | None:
        """The entry of this number, whosever it is: what is told of it is the caller's question."""
        ...

    def newest(self) -> int:
        """The highest number of an entry; -1 where there is none."""
        ...

    def listed(self, unit: UnitId, query: RegisterQuery) -> Sequence[RegisterEntry]: ...

    def counted(self, unit: UnitId, query: RegisterQuery, day_offset: UtcNs) -> Sequence[Counted]:
        """How many of those began in the period, by day, kind and looking organ; a legal day is `day_offset` ahead.

        Reads every entry that it counts: the caller bounds the period.
        """
        ...

    def open_viewings(self, sessions: Sequence[str] | None = None) -> Sequence[RegisterEntry]:
        """Live and playback entries without closing: all, or those opened in these sessions."""
        ...

    def deliver(self, grant: str, camera: CameraId, periods: Iterable[Period]) -> None:
        """Append footage delivered under a Grant."""
        ...

    def seen(self, grant: str, at: UtcNs) -> None:
        """The media path has a connection of this viewing at `at`."""
        ...

    def last_seen(self, grant: str) -> UtcNs | None: ...

    def delivered(self, grant: str) -> dict[CameraId, list[Period]]: ...

    def numbered(self, index: int, unit: UnitId) -> RegisterEntry | None:
        """One entry of a unit, or of the organ whose officers looked."""
        ...

    def uses(self, unit: UnitId, ended_since: UtcNs) -> Sequence[RegisterEntry]:
        """Views under an approval on either side of `unit`, newest first: those open, and those ended since."""
        ...

    def add_trouble(self, trouble: UseTrouble) -> None: ...

    def troubles(self, registered: Sequence[int]) -> Sequence[UseTrouble]:
        """Those of these entries, oldest first."""
        ...

    def purposes(self, unit: UnitId) -> tuple[str, ...]:
        """The grounds of playback that the unit wrote; empty while it has written none."""
        ...

    def journal_entered(self) -> int:
        """The last line of the journal that has been entered; 0 before the first."""
        ...

    def enter_journal(self, line: int, index: int | None, happened: UtcNs, entered: UtcNs) -> None:
        """Line `line` is in: as entry `index`, or as seconds of one."""
        ...

    def copy_purposes(self, unit: UnitId) -> tuple[str, ...]:
        """Those of `purposes` for which the unit may copy its own footage."""
        ...

    def set_purposes(self, unit: UnitId, purposes: Sequence[str], copies: Sequence[str] = ()) -> None: ...


class RegisterForms(Protocol):
    """Register forms of visits as they were signed. Neither form nor signature is ever changed."""

    def keep(self, form: KeptForm) -> None: ...

    def of(self, execution: str) -> KeptForm | None: ...

    def sign(self, signature: FormSignature) -> None: ...

    def signatures(self, execution: str) -> Sequence[FormSignature]:
        """In the order given."""
        ...
