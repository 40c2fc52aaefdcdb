"""The door of the identity provider: to it, back from it, the own second factor, and a proof anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi import Form as Fields
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from mingjian.app import provider_sign_in, provider_sign_out
from mingjian.app.id_token import TOKEN_LONGEST
from mingjian.app.provider_sign_in import Awaited, Entered, configured
from mingjian.app.records import Actor
from mingjian.app.security_keys import site_of
from mingjian.kernel.errors import Refused
from mingjian.web.errors import body_of
from mingjian.web.forms import Form, Secret
from mingjian.web.guard import Public, SignedIn, address_of, services_of
from mingjian.web.services import Services
from mingjian.web.session import SessionState, enter

router = APIRouter(prefix="/api/session/provider", tags=["session"])
Mine = Annotated[Actor, Depends(SignedIn())]
TICKET = "mj_provider"
"""Strict like the session's cookie: it is our own page that calls, also when the provider has sent the browser back."""
PATH = "/api/session/provider"
SIGN_OUT_PATH = f"{PATH}/sign-out"
"""The provider itself calls it: no page of ours, no cookie, and whose word it is shows its signature."""
HERE = "this is where a session begins by the identity provider"


class ProviderAddress(BaseModel):
    """Where the browser goes now."""

    url: str


class ProviderReturn(Form):
    """What the provider gave the browser on its way back; `iss` where it names itself (RFC 9207)."""

    state: Annotated[str, Field(max_length=200)]
    code: Annotated[str, Field(max_length=4000)] = ""
    iss: Annotated[str, Field(max_length=2000)] = ""


class ProviderAnswer(BaseModel):
    """A session, or by which of the own factors the person shows himself now."""

    session: SessionState | None
    factors: list[Literal["code", "key", "enrolment"]]


class ProviderCode(Form):
    """The code of the authenticator, or an administrator's one-time code."""

    code: Secret


class ProviderKeyQuestion(BaseModel):
    """What the browser hands to `navigator.credentials`."""

    options: dict[str, Any]


class ProviderKey(Form):
    """A key's answer."""

    credential: Annotated[dict[str, Any], Field(max_length=12)]


@router.post("", operation_id="begin_provider_sign_in", dependencies=[Depends(Public(HERE))])
def begin_provider_sign_in(request: Request, response: Response) -> ProviderAddress:
    return _begun(request, response, "")


@router.post("/answer", operation_id="answer_provider", dependencies=[Depends(Public(HERE))])
def answer_provider(request: Request, response: Response, form: ProviderReturn) -> ProviderAnswer:
    services = services_of(request)
    rules = configured(services.provider)
    found = provider_sign_in.answer(
        services.identity,
        rules,
        ticket=_ticket(request),
        state=form.state,
        code=form.code,
        issuer=form.iss,
        host=request.url.hostname or "-",
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    if isinstance(found, Awaited):
        _keep(services, response, found.ticket, provider_sign_in.SECOND_S)
        return ProviderAnswer.model_validate({"session": None, "factors": found.factors})
    return ProviderAnswer(session=_entered(services, response, found), factors=[])


@router.post("/code", operation_id="finish_provider_by_code", dependencies=[Depends(Public(HERE))])
def finish_provider_by_code(request: Request, response: Response, form: ProviderCode) -> SessionState:
    services = services_of(request)
    configured(services.provider)
    found = provider_sign_in.finish_by_code(
        services.identity,
        ticket=_ticket(request),
        code=form.code,
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return _entered(services, response, found)


@router.post("/key/question", operation_id="ask_provider_key", dependencies=[Depends(Public(HERE))])
def ask_provider_key(request: Request) -> ProviderKeyQuestion:
    services = services_of(request)
    configured(services.provider)
    options = provider_sign_in.ask_key(
        services.identity,
        ticket=_ticket(request),
        site=site_of(request.headers.get("origin", "")),
        clock=services.clock,
        random=services.random,
    )
    return ProviderKeyQuestion(options=dict(options))


@router.post("/key", operation_id="finish_provider_by_key", dependencies=[Depends(Public(HERE))])
def finish_provider_by_key(request: Request, response: Response, form: ProviderKey) -> SessionState:
    services = services_of(request)
    configured(services.provider)
    found = provider_sign_in.finish_by_key(
        services.identity,
        ticket=_ticket(request),
        credential=form.credential,
        site=site_of(request.headers.get("origin", "")),
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return _entered(services, response, found)


@router.post(
    "/sign-out",
    operation_id="signed_out_at_provider",
    dependencies=[Depends(Public("the provider itself says by a signed token who signed out there"))],
)
def signed_out_at_provider(
    request: Request, logout_token: Annotated[str, Fields(max_length=TOKEN_LONGEST)]
) -> Response:
    """OpenID Connect Back-Channel Logout 1.0: 200, or 400 for a token that is not believed (2.8)."""
    services = services_of(request)
    rules = configured(services.provider)
    try:
        provider_sign_out.signed_out_there(
            services.identity, rules, token=logout_token, address=address_of(request), clock=services.clock
        )
    except Refused as refused:
        return JSONResponse(body_of(refused), 400)
    return Response(status_code=200)


@router.post("/prove", operation_id="begin_provider_proof")
def begin_provider_proof(request: Request, response: Response, actor: Mine) -> ProviderAddress:
    """After a refusal `session.step-up`, for who has no factor here: a new sign-in at the provider."""
    configured(services_of(request).provider)
    if not provider_sign_in.proves_at_provider(services_of(request).identity, actor=actor):
        raise provider_sign_in.own_factor()
    return _begun(request, response, actor.session)


@router.post("/proof", operation_id="prove_at_provider", status_code=204)
def prove_at_provider(request: Request, form: ProviderReturn, actor: Mine) -> None:
    services = services_of(request)
    provider_sign_in.prove(
        services.identity,
        configured(services.provider),
        actor=actor,
        ticket=_ticket(request),
        state=form.state,
        code=form.code,
        issuer=form.iss,
        address=address_of(request),
        clock=services.clock,
    )


def _begun(request: Request, response: Response, session: str) -> ProviderAddress:
    services = services_of(request)
    ticket, url = provider_sign_in.begin(
        services.identity,
        configured(services.provider),
        origin=request.headers.get("origin", ""),  # the guard has let it pass: it is this server's own
        clock=services.clock,
        random=services.random,
        session=session,
    )
    _keep(services, response, ticket, provider_sign_in.FLOW_S)
    return ProviderAddress(url=url)


def _entered(services: Services, response: Response, found: Entered) -> SessionState:
    response.delete_cookie(TICKET, path=PATH, secure=services.secure_cookies, httponly=True, samesite="strict")
    return enter(services, response, found.token, found.actor)


def _keep(services: Services, response: Response, ticket: str, lasts_s: int) -> None:
    response.set_cookie(
        TICKET,
        ticket,
        max_age=lasts_s,
        path=PATH,
        secure=services.secure_cookies,
        httponly=True,
        samesite="strict",
    )


def _ticket(request: Request) -> str:
    return request.cookies.get(TICKET, "")
