"""The register form of a visit: read, printed, signed by both sides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from mingjian.app import register_forms
from mingjian.app.executions import Credential
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.web.forms import Form, Secret, Text
from mingjian.web.guard import Policy, address_of, services_of
from mingjian.web.papers import PRINTED, Spoken, printed

router = APIRouter(prefix="/api/access-requests/{access_request}/visits/{visit}", tags=["access"])
Reading = Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]
Signing = Annotated[Actor, Depends(Policy(Act.ACCESS_SIGN))]


class CoSignForm(Form):
    """One officer's own credential, typed beside the form."""

    name: Text
    password: Secret
    code: Secret


class FormLine(BaseModel):
    """One camera's seconds on the form."""

    camera: str
    entry: str
    way: str
    footage: str
    seconds: str


class SignatureOut(BaseModel):
    """Who signed, for which side; `entry` is the ledger entry that names the fingerprint."""

    person: str
    side: str
    at_ms: int
    entry: int


class FormOut(BaseModel):
    """A visit's form as it is signed; `missing` are officers who have not signed yet."""

    number: str
    fingerprint: str
    kept: bool
    complete: bool
    unit: str
    organ: str
    way: str
    approver: str
    staff: str
    began_at: str
    ended_at: str
    report_due: str
    confidentiality: str
    remarks: str
    lines: list[FormLine]
    packages: list[str]
    signatures: list[SignatureOut]
    missing: list[str]
    unit_signed: bool


@router.get("/form", operation_id="read_register_form")
def read_register_form(request: Request, access_request: str, visit: str, actor: Reading) -> FormOut:
    services = services_of(request)
    return _out(
        register_forms.page(
            services.store, actor=actor, clock=services.clock, law=services.law, request=access_request, visit=visit
        )
    )


@router.get("/form.pdf", operation_id="print_register_form", response_class=Response, responses=PRINTED)
def print_register_form(
    request: Request, access_request: str, visit: str, actor: Reading, language: Spoken = Language.ZH
) -> Response:
    """The form as a PDF; its QR code leads back to this request."""
    services = services_of(request)
    paper = register_forms.printed(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        visit=visit,
        language=language,
        address=f"{str(request.base_url).rstrip('/')}/requests/{access_request}",
    )
    return printed(services, paper, f"register-{visit}")


@router.post("/sign", operation_id="sign_register_form")
def sign_register_form(request: Request, access_request: str, visit: str, actor: Signing) -> FormOut:
    """The signed-in person signs."""
    services = services_of(request)
    return _out(
        register_forms.sign(
            services.store, actor=actor, clock=services.clock, law=services.law, request=access_request, visit=visit
        )
    )


@router.post("/co-sign", operation_id="co_sign_register_form")
def co_sign_register_form(
    request: Request, access_request: str, visit: str, form: CoSignForm, actor: Signing
) -> FormOut:
    """An officer signs with his own credential; the session stays whose it is."""
    services = services_of(request)
    return _out(
        register_forms.co_sign(
            services.identity,
            actor=actor,
            clock=services.clock,
            law=services.law,
            request=access_request,
            visit=visit,
            credential=Credential(form.name, form.password, form.code, address_of(request)),
        )
    )


def _out(page: register_forms.FormPage) -> FormOut:
    sheet = page.sheet
    return FormOut(
        number=sheet.number,
        fingerprint=page.fingerprint,
        kept=page.kept,
        complete=page.complete,
        unit=sheet.unit_name,
        organ=sheet.organ,
        way=sheet.way,
        approver=sheet.approver,
        staff=sheet.staff,
        began_at=sheet.began_at,
        ended_at=sheet.ended_at,
        report_due=sheet.report_due,
        confidentiality=sheet.confidentiality,
        remarks=sheet.remarks,
        lines=[
            FormLine(camera=one.camera, entry=one.entry, way=one.way, footage=one.footage, seconds=one.seconds)
            for one in sheet.cameras
        ],
        packages=[f"{one.name} SHA-256 {one.sha256}" for one in sheet.carriers],
        signatures=[
            SignatureOut(person=one.name, side=one.side, at_ms=one.at // 1_000_000, entry=one.id)
            for one in page.signatures
        ],
        missing=list(page.missing),
        unit_signed=page.unit_signed,
    )
