"""Every screen in both languages and on a telephone: no raw key, no error, nothing that runs out of the screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser_town import GATE, Town
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(360)]
SCREENS = {
    "manager": (
        "/", "/live", "/playback", "/cameras", "/cameras/*", "/register", "/requests", "/requests/new", "/exports",
        "/storage", "/verify",
    ),
    "admin": ("/people", "/organs"),
    "auditor": ("/", "/ledger"),
    "registrar": ("/", "/places", "/systems", "/filings", "/removals", "/complaints", "/map", "/plan"),
    "planner": ("/", "/places", "/systems", "/plan", "/organs"),
    "hotel": ("/", "/places", "/systems", "/filings", "/removals", "/complaints", "/designation"),
}  # fmt: skip
AREAS = (
    "app nav banner bar role error common duration signIn setup workbench article live tile cause playback "
    "access requestState exportState act verify outcome cameraState cameras storage forecast people "
    "register registerKind ledger ledgerKind health filter range law "
    "bench palette dutyClock entity upload query paper"
    " complaints sign systems life partyRole systemStep change removal removals filings filingKind filingState"
    " filingForm sheet visit clock map datum markState organKind organLevel organs posts setupUnit places"
    " builder siting cite plan coverage acceptance works standards procurement reuse designation"
)
RAW_KEY = re.compile(rf"\b(?:{'|'.join(AREAS.split())})\.[a-z]\w+", re.ASCII)
NO_KEY = "verify.py"
"""A file's name, also where the next word follows without a space."""
OVERFLOW = """() => [document.documentElement, document.body, document.querySelector('.content'),
        ...document.querySelectorAll('.panel, .table-scroll')]
    .filter(e => e !== null && e.scrollWidth > e.clientWidth + 1).map(e => [e.tagName, e.scrollWidth, e.clientWidth])"""


def open_screen(town: Town, page: Page, path: str) -> None:
    page.goto(path.replace("*", town.camera(GATE)["id"]))
    expect(page.locator("#content h1").first).to_be_visible()
    expect(page.locator(".ant-skeleton")).to_have_count(0)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_screen_speaks_the_language(town: Town, visit: Callable[..., Page], language: str) -> None:
    for person, paths in SCREENS.items():
        page = visit(person, language=language)
        for path in paths:
            open_screen(town, page, path)
            # a ledger's kinds are facts, not words of the screen
            text = page.evaluate(
                """() => { const copy = document.body.cloneNode(true)
                    copy.querySelectorAll('.ant-table-tbody, script, style').forEach(e => e.remove())
                    const names = ['aria-label', 'title', 'placeholder']
                    return copy.textContent + [...document.querySelectorAll('*')]
                        .flatMap(e => names.map(n => e.getAttribute(n) ?? '')).filter(text => text !== '').join(' ')
                }"""
            )
            assert RAW_KEY.findall(text.replace(NO_KEY, "")) == [], path
            expect(page.get_by_role("alert").filter(has_text=re.compile("代码|Code "))).to_have_count(0)
            if language == "en-US":
                heading = page.locator("#content h1").first.inner_text()
                assert path == "/cameras/*" or heading.isascii(), (path, heading)
        page.context.close()


def test_nothing_runs_out_of_a_telephone(town: Town, visit: Callable[..., Page]) -> None:
    wide = []
    for person, paths in SCREENS.items():
        page = visit(person, wide=False)
        for path in paths:
            open_screen(town, page, path)
            wide += [(path, found) for found in page.evaluate(OVERFLOW)]
        page.context.close()
    assert wide == []


def test_lists_are_cards_on_a_telephone(visit: Callable[..., Page]) -> None:
    page = visit("manager", "/storage", wide=False)
    expect(page.locator(".cards > li").first).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def test_the_navigation_is_a_drawer_on_a_telephone(visit: Callable[..., Page]) -> None:
    page = visit("manager", wide=False)
    expect(page.get_by_role("navigation", name="主导航")).to_have_count(0)
    page.get_by_role("button", name="导航").click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="摄像机").click()
    expect(page.get_by_role("heading", name="摄像机", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
