"""Takes the README's pictures from a running demonstration: `python tests/browser/pictures.py URL DATA OUT`.

Run by hand when screens have changed, with `PYTHONPATH=tests`, some minutes after `mingjian demo --data DATA`: there
must be footage to show.
"""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from browser_town import PATIENCE_MS, ZONE
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from conftest import ARGUMENTS, CHROMIUM
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import accounts, code_of
from mingjian.kernel.clock import SECOND_NS

COLOURS = 256
BYTES_MAX = 400_000
LOOK_MS = 2_500
"""Until watermark, age and timeline have drawn themselves."""
EXPORT_MS = 480_000
"""Copies of four cameras are made anew with their mark, beside what records and plays; within the officers' minutes."""
ASKED_S = 120
SHARE = re.compile(r"[AB](-[A-Z2-7]{4}){14}")


@dataclass(frozen=True)
class Studio:
    """One demonstration, one browser, one folder of pictures."""

    browser: Browser
    url: str
    data: Path
    out: Path

    def page(self, name: str, path: str) -> Page:
        """The signed-in page of a demonstration account."""
        context = self.browser.new_context(
            base_url=self.url, viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id=ZONE,
            accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto("/")
        account = next(found for found in accounts(self.data) if found.name == name)
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(account.password)
        page.get_by_label("动态口令").fill(code_of(self.data, name))
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("header .brand")).to_be_visible()
        page.goto(path)
        return page

    def keep(self, page: Page, name: str, look_ms: int = LOOK_MS) -> None:
        """Write the page as a picture of bounded size."""
        page.wait_for_timeout(look_ms)
        with Image.open(io.BytesIO(page.screenshot())) as shot:
            full = shot.convert("RGB")
        packed = io.BytesIO()
        full.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        suffix = "png"
        if packed.tell() > BYTES_MAX:
            packed, suffix = io.BytesIO(), "jpg"
            full.save(packed, "JPEG", quality=80, optimize=True)
        path = self.out / f"{name}.{suffix}"
        path.write_bytes(packed.getvalue())
        print(path, packed.tell())


def live(studio: Studio) -> None:
    page = studio.page("duty", "/live")
    page.get_by_role("button", name="打开全部").click()
    expect(page.locator("article.tile video:not(.dim)")).to_have_count(4)
    studio.keep(page, "live")
    page.context.close()


def playback(studio: Studio, now_ms: int) -> None:
    page = studio.page("manager", "/playback")
    cameras = page.evaluate("fetch('/api/cameras').then(answer => answer.json())")
    page.goto("/playback?cameras=" + ",".join(camera["id"] for camera in cameras))
    page.get_by_label("回放事由").click()
    page.get_by_title("事件、案件线索核查").click()
    page.get_by_label("用途").fill("核对大门与站台当日情况")
    page.get_by_role("button", name="登记并回放").click()
    expect(page.locator("article.tile .tile-card")).to_have_count(0)
    for _ in range(3):
        page.get_by_role("button", name="放大时间轴").click()
    start_ms = now_ms - 3 * 60_000
    for t_ms, key in ((start_ms, "["), (start_ms + ASKED_S * 1000, "]"), (start_ms + 40_000, "")):
        page.keyboard.press("t")
        page.keyboard.type(datetime.fromtimestamp(t_ms / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S"))
        page.keyboard.press("Enter")
        page.wait_for_timeout(LOOK_MS)
        if key:
            page.keyboard.press(key)
    studio.keep(page, "playback")
    ask(studio, ",".join(camera["id"] for camera in cameras), start_ms // 1000 * 1000, page)


def ask(studio: Studio, cameras: str, start_ms: int, manager: Page) -> None:
    """Request, approval, ceremony; the page is kept with the finished package, then the page that verifies it."""
    officer = studio.page("officer1", f"/requests/new?cameras={cameras}&from={start_ms}&to={start_ms + ASKED_S * 1000}")
    officer.get_by_label("用途").fill("核查大门处纠纷经过")
    officer.get_by_label("去向").fill("治安案件卷宗")
    officer.get_by_label("法律依据").fill("办法第二十一条第一款")
    for number, name in enumerate(("执法人员甲", "执法人员乙"), 1):
        officer.get_by_label(f"第 {number} 名执法人员", exact=True).fill(name)
    officer.get_by_role("button", name="提交申请").click()
    expect(officer.get_by_text("待批准", exact=True).first).to_be_visible()
    officer.wait_for_url(lambda url: not url.split("?")[0].endswith("/new"))
    path = officer.url.removeprefix(studio.url)
    approver = studio.page("approver", path)
    approver.get_by_role("button", name="批准", exact=True).click()
    approver.get_by_role("dialog").get_by_label("批准意见").fill("同意复制")
    approver.get_by_role("dialog").get_by_role("button", name="批准", exact=True).click()
    expect(approver.get_by_text("已批准，待实施").first).to_be_visible()
    manager.goto(path)
    for paper in ("工作证件", "本机关证明文件"):
        box = manager.get_by_role("checkbox", name=paper)
        box.click()
        expect(box).to_be_checked()
    panel = manager.get_by_role("region", name="执法人员签到")
    for name in ("officer1", "officer2"):
        account = next(found for found in accounts(studio.data) if found.name == name)
        panel.get_by_label("用户名").fill(name)
        panel.get_by_label("密码").fill(account.password)
        panel.get_by_label("动态口令").fill(code_of(studio.data, name))
        panel.get_by_role("button", name="签到", exact=True).click()
        expect(panel.get_by_text(account.display_name)).to_be_visible()
    manager.get_by_role("button", name="制作证据包").click()
    package = manager.get_by_role("region", name="证据包")
    expect(package.get_by_text("已完成")).to_be_visible(timeout=EXPORT_MS)
    expect(manager.locator(".ant-message-notice")).to_have_count(0)
    studio.keep(manager, "request")
    package.get_by_role("button", name="封装交付").click()
    expect(package.get_by_text("待领取")).to_have_count(2)
    with manager.expect_download() as downloading:
        package.get_by_role("button", name="下载到交付介质").click()
    sealed = studio.data / "package.sealed"
    downloading.value.save_as(sealed)
    officer.goto("/exports")
    verify(studio, sealed, (share(officer), share(studio.page("officer2", "/exports"))))


def share(officer: Page) -> str:
    """The share of the key that the officer is shown once."""
    officer.get_by_role("button", name="领取我的密钥份额").first.click()
    found = SHARE.search(officer.get_by_role("dialog").inner_text())
    assert found is not None
    return found[0]


def verify(studio: Studio, sealed: Path, shares: tuple[str, str]) -> None:
    auditor = studio.page("auditor", "/verify")
    anchors = auditor.evaluate("fetch('/api/trust-anchors.json').then(answer => answer.json())")
    file = {"name": "anchors.json", "mimeType": "application/json", "buffer": json.dumps(anchors).encode()}
    auditor.locator("input[type=file]").nth(0).set_input_files(sealed)
    auditor.locator("input[type=file]").nth(1).set_input_files(file)
    for letter, words in zip("AB", shares, strict=True):
        auditor.get_by_label(f"密钥份额 {letter}").fill(words)
    auditor.get_by_role("button", name="开始核验").click()
    expect(auditor.locator(".ant-result-title")).to_be_visible(timeout=EXPORT_MS)
    studio.keep(auditor, "verify")
    sealed.unlink()


def workbench(studio: Studio) -> None:
    page = studio.page("estate", "/")
    expect(page.get_by_text("逾期").first).to_be_visible()
    studio.keep(page, "workbench")


def filing(studio: Studio) -> None:
    page = studio.page("registrar", "/filings")
    page.get_by_role("link", name="旧楼视频系统").click()
    expect(page.get_by_role("button", name="登记实地查看")).to_be_visible()
    studio.keep(page, "filing")


def main(url: str, data: str, out: str) -> None:
    """Take all six."""
    Path(out).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        studio = Studio(browser, url, Path(data).absolute(), Path(out))
        workbench(studio)
        filing(studio)
        live(studio)
        playback(studio, SystemClock().now() * 1000 // SECOND_NS)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
