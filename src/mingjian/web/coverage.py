"""Coverage of required parts: in numbers by kind and county, and part by part for the map (articles 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import coverage
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.coverage import Covered, RequiredPart, Tally, tallied, whole
from mingjian.governance.places import Datum
from mingjian.kernel.ids import CameraId
from mingjian.law.rulebook import Rulebook
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import UNKNOWN, CameraState, Services

router = APIRouter(prefix="/api/coverage", tags=["coverage"])
Seeing = Annotated[Actor, Depends(Policy(Act.COVERAGE_SEE))]
MOST_PARTS = 20_000
"""Points of one map: what a browser still draws, more than a county requires."""


class TallyOut(BaseModel):
    """One row: `share` is covered / required, null where nothing is required; unknown never counts as covered."""

    key: str
    name: str
    name_en: str
    required: int
    covered: int
    uncovered: int
    unknown: int
    share: float | None


class CoverageOut(BaseModel):
    """Of all that the asker answers for."""

    whole: TallyOut
    by_kind: list[TallyOut]
    by_territory: list[TallyOut]


class RequiredPartOut(BaseModel):
    """One required part; its position is its place's, as put on record, in the datum named beside it."""

    kind: str
    part: str
    territory: str
    place: str
    name: str
    standing: Covered
    longitude: float | None
    latitude: float | None
    datum: Annotated[Datum, Field(strict=False)]


@router.get("", operation_id="read_coverage")
def read_coverage(request: Request, actor: Seeing) -> CoverageOut:
    services = services_of(request)
    parts = _required(services, actor)
    return CoverageOut(
        whole=_tally(whole(parts), "", ""),
        by_kind=[_tally(row, *_kind(services.law, row.key)) for row in tallied(parts, "kind")],
        by_territory=[_tally(row, row.key, row.key) for row in tallied(parts, "territory")],
    )


@router.get("/parts", operation_id="list_required_parts")
def list_required_parts(request: Request, actor: Seeing, standing: Covered | None = None) -> list[RequiredPartOut]:
    """Part by part, for the map; those of one standing where it is named."""
    found = [one for one in _required(services_of(request), actor) if standing in (None, one.standing)]
    return [RequiredPartOut.model_validate(one, from_attributes=True) for one in found[:MOST_PARTS]]


def _required(services: Services, actor: Actor) -> list[RequiredPart]:
    def recording(cameras: Sequence[CameraId]) -> Mapping[CameraId, bool | None]:
        states = services.recordings.status(cameras)
        found = {camera: states.get(camera, UNKNOWN).state for camera in cameras}
        return {
            camera: None if state == CameraState.STARTING else state == CameraState.RECORDING
            for camera, state in found.items()
        }

    return coverage.required(services.store, services.law, recording, actor=actor, clock=services.clock)


def _kind(law: Rulebook, kind: str) -> tuple[str, str]:
    row = law.place_kind(kind)
    return row.name, row.name_en


def _tally(row: Tally, name: str, name_en: str) -> TallyOut:
    return TallyOut(
        key=row.key,
        name=name,
        name_en=name_en,
        required=row.required,
        covered=row.covered,
        uncovered=row.uncovered,
        unknown=row.unknown,
        share=row.share,
    )
