"""Every page by Tab, in English, in the dark and on a telephone, looked through by a checker; and with no server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from secrets import token_bytes

import pytest
from browser_county import County
from browser_town import Town
from playwright.sync_api import Page, Route, expect

from mingjian.app.seed_access import seed_access
from mingjian.app.seed_life import Scene, seed_life

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PURPOSE = "核查大门处纠纷经过"
UI = Path(__file__).parents[2] / "ui"
CHECKER = UI / "node_modules" / "axe-core" / "axe.min.js"
CASE = "示范〔2026〕1号"
ROLES = {
    "manager": (
        "/", "/live", "/playback", "/uses", "/places", "/map", "/cameras", "/cameras/*", "/register", "/systems",
        "/filings", "/removals", "/plan", "/requests", "/requests/new", "/requests/own", "/requests/on-paper",
        "/requests/*", "/counter",
        f"/cases/{CASE}", "/exports", "/private", "/private/new", "/redactions", "/complaints", "/storage", "/verify",
        "/organs", "/own", "/designation",
    ),
    "registrar": (
        "/", "/places", "/places/*", "/systems/*", "/filings", "/filings/*", "/filings/*/visit", "/removals",
        "/complaints", "/complaints/*", "/plan", "/plan/*",
    ),
    "auditor": ("/register/*", "/ledger", "/audit", "/rights", "/leaks"),
    "admin": ("/people", "/people/*", "/organs", "/organs/*", "/own"),
    "hotel": ("/", "/designation"),
    "school": ("/filings/new?system=*",),
    "planner": ("/", "/plan", "/systems"),
}  # fmt: skip
"""Every route of `routes.tsx` for a role that sees it; a star is the first of its list."""
OBJECTS = {
    "/cameras": ("/api/cameras", "id"), "/requests": ("/api/access-requests", "id"), "/places": ("/api/places", "id"),
    "/systems": ("/api/systems", "id"), "/filings": ("/api/filings", "id"), "/complaints": ("/api/complaints", "id"),
    "/plan": ("/api/plans", "id"), "/register": ("/api/register", "index"), "/people": ("/api/people", "id"),
    "/organs": ("/api/organs", "id"), "/filings/new?system=": ("/api/systems", "id"),
}  # fmt: skip
UNSEEN = {"/private/$id", "/redactions/$id"}
"""Have nothing to show in this county; their own tests walk them."""
AREAS = {
    area
    for file in (UI / "src" / "i18n").glob("*.ts")
    for area in re.findall(r"^    (\w+): \{", file.read_text(encoding="utf-8"), re.MULTILINE)
}
RAW_KEY = re.compile(rf"\b(?:{'|'.join(AREAS)})\.[a-z]\w+", re.ASCII)
NO_KEY = "verify.py"
"""A file's name, also where the next word follows without a space."""
SPOKEN = """() => { const copy = document.body.cloneNode(true)
    copy.querySelectorAll('.ant-table-tbody, .cards, script, style').forEach(e => e.remove())
    const names = ['aria-label', 'title', 'placeholder']
    return copy.textContent + [...document.querySelectorAll('*')]
        .flatMap(e => names.map(n => e.getAttribute(n) ?? '')).filter(text => text !== '').join(' ') }"""
"""What is said, but for rows: a ledger's kinds are facts, not words of the screen."""
ARRIVED = "() => document.querySelector('#content')?.dataset.page === decodeURI(location.pathname)"
PART = re.compile("/assets/palette-")
OVERFLOW = """() => [document.documentElement, document.body, document.querySelector('.content'),
        ...document.querySelectorAll('.panel, .table-scroll')]
    .filter(e => e !== null && e.scrollWidth > e.clientWidth + 1)
    .map(e => [e.className, e.scrollWidth, e.clientWidth])"""
VIOLATIONS = """async () => (await axe.run(document, {resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}))
    .violations.map(found => [found.id, ...found.nodes.map(node => node.html.slice(0, 120))])"""
LOOKS = 4
"""What the checker finds at each of so many looks stands; what is gone at the next was a part just being put in."""

CONTROLS = (
    "a[href], button, input, select, textarea, summary, [role=button], [role=checkbox], [role=switch], [role=tab]"
)
WALK = """([controls, within, before]) => {
    window.within = within
    const shown = e => !e.disabled && e.getAttribute('aria-disabled') !== 'true'
        && !e.closest('[inert], [aria-hidden=true]')
        && e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0
    const grouped = e => e.closest('[role=tablist], [role=tree], [role=menu], [role=listbox], table.ant-picker-content')
    const stops = [...document.querySelectorAll(`${within} *`)].filter(e => shown(e)
        && (e.tabIndex >= 0 || e.matches(controls) && !grouped(e)))
    const chosen = e => e.type !== 'radio' || e.checked || !stops.some(o => o.name === e.name && o.checked)
    const up = (e, n) => n === 0 || e === null ? [] : [e, ...up(e.parentElement, n - 1)]
    const near = e => [...e.children, ...e.parentElement.children, ...up(e, 6)]
    window.stops = stops.filter(chosen)
    window.walked = new Map()
    window.look = e => near(e).map(n => { const s = getComputedStyle(n)
        return [s.outlineStyle === 'none' ? '' : s.outline, s.boxShadow, s.borderColor, s.backgroundColor,
            s.textDecorationLine, s.stroke].join() }).join()
    window.left ??= addEventListener('keydown', () => {
        const e = document.activeElement
        if (e.closest(window.within)) walked.set(e, look(e)) }, true) ?? true
    document.querySelector(before).focus()
    return window.stops.length }"""
"""What Tab must reach: all that can be focused, all that is operated and stands outside a group with keys of its own,
and of the choices of one question the chosen one. Each key notes where it leaves and how that looked."""
WALKED = """async () => {
    const said = e => `${e.tagName} ${e.className} ${(e.getAttribute('aria-label') ?? e.textContent).slice(0, 40)}`
    const named = e => e.textContent + e.title + (e.placeholder ?? '') + (e.labels ?? []).length
        + ['aria-label', 'aria-labelledby', 'alt'].flatMap(by => [e, ...e.querySelectorAll(`[${by}]`)]
            .map(n => n.getAttribute(by) ?? '')).join('')
    const box = e => (e.type === 'radio' || e.type === 'checkbox' ? e.parentElement : e).getBoundingClientRect()
    const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    document.activeElement.blur()
    await drawn()
    const inside = [...walked.keys()].filter(e => e.isConnected && !e.matches(within))
    const plain = new Map(inside.map(e => [e, look(e)]))
    const bare = []
    for (const e of inside.filter(e => plain.get(e) === walked.get(e))) { // or left before it was drawn
        e.focus({focusVisible: true})
        await drawn()
        if (e.isConnected && look(e) === plain.get(e)) bare.push(e) // else put anew while it was looked at
    }
    document.activeElement.blur()
    const found = {
        missed: stops.filter(e => e.isConnected && !walked.has(e)),
        nameless: inside.filter(e => ['', '0'].includes(named(e).trim())),
        unseen: inside.filter(e => box(e).width < 2 || !e.checkVisibility({visibilityProperty: true})),
        bare,
        back: inside.filter((e, n) => n > 0 && inside[n - 1].compareDocumentPosition(e) & 2),
    }
    return Object.entries(found).flatMap(([kind, ones]) => ones.map(e => [kind, said(e)])) }"""
"""What Tab missed; where it stopped without a name, without anything to see, without a ring, or against the order."""
MOST_STOPS = 200
"""More than any of these pages has: whoever is then still inside is caught."""
OUTSIDE = "() => !document.activeElement.closest(within)"
DIALOGS = {("manager", "/cameras"), ("admin", "/people"), ("admin", "/organs"), ("hotel", "/designation")}
"""Whose first act opens a dialog or a drawer."""


@pytest.fixture
def lived(county: County) -> Iterator[County]:
    """The county with something on every list."""
    world, services = county.world, county.world.services
    scene = Scene(
        world.store, world.vault, services.attachments, services.law, world.clock, token_bytes,
        tuple(world.accounts.values()),
    )  # fmt: skip
    seed_life(scene)
    seed_access(scene, world.keeper, world.journal, world.cameras)
    world.publish()
    yield county


def address(page: Page, county: County, path: str) -> str:
    """The path with its star filled in."""
    if "*" not in path:
        return path
    question, key = OBJECTS[path.split("*", maxsplit=1)[0].rstrip("/")]
    rows = page.request.get(county.url + question).json()
    rows = rows if isinstance(rows, list) else next(found for found in rows.values() if isinstance(found, list))
    return path.replace("*", str(rows[0][key]))


def violations(page: Page) -> list[object]:
    for _ in range(LOOKS):
        found: list[object] = page.evaluate(VIOLATIONS)
        if not found:
            break
    return found


def faults(page: Page, path: str, language: str) -> list[object]:
    """What is wrong with the page as it stands: words, refusals, and what the checker finds."""
    page.wait_for_function(ARRIVED)
    expect(page.locator("#content h1").first).to_be_visible()
    expect(page.locator(".ant-skeleton")).to_have_count(0)
    found: list[object] = RAW_KEY.findall(page.evaluate(SPOKEN).replace(NO_KEY, ""))
    found += page.get_by_role("alert").filter(has_text=re.compile("代码|Code ")).all_inner_texts()
    heading = page.locator("#content h1").first.inner_text()
    if language == "en-US" and path.count("/") == 1 and not heading.isascii():
        found.append(heading)
    return [(path, one) for one in (*found, *violations(page))]


def tabbed(page: Page, path: str, within: str = "#content", before: str = "#content") -> list[object]:
    """What is wrong with the way of Tab from `before` through all that is `within`, and out of it."""
    stops = page.evaluate(WALK, [CONTROLS, within, before])
    pressed = 0
    while not (pressed > stops and page.evaluate(OUTSIDE)):
        if pressed > MOST_STOPS:
            return [(path, "Tab does not leave it", page.evaluate("() => document.activeElement.outerHTML"))]
        for _ in range(max(1, stops + 1 - pressed)):
            page.keyboard.down("Tab")
            pressed += 1
    return [(path, *one) for one in page.evaluate(WALKED)]


def leaps(page: Page) -> None:
    """The link at the top leads over the frame onto the page."""
    skip = page.locator("a.skip")
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def opens_and_closes(page: Page) -> None:
    """The first act opens a window over the page, Escape ends it, and the focus is where it was."""
    act = page.locator(".page-act .ant-btn-primary")
    act.focus()
    page.keyboard.press("Enter")
    over = page.get_by_role("dialog")
    expect(over).to_be_visible()
    page.wait_for_function(
        "() => document.activeElement.closest('[role=dialog], .ant-drawer, .ant-modal-root') !== null"
    )
    page.keyboard.press("Escape")
    expect(over).to_have_count(0)
    expect(act).to_be_focused()


def go(page: Page, word: str) -> None:
    """To a page by the command palette."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="搜索")
    expect(field).to_be_focused()
    page.keyboard.type(word)
    expect(page.get_by_role("option", selected=True)).to_contain_text(word)
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)


def test_every_route_is_walked() -> None:
    routes = re.findall(
        r"(?:page\(|path: )'(/[^']*)'", (UI / "src" / "frame" / "routes.tsx").read_text(encoding="utf-8")
    )
    seen = {re.sub(r"\*", "$id", path.split("?")[0]) for paths in ROLES.values() for path in paths}
    known = {path.replace("$case", CASE) for path in routes} - UNSEEN
    assert len(known) > 40
    assert known - seen == set()


def test_every_page_is_walked_by_tab_and_fits_a_telephone_in_english_and_in_the_dark(town: Town, lived: County) -> None:
    found: list[object] = []
    for name, paths in ROLES.items():
        page = lived.page(town, name, "/", wide=False, language="en-US")
        page.evaluate("() => localStorage.setItem('mingjian.dark', '1')")
        page.reload()
        page.emulate_media(reduced_motion="reduce")
        page.evaluate(CHECKER.read_text(encoding="utf-8"))
        expect(page.locator("#content h1").first).to_be_visible()
        found += tabbed(page, "the bar", ".topbar", ".skip")
        leaps(page)
        for path in paths:
            page.evaluate("to => history.pushState({}, '', to)", address(page, lived, path))
            found += faults(page, path, "en-US") + [(path, wide) for wide in page.evaluate(OVERFLOW)]
            found += tabbed(page, path)
            if (name, path) in DIALOGS:
                opens_and_closes(page)
        page.context.close()
    assert found == []


def test_a_page_says_that_nobody_answers_keeps_what_was_typed_and_catches_up(town: Town, county: County) -> None:
    page = county.page(town, "officer1", "/requests/new")
    held: list[Route] = []
    page.route(PART, lambda route: held.append(route))
    with page.expect_request(PART):
        page.reload()
    page.get_by_label("用途").fill(PURPOSE)
    county.stop()
    assert held, "a part of the frame is still on its way"
    for route in held:
        route.abort()
    page.unroute(PART)
    page.get_by_label("摄像机").fill("大厅")  # asks the server
    said = page.get_by_role("status").filter(has_text="没有应答")
    expect(said).to_contain_text("已填写的内容留在本页")
    with page.expect_response(PART):
        county.start()
    expect(said).to_have_count(0)
    expect(page.get_by_label("用途")).to_have_value(PURPOSE)

    county.stop()
    go(page, "机关与单位")  # its code was never fetched
    expect(page.get_by_role("heading", name="此页未能显示")).to_be_visible()
    expect(said).to_be_visible()
    county.start()
    expect(page.get_by_role("heading", name="机关与单位")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("用途")).to_have_value(PURPOSE)
