"""Sign-in through the one identity provider of the installation (OpenID Connect, code flow with PKCE).

The provider's word stands for the pass-phrase and for nothing else: whom it speaks of was linked by an act, the own
second factor is asked as `ProviderRules` says, of the three administrators always, and at the first coming of
everybody. So whoever makes a link alone becomes nobody. Between two steps the browser keeps a signed ticket that is
good once and for minutes; nothing is written before the provider has spoken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mingjian.app.credentials import fingerprint, fits, session_token, typed_code
from mingjian.app.id_token import Expected, Left, Shown
from mingjian.app.identity import (
    IdentityKeeper,
    account_key,
    check_delay,
    check_delay_in,
    count_failure,
    failed,
    open_session,
    spend_code,
)
from mingjian.app.performing import entry
from mingjian.app.ports import Random, UnitOfWork, Vault
from mingjian.app.records import Actor, Person, ProviderLink
from mingjian.app.security_keys import Site, answered, question
from mingjian.governance.authority import ADMINISTRATIONS
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import MALFORMED, Missing, Refused
from mingjian.kernel.ids import PersonId

FLOW_S = 600
"""Time to find the pass-phrase of the provider and its own second factor."""
SECOND_S = 300
"""Time to find the telephone or the key."""
COOKIE_LONGEST = 2000
RETURN_PATH = "/sign-in"
"""The page to which the provider sends the browser back; registered there with the address of this installation."""
_NOBODY = fingerprint("provider")
"""Under this key failures are counted, each for its address, while nobody knows yet whom they are about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the provider. State, nonce and PKCE verifier are derived and cannot be chosen by a browser."""

    state: str
    nonce: str
    verifier: str
    redirect: str
    begun: UtcNs
    again: bool
    """The person must prove himself to the provider anew, however lately he did."""

    @property
    def challenge(self) -> str:
        """S256 of the verifier (RFC 7636, 4.2)."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def expected(self, issuer: str, client: str) -> Expected:
        """What the token must say that answers this question."""
        return Expected(issuer, client, self.nonce, self.begun if self.again else None)


class Provider(Protocol):
    """The identity provider."""

    @property
    def issuer(self) -> str: ...

    def address(self, asked: Asked) -> str:
        """Where the browser goes. Raises RemoteError `oidc.away`."""
        ...

    def shown(self, asked: Asked, code: str, issuer: str, now: UtcNs) -> Shown:
        """Who came back with `code`, `issuer` being what the answer says of itself (RFC 9207), empty for nothing.

        Raises RemoteError `oidc.*` for a provider that is away or says nonsense, Refused for an answer not to be
        believed, Overloaded while it has enough to answer.
        """
        ...

    def leaving(self, back: str) -> str:
        """Where the browser signs out there too, to come `back`; empty: nowhere. Raises RemoteError, Overloaded."""
        ...

    def left(self, token: str, now: UtcNs) -> Left:
        """Whose sessions a logout token of the provider ends. Raises as `shown`."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """The provider, what people call it, and when the own second factor may be left out."""

    provider: Provider
    label: str
    label_en: str
    second_factor: bool = True
    ways: frozenset[str] = frozenset()
    """Values of `amr` or `acr` that stand for the second factor where the provider asserts one."""
    sign_out: bool = False
    """Who came by the provider and signs out is led to its own sign-out."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A session: its token for the cookie, and who acts."""

    token: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Awaited:
    """The own second factor is asked: the ticket for the browser, and by what it may be shown."""

    ticket: str
    factors: tuple[str, ...]
    """Of `code`, `key` and `enrolment`: the one-time code of an administrator, for who has no factor here yet."""


def configured(rules: ProviderRules | None) -> ProviderRules:
    """The rules. Raises Missing `oidc.off` where the installation has no provider."""
    if rules is None:
        raise Missing(
            "oidc.off",
            "本系统没有设置身份提供者",
            text_en="This installation has no identity provider",
            remedy="用口令登录；需要时由管理人员设置 oidc_issuer",
            remedy_en="Sign in with your password; have oidc_issuer set if one is wanted",
        )
    return rules


def begin(
    keeper: IdentityKeeper, rules: ProviderRules, *, origin: str, clock: Clock, random: Random, session: str = ""
) -> tuple[str, str]:
    """A ticket for this browser, and where it goes. `session`: that of who proves himself once more."""
    now = clock.now()
    kept = {"state": session_token(random), "at": now, "to": origin + RETURN_PATH, "session": session}
    asked = _asked(keeper.vault, kept)
    return _ticket(keeper.vault, "flow", kept, now, FLOW_S), rules.provider.address(asked)


def answer(
    keeper: IdentityKeeper,
    rules: ProviderRules,
    *,
    ticket: str,
    state: str,
    code: str,
    issuer: str,
    host: str,
    address: str,
    clock: Clock,
    random: Random,
) -> Entered | Awaited:
    """The browser is back. Raises Refused `oidc.*`; whoever is not linked, disabled or gone gets the same words."""
    flow, shown = _answered(keeper, rules, ticket, state, code, issuer, "", address, clock)
    token, now = session_token(random), clock.now()
    with keeper.store.writing() as uow:
        link = uow.people.link_to(rules.provider.issuer, shown.subject)
        person = uow.people.one(link.person) if link is not None else None
        account = account_key(person.name) if person is not None else fingerprint(f"provider:{shown.subject}")
        check_delay_in(uow, account, address, now)
        problem: Refused | None = None
        if not uow.people.spend(fingerprint(str(flow["state"])), flow["ends"], now):
            problem = _stale()
        elif link is None or person is None or person.disabled is not None or person.spot:
            problem = _unknown(shown.subject)
        else:
            spared = not rules.second_factor or bool(rules.ways & shown.ways)
            administers = bool(person.roles & ADMINISTRATIONS)
            if spared and link.confirmed is not None and not administers:
                uow.people.set_failures(account, address, None)
                return Entered(token, open_session(uow, person, token, now, factor="provider", link=link.id))
            factors = own_factors(uow, person, host)
            if not factors and spared and not administers and link.confirmed is None and person.enrolment_hash:
                factors = ("enrolment",)
            if factors:
                kept = {"id": session_token(random), "link": link.id, "factors": factors}
                return Awaited(_ticket(keeper.vault, "second", kept, now, SECOND_S), factors)
            problem = _no_factor()
        count_failure(uow, account, address, now, problem, person)
    raise problem


def finish_by_code(
    keeper: IdentityKeeper, *, ticket: str, code: str, address: str, clock: Clock, random: Random
) -> Entered:
    """A session, after the code of the authenticator, or the one-time code of who has none yet."""

    def right(uow: UnitOfWork, person: Person, kept: Mapping[str, Any], now: UtcNs) -> Refused | None:
        if "code" in kept["factors"]:
            good = spend_code(keeper, uow, person, code, now)
        else:
            living = person.enrolment_until is not None and now < person.enrolment_until
            good = "enrolment" in kept["factors"] and living and fits(typed_code(code), person.enrolment_hash)
            if good:
                uow.people.save(replace(person, enrolment_hash="", enrolment_until=None))
        return None if good else _wrong_code()

    return _finished(keeper, ticket, right, "provider+totp", address, clock, random)


def ask_key(keeper: IdentityKeeper, *, ticket: str, site: Site, clock: Clock, random: Random) -> Mapping[str, Any]:
    """What the browser asks the person's keys."""
    now = clock.now()
    kept = _kept(keeper.vault, "second", ticket, now)
    with keeper.store.reading() as uow:
        link, person = _linked(uow, kept)
    if kept is None or link is None or person is None:
        raise _stale()
    return question(keeper, f"provider:{kept['id']}", person.id, site, clock, random)


def finish_by_key(
    keeper: IdentityKeeper,
    *,
    ticket: str,
    credential: Mapping[str, Any],
    site: Site,
    address: str,
    clock: Clock,
    random: Random,
) -> Entered:
    """A session, after a key's answer."""

    def right(uow: UnitOfWork, person: Person, kept: Mapping[str, Any], now: UtcNs) -> Refused | None:
        return answered(uow, f"provider:{kept['id']}", person, site, credential, now)

    return _finished(keeper, ticket, right, "provider+key", address, clock, random)


def proves_at_provider(keeper: IdentityKeeper, *, actor: Actor) -> bool:
    """Whether this session proves itself anew at the provider: it came from there, and its person has no factor here.

    Never one of the three administrators: those have factors of their own or no session.
    """
    with keeper.store.reading() as uow:
        session, person = uow.people.session(actor.session), uow.people.one(actor.person)
        came = session is not None and person is not None and bool(session.link)
        return came and person is not None and not person.roles & ADMINISTRATIONS and not own_factors(uow, person, "")


def prove(
    keeper: IdentityKeeper,
    rules: ProviderRules,
    *,
    actor: Actor,
    ticket: str,
    state: str,
    code: str,
    issuer: str,
    address: str,
    clock: Clock,
) -> None:
    """As `identity.prove`, at the provider. Raises Refused `oidc.own-factor` for who has a factor here."""
    if not proves_at_provider(keeper, actor=actor):
        raise own_factor()
    flow, shown = _answered(keeper, rules, ticket, state, code, issuer, actor.session, address, clock)
    now, account = clock.now(), account_key(actor.name)
    with keeper.store.writing() as uow:
        session, link = uow.people.session(actor.session), uow.people.link_of(actor.person)
        fresh = uow.people.spend(fingerprint(str(flow["state"])), flow["ends"], now)
        same = link is not None and (link.issuer, link.subject) == (rules.provider.issuer, shown.subject)
        if fresh and same and session is not None and link is not None and session.link == link.id:
            uow.people.proven(actor.session, now)
            uow.ledger.append(entry("session.proven", now, actor.person, {"factor": "provider"}, actor=actor))
            return
        problem = _stale() if not fresh else _another(shown.subject)
        count_failure(uow, account, address, now, problem, uow.people.one(actor.person), act="session.prove")
    raise problem


def own_factors(uow: UnitOfWork, person: Person, host: str) -> tuple[str, ...]:
    """By what a person proves himself here; `host`: of the page, whose keys alone a browser finds; empty: any."""
    keys = [key for key in uow.people.keys_of(person.id) if key.suspended is None and host in ("", key.host)]
    return tuple(way for way, held in (("code", person.totp_sealed), ("key", keys)) if held)


def own_factor() -> Refused:
    """What somebody gets who would leave out a factor that he has."""
    return Refused(
        "oidc.own-factor",
        "请用本人的动态码或者安全密钥验证身份",
        text_en="Prove who you are with your own one-time code or security key",
        remedy="身份提供者的再次登录只用于在本系统没有动态码和安全密钥的人员",
        remedy_en="Signing in anew at the provider is for people without code and key here",
    )


def _answered(
    keeper: IdentityKeeper,
    rules: ProviderRules,
    ticket: str,
    state: str,
    code: str,
    issuer: str,
    session: str,
    address: str,
    clock: Clock,
) -> tuple[Mapping[str, Any], Shown]:
    """The flow of this browser and who came back; what is refused is counted and entered."""
    now = clock.now()
    check_delay(keeper.store, _NOBODY, address, now)
    flow = _kept(keeper.vault, "flow", ticket, now)
    try:
        if flow is None or flow["session"] != session or not hmac.compare_digest(
            str(flow["state"]).encode(), state.encode()
        ):  # fmt: skip
            raise _stale()
        if not code:
            raise Refused(
                "oidc.denied",
                "身份提供者没有确认您的身份",
                text_en="The identity provider did not confirm who you are",
                remedy="重新登录，或者用口令登录",
                remedy_en="Sign in again, or with your password",
            )
        return flow, rules.provider.shown(_asked(keeper.vault, flow), code, issuer, now)
    except Refused as refused:
        failed(keeper.store, _NOBODY, address, clock.now(), refused)
        raise


class _Judge(Protocol):
    def __call__(self, uow: UnitOfWork, person: Person, kept: Mapping[str, Any], now: UtcNs, /) -> Refused | None: ...


def _finished(
    keeper: IdentityKeeper, ticket: str, right: _Judge, factor: str, address: str, clock: Clock, random: Random
) -> Entered:
    now, token = clock.now(), session_token(random)
    kept = _kept(keeper.vault, "second", ticket, now)
    with keeper.store.writing() as uow:
        link, person = _linked(uow, kept)
        if kept is None or link is None or person is None:
            raise _stale()
        account = account_key(person.name)
        check_delay_in(uow, account, address, now)
        problem = right(uow, person, kept, now)
        if problem is None and not uow.people.spend(fingerprint(str(kept["id"])), kept["ends"], now):
            problem = _stale()
        if problem is None:
            uow.people.set_failures(account, address, None)
            if link.confirmed is None:
                uow.people.save_link(replace(link, confirmed=now))
                uow.ledger.append(entry("person.link_confirmed", now, person.id, {"link": link.id}, unit=person.unit))
            limited = keeper.administrators_need_key and bool(person.roles & ADMINISTRATIONS)
            limited = limited and factor != "provider+key"
            return Entered(token, open_session(uow, person, token, now, factor=factor, limited=limited, link=link.id))
        count_failure(uow, account, address, now, problem, person)
    raise problem


def _linked(uow: UnitOfWork, kept: Mapping[str, Any] | None) -> tuple[ProviderLink | None, Person | None]:
    """The link of a ticket and its person, while both are good."""
    link = uow.people.link(str(kept["link"])) if kept is not None else None
    person = uow.people.one(PersonId(link.person)) if link is not None else None
    return link, person if person is not None and person.disabled is None else None


def _asked(vault: Vault, flow: Mapping[str, Any]) -> Asked:
    state = str(flow["state"])
    nonce, verifier = (vault.tag(state, context=f"provider {part}") for part in ("nonce", "verifier"))
    return Asked(state, nonce, verifier, str(flow["to"]), UtcNs(flow["at"]), bool(flow["session"]))


def _ticket(vault: Vault, kind: str, kept: Mapping[str, Any], now: UtcNs, lasts_s: int) -> str:
    """What a browser keeps between two steps: readable to it, and signed."""
    plain = json.dumps({**kept, "ends": now + lasts_s * SECOND_NS}, separators=(",", ":"))
    body = base64.urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()
    return f"{body}.{vault.tag(body, context=f'provider {kind}')}"


def _kept(vault: Vault, kind: str, ticket: str, now: UtcNs) -> Mapping[str, Any] | None:
    """The content of a ticket of this kind that we signed and that is not past its end; else None."""
    body, _, tag = ticket[:COOKIE_LONGEST].partition(".")
    if not hmac.compare_digest(tag.encode(), vault.tag(body, context=f"provider {kind}").encode()):
        return None
    try:
        kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except MALFORMED:
        return None
    return kept if now < kept["ends"] else None


def _stale() -> Refused:
    return Refused(
        "oidc.flow",
        "这次登录已经过期、已经用过，或者不是从这个浏览器开始的",
        text_en="This sign-in has expired, was used, or did not begin in this browser",
        remedy="回到登录页重新开始",
        remedy_en="Go back to the sign-in page and begin again",
    )


def _wrong_code() -> Refused:
    return Refused(
        "oidc.second",
        "动态码或者一次性代码不正确，或者已经使用过",
        text_en="The one-time code is wrong or was used before",
        remedy="等待下一个动态码后重试",
        remedy_en="Wait for the next code and try again",
        field="code",
    )


def _unknown(subject: str) -> Refused:
    return Refused(
        "oidc.unknown",
        f"身份“{subject}”没有关联到可以登录本系统的人员",
        text_en=f"The identity “{subject}” is linked to nobody who may sign in here",
        remedy="请把该标识告诉本单位安全管理员，由其关联到本人账号；已有口令的可用口令登录",
        remedy_en="Tell it to your unit's security administrator, who links it to your account; who has a password may"
        " use that",
    )


def _another(subject: str) -> Refused:
    return Refused(
        "oidc.another",
        f"在身份提供者处登录的是“{subject}”，不是这次会话的人员",
        text_en=f"“{subject}” signed in at the provider, who is not the person of this session",
        remedy="请本人到身份提供者处登录；别人仍登录在那里的，先在那里退出",
        remedy_en="Sign in there as yourself; where somebody else is still signed in, sign out there first",
    )


def _no_factor() -> Refused:
    return Refused(
        "oidc.no-factor",
        "还没有设置本人的动态码或者安全密钥",
        text_en="You have no one-time code or security key of your own yet",
        remedy="用系统管理员当面交给的一次性代码完成首次登录，再用身份提供者登录",
        remedy_en="Do the first sign-in with the one-time code that the system administrator hands you, then come back",
    )
