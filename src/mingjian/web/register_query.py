"""What the register can be asked: one question for its list, its paper, its sheet and the auditor's page."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends
from pydantic import Field

from mingjian.app.records import RegisterKind
from mingjian.app.register_ports import RegisterQuery
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.web.forms import Index, Milliseconds, instant_or_none

Identity = Annotated[str | None, Field(max_length=64)]
Side = Literal["ours", "theirs"]
"""What was seen of the unit's cameras, or what its officers saw of others'."""
Basis = Literal["own", "approval"]


def asked(
    before: Index | None = None,
    camera: Identity = None,
    place: Identity = None,
    person: Identity = None,
    kind: RegisterKind | None = None,
    organ: Identity = None,
    access_request: Identity = None,
    case: Annotated[str | None, Field(max_length=80)] = None,
    basis: Basis | None = None,
    side: Side = "ours",
    from_ms: Milliseconds | None = None,
    to_ms: Milliseconds | None = None,
) -> RegisterQuery:
    """With a period, every viewing that was going on in `[from_ms, to_ms)`."""
    return RegisterQuery(
        before=before,
        camera=CameraId(camera) if camera else None,
        place=place or None,
        person=PersonId(person) if person else None,
        kind=kind,
        organ=UnitId(organ) if organ else None,
        request=access_request or None,
        case=case or None,
        outside=None if basis is None else basis == "approval",
        theirs=side == "theirs",
        since=instant_or_none(from_ms),
        until=instant_or_none(to_ms),
    )


Asked = Annotated[RegisterQuery, Depends(asked)]
