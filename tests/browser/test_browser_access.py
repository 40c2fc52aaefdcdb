"""What outsiders see under an approval, on the screens of everybody whose step it is, and where a leak of it leads."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from browser_town import GATE, Town, recorded, sign
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
RENDER_MS = 90_000
"""Decoding, marking and encoding at the lowest priority, while everything else records."""
SECONDS = 8
TABLET = {"width": 820, "height": 1180}
FRAME = """() => {
    const video = document.querySelector('article.tile video')
    const canvas = document.createElement('canvas')
    const [width, height] = [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight]
    canvas.getContext('2d').drawImage(video, 0, 0, width, height)
    return canvas.toDataURL('image/png').split(',')[1]
}"""


def grey(picture: bytes) -> np.ndarray:
    """The luma of a PNG."""
    decoder = av.CodecContext.create("png", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    return decoder.decode(av.Packet(picture))[0].to_ndarray(format="gray")


def asked_and_approved(town: Town, visit: Callable[..., Page], start: int) -> tuple[Page, str]:
    """An officer asks to view; the head approves on a telephone. The officer's page, and the address of the request."""
    asking = visit(
        "officer1", f"/requests/new?cameras={town.camera(GATE)['id']}&from={start}&to={start + (SECONDS - 1) * 1000}"
    )
    asking.get_by_text("查阅", exact=True).click()
    for label, words in (
        ("用途", "核查大门处纠纷经过"), ("去向", "某县公安局案卷"), ("法律依据", "办法第二十一条第一款"),
        ("第 1 名执法人员", "执法人员甲"), ("第 2 名执法人员", "执法人员乙"),
    ):  # fmt: skip
        asking.get_by_label(label, exact=label.startswith("第")).fill(words)
    asking.get_by_role("button", name="提交申请").click()
    asking.wait_for_url(re.compile(r"/requests/(?!new)"))
    address = asking.url.removeprefix(town.url)
    head = visit("approver", address, wide=False)
    head.get_by_role("button", name="批准", exact=True).click()
    head.get_by_role("dialog").get_by_label("批准意见").fill("同意查阅")
    head.get_by_role("dialog").get_by_role("button", name="批准", exact=True).click()
    expect(head.get_by_text("已批准，待实施").first).to_be_visible()
    head.context.close()
    return asking, address


def test_A21_1_a_picture_under_an_approval_bears_its_mark_ends_with_it_and_leads_to_its_entry(
    town: Town, visit: Callable[..., Page], tmp_path: Path
) -> None:
    asking, address = asked_and_approved(town, visit, recorded(town, GATE, SECONDS))
    tablet = visit("manager", address)
    tablet.set_viewport_size(TABLET)
    look = tablet.get_by_role("button", name="开始查阅")
    expect(look).to_be_disabled()
    for paper in ("工作证件", "本机关证明文件"):
        box = tablet.get_by_role("checkbox", name=paper)
        box.click()
        expect(box).to_be_checked()
    for officer in ("officer1", "officer2"):
        expect(look).to_be_disabled()
        sign(town, tablet, officer)
    expect(tablet.get_by_role("timer")).to_contain_text("可以实施")
    look.click()

    picture = tablet.locator("article.tile")
    expect(picture.get_by_role("button", name="高清（已用 0/1 路）")).to_be_visible()
    expect(picture.locator("video:not(.dim)")).to_be_visible(timeout=RENDER_MS)
    expect(tablet.locator(".tile-card")).to_have_count(0)
    entry = re.findall(r"\d+", picture.locator(".foot-first").inner_text())[-1]
    expect(picture.locator(".watermark span").first).to_contain_text(re.compile(f"执法人员.、执法人员.*登记号 {entry}"))
    assert picture.get_by_role("button", name="抓拍").count() == 0, "nothing is taken along"
    expect(tablet.get_by_role("button", name="申请复制")).to_have_count(0)
    leaked = tmp_path / "leaked.png"
    leaked.write_bytes(base64.b64decode(tablet.evaluate(FRAME)))
    foot = grey(leaked.read_bytes())[-24:]
    assert (foot.min() < 60, foot.max() > 200) == (True, True), "the mark is in the pixels, not over them"

    asking.get_by_role("button", name="撤回").click()
    asking.get_by_role("dialog").get_by_role("button", name="撤回").click()
    expect(picture.get_by_text(re.compile(r"批准（查.*）已由示范县公安局视频管理于 .* 撤回"))).to_be_visible()
    tablet.get_by_role("button", name="结束查阅").click()
    form = tablet.get_by_role("region", name="现场执行和登记表")
    expect(form.get_by_text(entry, exact=True)).to_be_visible()
    expect(form.get_by_text("执法人员甲 尚未签字")).to_be_visible()

    auditor = visit("auditor", "/leaks")
    auditor.locator("input[type=file]").set_input_files(leaked)
    found = auditor.locator("section[aria-live=polite]")
    expect(found).to_contain_text(f"登记第 {entry} 号", timeout=RENDER_MS)
    expect(found).to_contain_text("执法人员")
