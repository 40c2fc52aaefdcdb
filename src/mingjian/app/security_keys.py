"""Security keys (WebAuthn level 2): registered, recognised at sign-in and at a step-up, suspended when one was copied.

A challenge belongs to one session or sign-in and one purpose, lasts `CHALLENGE_S` and is answered once. The key itself
verifies its holder (PIN or finger), is bound to the host name, and counts; a count that goes back betrays a copy.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mingjian.app.credentials import fingerprint, session_token
from mingjian.app.identity import IdentityKeeper, account_key, check_delay_in, count_failure, open_session, pass_phrase
from mingjian.app.performing import entry, refusal
from mingjian.app.ports import Random, UnitOfWork
from mingjian.app.records import Actor, Challenge, Person, SecurityKey
from mingjian.app.texts import line
from mingjian.governance.authority import lately
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing, Refused
from mingjian.kernel.ids import PersonId

CHALLENGE_S = 120
"""Time to find the key and touch it."""
CHALLENGE_BYTES = 32
KEYS_MOST = 8
"""One at hand, one in the safe, and some telephones."""
NAME_LONGEST = 60
RP_NAME = "明鉴"
_VERIFIED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Site:
    """Where the person's browser is: its origin, and the host name under which keys are known."""

    origin: str
    host: str


def site_of(origin: str) -> Site:
    """The site of an Origin header that the guard has let pass. Raises Refused `key.address` for an IP address."""
    host = origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]
    if not origin.partition("://")[2].rpartition(":")[2].isdigit():
        host = origin.partition("://")[2]
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return Site(origin, host)
    raise Refused(
        "key.address",
        f"安全密钥认主机名，不认 IP 地址 {host}",
        text_en=f"A security key knows host names, not the IP address {host}",
        remedy="请管理人员为本系统设置主机名（DNS 或者 hosts 文件），改用该名称打开；暂用动态码登录",
        remedy_en="Have a host name set up for this system (DNS or hosts files) and open it so; use a code till then",
    )


def offer(keeper: IdentityKeeper, *, actor: Actor, site: Site, clock: Clock, random: Random) -> Mapping[str, Any]:
    """What a browser asks a new key. Raises Refused `session.step-up` without a fresh proof."""
    now = clock.now()
    _fresh(actor, now)
    with keeper.store.writing() as uow:
        known = uow.people.keys_of(actor.person)
        if len(known) >= KEYS_MOST:
            raise Refused(
                "key.many",
                f"一人最多 {KEYS_MOST} 把安全密钥",
                text_en=f"A person has at most {KEYS_MOST} security keys",
                remedy="先删除不再使用的",
                remedy_en="Remove those no longer used",
            )
        options = generate_registration_options(
            rp_id=site.host,
            rp_name=RP_NAME,
            user_id=actor.person.encode(),
            user_name=actor.name,
            user_display_name=actor.display_name,
            challenge=random(CHALLENGE_BYTES),
            timeout=CHALLENGE_S * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFIED
            ),
            exclude_credentials=_descriptors(known),
        )
        _ask(uow, fingerprint(f"register:{actor.session}"), actor.person, site.host, options.challenge, now)
    return dict(json.loads(options_to_json(options)))


def register(
    keeper: IdentityKeeper, *, actor: Actor, site: Site, name: str, credential: Mapping[str, Any], clock: Clock
) -> SecurityKey:
    """Keep a key that answered. A session limited for want of one is so no longer. Raises Refused `key.refused`."""
    now = clock.now()
    _fresh(actor, now)
    shown = line(name, "name", longest=NAME_LONGEST)
    with keeper.store.writing() as uow:
        asked = _taken(uow, fingerprint(f"register:{actor.session}"), now)
        try:
            if asked is None or asked.host != site.host:
                raise _refused()
            seen = verify_registration_response(
                credential=dict(credential),
                expected_challenge=base64url_to_bytes(asked.value),
                expected_rp_id=asked.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise _refused() from error
        identity = bytes_to_base64url(seen.credential_id)
        public = bytes_to_base64url(seen.credential_public_key)
        key = SecurityKey(identity, actor.person, shown, asked.host, public, seen.sign_count, now)
        uow.people.add_key(key)
        uow.people.unlimited(actor.session)
        told = {"key": fingerprint(identity), "backed_up": seen.credential_backed_up}
        uow.ledger.append(entry("key.registered", now, actor.person, told, actor=actor, personal={"name": shown}))
        return key


def mine(keeper: IdentityKeeper, *, actor: Actor) -> Sequence[SecurityKey]:
    """The person's own keys."""
    with keeper.store.reading() as uow:
        return uow.people.keys_of(actor.person)


def remove(keeper: IdentityKeeper, *, actor: Actor, key: str, clock: Clock) -> None:
    """Forget an own key. Raises Missing for another's, Refused without a fresh proof."""
    now = clock.now()
    _fresh(actor, now)
    with keeper.store.writing() as uow:
        if key not in {one.id for one in uow.people.keys_of(actor.person)}:
            raise Missing("key.unknown", "没有这把安全密钥", text_en="There is no such security key")
        uow.people.remove_key(key)
        uow.ledger.append(entry("key.removed", now, actor.person, {"key": fingerprint(key)}, actor=actor))


def ask_proof(keeper: IdentityKeeper, *, actor: Actor, site: Site, clock: Clock, random: Random) -> Mapping[str, Any]:
    """What a browser asks the person's keys for a step-up."""
    return question(keeper, f"prove:{actor.session}", actor.person, site, clock, random)


def prove(
    keeper: IdentityKeeper, *, actor: Actor, site: Site, credential: Mapping[str, Any], address: str, clock: Clock
) -> None:
    """As `identity.prove`, by a key."""
    now, account = clock.now(), account_key(actor.name)
    with keeper.store.writing() as uow:
        check_delay_in(uow, account, address, now)
        person = uow.people.one(actor.person)
        problem = answered(uow, f"prove:{actor.session}", person, site, credential, now)
        if problem is None:
            uow.people.proven(actor.session, now)
            uow.ledger.append(entry("session.proven", now, actor.person, {"factor": "key"}, actor=actor))
            return
        count_failure(uow, account, address, now, problem, person, act="session.prove")
    raise problem


def begin_sign_in(
    keeper: IdentityKeeper, *, name: str, password: str, site: Site, address: str, clock: Clock, random: Random
) -> tuple[str, Mapping[str, Any]]:
    """After the right pass-phrase of a person with a key: a ticket, and what a browser asks the keys."""
    person = pass_phrase(keeper, name=name, password=password, address=address, clock=clock)
    ticket = session_token(random)
    return ticket, question(keeper, f"enter:{ticket}", person.id, site, clock, random)


def finish_sign_in(
    keeper: IdentityKeeper,
    *,
    ticket: str,
    credential: Mapping[str, Any],
    site: Site,
    address: str,
    clock: Clock,
    random: Random,
) -> tuple[str, Actor]:
    """A session, as `identity.sign_in`. A ticket is good once."""
    now, token = clock.now(), session_token(random)
    with keeper.store.writing() as uow:
        asked = _taken(uow, fingerprint(f"enter:{ticket}"), now)
        person = uow.people.one(asked.person) if asked is not None else None
        if person is None or asked is None:
            raise _refused()
        account = account_key(person.name)
        check_delay_in(uow, account, address, now)
        problem = _right(uow, asked, person, site, credential, now)
        if problem is None:
            uow.people.set_failures(account, address, None)
            stale = keeper.policy.expired(person.password_set, now)
            return token, open_session(uow, person, token, now, factor="key", stale=stale)
        count_failure(uow, account, address, now, problem, person)
    raise problem


def question(
    keeper: IdentityKeeper, purpose: str, person: PersonId, site: Site, clock: Clock, random: Random
) -> Mapping[str, Any]:
    """What a browser asks the keys of `person` for one purpose. Raises Refused `key.none`."""
    now = clock.now()
    with keeper.store.writing() as uow:
        known = [key for key in uow.people.keys_of(person) if key.suspended is None and key.host == site.host]
        if not known:
            raise Refused(
                "key.none",
                f"没有在 {site.host} 登记过安全密钥",
                text_en=f"No security key was registered at {site.host}",
                remedy="用动态码登录，再登记一把",
                remedy_en="Sign in with a code and register one",
            )
        options = generate_authentication_options(
            rp_id=site.host,
            challenge=random(CHALLENGE_BYTES),
            timeout=CHALLENGE_S * 1000,
            allow_credentials=_descriptors(known),
            user_verification=_VERIFIED,
        )
        _ask(uow, fingerprint(purpose), person, site.host, options.challenge, now)
    return dict(json.loads(options_to_json(options)))


def answered(
    uow: UnitOfWork, purpose: str, person: Person | None, site: Site, credential: Mapping[str, Any], now: UtcNs
) -> Refused | None:
    """None when an own key answered what was asked for `purpose`, once; else why not."""
    asked = _taken(uow, fingerprint(purpose), now)
    if person is None or asked is None or asked.person != person.id:
        return _refused()
    return _right(uow, asked, person, site, credential, now)


def _right(
    uow: UnitOfWork, asked: Challenge, person: Person, site: Site, credential: Mapping[str, Any], now: UtcNs
) -> Refused | None:
    """None when an own key answered rightly, whose counter is then moved; else why not."""
    key = next((one for one in uow.people.keys_of(person.id) if one.id == credential.get("id")), None)
    if key is None or person.disabled is not None or key.suspended is not None or asked.host != site.host:
        return _refused()
    try:
        seen = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=base64url_to_bytes(asked.value),
            expected_rp_id=key.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,  # looked at below, where a copy is told from a wrong answer
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return _refused()
    if max(seen.new_sign_count, key.sign_count) > 0 and seen.new_sign_count <= key.sign_count:
        uow.people.save_key(replace(key, suspended=now))
        told = {"key": fingerprint(key.id), "count": seen.new_sign_count, "known": key.sign_count}
        uow.ledger.append(entry("key.cloned", now, person.id, told, unit=person.unit))
        return Refused(
            "key.cloned",
            "这把安全密钥的计数倒退，可能被复制，已停用",
            text_en="The counter of this security key went back: it may have been copied and is suspended",
            remedy="用另一把密钥或者动态码登录，并报告安全管理员",
            remedy_en="Sign in with another key or a code, and tell the security administrator",
        )
    uow.people.save_key(replace(key, sign_count=seen.new_sign_count, used=now))
    return None


def _ask(uow: UnitOfWork, purpose: str, person: PersonId, host: str, challenge: bytes, now: UtcNs) -> None:
    ends = UtcNs(now + CHALLENGE_S * SECOND_NS)
    uow.people.set_challenge(Challenge(purpose, person, host, bytes_to_base64url(challenge), ends), now)


def _taken(uow: UnitOfWork, purpose: str, now: UtcNs) -> Challenge | None:
    asked = uow.people.take_challenge(purpose)
    return asked if asked is not None and now < asked.ends else None


def _fresh(actor: Actor, now: UtcNs) -> None:
    if not lately(actor.proven, now):
        raise refusal(reason("session.step-up"))


def _descriptors(keys: Sequence[SecurityKey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in keys]


def _refused() -> Refused:
    return Refused(
        "key.refused",
        "安全密钥没有通过验证",
        text_en="The security key was not accepted",
        remedy="重新开始；密钥须登记在本人名下并验证持有人",
        remedy_en="Begin again; the key must be registered to you and verify its holder",
    )
