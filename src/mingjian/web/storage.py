"""Volumes, forecast, what each camera takes, and how every part of the installation stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app.records import Actor
from mingjian.app.storage_sight import storage_sight
from mingjian.governance.authority import Act
from mingjian.governance.health import Part, Standing, Word, told
from mingjian.storage.volume import VolumeKind
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/storage", tags=["storage"])
Seeing = Annotated[Actor, Depends(Policy(Act.STORAGE_SEE))]


class VolumeOut(BaseModel):
    """One volume."""

    id: str
    kind: VolumeKind
    path_name: str
    total_bytes: int
    free_bytes: int
    floor_s: int
    ceiling_s: int


class ForecastOut(BaseModel):
    """The arithmetic for all cameras on all volumes together."""

    needed_bytes: int
    usable_bytes: int
    bytes_per_day: int
    holds_s: int
    full_in_s: int | None
    """None where expiry keeps up."""
    fits: bool
    warns: bool


class CameraStorageOut(BaseModel):
    """What one camera takes."""

    id: str
    bytes_per_day: int
    days_held: float
    forecast_days: float | None


class ProblemOut(BaseModel):
    """What failed, in the words of errors; `text` may be empty."""

    code: str
    text: str
    text_en: str
    remedy: str
    remedy_en: str


class NamedProblemOut(ProblemOut):
    """Something to see to, and where."""

    subject: str


class StorageOut(BaseModel):
    """The storage page. `problems`: volumes that are missing or strange, a catalogue that is being made anew.

    Volumes, totals and problems are those of the whole installation: empty unless `whole`.
    """

    whole: bool
    """The asker's unit keeps the installation."""
    floor_s: int
    """The longest time before which no volume lets footage go; 0 where no volume can be read."""
    volumes: list[VolumeOut]
    forecast: ForecastOut | None
    cameras: list[CameraStorageOut]
    problems: list[NamedProblemOut]


class FindingOut(BaseModel):
    """How one part stands and by which word; `name` tells several witnesses or recorders apart.

    `since_ms` is when that began; of a part that is met, when it was last heard of.
    """

    part: Part
    name: str
    standing: Standing
    word: Word
    since_ms: int | None
    problem: ProblemOut | None
    figures: dict[str, float]


class FindingsOut(BaseModel):
    """Every part once; of an installation that another unit keeps, what one's own footage hangs on."""

    findings: list[FindingOut]


@router.get("", operation_id="read_storage")
def read_storage(request: Request, actor: Seeing) -> StorageOut:
    services = services_of(request)
    sight = storage_sight(services.store, actor=actor, clock=services.clock)
    overview = services.recordings.storage()
    shown = overview if sight.whole else replace(overview, volumes=(), forecast=None, problems=())
    found = shown.forecast
    return StorageOut(
        whole=sight.whole,
        floor_s=max((volume.floor_s for volume in overview.volumes), default=0),
        volumes=[VolumeOut.model_validate(volume, from_attributes=True) for volume in shown.volumes],
        forecast=ForecastOut.model_validate(found, from_attributes=True) if found is not None else None,
        cameras=[
            CameraStorageOut.model_validate(camera, from_attributes=True)
            for camera in overview.cameras
            if camera.id in sight.cameras
        ],
        problems=[NamedProblemOut.model_validate(problem, from_attributes=True) for problem in shown.problems],
    )


@router.get("/health", operation_id="read_health")
def read_health(request: Request, actor: Seeing) -> FindingsOut:
    """Answers also while volumes, recorders, keeper or witness do not: that is what it tells."""
    services = services_of(request)
    sight = storage_sight(services.store, actor=actor, clock=services.clock)
    return FindingsOut(
        findings=[
            FindingOut(
                part=found.part,
                name=found.name,
                standing=found.standing,
                word=found.word,
                since_ms=milliseconds(found.since),
                problem=ProblemOut.model_validate(found.problem, from_attributes=True) if found.problem else None,
                figures=dict(found.figures),
            )
            for found in told(services.recordings.health(), whole=sight.whole)
        ]
    )
