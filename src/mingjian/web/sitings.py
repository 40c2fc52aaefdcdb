"""Putting a camera on record: the guided path as the API sees it, reference picture, proof of masks, signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from mingjian.app import cameras, siting_looks, sitings
from mingjian.app.records import Actor
from mingjian.governance import dossier, gb_code
from mingjian.governance.authority import Act
from mingjian.governance.mask import PrivacyMask
from mingjian.governance.places import Datum
from mingjian.governance.siting import SPOTS
from mingjian.kernel.ids import CameraId
from mingjian.processing.watermark import Watermark
from mingjian.web.forms import Form, Text, milliseconds
from mingjian.web.guard import Policy, SignedIn, services_of
from mingjian.web.places import DatumWord, Number, VerdictOut, verdict_out

router = APIRouter(prefix="/api/cameras", tags=["sitings"])
Saying = Annotated[Actor, Depends(Policy(Act.CAMERA_SITE))]
Looking = Annotated[Actor, Depends(Policy(Act.CAMERA_LOOK))]
Share = Annotated[float, Field(ge=0, le=1, strict=False)]


Corner = Annotated[list[Number], Field(min_length=2, max_length=2)]


class MaskForm(Form):
    """A private area; corners are shares of width and height."""

    corners: Annotated[list[Corner], Field(max_length=64)]
    name: Text = ""


class SitingFields(Form):
    """Where a camera stands; what is left out stays."""

    place: Text | None = None
    system: Text | None = None
    part: Text | None = None
    location: Text | None = None
    gb_code: Text | None = None
    longitude: Number | None = None
    latitude: Number | None = None
    datum: DatumWord | None = None
    floor: Text | None = None
    x: Number | None = None
    y: Number | None = None
    direction_deg: Number | None = None
    angle_deg: Number | None = None
    range_m: Number | None = None
    reaches: bool | None = None
    masks: Annotated[list[MaskForm], Field(max_length=64)] | None = None
    dossier: Annotated[dict[str, Text], Field(max_length=128)] | None = None


class MoveForm(SitingFields):
    """A change of position, view or purpose, with the decision it rests on."""

    decision: Text


class MaskOut(BaseModel):
    """A private area on the reference picture."""

    corners: list[tuple[float, float]]
    name: str


class MaskProofOut(BaseModel):
    """What the received stream showed of the masks, and when."""

    proven: bool
    code: str
    text: str
    text_en: str
    pictures_ms: list[int]
    entry: int | None


class StreamOut(BaseModel):
    """What the stream test measured."""

    codec: str
    width: int
    height: int
    fps: float
    bitrate_bps: int
    gop_s: float
    at_ms: int


class PathStepOut(BaseModel):
    """One step of the path; `lack` says what it still needs, and is empty when it is done."""

    step: str
    name: str
    name_en: str
    article: str
    done: bool
    lack: str
    lack_en: str


class SitingOut(BaseModel):
    """A camera's record and what its path still needs."""

    camera: str
    place: str
    place_name: str
    system: str
    system_name: str
    part: str
    location: str
    gb_code: str
    longitude: float | None
    latitude: float | None
    datum: DatumWord
    floor: str
    x: float | None
    y: float | None
    direction_deg: float | None
    angle_deg: float | None
    range_m: float | None
    picture: str
    reaches: bool | None
    masks: list[MaskOut]
    proof: MaskProofOut | None
    stream: StreamOut | None
    days: int | None
    floor_days: int
    dossier: dict[str, str]
    point_class: str
    lacking: list[str]
    existing: bool
    held: bool
    verdict: VerdictOut
    steps: list[PathStepOut]
    signed_ms: int | None
    signed_by: str


class ChoiceOut(BaseModel):
    """One choice of a list."""

    key: str
    name: str
    name_en: str


class DossierFieldOut(BaseModel):
    """One field of the dossier; `required` names the classes of point that must fill it in."""

    key: str
    group: str
    name: str
    name_en: str
    kind: dossier.Kind
    required: str
    choices: list[ChoiceOut]


class GbCodeOut(BaseModel):
    """A 20-digit code taken apart (GB/T 28181, Annex E). `free` is the next of its kind, or empty."""

    territory: str
    access: str
    industry: str
    type: str
    network: str
    serial: str
    taken: bool
    free: str


class SitingWordsOut(BaseModel):
    """What the forms of this path offer: all of it data."""

    fields: list[DossierFieldOut]
    groups: list[ChoiceOut]
    spots: list[ChoiceOut]
    industries: list[ChoiceOut]
    types: list[ChoiceOut]


@router.get("/siting-words", operation_id="siting_words")
def siting_words(actor: Annotated[Actor, Depends(SignedIn())]) -> SitingWordsOut:
    return SitingWordsOut(
        fields=[
            DossierFieldOut(
                key=field.key,
                group=field.group,
                name=field.name,
                name_en=field.name_en,
                kind=field.kind,
                required=field.required,
                choices=[ChoiceOut(key=key, name=name, name_en=name_en) for key, name, name_en in field.choices],
            )
            for field in dossier.FIELDS
        ],
        groups=_choices(dossier.GROUPS),
        spots=_choices({str(key): value for key, value in SPOTS.items()}),
        industries=_choices(gb_code.INDUSTRIES),
        types=_choices(gb_code.TYPES),
    )


@router.get("/{camera}/siting/code", operation_id="try_code")
def try_code(request: Request, camera: str, actor: Saying, code: Annotated[Text, Query()]) -> GbCodeOut:
    """The parts of a code, whether another camera has it, and the next free one of its kind."""
    services = services_of(request)
    found = sitings.try_code(services.store, actor=actor, clock=services.clock, camera=CameraId(camera), code=code)
    return GbCodeOut(**asdict(found.code), taken=found.taken, free=found.free)


@router.get("/{camera}/siting", operation_id="read_siting")
def read_siting(
    request: Request, camera: str, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_LIST))]
) -> SitingOut | None:
    """Null while the camera is not on record: it records, and that it is on no record is an unmet duty."""
    services = services_of(request)
    found = sitings.read(services.store, services.law, actor=actor, clock=services.clock, camera=CameraId(camera))
    return shown(found, services.cited) if found is not None else None


@router.patch("/{camera}/siting", operation_id="put_siting")
def put_siting(request: Request, camera: str, form: SitingFields, actor: Saying) -> SitingOut:
    services = services_of(request)
    found = sitings.put(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        camera=CameraId(camera),
        form=siting_form(form),
    )
    return shown(found, services.cited)


@router.post("/{camera}/siting/picture", operation_id="take_reference_picture")
async def take_reference_picture(request: Request, camera: str, actor: Looking) -> SitingOut:
    """Take the reference picture from the camera's own stream, as an entered view, and keep it."""
    services = services_of(request)

    def permitted() -> tuple[Any, int]:
        return siting_looks.look(
            services.store,
            actor=actor,
            clock=services.clock,
            random=services.random,
            camera=CameraId(camera),
            shown=True,
        )

    record, index = await run_in_threadpool(permitted)
    address = cameras.stream_address(record, services.cameras.vault)
    mark = Watermark(actor.display_name, actor.unit_name, services.clock.now(), index, record.name)
    jpeg = await services.looks.picture(address, mark)

    def kept() -> SitingOut:
        siting_looks.keep_picture(
            services.store,
            services.attachments,
            actor=actor,
            clock=services.clock,
            random=services.random,
            camera=record.id,
            jpeg=jpeg,
            entry=index,
        )
        return _read(request, actor, record.id)

    return await run_in_threadpool(kept)


@router.get(
    "/{camera}/siting/picture",
    operation_id="show_reference_picture",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def show_reference_picture(request: Request, camera: str, actor: Looking) -> Response:
    """The kept reference picture with the looker's mark: an entered view like any other."""
    services = services_of(request)
    record, kept, index = siting_looks.look_again(
        services.store, actor=actor, clock=services.clock, random=services.random, camera=CameraId(camera)
    )
    mark = Watermark(actor.display_name, actor.unit_name, services.clock.now(), index, record.name)
    marked = services.looks.marked(services.attachments.read(kept.sha256), mark)
    return Response(marked, media_type="image/jpeg")


@router.post("/{camera}/siting/proof", operation_id="prove_masks")
async def prove_masks(request: Request, camera: str, actor: Looking) -> SitingOut:
    """Look whether the masks are in the received stream: several key frames, of which none is kept."""
    services = services_of(request)

    def permitted() -> tuple[Any, int, SitingOut]:
        record, index = siting_looks.look(
            services.store,
            actor=actor,
            clock=services.clock,
            random=services.random,
            camera=CameraId(camera),
            shown=False,
        )
        return record, index, _read(request, actor, record.id)

    record, index, before = await run_in_threadpool(permitted)
    address = cameras.stream_address(record, services.cameras.vault)
    found = await services.looks.readings(address, [mask.corners for mask in before.masks])

    def kept() -> SitingOut:
        siting_looks.keep_proof(
            services.store, actor=actor, clock=services.clock, camera=record.id, readings=found, entry=index
        )
        return _read(request, actor, record.id)

    return await run_in_threadpool(kept)


@router.post("/{camera}/siting/sign", operation_id="sign_camera")
def sign_camera(request: Request, camera: str, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_SIGN))]) -> SitingOut:
    services = services_of(request)
    found = sitings.sign(
        services.store,
        services.law,
        services.cameras.admission,
        actor=actor,
        clock=services.clock,
        camera=CameraId(camera),
    )
    return shown(found, services.cited)


@router.post("/{camera}/siting/move", operation_id="move_camera")
def move_camera(
    request: Request, camera: str, form: MoveForm, actor: Annotated[Actor, Depends(Policy(Act.CAMERA_MOVE))]
) -> SitingOut:
    services = services_of(request)
    found = sitings.move(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        camera=CameraId(camera),
        decision=form.decision,
        form=siting_form(form),
    )
    return shown(found, services.cited)


def siting_form(form: SitingFields) -> sitings.SitingForm:
    """A form as the acts take it."""
    fields = form.model_dump(exclude={"masks", "decision"})
    masks = None
    if form.masks is not None:
        masks = tuple(PrivacyMask(tuple((x, y) for x, y in mask.corners), mask.name) for mask in form.masks)
    datum = Datum(form.datum) if form.datum is not None else None
    return sitings.SitingForm(**{**fields, "datum": datum, "masks": masks})


def shown(found: sitings.OnRecord, cited: Callable[[str], str]) -> SitingOut:
    """A record as the API shows it."""
    siting, proof, stream = found.siting, found.siting.proof, found.siting.stream
    same = (
        "place", "system", "part", "location", "gb_code", "longitude", "latitude", "datum", "floor", "x", "y",
        "direction_deg", "angle_deg", "range_m", "picture", "reaches", "days", "existing", "held", "signed_by",
    )  # fmt: skip
    return SitingOut(
        **{name: getattr(siting, name) for name in same},
        camera=siting.id,
        place_name=found.place.name,
        system_name=found.system.name,
        masks=[MaskOut(corners=list(mask.corners), name=mask.name) for mask in siting.masks],
        proof=MaskProofOut(
            proven=proof.proven,
            code=proof.code,
            text=proof.text,
            text_en=proof.text_en,
            pictures_ms=[at // 1_000_000 for at in proof.pictures],
            entry=proof.entry,
        )
        if proof is not None
        else None,
        stream=StreamOut(
            codec=stream.codec,
            width=stream.width,
            height=stream.height,
            fps=stream.fps,
            bitrate_bps=stream.bitrate_bps,
            gop_s=stream.gop_s,
            at_ms=stream.at // 1_000_000,
        )
        if stream is not None
        else None,
        floor_days=found.facts.floor_days,
        dossier=dict(siting.dossier),
        point_class=found.point,
        lacking=[field.key for field in found.facts.lacking],
        verdict=verdict_out(found.facts.verdict, cited),
        steps=[
            PathStepOut(
                step=row.step,
                name=row.name,
                name_en=row.name_en,
                article=cited(row.matter),
                done=lack is None,
                lack=lack.text if lack is not None else "",
                lack_en=lack.text_en if lack is not None else "",
            )
            for row, lack in found.steps
        ],
        signed_ms=milliseconds(siting.signed),
    )


def _read(request: Request, actor: Actor, camera: CameraId) -> SitingOut:
    services = services_of(request)
    found = sitings.read(services.store, services.law, actor=actor, clock=services.clock, camera=camera)
    assert found is not None
    return shown(found, services.cited)


def _choices(table: dict[str, tuple[str, str]]) -> list[ChoiceOut]:
    return [ChoiceOut(key=key, name=name, name_en=name_en) for key, (name, name_en) in table.items()]
