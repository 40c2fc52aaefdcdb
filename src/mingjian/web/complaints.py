"""Complaints from the public pages: read and answered by the unit and by public security of the place."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from mingjian.app import complaints
from mingjian.app.complaints import ShownComplaint
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.complaints import ComplaintState
from mingjian.web.forms import MS_NS, Form, Text
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/complaints", tags=["complaints"])


class ReplyOut(BaseModel):
    """What was said to a complaint, and by whom."""

    name: str
    at_ms: int
    text: str


class ComplaintOut(BaseModel):
    """One complaint. `contact` is null where it is not for this reader, empty where none was given."""

    id: str
    number: str
    place: str
    place_name: str
    organ: str
    text: str
    contact: str | None
    received_ms: int
    state: ComplaintState
    replies: list[ReplyOut]
    may_reply: bool


class ReplyForm(Form):
    """What is said; the complainant reads it under the receipt number."""

    text: Text


@router.get("", operation_id="list_complaints")
def list_complaints(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.COMPLAINT_LIST))],
    state: ComplaintState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> list[ComplaintOut]:
    """About the own unit; for public security about every place of its area. Newest first."""
    services = services_of(request)
    found = complaints.listed(
        services.store, services.identity.vault, actor=actor, clock=services.clock, state=state, limit=limit
    )
    return [_out(one) for one in found]


@router.get("/{complaint}", operation_id="read_complaint")
def read_complaint(
    request: Request, complaint: str, actor: Annotated[Actor, Depends(Policy(Act.COMPLAINT_LIST))]
) -> ComplaintOut:
    services = services_of(request)
    vault = services.identity.vault
    return _out(complaints.one(services.store, vault, actor=actor, clock=services.clock, complaint=complaint))


@router.post("/{complaint}/replies", operation_id="reply_to_complaint")
def reply_to_complaint(
    request: Request,
    complaint: str,
    form: ReplyForm,
    actor: Annotated[Actor, Depends(Policy(Act.COMPLAINT_REPLY))],
) -> ComplaintOut:
    services = services_of(request)
    return _out(
        complaints.reply(
            services.store,
            services.identity.vault,
            services.law,
            actor=actor,
            clock=services.clock,
            complaint=complaint,
            text=form.text,
        )
    )


def _out(shown: ShownComplaint) -> ComplaintOut:
    one = shown.complaint
    return ComplaintOut(
        id=one.id,
        number=one.number,
        place=one.place,
        place_name=one.place_name,
        organ=shown.organ,
        text=one.text,
        contact=shown.contact,
        received_ms=one.received // MS_NS,
        state=one.state,
        replies=[ReplyOut(name=said.name, at_ms=said.at // MS_NS, text=said.text) for said in one.replies],
        may_reply=shown.may_reply,
    )
