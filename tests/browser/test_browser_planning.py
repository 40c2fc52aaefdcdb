"""A government's square in Chromium: its plan from first draft to publication, its acceptance from failure to use."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from browser_county import County
from browser_town import Town
from playwright.sync_api import Page, expect

from mingjian.governance.acceptance import SHEET
from planning_town import SQUARE, PlanningTown
from web_world import World


def step(page: Page, name: str, **fields: str) -> None:
    """Take a step of the plan: its dialog says what follows and is filled in by label."""
    page.get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, text in fields.items():
        dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def test_A6_a_plan_is_organised_compiled_countersigned_adopted_and_published(town: Town, county: County) -> None:
    planner = county.page(town, "planner", "/plan")
    planner.get_by_role("button", name="组织编制新版本").first.click()
    dialog = planner.get_by_role("dialog")
    dialog.get_by_label("名称", exact=True).fill("示范县建设规划")
    dialog.get_by_label("城乡规划文号").fill("示政〔2026〕1号")
    dialog.get_by_label("所纳入的城乡规划").fill("示范县国土空间规划")
    dialog.get_by_label("会签部门").click()
    planner.get_by_title("示范县教育局").click()
    dialog.get_by_label("名称", exact=True).click()  # the list of departments closes
    dialog.get_by_role("button", name="组织编制新版本").click()
    expect(planner.get_by_text("起草")).to_be_visible()
    path = planner.url.removeprefix(county.url)
    registrar = county.page(town, "registrar", path)
    registrar.get_by_role("button", name="增加项目").click()
    form = registrar.get_by_role("dialog")
    form.get_by_label("项目", exact=True).fill("中心广场")
    form.get_by_label("场所种类").fill("城市广场")
    registrar.get_by_title("7.12 城市广场").click()
    expect(form.get_by_text("政府建设")).to_be_visible()
    form.get_by_role("button", name="增加项目").click()
    registrar.get_by_role("button", name="保存项目").click()
    expect(registrar.get_by_role("cell", name="中心广场")).to_be_visible()
    step(registrar, "送相关部门会签")
    expect(registrar.get_by_text("会签中")).to_be_visible()
    department = county.page(town, "bureau", path, wide=False)
    department.get_by_role("button", name="会签", exact=True).click()
    opinion = department.get_by_role("dialog")
    opinion.get_by_text("同意", exact=True).click()
    opinion.get_by_role("button", name="会签", exact=True).click()
    expect(opinion).to_have_count(0)
    assert department.evaluate("document.documentElement.scrollWidth") <= 390
    planner.reload()
    step(planner, "通过规划", 文号="示政〔2026〕9号", 日期="2026-01-01")
    step(planner, "公布规划")
    expect(planner.get_by_text("已公布")).to_be_visible()
    expect(planner.get_by_text("未建成")).to_be_visible()


async def built(world: World) -> str:
    """A square of the published plan, designed and built: its system."""
    town = PlanningTown(world)
    place = town.place(town.government)
    system = town.system(place).id
    plan = await town.published({"name": "中心广场", "kind": SQUARE, "place": place.id, "cameras": 8})
    await town.does("planner", f"/api/systems/{system}/plan-item", {"item": plan["listed"][0]["id"]})
    for step in ("design", "build"):
        await town.does("planner", f"/api/systems/{system}/{step}", {"on": town.today.isoformat()})
    return system


def accept(page: Page, on: str, *, failing: str = "") -> None:
    """Fill in the sheet of an acceptance; the item `failing` does not pass, and what is to be mended is told."""
    page.get_by_role("button", name="登记验收").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("验收文号").fill("示建验〔2026〕3号")
    sheet.get_by_label("验收日期").fill(on)
    for item in SHEET:
        row = sheet.get_by_role("group", name=item.name)
        row.get_by_text("不合格" if item.id == failing else "合格", exact=True).click()
        if item.measures:
            row.get_by_label("实测").fill("31" if item.measures == "days" else "0.4")
    for place, organ in enumerate(("示范县住房和城乡建设局", "示范县公安局")):
        sheet.get_by_label("部门或者单位").nth(place).fill(organ)
        sheet.get_by_label("姓名").nth(place).fill(f"成员{place + 1}")
    if failing:
        sheet.get_by_label("问题与整改要求").fill("三台摄像机没有标识")
    sheet.get_by_role("button", name="验收不合格" if failing else "验收合格").click()
    expect(sheet).to_have_count(0)


def test_A13_1_a_square_that_fails_is_built_anew_and_used_only_when_accepted(town: Town, county: County) -> None:
    with ThreadPoolExecutor(1) as setting_up:
        system = setting_up.submit(asyncio.run, built(county.world)).result()
    on = PlanningTown(county.world).today.isoformat()
    planner = county.page(town, "planner", f"/systems/{system}")
    section = planner.get_by_role("region", name="验收")
    expect(section.get_by_role("button", name="投入使用")).to_have_count(0)
    accept(planner, on, failing="sign")
    expect(section.get_by_text("三台摄像机没有标识")).to_be_visible()
    expect(section.get_by_role("button", name="登记验收")).to_have_count(0)  # back to construction
    planner.get_by_role("button", name="登记建成").click()
    dialog = planner.get_by_role("dialog")
    dialog.get_by_label("日期").fill(on)
    dialog.get_by_role("button", name="登记建成").click()
    expect(dialog).to_have_count(0)
    accept(planner, on)
    section.get_by_role("button", name="投入使用").click()
    use = planner.get_by_role("dialog")
    use.get_by_label("日期").fill(on)
    use.get_by_role("button", name="投入使用").click()
    expect(use).to_have_count(0)
    expect(planner.get_by_text("使用中").first).to_be_visible()
