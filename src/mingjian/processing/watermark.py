"""A visible mark burnt into pictures: who looks or who receives, for which unit, when, under which register entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mingjian.kernel.clock import SECOND_NS, UtcNs, to_datetime
from mingjian.kernel.errors import LocalError

CHINA = timezone(timedelta(hours=8), "UTC+08:00")
"""One legal time in the whole country; written out beside the time, so that it needs no knowledge."""

CJK_FONTS = tuple(
    Path(path)
    for path in (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf",
        "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
        "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/usr/share/fonts/truetype/arphic/uming.ttc",
        "/System/Library/Fonts/PingFang.ttc",
    )
)
"""Where Debian, Ubuntu, Fedora, openEuler, Kylin and macOS keep a font with Chinese characters."""

MARGIN = 0.02
"""Of the picture's width."""
TEXT_HEIGHT = 1 / 28
"""Of the picture's height: readable on paper, and it hides little."""
TEXT_PIXELS_MIN = 11
GHOST_ALPHA = 44
"""Of 255: the repeated mark that cropping the foot does not remove."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """What is burnt in. `at` is the instant shown, not the instant of copying."""

    person: str
    unit: str
    at: UtcNs
    entry: int
    camera: str = ""

    def lines(self) -> tuple[str, str]:
        """The foot of the picture."""
        where = f"{self.camera}　" if self.camera else ""
        return f"{where}{_shown(self.at)}", f"{self.unit}　{self.person}　登记第 {self.entry} 号"


@dataclass(frozen=True, slots=True)
class CopyMark:
    """What is burnt into a copy that is handed over: under which request and entry, to whom, and when it was made."""

    number: str
    entry: int
    recipient: str
    made: UtcNs
    camera: str = ""

    def lines(self, at: UtcNs) -> tuple[str, str, str]:
        """The foot of the picture recorded at `at`, which is told to the second."""
        return (
            f"{self.camera}　录像时间 {_shown(at)[:19]} UTC+8",
            f"复制件　{self.number}　登记第 {self.entry} 号　制作 {_shown(self.made)[:16]} UTC+8",
            f"交付 {self.recipient}",
        )


@dataclass(frozen=True, slots=True)
class ViewMark:
    """What is burnt into a stream for someone outside: who looks, for which organ, under which register entry."""

    entry: int
    person: str
    unit: str
    camera: str = ""

    def lines(self, at: UtcNs) -> tuple[str, str]:
        """The foot of the picture recorded at `at`; the same throughout a second, so that it is drawn once."""
        return Watermark(self.person, self.unit, UtcNs(at - at % SECOND_NS), self.entry, self.camera).lines()


def _shown(at: UtcNs) -> str:
    moment = to_datetime(at).astimezone(CHINA)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC+8"


def cjk_font(candidates: Sequence[Path] = CJK_FONTS) -> Path:
    """A font that holds Chinese characters. LocalError naming the package to install where there is none."""
    for path in candidates:
        if path.exists():
            return path
    raise LocalError(
        "watermark.no-font",
        "系统没有中文字体，无法在图片上标注人员和单位",
        text_en="This system has no Chinese font, so person and unit cannot be marked on the picture",
        remedy="安装中文字体，例如 apt install fonts-noto-cjk 或 dnf install google-noto-sans-cjk-fonts",
        remedy_en="Install a Chinese font, such as apt install fonts-noto-cjk "
        "or dnf install google-noto-sans-cjk-fonts",
    )


class MarkLayer:
    """A mark over pictures of one `size`, transparent where they show: `lines` at the foot, the second one faintly
    across the whole. Raises LocalError without a font."""

    def __init__(self, size: tuple[int, int], lines: Sequence[str], *, font_path: Path | None = None) -> None:
        path = font_path or cjk_font()
        width, height = self.size = size
        self._below = lines[1:]
        self._margin = max(2, round(width * MARGIN))
        points = max(TEXT_PIXELS_MIN, round(height * TEXT_HEIGHT))
        self._font = ImageFont.truetype(str(path), points)
        while points > 6 and max(map(self._font.getlength, lines)) > width - 2 * self._margin:
            points -= 1
            self._font = ImageFont.truetype(str(path), points)
        self._line = round(points * 1.35)
        self._top = max(0, height - len(lines) * self._line - self._margin)
        self._across = _ghost(lines[1], self._font, (width, max(1, self._top - self._margin // 2)))

    def picture(self, first: str) -> Image.Image:
        """The layer (RGBA) with another first line, of no more letters than the one before."""
        layer = Image.new("RGBA", self.size, (0, 0, 0, 0))
        layer.paste(self._across, (0, 0))
        draw = ImageDraw.Draw(layer)
        draw.rectangle((0, self._top - self._margin // 2, *self.size), fill=(0, 0, 0, 150))
        for number, text in enumerate((first, *self._below)):
            at = (self._margin, self._top + number * self._line)
            draw.text(at, text, font=self._font, fill=(255, 255, 255, 255))
        return layer


def burn(picture: Image.Image, mark: Watermark, *, font_path: Path | None = None) -> Image.Image:
    """A copy of `picture` with `mark` at its foot and, faintly, across it. Raises LocalError without a font."""
    base = picture.convert("RGBA")
    lines = mark.lines()
    layer = MarkLayer(base.size, lines, font_path=font_path).picture(lines[0])
    return Image.alpha_composite(base, layer).convert("RGB")


def _ghost(text: str, font: ImageFont.FreeTypeFont, size: tuple[int, int]) -> Image.Image:
    """`text` repeated on a slant over `size`."""
    side = round((size[0] ** 2 + size[1] ** 2) ** 0.5)
    field = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(field)
    step_x, step_y = round(draw.textlength(text, font=font) * 1.4), round(font.size * 6)
    for row, y in enumerate(range(0, side, step_y)):
        for x in range(-(row % 2) * step_x // 2, side, step_x):
            draw.text((x, y), text, font=font, fill=(255, 255, 255, GHOST_ALPHA))
    turned = field.rotate(24, resample=Image.Resampling.BILINEAR)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))
