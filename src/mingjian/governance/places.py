"""Places of article 7 and their key parts, as their units put them on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId


class Datum(StrEnum):
    """Which coordinates are meant; none is converted silently."""

    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    WGS84 = "wgs84"


class Capacity(StrEnum):
    """What the unit is to the place: article 9, paragraph 2 lets only the first three install."""

    BUILDING = "building"
    MANAGING = "managing"
    USING = "using"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """A drawing of one floor; its picture is an attachment."""

    id: str
    name: str
    attachment: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place that concerns public safety (场所). `kind` is a PlaceKind row of the law, e.g. `7.2.hotel`."""

    id: str
    unit: UnitId
    name: str
    kind: str
    territory: str
    """Six digits; further ones (town, village) may follow."""
    address: str
    created: UtcNs
    longitude: float | None = None
    latitude: float | None = None
    datum: Datum = Datum.CGCS2000
    sector: str = ""
    """The sector whose department supervises it within article 4, paragraph 2."""
    anti_terror: bool = False
    """A key target of the anti-terrorism law: another retention."""
    floors: tuple[FloorPlan, ...] = ()
    telephone: str = ""
    """For the sign and the public page (article 14)."""
    sign_code: str = ""
    """Unguessable letters of the public page's address."""
    sign_photo: str = ""
    """Attachment: the mounted sign."""
    capacity: Capacity = Capacity.MANAGING
    """As the unit declared it when the place was put on record."""
    legal_basis: str = ""
    """Of a place that another law, regulation or rule makes one (article 7, item 14)."""
    closed: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the police said about a key part's determination (article 7, paragraph 2)."""

    organ: UnitId
    by: str
    on: date
    text: str


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A required part of a place (部位): listed by the law, or a 重要部位 that the unit decided on."""

    id: str
    place: str
    unit: UnitId
    name: str
    part: str
    """A PlacePart id of the place's kind."""
    national_rule: str
    """The 国家有关规定 relied on; empty for a part that article 7 itself lists."""
    decision: str
    decided_by: str
    decided_on: date
    created: UtcNs
    guidance: tuple[Guidance, ...] = field(default=())
    withdrawn: UtcNs | None = None
