"""What the system knows of itself is seen: on the workbench, on the storage page, on the auditor's page."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from browser_town import GATE, LOBBY, ZONE, Town
from playwright.sync_api import Locator, Page, expect

from mingjian.cli.selftest_steps import process_ids
from mingjian.kernel.clock import DAY_NS, SECOND_NS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SILENT_DAYS = 23


def health(page: Page) -> Locator:
    return page.get_by_role("region", name="系统健康")


def test_all_is_well_and_the_caps_are_seen(visit: Callable[..., Page]) -> None:
    page = visit("manager")
    expect(health(page)).to_contain_text("● 录像、账本、见证、清除和存储均正常")
    health(page).get_by_role("link", name="查看全部").click()
    expect(page.get_by_role("heading", name="存储与健康", level=1)).to_be_visible()
    row = health(page).get_by_role("row")
    expect(row.filter(has_text="预览图")).to_contain_text(re.compile(r"处理器 \d+\.\d%，上限 25\.0%.*丢弃 \d+"))
    expect(row.filter(has_text="转码")).to_contain_text("使用 0 / 2 路")
    expect(row.filter(has_text="witness.mingjian.invalid")).to_contain_text("● 正常")
    forecast = page.get_by_role("region", name="存储预测")
    expect(forecast.locator(".state").first).to_have_text(re.compile("^[●▲■] "))
    expect(forecast.locator(".figure b").filter(has_text=re.compile("^[是否]$"))).to_have_count(0)


@pytest.fixture
def standstill(town: Town) -> Iterator[Path]:
    """The keeper stands still and its report is a file that stays as it is written."""
    (keeper,) = process_ids(town.run.root, "keeper")
    path = town.run.root / "run" / "keeper.json"
    os.kill(keeper, signal.SIGSTOP)
    try:
        yield path
    finally:
        os.kill(keeper, signal.SIGCONT)


def test_a_forked_ledger_a_silent_witness_and_a_dead_keeper_are_said_with_since_and_remedy(
    town: Town, visit: Callable[..., Page], standstill: Path
) -> None:
    now = town.run.clock.now()
    report = json.loads(standstill.read_text())
    since = now - SILENT_DAYS * DAY_NS
    problem = {"code": "ledger.forked", "text": "与已签名的检查点不一致", "text_en": "", "remedy": "勿继续使用该数据库"}
    report["at"] = now + 120 * SECOND_NS  # it speaks as long as this test looks
    report["duties"]["ledger"] |= {"failing": now - 60 * SECOND_NS, "problem": problem | {"remedy_en": ""}}
    report["witnesses"][0] |= {"silent": since, "problem": "witness.unreachable"}
    standstill.write_text(json.dumps(report))

    page = visit("manager")
    lines = health(page).get_by_role("listitem")
    forked = lines.filter(has_text="账本公布")
    expect(forked).to_contain_text("■")
    expect(forked).to_contain_text("〔第十八条第二项〕")
    expect(forked).to_contain_text("勿继续使用该数据库")
    silent = lines.filter(has_text="witness.mingjian.invalid")
    began = datetime.fromtimestamp(since // SECOND_NS, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    expect(silent).to_contain_text(f"自 {began} 已 {SILENT_DAYS} 天")
    expect(silent).to_contain_text("检查见证服务与网络")
    expect(health(page)).not_to_contain_text("均正常")
    auditor = visit("auditor", "/ledger", language="en-US")
    expect(auditor.get_by_role("listitem").filter(has_text="Publishing the ledger")).to_contain_text(
        "the ledger contradicts a signed checkpoint"
    )

    report["at"] = now - 600 * SECOND_NS
    standstill.write_text(json.dumps(report))
    dead = lines.filter(has_text="保管进程")
    expect(dead).to_contain_text("没有回应")
    expect(dead).to_contain_text("logs/keeper.stderr")


def test_an_auditor_finds_who_watched_a_camera_and_checks_the_entries(town: Town, visit: Callable[..., Page]) -> None:
    manager, duty = town.run.user("manager"), town.run.user("duty")
    for user, camera in ((manager, GATE), (duty, LOBBY)):
        view = user.call("POST", "/api/views", act="live", cameras=[town.camera(camera)["id"]])
        user.call("DELETE", f"/api/views/{view['grant']}")
    page = visit("auditor", "/register")
    rows = page.locator("tbody").get_by_role("row")

    def choose(name: str, word: str) -> None:
        page.get_by_role("combobox", name=name).click()
        page.locator(".ant-select-item-option").filter(has_text=word).click()

    choose("按摄像机", LOBBY)
    choose("按人员", "值班员")
    choose("按事项", "实时查看")
    expect(page).to_have_url(re.compile("camera=.*person=.*kind=live|kind=live.*camera=.*person="))
    expect(rows.first).to_be_visible()
    for row in rows.all():
        expect(row).to_contain_text(LOBBY)
        expect(row).to_contain_text("值班员")
    page.goto(f"/register?camera={town.camera(LOBBY)['id']}&from=1&to=2")
    expect(page.get_by_text("没有记录")).to_be_visible()

    page.goto("/ledger?kind=viewing.closed")
    expect(page.get_by_role("cell", name=re.compile("^结束查看")).first).to_be_visible()
    page.get_by_role("button", name=re.compile("^核对所列")).click()
    expect(page.get_by_role("status").filter(has_text=re.compile(r"● \d+ 条都在已签名的检查点里"))).to_be_visible()
