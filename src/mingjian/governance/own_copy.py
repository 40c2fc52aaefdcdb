"""A unit's own copy of its own footage: for which purposes, and where it may never go (articles 17 to 19). Pure.

The unit's rules name the purposes that allow a copy; the instrument's row says whose consent it needs. Whatever the
rules say, a copy is never handed to others and never published: that is a way of its own, or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from mingjian.governance.purposes import unlisted
from mingjian.governance.reasons import Reason, reason
from mingjian.law.rows import OrganKind

ASKER: OrganKind = "managing-unit"
"""Who asks, in the words of an instrument's `approval` rows."""
SUPPLY = "no-supply"
"""The duty to supply others with nothing that the law does not name; its row is cited in a refusal."""


class Goes(StrEnum):
    """What will become of the copy, as the applicant says."""

    INSIDE = "inside"
    """It stays with the unit."""
    OTHERS = "others"
    """Another unit or person gets it."""
    PUBLIC = "public"
    """It is published or spread."""


BARRED: dict[Goes, str] = {Goes.OTHERS: "copy.others", Goes.PUBLIC: "copy.public"}
"""What no rule of a unit can allow, and the reason."""


def barred(goes: Goes) -> Reason | None:
    """Why a copy may not go there, or None where it stays."""
    code = BARRED.get(goes)
    return reason(code) if code is not None else None


def uncopied(ground: str, purposes: Sequence[str], copies: Sequence[str]) -> Reason | None:
    """Why `ground` allows no copy, or None. `purposes` are the unit's, `copies` those of them that allow one."""
    return unlisted(ground, purposes) or (None if ground in copies else reason("copy.ground"))
