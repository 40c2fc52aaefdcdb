"""The built screens: navigations, caching, precompressed files, and no way out of their folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mingjian.web.api import create_app
from web_world import World

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    screens = tmp_path / "webui"
    (screens / "assets").mkdir(parents=True)
    (screens / "index.html").write_text("<title>明鉴</title>")
    (screens / "assets" / "app-1a2b.js").write_text("let a = 1")
    (screens / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let a = 1"))
    (tmp_path / "outside.txt").write_text("secret")
    (screens / "link.txt").symlink_to(tmp_path / "outside.txt")
    world = World(tmp_path)
    world.app = create_app(replace(world.services, screens=screens))
    yield world
    world.close()


@pytest.mark.parametrize("path", ["/", "/live", "/access/0190"])
async def test_a_navigation_gets_the_application(world: World, path: str) -> None:
    answer = await world.client().get(path, headers=HTML)
    assert answer.text == "<title>明鉴</title>"
    assert answer.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_an_asset_is_kept_for_ever_and_sent_packed(world: World) -> None:
    answer = await world.client().get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip"})
    assert answer.text == "let a = 1"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    plain = await world.client().get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/../outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e/outside.txt",
        "/assets/..%5c..%5coutside.txt",
        "/link.txt",
        "/%00",
        "/etc/passwd.txt",
        "/assets/app-1a2b.js.gz",
    ],
)
async def test_nothing_else_is_served(world: World, path: str) -> None:
    answer = await world.client().get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_an_unknown_address_of_the_api_is_an_error_not_a_page(world: World) -> None:
    answer = await world.client().get("/api/nothing", headers=HTML)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "http.not-found"
