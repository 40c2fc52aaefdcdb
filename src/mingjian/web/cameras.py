"""Records, state and timeline of the unit's cameras. No answer holds a camera's password."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, WithJsonSchema
from starlette.concurrency import run_in_threadpool

from mingjian.app import cameras, siting_looks, sitings
from mingjian.app.records import Actor, Camera
from mingjian.capture.address import CameraAddress
from mingjian.governance.authority import Act
from mingjian.governance.siting import Siting, StreamFacts
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.ids import CameraId
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.web.forms import Form, Milliseconds, Secret, Text, milliseconds, period
from mingjian.web.guard import Policy, services_of
from mingjian.web.places import DatumWord
from mingjian.web.services import UNKNOWN, CameraState, CameraStatus, Services
from mingjian.web.sitings import SitingFields, siting_form

router = APIRouter(prefix="/api/cameras", tags=["cameras"])
Listing = Annotated[Actor, Depends(Policy(Act.CAMERA_LIST))]
Changing = Annotated[Actor, Depends(Policy(Act.CAMERA_CHANGE))]
Transport = Annotated[Text, WithJsonSchema({"type": "string", "enum": ["tcp", "udp"]})]
"""Described as a choice, judged by `CameraAddress.parse`, whose refusal names the remedy."""
Engine = Annotated[Text, WithJsonSchema({"type": "string", "enum": ["native", "av"]})]
Hosts = Annotated[list[Text], Field(max_length=64)]
GAPS_MAX = 500
"""Lines of the table of gaps: more than anyone reads; the sums are of all."""


class CameraOut(BaseModel):
    """A camera's record and how it does now."""

    id: str
    name: str
    place: str
    state: CameraState
    cause: str | None
    since_ms: int | None
    codec: str | None
    width: int | None
    height: int | None
    fps: float | None
    bitrate_bps: int | None
    gop_s: float | None
    has_sub: bool
    lag_ms: int | None
    days_held: float | None
    recorded_until_ms: int | None
    clock_offset_ms: int | None
    record: Literal["none", "draft", "signed"] = "none"
    """Whether it is put on record; one that is not records all the same, and that is an unmet duty."""
    place_id: str | None = None
    held: bool = False
    """Nothing of it is recorded yet: its record is not signed, or its view reaches a private area without proof."""
    longitude: float | None = None
    latitude: float | None = None
    datum: DatumWord | None = None
    direction_deg: float | None = None
    angle_deg: float | None = None
    range_m: float | None = None


class CameraRecord(CameraOut):
    """A camera with what its record says about the connection; never the password."""

    url: str
    sub_url: str
    user: str
    transport: Transport
    engine: Engine
    audio_basis: str
    expected_bitrate_bps: int
    redirect_hosts: list[str]
    tls_sha256: str


class NewCamera(Form):
    """A camera to be put on record."""

    name: Text
    place: Text = ""
    url: Text
    sub_url: Text = ""
    user: Text = ""
    password: Secret = ""
    transport: Transport = "tcp"
    engine: Engine = "native"
    audio_basis: Text = ""
    expected_bitrate_bps: int = Field(4_000_000, ge=0, le=10**12)
    redirect_hosts: Hosts = Field(default_factory=list)
    tls_sha256: Text = ""
    siting: SitingFields | None = None
    """Where it stands: with it the camera is held until its record is signed."""


class CameraChange(Form):
    """What to change; left out stays, the password too."""

    name: Text | None = None
    place: Text | None = None
    url: Text | None = None
    sub_url: Text | None = None
    user: Text | None = None
    password: Secret | None = None
    transport: Transport | None = None
    engine: Engine | None = None
    audio_basis: Text | None = None
    expected_bitrate_bps: int | None = Field(None, ge=0, le=10**12)
    redirect_hosts: Hosts | None = None
    tls_sha256: Text | None = None


class Retirement(Form):
    """Why a camera is taken out of use."""

    reason: Text


class ProbeRequest(Form):
    """An address to be tried."""

    url: Text
    user: Text = ""
    password: Secret = ""
    transport: Transport = "tcp"
    engine: Engine = "native"
    audio_basis: Text = ""
    redirect_hosts: Hosts = Field(default_factory=list)
    tls_sha256: Text = ""


class MeasuredOut(BaseModel):
    """What the stream test found."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_bps: int
    gop_s: float
    audio: str | None


class TimelineDayOut(BaseModel):
    """One UTC day: recorded runs, gaps with their cause, and exactly how much is missing, whatever is drawn.

    `hours` holds for each of the 24 UTC hours the seconds that were due and those of them that are missing.
    """

    day: str
    runs: list[tuple[int, int]]
    gaps: list[tuple[int, int, str]]
    missing_s: int
    hours: list[tuple[int, int]]


class TimelineOut(BaseModel):
    """The asked period, by day. `incomplete`: the catalogue is being made anew, more may be recorded than is shown."""

    days: list[TimelineDayOut]
    incomplete: bool


class GapOut(BaseModel):
    """One stretch that was not recorded."""

    start_ms: int
    end_ms: int
    cause: GapCause


class GapsOut(BaseModel):
    """Gaps to the second, newest first; `count` and `missing_s` are of all. `incomplete` is as in `TimelineOut`."""

    gaps: list[GapOut]
    count: int
    missing_s: int
    incomplete: bool


@router.get("", operation_id="list_cameras")
def list_cameras(request: Request, actor: Listing) -> list[CameraOut]:
    services = services_of(request)
    found = cameras.listed(services.store, actor=actor, clock=services.clock)
    states = services.recordings.status([camera.id for camera in found])
    sited = sitings.of_unit(services.store, actor=actor, clock=services.clock)
    return [_shown(camera, states.get(camera.id, UNKNOWN), sited.get(camera.id)) for camera in found]


@router.post("", operation_id="add_camera", status_code=201)
def add_camera(
    request: Request, form: NewCamera, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_ADD))]
) -> CameraRecord:
    services = services_of(request)
    camera = cameras.add_camera(
        services.store,
        services.cameras,
        actor=actor,
        clock=services.clock,
        random=services.random,
        form=cameras.CameraForm(**_plain(form.model_dump(exclude={"siting"}))),
        siting=siting_form(form.siting) if form.siting is not None else None,
    )
    sited = sitings.of_unit(services.store, actor=actor, clock=services.clock).get(camera.id)
    return _record(camera, UNKNOWN, sited)


@router.post("/probe", operation_id="probe_camera")
async def probe_camera(
    request: Request, form: ProbeRequest, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_PROBE))]
) -> MeasuredOut:
    services = services_of(request)
    address = CameraAddress.parse(
        form.url,
        transport=form.transport,
        engine=form.engine,
        user=form.user,
        password=form.password,
        audio=bool(form.audio_basis),
        allowed_hosts=form.redirect_hosts,
        tls_sha256=form.tls_sha256,
    )
    await run_in_threadpool(cameras.probe_address, services.store, actor=actor, clock=services.clock, address=address)
    return await _measured(services, address)


@router.post("/{camera}/probe", operation_id="probe_stored_camera")
async def probe_stored_camera(
    request: Request, camera: str, form: CameraChange, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_PROBE))]
) -> MeasuredOut:
    """Try a camera as the change would leave it; without a password in the form, with the stored one."""
    services = services_of(request)

    def permitted() -> CameraAddress:
        stored = cameras.one(
            services.store, actor=actor, clock=services.clock, camera=CameraId(camera), act=Act.CAMERA_PROBE
        )
        return cameras.probe_camera(
            services.store,
            services.cameras,
            actor=actor,
            clock=services.clock,
            camera=stored.id,
            form=cameras.stored_form(stored, _plain(form.model_dump(exclude_none=True))),
        )

    found = await _measured(services, await run_in_threadpool(permitted))
    if not form.model_dump(exclude_none=True):  # the record as it stands was tested: that is its stream test

        def keep() -> None:
            stream = StreamFacts(
                found.codec, found.width, found.height, found.fps, found.bitrate_bps, found.gop_s, services.clock.now()
            )
            siting_looks.measured(
                services.store,
                services.cameras.admission,
                actor=actor,
                clock=services.clock,
                camera=CameraId(camera),
                stream=stream,
            )

        await run_in_threadpool(keep)
    return found


async def _measured(services: Services, address: CameraAddress) -> MeasuredOut:
    try:
        found = await services.probe(address)
    except RemoteError as failure:  # a form was tried: say which of its fields to look at
        failure.field = failure.field or ("password" if failure.code == "rtsp.auth-failed" else "url")
        raise
    return MeasuredOut(
        codec=found.codec,
        width=found.width,
        height=found.height,
        fps=found.fps,
        bitrate_bps=found.bitrate_bps,
        gop_s=found.gop_s,
        audio=found.audio or None,
    )


@router.get("/{camera}", operation_id="read_camera")
def read_camera(request: Request, camera: str, actor: Listing) -> CameraRecord:
    services = services_of(request)
    found = cameras.one(services.store, actor=actor, clock=services.clock, camera=CameraId(camera))
    sited = sitings.of_unit(services.store, actor=actor, clock=services.clock).get(found.id)
    return _record(found, services.recordings.status([found.id]).get(found.id, UNKNOWN), sited)


@router.patch("/{camera}", operation_id="change_camera")
def change_camera(request: Request, camera: str, form: CameraChange, actor: Changing) -> CameraRecord:
    services = services_of(request)
    stored = cameras.one(
        services.store, actor=actor, clock=services.clock, camera=CameraId(camera), act=Act.CAMERA_CHANGE
    )
    changed = cameras.change_camera(
        services.store,
        services.cameras,
        actor=actor,
        clock=services.clock,
        camera=stored.id,
        form=cameras.stored_form(stored, _plain(form.model_dump(exclude_none=True))),
    )
    sited = sitings.of_unit(services.store, actor=actor, clock=services.clock).get(changed.id)
    return _record(changed, services.recordings.status([changed.id]).get(changed.id, UNKNOWN), sited)


@router.post("/{camera}/retire", operation_id="retire_camera", status_code=204)
def retire_camera(request: Request, camera: str, form: Retirement, actor: Changing) -> None:
    services = services_of(request)
    cameras.retire_camera(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        random=services.random,
        camera=CameraId(camera),
        reason=form.reason,
    )


@router.get("/{camera}/timeline", operation_id="camera_timeline")
def camera_timeline(
    request: Request,
    camera: str,
    actor: Annotated[Actor, Depends(Policy(Act.CAMERA_TIMELINE))],
    from_ms: Annotated[Milliseconds, Query()],
    to_ms: Annotated[Milliseconds, Query()],
    resolution_ms: Annotated[int, Query(ge=1, le=86_400_000)] = 1000,
) -> TimelineOut:
    services = services_of(request)
    found = cameras.one(
        services.store, actor=actor, clock=services.clock, camera=CameraId(camera), act=Act.CAMERA_TIMELINE
    )
    asked = period(from_ms, to_ms)
    if found.retired is not None:  # nothing is due of a camera that is out of use
        asked = Period(asked.start, max(asked.start, min(asked.end, found.retired)))
    days = services.recordings.timeline(found.id, asked, resolution_ms)
    return TimelineOut(
        days=[TimelineDayOut.model_validate(day, from_attributes=True) for day in days],
        incomplete=services.recordings.incomplete(),
    )


@router.get("/{camera}/gaps", operation_id="camera_gaps")
def camera_gaps(
    request: Request, camera: str, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_TIMELINE))]
) -> GapsOut:
    """What is missing between the oldest footage still kept and now, or the camera's retirement."""
    services = services_of(request)
    found = cameras.one(
        services.store, actor=actor, clock=services.clock, camera=CameraId(camera), act=Act.CAMERA_TIMELINE
    )
    kept = Period(UtcNs(0), min(services.clock.now(), found.retired or services.clock.now()))
    listed = services.recordings.gaps(found.id, kept, GAPS_MAX)
    return GapsOut(
        gaps=[GapOut(start_ms=start, end_ms=end, cause=_cause(cause)) for start, end, cause in listed.gaps],
        count=listed.count,
        missing_s=listed.missing_s,
        incomplete=services.recordings.incomplete(),
    )


def _cause(word: str) -> GapCause:
    """A word of the closed list; one that a later version wrote is not known here."""
    return GapCause(word) if word in set(GapCause) else GapCause.UNKNOWN


def _shown(camera: Camera, status: CameraStatus, sited: Siting | None) -> CameraOut:
    return CameraOut(
        id=camera.id,
        name=camera.name,
        place=camera.place,
        state=CameraState(status.state) if camera.retired is None else CameraState.STOPPED,
        cause=(status.cause or None) if camera.retired is None else None,
        since_ms=milliseconds(status.since if camera.retired is None else camera.retired),
        codec=status.codec or None,
        width=status.width,
        height=status.height,
        fps=status.fps,
        bitrate_bps=status.bitrate_bps,
        gop_s=status.gop_s,
        has_sub=bool(camera.sub_url),
        lag_ms=status.lag_ms,
        days_held=status.days_held,
        recorded_until_ms=milliseconds(status.recorded_until),
        clock_offset_ms=status.clock_offset_ms,
        **_sited(sited),
    )


def _sited(siting: Siting | None) -> dict[str, Any]:
    if siting is None:
        return {}
    same = ("held", "longitude", "latitude", "datum", "direction_deg", "angle_deg", "range_m")
    stands = {name: getattr(siting, name) for name in same}
    return {"record": "signed" if siting.signed is not None else "draft", "place_id": siting.place, **stands}


def _record(camera: Camera, status: CameraStatus, sited: Siting | None) -> CameraRecord:
    return CameraRecord(
        **_shown(camera, status, sited).model_dump(),
        url=camera.url,
        sub_url=camera.sub_url,
        user=camera.user,
        transport=camera.transport,
        engine=camera.engine,
        audio_basis=camera.audio_basis,
        expected_bitrate_bps=camera.expected_bitrate_bps,
        redirect_hosts=list(cameras.redirect_hosts(camera)),
        tls_sha256=camera.tls_sha256,
    )


def _plain(form: dict[str, Any]) -> dict[str, Any]:
    """A form as `cameras.CameraForm` takes it."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in form.items()}
