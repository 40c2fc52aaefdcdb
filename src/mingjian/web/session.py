"""Sign-in, the own session, enrolment, and the first start."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from mingjian.app import identity, organs, passwords, provider_sign_in, provider_sign_out
from mingjian.app.records import Actor
from mingjian.governance.access import LEGAL_KINDS
from mingjian.governance.authority import Act, Allow, Facts, Role, Subject, decide, lately
from mingjian.governance.organ_tree import SECTORS
from mingjian.governance.organs import Organ, OrganKind
from mingjian.web.forms import Form, Secret, Text
from mingjian.web.guard import COOKIE, Public, SignedIn, address_of, services_of
from mingjian.web.services import Services

router = APIRouter(prefix="/api", tags=["session"])
Mine = Annotated[Actor, Depends(SignedIn())]


class SectorOut(BaseModel):
    """A sector of article 4."""

    id: str
    name: str
    name_en: str
    article: str


class PasswordRules(BaseModel):
    """The rules of pass-phrases in force here; a figure of 0: no such rule."""

    rules: Literal["asvs", "level-3"]
    shortest: int
    kinds: int
    remembered: int
    lasts_days: int
    idle_minutes: int


class ProviderName(BaseModel):
    """What people call the identity provider."""

    label: str
    label_en: str


class SignedOut(BaseModel):
    """The session has ended; where the browser signs out of the identity provider too, null: nowhere."""

    url: str | None


class SetupState(BaseModel):
    """Whether nobody has an account yet; then also the sectors that a department chooses from."""

    needed: bool
    sectors: list[SectorOut]
    password: PasswordRules
    provider: ProviderName | None
    """Linked people may sign in by it; none is set up: null."""


class SetupForm(Form):
    """The first administrator, in exchange for the code that the server printed."""

    code: Secret
    name: Text
    display_name: Text
    password: Secret
    unit_name: Text = ""
    unit_kind: Annotated[OrganKind, Field(strict=False)] = OrganKind.UNIT
    territory: Annotated[str, Field(max_length=12)] = ""
    sector: Annotated[str, Field(max_length=32)] = ""


class EnrolmentForm(Form):
    """An own password, in exchange for the administrator's one-time code."""

    name: Text
    code: Secret
    password: Secret


class TotpUri(BaseModel):
    """What an authenticator application scans; shown once."""

    totp_uri: str


class SignInForm(Form):
    """Both factors."""

    name: Text
    password: Secret
    code: Secret


class NewPassword(Form):
    """The pass-phrase in use, and the one to come."""

    password: Secret
    new: Secret


class ProofForm(Form):
    """A factor of the person signed in, once more."""

    code: Secret


class SessionPerson(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    display_name: str
    roles: list[Role]


class SessionUnit(BaseModel):
    """The organ or unit the person belongs to; `keeps`: it keeps this installation and the tree of organs."""

    id: str
    name: str
    kind: OrganKind
    territory: str
    sector: str
    keeps: bool


class Banner(BaseModel):
    """A line that stays on every screen."""

    kind: Literal["throw-away"]


class SessionState(BaseModel):
    """The own session."""

    person: SessionPerson
    unit: SessionUnit
    banner: Banner | None
    version: str
    server_ms: int
    limited: bool
    """An administrator without a security key: registers one, and does nothing else before."""
    stale: bool
    """The pass-phrase is too old: a new one is set, and nothing else done before."""
    fresh: bool
    """The factors were proven lately enough for acts that need it: a download, which cannot ask, is then open."""
    asks: bool
    """The person may ask for another unit's footage: by the own role, and for an organ of articles 20 and 21."""
    proves_at_provider: bool
    """Its person has no factor here: the proof is a new sign-in at the identity provider."""


@router.get(
    "/setup", operation_id="setup_state", dependencies=[Depends(Public("nobody has an account before the first start"))]
)
def setup_state(request: Request) -> SetupState:
    services = services_of(request)
    provider = services.provider
    needed, policy = identity.needs_setup(services.store), services.identity.policy
    return SetupState(
        needed=needed,
        sectors=sectors_out() if needed else [],
        password=PasswordRules(
            rules=policy.rules,
            shortest=policy.shortest,
            kinds=policy.kinds,
            remembered=policy.remembered,
            lasts_days=policy.lasts_days,
            idle_minutes=policy.idle_s // 60,
        ),
        provider=ProviderName(label=provider.label, label_en=provider.label_en) if provider is not None else None,
    )


@router.post(
    "/setup", operation_id="set_up", dependencies=[Depends(Public("in exchange for the code of the first start"))]
)
def set_up(request: Request, form: SetupForm) -> TotpUri:
    services = services_of(request)
    uri = identity.create_first_administrator(
        services.identity,
        code=form.code,
        name=form.name,
        display_name=form.display_name,
        password=form.password,
        unit_name=form.unit_name,
        kind=form.unit_kind,
        territory=form.territory,
        sector=form.sector,
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return TotpUri(totp_uri=uri)


@router.post(
    "/enrolment", operation_id="enrol", dependencies=[Depends(Public("in exchange for the administrator's code"))]
)
def enrol(request: Request, form: EnrolmentForm) -> TotpUri:
    services = services_of(request)
    uri = identity.enrol(
        services.identity,
        name=form.name,
        code=form.code,
        password=form.password,
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return TotpUri(totp_uri=uri)


@router.post("/session", operation_id="sign_in", dependencies=[Depends(Public("this is where a session begins"))])
def sign_in(request: Request, response: Response, form: SignInForm) -> SessionState:
    services = services_of(request)
    token, actor = identity.sign_in(
        services.identity,
        name=form.name,
        password=form.password,
        code=form.code,
        address=address_of(request),
        clock=services.clock,
        random=services.random,
    )
    return enter(services, response, token, actor)


def enter(services: Services, response: Response, token: str, actor: Actor) -> SessionState:
    """The cookie of a new session and what its page needs."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=identity.ABSOLUTE_S,
        path="/",
        secure=services.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return _state(services, actor)


@router.get("/session", operation_id="own_session")
def own_session(request: Request, actor: Mine) -> SessionState:
    return _state(services_of(request), actor)


@router.post("/session/prove", operation_id="prove_session", status_code=204)
def prove_session(request: Request, form: ProofForm, actor: Mine) -> None:
    """After a refusal `session.step-up`: then the refused call may be repeated."""
    services = services_of(request)
    identity.prove(services.identity, actor=actor, code=form.code, address=address_of(request), clock=services.clock)


@router.post("/session/password", operation_id="change_password", status_code=204)
def change_password(request: Request, form: NewPassword, actor: Mine) -> None:
    """A new pass-phrase of one's own; the other sessions end."""
    services = services_of(request)
    passwords.change(
        services.identity,
        actor=actor,
        password=form.password,
        new=form.new,
        address=address_of(request),
        clock=services.clock,
    )


@router.delete("/session", operation_id="sign_out")
def sign_out(request: Request, response: Response, actor: Mine) -> SignedOut:
    services = services_of(request)
    url = provider_sign_out.sign_out(
        services.identity,
        services.provider,
        actor=actor,
        origin=request.headers.get("origin", ""),  # the guard has let it pass: it is this server's own
        clock=services.clock,
    )
    response.delete_cookie(COOKIE, path="/", secure=services.secure_cookies, httponly=True, samesite="strict")
    return SignedOut(url=url or None)


def _state(services: Services, actor: Actor) -> SessionState:
    organ = organs.of(services.store, actor)
    asks = decide(
        Subject(actor.person, actor.unit, actor.roles), Act.ACCESS_SUBMIT, organ.id, Facts(), services.clock.now()
    )
    return SessionState(
        person=SessionPerson(
            id=actor.person, name=actor.name, display_name=actor.display_name, roles=sorted(actor.roles)
        ),
        unit=_unit(organ),
        banner=Banner(kind="throw-away") if services.throw_away else None,
        version=services.version,
        server_ms=services.clock.now() // 1_000_000,
        limited=actor.limited,
        stale=actor.stale,
        fresh=lately(actor.proven, services.clock.now()),
        asks=organ.kind in LEGAL_KINDS and isinstance(asks, Allow),
        proves_at_provider=services.provider is not None
        and provider_sign_in.proves_at_provider(services.identity, actor=actor),
    )


def _unit(organ: Organ) -> SessionUnit:
    return SessionUnit(
        id=organ.id,
        name=organ.name,
        kind=organ.kind,
        territory=organ.territory,
        sector=organ.sector,
        keeps=organ.keeps,
    )


def sectors_out() -> list[SectorOut]:
    """The sectors as answers hold them."""
    return [SectorOut.model_validate(one, from_attributes=True) for one in SECTORS.values()]
