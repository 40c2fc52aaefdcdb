"""Small real parts at the ports of the world of the tests: each does what its port promises, and remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from mingjian.adapters.basemap_files import TileFolder
from mingjian.app.id_token import Left, Shown
from mingjian.app.provider_sign_in import Asked
from mingjian.app.records import Camera
from mingjian.app.redactions import Rendered
from mingjian.capture.address import CameraAddress
from mingjian.display.timeline import GapList
from mingjian.governance.health import Finding, findings
from mingjian.governance.readings import Readings
from mingjian.governance.redaction import Redaction
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import LocalError, MingjianError, Refused, RemoteError
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period
from mingjian.processing.watermark import Watermark
from mingjian.web.services import (
    CameraStatus,
    Measured,
    StorageOverview,
    TimelineDay,
    missing_picture,
)

ROOM_BPS = 100_000_000
"""What the small Admission of the tests has room for."""


def world_map(folder: Path) -> TileFolder:
    """A basemap of one tile."""
    (folder / "0" / "0").mkdir(parents=True, exist_ok=True)
    (folder / "0" / "0" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n world")
    return TileFolder(folder, (0, 0))


@dataclass
class KnownProvider:
    """An identity provider that knows everybody: whoever comes back with the code `zhang otp` is its subject `zhang`,
    who proved himself by `otp`."""

    issuer: str = "https://provider.test"
    away: bool = False
    asked: list[Asked] = field(default_factory=list)

    def address(self, asked: Asked) -> str:
        if self.away:
            raise RemoteError("oidc.away", "身份提供者没有答复", text_en="The provider gives no answer")
        self.asked.append(asked)
        return f"{self.issuer}/authorize?{urlencode({'state': asked.state, 'challenge': asked.challenge})}"

    def shown(self, asked: Asked, code: str, issuer: str, now: UtcNs) -> Shown:
        if asked not in self.asked or issuer not in ("", self.issuer):
            raise Refused("oidc.issuer", "答复来自别处", text_en="The answer comes from elsewhere")
        subject, *ways = code.split()
        return Shown(subject, frozenset(ways))

    def leaving(self, back: str) -> str:
        if self.away:
            raise RemoteError("oidc.away", "身份提供者没有答复", text_en="The provider gives no answer")
        return f"{self.issuer}/out?{urlencode({'back': back})}"

    def left(self, token: str, now: UtcNs) -> Left:
        """Of `zhang one`: its subject `zhang`, by the token `one`."""
        if len(token.split()) != 2:
            raise Refused("oidc.token", "通知不可信", text_en="The token is not to be trusted")
        return Left(*token.split())


class SmallDisks:
    """`Admission` with a fixed room."""

    def admit(self, name: str, bitrate_bps: int, others: Sequence[Camera]) -> None:
        needed = bitrate_bps + sum(other.expected_bitrate_bps for other in others)
        if needed > ROOM_BPS:
            raise Refused(
                "capacity.does-not-fit",
                f"{name}：共需 {needed} b/s，可用 {ROOM_BPS} b/s",
                text_en=f"{name}: {needed} b/s are needed, {ROOM_BPS} b/s are there",
                remedy="增加存储",
                remedy_en="Add storage",
            )

    def term_days(self) -> int:
        return 31


@dataclass
class QuietRecordings:
    """`Recordings` of cameras that all record."""

    seen: UtcNs

    def status(self, wanted: Sequence[CameraId]) -> Mapping[CameraId, CameraStatus]:
        return {camera: CameraStatus("recording", since=self.seen, codec="H.264") for camera in wanted}

    def incomplete(self) -> bool:
        return False

    def timeline(self, camera: CameraId, period: Period, resolution_ms: int) -> Sequence[TimelineDay]:
        return []

    def storage(self) -> StorageOverview:
        return StorageOverview([], None, [])

    def gaps(self, camera: CameraId, period: Period, most: int) -> GapList:
        return GapList((), 0, 0)

    def health(self) -> Sequence[Finding]:
        return findings(Readings(self.seen, self.seen))


@dataclass(frozen=True)
class Sight:
    """A `governance.mask.Reading`."""

    at: UtcNs
    spread: float = 1.0
    change: float = 0.5
    change_outside: float = 8.0


class OneSight:
    """`Looks` at a camera that masks what it should; `visible` makes something show there."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.visible = False
        self.looked: list[CameraAddress] = []
        self.marks: list[Watermark] = []

    async def picture(self, address: CameraAddress, mark: Watermark) -> bytes:
        self.looked.append(address)
        return b"\xff\xd8\xff\xe0 picture \xff\xd9"

    def marked(self, jpeg: bytes, mark: Watermark) -> bytes:
        self.marks.append(mark)
        return jpeg

    async def readings(
        self, address: CameraAddress, areas: Sequence[Sequence[tuple[float, float]]]
    ) -> Sequence[Sequence[Sight]]:
        self.looked.append(address)
        times = [UtcNs(self.clock.now() + number * 2 * SECOND_NS) for number in range(5)]
        return [[Sight(at, 40.0 if self.visible else 1.0) for at in times] for _ in areas]


class OneCameraEverywhere:
    """A `Probe` that remembers what it was to try, and fails where it is told to."""

    def __init__(self) -> None:
        self.tried: list[CameraAddress] = []
        self.failure: MingjianError | None = None

    async def __call__(self, address: CameraAddress) -> Measured:
        self.tried.append(address)
        if self.failure is not None:
            raise self.failure
        return Measured("H.264", 1920, 1080, 25.0, 4_000_000, 2.0)


class OnePicture:
    """`Snapshots` that remembers under which entry each picture was made; `gone` footage vanishes after the check."""

    def __init__(self) -> None:
        self.entries: list[int] = []
        self.checked = 0
        self.recorded = True
        self.gone = False

    def check(self, camera: CameraId, at: UtcNs | None) -> None:
        self.checked += 1
        if at is not None and not self.recorded:
            raise missing_picture(at)

    def jpeg(self, grant: Grant, camera: CameraId, at: UtcNs | None, *, entry: int) -> bytes:
        self.entries.append(entry)
        if self.gone:
            raise missing_picture(at or UtcNs(0))
        return b"\xff\xd8\xff\xd9"


@dataclass
class PaintedCopies:
    """A `Redactor` of one word; `failing` where footage is gone."""

    folder: Path
    rendered: list[tuple[str, int, str, bool]] = field(default_factory=list)
    failing: bool = False

    def picture(
        self, grant: Grant, camera: CameraId, at: UtcNs, *, masks: Sequence[RedactionMask], at_ms: float
    ) -> bytes:
        return b"\xff\xd8\xff\xd9"

    def render(
        self, redaction: Redaction, *, entry: int, recipient: str, draft: bool, told: Callable[[float], None]
    ) -> Rendered:
        if self.failing:
            raise LocalError("redaction.failed", "制作失败", text_en="It failed")
        told(0.5)
        self.rendered.append((redaction.id, entry, recipient, draft))
        self._file(redaction.id, draft).write_bytes(b"redacted")
        return Rendered(f"{len(self.rendered):064x}", 8)

    def path(self, redaction: str, *, draft: bool) -> Path | None:
        path = self._file(redaction, draft)
        return path if path.is_file() else None

    def remove(self, redaction: str, *, draft: bool) -> None:
        self._file(redaction, draft).unlink(missing_ok=True)

    def _file(self, redaction: str, draft: bool) -> Path:
        return self.folder / f"{redaction}-{draft}.mp4"
