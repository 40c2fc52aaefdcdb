"""All sections, in the order in which they run and are reported."""

from __future__ import annotations

import importlib
from typing import cast

from bench.section import Runner

QUICK_S: dict[str, int | None] = {
    "depacketize": 5,
    "recording": 95,
    "growth": 40,
    "crowd": None,
    "overload": None,
    "screens": 60,
    "home": None,
    "stores_timeline": 14,
    "stores_verify": 10,
    "stores_fsck": 14,
    "stores_ledger": 8,
    "stores_restart": 50,
    "forms": 4,
    "authorisation": None,
    "register": None,
    "forensic": None,
}
"""Each section and the seconds that it may take under QUICK=1, five minutes in all; None: it is no part of that."""


def names(*, quick: bool = False) -> tuple[str, ...]:
    """All sections, or those of a quick run."""
    return tuple(name for name, seconds in QUICK_S.items() if seconds is not None or not quick)


def section(name: str) -> Runner:
    """The module of `name`, imported now, so that what one section needs is not asked of the others."""
    return cast("Runner", importlib.import_module(f"bench.{name}"))
