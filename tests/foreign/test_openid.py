"""Our sign-in at a certified OpenID provider that others made: in, proven anew, and refused for each thing bent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from stranger import Browser, Heard, changed, listening, standing

from mingjian.adapters.oidc import HttpProvider
from mingjian.adapters.system_clock import SystemClock
from mingjian.app import id_token
from mingjian.app.id_token import Expected
from mingjian.app.provider_sign_in import ProviderRules
from mingjian.governance.authority import STEP_UP_S
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import Refused
from mingjian.web.api import create_app
from web_world import ORIGIN, World

pytestmark = pytest.mark.foreign
DOOR = "/api/session/provider"
BACK = f"{ORIGIN}/sign-in"
SECRET = "s3cret/with+signs-of-its-own %"
CLIENTS = [
    {
        "client_id": "mingjian",
        "client_secret": SECRET,
        "redirect_uris": [BACK],
        "post_logout_redirect_uris": [BACK],
    },
    {
        "client_id": "in-the-form",
        "client_secret": SECRET,
        "redirect_uris": [BACK],
        "token_endpoint_auth_method": "client_secret_post",
        "id_token_signed_response_alg": "PS256",
    },
    {"client_id": "open", "redirect_uris": [BACK], "token_endpoint_auth_method": "none"},
]  # fmt: skip


@pytest.fixture(scope="module")
def heard() -> Iterator[Heard]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def issuer(heard: Heard) -> Iterator[str]:
    with standing([{**CLIENTS[0], "backchannel_logout_uri": heard.address}, *CLIENTS[1:]]) as found:
        yield found


@dataclass
class Door:
    """Our installation before that provider, at the time of the machine, and a person who is new to both."""

    world: World
    browser: Browser
    client: httpx.AsyncClient

    def to_the_time(self) -> None:
        """The provider reads the machine's clock; ours has run ahead while people signed in."""
        self.world.clock.step_wall((SystemClock().now() - self.world.clock.now()) / SECOND_NS)

    async def asked(self, path: str = "") -> str:
        answer = await self.client.post(f"{DOOR}{path}")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])

    async def said(self, back: dict[str, str], path: str = "/answer") -> tuple[int, str]:
        """Status and error of what the browser brought back."""
        form = {name: back[name] for name in ("state", "code", "iss") if name in back}
        answer = await self.client.post(f"{DOOR}{path}", json=form)
        error = answer.json()["error"] if answer.status_code >= 400 else {"code": "", "field": ""}
        return answer.status_code, f"{error['code']} {error['field']}".strip()


@contextmanager
def before(folder: Path, issuer: str, client: str = "mingjian", secret: str = SECRET) -> Iterator[Door]:
    """Our installation before that provider, registered there as `client`."""
    world = World(folder, clock=ManualClock(SystemClock().now()))
    with closing(world), httpx.Client(trust_env=False) as http, closing(Browser("zhang")) as browser:
        provider = HttpProvider(issuer, client, secret, world.clock, http)
        world.services = replace(
            world.services, provider=ProviderRules(provider, "甲", "the one", second_factor=False, sign_out=True)
        )
        world.app = create_app(world.services)
        yield Door(world, browser, world.client())


@pytest.fixture
async def door(tmp_path: Path, issuer: str) -> AsyncIterator[Door]:
    """With a linked person who has no factor here, signed in once."""
    with before(tmp_path, issuer) as found:
        admin, security = await found.world.signed_in("admin"), await found.world.signed_in("security")
        added = (await admin.post("/api/people", json={"name": "new", "display_name": "新值班员"})).json()
        answer = await security.put(f"/api/people/{added['person']['id']}/link", json={"subject": "zhang"})
        assert answer.status_code == 200, answer.text
        found.to_the_time()
        assert await found.said(found.browser.goes(await found.asked(), until=BACK)) == (200, "")
        answer = await found.client.post(f"{DOOR}/code", json={"code": added["code"]})
        assert answer.status_code == 200, answer.text
        yield found


async def test_a_person_comes_by_a_provider_of_others_and_proves_himself_there_anew(door: Door) -> None:
    assert (await door.client.get("/api/session")).json()["person"]["name"] == "new"
    assert door.browser.asked == ["login", "consent"]
    door.world.clock.advance(STEP_UP_S + 1)
    assert (await door.client.get("/api/session")).json()["fresh"] is False
    door.to_the_time()
    back = door.browser.goes(await door.asked("/prove"), until=BACK)
    assert door.browser.asked[2:] == ["login"], "asked again, though the provider knew him"
    assert await door.said(back, "/proof") == (204, "")
    assert (await door.client.get("/api/session")).json()["fresh"] is True
    assert await door.said(back, "/proof") == (403, "oidc.code"), "it gives nothing for a code twice"


async def test_a_meddler_in_the_browser_gets_nothing(door: Door) -> None:
    """What a browser may bend: nonce, challenge and client of the question, and whose answer it brings."""
    door.client = door.world.client("192.0.2.7")
    bent: list[tuple[dict[str, str | None], str]] = [
        ({"nonce": "of another flow"}, "oidc.token nonce"),
        ({"code_challenge": _s256("of another")}, "oidc.code"),
        ({"client_id": "in-the-form"}, "oidc.code"),
    ]
    for change, refusal in bent:
        back = door.browser.goes(changed(await door.asked(), **change), until=BACK)
        assert await door.said(back) == (403, refusal), change
    back = door.browser.goes(await door.asked(), until=BACK)
    door.client = door.world.client("192.0.2.8")
    await door.asked()
    assert await door.said(back) == (403, "oidc.flow"), "another browser's answer"
    with closing(Browser("zhang")) as other:
        left = other.goes(await door.asked(), until=BACK, refuses=True)
    assert left["error"] == "access_denied"
    assert await door.said(left) == (403, "oidc.denied")


async def test_a_proof_that_the_provider_was_not_asked_for_is_none(door: Door) -> None:
    asked = changed(await door.asked("/prove"), prompt=None, max_age=None)
    seen = len(door.browser.asked)
    back = door.browser.goes(asked, until=BACK)
    assert len(door.browser.asked) == seen, "it knew him and asked nothing"
    assert await door.said(back, "/proof") == (403, "oidc.token auth_time")
    door.world.clock.step_wall(2 * id_token.SKEW_S)
    asked = changed(await door.asked("/prove"), prompt=None, max_age="3600")
    door.to_the_time()
    assert await door.said(door.browser.goes(asked, until=BACK), "/proof") == (403, "oidc.token auth_time"), (
        "an old one"
    )


async def test_who_signs_out_is_out_of_both_and_the_provider_says_so_to_us_too(door: Door, heard: Heard) -> None:
    url = (await door.client.delete("/api/session")).json()["url"]
    assert (await door.client.get("/api/session")).status_code == 401, "out of here before anything there"
    answer = await door.said(door.browser.goes(await door.asked(), until=BACK))
    assert answer == (200, ""), "the provider still knows him: a new session by a click"
    assert door.browser.goes(url, until=BACK) == {}, "and back to our page, as registered there"
    assert door.browser.asked[-1] == "logout"
    (kind, body), there = heard.next(), door.world.client("192.0.2.50")
    del there.headers["origin"]
    assert (await door.client.get("/api/session")).status_code == 200
    told = await there.post(f"{DOOR}/sign-out", content=body, headers={"content-type": kind})
    assert (told.status_code, told.content) == (200, b"")
    assert (await door.client.get("/api/session")).status_code == 401
    assert [one["facts"]["sessions"] for one in door.world.entries("session.ended_at_provider")] == [1]
    seen = len(door.browser.asked)
    door.browser.goes(await door.asked(), until=BACK)
    assert door.browser.asked[seen] == "login", "it asks who he is again"


def token_of(issuer: str, browser: Browser, client: str, nonce: str) -> tuple[str, list[dict[str, Any]]]:
    """A token of that provider for `client`, and its keys."""
    asked = {"response_type": "code", "scope": "openid", "state": "s", "nonce": nonce}
    asked |= {"code_challenge": _s256("v" * 64), "code_challenge_method": "S256"}
    registered = {"client_id": client, "redirect_uri": BACK}
    back = browser.goes(changed(f"{issuer}/auth", **asked, **registered), until=BACK)
    form = {"grant_type": "authorization_code", "code": back["code"], "code_verifier": "v" * 64}
    answer = httpx.post(f"{issuer}/token", data={**form, **registered, "client_secret": SECRET})
    return answer.json()["id_token"], httpx.get(f"{issuer}/jwks").json()["keys"]


def test_its_token_is_believed_by_whom_and_when_it_is_for_alone(issuer: str) -> None:
    with closing(Browser("li")) as browser:
        token, keys = token_of(issuer, browser, "in-the-form", "n")
    now, right = SystemClock().now(), Expected(issuer, "in-the-form", "n")
    assert id_token.read(token, keys, right, now).subject == "li"
    hour = UtcNs(now + 7200 * SECOND_NS)
    wrong = {
        "aud": (keys, replace(right, client="mingjian"), now),
        "iss": (keys, replace(right, issuer="https://other.test"), now),
        "nonce": (keys, replace(right, nonce="m"), now),
        "auth_time": (keys, replace(right, proven_after=now), now),
        "exp": (keys, right, hour),
        "iat": (keys, right, UtcNs(now - 7200 * SECOND_NS)),
        "kid": ([{**keys[0], "kid": "other"}], right, now),
    }
    for field, (known, expected, at) in wrong.items():
        with pytest.raises(Refused) as refused:
            id_token.read(token, known, expected, at)
        assert refused.value.field == field


@pytest.mark.parametrize(("client", "secret"), [("in-the-form", SECRET), ("open", "")])
async def test_a_client_of_another_kind_comes_in_too(tmp_path: Path, issuer: str, client: str, secret: str) -> None:
    with before(tmp_path, issuer, client, secret) as door:
        back = door.browser.goes(await door.asked(), until=BACK)
        assert await door.said(back) == (403, "oidc.unknown"), "believed, and linked to nobody"


async def test_a_wrong_secret_is_told_to_whoever_keeps_the_settings(tmp_path: Path, issuer: str) -> None:
    with before(tmp_path, issuer, secret="wrong") as door:
        back = door.browser.goes(await door.asked(), until=BACK)
        assert await door.said(back) == (502, "oidc.client oidc_client_secret")


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
