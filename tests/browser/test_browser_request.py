"""A request with its papers, from the map to the counter and into the folder of its case (17.2.2, 21, 22, 24.6)."""

from __future__ import annotations

import pytest
from browser_county import County
from browser_town import Town
from playwright.sync_api import Page, expect

from sited_camera import complete

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
CASE = "案〔2026〕17号"


def asked(county: County, page: Page, camera: str) -> dict[str, str]:
    """A request of the person of `page`, through the API."""
    form = county.world.request_form(cameras=[camera], kind="view", case=CASE)
    answer = page.request.post(f"{county.url}/api/access-requests", data=form, headers={"Origin": county.url})
    assert answer.ok, answer.text()
    return dict(answer.json())


def test_A22_a_request_goes_with_its_papers_to_the_counter_and_into_its_folder(town: Town, county: County) -> None:
    """On the map, on paper, on a tablet: one path."""
    camera = complete(county.world, county.world.actor("hotel"))
    officer = county.page(town, "officer1", "/requests/new")
    officer.get_by_role("button", name="在地图上选").click()
    picker = officer.get_by_role("dialog")
    picker.get_by_role("checkbox", name="大厅东").check()
    picker.get_by_role("button", name="选用 1 台").click()
    expect(officer.get_by_text("大厅东").first).to_be_visible()

    request = asked(county, officer, camera)
    officer.goto(f"/requests/{request['id']}")
    papers = officer.get_by_role("region", name="证件、材料")
    scan = {"name": "工作证件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a scan"}
    papers.locator("input[type=file]").first.set_input_files(scan)  # type: ignore[arg-type]  # a payload as the stubs name it
    expect(papers.get_by_role("link", name="工作证件.pdf")).to_be_visible()

    head = county.page(town, "approver", f"/requests/{request['id']}", wide=False)
    head.get_by_role("button", name="驳回").click()
    expect(head.get_by_role("checkbox", name="本机关证明文件")).to_be_visible()
    expect(head.get_by_role("checkbox", name="工作证件")).to_have_count(0)
    answer = head.request.post(
        f"{county.url}/api/access-requests/{request['id']}/approve", data={}, headers={"Origin": county.url}
    )
    assert answer.ok, answer.text()

    staff = county.page(town, "hotel", "/counter", wide=False)
    staff.get_by_label("申请编号").fill(f"{county.url}/counter?number={request['number']}")
    staff.get_by_role("button", name="查找").click()
    expect(staff).to_have_url(f"{county.url}/requests/{request['id']}")
    visit = staff.get_by_role("region", name="现场执行", exact=False).first
    visit.get_by_label("工作证件上的编号").fill("警 010023")
    visit.get_by_role("checkbox", name="工作证件").click()
    expect(visit.get_by_role("checkbox", name="工作证件")).to_be_checked()
    visit.get_by_role("button", name="材料不全，本次不能实施").click()
    staff.get_by_role("tooltip").get_by_role("button", name="材料不全，本次不能实施").click()
    expect(staff.get_by_text("因材料欠缺未能执行")).to_be_visible()

    officer.goto(f"/cases/{CASE}")
    line = officer.get_by_role("region", name="经过")
    expect(line.get_by_text("因材料欠缺未能执行")).to_be_visible()
    expect(line.get_by_text("本机关证明文件（第二十二条第二款）")).to_be_visible()
    paper = officer.request.get(f"{county.url}/api/case-folder.pdf", params={"case": CASE})
    assert paper.body().startswith(b"%PDF-"), paper.text()
