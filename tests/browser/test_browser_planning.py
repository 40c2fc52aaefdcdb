"""A construction plan in Chromium: organised, compiled, countersigned, adopted, published, each at its own screen."""

from __future__ import annotations

from browser_county import County
from browser_town import Town
from playwright.sync_api import Page, expect


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
    department = county.page(town, "education", path, wide=False)
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
