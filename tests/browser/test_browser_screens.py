"""What becomes of lists and of the navigation on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


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
