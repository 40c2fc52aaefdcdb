"""What a person waits for in playback: the exact frame, the preview while scrubbing, four cameras in step.

All on a page of Chromium whose pictures carry the strip of simulated cameras (`window.strip`): what counts is the frame
that is shown, not what a player says of itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

ZONE = ZoneInfo("Asia/Shanghai")
FRAMES_PER_SECOND, LOOP_FRAMES = 25, 250
FRAME_MS = 1000 // FRAMES_PER_SECOND
ZOOMS = 5
"""From an hour to two minutes in sight."""
SCRUB_PX = 12
"""A second of two minutes, on a screen 1440 wide."""
SETTLE_MS = 1_000
LATE_MS = 10_000
"""A seek or preview that has not come by then is reckoned as this long, so that it misses any gate."""
FRAMES_OFF = 1
"""Beside the frame asked for, where the moment and the camera's time round differently."""
MAX_LAG_FRAMES = 12
"""How old a frame may have been when its recorder got it: half a second; beyond, a recording's line is corrected."""

ARRIVAL = """([wanted, loop, off, late]) => {
    window.arrival = new Promise(resolve => {
        const began = event => {
            if (event.key !== 'Enter') return
            removeEventListener('keydown', began, true)
            const since = performance.now()
            const look = () => {
                const passed = performance.now() - since
                const shown = videos().map(video => video.seeking || video.readyState < 2 ? null : strip(video))
                const apart = n => Math.abs((n - wanted + loop * 1.5) % loop - loop / 2)
                if (shown.every(n => n !== null && apart(n) <= off)) resolve(passed)
                else if (passed > late) resolve(late)
                else requestAnimationFrame(look)
            }
            requestAnimationFrame(look)
        }
        addEventListener('keydown', began, true)
    })
}"""
PREVIEW = """late => {
    window.preview = new Promise(resolve => {
        const canvas = document.querySelector('.timeline canvas')
        const source = () => document.querySelector('.stage .preview img')?.src ?? ''
        const before = source()
        canvas.addEventListener('pointermove', () => {
            const since = performance.now()
            const look = () => {
                const image = document.querySelector('.stage .preview img')
                const passed = performance.now() - since
                if (source() !== before && image.complete && image.naturalWidth > 0) resolve(passed)
                else if (passed > late) resolve(late)
                else requestAnimationFrame(look)
            }
            requestAnimationFrame(look)
        }, {once: true, capture: true})
    })
}"""
IN_STEP = """([seconds, loop]) => new Promise(resolve => {
    const found = [], since = performance.now()
    const look = () => {
        // held first, read then: while one picture is read, the next video goes on
        const held = videos().map(video => new VideoFrame(video, {timestamp: 0}))
        const shown = held.map(strip)
        for (const frame of held) frame.close()
        if (shown.every(n => n !== null)) found.push(shown.map(n => (n - shown[0] + loop * 1.5) % loop - loop / 2))
        if (performance.now() - since > seconds * 1000) resolve(found)
        else setTimeout(look, 100)
    }
    look()
})"""


def due(t_ms: int) -> int:
    """The frame of its loop that a simulated camera sends at that moment."""
    return t_ms // FRAME_MS % LOOP_FRAMES


def open_player(page: Page, cameras: Sequence[str], t_ms: int) -> None:
    """The player of those cameras at `t_ms`, entered with a purpose, all pictures there."""
    page.goto(f"/playback?cameras={','.join(cameras)}&t={t_ms}")
    page.get_by_label("回放事由").click()
    page.get_by_title("事件、案件线索核查").click()
    page.get_by_label("用途").fill("核对当日情况")
    page.get_by_role("button", name="登记并回放").click()
    page.get_by_role("group", name="回放").wait_for()
    page.wait_for_function(
        "count => videos().length === count && videos().every(v => v.readyState >= 2)", arg=len(cameras)
    )


def lag(page: Page, t_ms: int) -> int:
    """Frames between the one that a camera sent at `t_ms` and the one recorded for it, measured by one seek there."""
    seek(page, t_ms, 0, LOOP_FRAMES)
    page.wait_for_timeout(SETTLE_MS)
    (shown,) = page.evaluate("() => videos().map(strip)")
    behind = (due(t_ms) - shown) % LOOP_FRAMES
    if behind > MAX_LAG_FRAMES:
        raise RuntimeError(f"the recording shows frame {shown} where {due(t_ms)} was sent")
    return int(behind)


def go(page: Page, t_ms: int) -> None:
    """The moment typed; Enter goes there."""
    page.keyboard.press("t")
    page.keyboard.type(datetime.fromtimestamp(t_ms / 1000, ZONE).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3])


def seek(page: Page, t_ms: int, behind: int, frames_off: int = FRAMES_OFF) -> float:
    """Milliseconds from Enter after the typed time to that very frame, by a recording `behind` frames late."""
    go(page, t_ms)
    page.evaluate(ARRIVAL, [(due(t_ms) - behind) % LOOP_FRAMES, LOOP_FRAMES, frames_off, LATE_MS])
    page.keyboard.press("Enter")
    return float(page.evaluate("() => window.arrival"))


def seeks(page: Page, camera: str, start_ms: int, end_ms: int, turns: int) -> list[float]:
    """Exact seeks to and fro over a stretch; neighbours lie in different groups of pictures and show other frames."""
    open_player(page, [camera], start_ms)
    step = (end_ms - start_ms) // (turns + 1)
    moments = [start_ms + step * (n + 1) // FRAME_MS * FRAME_MS + FRAME_MS // 2 for n in range(turns)]
    half = (turns + 1) // 2
    order = [moments[n // 2 if n % 2 == 0 else half + n // 2] for n in range(turns)]
    behind = lag(page, start_ms + step // 2)
    return [seek(page, t_ms, behind) for t_ms in order]


def previews(page: Page, t_ms: int, turns: int) -> list[float]:
    """Milliseconds from a move of the held playhead at `t_ms` to the picture of that moment, in an open player.

    Zoomed in so far that the moves stay within what was recorded after `t_ms`, and within what the viewing opened: it
    ends at the moment of its opening, and beyond it no picture is given.
    """
    go(page, t_ms)
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLE_MS)
    for _ in range(ZOOMS):
        page.get_by_role("button", name="放大时间轴").click()
    box = page.locator(".timeline canvas").bounding_box()
    assert box is not None
    head: float = page.evaluate(
        """() => {
            const line = document.querySelector('.timeline'), at = name => Number(line.getAttribute(name))
            return (at('aria-valuenow') - at('aria-valuemin')) / (at('aria-valuemax') - at('aria-valuemin'))
        }"""
    )
    y, left = box["y"] + box["height"] / 2, box["x"] + head * box["width"]
    page.mouse.move(left, y)
    page.mouse.down()
    found = []
    for n in range(turns):
        page.evaluate(PREVIEW, LATE_MS)
        page.mouse.move(left + SCRUB_PX * (n % 20 + 1), y)
        found.append(float(page.evaluate("() => window.preview")))
        page.wait_for_timeout(100)  # beyond the pace at which a scrub asks
    page.mouse.up()
    return found


def in_step(page: Page, cameras: Sequence[str], t_ms: int, seconds: int) -> list[float]:
    """How far the pictures of several cameras are apart while they play together, in ms, many times."""
    open_player(page, cameras, t_ms)
    page.keyboard.press(" ")
    page.wait_for_timeout(2000)
    found: list[list[float]] = page.evaluate(IN_STEP, [seconds, LOOP_FRAMES])
    return [(max(frames) - min(frames)) * FRAME_MS for frames in found]
