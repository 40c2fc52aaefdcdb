"""A redacted copy for the public: masked by hand on screen, looked through by another, taken once, and measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from browser_town import GATE, ZONE, Town, recorded
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
RENDER_MS = 90_000
"""Decoding, masking, marking and encoding three seconds at the lowest priority, while everything else records."""


def test_A799_22_a_copy_masked_on_screen_is_reviewed_by_another_and_hides_what_lies_under(
    town: Town, visit: Callable[..., Page], tmp_path: Path
) -> None:
    start = recorded(town, GATE, 4)
    editor = visit("duty", "/redactions")
    editor.get_by_role("button", name="新建遮挡副本").click()
    editor.get_by_label("摄像机").click()
    editor.get_by_title(GATE, exact=False).first.click()
    moment = editor.get_by_label("录像时间")
    moment.fill(datetime.fromtimestamp(start / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S"))
    moment.press("Enter")
    editor.get_by_label("时长").fill("3")
    editor.get_by_label("回放事由").click()
    editor.get_by_title("事件、案件线索核查").click()
    editor.get_by_label("用途").fill("征集大门处线索")
    editor.get_by_label("去向").fill("县广播电视台")
    editor.get_by_role("button", name="登记并开始").click()

    editor.get_by_role("button", name="添加矩形").click()
    expect(editor.get_by_role("img", name="录像画面")).to_be_visible()
    place(editor, {"左上 x": "10", "左上 y": "10", "右下 x": "40", "右下 y": "40"})
    editor.get_by_role("spinbutton", name="时刻").fill("2")
    editor.get_by_role("spinbutton", name="时刻").press("Enter")
    place(editor, {"右下 x": "60", "左上 x": "30"})
    expect(editor.get_by_text("2 个关键帧")).to_be_visible()
    editor.get_by_role("button", name="添加多边形").click()
    editor.get_by_text("模糊", exact=True).last.click()
    editor.get_by_role("button", name="遮挡 2").last.press("ArrowDown")
    editor.get_by_role("button", name="保存", exact=True).click()
    editor.get_by_role("button", name="制作审查稿").click()
    submit = editor.get_by_role("button", name="提交审查")
    expect(submit).to_be_visible(timeout=RENDER_MS)
    submit.click()
    expect(editor.get_by_text("制作人不能审查自己的副本")).to_be_visible()
    address = editor.url.removeprefix(town.url)

    reviewer = visit("manager", address)
    reviewer.get_by_label("回放事由").click()
    reviewer.get_by_title("事件、案件线索核查").click()
    asked: list[str] = []
    reviewer.on("request", lambda request: asked.append(request.url))
    reviewer.get_by_role("button", name="登记并回放").click()
    reviewer.get_by_role("button", name="打开审查稿").click()
    reviewer.wait_for_function("() => (document.querySelector('video')?.readyState ?? 0) >= 2")
    assert not any("grant" in url for url in asked), "no address names the viewing"
    reviewer.get_by_label("审查意见").fill("遮挡完整")
    reviewer.get_by_role("button", name="审查通过").click()
    reviewer.get_by_role("button", name="发布", exact=True).click()
    take = reviewer.get_by_role("button", name="取走文件")
    expect(take).to_be_visible(timeout=RENDER_MS)
    with reviewer.expect_download() as downloading:
        take.click()
    copy = tmp_path / "copy.mp4"
    downloading.value.save_as(copy)

    with av.open(str(copy)) as container:
        assert [stream.type for stream in container.streams] == ["video"], "no sound"
        shown = [(float(frame.time or 0), frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    assert len(shown) > 60
    for at_s, luma in shown:
        high, wide = luma.shape
        moved = 0.2 * min(1.0, at_s / 2)
        rows, columns = (
            (round(one * side), round(other * side))
            for one, other, side in (
                (0.12, 0.38, high),
                (0.12 + moved, 0.38 + moved, wide),
            )
        )
        inside = luma[slice(*rows), slice(*columns)]
        assert (inside.std() < 12, abs(float(np.median(inside)) - 28) < 8) == (True, True), at_s
        assert luma[round(0.45 * high) : round(0.6 * high), : round(0.3 * wide)].std() > 5, "elsewhere the gate is seen"


def place(page: Page, corners: dict[str, str]) -> None:
    """The number fields of the chosen mask."""
    for label, share in corners.items():
        field = page.get_by_role("spinbutton", name=label)
        field.fill(share)
        field.press("Enter")
