"""Cameras go on record: along the guided path with floor plan and article 8, behind a mask, and by a sheet of 500."""

from __future__ import annotations

import io
import re

import pytest
from browser_county import County
from browser_town import Town
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, expect

from camera_sheet import FIRST_LINE, HALL, HEADINGS, KIND, PART, WRONG, camera_rows, with_bad_lines
from mingjian.adapters.sheets import write_xlsx
from sited_camera import DOSSIER, complete, hall

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CAMERA, BITRATE_BPS = "大堂东", 2_000_000
WIDTH, HEIGHT = 400, 300
DIRECTION = "朝向（度，图的上方为 0，顺时针）"


def drawing() -> FilePayload:
    held = io.BytesIO()
    plan = Image.new("RGB", (WIDTH, HEIGHT), "white")
    ImageDraw.Draw(plan).rectangle((20, 20, WIDTH - 20, HEIGHT - 20), outline="black", width=3)
    plan.save(held, "PNG")
    return {"name": "一层平面.png", "mimeType": "image/png", "buffer": held.getvalue()}


def chosen(dialog: Locator, label: str, title: str) -> None:
    box = dialog.get_by_label(label, exact=True)
    box.click()
    if box.is_editable():  # a list to search shows some of its rows only
        box.fill(title[:2])
    dialog.page.get_by_title(title, exact=True).last.click()  # the list before it may still be closing


def test_A14_a_camera_is_placed_on_a_floor_plan_and_signed(town: Town, county: County) -> None:
    world = county.world
    actor = world.actor("hotel")
    place, _ = hall(world, actor)
    camera = world.add_camera(actor, CAMERA, BITRATE_BPS)
    hotel = county.page(town, "hotel", f"/places/{place}")
    hotel.locator("input[type=file]").first.set_input_files(drawing())
    naming = hotel.get_by_role("dialog")
    expect(naming.get_by_label("平面图名称")).to_have_value("一层平面")
    naming.get_by_role("button", name="保存平面图").click()
    expect(hotel.get_by_role("img", name="一层平面")).to_be_visible()

    hotel.goto("/cameras")
    hotel.get_by_role("link", name=CAMERA).click()
    hotel.get_by_role("button", name="开始登记").click()
    path = hotel.get_by_role("dialog")
    chosen(path, "场所", "示范旅馆")
    chosen(path, "系统", "视频系统")
    path.get_by_role("button", name="保存").click()
    chosen(path, "部位", "大厅")
    path.get_by_role("button", name="保存").click()

    dossier = {"dossier": DOSSIER}  # the sheet of the device; its fields are text like any other
    answer = hotel.request.patch(
        f"{county.url}/api/cameras/{camera}/siting", data=dossier, headers={"Origin": county.url}
    )
    assert answer.ok, answer.text()

    step(path, "安装位置")
    for forbidden in ("三楼客房内", "二楼试衣间"):
        path.get_by_label("安装位置").fill(forbidden)
        path.get_by_role("button", name="保存").click()
        expect(path.get_by_role("alert")).to_contain_text("第八条")
    path.get_by_label("安装位置").fill("大堂总台上方")
    path.get_by_role("button", name="保存").click()
    expect(path.get_by_role("alert")).to_have_count(0)

    step(path, "位置、朝向与范围")
    chosen(path, "平面图", "一层平面")
    plan = path.get_by_role("application", name="在“一层平面”上标出位置和朝向")
    plan.scroll_into_view_if_needed()
    box = plan.bounding_box()
    assert box is not None
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left, top = box["x"] + (box["width"] - WIDTH * scale) / 2, box["y"] + (box["height"] - HEIGHT * scale) / 2
    hotel.mouse.move(left + 100 * scale, top + 150 * scale)
    hotel.mouse.down()
    hotel.mouse.move(left + 200 * scale, top + 150 * scale)  # dragged to the right: it looks east
    hotel.mouse.up()
    expect(path.get_by_label(DIRECTION)).to_have_value("90")
    expect(path.get_by_label("距左边")).to_have_value(re.compile("^2[45]"))
    plan.press("ArrowDown")
    plan.press("Shift+ArrowRight")
    expect(path.get_by_label("距上边")).to_have_value(re.compile("^5[01]"))
    expect(path.get_by_label(DIRECTION)).to_have_value("95")
    path.get_by_label("距左边").fill("30")
    path.get_by_label("水平视场角").fill("80")
    path.get_by_label("采集距离").fill("12")
    path.get_by_role("button", name="保存").click()

    step(path, "基准画面")
    path.get_by_role("button", name="从码流取基准画面").click()
    path.get_by_role("button", name="查看基准画面").click()
    expect(path.get_by_role("img", name="基准画面")).to_be_visible()
    step(path, "私密区域")
    path.get_by_text("不会", exact=True).click()
    step(path, "视频流测试")
    path.get_by_role("button", name="测试码流").click()
    expect(path.get_by_text("H.264")).to_be_visible()

    step(path, "编码与档案")
    path.get_by_role("button", name="由各组成部分生成").click()
    chosen(path, "行业（9–10 位）", "47 住宿和餐饮业")
    expect(path.get_by_text("可以使用")).to_be_visible()
    path.get_by_role("button", name="保存").click()
    path.get_by_role("button", name="完成登记").click()
    expect(path).to_have_count(0)
    expect(hotel.get_by_text(re.compile("旅馆经理 于 .* 完成登记"))).to_be_visible()
    hotel.goto(f"/places/{place}")
    expect(hotel.get_by_role("img", name="一层平面：1 台摄像机")).to_be_visible()


def test_A8_a_camera_that_sees_through_the_wall_of_a_fitting_room_is_masked_and_proven_on_what_it_sends(
    town: Town, county: County
) -> None:
    world = county.world
    camera = complete(world, world.actor("hotel"), bitrate_bps=BITRATE_BPS)
    page = county.page(town, "hotel", f"/cameras/{camera}")
    page.get_by_role("button", name="继续登记").click()
    path = page.get_by_role("dialog")
    step(path, "私密区域")
    path.get_by_text("会：须在摄像机内遮挡").click()
    path.get_by_role("button", name="查看基准画面").click()
    picture = path.get_by_role("application", name="在基准画面上依次点出遮挡区域的顶点")
    picture.focus()
    for moves in ([], ["ArrowRight"] * 5, ["ArrowDown"] * 5):  # a corner where it stands, then two further
        for key in (*moves, "Enter"):
            picture.press(key)
    path.get_by_role("button", name="完成这一块").click()
    path.get_by_role("button", name="保存遮挡区域").click()

    prove = path.get_by_role("button", name="在收到的码流上验证")
    world.looks.visible = True  # drawn on the screen, not in the camera
    prove.click()
    expect(path.get_by_text("未通过验证")).to_be_visible()
    expect(path.get_by_role("button", name="完成登记")).to_have_count(0)
    world.looks.visible = False
    prove.click()
    expect(path.get_by_text("已验证")).to_be_visible()
    path.get_by_role("button", name="完成登记").click()
    expect(path).to_have_count(0)
    expect(page.get_by_text(re.compile("旅馆经理 于 .* 完成登记"))).to_be_visible()


def test_five_hundred_cameras_with_seven_bad_lines_are_told_by_line_and_column_and_imported_whole_or_not(
    town: Town, county: County
) -> None:
    world = county.world
    place, _ = hall(world, world.manager, KIND, HALL)
    page = county.page(town, "manager", "/cameras")
    answer = page.request.post(f"{county.url}/api/places/{place}/parts", data=PART, headers={"Origin": county.url})
    assert answer.ok, answer.text()
    stood = len(world.cameras)
    page.get_by_role("button", name="导入").click()
    drawer = page.get_by_role("dialog")
    rows = camera_rows(500)
    drawer.locator("input[type=file]").set_input_files(sheet(with_bad_lines(rows)))
    expect(drawer.get_by_text("共 500 行，7 处错误，一行也没有导入")).to_be_visible()
    for line, (_, _, heading) in WRONG.items():
        told = drawer.get_by_role("row").filter(has_text=str(line + FIRST_LINE)).filter(has_text=heading)
        expect(told).to_have_count(1)
    expect(drawer.get_by_role("row").filter(has_text="安装位置")).to_contain_text("第八条第二项")
    expect(drawer.get_by_role("button", name=re.compile("^导 ?入$"))).to_have_count(0)
    cameras = f"{county.url}/api/cameras"
    assert len(page.request.get(cameras).json()) == stood, "nothing is half imported"

    drawer.locator("input[type=file]").set_input_files(sheet(rows))
    expect(drawer.get_by_text("共 500 行，没有错误")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("^导 ?入$")).click()
    expect(drawer).to_have_count(0)
    assert len(page.request.get(cameras).json()) == stood + 500


def sheet(rows: list[list[str]]) -> FilePayload:
    """The rows as people hand them in."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "摄像机.xlsx", "mimeType": kind, "buffer": write_xlsx([HEADINGS, *rows])}


def step(path: Locator, name: str) -> None:
    """Open one step of the path."""
    path.get_by_role("button", name=re.compile(f"^.*{name}")).first.click()
    expect(path.get_by_role("heading", name=name)).to_be_visible()
