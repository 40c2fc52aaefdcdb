"""Slopes by least squares within the lives of processes that are killed now and then."""

from __future__ import annotations

from dataclasses import dataclass, field

JUDGED_S = 180.0
"""Warm time in all from which a slope says something: below it one garbage collection is megabytes an hour."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Line:
    """What one measure of one process did. `judged`: whether the slope rests on enough time, `warm_s` of it."""

    lives: int
    first: float
    last: float
    most: float
    slope_an_hour: float
    warm_s: float
    judged: bool


@dataclass
class Samples:
    """Values over time by measure, process and life. The first `warm_s` of a life are left out of the slope."""

    warm_s: float
    _lives: dict[tuple[str, str], dict[int, list[tuple[float, float]]]] = field(default_factory=dict)

    def add(self, kind: str, name: str, life: int, at_s: float, value: float) -> None:
        self._lives.setdefault((kind, name), {}).setdefault(life, []).append((at_s, value))

    def names(self, kind: str) -> list[str]:
        """The processes of which there are samples, in the order of their first."""
        return [name for found, name in self._lives if found == kind]

    def line(self, kind: str, name: str) -> Line:
        """One slope for all lives together: each life has its own level, they share the slope."""
        lives = self._lives[kind, name]
        above = below = warm_s = 0.0
        for points in lives.values():
            warm = [(at, value) for at, value in points if at - points[0][0] >= self.warm_s]
            if len(warm) < 2:
                continue
            middle = sum(at for at, _ in warm) / len(warm)
            level = sum(value for _, value in warm) / len(warm)
            above += sum((at - middle) * (value - level) for at, value in warm)
            below += sum((at - middle) ** 2 for at, _ in warm)
            warm_s += warm[-1][0] - warm[0][0]
        values = [value for points in lives.values() for _, value in points]
        slope = above / below * HOUR_S if below else 0.0
        return Line(len(lives), values[0], values[-1], max(values), slope, warm_s, warm_s >= JUDGED_S)
