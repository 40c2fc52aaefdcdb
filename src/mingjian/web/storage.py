"""Volumes, forecast, and what each camera takes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app import cameras
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.storage.volume import VolumeKind
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/storage", tags=["storage"])


class VolumeOut(BaseModel):
    """One volume."""

    id: str
    kind: VolumeKind
    path_name: str
    total_bytes: int
    free_bytes: int
    floor_s: int
    ceiling_s: int


class CameraStorageOut(BaseModel):
    """What one camera takes."""

    id: str
    bytes_per_day: int
    days_held: float
    forecast_days: float | None


class ProblemOut(BaseModel):
    """Something to see to: what, where (`subject`), and what to do."""

    code: str
    subject: str
    text: str
    text_en: str
    remedy: str
    remedy_en: str


class StorageOut(BaseModel):
    """The storage page. `problems`: volumes that are missing or strange, a catalogue that is being made anew."""

    volumes: list[VolumeOut]
    forecast: dict[str, int | float | str | bool | None]
    cameras: list[CameraStorageOut]
    problems: list[ProblemOut]


@router.get("", operation_id="read_storage")
def read_storage(request: Request, actor: Annotated[Actor, Depends(Policy(Act.STORAGE_SEE))]) -> StorageOut:
    services = services_of(request)
    cameras.may(services.store, Act.STORAGE_SEE, actor=actor, clock=services.clock)
    own = {camera.id for camera in cameras.listed(services.store, actor=actor, clock=services.clock)}
    overview = services.recordings.storage()
    return StorageOut(
        volumes=[VolumeOut.model_validate(volume, from_attributes=True) for volume in overview.volumes],
        forecast=dict(overview.forecast),
        cameras=[
            CameraStorageOut.model_validate(camera, from_attributes=True)
            for camera in overview.cameras
            if camera.id in own
        ],
        problems=[ProblemOut.model_validate(problem, from_attributes=True) for problem in overview.problems],
    )
