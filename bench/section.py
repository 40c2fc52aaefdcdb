"""What a section of the report is. A module named in `bench.registry` offers:

* `NAME`: its module's name, and what `python -m bench NAME` calls it;
* `TITLE`: the heading of its section in the report;
* `run(quick)`: measures and returns a `Section`, or raises `CannotRun` with the reason. With `quick` it keeps to the
  seconds that `bench.registry` grants it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class CannotRun(Exception):
    """The machine lacks what the section needs; the message names it and how to get it."""


@dataclass(frozen=True, slots=True)
class Section:
    """What was measured, as Markdown that stands under the section's title: gates and ratios first, method last."""

    text: str
    ok: bool
    """Every gate of the section was met."""
    pictures: Mapping[str, str] = field(default_factory=dict)
    """SVG by file name, for docs/pictures/."""


class Runner(Protocol):
    """A section's module."""

    NAME: str
    TITLE: str

    def run(self, quick: bool) -> Section:
        """Measure. Raises CannotRun."""
