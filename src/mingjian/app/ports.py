"""What acts need of the world, as promises. Adapters keep them, and every adapter passes one contract suite."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from mingjian.app.complaint_ports import Complaints
from mingjian.app.filing_ports import Changes, Filings, Removals, Visits
from mingjian.app.leak_ports import LeakTraces, Redactions
from mingjian.app.planning_ports import Designations, OfSystem, Plans, Works
from mingjian.app.private_ports import PrivateViewings
from mingjian.app.records import (
    AccessRequest,
    Camera,
    Challenge,
    ClockFreeze,
    Execution,
    ExportJob,
    Failures,
    PastAct,
    Person,
    ProviderLink,
    Recovery,
    SecurityKey,
    Session,
    SignedPresence,
    Unit,
)
from mingjian.app.register_ports import Register, RegisterForms
from mingjian.app.registry_ports import (
    Attachments,
    LegalFindings,
    Names,
    Obligations,
    Organs,
    Places,
    Sitings,
    Systems,
)
from mingjian.app.sealing_ports import Sealings
from mingjian.audit.ledger import LedgerEntry
from mingjian.governance.acceptance import Acceptance
from mingjian.governance.clock_freeze import FreezeState
from mingjian.governance.coverage import ReuseDecision
from mingjian.governance.posts import Post
from mingjian.governance.procedure import State
from mingjian.governance.procurement import Procurement
from mingjian.governance.works import StandardCheck
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, PersonId, UnitId


class Random(Protocol):
    """A source of unpredictable bytes; `secrets.token_bytes` in production."""

    def __call__(self, count: int, /) -> bytes: ...


class Ledger(Protocol):
    """The audit ledger inside the act's own transaction."""

    def append(self, entry: LedgerEntry) -> int:
        """The entry's index: committed with the transaction, or not at all."""
        ...

    def history(self, subject: str, limit: int) -> Sequence[PastAct]:
        """The latest entries about `subject`, oldest first."""
        ...


class People(Protocol):
    """Units, accounts, sessions and failed sign-ins."""

    def empty(self) -> bool: ...

    def add_unit(self, unit: Unit) -> None: ...

    def unit(self, unit: UnitId) -> Unit | None: ...

    def add(self, person: Person) -> None:
        """Raises Invalid `people.name-taken` when the sign-in name exists."""
        ...

    def save(self, person: Person) -> None:
        """Replace roles, names, credentials and state; never `totp_step`, which only grows through `spend_step`."""
        ...

    def one(self, person: PersonId) -> Person | None: ...

    def named(self, name: str) -> Person | None: ...

    def of_unit(self, unit: UnitId) -> Sequence[Person]: ...

    def add_post(self, post: Post) -> None: ...

    def save_post(self, post: Post) -> None: ...

    def post(self, post: str) -> Post | None: ...

    def posts_of(self, person: PersonId) -> Sequence[Post]:
        """All of a person, the latest first."""
        ...

    def posts_in(self, unit: UnitId) -> Sequence[Post]:
        """Those of a unit that have not ended, by the person's sign-in name."""
        ...

    def posts_due(self, today: date) -> Sequence[Post]:
        """Those not ended whose first day has come unbegun, or whose last day is over."""
        ...

    def heads(self, unit: UnitId, on: date | None = None) -> Sequence[Post]:
        """Who was or is the head (主要负责人) of a unit on a day: one, two on the day of a change, or none.

        Without a day: every such post of the unit, past and to come."""
        ...

    def of_identity(self, identity: str) -> Sequence[Person]:
        """The accounts of one natural person; none for an empty identity."""
        ...

    def add_recovery(self, recovery: Recovery) -> None: ...

    def save_recovery(self, recovery: Recovery) -> None:
        """Confirm it once. Raises Refused `procedure.step` when another did before."""
        ...

    def recovery(self, recovery: str) -> Recovery | None: ...

    def recoveries(self, now: UtcNs) -> Sequence[Recovery]:
        """Those of every unit that wait for a confirmation at `now`, oldest first."""
        ...

    def spend_step(self, person: PersonId, step: int) -> bool:
        """Mark a TOTP step as used. False when this or a later step was spent before, also by a parallel caller."""
        ...

    def setup_code(self) -> str:
        """The hash of the one-time code of the first start, or an empty text."""
        ...

    def set_setup_code(self, code_hash: str) -> None: ...

    def add_session(self, session: Session) -> None: ...

    def session(self, session: str) -> Session | None: ...

    def seen(self, session: str, at: UtcNs) -> None: ...

    def proven(self, session: str, at: UtcNs) -> None:
        """The person proved the own factors in this session at `at`."""
        ...

    def unlimited(self, session: str) -> None:
        """The person of this session has registered a security key in it."""
        ...

    def sessions_of(self, person: PersonId) -> Sequence[Session]:
        """The latest first; those past their end may be among them."""
        ...

    def add_key(self, key: SecurityKey) -> None: ...

    def save_key(self, key: SecurityKey) -> None: ...

    def remove_key(self, key: str) -> None: ...

    def keys_of(self, person: PersonId) -> Sequence[SecurityKey]:
        """The oldest first, suspended ones too."""
        ...

    def set_challenge(self, challenge: Challenge, now: UtcNs) -> None:
        """Replace what was asked for the same id; what is past its end goes."""
        ...

    def take_challenge(self, challenge: str) -> Challenge | None:
        """It, once: whoever comes second finds none."""
        ...

    def add_link(self, link: ProviderLink) -> None: ...

    def save_link(self, link: ProviderLink) -> None: ...

    def remove_link(self, link: str) -> None: ...

    def link(self, link: str) -> ProviderLink | None: ...

    def link_of(self, person: PersonId) -> ProviderLink | None: ...

    def link_to(self, issuer: str, subject: str) -> ProviderLink | None:
        """That of a subject, which is one person's alone."""
        ...

    def spend(self, ticket: str, ends: UtcNs, now: UtcNs) -> bool:
        """Mark a ticket as used. False when it was before, also by a parallel caller; what is past its end goes."""
        ...

    def end_sessions_by(self, link: str) -> Sequence[str]:
        """End the sessions that began through a link; which they were."""
        ...

    def end_session(self, session: str) -> None: ...

    def passwords_of(self, person: PersonId) -> Sequence[str]:
        """The hashes of the pass-phrases that are remembered of a person, the latest first."""
        ...

    def remember_password(self, person: PersonId, hashed: str, at: UtcNs, *, keep: int) -> None:
        """Remember one more, and forget all but the `keep` latest."""
        ...

    def renewed(self, session: str) -> None:
        """The person of this session has set a new pass-phrase in it."""
        ...

    def end_sessions_of(self, person: PersonId) -> Sequence[str]:
        """End every session of a person; the ids of those ended."""
        ...

    def failures(self, account: str, address: str) -> Failures | None: ...

    def set_failures(self, account: str, address: str, failures: Failures | None) -> None: ...

    def forget_failures(self, before: UtcNs) -> None: ...


class Cameras(Protocol):
    """Records of cameras; a retired one stays for its register entries and footage."""

    def add(self, camera: Camera) -> None: ...

    def save(self, camera: Camera) -> None: ...

    def one(self, camera: CameraId, unit: UnitId) -> Camera | None: ...

    def known(self, camera: CameraId) -> Camera | None:
        """Whoever's it is: for what an organ asks of the unit that holds it."""
        ...

    def of_unit(self, unit: UnitId) -> Sequence[Camera]:
        """Those in use, by name."""
        ...

    def all_in_use(self) -> Sequence[Camera]: ...


class Requests(Protocol):
    """Access requests, the visits under them and the officers' presences."""

    def add(self, request: AccessRequest, *, year: int, serial: int) -> None: ...

    def next_serial(self, unit: UnitId, year: int) -> int:
        """One more than the highest serial of the asking organ's year; unique under the write lock."""
        ...

    def save(self, request: AccessRequest, *, expected: State) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, request: str, unit: UnitId) -> AccessRequest | None:
        """Only where `unit` asks, approves or holds; the holder knows of it once it is approved."""
        ...

    def behind(self, request: str) -> AccessRequest | None:
        """Whoever's it is: for what goes on under it, never for a person who asks."""
        ...

    def listed(
        self, unit: UnitId, requester: PersonId | None, *, case: str = "", number: str = ""
    ) -> Sequence[AccessRequest]:
        """Those that `one` would show to `unit`, newest first; of one case of its own or of one number, where named."""
        ...

    def lapsed(self, now: UtcNs) -> Sequence[AccessRequest]:
        """Approved ones whose approval ended before `now`."""
        ...

    def holding(self, since: UtcNs) -> Sequence[AccessRequest]:
        """Those submitted after `since` whose recorded seconds are still wanted: pending, approved or being copied."""
        ...

    def add_presence(self, request: str, signed: SignedPresence) -> None: ...

    def add_execution(self, execution: Execution) -> None: ...

    def save_execution(self, execution: Execution) -> None: ...

    def execution(self, execution: str) -> Execution | None: ...

    def executions(self, request: str) -> Sequence[Execution]:
        """All visits under a request, the first one first."""
        ...


class Exports(Protocol):
    """Jobs that build packages."""

    def add(self, job: ExportJob) -> None: ...

    def save(self, job: ExportJob) -> None: ...

    def one(self, job: str, unit: UnitId | None) -> ExportJob | None:
        """`unit` None is for the job process alone, which serves every unit."""
        ...

    def of_request(self, request: str) -> ExportJob | None:
        """The latest job of a request."""
        ...

    def listed(self, unit: UnitId, requester: PersonId | None) -> Sequence[ExportJob]: ...

    def running(self) -> Sequence[ExportJob]:
        """Queued, building or waiting, oldest first."""
        ...

    def finished(self) -> Sequence[ExportJob]:
        """Those whose package was built, of every unit, oldest first: for the scrubber, which reads them all."""
        ...


class ClockFreezes(Protocol):
    """Jumps of the system clock that persons have to confirm; they concern the whole installation."""

    def add(self, freeze: ClockFreeze) -> None: ...

    def save(self, freeze: ClockFreeze, *, expected: FreezeState) -> None:
        """Store a step. Raises Refused `procedure.step` when the stored state is not `expected` any more."""
        ...

    def one(self, mark: str) -> ClockFreeze | None: ...

    def latest(self) -> ClockFreeze | None:
        """The one added last, whatever its state."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Everything done through it commits together or not at all."""

    @property
    def people(self) -> People: ...

    @property
    def cameras(self) -> Cameras: ...

    @property
    def register(self) -> Register: ...

    @property
    def requests(self) -> Requests: ...

    @property
    def register_forms(self) -> RegisterForms: ...

    @property
    def exports(self) -> Exports: ...

    @property
    def sealings(self) -> Sealings: ...

    @property
    def clock_freezes(self) -> ClockFreezes: ...

    @property
    def organs(self) -> Organs: ...

    @property
    def places(self) -> Places: ...

    @property
    def systems(self) -> Systems: ...

    @property
    def sitings(self) -> Sitings: ...

    @property
    def names(self) -> Names: ...

    @property
    def obligations(self) -> Obligations: ...

    @property
    def findings(self) -> LegalFindings: ...

    @property
    def attachments(self) -> Attachments: ...

    @property
    def complaints(self) -> Complaints: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def works(self) -> Works: ...

    @property
    def checks(self) -> OfSystem[StandardCheck]: ...

    @property
    def procurements(self) -> OfSystem[Procurement]: ...

    @property
    def acceptances(self) -> OfSystem[Acceptance]: ...

    @property
    def reuse(self) -> OfSystem[ReuseDecision]: ...

    @property
    def designations(self) -> Designations: ...

    @property
    def filings(self) -> Filings: ...

    @property
    def visits(self) -> Visits: ...

    @property
    def changes(self) -> Changes: ...

    @property
    def removals(self) -> Removals: ...

    @property
    def leak_traces(self) -> LeakTraces: ...

    @property
    def redactions(self) -> Redactions: ...

    @property
    def private_viewings(self) -> PrivateViewings: ...

    @property
    def ledger(self) -> Ledger: ...


class Store(Protocol):
    """The installation's database."""

    def writing(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction with the write lock from its first statement; commits at the end, rolls back on an error."""
        ...

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A consistent view; nothing written through it stays."""
        ...


class Vault(Protocol):
    """Authenticated encryption under the installation's key; `context` binds a text to its place."""

    def seal(self, plain: bytes, *, context: str) -> bytes: ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Raises LocalError `vault.damaged` when key, context or text do not fit."""
        ...

    def tag(self, plain: str, *, context: str) -> str:
        """The same letters for the same text and context, which tell nothing to whoever has not the key."""
        ...


class PasswordHasher(Protocol):
    """A slow, salted hash. Called outside transactions, since it takes tens of milliseconds on purpose."""

    def hash(self, password: str) -> str: ...

    def verify(self, stored: str, password: str) -> bool:
        """Takes the same time for a wrong password and for an empty `stored`, which never verifies."""
        ...


class Admission(Protocol):
    """The forecast of the disks: article 17, paragraph 2, item 3."""

    def admit(self, name: str, bitrate_bps: int, others: Sequence[Camera]) -> None:
        """Raises Refused `capacity.*` with its arithmetic when the whole term does not fit beside `others`."""
        ...

    def term_days(self) -> int:
        """Whole days that a camera which was admitted is kept, on the volume that keeps least."""
        ...
