"""What happens under an approval: officers sign, papers are checked, a view or a use begins, a package is built."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi import Form as FormField
from pydantic import BaseModel, Field

from mingjian.app import executions, spot
from mingjian.app.executions import Credential
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.kernel.ids import CameraId
from mingjian.web.access_models import CameraName, RequestOut, page
from mingjian.web.attachments import BODY_BYTES
from mingjian.web.forms import Form, Secret, Text, WithinPeriod
from mingjian.web.guard import Policy, address_of, services_of
from mingjian.web.views import ViewOut, view_out

router = APIRouter(prefix="/api/access-requests", tags=["access"])
PAPERS_MAX = 8
PaperName = Annotated[str, Field(max_length=32)]
Attending = Annotated[Actor, Depends(Policy(Act.ACCESS_ATTEND))]


class PresenceForm(Form):
    """One officer's own credential, typed in another's session for this one signature."""

    name: Text
    password: Secret
    code: Secret


class PapersForm(Form):
    """The kinds of paper that were looked at, and the numbers that stand on them."""

    papers: list[PaperName] = Field(max_length=PAPERS_MAX)
    numbers: dict[PaperName, Text] = Field(default_factory=dict, max_length=PAPERS_MAX)


class TurnAwayForm(Form):
    """The kinds of paper with which the officers did not come."""

    papers: list[PaperName] = Field(min_length=1, max_length=PAPERS_MAX)


class SpotOut(BaseModel):
    """What the staff hand to an officer enrolled on the spot, shown once: a name and a code for one signature."""

    name: str
    display_name: str
    code: str
    valid_until_ms: int


class ViewUnderForm(WithinPeriod):
    """Which of the approved cameras and seconds to look at; left out: all."""

    cameras: list[CameraName] | None = Field(None, max_length=16)


class UseForm(PresenceForm):
    """The second officer's credential, and which of the approved cameras to use; left out: all."""

    cameras: list[CameraName] | None = Field(None, max_length=16)


@router.post("/{access_request}/presence", operation_id="sign_presence")
def sign_presence(request: Request, access_request: str, form: PresenceForm, actor: Attending) -> RequestOut:
    """The staff's session stays; the officer's credential is checked for this one signature."""
    services = services_of(request)
    executions.sign_presence(
        services.identity,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        credential=_credential(form, request),
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/officers", operation_id="enrol_officer", status_code=201, max_body_size=BODY_BYTES)
def enrol_officer(
    request: Request,
    access_request: str,
    actor: Attending,
    name: Annotated[Text, FormField()],
    work_id: Annotated[Text, FormField()],
    file: Annotated[UploadFile | None, File()] = None,
) -> SpotOut:
    """An officer without account, from work ID and certificate; a second code for who signed before needs no file."""
    services = services_of(request)
    enrolment = spot.enrol_officer(
        services.store,
        services.identity.vault,
        services.attachments,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        name=name,
        work_id=work_id,
        certificate=spot.Scan(file.filename or "certificate", file.file.read()) if file is not None else None,
    )
    return SpotOut(
        name=enrolment.person.name,
        display_name=enrolment.person.display_name,
        code=enrolment.code,
        valid_until_ms=enrolment.until // 1_000_000,
    )


@router.post("/{access_request}/papers", operation_id="check_papers")
def check_papers(request: Request, access_request: str, form: PapersForm, actor: Attending) -> RequestOut:
    services = services_of(request)
    executions.check_papers(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        papers=form.papers,
        numbers=form.numbers,
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/turn-away", operation_id="turn_away")
def turn_away(request: Request, access_request: str, form: TurnAwayForm, actor: Attending) -> RequestOut:
    """The officers came without papers: the visit ends, on record with what lacks. The approval stands."""
    services = services_of(request)
    executions.turn_away(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        papers=form.papers,
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/end-visit", operation_id="end_visit")
def end_visit(request: Request, access_request: str, actor: Attending) -> RequestOut:
    """The officers leave; another visit may follow while the approval stands."""
    services = services_of(request)
    executions.end_visit(services.store, actor=actor, clock=services.clock, law=services.law, request=access_request)
    return page(request, actor, access_request)


@router.post("/{access_request}/view", operation_id="view_under_approval", status_code=201)
def view_under_approval(
    request: Request,
    access_request: str,
    form: ViewUnderForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_VIEW))],
) -> ViewOut:
    """The officers look at approved seconds. The register entry is committed before the answer leaves."""
    services = services_of(request)
    grant = executions.view(
        services.store,
        services.journal,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        cameras=_cameras(form.cameras),
        footage=form.footage(),
    )
    return view_out(grant)


@router.post("/{access_request}/use", operation_id="use_under_approval", status_code=201)
def use_under_approval(
    request: Request, access_request: str, form: UseForm, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_USE))]
) -> ViewOut:
    """A connection or direct use begins in this officer's session; it ends by itself with the approved period."""
    services = services_of(request)
    grant = executions.use(
        services.identity,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        credential=_credential(form, request),
        cameras=_cameras(form.cameras),
    )
    return view_out(grant)


@router.post("/{access_request}/export", operation_id="export_request")
def export_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_EXPORT))]
) -> RequestOut:
    services = services_of(request)
    executions.start_export(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
    )
    return page(request, actor, access_request)


def _credential(form: PresenceForm, request: Request) -> Credential:
    return Credential(form.name, form.password, form.code, address_of(request))


def _cameras(names: list[str] | None) -> list[CameraId] | None:
    return None if names is None else [CameraId(name) for name in names]
