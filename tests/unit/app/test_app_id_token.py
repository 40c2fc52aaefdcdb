"""Whether an ID token is believed: every claim wrong, every algorithm that would let anybody sign."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from joserfc import jwk, jws

from mingjian.app.id_token import ISSUED_S, LOGOUT, SKEW_S, Expected, Left, Shown, key_of, read, read_logout
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Refused
from openid_provider import key, signed

AT = 1_800_000_000
NOW = UtcNs(AT * SECOND_NS)
EXPECTED = Expected("https://provider.test", "mingjian", "n0nce")
GOOD: dict[str, Any] = {
    "iss": "https://provider.test", "sub": "zhang", "aud": "mingjian", "exp": AT + 300, "iat": AT, "nonce": "n0nce",
}  # fmt: skip
KEY = key()
KEYS = [KEY.as_dict(private=False)]


def why(token: str, keys: list[dict[str, Any]] = KEYS, expected: Expected = EXPECTED) -> str:
    """What of a token is refused; empty: nothing."""
    try:
        read(token, keys, expected, NOW)
    except Refused as refused:
        assert (refused.code, bool(refused.text_en)) == ("oidc.token", True)
        return refused.field
    return ""


def test_a_good_token_says_who_it_is_and_how_that_was_proven() -> None:
    ways = {"amr": ["pwd", "otp", 7], "acr": "gold", "azp": "mingjian"}
    assert read(signed({**GOOD, **ways}, KEY), KEYS, EXPECTED, NOW) == Shown("zhang", frozenset({"pwd", "otp", "gold"}))
    assert read(signed({**GOOD, "aud": ["mingjian", "other"], "azp": "mingjian"}, KEY), KEYS, EXPECTED, NOW)
    rsa = jwk.RSAKey.generate_key(2048, {"kid": "r"}, private=True)
    assert why(signed(GOOD, rsa, "RS256"), [rsa.as_dict(private=False)]) == ""
    assert why(signed(GOOD, rsa, "PS256"), [*KEYS, rsa.as_dict(private=False)]) == ""


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://other.test"), ("iss", "https://provider.test/"), ("iss", None),
        ("sub", ""), ("sub", None), ("sub", 7), ("sub", "x" * 256), ("sub", "张"),
        ("aud", "other"), ("aud", None), ("aud", []), ("aud", {"mingjian": 1}),
        ("exp", AT - SKEW_S), ("exp", None), ("exp", True), ("exp", "soon"), ("exp", float("nan")), ("exp", 1e300),
        ("iat", AT + SKEW_S + 1), ("iat", AT - ISSUED_S - SKEW_S - 1), ("iat", None),
        ("nbf", AT + SKEW_S + 1), ("nbf", None), ("nonce", "of another"), ("nonce", None), ("nonce", 7),
        ("azp", "other"),
    ],
)  # fmt: skip
def test_each_claim_that_is_not_as_it_must_be_is_refused_by_its_name(claim: str, value: object) -> None:
    assert why(signed({**GOOD, claim: value}, KEY)) == claim


def test_a_token_for_several_must_name_us_as_the_one_who_asked() -> None:
    assert why(signed({**GOOD, "aud": ["mingjian", "other"]}, KEY)) == "azp"


def test_a_minute_between_two_clocks_is_forgiven() -> None:
    assert why(signed({**GOOD, "exp": AT - SKEW_S + 1, "iat": AT + SKEW_S, "nbf": AT + SKEW_S}, KEY)) == ""


@pytest.mark.parametrize(
    ("auth_time", "refused"), [(AT, ""), (AT - SKEW_S, ""), (AT - SKEW_S - 1, "auth_time"), (None, "auth_time"),
                               (AT + SKEW_S + 1, "auth_time"), ("now", "auth_time")],
)  # fmt: skip
def test_who_must_prove_himself_anew_did_so_since_he_was_asked(auth_time: object, refused: str) -> None:
    asked = Expected(EXPECTED.issuer, EXPECTED.client, EXPECTED.nonce, NOW)
    assert why(signed({**GOOD, "auth_time": auth_time}, KEY), expected=asked) == refused


def part(value: object) -> str:
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def test_none_signs_nothing_and_a_public_key_is_no_shared_secret() -> None:
    for alg in ("none", "None", "NONE"):
        assert why(f"{part({'alg': alg, 'kid': 'k1'})}.{part(GOOD)}.") == "signature"
    pem, body = KEY.as_pem(private=False), f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(GOOD)}"
    token = f"{body}.{part(hmac.digest(pem, body.encode(), 'sha256'))}"
    assert why(token) == "signature"
    shared = {"kty": "oct", "k": part(pem), "kid": "k1"}
    assert why(token, [shared]) == "kid", "a shared secret is no key of a provider"


def test_only_the_named_key_of_the_provider_signs() -> None:
    other = key(2)
    assert why(signed(GOOD, other)) == "kid"
    assert why(signed(GOOD, other, kid="k1")) == "signature"
    assert why(signed(GOOD, KEY), [*KEYS, other.as_dict(private=False)]) == ""
    nameless = jws.serialize_compact({"alg": "ES256"}, json.dumps(GOOD), KEY)
    assert why(nameless) == "", "one key needs no name"
    assert why(nameless, [*KEYS, other.as_dict(private=False)]) == "kid"
    assert why(signed(GOOD, KEY), [*KEYS, *KEYS]) == "kid", "two keys under one name are none"
    assert why(signed(GOOD, KEY), [{**KEYS[0], "use": "enc"}]) == "kid"
    rsa = jwk.RSAKey.generate_key(2048, {"kid": "r"}, private=True)
    short = {**rsa.as_dict(private=False), "n": part(b"\xff" * 128)}
    assert why(signed(GOOD, rsa, "RS256"), [short]) == "key"


def test_a_token_that_was_touched_or_is_none_is_refused_and_nothing_else_is_raised() -> None:
    head, body, tail = signed(GOOD, KEY).split(".")
    assert why(f"{head}.{part({**GOOD, 'sub': 'li'})}.{tail}") == "signature"
    assert why(f"{head}.{body}.{tail[:-4]}AAAA") == "signature"
    for nothing in (
        "",
        "x",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "张.b.c",
        f"{part([])}.{body}.{tail}",
        "[" * 9000,
        "x" * 20_000,
    ):
        assert why(nothing) in ("form", "length", "signature", "kid")
    for plain in (b"[]", b"7", b"{", b"\xff", b"[" * 5000):
        token = jws.serialize_compact({"alg": "ES256", "kid": "k1"}, plain, KEY)
        assert why(token) == "form"
    assert key_of(signed(GOOD, KEY)) == "k1"


LEFT: dict[str, Any] = {
    "iss": "https://provider.test", "sub": "zhang", "aud": "mingjian", "exp": AT + 120, "iat": AT, "jti": "one",
    "events": {LOGOUT: {}},
}  # fmt: skip


def why_not_left(claims: dict[str, Any], by: Any = KEY) -> str:
    with pytest.raises(Refused) as refused:
        read_logout(signed(claims, by), KEYS, EXPECTED.issuer, EXPECTED.client, NOW)
    return refused.value.field


def test_a_logout_token_says_whose_sessions_end_and_is_no_id_token() -> None:
    token = signed({**LEFT, "sid": "of the provider"}, KEY, typ="logout+jwt")
    assert read_logout(token, KEYS, EXPECTED.issuer, EXPECTED.client, NOW) == Left("zhang", "one")
    assert why(token) == "nonce"
    assert why_not_left(GOOD) == "events"
    assert why_not_left(LEFT, key(2)) == "kid"


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://other.test"), ("aud", "other"), ("aud", ["mingjian", "other"]), ("sub", None), ("sub", ""),
        ("exp", AT - SKEW_S), ("exp", None), ("iat", AT - ISSUED_S - SKEW_S - 1), ("iat", None),
        ("events", None), ("events", {}), ("events", [LOGOUT]), ("events", {LOGOUT: None}), ("events", {LOGOUT: True}),
        ("jti", None), ("jti", ""), ("jti", "x" * 256), ("nonce", "n0nce"), ("nonce", None),
    ],
)  # fmt: skip
def test_each_claim_of_a_logout_token_that_is_not_as_it_must_be_is_refused_by_its_name(
    claim: str, value: object
) -> None:
    assert why_not_left({**LEFT, claim: value}) == ("azp" if isinstance(value, list) and claim == "aud" else claim)
