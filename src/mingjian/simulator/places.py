"""Four places drawn with shapes: what stands still, and what moves with phase 0 to 1 of the loop.

Coordinates are those of a picture 1600 wide and 900 high; a Canvas scales them to the size asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import pi, sin

from PIL import ImageDraw

Colour = tuple[int, int, int]
_SKIN = (206, 170, 142)
_ROAD, _KERB, _LINE = (84, 88, 92), (150, 150, 146), (206, 204, 190)
_TYRE, _GLASS = (34, 36, 38), (120, 148, 164)


class Place(StrEnum):
    """The kinds of place of the demonstration county."""

    GATE = "gate"
    LOBBY = "lobby"
    PLATFORM = "platform"
    CAR_PARK = "car-park"


class Canvas:
    """Shapes in the 1600 × 900 frame, scaled to the picture."""

    def __init__(self, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
        self._draw = draw
        self._x = width / 1600
        self._y = height / 900

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, round_: float = 0) -> None:
        """A filled rectangle, its corners rounded by `round_`."""
        place = (left * self._x, top * self._y, right * self._x, bottom * self._y)
        if round_:
            self._draw.rounded_rectangle(place, round_ * self._y, fill=colour)
        else:
            self._draw.rectangle(place, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle."""
        place = ((x - radius) * self._x, (y - radius) * self._y, (x + radius) * self._x, (y + radius) * self._y)
        self._draw.ellipse(place, fill=colour)

    def shape(self, colour: Colour, *points: tuple[float, float]) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self._x, y * self._y) for x, y in points], fill=colour)

    def line(self, colour: Colour, thick: float, *points: tuple[float, float]) -> None:
        """A line through `points`."""
        width = max(1, round(thick * self._y))
        self._draw.line([(x * self._x, y * self._y) for x, y in points], fill=colour, width=width)

    def person(self, x: float, foot: float, tall: float, coat: Colour, stride: float) -> None:
        """Someone walking, feet at `foot`, `tall` high; `stride` -1 to 1 swings the legs."""
        hip, swing = foot - tall * 0.45, stride * tall * 0.14
        dark = (52, 54, 62)
        self.line(dark, tall * 0.09, (x, hip), (x - swing, foot))
        self.line(dark, tall * 0.09, (x, hip), (x + swing, foot))
        self.box(x - tall * 0.13, foot - tall * 0.82, x + tall * 0.13, hip + tall * 0.03, coat, tall * 0.06)
        self.disc(x, foot - tall * 0.91, tall * 0.09, _SKIN)

    def car(self, x: float, ground: float, long: float, colour: Colour) -> None:
        """A car seen from its side, its middle at `x`, wheels on `ground`."""
        high = long * 0.3
        self.box(x - long / 2, ground - high * 0.72, x + long / 2, ground - high * 0.16, colour, high * 0.16)
        roof = ground - high
        self.shape(
            colour,
            (x - long * 0.3, ground - high * 0.6),
            (x - long * 0.2, roof),
            (x + long * 0.16, roof),
            (x + long * 0.3, ground - high * 0.6),
        )
        self.box(x - long * 0.19, roof + high * 0.07, x - long * 0.03, ground - high * 0.66, _GLASS)
        self.box(x + long * 0.0, roof + high * 0.07, x + long * 0.15, ground - high * 0.66, _GLASS)
        for wheel in (x - long * 0.28, x + long * 0.28):
            self.disc(wheel, ground - high * 0.14, high * 0.2, _TYRE)
            self.disc(wheel, ground - high * 0.14, high * 0.09, _KERB)


def _sweep(phase: float, start: float, end: float) -> float:
    """From `start` to `end` once a loop."""
    return start + (end - start) * (phase % 1)


def _stride(phase: float, steps: int) -> float:
    return sin(2 * pi * phase * steps)


def _gate(on: Canvas) -> None:
    on.box(0, 0, 1600, 360, (164, 188, 204))
    on.box(0, 300, 1600, 560, (168, 150, 132))
    for left in range(40, 1600, 210):
        on.box(left, 330, left + 120, 420, _GLASS)
        on.box(left, 450, left + 120, 530, _GLASS)
    on.box(0, 560, 1600, 900, (132, 134, 132))
    on.box(0, 690, 1600, 850, _ROAD)
    for left in range(30, 1600, 160):
        on.box(left, 766, left + 84, 774, _LINE)
    for left in (430, 1090):
        on.box(left, 330, left + 80, 640, (142, 70, 58))
        on.box(left - 14, 316, left + 94, 344, (118, 56, 48))
    on.box(510, 330, 1090, 392, (142, 70, 58))
    on.box(540, 342, 1060, 380, (206, 178, 96))
    on.box(1200, 470, 1330, 640, (190, 186, 176))
    on.box(1216, 490, 1314, 556, _GLASS)
    for left in range(200, 420, 24):
        on.line((70, 74, 78), 5, (left, 470), (left, 640))
    on.disc(120, 470, 96, (74, 110, 72))
    on.box(110, 540, 130, 650, (88, 70, 54))


def _gate_moving(on: Canvas, phase: float) -> None:
    lift = 0.5 - 0.5 * sin(2 * pi * phase)
    on.line((200, 60, 52), 10, (1180, 610), (1180 - 380, 610 - 240 * lift))
    on.person(_sweep(phase, -60, 1660), 668, 150, (64, 92, 148), _stride(phase, 14))
    on.person(_sweep(phase + 0.4, 1660, -60), 684, 158, (150, 64, 70), _stride(phase, 16))
    on.person(800 + 60 * sin(2 * pi * phase), 622, 132, (204, 176, 70), _stride(phase, 8))
    on.car(_sweep(phase + 0.1, -260, 1860), 764, 330, (176, 178, 182))
    on.car(_sweep(phase + 0.6, 1860, -260), 846, 350, (58, 78, 112))


def _lobby(on: Canvas) -> None:
    on.box(0, 0, 1600, 520, (190, 178, 158))
    on.box(0, 0, 1600, 70, (214, 206, 190))
    on.shape((146, 126, 108), (0, 520), (1600, 520), (1600, 900), (0, 900))
    for x in range(-800, 2401, 200):
        on.line((132, 112, 96), 3, (800 + (x - 800) * 0.45, 520), (x, 900))
    for y in (560, 620, 710, 830):
        on.line((132, 112, 96), 3, (0, y), (1600, y))
    _desk(on)
    for left in (600, 760, 920):
        on.box(left, 150, left + 130, 230, (226, 214, 180))
        on.disc(left + 65, 190, 28, (120, 112, 96))
    for left in (110, 1300):
        on.box(left, 130, left + 190, 520, (126, 128, 132))
        on.line((84, 86, 90), 5, (left + 95, 130), (left + 95, 520))
    on.box(90, 640, 420, 760, (86, 96, 84), 30)
    on.box(90, 590, 420, 670, (98, 110, 96), 26)
    on.disc(1480, 560, 74, (78, 112, 74))
    on.box(1450, 610, 1510, 690, (140, 92, 66))


def _desk(on: Canvas) -> None:
    on.box(560, 400, 1120, 600, (104, 70, 48), 10)
    on.box(540, 388, 1140, 416, (66, 48, 38))


def _lobby_moving(on: Canvas, phase: float) -> None:
    opened = 80 * (0.5 - 0.5 * sin(2 * pi * phase))
    on.box(1395 - opened, 134, 1395 + opened, 518, (52, 56, 62))
    on.person(840 + 18 * sin(2 * pi * phase), 506, 168, (50, 54, 74), 0)
    _desk(on)
    on.person(_sweep(phase, -80, 1680), 790, 250, (88, 106, 138), _stride(phase, 12))
    on.box(_sweep(phase, -80, 1680) - 110, 720, _sweep(phase, -80, 1680) - 50, 790, (152, 70, 54), 8)
    on.person(_sweep(phase + 0.55, 1680, -80), 700, 220, (168, 128, 60), _stride(phase, 13))


def _platform(on: Canvas) -> None:
    on.box(0, 0, 1600, 900, (118, 126, 132))
    on.box(0, 0, 1600, 120, (70, 76, 84))
    for left in range(60, 1600, 300):
        on.box(left, 44, left + 200, 66, (228, 230, 222))
    on.box(0, 250, 1600, 520, (58, 62, 68))
    on.box(0, 520, 1600, 548, (36, 38, 42))
    on.shape((168, 168, 162), (0, 560), (1600, 560), (1600, 900), (0, 900))
    on.box(0, 572, 1600, 598, (214, 186, 60))
    for left in range(0, 1600, 100):
        on.line((150, 150, 146), 3, (800 + (left - 800) * 0.8, 600), (left * 1.4 - 320, 900))
    for left in (250, 800, 1350):
        on.box(left - 34, 120, left + 34, 640, (146, 152, 156))
        on.box(left - 80, 150, left + 80, 200, (40, 84, 140))


def _platform_moving(on: Canvas, phase: float) -> None:
    # A train comes, stands, and leaves within the loop.
    arrive, leave = min(1.0, phase / 0.25), max(0.0, (phase - 0.7) / 0.3)
    left = -1700 * (1 - arrive) ** 2 + 1700 * leave**2
    on.box(left + 20, 220, left + 1580, 540, (206, 210, 214), 36)
    on.box(left + 20, 470, left + 1580, 500, (40, 84, 140))
    opened = 46 if 0.3 < phase < 0.65 else 0
    for door in (240, 640, 1040, 1440):
        on.box(left + door - 150, 270, left + door - 60, 400, _GLASS)
        on.box(left + door - 48, 256, left + door + 48, 530, (176, 182, 188))
        on.box(left + door - opened, 262, left + door + opened, 530, (62, 58, 52))
    for x in (250, 800, 1350):
        on.box(x - 34, 120, x + 34, 640, (146, 152, 156))
    on.person(_sweep(phase, 1680, -80), 760, 230, (140, 62, 84), _stride(phase, 13))
    on.person(_sweep(phase + 0.5, -80, 1680), 830, 252, (66, 96, 84), _stride(phase, 14))
    on.person(520 + 20 * sin(2 * pi * phase), 690, 205, (72, 78, 120), 0)


def _car_park(on: Canvas) -> None:
    on.box(0, 0, 1600, 250, (172, 192, 206))
    for left, top in ((40, 60), (420, 20), (860, 70), (1230, 30)):
        on.box(left, top, left + 320, 330, (190, 178, 164))
        for row in range(top + 26, 300, 56):
            for column in range(left + 24, left + 300, 70):
                on.box(column, row, column + 40, row + 32, _GLASS)
    on.box(0, 300, 1600, 380, (92, 120, 84))
    on.box(0, 380, 1600, 900, _ROAD)
    for left in range(40, 1600, 260):
        on.line(_LINE, 6, (left, 400), (left - 30, 560))
    on.box(0, 560, 1600, 566, _LINE)
    for x, colour in ((160, (150, 56, 52)), (690, (204, 206, 208)), (1210, (66, 72, 78))):
        on.car(x, 530, 230, colour)
    on.line((120, 122, 124), 10, (1500, 380), (1500, 120), (1440, 110))


def _car_park_moving(on: Canvas, phase: float) -> None:
    on.car(_sweep(phase, -300, 1900), 690, 370, (214, 214, 208))
    on.car(_sweep(phase + 0.45, 1940, -340), 842, 430, (46, 94, 84))
    on.person(_sweep(phase + 0.2, 1650, -50), 600, 140, (160, 140, 64), _stride(phase, 15))
    on.person(_sweep(phase + 0.7, -50, 1650), 620, 146, (76, 70, 120), _stride(phase, 14))


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a place is drawn: once, and for every phase."""

    fixed: Callable[[Canvas], None]
    moving: Callable[[Canvas, float], None]


PLACES = {
    Place.GATE: Drawing(_gate, _gate_moving),
    Place.LOBBY: Drawing(_lobby, _lobby_moving),
    Place.PLATFORM: Drawing(_platform, _platform_moving),
    Place.CAR_PARK: Drawing(_car_park, _car_park_moving),
}
