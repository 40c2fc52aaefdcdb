"""Playback as a manager sees it: the right frame at the asked moment, in step, with its gaps, and on record."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from browser_town import GATE, LOBBY, ZONE, Town, tile
from playwright.sync_api import Page, expect

from mingjian.simulator.faults import Fault
from mingjian.simulator.strip import frame_index

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FPS = 25
LOOP_FRAMES = 250
FRAMES_OFF = 2
"""What may lie between the asked moment and the frame shown; also how far two cameras may be apart (80 ms)."""
GAP_MS = 2000
"""A gap shorter than this is not seen on the timeline of a minute."""
PURPOSE = "核对大门当日情况"
LUMA = """cameras => cameras.map(camera => {
    const video = [...document.querySelectorAll('article.tile')]
        .find(tile => tile.getAttribute('aria-label') === camera).querySelector('video')
    const canvas = document.createElement('canvas')
    const [width, height] = [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight]
    const context = canvas.getContext('2d')
    context.drawImage(video, 0, 0)
    const rgba = context.getImageData(0, 0, width, height).data
    let text = ''
    for (let at = 0; at < rgba.length; at += 4)
        text += String.fromCharCode(0.299 * rgba[at] + 0.587 * rgba[at + 1] + 0.114 * rgba[at + 2])
    return [width, height, btoa(text)]
})"""


def strips(page: Page, *cameras: str) -> list[int | None]:
    """The frame numbers burnt into the pictures that are shown at this instant, read from their pixels."""
    found = []
    for width, height, text in page.evaluate(LUMA, list(cameras)):
        luma = np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(height, width)
        found.append(frame_index(luma))
    return found


def apart(one: int, other: int) -> int:
    """Frames between two numbers of a loop that goes round."""
    return abs((one - other + LOOP_FRAMES // 2) % LOOP_FRAMES - LOOP_FRAMES // 2)


def due(t_ms: int) -> int:
    """The frame that a simulated camera sends at a moment."""
    return t_ms * FPS // 1000 % LOOP_FRAMES


def footage(town: Town, seconds: int) -> int:
    """The start of a stretch of that many seconds which every camera has recorded, in UTC ms."""
    start: int = town.run.since_ms
    town.run.wait(
        "footage", 40, lambda: all(c["recorded_until_ms"] >= start + seconds * 1000 for c in town.run.states())
    )
    return start


def open_player(town: Town, visit: Callable[..., Page], *cameras: str, purpose: str = PURPOSE) -> Page:
    ids = ",".join(town.camera(name)["id"] for name in cameras)
    page = visit("manager", f"/playback?cameras={ids}")
    page.get_by_label("回放事由").click()
    page.get_by_title("事件、案件线索核查").click()
    page.get_by_label("用途").fill(purpose)
    page.get_by_role("button", name="登记并回放").click()
    expect(page.get_by_role("group", name="回放")).to_be_visible()
    for name in cameras:  # what other tests broke may be shown as a gap where it opens
        expect(tile(page, name).get_by_text("正在取录像")).to_have_count(0)
    return page


def go_to(page: Page, t_ms: int, *cameras: str) -> None:
    """By the keyboard: T, the exact time, Enter; then wait for the pictures."""
    moment = datetime.fromtimestamp(t_ms / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    page.keyboard.press("t")
    expect(page.get_by_placeholder("T ·", exact=False)).to_be_focused()
    page.keyboard.type(moment)
    page.keyboard.press("Enter")
    expect(page.get_by_label("当前时刻")).to_contain_text(moment[:-2])
    for name in cameras:
        settled(page, name)


def settled(page: Page, camera: str) -> None:
    page.wait_for_function(
        """camera => {
            const tile = [...document.querySelectorAll('article.tile')]
                .find(tile => tile.getAttribute('aria-label') === camera)
            const video = tile.querySelector('video')
            return tile.querySelector('.tile-card') === null && !video.seeking && video.readyState >= 2
                && !tile.textContent.includes('正在取录像')
        }""",
        arg=camera,
    )
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def timeline_colours(page: Page) -> dict[str, int]:
    """How often each colour stands on the timeline."""
    found: dict[str, int] = page.get_by_role("slider", name="时间轴").evaluate(
        """element => {
            const canvas = element.tagName === 'CANVAS' ? element : element.querySelector('canvas')
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
            const count = {}
            for (let at = 0; at < data.length; at += 4) {
                const colour = '#' + [0, 1, 2].map(n => data[at + n].toString(16).padStart(2, '0')).join('')
                count[colour] = (count[colour] ?? 0) + 1
            }
            return count
        }"""
    )
    return found


def test_nothing_plays_without_a_purpose(visit: Callable[..., Page]) -> None:
    page = visit("manager", "/playback")
    views = []
    page.on("request", lambda request: views.append(request.url) if request.url.endswith("/api/views") else None)
    page.get_by_role("button", name="登记并回放").click()
    expect(page.get_by_text("请填写此项")).to_have_count(2)  # the ground of the unit's rules, and the purpose
    expect(page.locator("video")).to_have_count(0)
    assert views == []


def test_the_frame_of_the_asked_moment_is_shown(town: Town, visit: Callable[..., Page]) -> None:
    start = footage(town, 8)
    page = open_player(town, visit, GATE)
    for t_ms in (start + 2020, start + 6340, start + 3700):
        go_to(page, t_ms, GATE)
        (shown,) = strips(page, GATE)
        assert shown is not None
        assert apart(shown, due(t_ms)) <= FRAMES_OFF, (shown, due(t_ms))
    page.keyboard.press("Shift+ArrowRight")
    settled(page, GATE)
    (after,) = strips(page, GATE)
    assert after is not None
    assert after == (shown + 1) % LOOP_FRAMES


def test_two_cameras_play_in_step(town: Town, visit: Callable[..., Page]) -> None:
    start = footage(town, 12)
    page = open_player(town, visit, GATE, LOBBY)
    go_to(page, start + 1000, GATE, LOBBY)
    page.keyboard.press(" ")
    apart_frames = []
    for _ in range(5):
        page.wait_for_timeout(700)
        one, other = strips(page, GATE, LOBBY)
        assert one is not None
        assert other is not None
        apart_frames.append(apart(one, other))
    print("frames apart while playing:", apart_frames)
    page.keyboard.press("k")
    settled(page, GATE)
    settled(page, LOBBY)
    one, other = strips(page, GATE, LOBBY)
    assert one is not None
    assert other is not None
    assert apart(one, other) <= FRAMES_OFF
    assert sorted(apart_frames)[len(apart_frames) // 2] <= FRAMES_OFF


@pytest.fixture
def gap(town: Town) -> tuple[int, int]:
    """A gap of LOBBY's recording, in UTC ms, made by a reset and a refused password where there is none yet."""
    camera = town.camera(LOBBY)["id"]

    def find() -> list[list[Any]]:
        start, now_ms = town.run.since_ms, town.run.clock.now() // 1_000_000
        asked = {"from_ms": start, "to_ms": max(now_ms, start + 1), "resolution_ms": 1000}
        days = town.run.user("manager").call("GET", f"/api/cameras/{camera}/timeline", **asked)["days"]
        until = town.camera(LOBBY)["recorded_until_ms"]
        return [gap for day in days for gap in day["gaps"] if gap[1] - gap[0] >= GAP_MS and gap[1] < until - 1000]

    if not find():
        number = next(n for n, c in enumerate(town.sites.park.cameras) if c.spec.name == LOBBY)
        town.sites.set_fault(number, Fault.WRONG_PASSWORD)
        town.sites.set_fault(number, Fault.RESET)

        def long_enough() -> bool:
            camera, now_ms = town.camera(LOBBY), town.run.clock.now() // 1_000_000
            return camera["state"] == "offline" and now_ms - camera["since_ms"] >= GAP_MS

        town.run.wait("two seconds without footage", 30, long_enough)
        town.sites.clear_fault(number, Fault.WRONG_PASSWORD)
    found = town.run.wait("a gap and footage after it", 60, find)
    return found[0][0], found[0][1]


def test_a_gap_is_dark_on_the_timeline_and_told_on_the_tile(
    town: Town, visit: Callable[..., Page], gap: tuple[int, int]
) -> None:
    page = open_player(town, visit, LOBBY)
    for _ in range(3):
        page.get_by_role("button", name="放大时间轴").click()
    middle = sum(gap) // 2
    moment = datetime.fromtimestamp(middle / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    page.keyboard.press("t")
    page.keyboard.type(moment)
    page.keyboard.press("Enter")
    card = tile(page, LOBBY).get_by_role("status")
    expect(card).to_contain_text("此刻无录像")
    expect(card).to_contain_text("原因：")
    page.wait_for_timeout(300)  # one painting
    colours = timeline_colours(page)
    recorded, dark = colours.get("#4d8dff", 0), colours.get("#050607", 0)
    assert recorded > 100, colours
    assert dark > 20, colours


def test_a_gap_of_seconds_stands_on_the_cameras_page_with_its_cause(
    town: Town, visit: Callable[..., Page], gap: tuple[int, int]
) -> None:
    page = visit("manager", f"/cameras/{town.camera(LOBBY)['id']}")
    began = datetime.fromtimestamp(gap[0] / 1000, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    row = page.get_by_role("row").filter(has_text=began)
    expect(row).to_contain_text(re.compile(r"\d+ 秒"))
    expect(row).not_to_contain_text("原因不明")
    expect(page.get_by_text(re.compile(r"^■ 共 \d+ 处，缺 "))).to_be_visible()
    expect(page.locator(".heat-row .heat-part").first).to_be_visible()
    expect(page.locator(".heat-legend")).to_contain_text("部分缺失")
    page.get_by_text("按日列表").click()
    expect(page.get_by_role("row").filter(has_text=re.compile(r"■ \d+\.\d\d%"))).to_have_count(1)


def test_fast_play_says_that_only_key_frames_are_shown(town: Town, visit: Callable[..., Page]) -> None:
    start = footage(town, 12)
    page = open_player(town, visit, GATE)
    go_to(page, start + 500, GATE)
    head = tile(page, GATE).locator(".tile-head")
    for _ in range(2):
        page.keyboard.press("l")
    page.keyboard.press(" ")
    page.wait_for_timeout(500)
    expect(head).not_to_contain_text("关键帧")
    expect(page.get_by_role("group", name="回放")).to_contain_text("4×")
    for _ in range(2):
        page.keyboard.press("l")
    expect(head).to_contain_text("16×：只显示关键帧")


def test_what_was_seen_stands_in_the_register(town: Town, visit: Callable[..., Page]) -> None:
    start = footage(town, 12)
    purpose = "核对登记所记秒数"
    page = open_player(town, visit, GATE, purpose=purpose)
    go_to(page, start + 1000, GATE)
    page.keyboard.press(" ")
    page.wait_for_timeout(3000)
    page.get_by_role("link", name="登记簿").click()
    row = page.get_by_role("row").filter(has_text=purpose)
    expect(row).to_contain_text("回放查阅")
    expect(row).to_contain_text("视频管理员")
    for _ in range(20):
        if re.search(r"[1-9]\d* 秒\s*$", row.inner_text()):
            break
        page.get_by_role("button", name="刷新").click()
        page.wait_for_timeout(300)
    expect(row).to_contain_text(re.compile(r"[1-9]\d* 秒\s*$"))
