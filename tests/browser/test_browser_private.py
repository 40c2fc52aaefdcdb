"""A private person at the counter, as the staff see it: application, consent, masks, masked picture, signed sheet."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from browser_town import GATE, ZONE, Town, tile
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from test_browser_playback import LUMA, footage, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SECONDS = 12
EVEN = 14.0
"""The deviation that the marks on top leave over an even fill, in grey levels; a picture has thirty and more."""


def told(ms: int) -> str:
    """A moment as the pickers write it."""
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def take_down(page: Page, start_ms: int) -> None:
    """The counter's three steps."""
    page.get_by_label("申请人", exact=True).fill("王某")
    page.get_by_label("证件号码").fill("340421199001012345")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("财产安全").check()
    page.get_by_label("事由", exact=True).fill("在大门口遗失背包，内有手机")
    page.get_by_label("摄像机").click()
    page.get_by_title(GATE).click()
    page.get_by_label("事由", exact=True).click()  # the list of cameras closes
    first = page.get_by_label("录像时段")
    first.fill(told(start_ms))
    first.press("Enter")
    second = page.locator(".ant-picker-input input").nth(1)
    second.fill(told(start_ms + SECONDS * 1000))
    second.press("Enter")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("340421199001012345")).to_be_visible()
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("heading", name="个人查阅 个查")).to_be_visible()
    expect(page.get_by_text("**************2345")).to_be_visible()


def draw_mask(page: Page) -> None:
    """A box over the right half, by its numbers."""
    panel = page.get_by_role("region", name="遮挡", exact=True)
    panel.get_by_label("回放事由").click()
    page.get_by_title("事件、案件线索核查").click()
    panel.get_by_role("button", name="打开画面").click()
    expect(panel.get_by_role("img", name="录像画面")).to_be_visible()
    panel.get_by_role("button", name="添加矩形").click()
    for label, value in (("左上 x", "50"), ("左上 y", "0"), ("右下 x", "100"), ("右下 y", "100")):
        field = panel.get_by_label(label)
        field.fill(value)
        field.press("Enter")
    panel.get_by_role("button", name="保存遮挡").click()
    expect(page.get_by_text("1 个遮挡")).to_be_visible()


def picture(page: Page) -> NDArray[np.uint8]:
    (found,) = page.evaluate(LUMA, [GATE])
    width, height, text = found
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width)


def test_N21_a_private_person_sees_a_masked_picture_beside_the_staff_and_signs(
    town: Town, visit: Callable[..., Page]
) -> None:
    start = footage(town, SECONDS)
    duty = visit("duty", "/private")
    expect(duty.get_by_text("还没有个人查阅申请")).to_be_visible()
    duty.get_by_role("link", name="受理申请").first.click()
    take_down(duty, start)
    expect(duty.get_by_text("等待本单位另一名有权人员")).to_be_visible()
    path = duty.url.removeprefix(town.url)

    manager = visit("manager", path)
    manager.get_by_role("button", name="同意查阅").click()
    expect(manager.get_by_text("已同意").first).to_be_visible()

    duty.reload()
    draw_mask(duty)
    opening = duty.get_by_role("region", name="查看", exact=True)
    opening.get_by_label("查看地点").fill("一楼接待室")
    opening.get_by_label("在监看场所以外进行").check()
    opening.get_by_label("查阅人已阅读并作出承诺").check()
    opening.get_by_role("button", name="登记并开始查看").click()
    shown = tile(duty, GATE)
    expect(shown).to_be_visible()
    settled(duty, GATE)
    left, right = np.array_split(picture(duty)[20:-60].astype(float), 2, axis=1)
    assert right[:, 8:].std() < EVEN < left.std(), (right.std(), left.std())
    expect(shown.get_by_role("button", name="截图")).to_have_count(0)

    manager.get_by_role("button", name="撤回", exact=True).click()
    dialog = manager.get_by_role("dialog")
    dialog.get_by_label("撤回原因").fill("当事人已报案，改由公安机关查阅")
    dialog.get_by_role("button", name="撤回", exact=True).click()
    expect(manager.get_by_text("已撤回").first).to_be_visible()
    expect(shown.get_by_role("status")).to_contain_text("无权查看")

    duty.goto(path)
    signing = duty.get_by_role("region", name="签字办结")
    signing.get_by_label("查看结果").fill("看到背包被人拿走")
    signing.get_by_label("申请人姓名").fill("王某")
    signing.get_by_role("button", name="签字", exact=True).click()
    expect(duty.get_by_text("已办结").first).to_be_visible()
    href = duty.get_by_role("link", name="打印登记表").get_attribute("href") or ""
    assert duty.request.get(href).body().startswith(b"%PDF-")
