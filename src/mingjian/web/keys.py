"""The own sessions and security keys; the door of a key at sign-in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from mingjian.app import security_keys, sessions
from mingjian.app.records import Actor, SecurityKey
from mingjian.app.security_keys import Site, site_of
from mingjian.web.forms import Form, Secret, Text, milliseconds
from mingjian.web.guard import Public, SignedIn, address_of, services_of
from mingjian.web.session import SessionState, enter

router = APIRouter(prefix="/api/session", tags=["session"])
Mine = Annotated[Actor, Depends(SignedIn())]
Credential = Annotated[dict[str, Any], Field(max_length=12)]
"""A `PublicKeyCredential` as the browser's `toJSON` gives it; `webauthn` reads it."""


class KeyOut(BaseModel):
    """An own security key. `suspended`: its counter went back, it opens nothing."""

    id: str
    name: str
    host: str
    created_ms: int
    used_ms: int | None
    suspended: bool


class SessionOut(BaseModel):
    """An own session; `here`: this one."""

    here: bool
    created_ms: int
    seen_ms: int
    ends_ms: int


class OwnSessions(BaseModel):
    """The own sessions and keys."""

    sessions: list[SessionOut]
    keys: list[KeyOut]


class KeyQuestion(BaseModel):
    """What the browser hands to `navigator.credentials`; `ticket` names a sign-in under way."""

    options: dict[str, Any]
    ticket: str = ""


class NewKey(Form):
    """A key's answer, and what its holder calls it."""

    name: Text
    credential: Credential


class KeyAnswer(Form):
    """A key's answer."""

    credential: Credential


class PassPhrase(Form):
    """The first factor."""

    name: Text
    password: Secret


class KeySignIn(Form):
    """The second: a key's answer to the question of a ticket."""

    ticket: Secret
    credential: Credential


@router.get("/own", operation_id="own_sessions")
def own_sessions(request: Request, actor: Mine) -> OwnSessions:
    services = services_of(request)
    idle_s = services.identity.policy.idle_s
    found = sessions.mine(services.store, actor=actor, clock=services.clock, idle_s=idle_s)
    return OwnSessions(
        sessions=[
            SessionOut(
                here=one.id == actor.session,
                created_ms=one.created // 1_000_000,
                seen_ms=one.seen // 1_000_000,
                ends_ms=one.ends // 1_000_000,
            )
            for one in found
        ],
        keys=[_out(key) for key in security_keys.mine(services.identity, actor=actor)],
    )


@router.post("/others/end", operation_id="end_other_sessions", status_code=204)
def end_other_sessions(request: Request, actor: Mine) -> None:
    services = services_of(request)
    sessions.end_others(services.store, actor=actor, clock=services.clock)


@router.post("/keys/question", operation_id="ask_new_key")
def ask_new_key(request: Request, actor: Mine) -> KeyQuestion:
    services = services_of(request)
    options = security_keys.offer(
        services.identity, actor=actor, site=_site(request), clock=services.clock, random=services.random
    )
    return KeyQuestion(options=dict(options))


@router.post("/keys", operation_id="register_key", status_code=201)
def register_key(request: Request, form: NewKey, actor: Mine) -> KeyOut:
    services = services_of(request)
    key = security_keys.register(
        services.identity,
        actor=actor,
        site=_site(request),
        name=form.name,
        credential=form.credential,
        clock=services.clock,
    )
    return _out(key)


@router.delete("/keys/{key}", operation_id="remove_key", status_code=204)
def remove_key(request: Request, key: str, actor: Mine) -> None:
    services = services_of(request)
    security_keys.remove(services.identity, actor=actor, key=key, clock=services.clock)


@router.post("/prove/question", operation_id="ask_key_proof")
def ask_key_proof(request: Request, actor: Mine) -> KeyQuestion:
    services = services_of(request)
    options = security_keys.ask_proof(
        services.identity, actor=actor, site=_site(request), clock=services.clock, random=services.random
    )
    return KeyQuestion(options=dict(options))


@router.post("/prove/key", operation_id="prove_by_key", status_code=204)
def prove_by_key(request: Request, form: KeyAnswer, actor: Mine) -> None:
    services = services_of(request)
    security_keys.prove(
        services.identity,
        actor=actor,
        site=_site(request),
        credential=form.credential,
        address=address_of(request),
        clock=services.clock,
    )


@router.post(
    "/key/question",
    operation_id="ask_key_sign_in",
    dependencies=[Depends(Public("this is where a session begins with a key"))],
)
def ask_key_sign_in(request: Request, form: PassPhrase) -> KeyQuestion:
    services = services_of(request)
    ticket, options = security_keys.begin_sign_in(
        services.identity,
        name=form.name,
        password=form.password,
        site=_site(request),
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return KeyQuestion(options=dict(options), ticket=ticket)


@router.post(
    "/key", operation_id="sign_in_by_key", dependencies=[Depends(Public("this is where a session begins with a key"))]
)
def sign_in_by_key(request: Request, response: Response, form: KeySignIn) -> SessionState:
    services = services_of(request)
    token, actor = security_keys.finish_sign_in(
        services.identity,
        ticket=form.ticket,
        credential=form.credential,
        site=_site(request),
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return enter(services, response, token, actor)


def _site(request: Request) -> Site:
    return site_of(request.headers.get("origin", ""))


def _out(key: SecurityKey) -> KeyOut:
    return KeyOut(
        id=key.id,
        name=key.name,
        host=key.host,
        created_ms=key.created // 1_000_000,
        used_ms=milliseconds(key.used),
        suspended=key.suspended is not None,
    )
