"""A row of small line charts as SVG, by hand: three figures over the number of cameras, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 260, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 34, 40
INK, PALE, LINE = "#24292f", "#d0d7de", "#1f6feb"
"""Dark on white: a page may be of either kind, the picture brings its own ground."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure; both numbers of each point are above zero."""

    title: str
    points: Sequence[tuple[float, float]]
    unit: str = ""


def svg(charts: Sequence[Chart], along: str) -> str:
    """The charts side by side; `along` names what grows."""
    panels = "".join(
        f'<g transform="translate({place * WIDTH},0)">{_panel(chart, along)}</g>' for place, chart in enumerate(charts)
    )
    width = WIDTH * len(charts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="11" fill="{INK}"><rect width="{width}" height="{HEIGHT}" fill="#fff"/>'
        f"{panels}</svg>\n"
    )


def _panel(chart: Chart, along: str) -> str:
    across = _Scale([x for x, _ in chart.points], LEFT, WIDTH - RIGHT)
    upward = _Scale([y for _, y in chart.points], HEIGHT - BOTTOM, TOP)
    parts = [f'<text x="{LEFT}" y="16" font-weight="bold">{escape(chart.title)}</text>']
    for value in upward.decades:
        y = upward.at(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{PALE}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    for x, _ in chart.points:
        parts.append(f'<text x="{across.at(x):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{x:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(along)}</text>')
    route = " ".join(f"{across.at(x):.1f},{upward.at(y):.1f}" for x, y in chart.points)
    parts.append(f'<polyline points="{route}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    for x, y in chart.points:
        at_x, at_y = across.at(x), upward.at(y)
        parts.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="3" fill="{LINE}"/>')
        anchor = "end" if at_x > middle else "start"
        parts.append(f'<text x="{at_x:.1f}" y="{at_y - 7:.1f}" text-anchor="{anchor}">{_short(y)}{chart.unit}</text>')
    return "".join(parts)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


class _Scale:
    """Values of whole decades onto a stretch of the picture."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(math.ceil(math.log10(max(values))), self._low + 1)
        self._start, self._end = start, end

    @property
    def decades(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)
