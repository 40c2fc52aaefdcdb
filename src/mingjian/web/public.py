"""What anyone who stands before a sign may do: read who runs the system there, complain, and follow his complaint.

No session, no cookie, no script, no picture. Each answer is one page of a few kilobytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from mingjian.app import complaints, signs
from mingjian.governance.documents import Language
from mingjian.kernel.errors import MingjianError
from mingjian.web import public_page
from mingjian.web.errors import status_of
from mingjian.web.guard import Public, address_of, services_of
from mingjian.web.public_page import Draft

router = APIRouter(prefix="/p/{code}", include_in_schema=False)
Reading = Depends(Public("a sign in a public place leads here; it says nothing that the sign may not say"))
Complaining = Depends(Public("whoever stands before a sign may complain without an account"))
Field = Annotated[str, Form(max_length=20_000)]
"""Bounded here only against floods; the act says how long each text may be."""


@router.get("", operation_id="public_sign", dependencies=[Reading])
def public_sign(request: Request, code: str, lang: str = "") -> Response:
    language = language_of(request, lang)
    return _answered(request, language, lambda: public_page.sign(_sign(request, code), language))


@router.post("/complaints", operation_id="send_complaint", dependencies=[Complaining])
def send_complaint(
    request: Request,
    code: str,
    text: Field = "",
    contact: Field = "",
    website: Field = "",
    lang: Field = "",
) -> Response:
    """Take a complaint and lead to its receipt. `website` is a field that people do not see and programs fill in."""
    language, services = language_of(request, lang), services_of(request)

    def number_of_taken() -> str:
        services.page_complaints.count(address_of(request), services.clock.now())
        if website:
            return ""
        return complaints.taken(
            services.store,
            services.identity.vault,
            services.law,
            clock=services.clock,
            random=services.random,
            code=code,
            text=text,
            contact=contact,
        ).number

    try:
        number = number_of_taken()
    except MingjianError as failure:
        draft = Draft(text, contact, failure)
        return _answered(
            request, language, lambda: public_page.sign(_sign(request, code), language, draft), status_of(failure)
        )
    where = f"/p/{code}/complaints?number={number}&" if number else f"/p/{code}?"
    return RedirectResponse(f"{where}lang={language}", 303, headers=public_page.HEADERS)


@router.get("/complaints", operation_id="public_complaint", dependencies=[Reading])
def public_complaint(request: Request, code: str, number: str = "", lang: str = "") -> Response:
    """Where a complaint stands, for whoever holds its number."""
    language = language_of(request, lang)

    def page() -> str:
        known = _sign(request, code)
        if not number:
            return public_page.look_up(known, language)
        found, organ = complaints.followed(services_of(request).store, code=code, number=number)
        return public_page.receipt(known.code, found, organ, language)

    return _answered(request, language, page)


def language_of(request: Request, asked: str) -> Language:
    """The language asked for, else the first of the two that the browser prefers, else Chinese."""
    preferred = [asked, *request.headers.get("accept-language", "").split(",")]
    known = (part.strip()[:2].lower() for part in preferred)
    return next((Language(part) for part in known if part in tuple(Language)), Language.ZH)


def _sign(request: Request, code: str) -> signs.PublicSign:
    _count(request)
    services = services_of(request)
    return signs.public(services.store, services.law, clock=services.clock, code=code)


def _count(request: Request) -> None:
    services = services_of(request)
    services.page_visits.count(address_of(request), services.clock.now())


def _answered(request: Request, language: Language, page: Callable[[], str], status: int = 200) -> Response:
    """The page, or a page that says why there is none."""
    try:
        content = page()
    except MingjianError as failure:
        content, status = public_page.failed(failure, language), status_of(failure)
    return Response(content, status, media_type="text/html", headers=public_page.HEADERS)
