"""A visible mark burnt into a picture: who took it, for which unit, when, under which register entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mingjian.kernel.clock import UtcNs, to_datetime
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
        moment = to_datetime(self.at).astimezone(CHINA)
        shown = f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC+8"
        where = f"{self.camera}　" if self.camera else ""
        return f"{where}{shown}", f"{self.unit}　{self.person}　登记第 {self.entry} 号"


def cjk_font(candidates: Sequence[Path] = CJK_FONTS) -> Path:
    """A font that holds Chinese characters. LocalError naming the package to install where there is none."""
    for path in candidates:
        if path.exists():
            return path
    raise LocalError(
        "watermark.no-font",
        "系统没有中文字体，无法在图片上标注人员和单位",
        remedy="安装中文字体，例如 apt install fonts-noto-cjk 或 dnf install google-noto-sans-cjk-fonts",
    )


def burn(picture: Image.Image, mark: Watermark, *, font_path: Path | None = None) -> Image.Image:
    """A copy of `picture` with `mark` at its foot and, faintly, across it. Raises LocalError without a font."""
    path = font_path or cjk_font()
    base = picture.convert("RGBA")
    width, height = base.size
    layer = Image.new("RGBA", base.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    first, second = mark.lines()
    margin = max(2, round(width * MARGIN))
    size = max(TEXT_PIXELS_MIN, round(height * TEXT_HEIGHT))
    font = ImageFont.truetype(str(path), size)
    while size > 6 and max(draw.textlength(text, font=font) for text in (first, second)) > width - 2 * margin:
        size -= 1
        font = ImageFont.truetype(str(path), size)
    line = round(size * 1.35)
    top = height - 2 * line - margin
    draw.rectangle((0, top - margin // 2, width, height), fill=(0, 0, 0, 150))
    draw.text((margin, top), first, font=font, fill=(255, 255, 255, 255))
    draw.text((margin, top + line), second, font=font, fill=(255, 255, 255, 255))
    layer.alpha_composite(_ghost(second, font, (width, max(1, top - margin // 2))))
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
