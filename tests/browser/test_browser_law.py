"""The article chip: by keyboard to the words of the law, its row, the other instrument's word, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser_town import GATE, Town
from playwright.sync_api import Page, expect

INSIDE = """() => { const box = document.querySelector('.law-words').getBoundingClientRect()
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight }"""
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
    expect(words.get_by_text("“共同实施”理解为")).to_be_attached()
    page.wait_for_function(INSIDE)  # it is put where there is room once the words are there
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(chip).to_be_focused()


def test_A17_the_other_instrument_speaks_beside_the_own(visit: Callable[..., Page]) -> None:
    page = visit("manager", "/requests/new")
    page.get_by_role("button", name="第十七条第二款第二项").first.click()
    other = page.get_by_role("dialog").locator("summary", has_text="第十六条第二款第三项")
    other.click()
    expect(page.get_by_text("建立信息调用登记制度")).to_be_visible()


def test_A17_the_words_over_a_form_are_read_and_closed_by_keyboard_and_the_form_stays(
    town: Town, visit: Callable[..., Page]
) -> None:
    page = visit("manager", f"/cameras/{town.camera(GATE)['id']}")
    page.get_by_role("button", name="停用").first.click()
    form = page.get_by_role("dialog", name="停用")
    page.wait_for_function(
        "document.activeElement.closest('.ant-modal') !== null"
    )  # it takes the focus when it is open
    form.locator("button.article").first.press("Enter")
    words = page.get_by_role("dialog", name="条文 第十七条第二款第三项")
    expect(words.get_by_text("《中华人民共和国反恐怖主义法》第三十二条第三款")).to_be_attached()
    expect(words).to_be_focused()
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(form).to_be_visible()
