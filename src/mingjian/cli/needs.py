"""What each command needs, in one table. A test holds it to the commands that exist and to what they do."""

from __future__ import annotations

from enum import StrEnum


class Needs(StrEnum):
    """Whose machine and which files a command is for."""

    NOTHING = "nothing"
    """Files that the caller names, or throw-away ones of its own: runs where Mingjian never did, has no `--data`."""
    OWNER = "owner"
    """Keys and memory under `--data`: run by the account that owns it, since nobody else may enter (mode 0700)."""
    DEMONSTRATION = "demonstration"
    """Refuses every `--data` that is not a demonstration by its settings and its signed volumes."""


COMMANDS: dict[str, Needs] = {
    "serve": Needs.OWNER,
    "volume create": Needs.OWNER,
    "volume list": Needs.OWNER,
    "witness": Needs.OWNER,
    "trace": Needs.OWNER,
    "internal recorder": Needs.OWNER,
    "internal keeper": Needs.OWNER,
    "internal web": Needs.OWNER,
    "internal previews": Needs.OWNER,
    "internal scrub": Needs.OWNER,
    "internal export": Needs.OWNER,
    "demo": Needs.DEMONSTRATION,
    "demo code": Needs.DEMONSTRATION,
    "dev": Needs.DEMONSTRATION,
    "simulate": Needs.NOTHING,
    "selftest": Needs.NOTHING,
    "fsck": Needs.NOTHING,
    "verify": Needs.NOTHING,
    "ledger verify": Needs.NOTHING,
    "openapi": Needs.NOTHING,
    "law check": Needs.NOTHING,
    "law show": Needs.NOTHING,
    "law diff": Needs.OWNER,
    "law trace": Needs.NOTHING,
}
