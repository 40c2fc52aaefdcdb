"""Every screen by keyboard alone, in both languages, light and dark, at both widths; and with the server gone."""

from __future__ import annotations

import pytest
from browser_county import County
from browser_town import Town
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PURPOSE = "核查大门处纠纷经过"


def go(page: Page, word: str) -> None:
    """To a page by the command palette."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="搜索")
    expect(field).to_be_focused()
    page.keyboard.type(word)
    expect(page.get_by_role("option", selected=True)).to_contain_text(word)
    page.keyboard.press("Enter")
    expect(field).to_have_count(0)


def test_a_page_says_that_nobody_answers_keeps_what_was_typed_and_catches_up(town: Town, county: County) -> None:
    page = county.page(town, "officer1", "/requests/new")
    page.get_by_label("用途").fill(PURPOSE)
    county.stop()
    page.get_by_label("摄像机").fill("大厅")  # asks the server
    said = page.get_by_role("status").filter(has_text="没有应答")
    expect(said).to_contain_text("已填写的内容留在本页")
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
