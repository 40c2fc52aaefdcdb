"""Redacted copies for publication: masks, draft, review by another person, one release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from mingjian.app import redactions
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.redaction import Redaction, RedactionState
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import CameraId
from mingjian.kernel.masks import Cover, MaskKey, RedactionMask, Shape
from mingjian.web.forms import Form, Milliseconds, Text, milliseconds, period
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/redactions", tags=["redactions"])
Listing = Annotated[Actor, Depends(Policy(Act.REDACTION_LIST))]
Looking = Annotated[Actor, Depends(Policy(Act.VIEW_PLAYBACK))]
Editing = Annotated[Actor, Depends(Policy(Act.REDACTION_EDIT))]
Reviewing = Annotated[Actor, Depends(Policy(Act.REDACTION_REVIEW))]
Releasing = Annotated[Actor, Depends(Policy(Act.REDACTION_RELEASE))]
GrantId = Annotated[str, Field(max_length=64)]
VIDEO: dict[int | str, dict[str, Any]] = {200: {"content": {"video/mp4": {}}}}


class RedactionKeyForm(Form):
    """Where a mask lies at a moment of the footage; corners as shares of the picture."""

    at_ms: Annotated[int, Field(ge=0, le=3_600_000)]
    corners: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(min_length=1, max_length=64)


class RedactionMaskForm(Form):
    """One mask over time."""

    shape: Literal["box", "polygon"]
    cover: Literal["fill", "blur"]
    keys: list[RedactionKeyForm] = Field(max_length=1000)
    from_ms: Annotated[int, Field(ge=0, le=3_600_000)] | None = None
    until_ms: Annotated[int, Field(ge=0, le=3_600_000)] | None = None


class NewRedaction(Form):
    """A project on seconds that are being looked at under `grant`."""

    grant: GrantId
    camera: Annotated[str, Field(max_length=64)]
    start_ms: Milliseconds
    end_ms: Milliseconds
    purpose: Text
    destination: Text


class RedactionMasksForm(Form):
    """All masks of the project."""

    masks: list[RedactionMaskForm] = Field(max_length=256)


class LookForm(Form):
    """Under which own viewing the draft is looked at."""

    grant: GrantId


class StillForm(LookForm):
    """Which picture, counted from the beginning of the footage; `covered`: as the copy will show it."""

    at_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 0
    covered: bool = False


class ReviewForm(Form):
    """What the second person says."""

    approve: bool
    note: Text = ""


class RedactionKeyOut(BaseModel):
    at_ms: int
    corners: list[list[float]]


class RedactionMaskOut(BaseModel):
    shape: Shape
    cover: Cover
    keys: list[RedactionKeyOut]
    from_ms: int | None
    until_ms: int | None


class RedactionOut(BaseModel):
    """One project. `share` is how far what is being rendered is; null while nothing is."""

    id: str
    camera: str
    start_ms: int
    end_ms: int
    purpose: str
    destination: str
    editor: str
    editor_id: str
    created_ms: int
    state: RedactionState
    entry: int
    masks: list[RedactionMaskOut]
    rendered: bool
    reviewer: str
    looked: bool
    note: str
    released_entry: int | None
    sha256: str
    size_bytes: int
    taken_ms: int | None
    share: float | None
    problem: str


@router.get("", operation_id="list_redactions")
def list_redactions(request: Request, actor: Listing) -> list[RedactionOut]:
    services = services_of(request)
    found = redactions.listed(services.store, actor=actor, clock=services.clock)
    return [_out(request, one) for one in found]


@router.post("", operation_id="begin_redaction", status_code=201)
def begin_redaction(request: Request, form: NewRedaction, actor: Editing) -> RedactionOut:
    services = services_of(request)
    made = redactions.begin(
        services.store,
        actor=actor,
        clock=services.clock,
        random=services.random,
        grant=form.grant,
        camera=CameraId(form.camera),
        footage=period(form.start_ms, form.end_ms),
        purpose=form.purpose,
        destination=form.destination,
    )
    return _out(request, made)


@router.get("/{redaction}", operation_id="read_redaction")
def read_redaction(request: Request, redaction: str, actor: Listing) -> RedactionOut:
    services = services_of(request)
    return _out(request, redactions.one(services.store, actor=actor, clock=services.clock, redaction=redaction))


@router.put("/{redaction}/masks", operation_id="save_masks")
def save_masks(request: Request, redaction: str, form: RedactionMasksForm, actor: Editing) -> RedactionOut:
    services = services_of(request)
    saved = redactions.save(
        services.store,
        services.redactor,
        actor=actor,
        clock=services.clock,
        redaction=redaction,
        masks=masks_of(form.masks),
    )
    return _out(request, saved)


@router.post("/{redaction}/draft", operation_id="render_draft", status_code=202)
def render_draft(request: Request, redaction: str, actor: Editing) -> RedactionOut:
    """Begins to make the draft; `share` tells how far it is."""
    services = services_of(request)
    store, clock = services.store, services.clock
    redactions.may_edit(store, actor=actor, clock=clock, redaction=redaction)
    services.rendering.start(
        redaction,
        lambda told: redactions.render(
            store, services.redactor, actor=actor, clock=clock, redaction=redaction, told=told
        ),
    )
    return read_redaction(request, redaction, actor)


@router.post("/{redaction}/watch", operation_id="watch_draft", response_class=FileResponse, responses=VIDEO)
def watch_draft(request: Request, redaction: str, form: LookForm, actor: Looking) -> FileResponse:
    """The draft, for the editor and the reviewer, under a viewing of one's own; all of it counts as seen."""
    services = services_of(request)
    found = redactions.draft_seen(
        services.store, actor=actor, clock=services.clock, redaction=redaction, grant=form.grant
    )
    path = services.redactor.path(redaction, draft=True)
    if path is None or not found.rendered:
        raise _no_file()
    return FileResponse(path, media_type="video/mp4")


@router.post("/{redaction}/submit", operation_id="submit_redaction")
def submit_redaction(request: Request, redaction: str, actor: Editing) -> RedactionOut:
    services = services_of(request)
    return _out(request, redactions.submit(services.store, actor=actor, clock=services.clock, redaction=redaction))


@router.post("/{redaction}/look", operation_id="look_at_redaction")
def look_at_redaction(request: Request, redaction: str, form: LookForm, actor: Reviewing) -> RedactionOut:
    services = services_of(request)
    looked = redactions.look(services.store, actor=actor, clock=services.clock, redaction=redaction, grant=form.grant)
    return _out(request, looked)


@router.post("/{redaction}/review", operation_id="review_redaction")
def review_redaction(request: Request, redaction: str, form: ReviewForm, actor: Reviewing) -> RedactionOut:
    services = services_of(request)
    reviewed = redactions.review(
        services.store,
        actor=actor,
        clock=services.clock,
        redaction=redaction,
        approve=form.approve,
        note=form.note,
    )
    return _out(request, reviewed)


@router.post("/{redaction}/release", operation_id="release_redaction", status_code=202)
def release_redaction(request: Request, redaction: str, actor: Releasing) -> RedactionOut:
    """Registers the publication and begins to make its file."""
    services = services_of(request)
    store, clock = services.store, services.clock
    redactions.may_release(store, actor=actor, clock=clock, redaction=redaction)
    services.rendering.start(
        redaction,
        lambda told: redactions.release(
            store,
            services.redactor,
            actor=actor,
            clock=clock,
            random=services.random,
            redaction=redaction,
            told=told,
        ),
    )
    return read_redaction(request, redaction, actor)


@router.post("/{redaction}/file", operation_id="take_redaction", response_class=FileResponse, responses=VIDEO)
def take_redaction(request: Request, redaction: str, actor: Releasing) -> FileResponse:
    """The released file, once; then it is gone here."""
    services = services_of(request)
    path = services.redactor.path(redaction, draft=False)
    if path is None:
        raise _no_file()
    taken = redactions.take(services.store, actor=actor, clock=services.clock, redaction=redaction)
    gone = BackgroundTask(services.redactor.remove, redaction, draft=False)
    return FileResponse(path, media_type="video/mp4", filename=f"mingjian-{taken.released_entry}.mp4", background=gone)


@router.post(
    "/{redaction}/picture",
    operation_id="redaction_picture",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def redaction_picture(request: Request, redaction: str, form: StillForm, actor: Looking) -> Response:
    """A still picture of the footage under a viewing of one's own."""
    services = services_of(request)
    jpeg = redactions.picture(
        services.store,
        services.redactor,
        actor=actor,
        clock=services.clock,
        redaction=redaction,
        grant=form.grant,
        at_ms=form.at_ms,
        covered=form.covered,
    )
    return Response(jpeg, media_type="image/jpeg")


def masks_of(forms: Sequence[RedactionMaskForm]) -> list[RedactionMask]:
    """Masks as a person placed them."""
    return [
        RedactionMask(
            Shape(mask.shape),
            Cover(mask.cover),
            tuple(MaskKey(key.at_ms, tuple((x, y) for x, y in key.corners)) for key in mask.keys),
            mask.from_ms,
            mask.until_ms,
        )
        for mask in forms
    ]


def masks_out(masks: Sequence[RedactionMask]) -> list[RedactionMaskOut]:
    """Masks as answers hold them."""
    return [
        RedactionMaskOut(
            shape=mask.shape,
            cover=mask.cover,
            keys=[RedactionKeyOut(at_ms=key.at_ms, corners=[list(c) for c in key.corners]) for key in mask.keys],
            from_ms=mask.from_ms,
            until_ms=mask.until_ms,
        )
        for mask in masks
    ]


def _no_file() -> Missing:
    return Missing("redaction.no-file", "没有这个文件", text_en="There is no such file")


def _out(request: Request, one: Redaction) -> RedactionOut:
    share, problem = services_of(request).rendering.state(one.id)
    return RedactionOut(
        id=one.id,
        camera=one.camera,
        start_ms=milliseconds(one.start) or 0,
        end_ms=milliseconds(one.end) or 0,
        purpose=one.purpose,
        destination=one.destination,
        editor=one.editor_name,
        editor_id=one.editor,
        created_ms=milliseconds(one.created) or 0,
        state=one.state,
        entry=one.entry,
        masks=masks_out(one.masks),
        rendered=bool(one.rendered),
        reviewer=one.reviewer_name,
        looked=bool(one.looked) and one.looked == one.rendered,
        note=one.note,
        released_entry=one.released_entry,
        sha256=one.sha256,
        size_bytes=one.size_bytes,
        taken_ms=milliseconds(one.taken),
        share=share,
        problem=problem,
    )
