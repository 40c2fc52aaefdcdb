"""All sections, in the order in which they run and are reported."""

from __future__ import annotations

import importlib
from typing import cast

from bench.section import Runner

QUICK_S = {
    "depacketize": 5,
    "recording": 95,
    "growth": 40,
    "crowd": 50,
    "screens": 60,
    "stores_timeline": 14,
    "stores_verify": 10,
    "stores_fsck": 14,
    "stores_ledger": 8,
}
"""Each section and the seconds that it may take under QUICK=1: five minutes in all."""


def names() -> tuple[str, ...]:
    return tuple(QUICK_S)


def section(name: str) -> Runner:
    """The module of `name`, imported now, so that what one section needs is not asked of the others."""
    return cast("Runner", importlib.import_module(f"bench.{name}"))
