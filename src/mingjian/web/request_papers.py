"""What a request is on paper: the sheet of its approval, and the folder of its case."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from mingjian.app import access_pages, approval_sheets, case_folders
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.documents import Language
from mingjian.web.access_models import RequestOut, listed
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PRINTED, Spoken, printed

router = APIRouter(prefix="/api", tags=["access"])
Reading = Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]
Case = Annotated[str, Field(min_length=1, max_length=64)]


class FolderLineOut(BaseModel):
    """One thing that happened in a case; `entry` is its ledger entry."""

    at_ms: int
    entry: int
    request: str
    number: str
    step: str
    person: str
    text: str


class FolderOut(BaseModel):
    """A case: its requests and what happened under them, the oldest first."""

    requests: list[RequestOut]
    lines: list[FolderLineOut]


@router.get(
    "/access-requests/{access_request}/approval.pdf",
    operation_id="print_approval",
    response_class=Response,
    responses=PRINTED,
)
def print_approval(request: Request, access_request: str, actor: Reading, language: Spoken = Language.ZH) -> Response:
    """The approval as a PDF; its QR code leads to the counter with the number, and shows nothing by itself."""
    services = services_of(request)
    found = access_pages.page(
        services.store, actor=actor, clock=services.clock, law=services.law, request=access_request
    )
    counter = f"{str(request.base_url).rstrip('/')}/counter?number={quote(found.request.number)}"
    paper = approval_sheets.printed(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        language=language,
        address=counter,
    )
    return printed(services, paper, f"approval-{access_request}")


@router.get("/case-folder", operation_id="read_case_folder")
def read_case_folder(request: Request, actor: Reading, case: Case) -> FolderOut:
    """The own organ's folder of a case number; empty where nothing was asked for in it."""
    services = services_of(request)
    found = case_folders.folder(services.store, actor=actor, clock=services.clock, case=case)
    return FolderOut(
        requests=[listed(one, found.names) for one in found.requests],
        lines=[
            FolderLineOut(
                at_ms=line.at // 1_000_000,
                entry=line.entry,
                request=line.request.id,
                number=line.request.number,
                step=line.kind,
                person=line.person,
                text=line.text,
            )
            for line in found.lines
        ],
    )


@router.get("/case-folder.pdf", operation_id="print_case_folder", response_class=Response, responses=PRINTED)
def print_case_folder(request: Request, actor: Reading, case: Case, language: Spoken = Language.ZH) -> Response:
    """The folder as a PDF."""
    services = services_of(request)
    paper = case_folders.printed(
        services.store, actor=actor, clock=services.clock, law=services.law, case=case, language=language
    )
    return printed(services, paper, "case")
