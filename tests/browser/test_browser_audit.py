"""The auditor's pages in Chromium: who saw what, held against the ledger; why somebody may see, and who may."""

from __future__ import annotations

from browser_county import County
from browser_town import Town
from playwright.sync_api import expect


def test_A17_2_2_the_auditor_finds_who_saw_what_and_is_told_why_somebody_may_not(town: Town, county: County) -> None:
    world = county.world
    manager = county.page(town, "manager", "/")
    form = {"act": "live", "cameras": world.cameras[:1]}
    opened = manager.request.post(f"{county.url}/api/views", data=form, headers={"Origin": county.url})
    entry = str(opened.json()["entry"])

    page = county.page(town, "auditor", f"/audit?camera={world.cameras[0]}")
    expect(page.get_by_role("img", name="每天")).to_be_visible()
    page.get_by_role("button", name="查询 短时间看很多摄像机").click()
    expect(page.get_by_text("没有发现")).to_be_visible()
    page.get_by_role("button", name=entry, exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("打开查看")).to_be_visible()
    drawer.get_by_role("button", name="核对所列").click()
    expect(drawer.get_by_text("尚未进入检查点")).to_be_visible()  # this world publishes none
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    page.get_by_text("被拒绝的", exact=True).click()
    expect(page.get_by_text("打印", exact=True)).to_have_count(0)

    page.goto(f"/people/{world.accounts['admin'].person}")
    page.get_by_role("link", name="能看什么").click()
    expect(page.get_by_text("什么也不能看")).to_be_visible()
    page.goto(f"/cameras/{world.cameras[0]}")
    page.get_by_role("link", name="谁能看").click()
    page.get_by_role("button", name="值班员").click()
    page.get_by_role("link", name="为什么").first.click()
    told = page.get_by_role("status", name="为什么")
    expect(told).to_contain_text("值班员：实时查看")
    expect(told).to_contain_text("岗位「值守人员」")
