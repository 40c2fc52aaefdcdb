"""What acts of the registry need of the store. Every list is one of a unit or of an organ's territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mingjian.governance.obligations import Attachment, LegalFinding, Obligation
from mingjian.governance.organs import Organ, OrganKind, Scope
from mingjian.governance.places import KeyPart, Place
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Life, VideoSystem
from mingjian.kernel.ids import CameraId, UnitId


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be searched for. `kind` is `place`, `system` or `camera`."""

    kind: str
    id: str
    unit: UnitId
    name: str
    territory: str = ""
    sector: str = ""


class Organs(Protocol):
    """Every tenant as the law sees it."""

    def one(self, unit: UnitId) -> Organ | None: ...

    def save(self, organ: Organ) -> None:
        """Set what the law needs to know of an existing unit."""
        ...

    def keeper(self) -> Organ | None:
        """The one that keeps this installation; None before the first start."""
        ...

    def listed(self) -> Sequence[Organ]:
        """All, by territory, kind and name."""
        ...

    def competent(self, kind: OrganKind, territory: str) -> Organ | None:
        """The organ of `kind` whose area is the smallest that holds `territory`."""
        ...


class Places(Protocol):
    """Places and their parts."""

    def add(self, place: Place) -> None: ...

    def save(self, place: Place) -> None: ...

    def one(self, place: str) -> Place | None: ...

    def signed(self, code: str) -> Place | None:
        """The place whose sign carries `code`."""
        ...

    def of_unit(self, unit: UnitId) -> Sequence[Place]: ...

    def within(self, territory: str) -> Sequence[Place]:
        """Those in the area of a code."""
        ...

    def visible(self, scope: Scope) -> Sequence[Place]:
        """Those that `scope.shows`, by name."""
        ...

    def add_part(self, part: KeyPart) -> None: ...

    def save_part(self, part: KeyPart) -> None: ...

    def parts(self, place: str) -> Sequence[KeyPart]: ...


class Systems(Protocol):
    """Video systems."""

    def add(self, system: VideoSystem) -> None: ...

    def save(self, system: VideoSystem, *, expected: Life) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, system: str) -> VideoSystem | None: ...

    def of_unit(self, unit: UnitId) -> Sequence[VideoSystem]: ...

    def of_place(self, place: str) -> Sequence[VideoSystem]: ...

    def within(self, territory: str) -> Sequence[VideoSystem]: ...

    def visible(self, scope: Scope) -> Sequence[VideoSystem]:
        """Those that `scope.shows`, by name."""
        ...


class Sitings(Protocol):
    """Where cameras stand: one for each camera that is on record or being put there."""

    def add(self, siting: Siting) -> None: ...

    def save(self, siting: Siting) -> None: ...

    def one(self, camera: CameraId) -> Siting | None: ...

    def coded(self, gb_code: str) -> Siting | None:
        """The one that has this 20-digit code."""
        ...

    def last_coded(self, prefix: str) -> str:
        """The highest code that begins with `prefix`; empty where none does."""
        ...

    def of_unit(self, unit: UnitId) -> Sequence[Siting]: ...

    def of_place(self, place: str) -> Sequence[Siting]: ...

    def of_system(self, system: str) -> Sequence[Siting]: ...

    def within(self, territory: str) -> Sequence[Siting]: ...

    def visible(self, scope: Scope) -> Sequence[Siting]:
        """Those that `scope.shows`."""
        ...

    def held(self) -> frozenset[CameraId]:
        """Cameras of which nothing may be recorded yet."""
        ...


class Names(Protocol):
    """What can be searched for. Places, systems and cameras are found as soon as they are stored."""

    def found(self, kind: str, text: str, scope: Scope, *, limit: int) -> Sequence[Named]:
        """Those that `scope.shows` whose name or initials hold `text`, by name."""
        ...


@dataclass(frozen=True, slots=True)
class Debtor:
    """Who is late: with how many duties, since which last day."""

    unit: UnitId
    duties: int
    earliest: date


class Obligations(Protocol):
    """Obligations with their clocks."""

    def add(self, obligation: Obligation) -> None: ...

    def save(self, obligation: Obligation) -> None: ...

    def one(self, obligation: str) -> Obligation | None: ...

    def open_of(self, subject: str, duty: str) -> Obligation | None:
        """The one not met and not dropped."""
        ...

    def of_subject(self, subject: str) -> Sequence[Obligation]: ...

    def open(self, unit: UnitId, *, limit: int, offset: int = 0, due_until: date | None = None) -> Sequence[Obligation]:
        """What `unit` owes, the earliest day first, those without a day last."""
        ...

    def count_open(self, unit: UnitId, *, due_until: date | None = None) -> int: ...

    def late(self, scope: Scope, before: date, *, limit: int, offset: int = 0) -> Sequence[Obligation]:
        """What is open with a last day before `before` of those that `scope.shows`, the earliest first."""
        ...

    def debtors(self, scope: Scope, before: date) -> Sequence[Debtor]:
        """Who owes what `late` lists, the earliest day first."""
        ...

    def settled(self, unit: UnitId, *, limit: int) -> Sequence[Obligation]:
        """What it has met or what was dropped, the latest first."""
        ...

    def all_open(self) -> Sequence[Obligation]:
        """Of every unit: for reckoning again under a new version of the law."""
        ...


class LegalFindings(Protocol):
    """Findings."""

    def add(self, finding: LegalFinding) -> None: ...

    def save(self, finding: LegalFinding) -> None: ...

    def one(self, finding: str) -> LegalFinding | None: ...

    def of_subject(self, subject: str) -> Sequence[LegalFinding]: ...

    def of_owner(self, unit: UnitId, *, limit: int) -> Sequence[LegalFinding]: ...

    def within(self, territory: str, *, limit: int) -> Sequence[LegalFinding]: ...


class Attachments(Protocol):
    """What is known of kept files; the bytes are `AttachmentFiles`'."""

    def add(self, attachment: Attachment) -> None: ...

    def one(self, attachment: str) -> Attachment | None: ...

    def of_subject(self, subject: str) -> Sequence[Attachment]: ...

    def of_content(self, sha256: str) -> Sequence[Attachment]:
        """Every paper that is this very file."""
        ...


class AttachmentFiles(Protocol):
    """Immutable files by their SHA-256."""

    def keep(self, content: bytes) -> str:
        """The hex SHA-256 of what is now durable."""
        ...

    def read(self, sha256: str) -> bytes:
        """Raises LocalError `attachment.damaged` when the file is gone or is not what its name says."""
        ...

    def destroy(self, sha256: str) -> None:
        """It is gone durably, also where it was gone before."""
        ...
