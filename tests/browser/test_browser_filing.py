"""A hotel files with papers missing, or late; the police return, visit on a telephone, see a short notice (13, 15)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from browser_county import County, served
from browser_town import Town
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from filing_world import DELIVERED, Hotel

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SYSTEM = "大堂和通道"
LATE = timedelta(days=90)
"""Past any term of filing, whatever days of rest lie in between."""
NOTICE = timedelta(days=9)


def paper(name: str) -> FilePayload:
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + name.encode()}


def photograph() -> FilePayload:
    held = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(held, "JPEG")
    return {"name": "门口.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}


def drafts(page: Page) -> list[str]:
    """Names of the drafts that the device keeps."""
    return list(page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('mingjian.draft.'))"))


def built(url: str, page: Page, *, used_ago: timedelta | None = None) -> str:
    """A system of the hotel, built today, ready to be delivered; or in use since so long."""

    def asked(path: str, form: dict[str, object]) -> dict[str, str]:
        answer = page.request.post(url + path, data=form, headers={"Origin": url})
        assert answer.ok, answer.text()
        return dict(answer.json())

    place = asked(
        "/api/places", {"name": "示范旅馆", "kind": "7.2.hotel", "territory": "340421", "address": "迎宾路 1 号"}
    )
    system = asked(f"/api/places/{place['id']}/systems", {"name": SYSTEM})["id"]
    day = date.fromisoformat(page.request.get(f"{url}/api/systems/{system}").json()["today"])
    steps = ("design", "build") if used_ago is None else ("design", "build", "deliver")
    for name in steps:
        asked(f"/api/systems/{system}/{name}", {"on": (day - (used_ago or timedelta())).isoformat()})
    return system


def test_A13_2_a_hotel_files_is_returned_resubmits_and_is_visited(town: Town, visit: Callable[..., Page]) -> None:
    hotel = visit("hotel", "/systems")
    hotel.goto(f"/systems/{built(town.url, hotel)}")
    hotel.get_by_role("button", name="交付使用").click()
    hotel.get_by_role("dialog").get_by_role("button", name="交付使用").click()
    expect(hotel.get_by_text("正常（剩 ").first).to_be_visible()

    hotel.get_by_role("button", name="提交备案").click()
    expect(hotel.get_by_label("统一社会信用代码")).to_be_visible()  # the page left behind takes files too
    hotel.locator("input[type=file]").first.set_input_files(paper("设计方案"))
    expect(hotel.get_by_text("已备 1 / 3 项")).to_be_visible()
    hotel.get_by_label("统一社会信用代码").fill("91340421MA2ABCDE0X")
    hotel.reload()  # nothing was handed in: what was written and chosen is here again
    expect(hotel.get_by_text("已恢复上次没有提交的草稿")).to_be_visible()
    expect(hotel.get_by_text("设计方案.pdf")).to_be_visible()
    expect(hotel.get_by_label("统一社会信用代码")).to_have_value("91340421MA2ABCDE0X")
    hotel.get_by_role("button", name="提交备案").click()
    expect(hotel.get_by_role("heading", name=SYSTEM)).to_be_visible()
    expect(hotel.get_by_text("缺 3 项")).to_be_visible()  # two papers, and the number and types of cameras
    assert drafts(hotel) == []

    police = visit("registrar", "/filings")
    police.get_by_role("link", name=SYSTEM).click()
    expect(police.locator("li").filter(has_text="欠缺").filter(has_text="技术检测材料")).to_be_visible()
    police.get_by_role("button", name="退回补正").click()
    dialog = police.get_by_role("dialog")
    dialog.get_by_label("退回理由").fill("缺少技术检测和工程验收材料")
    dialog.get_by_role("button", name="退回补正").click()
    expect(police.get_by_text("已退回").first).to_be_visible()

    hotel.reload()
    expect(hotel.get_by_text("缺少技术检测和工程验收材料")).to_be_visible()
    hotel.get_by_role("button", name="补正后重新提交").click()
    expect(hotel.get_by_label("统一社会信用代码")).to_be_visible()
    for at, name in ((1, "技术检测"), (2, "工程验收")):
        hotel.locator("input[type=file]").nth(at).set_input_files(paper(name))
        expect(hotel.get_by_text(f"{name}.pdf")).to_be_visible()
    expect(hotel.get_by_label("统一社会信用代码")).to_have_value("91340421MA2ABCDE0X")
    hotel.get_by_role("button", name="添加一类").click()
    hotel.get_by_label("类型", exact=True).fill("半球")
    hotel.get_by_role("button", name="提交备案").click()
    expect(hotel.get_by_text("齐全").first).to_be_visible()
    filing = hotel.url.rpartition("/")[2]

    phone = visit("registrar", f"/filings/{filing}/visit", wide=False)
    for at, name in ((1, "民警甲"), (2, "民警乙")):
        phone.get_by_label(f"姓名 {at}").fill(name)
    phone.get_by_role("group", name="设有明显标识").get_by_text("不符合").click()
    phone.get_by_label("指导意见").fill("请在大门醒目处设置标识")
    phone.locator("input[type=file]").set_input_files(photograph())
    expect(phone.get_by_role("img", name="现场照片")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="提交查看记录").click()
    expect(phone.get_by_text("没有网络：已保存在本机")).to_be_visible()
    phone.context.set_offline(False)
    phone.reload()  # the draft is still there
    expect(phone.get_by_label("指导意见")).to_have_value("请在大门醒目处设置标识")
    phone.get_by_role("button", name="提交查看记录").click()
    expect(phone.get_by_text("已查看").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    hotel.reload()
    expect(hotel.get_by_text("请在大门醒目处设置标识")).to_be_visible()
    assert drafts(phone) == []


def file(hotel: Page, system: str, *, papers: bool) -> None:
    """Hand in a filing that lacks nothing; `papers`: the text in force asks for them."""
    hotel.goto(f"/filings/new?system={system}")
    hotel.get_by_label("统一社会信用代码").fill("91340421MA2ABCDE0X")
    expect(hotel.locator("input[type=file]")).to_have_count(3 if papers else 0)
    for at, name in enumerate(("设计方案", "技术检测", "工程验收") if papers else ()):
        hotel.locator("input[type=file]").nth(at).set_input_files(paper(name))
        expect(hotel.get_by_text(f"{name}.pdf")).to_be_visible()
    hotel.get_by_role("button", name="添加一类").click()
    hotel.get_by_label("类型", exact=True).fill("半球")
    hotel.get_by_role("button", name="提交备案").click()
    expect(hotel.get_by_text("齐全").first).to_be_visible()


def findings(page: Page) -> Locator:
    """What stands among the findings on the page of a system."""
    return page.locator("section").filter(has=page.get_by_role("heading", name="检查发现")).get_by_role("listitem")


def notify(hotel: Page, system: str) -> Locator:
    """Fill in a notice of removal for the ninth day from now, and leave it open."""
    hotel.goto(f"/systems/{system}")
    hotel.get_by_role("button", name="提交拆除通知").click()
    notice = hotel.get_by_role("dialog")
    notice.get_by_label("客观条件发生的变化").fill("旧楼拆迁，不再营业")
    today = date.fromisoformat(hotel.request.get(f"/api/systems/{system}").json()["today"])
    notice.get_by_label("计划拆除日").fill((today + NOTICE).isoformat())
    notice.get_by_label("存储资料处理方案").fill("由本单位保存至期限届满")
    return notice


def test_A15_a_late_filing_and_a_notice_nine_days_ahead_are_received_marked_and_found(
    town: Town, county: County
) -> None:
    hotel = county.page(town, "hotel", "/systems")
    system = built(county.url, hotel, used_ago=LATE)
    hotel.goto(f"/systems/{system}")
    expect(hotel.get_by_text(re.compile("逾期 .* 天")).first).to_be_visible()
    file(hotel, system, papers=True)
    expect(hotel.locator(".state-overdue").filter(has_text="逾期")).to_be_visible()  # received all the same

    notice = notify(hotel, system)
    expect(notice.get_by_text("照常收件，标明期限不足，并成为检查发现")).to_be_visible()
    notice.get_by_role("button", name="提交拆除通知").click()
    expect(notice).to_have_count(0)
    for found in ("第十三条第二款", "第十五条"):
        expect(findings(hotel).filter(has_text=found)).to_be_visible()
    police = county.page(town, "registrar", "/removals")
    row = police.get_by_role("row").filter(has=police.get_by_role("link", name=SYSTEM))
    expect(row.first).to_contain_text("期限不足")


def test_N14_under_the_national_regulation_alone_the_same_hotel_is_late_by_its_row_and_owes_no_notice(
    town: Town, tmp_path: Path
) -> None:
    with served(tmp_path, "cn-799-2025") as county:
        facts = Hotel(county.world, "", "")  # the kinds of places are the province's: put on record past the form
        system, _ = facts.add_system(facts.unit("hotel"))
        facts.go(DELIVERED + LATE)
        hotel = county.page(town, "hotel", "/systems")
        delivered = {"on": DELIVERED.isoformat()}
        answer = hotel.request.post(f"/api/systems/{system}/deliver", data=delivered, headers={"Origin": county.url})
        assert answer.ok, answer.text()
        hotel.goto(f"/systems/{system}")
        expect(hotel.get_by_text(re.compile("逾期 .* 天")).first).to_be_visible()
        file(hotel, system, papers=False)
        expect(hotel.locator(".state-overdue").filter(has_text="逾期")).to_be_visible()
        notice = notify(hotel, system)
        expect(notice.get_by_text("现行文本未要求提前通知")).to_be_visible()
        notice.get_by_role("button", name="提交拆除通知").click()
        expect(notice).to_have_count(0)
        expect(findings(hotel).filter(has_text="第十四条")).to_be_visible()
        expect(findings(hotel)).to_have_count(1)
        hotel.goto("/removals")
        expect(hotel.get_by_role("link", name="大堂和通道视频系统")).to_be_visible()
        expect(hotel.get_by_text("期限不足")).to_have_count(0)
        hotel.context.close()


def test_a_draft_on_a_shared_device_goes_when_its_writer_signs_out(town: Town) -> None:
    page = town.page()
    page.goto("/")
    town.fill_sign_in(page, "hotel")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("header .brand")).to_be_visible()
    system = built(town.url, page)
    today = page.request.get(f"{town.url}/api/systems/{system}").json()["today"]
    answer = page.request.post(
        f"{town.url}/api/systems/{system}/deliver", data={"on": today}, headers={"Origin": town.url}
    )
    assert answer.ok, answer.text()
    page.goto(f"/filings/new?system={system}")
    page.get_by_label("统一社会信用代码").fill("91340421MA2ABCDE2Z")
    page.reload()
    expect(page.get_by_text("已恢复上次没有提交的草稿")).to_be_visible()
    page.get_by_label("统一社会信用代码").fill("91340421MA2ABCDE1Y")  # not kept yet, and must not be on the way out
    page.get_by_role("button", name=re.compile("用户菜单")).click()
    page.get_by_role("menuitem", name="退出").click()
    expect(page.get_by_label("用户名")).to_be_visible()
    assert drafts(page) == []
