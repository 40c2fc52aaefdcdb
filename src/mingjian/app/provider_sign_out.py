"""Signing out where a session began by the identity provider: out of here first, then there; or from there to here.

Source: OpenID Connect RP-Initiated Logout 1.0, without `id_token_hint`, since no token is kept; OpenID Connect
Back-Channel Logout 1.0.
"""

from __future__ import annotations

from mingjian.app import identity
from mingjian.app.credentials import fingerprint
from mingjian.app.id_token import ISSUED_S, SKEW_S
from mingjian.app.identity import IdentityKeeper, check_delay, count_failure, failed
from mingjian.app.performing import entry
from mingjian.app.provider_sign_in import RETURN_PATH, ProviderRules
from mingjian.app.records import Actor, ClosingCause
from mingjian.app.views import close_in
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Overloaded, Refused, RemoteError

KEPT_S = ISSUED_S + 2 * SKEW_S
"""So long after its coming a logout token could be believed again."""
_CALLER = fingerprint("provider-sign-out")
"""Under this key an address is slowed down that brings logout tokens which are none."""


def sign_out(keeper: IdentityKeeper, rules: ProviderRules | None, *, actor: Actor, origin: str, clock: Clock) -> str:
    """End the session and the viewings opened in it, whatever the provider does.

    Where the browser then goes to sign out there too; empty: nowhere, as for who came by pass-phrase, where the rules
    do not say so, and while the provider is away.
    """
    with keeper.store.reading() as uow:
        session = uow.people.session(actor.session)
    identity.sign_out(keeper.store, actor=actor, clock=clock)
    if rules is None or not rules.sign_out or session is None or not session.link:
        return ""
    try:
        return rules.provider.leaving(origin + RETURN_PATH)
    except (RemoteError, Overloaded):
        return ""


def signed_out_there(keeper: IdentityKeeper, rules: ProviderRules, *, token: str, address: str, clock: Clock) -> None:
    """The provider says that somebody signed out or was shut out there: the sessions that came through the link end at
    once, with their viewings. Whoever is nobody here, or has no session, leaves nothing to do.

    Raises Refused `oidc.token` for a token not to be believed or brought before, RemoteError or Overloaded where the
    provider's keys cannot be had.
    """
    now = clock.now()
    check_delay(keeper.store, _CALLER, address, now)
    try:
        left = rules.provider.left(token, now)
    except Refused as refused:
        failed(keeper.store, _CALLER, address, now, refused)
        raise
    with keeper.store.writing() as uow:
        fresh = uow.people.spend(fingerprint(f"logout:{left.token}"), UtcNs(now + KEPT_S * SECOND_NS), now)
        if not fresh:
            count_failure(uow, _CALLER, address, now, _again(), None, act="session.end")
        link = uow.people.link_to(rules.provider.issuer, left.subject)
        person = uow.people.one(link.person) if link is not None else None
        ended = uow.people.end_sessions_by(link.id) if link is not None and fresh else ()
        for viewing in uow.register.open_viewings(ended) if ended else ():
            close_in(uow, viewing, ClosingCause.SIGNED_OUT, now, actor=None)
        if link is not None and person is not None and ended:
            facts = {"link": link.id, "sessions": len(ended)}
            uow.ledger.append(entry("session.ended_at_provider", now, person.id, facts, unit=person.unit))
    if not fresh:
        raise _again()


def _again() -> Refused:
    return Refused(
        "oidc.token",
        "身份提供者的退出通知已经用过（jti）",
        text_en="This logout token of the identity provider was used before (jti)",
        remedy="身份提供者每次退出应签发新的通知",
        remedy_en="The provider issues a new one for each sign-out",
        field="jti",
    )
