"""From the request to the verified package, every step on the screen of the person whose step it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_town import GATE, Town, sign
from playwright.sync_api import Page, expect

from mingjian.audit.unseal import Sealed
from mingjian.processing.package_verify import verifier_source

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
EXPORT_MS = 60_000
VERIFY_MS = 30_000
SECONDS = 8


@dataclass(frozen=True)
class HandedOver:
    """What the officers leave with, opened too, and the keys that were fetched by another way."""

    sealed: Path
    shares: tuple[Path, Path]
    package: Path
    anchors: Path
    bar: list[float]
    """The percentages that the progress bar showed, in order."""


def taken(town: Town, folder: Path, officer: str) -> Path:
    """The share that an officer takes in his own session, as he saves it; it is shown to him once."""
    page = town.visit(officer, "/exports")
    region = page.get_by_role("region", name="交给我的封装包")
    region.get_by_role("button", name="领取我的密钥份额").first.click()
    dialog = page.get_by_role("dialog")
    kept = folder / f"{officer}.txt"
    with page.expect_download() as saving:
        dialog.get_by_role("button", name="存成文件").click()
    saving.value.save_as(kept)
    dialog.get_by_role("button", name="我已保管好").click()
    expect(region.get_by_role("button", name="您的份额已领取").first).to_be_disabled()
    return kept


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("handed-over")


@pytest.fixture(scope="module")
def handed_over(running_town: Town, folder: Path) -> HandedOver:
    """Request, approval, two signatures, package, download: once, by clicks."""
    town = running_town
    start = town.run.since_ms
    town.run.wait("footage", 40, lambda: town.camera(GATE)["recorded_until_ms"] >= start + SECONDS * 1000)
    start -= start % -1000  # the picker shows whole seconds

    asking = town.visit(
        "officer1", f"/requests/new?cameras={town.camera(GATE)['id']}&from={start}&to={start + (SECONDS - 1) * 1000}"
    )
    asking.get_by_label("用途").fill("核查大门处纠纷经过")
    asking.get_by_label("去向").fill("某县公安局案卷")
    asking.get_by_label("法律依据").fill("办法第二十一条第一款")
    for place, name in enumerate(("执法人员甲", "执法人员乙"), 1):
        asking.get_by_label(f"第 {place} 名执法人员", exact=True).fill(name)
    asking.get_by_role("button", name="提交申请").click()
    expect(asking.get_by_text("待批准", exact=True).first).to_be_visible()
    asking.wait_for_url(re.compile(r"/requests/(?!new)"))
    number = asking.get_by_role("heading", level=1).inner_text().split()[-1]

    approving = town.visit("approver", "/requests")
    approving.get_by_role("link", name=number).click()
    approving.get_by_role("button", name="批准", exact=True).click()
    dialog = approving.get_by_role("dialog")
    dialog.get_by_label("批准意见").fill("同意复制")
    dialog.get_by_role("button", name="批准", exact=True).click()
    expect(approving.get_by_text("已批准，待实施").first).to_be_visible()

    managing = town.visit("manager", "/requests")
    managing.get_by_role("link", name=number).click()
    build = managing.get_by_role("button", name="制作证据包")
    expect(build).to_be_disabled()
    for paper in ("工作证件", "本机关证明文件"):
        box = managing.get_by_role("checkbox", name=paper)
        box.click()
        expect(box).to_be_checked()
    sign(town, managing, "officer1")
    expect(managing.get_by_text("还差 1 名执法人员签到")).to_be_visible()
    expect(build).to_be_disabled()
    sign(town, managing, "officer2")
    expect(managing.get_by_role("timer")).to_contain_text("可以实施")
    build.click()
    panel = managing.get_by_role("region", name="证据包")
    expect(panel).to_be_visible()
    managing.evaluate(
        """() => {
            window.shown = []
            new MutationObserver(() => {
                const bar = document.querySelector('[role=progressbar]')
                const now = bar === null ? null : Number(bar.getAttribute('aria-valuenow'))
                if (now !== null && now !== window.shown.at(-1)) window.shown.push(now)
            }).observe(document.body, {subtree: true, childList: true, attributes: true})
        }"""
    )
    expect(panel.get_by_text("已完成")).to_be_visible(timeout=EXPORT_MS)
    expect(panel).to_contain_text("核验结论：核验通过")
    bar: list[float] = managing.evaluate("window.shown")
    panel.get_by_role("button", name="封装交付").click()
    expect(panel.get_by_text("待领取")).to_have_count(2)
    sealed = folder / "package.sealed"
    with managing.expect_download() as downloading:
        panel.get_by_role("button", name="下载到交付介质").click()
    downloading.value.save_as(sealed)
    shares = taken(town, folder, "officer1"), taken(town, folder, "officer2")
    package = folder / "package.zip"
    with sealed.open("rb") as file:
        Sealed(file, map(str, shares)).open_to(str(package))

    auditing = town.visit("auditor", "/ledger")
    with auditing.expect_download() as downloading:
        auditing.get_by_role("link", name="下载公钥（信任锚）").click()
    anchors = folder / "anchors.json"
    downloading.value.save_as(anchors)
    return HandedOver(sealed, shares, package, anchors, bar)


def words_in(text: str) -> str:
    """The share in the file that an officer saved."""
    found = re.search(r"[AB](-[A-Z2-7]{4}){14}", text)
    assert found is not None
    return found[0]


def flipped(package: Path, folder: Path) -> Path:
    """A copy with one byte of its video changed."""
    with zipfile.ZipFile(package) as archive:
        media = next(info for info in archive.infolist() if info.filename.endswith(".m4s"))
    data = bytearray(package.read_bytes())
    data[media.header_offset + 200] ^= 1
    changed = folder / "flipped.zip"
    changed.write_bytes(data)
    return changed


def test_the_progress_bar_moves_to_its_end(town: Town, handed_over: HandedOver) -> None:
    print("progress bar:", handed_over.bar)
    assert handed_over.bar == sorted(handed_over.bar)
    assert handed_over.bar[-1] == 100
    assert any(0 < shown < 100 for shown in handed_over.bar), "it moves, and does not jump"


def test_the_downloaded_package_is_verified_by_the_stand_alone_file(
    town: Town, handed_over: HandedOver, tmp_path: Path
) -> None:
    assert json.loads(handed_over.anchors.read_text())
    (tmp_path / "verify.py").write_bytes(verifier_source())
    both = [word for share in handed_over.shares for word in ("--share", str(share))]
    for package, shares, status, word in (
        (handed_over.sealed, both, 0, "VERIFIED"),
        (handed_over.sealed, both[:2], 3, "CANNOT DECIDE"),
        (handed_over.package, [], 0, "VERIFIED"),
        (flipped(handed_over.package, tmp_path), [], 1, "NOT VERIFIED"),
    ):
        done = subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", str(package), "--trust", str(handed_over.anchors), *shares],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        assert word in done.stdout


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "a stranger"])
def test_the_page_verifies_it_and_finds_one_flipped_byte(
    town: Town, visit: Callable[..., Page], handed_over: HandedOver, tmp_path: Path, signed_in: bool
) -> None:
    if signed_in:
        page = visit("auditor", "/verify")
    else:
        page = town.page()
        page.goto("/verify")
    expect(page.get_by_text("独立核验请用包内的 verify.py")).to_be_visible()
    sent = []
    package, anchors = page.locator("input[type=file]").nth(0), page.locator("input[type=file]").nth(1)
    package.set_input_files(handed_over.package)
    expect(page.get_by_text("没有信任锚，无法判定签名人")).to_be_visible()
    anchors.set_input_files(handed_over.anchors)
    page.on("request", lambda request: sent.append(request.url) if request.method != "GET" else None)
    a, b = (share.read_text(encoding="utf-8") for share in handed_over.shares)
    for file, shares, verdict in (
        (handed_over.package, None, "核验通过"),
        (flipped(handed_over.package, tmp_path), None, "核验未通过"),
        (handed_over.sealed, (a, a), "无法判定"),
        (handed_over.sealed, (a, b), "核验通过"),
    ):
        package.set_input_files(file)
        for letter, share in zip("AB", shares or (), strict=False):
            page.get_by_label(f"密钥份额 {letter}").fill(words_in(share))
        page.get_by_role("button", name="开始核验").click()
        expect(page.locator(".ant-result-title")).to_contain_text(verdict, timeout=VERIFY_MS)
    assert sent == []


def test_a_package_without_anchors_is_not_decided(
    town: Town, visit: Callable[..., Page], handed_over: HandedOver
) -> None:
    page = visit("auditor", "/verify")
    page.locator("input[type=file]").nth(0).set_input_files(handed_over.package)
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator(".ant-result-title")).to_contain_text("无法判定", timeout=VERIFY_MS)


def test_garbage_is_refused_in_words(town: Town, visit: Callable[..., Page], tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.zip"
    garbage.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 40)
    page = visit("auditor", "/verify")
    page.locator("input[type=file]").nth(0).set_input_files(garbage)
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator(".ant-result-title, .ant-alert-error")).to_contain_text("核验", timeout=VERIFY_MS)
