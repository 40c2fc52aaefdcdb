"""By the keyboard alone: a request from writing to signed form (21, 22), a mask (799, 22); a unit's own copy."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from browser_county import County
from browser_town import ZONE, Town
from playwright.sync_api import Locator, Page, expect

from mingjian.governance.purposes import DEFAULTS
from own_copy_world import INSURANCE, allow_copies
from sited_camera import complete

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FARTHEST = 80
"""More presses of Tab than any of these pages has stops."""


def reach(page: Page, where: Locator) -> None:
    """Tab until `where` has the focus; it may be put anew meanwhile, as a form is for the next officer."""
    expect(where).to_be_attached()
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if where.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {where}")


def leap(page: Page) -> None:
    """Over the frame, by the link at the top of a page that has just come."""
    expect(page.locator("h1").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")


def write(page: Page, label: str | re.Pattern[str], words: str) -> None:
    """Into the field of this label."""
    reach(page, page.get_by_label(label))
    page.keyboard.insert_text(words)


def press(page: Page, name: str, *, within: Locator | None = None) -> None:
    """The button of this name."""
    button = (within or page).get_by_role("button", name=name, exact=True)
    expect(button).to_be_enabled()
    reach(page, button)
    page.keyboard.press("Enter")


def prove(county: County, page: Page, panel: Locator, officer: str, lacked: str) -> None:
    """One officer's credential at the staff's screen; then what was lacking is so no longer."""
    expect(panel.get_by_text(lacked)).to_be_visible()
    given = county.world.credentials(officer)
    for label, words in (("用户名", given["name"]), ("密码", given["password"]), ("动态口令", given["code"])):
        reach(page, panel.get_by_label(label))
        page.keyboard.insert_text(words)
    page.keyboard.press("Enter")
    expect(panel.get_by_text(lacked)).to_have_count(0)


def test_A21_A22_a_request_goes_by_keyboard_from_its_writing_to_the_signed_form(town: Town, county: County) -> None:
    world = county.world
    complete(world, world.actor("hotel"))
    officer = county.page(town, "officer1", "/requests")
    asks = officer.get_by_role("link", name="提出申请").first
    expect(asks).to_have_class(re.compile("ant-btn-primary"))
    reach(officer, asks)
    officer.keyboard.press("Enter")
    reach(officer, officer.get_by_role("radio", name="复制"))
    officer.keyboard.press("ArrowLeft")
    expect(officer.get_by_role("radio", name="查阅")).to_be_checked()
    write(officer, "摄像机", "大厅东")
    expect(officer.get_by_role("option", selected=False).first).to_be_attached()
    officer.keyboard.press("Enter")
    expect(officer.get_by_text("大厅东").first).to_be_visible()
    begin_ms = world.ago_ms(600)
    for at, moment_ms in enumerate((begin_ms, begin_ms + 120_000)):
        reach(officer, officer.locator(".ant-picker input").nth(at))
        officer.keyboard.type(datetime.fromtimestamp(moment_ms / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S"))
    for label, words in (
        ("用途", "核查大门处纠纷经过"), ("去向", "县公安局案卷"), ("第 1 名执法人员", "执法人员甲"),
        ("第 2 名执法人员", "执法人员乙"), ("法律依据", "办法第二十一条"),
    ):  # fmt: skip
        write(officer, re.compile(f"^{label}(?!的)"), words)
    press(officer, "提交申请")
    officer.wait_for_url(re.compile(r"/requests/(?!new)"))
    address = officer.url.removeprefix(county.url)
    heading = officer.get_by_role("heading", name=re.compile("申请 查〔"))
    number = heading.inner_text().removeprefix("申请 ")

    head = county.page(town, "approver", address)
    leap(head)
    press(head, "批准")
    asked = head.get_by_role("dialog")
    reach(head, asked.get_by_label("批准意见"))
    head.keyboard.type("同意查阅")
    press(head, "批准", within=asked)
    expect(asked).to_have_count(0)
    expect(head.get_by_text("已批准，待实施").first).to_be_visible()

    staff = county.page(town, "hotel", "/counter")
    write(staff, "申请编号", number)
    staff.keyboard.press("Enter")
    expect(staff).to_have_url(county.url + address)
    for paper in ("工作证件", "本机关证明文件"):
        box = staff.get_by_role("checkbox", name=paper)
        reach(staff, box)
        staff.keyboard.press("Space")
        expect(box).to_be_checked()
        expect(box).to_be_enabled()
    signing = staff.get_by_role("region", name="执法人员签到")
    for name, lacked in (("officer1", "还差 2 名"), ("officer2", "还差 1 名")):
        prove(county, staff, signing, name, lacked)
    press(staff, "开始查阅")
    press(staff, "结束查阅")
    press(staff, "结束本次现场执行")
    form = staff.get_by_role("region", name="现场执行和登记表")
    world.clock.advance(60)
    for name, lacked in (("officer1", "执法人员甲 尚未签字"), ("officer2", "执法人员乙 尚未签字")):
        prove(county, staff, form, name, lacked)
    press(staff, "旅馆经理 代表本单位签字")
    expect(form.get_by_text("双方已签字")).to_be_visible()


def test_A799_22_a_mask_is_drawn_moved_and_saved_by_keyboard(town: Town, county: County) -> None:
    world = county.world
    editor = county.page(town, "manager", "/redactions")
    origin, camera = {"Origin": county.url}, str(world.cameras[0])
    span = {"start_ms": world.ago_ms(90), "end_ms": world.ago_ms(60)}
    about = {"act": "playback", "cameras": [camera], "ground": DEFAULTS[1], "purpose": "征集线索", **span}
    view = editor.request.post(f"{county.url}/api/views", data=about, headers=origin).json()
    project = {"grant": view["grant"], "camera": camera, "purpose": "征集线索", "destination": "县广播电视台", **span}
    made = editor.request.post(f"{county.url}/api/redactions", data=project, headers=origin)
    assert made.ok, made.text()

    editor.goto(f"/redactions/{made.json()['id']}")
    reach(editor, editor.get_by_label("回放事由"))
    editor.keyboard.press("ArrowDown")
    expect(editor.get_by_role("option").first).to_be_attached()
    editor.keyboard.press("Enter")
    press(editor, "登记并回放")
    press(editor, "添加矩形")
    reach(editor, editor.locator(".mask polygon"))
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        editor.keyboard.press(key)
    corner = {name: editor.get_by_role("spinbutton", name=name) for name in ("左上 x", "左上 y", "右下 x", "右下 y")}
    expect(corner["左上 x"]).to_have_value("41.0")
    expect(corner["左上 y"]).to_have_value("41.2")
    reach(editor, editor.get_by_role("spinbutton", name="时刻"))
    editor.keyboard.press("Control+a")
    editor.keyboard.type("2")
    reach(editor, corner["右下 x"])
    editor.keyboard.press("Control+a")
    editor.keyboard.type("90")
    reach(editor, editor.get_by_role("radio", name="填充"))
    editor.keyboard.press("ArrowRight")
    expect(editor.get_by_role("radio", name="模糊")).to_be_checked()
    press(editor, "保存")
    expect(editor.get_by_role("button", name="制作审查稿")).to_be_visible()
    (mask,) = editor.request.get(f"{county.url}/api/redactions/{made.json()['id']}").json()["masks"]
    assert (mask["cover"], [key["at_ms"] for key in mask["keys"]]) == ("blur", [0, 2000])
    assert mask["keys"][0]["corners"] == [[0.41, 0.412], [0.61, 0.612]]
    assert mask["keys"][1]["corners"] == [[0.41, 0.412], [0.9, 0.612]]


def test_A17_2_2_a_unit_copies_its_own_footage_on_its_screens(town: Town, county: County) -> None:
    world = county.world
    hotel = world.actor("hotel")
    world.add_camera(hotel, "大堂")
    start, end = world.ago_ms(600), world.ago_ms(480)
    address = f"/requests/own?from={start}&to={end}"
    bare = county.page(town, "hotelduty", address, wide=False)
    expect(bare.get_by_text("本单位规章制度还没有允许复制的事由")).to_be_visible()
    bare.context.close()

    allow_copies(world, hotel.unit)
    duty = county.page(town, "hotelduty", address)
    duty.get_by_label("事由").click()
    duty.get_by_title(INSURANCE).click()
    duty.get_by_label("摄像机").click()
    duty.get_by_title("大堂", exact=False).first.click()
    duty.keyboard.press("Escape")
    duty.get_by_label("用途").fill("大堂玻璃门被撞，保险理赔取证")
    duty.get_by_label("提供给其他单位、个人").check()
    duty.get_by_label("存放处").fill("本单位安全部理赔卷")
    duty.get_by_role("button", name="提交", exact=True).click()
    expect(duty.get_by_role("alert").filter(has_text="代码")).to_be_visible()
    duty.get_by_label("留在本单位").check()
    duty.get_by_role("button", name="提交", exact=True).click()
    duty.wait_for_url(re.compile(r"/requests/(?!own)"))
    expect(duty.get_by_text("待同意").first).to_be_visible()

    head = county.page(town, "hotelhead", duty.url.removeprefix(county.url), wide=False)
    head.get_by_role("button", name="同意", exact=True).click()
    asked = head.get_by_role("dialog")
    asked.get_by_label("意见").fill("同意")
    asked.get_by_role("button", name="同意", exact=True).click()
    expect(head.get_by_text("已同意，待实施").first).to_be_visible()
    expect(head.get_by_text("同意 · 旅馆负责人")).to_be_visible()

    staff = county.page(town, "hotel", duty.url.removeprefix(county.url))
    build = staff.get_by_role("button", name="制作证据包")
    expect(build).to_be_disabled()
    signing = staff.get_by_role("region", name="本单位人员签到")
    given = world.credentials("hotelduty")
    for label, words in (("用户名", given["name"]), ("密码", given["password"]), ("动态口令", given["code"])):
        signing.get_by_label(label).fill(words)
    signing.get_by_role("button", name="签到", exact=True).click()
    build.click()
    expect(staff.get_by_text("正在制作").first).to_be_visible()
    entry = staff.request.get(f"{county.url}/api/register").json()[0]
    assert (entry["kind"], entry["destination"]) == ("copy", "本单位安全部理赔卷")
