"""Signs of places (article 14): made once, printed as often as needed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from mingjian.app import signs
from mingjian.app.printing import SignFormat
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Paper
from mingjian.governance.places import Place
from mingjian.web.forms import Form, Text
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import Services

router = APIRouter(prefix="/api/places/{place}", tags=["signs"])
Signing = Annotated[Actor, Depends(Policy(Act.PLACE_SIGN))]
MEDIA_TYPES = {SignFormat.PDF: "application/pdf", SignFormat.SVG: "image/svg+xml"}


class SignOut(BaseModel):
    """The sign of a place: its code, where its QR code leads, the picture of it at the wall. Empty: not yet."""

    code: str
    address: str
    photograph: str


class Mounted(Form):
    """The picture of the mounted sign, an attachment of the place."""

    attachment: Text


@router.get("/sign", operation_id="read_sign")
def read_sign(request: Request, place: str, actor: Signing) -> SignOut:
    services = services_of(request)
    return _out(request, services, signs.one(services.store, actor=actor, clock=services.clock, place=place))


@router.post("/sign", operation_id="issue_sign")
def issue_sign(request: Request, place: str, actor: Signing) -> SignOut:
    """Give the place its public page; asked again, the same one."""
    services = services_of(request)
    found = signs.issue(services.store, actor=actor, clock=services.clock, random=services.random, place=place)
    return _out(request, services, found)


@router.post("/sign/photograph", operation_id="mount_sign")
def mount_sign(request: Request, place: str, form: Mounted, actor: Signing) -> SignOut:
    """Say that the sign hangs, with its picture."""
    services = services_of(request)
    found = signs.mounted(
        services.store, services.law, actor=actor, clock=services.clock, place=place, photograph=form.attachment
    )
    return _out(request, services, found)


@router.get("/sign.pdf", operation_id="print_sign", response_class=Response)
def print_sign(request: Request, place: str, actor: Signing, paper: Paper = Paper.A4) -> Response:
    """One sheet for the printer."""
    return _printed(request, place, actor, paper, SignFormat.PDF)


@router.get("/sign.svg", operation_id="draw_sign", response_class=Response)
def draw_sign(request: Request, place: str, actor: Signing, paper: Paper = Paper.A4) -> Response:
    """The same for a sign maker: letters are outlines."""
    return _printed(request, place, actor, paper, SignFormat.SVG)


def base_of(request: Request, services: Services) -> str:
    """Under which address citizens find the public pages."""
    return services.public_url or str(request.base_url).rstrip("/")


def _out(request: Request, services: Services, place: Place) -> SignOut:
    address = f"{base_of(request, services)}/p/{place.sign_code}" if place.sign_code else ""
    return SignOut(code=place.sign_code, address=address, photograph=place.sign_photo)


def _printed(request: Request, place: str, actor: Actor, paper: Paper, form: SignFormat) -> Response:
    services = services_of(request)
    sign = signs.sheet(
        services.store,
        services.law,
        actor=actor,
        clock=services.clock,
        place=place,
        base=base_of(request, services),
    )
    made = services.printer.sign(sign, paper, form)
    name = f"sign-{sign.number}-{paper}.{form}"
    return Response(made, media_type=MEDIA_TYPES[form], headers={"Content-Disposition": f'inline; filename="{name}"'})
