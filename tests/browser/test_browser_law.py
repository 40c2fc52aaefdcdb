"""The article chip: by keyboard to the words of the law, its row, the other instrument's word, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize("wide", [True, False])
def test_A22_a_chip_opens_the_article_by_keyboard_and_closes_where_it_was(
    visit: Callable[..., Page], wide: bool
) -> None:
    page = visit("manager", "/requests/new", wide=wide)
    chip = page.get_by_role("button", name="第二十二条第一款第一项").first
    chip.focus()
    page.keyboard.press("Enter")
    words = page.get_by_role("dialog", name="条文 第二十二条第一款第一项")
    expect(words.get_by_text("由2名以上人员共同实施")).to_be_visible()
    expect(words.get_by_text("A22.1.1.minutes")).to_be_attached()
    expect(words.get_by_text("同一次会话中")).to_be_attached()
    box = words.bounding_box()
    size = page.viewport_size
    assert box is not None and size is not None
    assert box["x"] >= 0 and box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(chip).to_be_focused()


def test_A17_the_other_instrument_speaks_beside_the_own(visit: Callable[..., Page]) -> None:
    page = visit("manager", "/requests/new")
    page.get_by_role("button", name="第十七条第二款第二项").first.click()
    other = page.get_by_role("dialog").locator("summary", has_text="第十六条第二款第三项")
    other.click()
    expect(page.get_by_text("建立信息调用登记制度")).to_be_visible()
