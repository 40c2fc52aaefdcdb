"""Papers of a request (article 22): scans on record, originals ticked with their number, refusal with what lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from access_town import Town, code
from mingjian.governance.procedure import State
from mingjian.kernel.clock import DAY_NS, UtcNs

SCAN = b"%PDF-1.7 a scan"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.world.close()


async def _scan(town: Town, who: str, request: str, paper: str, content: bytes = SCAN) -> httpx.Response:
    return await (await town.user(who)).post(
        f"/api/access-requests/{request}/scans",
        params={"paper": paper},
        files={"file": ("证件.pdf", content, "application/pdf")},
    )


async def _page(town: Town, who: str, request: str) -> dict[str, Any]:
    return dict((await (await town.user(who)).get(f"/api/access-requests/{request}")).json())


async def test_A22_1_scans_are_seen_by_the_sides_and_the_own_file_never_by_the_holder(town: Town) -> None:
    request = await town.request("officer1")
    kept = (await _scan(town, "officer1", request, "work_id")).json()
    file = (await _scan(town, "officer1", request, "basis")).json()
    assert code(await _scan(town, "officer1", request, "licence")) == "access.paper-kind"
    assert code(await _scan(town, "officer1", request, "work_id", b"MZ program")) == "attachment.type"
    assert code(await _scan(town, "approver", request, "work_id")) == "authority.role"
    early = await _scan(town, "hotel", request, "work_id")
    assert early.status_code == 404  # the holder learns of it with the approval
    assert len((await _page(town, "approver", request))["scans"]) == 2

    assert (await town.does("approver", request, "approve")).status_code == 200
    held = await _page(town, "hotel", request)
    assert [scan["id"] for scan in held["scans"]] == [kept["id"]]
    hotel = await town.user("hotel")
    shown = await hotel.get(f"/api/access-requests/{request}/scans/{kept['id']}")
    assert (shown.status_code, shown.content) == (200, SCAN)
    assert (await hotel.get(f"/api/access-requests/{request}/scans/{file['id']}")).status_code == 404
    for stranger in ("school", "education"):
        answer = await (await town.user(stranger)).get(f"/api/access-requests/{request}/scans/{kept['id']}")
        assert answer.status_code == 404, stranger
    assert (await (await town.user("hotel")).get(f"/api/attachments/{kept['id']}")).status_code == 404


async def test_A24_6_incomplete_papers_are_refused_with_what_lacks_and_complete_ones_are_not(town: Town) -> None:
    request = await town.request("education")
    await _scan(town, "education", request, "work_id")
    said = {"reason": "请补齐材料后重新提交"}
    there = await town.does("approver", request, "refuse", **said, lacking=["work_id"])
    assert (there.status_code, code(there)) == (403, "access.nothing-lacks")
    assert there.json()["error"]["article"] == "第二十四条第六项"
    early = await town.does("approver", request, "refuse", **said, lacking=["approval"])
    assert code(early) == "access.paper-kind"  # the approval is what this decision would be
    refused = (await town.does("approver", request, "refuse", **said, lacking=["certificate"])).json()
    assert refused["decision"] == "请补齐材料后重新提交（欠缺：所在单位的证明文件（第二十二条第一款第三项））"


async def test_A22_1_the_staff_tick_what_they_saw_with_the_number_on_it(town: Town) -> None:
    request = await town.approved("officer1", "approver", kind="view")
    ticked = await town.does("hotel", request, "papers", papers=["work_id"], numbers={"work_id": "警 010023、010024"})
    papers = {paper["paper"]: paper for paper in ticked.json()["papers"]}
    assert (papers["work_id"]["checked"], papers["work_id"]["number"]) == (True, "警 010023、010024")
    for officer in ("officer1", "officer2"):
        await town.does("hotel", request, "presence", **town.world.credentials(officer))
    refused = await town.does("hotel", request, "view")
    assert code(refused) == "access.papers-unchecked"
    assert "本机关证明文件（第二十二条第二款）" in refused.json()["error"]["text"]
    assert "工作证件（" not in refused.json()["error"]["text"]
    await town.does("hotel", request, "papers", papers=["work_id", "certificate"])  # the number stays
    assert (await town.does("hotel", request, "view")).status_code == 201
    visit = (await _page(town, "hotel", request))["visits"][0]["id"]
    with town.world.store.reading() as uow:
        kept = uow.requests.execution(visit)
    assert kept is not None
    assert kept.numbers == {"work_id": "警 010023、010024"}


async def test_A24_6_officers_without_papers_are_sent_back_on_record_and_come_again(town: Town) -> None:
    request = await town.approved("education", "approver", kind="view")
    await town.does("hotel", request, "papers", papers=["work_id", "certificate"])
    seen = await town.does("hotel", request, "turn-away", papers=["work_id"])
    assert code(seen) == "access.nothing-lacks"
    away = await town.does("hotel", request, "turn-away", papers=["approval"])
    assert away.status_code == 200, away.text
    line = next(one for one in away.json()["history"] if one["step"] == "visit.turned_away")
    assert line["comment"] == "公安机关的批准文件（第二十二条第一款第三项）"
    assert away.json()["state"] == "approved"
    again = await town.comes(request, "education", "education2", papers="department")
    assert again.status_code == 200, again.text
    assert (await town.does("hotel", request, "view")).status_code == 201


async def test_A22_1_3_the_approval_is_a_sheet_that_the_counter_finds_by_its_number(town: Town) -> None:
    request = await town.request("officer1", case="案〔2026〕8号")
    officer = await town.user("officer1")
    none = await officer.get(f"/api/access-requests/{request}/approval.pdf")
    assert (none.status_code, code(none)) == (404, "access.no-approval")
    hotel = await town.user("hotel")
    number = str((await _page(town, "officer1", request))["number"])
    assert (await hotel.get("/api/access-requests", params={"number": number})).json() == []
    await town.does("approver", request, "approve", comment="内部意见")
    sheet = await hotel.get(f"/api/access-requests/{request}/approval.pdf")
    assert (sheet.status_code, sheet.content[:5]) == (200, b"%PDF-"), sheet.text
    typed = number.replace("〔", "[").replace("〕", "] ").replace("号", "").replace("] 000", "] ")
    (found,) = (await hotel.get("/api/access-requests", params={"number": typed})).json()
    assert (found["id"], found["case"]) == (request, "")
    assert (await (await town.user("school")).get("/api/access-requests", params={"number": number})).json() == []
    assert (await (await town.user("school")).get(f"/api/access-requests/{request}/approval.pdf")).status_code == 404


async def test_A17_2_2_a_case_has_one_folder_of_all_that_happened_and_only_for_its_organ(town: Town) -> None:
    case = "案〔2026〕9号"
    first = await town.approved("officer1", "approver", kind="view", case=case)
    second = await town.request("officer1", case=case)
    await town.request("officer1", case="另案")
    await town.does("hotel", first, "papers", papers=["work_id", "certificate"])
    officer = await town.user("officer1")
    folder = (await officer.get("/api/case-folder", params={"case": case})).json()
    assert [one["id"] for one in folder["requests"]] == [first, second]
    steps = [(line["request"] == first, line["step"]) for line in folder["lines"]]
    assert steps == [
        (True, "access.submitted"), (True, "access.approved"), (False, "access.submitted"),
        (True, "visit.began"), (True, "papers.checked"),
    ]  # fmt: skip
    paper = await officer.get("/api/case-folder.pdf", params={"case": case})
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-"), paper.text
    assert (await (await town.user("officer2")).get("/api/case-folder", params={"case": case})).json()["lines"] == []
    for stranger in ("hotel", "education"):
        empty = (await (await town.user(stranger)).get("/api/case-folder", params={"case": case})).json()
        assert empty == {"requests": [], "lines": []}, stranger


async def test_A22_1_5_the_report_of_use_has_its_day_on_the_bench_and_is_missed_by_who_gave_the_copy(
    town: Town,
) -> None:
    request = await town.approved("officer1", "approver")
    with town.world.store.writing() as uow:
        found = uow.requests.one(request, town.world.unit("officer1"))
        assert found is not None
        due = UtcNs(town.world.clock.now() + 30 * DAY_NS)
        uow.requests.save(replace(found, state=State.COMPLETED, report_until=due), expected=found.state)
    (item,) = await _reports(town, "officer1")
    assert (item["days"], item["standing"], item["article"]) == (30, "due", "第二十二条第一款第五项")
    assert await _reports(town, "hotel") == []
    town.world.clock.advance(31 * DAY_NS // 1_000_000_000)
    town.clients.clear()
    (late,) = await _reports(town, "officer1")
    assert (late["days"], late["standing"]) == (-1, "overdue")
    (missed,) = await _reports(town, "hotel")
    assert (missed["label"], missed["standing"]) == ("对方逾期未报告使用、归还、销毁", "overdue")
    await town.does("officer1", request, "report", report="已附卷，介质已归还")
    assert await _reports(town, "officer1") == await _reports(town, "hotel") == []


async def _reports(town: Town, who: str) -> list[dict[str, Any]]:
    todo = (await (await town.user(who)).get("/api/workbench")).json()["todo"]
    return [item for item in todo if item["kind"] == "request" and item["due_on"] is not None]
