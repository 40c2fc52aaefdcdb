"""Private persons' viewing: application at the counter, consent, masks, viewing, sheet. Nothing here gives a copy."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import private_sheets, private_viewings
from mingjian.app.attachments import MEDIA_TYPES
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.private_viewing import (
    STEPS,
    IdentityPaper,
    PrivateState,
    PrivateStep,
    PrivateViewing,
    SignedHow,
)
from mingjian.kernel.clock import DAY_NS, SECOND_NS
from mingjian.kernel.ids import CameraId
from mingjian.law.rows import Term
from mingjian.web.attachments import BODY_BYTES, AttachmentOut, attachment_out, served
from mingjian.web.forms import Form, Milliseconds, Text, WithinPeriod, milliseconds, period
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed
from mingjian.web.redactions import RedactionMaskForm, RedactionMaskOut, masks_of, masks_out
from mingjian.web.views import ViewOut, view_out

router = APIRouter(prefix="/api/private-viewings", tags=["private-viewings"])
Listing = Annotated[Actor, Depends(Policy(Act.PRIVATE_LIST))]
Entering = Annotated[Actor, Depends(Policy(Act.PRIVATE_ENTER))]
Consenting = Annotated[Actor, Depends(Policy(Act.PRIVATE_CONSENT))]
Refusing = Annotated[Actor, Depends(Policy(Act.PRIVATE_REFUSE))]
Withdrawing = Annotated[Actor, Depends(Policy(Act.PRIVATE_WITHDRAW))]
Masking = Annotated[Actor, Depends(Policy(Act.PRIVATE_MASK))]
Viewing = Annotated[Actor, Depends(Policy(Act.PRIVATE_VIEW))]
Signing = Annotated[Actor, Depends(Policy(Act.PRIVATE_SIGN))]
Id = Annotated[str, Field(max_length=64)]
JPEG: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}


class TermOut(BaseModel):
    """One word of a closed list of the law."""

    id: str
    name: str
    name_en: str


class PrivateRulesOut(BaseModel):
    """What the text in force says of private persons' viewing, and the promise that they give."""

    allowed: bool
    article: str
    instrument: str
    reading: str
    reading_en: str
    who: list[TermOut]
    grounds: list[TermOut]
    promise: str
    consent_days: int
    sitting_s: int
    longest_s: int


class PrivateForm(Form):
    """What a person asks at the counter."""

    applicant: Text
    paper: Annotated[IdentityPaper, Field(strict=False)]
    paper_number: Text
    relation: Text
    concerned: Text = ""
    ground: Text
    why: Text
    cameras: list[Id] = Field(min_length=1, max_length=64)
    start_ms: Milliseconds
    end_ms: Milliseconds


class ConsentForm(WithinPeriod):
    """Consent as asked, or narrower."""

    cameras: list[Id] | None = Field(None, max_length=64)
    mask_others: bool = True
    note: Text = ""


class PrivateNoteForm(Form):
    """Why it is refused or taken back."""

    note: Text


class StillMasksForm(Form):
    """All masks of one camera."""

    camera: Id
    masks: list[RedactionMaskForm] = Field(max_length=64)


class PrivateStillForm(Form):
    """Which picture, under which playback of one's own; `covered`: as the person will see it."""

    grant: Id
    camera: Id
    at_ms: Annotated[int, Field(ge=0, le=86_400_000)] = 0
    covered: bool = False


class OpenPrivateForm(Form):
    """Where the person sits down, and that the promise was given."""

    cameras: list[Id] = Field(min_length=1, max_length=64)
    place: Text
    outside_room: bool
    promised: bool


class PrivateSignForm(Form):
    """How the applicant signs, and what came of it."""

    how: Annotated[SignedHow, Field(strict=False)]
    name: Text = ""
    outcome: Text


class CameraMasksOut(BaseModel):
    """What is covered in one camera's pictures."""

    camera: str
    masks: list[RedactionMaskOut]


class SittingOut(BaseModel):
    """One viewing under the application."""

    entry: int
    began_ms: int
    ended_ms: int | None
    cause: str
    companion: str
    place: str
    cameras: list[str]
    seconds: int


class PrivateOut(BaseModel):
    """One application. The identity number is masked; nobody here has the whole."""

    id: str
    number: str
    state: PrivateState
    applicant: str
    paper: IdentityPaper
    paper_number: str
    relation: str
    concerned: str
    ground: str
    why: str
    cameras: list[str]
    start_ms: int
    end_ms: int
    staff: str
    staff_id: str
    asked_ms: int
    mask_others: bool
    consenter: str
    note: str
    decided_ms: int | None
    consented_until_ms: int | None
    masks: list[CameraMasksOut]
    companion: str
    completed_ms: int | None
    fingerprint: str
    steps: list[PrivateStep]


class PrivatePageOut(PrivateOut):
    """One application with what came of it."""

    camera_names: list[str]
    sittings: list[SittingOut]
    scans: list[AttachmentOut]
    keep_until: str


@router.get("/rules", operation_id="private_viewing_rules")
def private_viewing_rules(request: Request, actor: Listing) -> PrivateRulesOut:
    services = services_of(request)
    row = private_viewings.rule_read(services.store, actor=actor, clock=services.clock, law=services.law)
    allowed = row is not None and row.allowed
    return PrivateRulesOut(
        allowed=allowed,
        article=row.article if row is not None else "",
        instrument=row.instrument if row is not None else "",
        reading=row.reading if row is not None else "",
        reading_en=row.reading_en if row is not None else "",
        who=[_term(one) for one in row.who] if row is not None else [],
        grounds=[_term(one) for one in row.grounds] if row is not None else [],
        promise=private_sheets.PROMISE,
        consent_days=private_viewings.CONSENT_NS // DAY_NS,
        sitting_s=private_viewings.SITTING_S,
        longest_s=private_viewings.LONGEST_NS // SECOND_NS,
    )


@router.get("", operation_id="list_private_viewings")
def list_private_viewings(request: Request, actor: Listing) -> list[PrivateOut]:
    services = services_of(request)
    found = private_sheets.listed(services.store, actor=actor, clock=services.clock)
    return [PrivateOut(**_facts(one)) for one in found]


@router.post("", operation_id="enter_private_viewing", status_code=201)
def enter_private_viewing(request: Request, form: PrivateForm, actor: Entering) -> PrivatePageOut:
    """Takes an application down. The number of the identity paper is kept but for its last letters as a keyed hash."""
    services = services_of(request)
    asked = private_viewings.PrivateAsk(
        applicant=form.applicant,
        paper=form.paper,
        paper_number=form.paper_number,
        relation=form.relation,
        concerned=form.concerned,
        ground=form.ground,
        why=form.why,
        cameras=[CameraId(camera) for camera in form.cameras],
        footage=period(form.start_ms, form.end_ms),
    )
    made = private_viewings.enter(
        services.store,
        services.identity.vault,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        asked=asked,
    )
    return _page(request, actor, made.id)


@router.get("/{viewing}", operation_id="read_private_viewing")
def read_private_viewing(request: Request, viewing: str, actor: Listing) -> PrivatePageOut:
    return _page(request, actor, viewing)


@router.post("/{viewing}/consent", operation_id="consent_to_private_viewing")
def consent_to_private_viewing(request: Request, viewing: str, form: ConsentForm, actor: Consenting) -> PrivatePageOut:
    services = services_of(request)
    private_viewings.consent(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        viewing=viewing,
        cameras=[CameraId(camera) for camera in form.cameras] if form.cameras is not None else None,
        footage=form.footage(),
        mask_others=form.mask_others,
        note=form.note,
    )
    return _page(request, actor, viewing)


@router.post("/{viewing}/refuse", operation_id="refuse_private_viewing")
def refuse_private_viewing(request: Request, viewing: str, form: PrivateNoteForm, actor: Refusing) -> PrivatePageOut:
    services = services_of(request)
    private_viewings.refuse(services.store, actor=actor, clock=services.clock, viewing=viewing, note=form.note)
    return _page(request, actor, viewing)


@router.post("/{viewing}/withdraw", operation_id="withdraw_private_viewing")
def withdraw_private_viewing(
    request: Request, viewing: str, form: PrivateNoteForm, actor: Withdrawing
) -> PrivatePageOut:
    """The applicant takes it back, or the unit its consent; pictures on the screen end within seconds."""
    services = services_of(request)
    private_viewings.withdraw(services.store, actor=actor, clock=services.clock, viewing=viewing, note=form.note)
    return _page(request, actor, viewing)


@router.put("/{viewing}/masks", operation_id="save_private_masks")
def save_private_masks(request: Request, viewing: str, form: StillMasksForm, actor: Masking) -> PrivateOut:
    services = services_of(request)
    saved = private_viewings.save_masks(
        services.store,
        actor=actor,
        clock=services.clock,
        viewing=viewing,
        camera=CameraId(form.camera),
        masks=masks_of(form.masks),
    )
    return PrivateOut(**_facts(saved))


@router.post("/{viewing}/still", operation_id="private_viewing_still", response_class=Response, responses=JPEG)
def private_viewing_still(request: Request, viewing: str, form: PrivateStillForm, actor: Masking) -> Response:
    """A still to draw masks on, under a playback of the staff's own; with `covered` as the person will see it."""
    services = services_of(request)
    jpeg = private_viewings.still(
        services.store,
        services.redactor,
        actor=actor,
        clock=services.clock,
        viewing=viewing,
        camera=CameraId(form.camera),
        grant=form.grant,
        at_ms=form.at_ms,
        covered=form.covered,
    )
    return Response(jpeg, media_type="image/jpeg")


@router.post("/{viewing}/view", operation_id="open_private_viewing", status_code=201)
def open_private_viewing(request: Request, viewing: str, form: OpenPrivateForm, actor: Viewing) -> ViewOut:
    """The register entry is committed before the answer leaves."""
    services = services_of(request)
    grant = private_viewings.open_viewing(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        viewing=viewing,
        cameras=[CameraId(camera) for camera in form.cameras],
        place=form.place,
        outside_room=form.outside_room,
        promised=form.promised,
    )
    return view_out(grant)


@router.post("/{viewing}/sign", operation_id="sign_private_sheet")
def sign_private_sheet(request: Request, viewing: str, form: PrivateSignForm, actor: Signing) -> PrivatePageOut:
    services = services_of(request)
    private_sheets.sign(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        viewing=viewing,
        how=form.how,
        name=form.name,
        outcome=form.outcome,
    )
    return _page(request, actor, viewing)


@router.get("/{viewing}/sheet", operation_id="print_private_sheet", response_class=Response, responses=PRINTED)
def print_private_sheet(request: Request, viewing: str, actor: Listing, language: Spoken) -> Response:
    """The sheet as a PDF: as it was signed, else with what is known so far."""
    services = services_of(request)
    paper = private_sheets.printed(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        viewing=viewing,
        language=language,
        address=f"{str(request.base_url).rstrip('/')}/private/{viewing}",
    )
    return printed(services, paper, f"private-viewing-{viewing}")


@router.post("/{viewing}/scans", operation_id="keep_private_scan", status_code=201, max_body_size=BODY_BYTES)
def keep_private_scan(
    request: Request,
    viewing: str,
    actor: Entering,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Literal["identity", "sheet"], Query()] = "identity",
) -> AttachmentOut:
    """Keeps the scan of the proof of identity or of the signed sheet."""
    services = services_of(request)
    kept = private_viewings.keep_scan(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        random=services.random,
        viewing=viewing,
        kind=kind,
        name=file.filename or kind,
        content=file.file.read(),
    )
    return attachment_out(kept)


@router.get(
    "/{viewing}/scans/{scan}",
    operation_id="read_private_scan",
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in MEDIA_TYPES}}},
)
def read_private_scan(request: Request, viewing: str, scan: str, actor: Listing) -> Response:
    """The file as it was kept, checked against its SHA-256."""
    services = services_of(request)
    found = private_viewings.scan(services.store, actor=actor, clock=services.clock, viewing=viewing, attachment=scan)
    return served(services, found)


def _term(term: Term) -> TermOut:
    return TermOut(id=term.id, name=term.name, name_en=term.name_en)


def _facts(one: PrivateViewing) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "state": one.state,
        "applicant": one.applicant,
        "paper": one.paper,
        "paper_number": one.paper_number,
        "relation": one.relation,
        "concerned": one.concerned,
        "ground": one.ground,
        "why": one.why,
        "cameras": list(one.cameras),
        "start_ms": milliseconds(one.start),
        "end_ms": milliseconds(one.end),
        "staff": one.staff_name,
        "staff_id": one.staff,
        "asked_ms": milliseconds(one.asked),
        "mask_others": one.mask_others,
        "consenter": one.consenter_name,
        "note": one.note,
        "decided_ms": milliseconds(one.decided),
        "consented_until_ms": milliseconds(one.consented_until),
        "masks": [CameraMasksOut(camera=each.camera, masks=masks_out(each.masks)) for each in one.masks],
        "companion": one.companion_name,
        "completed_ms": milliseconds(one.completed),
        "fingerprint": one.fingerprint,
        "steps": [step for state, step in STEPS if state is one.state and step is not PrivateStep.EXPIRE],
    }


def _page(request: Request, actor: Actor, viewing: str) -> PrivatePageOut:
    services = services_of(request)
    page = private_sheets.page(services.store, actor=actor, clock=services.clock, law=services.law, viewing=viewing)
    sittings = [
        SittingOut(
            entry=one.entry.index,
            began_ms=milliseconds(one.entry.at) or 0,
            ended_ms=milliseconds(one.entry.closing.at) if one.entry.closing is not None else None,
            cause=str(one.entry.closing.cause) if one.entry.closing is not None else "",
            companion=one.companion,
            place=one.place,
            cameras=list(one.entry.cameras),
            seconds=one.seconds,
        )
        for one in page.sittings
    ]
    return PrivatePageOut(
        **_facts(page.viewing),
        camera_names=list(page.camera_names),
        sittings=sittings,
        scans=[attachment_out(one) for one in page.scans],
        keep_until=page.keep_until,
    )
