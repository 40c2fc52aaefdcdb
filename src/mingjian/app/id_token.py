"""Whether an identity provider's word may be believed: a pure decision over its token, keys, and what was expected.

Source: OpenID Connect Core 1.0, 3.1.3.7; OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6; RFC 8725 (algorithms from
a fixed list, never what the token asks for).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwk, jws
from joserfc.errors import JoseError

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MALFORMED, Refused

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Asymmetric ones alone: with `none` nobody signs, with HS everybody signs who knows the public key."""
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
RSA_BITS = 2048
"""GB/T 22239 and NIST SP 800-131A accept no shorter ones."""
BASE64_BITS = 6
TOKEN_LONGEST = 16 * 1024
"""Ours holds a subject and some words; larger ones carry what nobody asked for."""
SKEW_S = 60
"""Two clocks that are kept by NTP differ by less than a second; a minute forgives a neglected one."""
ISSUED_S = 600
"""A token is read seconds after it was made: one that is older comes from somewhere else."""
SUBJECT_LONGEST = 255
"""OpenID Connect Core, 2: ASCII characters."""
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
"""The event of a logout token: with it no ID token, without it none of these."""
NAME_LONGEST = 255
"""Of a logout token (`jti`): providers take some thirty signs."""
WORDS_MOST = 32
"""Of `amr`: there are not that many ways to prove oneself."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say to be ours."""

    issuer: str
    client: str
    nonce: str
    proven_after: UtcNs | None = None
    """The person must have proven himself to the provider since (`auth_time`); None: whenever."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Who it is, to the provider, and how that was proven (`amr` and `acr`)."""

    subject: str
    ways: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Left:
    """Whose sessions the provider ended, and the name of the token that says so, which is good once."""

    subject: str
    token: str


def key_of(token: str) -> str:
    """The `kid` that a token names, before anything in it is believed; empty: none. Raises Refused `oidc.token`."""
    try:
        if len(token) > TOKEN_LONGEST:
            raise _refused("length")
        named = jws.extract_compact(token.encode()).headers().get("kid", "")
    except (*MALFORMED, JoseError) as error:
        raise _refused("form") from error
    return named if isinstance(named, str) else ""


def read(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: UtcNs) -> Shown:
    """Who a token speaks of. Raises Refused `oidc.token` naming what of it is wrong.

    Among `keys` (JWK) the one that the token names must have signed it; it may name none where there is only one.
    """
    return judged(_signed(token, keys), expected, now)


def read_logout(token: str, keys: Sequence[Mapping[str, Any]], issuer: str, client: str, now: UtcNs) -> Left:
    """Whose sessions a logout token ends, signed as in `read`. Raises Refused `oidc.token` naming what is wrong."""
    return judged_logout(_signed(token, keys), issuer, client, now)


def _signed(token: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    named = key_of(token)
    usable = [key for key in keys if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]
    fitting = [key for key in usable if key.get("kid") == named] if named else usable
    if len(fitting) != 1:
        raise _refused("kid")
    if fitting[0]["kty"] == "RSA" and len(str(fitting[0].get("n"))) * BASE64_BITS < RSA_BITS:
        raise _refused("key")
    try:
        public = jwk.import_key(dict(fitting[0]))
        signed = jws.deserialize_compact(token, public, algorithms=list(ALGORITHMS))
    except (*MALFORMED, JoseError) as error:
        raise _refused("signature") from error
    try:
        claims = json.loads(signed.payload)
    except MALFORMED as error:
        raise _refused("form") from error
    if not isinstance(claims, dict):
        raise _refused("form")
    return claims


def judged(claims: Mapping[str, Any], expected: Expected, now: UtcNs) -> Shown:
    """The person of signed `claims`. Raises Refused `oidc.token` naming the first that is not as it must be."""
    at = now / SECOND_NS
    proven = _seconds(claims.get("auth_time"))
    since = expected.proven_after
    _refuse_first(
        _wrong(claims, expected.issuer, expected.client, at)
        | {
            "nonce": not _same(claims.get("nonce"), expected.nonce),
            "auth_time": since is not None
            and (proven is None or not since / SECOND_NS - SKEW_S <= proven <= at + SKEW_S),
        }
    )
    ways = claims.get("amr") if isinstance(claims.get("amr"), list) else []
    words = [*(ways or [])[:WORDS_MOST], claims.get("acr")]
    return Shown(str(claims["sub"]), frozenset(word for word in words if isinstance(word, str)))


def judged_logout(claims: Mapping[str, Any], issuer: str, client: str, now: UtcNs) -> Left:
    """As `judged`, of a logout token. One that names a session of the provider (`sid`) and no subject is refused:
    such sessions are not kept here.
    """
    events, token = claims.get("events"), claims.get("jti")
    _refuse_first(
        _wrong(claims, issuer, client, now / SECOND_NS)
        | {
            "events": not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict),
            "jti": not isinstance(token, str) or not 1 <= len(token) <= NAME_LONGEST,
            "nonce": "nonce" in claims,
        }
    )
    return Left(str(claims["sub"]), str(token))


def _wrong(claims: Mapping[str, Any], issuer: str, client: str, at: float) -> dict[str, bool]:
    """Of what every token of a provider says, what is not as it must be."""
    subject, audience, party = claims.get("sub"), claims.get("aud"), claims.get("azp")
    ends, issued, begins = (_seconds(claims.get(name)) for name in ("exp", "iat", "nbf"))
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    return {
        "iss": claims.get("iss") != issuer,
        "sub": not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_LONGEST or not subject.isascii(),
        "aud": client not in audiences,
        "azp": party != client and (party is not None or len(audiences) > 1),
        "exp": ends is None or at >= ends + SKEW_S,
        "iat": issued is None or not at - ISSUED_S - SKEW_S <= issued <= at + SKEW_S,
        "nbf": "nbf" in claims and (begins is None or begins > at + SKEW_S),
    }


def _refuse_first(wrong: Mapping[str, bool]) -> None:
    for claim, is_wrong in wrong.items():
        if is_wrong:
            raise _refused(claim)


def _seconds(value: object) -> float | None:
    """A NumericDate (RFC 7519, 2); None for what is none. JSON as Python reads it knows NaN, which is no date."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return float(value)


def _same(value: object, expected: str) -> bool:
    return isinstance(value, str) and hmac.compare_digest(value.encode(), expected.encode())


def _refused(what: str) -> Refused:
    return Refused(
        "oidc.token",
        f"身份提供者的身份令牌不可信（{what}）",
        text_en=f"The identity provider's token is not to be trusted ({what})",
        remedy="重新登录；如再次出现，请管理人员核对身份提供者的设置和双方时钟，暂用口令登录",
        remedy_en="Sign in again; if it comes back, have the provider's settings and both clocks checked, and use your"
        " password until then",
        field=what,
    )
