"""Values that acts read and write; repositories store them, screens show them. Every one has an owner unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mingjian.governance.access import AccessKind, ExecutionState, NamedOfficer
from mingjian.governance.authority import Presence, Role
from mingjian.governance.clock_freeze import FreezeState
from mingjian.governance.procedure import State
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Unit:
    """A managing or using unit (管理、使用单位), or an organ: the owner of rows."""

    id: UnitId
    name: str
    created: UtcNs


@dataclass(frozen=True, slots=True)
class Person:
    """An account of one natural person. `repr` hides what could be attacked off line."""

    id: PersonId
    unit: UnitId
    unit_name: str
    name: str
    display_name: str
    roles: frozenset[Role]
    created: UtcNs
    disabled: UtcNs | None = None
    password_hash: str = field(default="", repr=False)
    """Empty until the person has enrolled: such an account cannot sign in."""
    password_set: UtcNs = UtcNs(0)  # noqa: RUF009 - a number
    """When this pass-phrase was set; 0: nobody knows."""
    totp_sealed: bytes = field(default=b"", repr=False)
    totp_step: int = 0
    """The last time step whose code was spent; no code of this or an earlier step is accepted again."""
    enrolment_hash: str = field(default="", repr=False)
    enrolment_until: UtcNs | None = None
    identity: str = field(default="", repr=False)
    """Keyed hash of what names the natural person (a work-ID number); empty while it is not known."""
    spot: bool = False
    """Enrolled on the spot (article 22): signs beside the staff with a one-time code, never signs in."""

    @property
    def able(self) -> bool:
        """Whether the person can sign in."""
        return self.disabled is None and self.password_hash != ""

    def same_as(self, other: Person) -> bool:
        """Whether both are known to be one natural person: one account, or two accounts of one identity."""
        return self.id == other.id or (self.identity != "" and self.identity == other.identity)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. `id` is the SHA-256 of the token; the token itself is stored nowhere."""

    id: str
    person: PersonId
    created: UtcNs
    seen: UtcNs
    ends: UtcNs
    proven: UtcNs
    """When the person last proved the own factors in it; signing in counts."""
    limited: bool = False
    """An administrator's without a security key where one is needed: it may register one and nothing else."""
    stale: bool = False
    """Begun with a pass-phrase that is too old: it may set a new one and nothing else."""
    link: str = ""
    """The `ProviderLink` through which it began, whose end is its end; empty: by pass-phrase."""


@dataclass(frozen=True, slots=True)
class ProviderLink:
    """A subject of the identity provider stands for one person, who has one such link at most."""

    id: str
    person: PersonId
    issuer: str
    subject: str
    linked: UtcNs
    confirmed: UtcNs | None = None
    """When the person first came by it and proved to be the one meant; None: not yet."""


@dataclass(frozen=True, slots=True)
class SecurityKey:
    """A WebAuthn authenticator of a person. What is stored opens nothing: it only recognises the key."""

    id: str
    """The credential id, base64url."""
    person: PersonId
    name: str
    host: str
    """The host name it was registered under (rp id); it answers under no other."""
    public_key: str
    """COSE, base64url."""
    sign_count: int
    created: UtcNs
    used: UtcNs | None = None
    suspended: UtcNs | None = None
    """Its counter went backwards: there may be a copy. It opens nothing any more."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A question that a key answers once, for one session or sign-in and one purpose. `id` is a fingerprint."""

    id: str
    person: PersonId
    host: str
    value: str
    """Base64url."""
    ends: UtcNs


@dataclass(frozen=True, slots=True)
class Recovery:
    """New credentials for a person, asked for by one administrator and confirmed by one of another kind."""

    id: str
    unit: UnitId
    """The person's."""
    person: PersonId
    person_name: str
    asker: PersonId
    asker_name: str
    asker_roles: tuple[Role, ...]
    why: str
    asked: UtcNs
    ends: UtcNs
    confirmer: PersonId | None = None
    confirmed: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins in a row of one account from one address."""

    count: int
    last: UtcNs


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, resolved from a session by `identity.actor_of`. Roles are read again inside every act."""

    person: PersonId
    name: str
    display_name: str
    unit: UnitId
    unit_name: str
    roles: frozenset[Role]
    session: str
    proven: UtcNs | None = None
    """When the own factors were last proven in this session; `authority.STEP_UP_S`."""
    limited: bool = False
    """May do nothing but register a security key."""
    stale: bool = False
    """May do nothing but set a new pass-phrase."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera's record. The password is sealed."""

    id: CameraId
    unit: UnitId
    name: str
    place: str
    url: str
    sub_url: str
    user: str
    password_sealed: bytes = field(repr=False)
    transport: str
    engine: str
    audio_basis: str
    """The legal basis of sound; empty means that sound is neither recorded nor shown."""
    expected_bitrate_bps: int
    hosts: frozenset[str]
    """The only ones its connections may reach: those of its addresses, and those to which it may redirect."""
    tls_sha256: str
    """The one certificate trusted at its rtsps addresses, hex SHA-256; empty: the system's authorities decide."""
    created: UtcNs
    retired: UtcNs | None = None


class RegisterKind(StrEnum):
    """What a register entry (登记) records: article 17, paragraph 2, item 2."""

    LIVE = "live"
    PLAYBACK = "playback"
    SNAPSHOT = "snapshot"
    COPY = "copy"
    PUBLICATION = "publication"
    """A redacted copy released for publication (799 article 22)."""
    PRIVATE = "private"
    """A private person's viewing beside the staff (799 article 21): playback, masked, of which nothing is kept."""


class ClosingCause(StrEnum):
    """Why a viewing ended."""

    CLOSED = "closed"
    EXPIRED = "expired"
    SIGNED_OUT = "signed-out"
    REVOKED = "revoked"
    INTERRUPTED = "interrupted"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a register entry: when, why, and the seconds delivered of each camera."""

    entry: int
    at: UtcNs
    cause: ClosingCause
    seconds: dict[str, int]


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One viewing, snapshot or copy: person, time, purpose, destination, cameras. Never changed, only closed."""

    index: int
    """The ledger index: one number for ledger, register and watermark."""
    at: UtcNs
    kind: RegisterKind
    grant: str
    """The Grant this entry opened; of a snapshot, the viewing it was taken in."""
    person: PersonId
    person_name: str
    unit: UnitId
    unit_name: str
    purpose: str
    destination: str
    cameras: tuple[CameraId, ...]
    footage: Period | None
    valid: Period
    session: str
    request: str = ""
    """The access request, or the private person's application, under which it is shown."""
    closing: Closing | None = None
    organ: UnitId | None = None
    """The organ outside the unit whose officers look under `request`; its people see this entry too."""
    officers: tuple[PersonId, ...] = ()
    execution: str = ""
    """The visit under the approval in which it was opened."""


WATCHED = frozenset({RegisterKind.LIVE, RegisterKind.PLAYBACK, RegisterKind.PRIVATE})
"""Entries that go on until they are closed: somebody looks."""


@dataclass(frozen=True, slots=True)
class UseTrouble:
    """What a unit reported about someone's use of its cameras. The use itself goes on: it is lawful."""

    entry: int
    register: int
    at: UtcNs
    person_name: str
    text: str


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """An application of an organ for what a unit's cameras recorded or show (articles 20 and 21), and where it stands.

    Three sides: `asker` asks, the head of `approving` decides, `unit` holds the cameras.
    """

    id: str
    number: str
    unit: UnitId
    state: State
    cameras: tuple[CameraId, ...]
    footage: Period
    """The seconds of footage; of a connection or direct use, when it may happen."""
    purpose: str
    destination: str
    legal_basis: str
    organ: str
    """The name of the asking organ as it stood then."""
    officers: tuple[NamedOfficer, ...]
    """Whom the organ will send, as it wrote them; who really came are the presences."""
    requester: PersonId
    requester_name: str
    submitted: UtcNs
    asker: UnitId
    approving: UnitId
    kind: AccessKind = AccessKind.COPY
    route: str = ""
    """The instrument's row by which it goes; empty: a unit's own footage."""
    other_basis: bool = False
    """It cites another law, regulation or rule that provides otherwise (article 21, paragraph 2)."""
    case: str = ""
    """The asker's case number: ties requests into a folder. Never shown to the holder."""
    on_paper: str = ""
    """The attachment of an approval that was brought on paper; the unit's staff put it on record."""
    approver: PersonId | None = None
    approver_name: str = ""
    decision: str = ""
    """The approver's comment, or the reason of refusal."""
    approved_until: UtcNs | None = None
    report_until: UtcNs | None = None
    """By when use, return or destruction is to be reported; None where nothing was taken away."""
    reported: UtcNs | None = None
    presences: tuple[SignedPresence, ...] = ()
    ground: str = ""
    """Of a unit's own copy the purpose of its rules that allows it; empty: an organ asks."""

    @property
    def own(self) -> bool:
        """Whether a unit copies its own footage, by its own rules."""
        return self.ground != ""


@dataclass(frozen=True, slots=True)
class Execution:
    """One visit under an approval (现场执行): who received the officers, in which session, which papers were checked.

    Of a connection or direct use it is a use: `staff` is the officer in whose session it runs.
    """

    id: str
    request: str
    unit: UnitId
    n: int
    """The number of the visit under this approval."""
    staff: PersonId
    staff_name: str
    session: str
    began: UtcNs
    state: ExecutionState
    papers: tuple[str, ...] = ()
    """The kinds of paper that were checked."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """The number on each paper as the staff read it; none where none was written down."""
    ended: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class SignedPresence:
    """An officer's presence with the name as signed."""

    presence: Presence
    officer_name: str
    entry: int
    execution: str = ""


class JobState(StrEnum):
    """Where an export stands."""

    QUEUED = "queued"
    BUILDING = "building"
    WAITING_CHECKPOINT = "waiting-checkpoint"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUNNING = frozenset({JobState.QUEUED, JobState.BUILDING, JobState.WAITING_CHECKPOINT})


@dataclass(frozen=True, slots=True)
class ExportJob:
    """One evidence package being made."""

    id: str
    request: str
    unit: UnitId
    requester: PersonId
    staff: PersonId
    grant: str
    entry: int
    state: JobState
    created: UtcNs
    started: UtcNs | None = None
    ended: UtcNs | None = None
    done_bytes: int = 0
    total_bytes: int = 0
    outcome: str = ""
    missing_s: int = 0
    sha256: str = ""
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class ClockFreeze:
    """A jump of the system clock for which expiry stands still, and who let it go on."""

    mark: str
    state: FreezeState
    seen: str
    """How it was noticed: `running`, `start` or `lost`."""
    found: UtcNs
    """What the clock read when it was noticed."""
    expected: UtcNs
    """What it should have read then."""
    vouched: UtcNs | None = None
    voucher: PersonId | None = None
    voucher_name: str = ""
    confirmed: UtcNs | None = None
    confirmer: PersonId | None = None
    confirmer_name: str = ""


@dataclass(frozen=True, slots=True)
class PastAct:
    """One line of an object's history, read back from the ledger."""

    index: int
    at: UtcNs
    kind: str
    person_name: str
    facts: dict[str, object]
