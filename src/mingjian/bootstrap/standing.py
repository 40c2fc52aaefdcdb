"""How the keeper's duties stand, in `run/keeper.json`: written by the keeper, read by web and export processes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mingjian.bootstrap.places import DataDirectory

FILE = "keeper.json"


@dataclass(frozen=True, slots=True)
class CatalogueStanding:
    """Whether the catalogue holds all that the chains say, and what damaged files were set aside."""

    rebuilding: bool
    set_aside: Sequence[str] = ()


def write(places: DataDirectory, standing: Mapping[str, Any]) -> None:
    """Replace the file; a reader sees the old or the new one."""
    path = places.run / FILE
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(standing, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def catalogue(places: DataDirectory) -> CatalogueStanding:
    """As the keeper last said; complete where it never said anything."""
    try:
        found = json.loads((places.run / FILE).read_text(encoding="utf-8"))["catalogue"]
        return CatalogueStanding(bool(found["rebuilding"]), [str(name) for name in found["set_aside"]])
    except (OSError, ValueError, KeyError, TypeError):
        return CatalogueStanding(rebuilding=False)
