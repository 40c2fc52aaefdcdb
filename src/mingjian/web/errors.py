"""Errors as JSON: one body for all, in both languages; the family decides the status."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mingjian.kernel.errors import Invalid, LocalError, MingjianError, Missing, Overloaded, Refused, RemoteError
from mingjian.transport.certificates import CertificateRefused
from mingjian.web.forms import milliseconds

_FAMILIES: tuple[tuple[type[MingjianError], int], ...] = (
    (Invalid, 422),
    (Missing, 404),
    (Overloaded, 429),
    (Refused, 403),
    (RemoteError, 502),
    (LocalError, 500),
)
_UNAUTHENTICATED = frozenset({"session.required", "session.credentials"})
_CONFLICTS = (
    "capacity.",
    "procedure.",
    "register.closed",
    "setup.done",
    "view.ended",
    "clock.believed",
    "place.in-use",
    "siting.signed",
    "post.",
)
"""Not a question of right: the state of things is in the way."""


class CertificateFacts(BaseModel):
    """A certificate that nobody vouches for, or another than the one on record: what it says of itself."""

    subject: str
    issuer: str
    not_before_ms: int | None
    not_after_ms: int | None
    sha256: str


class ErrorFacts(BaseModel):
    """What failed, why, what to do next; `code` is stable."""

    code: str
    text: str
    text_en: str
    remedy: str
    remedy_en: str
    field: str
    article: str
    certificate: CertificateFacts | None = None


class ErrorBody(BaseModel):
    """Every answer above 399."""

    error: ErrorFacts


def required() -> Refused:
    """No living session: the answer to every token that is missing, malformed, expired or ended."""
    return Refused(
        "session.required",
        "请先登录",
        text_en="Please sign in",
        remedy="登录后重试",
        remedy_en="Sign in and try again",
    )


def status_of(error: MingjianError) -> int:
    """The HTTP status of an error."""
    if error.code in _UNAUTHENTICATED:
        return 401
    if isinstance(error, Refused) and error.code.startswith(_CONFLICTS):
        return 409
    return next((status for family, status in _FAMILIES if isinstance(error, family)), 500)


def body_of(error: MingjianError, article: str = "") -> dict[str, Any]:
    """The body of an error, in both languages; `article` is what the law in force cites for it."""
    facts = ErrorFacts(
        code=error.code,
        text=error.text,
        text_en=error.text_en,
        remedy=error.remedy,
        remedy_en=error.remedy_en,
        field=error.field,
        article=article,
        certificate=_certificate(error),
    )
    return ErrorBody(error=facts).model_dump()


def _certificate(error: MingjianError) -> CertificateFacts | None:
    if not isinstance(error, CertificateRefused) or (shown := error.certificate) is None:
        return None
    return CertificateFacts(
        subject=shown.subject,
        issuer=shown.issuer,
        not_before_ms=milliseconds(shown.not_before),
        not_after_ms=milliseconds(shown.not_after),
        sha256=shown.sha256,
    )


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with this body."""
    app.add_exception_handler(MingjianError, _named)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _named(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MingjianError)
    return JSONResponse(body_of(error, request.app.state.services.cited(error.article)), status_of(error))


async def _unreadable(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]  # the rest follow from it, or are seen at the next try
    field = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    unreadable = Invalid(
        "input.invalid",
        f"输入不合要求：{field or '内容'}",
        text_en=f"The input cannot be read: {first['msg']}",
        remedy="改正后重试",
        remedy_en="Correct it and try again",
        field=field,
    )
    return JSONResponse(body_of(unreadable), 422)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    known = {
        404: Missing("http.not-found", "没有这个地址", text_en="There is no such address"),
        405: Invalid("http.method", "这个地址不接受该方法", text_en="This address does not take this method"),
        413: _too_large(),
    }.get(
        error.status_code,
        Invalid("http.error", f"请求不被接受：{error.detail}", text_en=f"The request is refused: {error.detail}"),
    )
    return JSONResponse(body_of(known), error.status_code, headers=error.headers)


def _too_large() -> Overloaded:
    return Overloaded(
        "http.too-large",
        "提交的内容过大",
        text_en="What was sent is too large",
        remedy="缩短文字，或者分几次提交",
        remedy_en="Shorten the texts, or send it in parts",
    )


class LargeBodies:
    """Answers in our own words where the framework refuses an announced length in plain text, before any handler."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = False

        async def worded(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = b"application/json" not in dict(message["headers"]).get(b"content-type", b"")
            if not refused:
                await send(message)
            elif message["type"] == "http.response.start":
                await JSONResponse(body_of(_too_large()), 413)(scope, receive, send)

        await self._app(scope, receive, worded)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """The last resort: recorded under a number, told without detail."""
    incident = secrets.token_hex(4)
    structlog.get_logger("web").error(
        "unexpected", incident=incident, method=request.method, path=request.url.path, exc_info=error
    )
    unexpected = LocalError(
        "server.unexpected",
        f"服务器内部错误（编号 {incident}）",
        text_en=f"Internal error (incident {incident})",
        remedy="把编号告诉维护人员",
        remedy_en="Tell the maintainers this number",
    )
    return JSONResponse(body_of(unexpected), 500)
