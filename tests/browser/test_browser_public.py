"""Article 14 in a browser: from the sign's address to the answer of a complaint, on the smallest telephone."""

from __future__ import annotations

import pytest
from browser_town import Town
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
"""The narrowest that WCAG 1.4.10 asks for; a page of 640 at 200 % is as wide."""
PAGE_BYTES = 60_000
PLACE = {
    "name": "示范广场", "kind": "7.12.square", "territory": "340421", "address": "示范路", "telephone": "0550-1234567",
    "longitude": 116.7, "latitude": 32.7,
}  # fmt: skip


def posted(page: Page, path: str, form: dict[str, object]) -> dict[str, str]:
    origin = page.url.split("/", 3)
    answer = page.request.post(path, data=form, headers={"Origin": "/".join(origin[:3])})
    assert answer.ok, answer.text()
    return dict(answer.json())


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_whoever_scans_a_sign_reads_complains_by_keyboard_and_gets_an_answer(town: Town) -> None:
    planner = town.visit("planner")
    place = posted(planner, "/api/places", PLACE)["id"]
    code = posted(planner, f"/api/places/{place}/sign", {})["code"]

    page = town.page()
    page.set_viewport_size(NARROW)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"/p/{code}")
    expect(page.get_by_role("heading", name="视频监控区域")).to_be_visible()
    expect(page.get_by_text("0550-1234567")).to_be_visible()
    assert fits(page)
    assert answer is not None
    assert len(answer.body()) < PAGE_BYTES
    assert asked == [page.url], "the page is all there is"
    assert page.context.cookies() == []

    page.keyboard.press("Tab")
    expect(page.get_by_label("投诉内容")).to_be_focused()
    page.keyboard.type("短")
    page.keyboard.press("Tab")
    expect(page.get_by_label("联系方式（可不填）")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("投诉内容")).to_have_value("短")
    page.get_by_label("投诉内容").fill("广场东侧的摄像机对着居民的窗户")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="已收到您的投诉")).to_be_visible()
    assert fits(page)
    number = page.locator(".number").inner_text()

    officer = town.visit("registrar", "/complaints")
    officer.get_by_role("link", name=number).click()
    officer.get_by_label("答复", exact=True).fill("已要求调整摄像机的朝向。")
    officer.get_by_role("button", name="发出答复").click()
    expect(officer.get_by_text("已答复").first).to_be_visible()

    page.reload()
    expect(page.get_by_text("已要求调整摄像机的朝向。")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
