"""The provider over HTTP: asked at its own origin alone, within bounds, believed by its keys, never waited for long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mingjian.adapters.oidc import (
    ANSWER_BYTES,
    AWAY_NS,
    KEPT_NS,
    ROTATED_NS,
    HttpProvider,
    origin_of,
    read_document,
    read_keys,
)
from mingjian.app.provider_sign_in import Asked
from mingjian.kernel.clock import SECOND_NS, ManualClock
from mingjian.kernel.errors import MingjianError, RemoteError
from openid_provider import CLIENT, SECRET, OpenIdProvider, key, served

DOCUMENT = "/.well-known/openid-configuration"


@pytest.fixture
def there() -> Iterator[OpenIdProvider]:
    with served() as provider:
        yield provider


class Door:
    """One client of the provider, with a clock that moves when told."""

    def __init__(self, there: OpenIdProvider, secret: str = SECRET) -> None:
        self.clock, self.there = ManualClock(), there
        there.now = lambda: self.clock.now() / SECOND_NS
        self.provider = HttpProvider(there.issuer, CLIENT, secret, self.clock)

    def asked(self, again: bool = False) -> Asked:
        return Asked("st", "n0nce", "v" * 64, "https://mingjian.test/sign-in", self.clock.now(), again)

    def code(self, asked: Asked, who: str = "zhang") -> str:
        return self.there.code(self.provider.address(asked), who)["code"]

    def refusal(self, **changes: Any) -> str:
        """What a sign-in fails by; empty: by nothing."""
        given = {"asked": self.asked(), "issuer": self.there.issuer, **changes}
        try:
            code = self.code(self.asked())
            self.provider.shown(given["asked"], code, given["issuer"], self.clock.now())
        except MingjianError as error:
            assert error.text_en and error.remedy and error.remedy_en
            return error.code
        return ""


def test_who_signs_out_is_led_to_the_provider_at_its_own_origin_alone(there: OpenIdProvider) -> None:
    assert Door(there).provider.leaving("https://mingjian.test/sign-in") == "", "it has no such place"
    for elsewhere in ("https://other.test/out", "http://other.test/out", 7, "/out"):
        there.says = {"end_session_endpoint": elsewhere}
        assert Door(there).provider.leaving("https://mingjian.test/sign-in") == "", elsewhere
    there.says = {"end_session_endpoint": f"{there.issuer}/out?a=b"}
    assert Door(there).provider.leaving("https://mingjian.test/sign-in") == (
        f"{there.issuer}/out?a=b&client_id=mingjian&post_logout_redirect_uri=https%3A%2F%2Fmingjian.test%2Fsign-in"
    )


def test_a_person_comes_back_by_code_pkce_secret_and_signature(there: OpenIdProvider) -> None:
    door, asked = Door(there), Door(there).asked()
    door = Door(there)
    there.claims = {"amr": ["otp"]}
    shown = door.provider.shown(door.asked(), door.code(door.asked(), "li"), there.issuer, door.clock.now())
    assert (shown.subject, shown.ways) == ("li", {"otp"})
    again = door.asked(again=True)
    url = door.provider.address(again)
    assert "prompt=login" in url and "max_age=0" in url and "prompt" not in door.provider.address(asked)
    assert door.provider.shown(again, there.code(url, "li")["code"], there.issuer, door.clock.now()).subject == "li"
    assert "s3cret" not in repr(door.provider)


def test_what_is_not_this_sign_in_is_refused(there: OpenIdProvider) -> None:
    door = Door(there)
    assert door.refusal(issuer="https://other.test") == "oidc.issuer"
    assert door.refusal(issuer="") == "oidc.issuer", "it says that its answers name it"
    assert door.refusal(asked=replace(door.asked(), verifier="w" * 64)) == "oidc.code"
    assert door.refusal(asked=replace(door.asked(), redirect="https://other.test/")) == "oidc.code"
    assert door.refusal(asked=replace(door.asked(), nonce="other")) == "oidc.token"
    assert Door(there, "wrong").refusal() == "oidc.client"
    there.claims = {"aud": "other"}
    assert door.refusal() == "oidc.token"


def test_keys_are_kept_and_asked_for_anew_for_an_unknown_one_once_a_minute(there: OpenIdProvider) -> None:
    door = Door(there)
    assert [door.refusal() for _ in range(3)] == [""] * 3
    assert (there.paths.count(DOCUMENT), there.paths.count("/keys")) == (1, 1)
    there.keys.append(key(2))
    assert door.refusal() == "oidc.token"
    door.clock.advance(ROTATED_NS / SECOND_NS)
    assert door.refusal() == ""
    stranger, published = key(3), list(there.keys)
    there.keys = [stranger]
    asked_for = there.paths.count("/keys")
    there.answers = lambda path: (
        (200, json.dumps({"keys": [one.as_dict(private=False) for one in published]}).encode())
        if path == "/keys"
        else None
    )
    door.clock.advance(ROTATED_NS / SECOND_NS)
    assert [door.refusal() for _ in range(3)] == ["oidc.token"] * 3
    assert there.paths.count("/keys") == asked_for + 1
    door.clock.advance(KEPT_NS / SECOND_NS)
    door.refusal()
    assert there.paths.count(DOCUMENT) == 2


@pytest.mark.parametrize(
    ("path", "answer", "code"),
    [
        (DOCUMENT, (500, b""), "oidc.away"), (DOCUMENT, (302, b""), "oidc.away"),
        (DOCUMENT, (200, b"<html>"), "oidc.document"),
        (DOCUMENT, (200, b" " * (ANSWER_BYTES + 1)), "oidc.away"), ("/keys", (200, b"[]"), "oidc.keys"),
        ("/keys", (302, b""), "oidc.away"), ("/token", (302, b""), "oidc.away"), ("/token", (200, b"{}"), "oidc.away"),
        ("/token", (200, b'{"id_token": 7}'), "oidc.away"), ("/token", (500, b"[]"), "oidc.away"),
        ("/token", (200, b"x" * (ANSWER_BYTES + 1)), "oidc.away"),
        ("/token", (200, b'{"id_token": "a.b.c"}'), "oidc.token"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_with_what_to_do(
    there: OpenIdProvider, path: str, answer: tuple[int, bytes], code: str
) -> None:
    there.answers = lambda asked: answer if asked == path else None
    assert Door(there).refusal() == code


def test_while_the_provider_is_away_nobody_waits_for_it_and_then_it_is_asked_again(there: OpenIdProvider) -> None:
    there.answers = lambda path: (503, b"")
    door = Door(there)
    assert [door.refusal() for _ in range(3)] == ["oidc.away"] * 3
    assert len(there.paths) == 1
    there.answers = lambda path: None
    door.clock.advance(AWAY_NS / SECOND_NS)
    assert door.refusal() == ""
    nobody = HttpProvider("http://127.0.0.1:1", CLIENT, SECRET, ManualClock())
    with pytest.raises(RemoteError, match=r"oidc\.away"):
        nobody.address(door.asked())


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://other.test"}, {"token_endpoint": "http://127.0.0.1:1/token"}, {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None}, {"authorization_endpoint": "javascript:alert(1)"}, {"token_endpoint": "https://a@b.test/"},
    ],
)  # fmt: skip
def test_a_document_that_is_anothers_or_leads_elsewhere_is_refused(there: OpenIdProvider, says: dict[str, Any]) -> None:
    there.says = says
    assert Door(there).refusal() == "oidc.document"


def test_addresses_are_https_beyond_this_machine() -> None:
    assert origin_of("https://sso.example.cn/realms/x") == ("https", "sso.example.cn", 443)
    assert origin_of("http://127.0.0.1:8180/") == ("http", "127.0.0.1", 8180)
    for bad in (
        "http://sso.example.cn",
        "ftp://x",
        "https://",
        "sso",
        "https://a@b.cn",
        "https://b.cn/#x",
        "https://b .cn",
    ):
        with pytest.raises(ValueError):
            origin_of(bad)


@pytest.mark.parametrize("content", [b"", b"[" * 9000, b"7", b'{"keys": 7}', b'{"keys": [7]}', b"\xff"])
def test_what_is_no_document_and_no_keys_is_one_error_each(content: bytes) -> None:
    with pytest.raises(RemoteError):
        read_document(content, "https://provider.test")
    with pytest.raises(RemoteError):
        read_keys(content)
