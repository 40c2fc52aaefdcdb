"""What the HTTP face is given by bootstrap: the store, the clock and ports to the rooms that hold media and ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from mingjian.app.cameras import CameraRules
from mingjian.app.identity import IdentityKeeper
from mingjian.app.journal import Journal
from mingjian.app.leaks import LeakReader
from mingjian.app.ports import Random, Store
from mingjian.app.printing import Printer
from mingjian.app.provider_sign_in import ProviderRules
from mingjian.app.redactions import Redactor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.sealing_ports import Sealer
from mingjian.capture.address import CameraAddress
from mingjian.governance.health import Finding
from mingjian.governance.mask import Reading
from mingjian.governance.places import Datum
from mingjian.kernel.clock import Clock, UtcNs, to_datetime
from mingjian.kernel.errors import MingjianError, Missing, RemoteError
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook
from mingjian.processing.watermark import CHINA, Watermark
from mingjian.storage.capacity import Forecast
from mingjian.web.proxies import Network
from mingjian.web.rendering import Rendering
from mingjian.web.viewings import Viewings
from mingjian.web.visits import COMPLAINTS_HOUR, HOUR_NS, MINUTE_NS, PAGES_MINUTE, Visits


class CameraState(StrEnum):
    """Whether a camera's footage reaches the disk."""

    RECORDING = "recording"
    OFFLINE = "offline"
    STARTING = "starting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """How a camera does now. None where nothing is known yet."""

    state: str
    """A word of `CameraState`."""
    cause: str = ""
    since: UtcNs | None = None
    codec: str = ""
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    bitrate_bps: int | None = None
    gop_s: float | None = None
    lag_ms: int | None = None
    days_held: float | None = None
    recorded_until: UtcNs | None = None
    clock_offset_ms: int | None = None


UNKNOWN = CameraStatus("starting")
"""A camera of which no recorder has spoken yet."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a stream test found."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_bps: int
    gop_s: float
    audio: str = ""


class TimelineDay(Protocol):
    """One UTC day of a timeline (`display.timeline.TimelineDay` has this shape)."""

    @property
    def day(self) -> str: ...
    @property
    def runs(self) -> Sequence[tuple[int, int]]: ...
    @property
    def gaps(self) -> Sequence[tuple[int, int, str]]: ...
    @property
    def missing_s(self) -> int: ...
    @property
    def hours(self) -> Sequence[tuple[int, int]]: ...


class GapList(Protocol):
    """Gaps as a table (`display.timeline.GapList` has this shape)."""

    @property
    def gaps(self) -> Sequence[tuple[int, int, str]]: ...
    @property
    def count(self) -> int: ...
    @property
    def missing_s(self) -> int: ...


@dataclass(frozen=True, slots=True)
class VolumeState:
    """One volume as the storage page shows it."""

    id: str
    kind: str
    path_name: str
    total_bytes: int
    free_bytes: int
    floor_s: int
    ceiling_s: int


@dataclass(frozen=True, slots=True)
class CameraStorage:
    """What one camera takes and how far back it reaches."""

    id: CameraId
    bytes_per_day: int
    days_held: float
    forecast_days: float | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that somebody must see to: what, where (`subject`), and what to do."""

    code: str
    subject: str
    text: str
    text_en: str
    remedy: str
    remedy_en: str

    @classmethod
    def of(cls, error: MingjianError, subject: str) -> Problem:
        return cls(error.code, subject, error.text, error.text_en, error.remedy, error.remedy_en)


@dataclass(frozen=True, slots=True)
class StorageOverview:
    """Volumes, the forecast with its arithmetic, what each camera takes, and what is wrong."""

    volumes: Sequence[VolumeState]
    forecast: Forecast | None
    """None where no volume can be read."""
    cameras: Sequence[CameraStorage]
    problems: Sequence[Problem] = ()


class Recordings(Protocol):
    """What recorders and catalogue know; each call answers within tens of milliseconds."""

    def status(self, cameras: Sequence[CameraId]) -> Mapping[CameraId, CameraStatus]: ...

    def timeline(self, camera: CameraId, period: Period, resolution_ms: int) -> Sequence[TimelineDay]: ...

    def incomplete(self) -> bool:
        """Whether the catalogue is being made anew: what a timeline does not show may be recorded all the same."""
        ...

    def gaps(self, camera: CameraId, period: Period, most: int) -> GapList:
        """What is missing in `period`, to the second, newest first, at most `most` lines."""
        ...

    def storage(self) -> StorageOverview: ...

    def health(self) -> Sequence[Finding]:
        """How every part of the installation stands now; what cannot be read is itself a finding."""
        ...


class Probe(Protocol):
    """A stream test. Raises RemoteError or Refused with what to do; bounded in time."""

    async def __call__(self, address: CameraAddress) -> Measured: ...


class Snapshots(Protocol):
    """Pictures with the watermark burnt in."""

    def check(self, camera: CameraId, at: UtcNs | None) -> None:
        """Raises `missing_picture` where nothing was recorded at `at`. Reads facts about footage, never footage."""
        ...

    def jpeg(self, grant: Grant, camera: CameraId, at: UtcNs | None, *, entry: int) -> bytes:
        """Called only after the snapshot's own entry is committed."""
        ...


class Looks(Protocol):
    """Looks at a camera's own stream, before anything of it is recorded. Bounded in time; raises RemoteError."""

    async def picture(self, address: CameraAddress, mark: Watermark) -> bytes:
        """One key frame as JPEG with the mark burnt in. Called only after the look's own entry is committed."""
        ...

    def marked(self, jpeg: bytes, mark: Watermark) -> bytes:
        """A kept picture with another looker's mark burnt in. Raises RemoteError for what is no picture."""
        ...

    async def readings(
        self, address: CameraAddress, areas: Sequence[Sequence[tuple[float, float]]]
    ) -> Sequence[Sequence[Reading]]:
        """What several key frames show inside each polygon and outside of all; no picture is kept or shown."""
        ...


class SheetFiles(Protocol):
    """Sheets as people make them with a spreadsheet program."""

    def read(self, content: bytes) -> list[list[str]]:
        """The rows of an XLSX or CSV file as text. Raises Invalid(`file`) for what is none, or is too large."""
        ...

    def write(self, rows: Iterable[Sequence[str]], *, xlsx: bool) -> bytes:
        """A file in which no cell runs as a formula."""
        ...


class SealedPackages(Sealer, Protocol):
    """Sealed packages on disk: the only ones that leave."""

    def path(self, sealing: str) -> Path | None: ...


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger entry as the auditor reads it; names are those whose opening was not erased."""

    index: int
    at: UtcNs
    kind: str
    actor: str
    actor_name: str
    unit: str
    node: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """The newest signed checkpoint and who cosigned it."""

    note: str
    size: int
    root: str
    witnesses: Sequence[str]


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which entries to list: newest first, before an index. What is empty does not filter."""

    before: int | None = None
    limit: int = 100
    kind: str = ""
    person: str = ""
    subjects: tuple[str, ...] = ()
    """Entries that speak of every one of these: a camera, a request, a Grant."""
    since: UtcNs | None = None
    until: UtcNs | None = None


class LedgerReader(Protocol):
    """The published ledger as the auditor of `unit` may read it: entries of that unit and those of none (recorder
    heads, failed sign-ins of unknown names). Another unit's entries do not exist for him, but as hashes."""

    def entries(self, unit: UnitId, query: LedgerQuery) -> Sequence[LedgerLine]: ...

    def checkpoint(self) -> CheckpointState | None: ...

    def proof(self, unit: UnitId, index: int) -> Mapping[str, Any] | None:
        """The inclusion proof of an entry under the newest checkpoint; None when it is not published yet."""
        ...

    def file(self, unit: UnitId, path: str) -> bytes | None:
        """A file of the tile directory by its C2SP path; None for any other text.

        Tiles are hashes and open to every auditor. A bundle of entries is None where one is another unit's.
        """
        ...

    def trust_anchors(self) -> Mapping[str, Any]: ...


class Tiles(Protocol):
    """Raster tiles in the XYZ scheme."""

    @property
    def zooms(self) -> tuple[int, int]:
        """The least and the most zoom that there are tiles of."""
        ...

    def tile(self, zoom: int, column: int, row: int) -> tuple[bytes, str] | None:
        """A tile and its media type; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Basemap:
    """The operator's own map, with what he must say of it (审图号, source)."""

    tiles: Tiles
    datum: Datum
    attribution: str = ""


@dataclass(slots=True)
class LeakReading:
    """How many leaked files are being read in this process, and how far the last one is."""

    running: int = 0
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Services:
    """All that routes use. Made once by bootstrap; tests make it of small real parts."""

    store: Store
    identity: IdentityKeeper
    cameras: CameraRules
    clock: Clock
    random: Random
    law: Rulebook
    recordings: Recordings
    probe: Probe
    snapshots: Snapshots
    looks: Looks
    sealed: SealedPackages
    attachments: AttachmentFiles
    sheets: SheetFiles
    ledger: LedgerReader
    printer: Printer
    leaks: LeakReader
    redactor: Redactor
    version: str
    journal: Journal
    """Takes the entries of lawful access while the ledger is away."""
    provider: ProviderRules | None = None
    """The identity provider by which linked people may sign in."""
    viewings: Viewings = field(default_factory=Viewings)
    """Those of the media path; a viewing is closed after they have told what was seen."""
    rendering: Rendering = field(default_factory=Rendering)
    sealing: Rendering = field(default_factory=Rendering)
    """Beside the renderings, which may take an hour: officers who wait at the counter are present for minutes."""
    leak_reading: LeakReading = field(default_factory=LeakReading)
    throw_away: bool = False
    """Shows the permanent banner of a demonstration."""
    secure_cookies: bool = True
    """False only on loopback without TLS."""
    extra_origins: frozenset[str] = frozenset()
    """Origins besides the server's own: the development server's."""
    public_url: str = ""
    """Address of this installation as citizens reach it; empty: as the staff member who prints a sign does."""
    page_visits: Visits = field(default_factory=lambda: Visits(PAGES_MINUTE, MINUTE_NS))
    page_complaints: Visits = field(default_factory=lambda: Visits(COMPLAINTS_HOUR, HOUR_NS))
    trusted_proxies: tuple[Network, ...] = ()
    """Whose `X-Forwarded-For` counts; of nobody's by default."""
    basemap: Basemap | None = None
    """None ships: whose map may be shown, and under which number, is the operator's to settle."""
    screens: Path | None = None
    """Folder of the built screens; None serves the API alone."""

    def cited(self, matter: str, at: UtcNs | None = None) -> str:
        """What the law in force here cites for a matter, today or at an instant; a citation stays as it is."""
        return self.law.cited(matter, self.law.day(self.clock.now() if at is None else at))


def missing_picture(at: UtcNs) -> Missing:
    """What a Snapshots port raises where nothing was recorded at `at`."""
    when = f"{to_datetime(at).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
    return Missing(
        "snapshot.nothing",
        f"{when}（北京时间）没有录像",
        field="at_ms",
        remedy="在时间轴上换一个有录像的时刻，缺失的原因也在那里；刚过去的十几秒写入后才能截图",
        text_en=f"Nothing was recorded at {when} (UTC+8)",
        remedy_en="Choose a recorded instant on the timeline, where the cause of each gap stands as well; the last"
        " seconds can be taken once they are written",
    )


def silent_camera() -> RemoteError:
    """What a Snapshots port raises when a live camera sends no key frame in time."""
    return RemoteError("snapshot.no-frame", "摄像机没有送来画面", text_en="The camera sent no picture")
