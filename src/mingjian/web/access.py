"""Access requests: asked, decided, taken back, completed, reported. What happens at the unit is `web.executions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import access, access_pages, access_search, register_forms
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.places import Datum
from mingjian.kernel.ids import UnitId
from mingjian.web.access_models import Kind, NarrowedForm, NewRequest, PaperRequest, RequestOut, listed, page
from mingjian.web.forms import Form, Text
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/access-requests", tags=["access"])
SEARCH_LONGEST = 64


class ApprovalForm(NarrowedForm):
    """Approval as asked, or narrower."""

    kind: Kind | None = None


class RefusalForm(Form):
    """Why it is refused; `lacking` names papers of which no scan is on record."""

    reason: Text
    lacking: list[Annotated[str, Field(max_length=32)]] = Field(default_factory=list, max_length=8)


class ReportForm(Form):
    """What became of the copy."""

    report: Text


class FoundCameraOut(BaseModel):
    """A camera that may be asked for: its name and place, never a picture."""

    id: str
    name: str
    place: str
    holder: str
    holder_name: str
    territory: str
    longitude: float | None
    latitude: float | None
    datum: Datum | None


@router.get("", operation_id="list_requests")
def list_requests(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))],
    case: Annotated[str, Field(max_length=64)] = "",
    number: Annotated[str, Field(max_length=64)] = "",
) -> list[RequestOut]:
    """Those of which the unit is a side, without steps and history; of one case or number, where named."""
    services = services_of(request)
    found = access_pages.listed(services.store, actor=actor, clock=services.clock, case=case, number=number)
    return [listed(one, found.names) for one in found.requests]


@router.get("/cameras", operation_id="search_cameras_to_ask")
def search_cameras(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_SEARCH))],
    q: Annotated[str, Field(max_length=SEARCH_LONGEST)] = "",
) -> list[FoundCameraOut]:
    """Cameras in the asker's area by name, place or unit: what a request can name. No picture, no state."""
    services = services_of(request)
    found = access_search.cameras(services.store, actor=actor, clock=services.clock, text=q)
    return [
        FoundCameraOut(
            id=one.camera.id,
            name=one.camera.name,
            place=one.place,
            holder=one.holder.id,
            holder_name=one.holder.name,
            territory=one.territory,
            longitude=one.longitude,
            latitude=one.latitude,
            datum=one.datum,
        )
        for one in found
    ]


@router.post("", operation_id="submit_request", status_code=201)
def submit_request(
    request: Request, form: NewRequest, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_SUBMIT))]
) -> RequestOut:
    services = services_of(request)
    submitted = access.submit(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        asked=form.asked(),
    )
    return page(request, actor, submitted.id)


@router.post("/on-paper", operation_id="submit_request_on_paper", status_code=201)
def submit_on_paper(
    request: Request, form: PaperRequest, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_ON_PAPER))]
) -> RequestOut:
    """The unit's staff put an approval on record that officers brought on paper."""
    services = services_of(request)
    submitted = access.submit_on_paper(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        asked=form.asked(),
        asker=UnitId(form.asker),
        head=form.head,
        document=form.document,
        attachment=form.attachment,
    )
    return page(request, actor, submitted.id)


@router.get("/{access_request}", operation_id="read_request")
def read_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]
) -> RequestOut:
    return page(request, actor, access_request)


@router.post("/{access_request}/approve", operation_id="approve_request")
def approve_request(
    request: Request,
    access_request: str,
    form: ApprovalForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_APPROVE))],
) -> RequestOut:
    services = services_of(request)
    access.approve(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        comment=form.comment,
        cameras=form.chosen(),
        footage=form.footage(),
        kind=form.kind,
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/refuse", operation_id="refuse_request")
def refuse_request(
    request: Request,
    access_request: str,
    form: RefusalForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_REFUSE))],
) -> RequestOut:
    services = services_of(request)
    access.refuse(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        why=form.reason,
        lacking=form.lacking,
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/withdraw", operation_id="withdraw_request")
def withdraw_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_WITHDRAW))]
) -> RequestOut:
    services = services_of(request)
    access.withdraw(services.store, actor=actor, clock=services.clock, law=services.law, request=access_request)
    return page(request, actor, access_request)


@router.post("/{access_request}/complete", operation_id="complete_request")
def complete_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_COMPLETE))]
) -> RequestOut:
    services = services_of(request)
    register_forms.complete(services.store, actor=actor, clock=services.clock, law=services.law, request=access_request)
    return page(request, actor, access_request)


@router.post("/{access_request}/report", operation_id="report_request")
def report_request(
    request: Request,
    access_request: str,
    form: ReportForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_REPORT))],
) -> RequestOut:
    """What became of the copy: used, returned or destroyed."""
    services = services_of(request)
    access.report(
        services.store, actor=actor, clock=services.clock, law=services.law, request=access_request, words=form.report
    )
    return page(request, actor, access_request)
