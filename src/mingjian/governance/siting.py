"""Where a camera stands and by what right: its record, who may build there (article 9), where none may be (article 8).

Form, API and import ask the same two questions: `responsibility` and `forbidden`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from mingjian.governance import matters
from mingjian.governance.mask import MaskProof, PrivacyMask
from mingjian.governance.organs import OrganKind
from mingjian.governance.places import Capacity, Datum
from mingjian.governance.reasons import Reason
from mingjian.governance.systems import Builder
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.law.rows import ForbiddenPlace, PlaceKind

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG): distances within a county are right to a few thousandths."""


class Spot(StrEnum):
    """Where in a place a camera may stand, beside the parts that article 7 lists."""

    ENTRANCE = "entrance"
    LOBBY = "lobby"
    PASSAGE = "passage"
    STAIRS = "stairs"
    LIFT = "lift"
    OUTDOOR = "outdoor"
    ROAD = "road"
    CAR_PARK = "car_park"
    COUNTER = "counter"
    HALL = "hall"
    CLASSROOM = "classroom"
    DUTY_ROOM = "duty_room"
    STORE = "store"
    VEHICLE = "vehicle"
    OTHER = "other"


SPOTS: dict[Spot, tuple[str, str]] = {
    Spot.ENTRANCE: ("出入口", "Entrance"),
    Spot.LOBBY: ("大厅", "Lobby"),
    Spot.PASSAGE: ("通道、走廊", "Passage"),
    Spot.STAIRS: ("楼梯", "Stairs"),
    Spot.LIFT: ("电梯", "Lift"),
    Spot.OUTDOOR: ("室外场地", "Outdoor ground"),
    Spot.ROAD: ("道路", "Road"),
    Spot.CAR_PARK: ("停车场", "Car park"),
    Spot.COUNTER: ("柜台外侧", "Public side of a counter"),
    Spot.HALL: ("营业、展览或者活动大厅", "Hall"),
    Spot.CLASSROOM: ("教室、公共教学区域", "Classroom"),
    Spot.DUTY_ROOM: ("值班室、监控室", "Duty room"),
    Spot.STORE: ("库房", "Store"),
    Spot.VEHICLE: ("车辆、船舶内", "Inside a vehicle"),
    Spot.OTHER: ("其他公共部位", "Another public part"),
}


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What the stream test measured, and when."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_bps: int
    gop_s: float
    at: UtcNs


@dataclass(frozen=True, slots=True)
class Siting:
    """One camera's place in the register (登记). It is a draft until it is signed; `id` is the camera's."""

    id: CameraId
    unit: UnitId
    place: str
    system: str
    territory: str
    sector: str
    created: UtcNs
    part: str = ""
    """A PlacePart id of the place's kind, or the id of a KeyPart that the unit decided on."""
    location: str = ""
    """A `Spot`, a part, or what people wrote; never one of the forbidden places."""
    gb_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    floor: str = ""
    """A FloorPlan id; `x` and `y` are shares of its width and height, 0 to 1 from the top left."""
    x: float | None = None
    y: float | None = None
    direction_deg: float | None = None
    """Clockwise from north, or from the top of the floor plan."""
    angle_deg: float | None = None
    """Horizontal field of view."""
    range_m: float | None = None
    picture: str = ""
    """Attachment: the reference picture that fixes the range (article 14)."""
    picture_entry: int | None = None
    """Ledger index of the view under which it was taken."""
    reaches: bool | None = None
    """Whether the view reaches a private area; None until somebody has answered."""
    masks: tuple[PrivacyMask, ...] = ()
    proof: MaskProof | None = None
    stream: StreamFacts | None = None
    days: int | None = None
    """Days of storage that the disks give it, as admitted."""
    dossier: Mapping[str, str] = field(default_factory=dict)
    existing: bool = False
    """It recorded before it was put on record."""
    responsible: str = ""
    """The row of the law by which its unit builds and answers for it, as it stood when signed."""
    signed: UtcNs | None = None
    signed_by: str = ""

    @property
    def proven(self) -> bool:
        """Whether what the view reaches is masked before encoding, and that was seen on the received stream."""
        return self.reaches is False or (
            self.reaches is True and bool(self.masks) and self.proof is not None and self.proof.proven
        )

    @property
    def held(self) -> bool:
        """Whether nothing may be recorded of it yet: a new camera until it is signed, and any whose view reaches a
        private area without proof of its mask (article 8)."""
        return (self.signed is None and not self.existing) or (self.reaches is True and not self.proven)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who builds at a part of a place, by which row, and whether the asker is that one."""

    builder: Builder
    row: str
    article: str
    """As `Rulebook.cited` takes it."""
    text: str
    text_en: str
    refused: Reason | None = None


def responsibility(kind: PlaceKind, part: str, organ: OrganKind, capacity: Capacity) -> Verdict:
    """Whether an asker of kind `organ`, standing to the place in `capacity`, builds at `part` (article 9).

    Reading: what people's governments build is put on record by the government or an organ it charges, never by
    another unit; everything else by whoever builds, manages or uses the place.
    """
    builder = Builder(kind.builder_of(part))
    own = next((found for found in kind.parts if found.id == part and found.builder is not None), None)
    by_government = builder is Builder.GOVERNMENT
    row = "A9.1.build" if by_government else "A9.2.build"
    article = matters.BY_GOVERNMENT if own is not None and by_government else kind.builder_article
    what, what_en = (
        (f"{kind.name}的{own.name}", f"{own.name_en} of {kind.name_en}") if own else (kind.name, kind.name_en)
    )
    who, who_en = (
        ("由市、县人民政府组织建设和维护", "is built and maintained by the city or county people's government")
        if by_government
        else ("由建设、管理或者使用单位负责建设", "is built by the unit that builds, manages or uses it")
    )
    text, text_en = f"{what}{who}", f"{what_en} {who_en}"
    lawful = organ is not OrganKind.UNIT if by_government else capacity is not Capacity.NONE
    refused = None if lawful else _nobody_else(text, text_en, by_government)
    return Verdict(builder, row, article, text, text_en, refused)


def _nobody_else(text: str, text_en: str, by_government: bool) -> Reason:
    remedy, remedy_en = (
        (
            "需要安装的，请向所在地人民政府提出；已安装的须拆除",
            "Ask the people's government of the place; what is installed has to go",
        )
        if by_government
        else (
            "由该场所的建设、管理或者使用单位登记；您单位不是其中之一的，不得安装",
            "Let the unit that builds, manages or uses the place put it on record; another may not install",
        )
    )
    return Reason(
        "siting.not-responsible",
        f"{text}，其他单位和个人不得安装",
        f"{text_en}; nobody else may install there",
        remedy,
        remedy_en,
        matters.RIGHT,
    )


def forbidden(location: str, rows: Iterable[ForbiddenPlace]) -> Reason | None:
    """Why no camera may be at `location`; None where one may. The only such question: form, API and import ask it.

    `location` is a forbidden place's key, or words: one that is, or ends with, the law's word for the place or one that
    people have for it (with or without 内) is that place. 试衣间外通道 is a passage; its view is asked apart.
    """
    said = _outside(location.strip())
    for row in rows:
        words = {_outside(row.says), _outside(row.name), *row.words}
        if location == row.place or (said and any(said.endswith(word) for word in words)) or said == row.name_en:
            return Reason(
                "siting.forbidden",
                f"{row.name}不得安装视频图像采集设备",
                f"No camera may be installed here: {row.name_en}",
                "改选其他位置；已经安装的须立即拆除",
                "Choose another position; what is installed there has to go at once",
                row.article,
            )
    return None


def _outside(place: str) -> str:
    """The place itself, of words that say that somebody is inside it."""
    return next(
        (place.removesuffix(inside) for inside in ("内部", "里面", "内", "里") if place.endswith(inside)), place
    )


def metres_between(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    """Great-circle distance in metres (haversine); both points in the same datum."""
    north, other_north = radians(latitude), radians(other_latitude)
    across = sin(radians(other_longitude - longitude) / 2) ** 2
    up = sin((other_north - north) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(up + cos(north) * cos(other_north) * across)))
