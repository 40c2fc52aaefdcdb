"""What a simulated camera sees: a drawn place, things that move, and burnt-in time. No photograph, no network.

A picture is a pure function of (scene, size, frame index). Movement has the period of the loop, so that the last
picture joins the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mingjian.simulator.places import PLACES, Canvas, Place
from mingjian.simulator.strip import draw_strip

_CJK_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where systems keep a font with Chinese characters; without one the ASCII name is shown."""
_COVER = (22, 20, 19)
_BLACK = (16, 16, 16)
_BLUR_FACTOR = 24


class Look(StrEnum):
    """How the picture is spoilt; each look is a loop of its own."""

    NORMAL = "normal"
    BLACK = "black"
    FROZEN = "frozen"
    BLURRED = "blurred"
    COVERED = "covered"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Scene:
    """One camera's view. `ascii_name` stands in where no Chinese font is installed."""

    place: Place
    name: str
    ascii_name: str
    masks: tuple[tuple[float, float, float, float], ...] = ()
    """Rectangles (left, top, right, bottom as shares of the picture) that the camera blackens before it encodes."""

    def masked(self, width: int, height: int) -> list[tuple[int, int, int, int]]:
        """The masks in pixels."""
        return [
            (round(left * width), round(top * height), round(right * width), round(bottom * height))
            for left, top, right, bottom in self.masks
        ]


def picture(scene: Scene, look: Look, width: int, height: int, index: int, fps: int, frames: int) -> Image.Image:
    """The picture of frame `index` of a loop of `frames`."""
    if look is Look.BLACK:
        return Image.new("RGB", (width, height), _BLACK)
    shown = 0 if look is Look.FROZEN else index
    image = _background(scene.place, width, height).copy()
    draw = ImageDraw.Draw(image)
    PLACES[scene.place].moving(Canvas(draw, width, height), shown / frames)
    if look is Look.BLURRED:
        small = image.resize((max(1, width // _BLUR_FACTOR), max(1, height // _BLUR_FACTOR)), Image.Resampling.BOX)
        image = small.resize((width, height), Image.Resampling.BICUBIC)
    elif look is Look.MOVED:
        part = (round(width * 0.45), round(height * 0.3), width, round(height * 0.85))
        image = image.crop(part).resize((width, height), Image.Resampling.BILINEAR)
    elif look is Look.COVERED:
        edge = round(height * (0.93 + 0.01 * sin(2 * pi * shown / frames)))
        draw.rectangle((0, 0, width, edge), fill=_COVER)
    _burn_in(image, scene, shown, fps)
    for box in scene.masked(width, height):
        ImageDraw.Draw(image).rectangle(box, fill=_BLACK)
    return image


@lru_cache(maxsize=8)
def _background(place: Place, width: int, height: int) -> Image.Image:
    image = Image.new("RGB", (width, height), (96, 104, 112))
    PLACES[place].fixed(Canvas(ImageDraw.Draw(image), width, height))
    return image


def _burn_in(image: Image.Image, scene: Scene, index: int, fps: int) -> None:
    """Camera name, second of the loop with milliseconds, frame number, and the strip."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    label = _label(scene.name, scene.ascii_name, height)
    image.paste(label, (round(width * 0.02), round(height * 0.025)))
    milliseconds = index * 1000 // fps
    text = f"{milliseconds // 1000:02d}.{milliseconds % 1000:03d} {index:03d}"
    glyphs = _digits(height)
    across = glyphs["0"].width
    left, top = width - round(width * 0.02) - across * len(text), round(height * 0.025)
    for place, character in enumerate(text):
        image.paste(glyphs[character], (left + place * across, top))
    draw_strip(draw, width, height, index)


@lru_cache(maxsize=32)
def _label(name: str, ascii_name: str, height: int) -> Image.Image:
    size = max(10, height // 18)
    path = next((path for path in _CJK_FONTS if Path(path).exists()), None)
    font = ImageFont.truetype(path, size) if path else ImageFont.load_default(size)
    text = name if path else ascii_name
    box = font.getbbox(text)
    image = Image.new("RGB", (round(box[2]) + size // 2, round(size * 1.5)), (24, 28, 32))
    ImageDraw.Draw(image).text((size // 4, 0), text, font=font, fill=(236, 236, 228))
    return image


@lru_cache(maxsize=4)
def _digits(height: int) -> dict[str, Image.Image]:
    """One picture a character, all alike in size: pasting is cheaper than setting type in every frame."""
    size = max(10, height // 12)
    font = ImageFont.load_default(size)
    across = round(max(font.getlength(character) for character in "0123456789"))
    found = {}
    for character in "0123456789. ":
        image = Image.new("RGB", (across, round(size * 1.25)), (24, 28, 32))
        left = (across - font.getlength(character)) / 2
        ImageDraw.Draw(image).text((left, 0), character, font=font, fill=(250, 226, 120))
        found[character] = image
    return found
