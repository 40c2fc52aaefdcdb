"""The map in a browser: nothing is asked of strangers, a click and the list lead to the same details."""

from __future__ import annotations

import re

import pytest
from browser_town import Town
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PLACES = [
    {
        "name": name, "kind": "7.12.square", "territory": "340421", "address": address, "longitude": longitude,
        "latitude": 32.7,
    }
    for name, address, longitude in (("示范东广场", "东路", 116.72), ("示范西广场", "西路", 116.68))
]  # fmt: skip


def put_on_record(page: Page, form: dict[str, object]) -> None:
    origin = "/".join(page.url.split("/", 3)[:3])
    answer = page.request.post("/api/places", data=form, headers={"Origin": origin})
    assert answer.ok, answer.text()


def test_the_map_draws_without_strangers_and_its_list_says_the_same_by_keyboard(town: Town) -> None:
    planner = town.visit("planner")
    for form in PLACES:
        put_on_record(planner, form)
    planner.goto("/map")
    canvas = planner.locator(".maplibregl-canvas")
    expect(canvas).to_be_visible()
    expect(planner.get_by_text("此浏览器不能绘制地图")).to_have_count(0)
    expect(planner.locator(".map-canvas").get_by_role("button", name="放大")).to_be_visible()

    planner.get_by_label("搜索名称、地址、编码").fill("示范西")
    west = planner.locator(".map-list").get_by_role("button", name="示范西广场")
    expect(west).to_be_visible()
    expect(planner.locator(".map-list").get_by_role("button", name="示范东广场")).to_have_count(0)

    west.focus()
    planner.keyboard.press("Enter")
    drawer = planner.get_by_role("dialog")
    expect(drawer.get_by_text("西路")).to_be_visible()
    expect(drawer.get_by_text("CGCS2000")).to_be_visible()
    drawer.get_by_role("button", name="在图上显示").click()
    expect(drawer).to_have_count(0)

    expect(planner.locator(".map-canvas[data-still=yes]")).to_be_visible()
    canvas.click()
    expect(planner.get_by_role("dialog").get_by_text("示范西广场")).to_be_visible()
    planner.keyboard.press("Escape")
    planner.get_by_label("搜索名称、地址、编码").fill("")
    planner.get_by_role("button", name="只列图中范围").click()
    expect(planner.get_by_role("status").filter(has_text=re.compile("共 1 个"))).to_be_visible()


def test_A7_required_parts_stand_on_the_map_and_in_the_list_when_they_are_asked_for(town: Town) -> None:
    put_on_record(town.visit("planner"), {**PLACES[0], "name": "示范北广场"})
    page = town.visit("registrar", "/map")
    asked = page.get_by_role("button", name="必装部位")
    expect(asked).to_have_attribute("aria-pressed", "false")
    asked.click()
    expect(asked).to_have_attribute("aria-pressed", "true")
    page.get_by_label("搜索名称、地址、编码").fill("示范北广场 ·")
    row = page.locator(".map-list tbody tr").filter(has_text="必装部位").first
    expect(row.get_by_text("未覆盖")).to_be_visible()
    row.get_by_role("button").click()
    expect(page.get_by_role("dialog").get_by_text("第七条第一款")).to_be_visible()
