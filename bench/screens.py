"""What a person waits for: first pictures, sixteen tiles, how old a live picture is, playback, the home page.

A whole demonstration installation with sixteen 1080p cameras, their 360p sub streams, and Debian's Chromium without a
graphics card, all on this machine: upper bounds of a poor office PC. Frames are told from the strip that simulated
cameras draw into their picture, never from a player's own word.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import mingjian
from bench import mapping, playing
from bench.report import machine
from bench.section import CannotRun, Section
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import prepare_demo, witness_arguments
from mingjian.cli.selftest import process
from mingjian.cli.selftest_cameras import simulated
from mingjian.cli.selftest_client import Account, free_port, is_open
from mingjian.cli.selftest_steps import Selftest
from mingjian.simulator.county import DEMO_PASSWORD, county

NAME = "screens"
TITLE = "Screens"
SCREENS = Path(mingjian.__file__).parent / "webui"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--disable-sync", "--disable-quic",
)  # fmt: skip
LATEST_MS = 30_000
"""A first frame that has not come by then counts as so late: a tile that stays dark must not hold up the section."""
PATIENCE_MS = 60_000
START_S = 240
CAMERAS = 16
VOLUME_BYTES = 32 << 30
"""What admission asks for sixteen cameras; a bench writes a small part of it."""
SETTLE_MS = 3_000
MAP_S = 5
NEWEST_MS = 10_000
"""So near its end a recording may not be playable yet: a fragment is up to ten seconds long."""
H265_PLACE = "地铁站台"
"""Debian's Chromium has no H.265: such a camera is transcoded for it, which is not what these gates speak of."""

STRIP = """
window.strip = picture => {
    const [width, height] = [picture.videoWidth ?? picture.displayWidth, picture.videoHeight ?? picture.displayHeight]
    const side = Math.max(2, Math.floor(width / 40))
    const canvas = window.stripCanvas ??= new OffscreenCanvas(96, 8)
    const context = canvas.getContext('2d', {willReadFrequently: true})
    context.drawImage(picture, side, height - 2 * side, 12 * side, side, 0, 0, 96, 8)
    const bits = []
    for (let n = 0; n < 12; n++) bits.push(context.getImageData(n * 8 + 4, 4, 1, 1).data[1] > 128 ? 1 : 0)
    const data = bits.slice(2, 10)
    const sum = data.reduce((a, b) => a + b, 0)
    if (!bits[0] || bits[1] || bits[10] !== (sum % 2 === 0 ? 1 : 0) || !bits[11]) return null
    return data.reduce((value, bit) => value * 2 + bit, 0)
}
window.videos = () => [...document.querySelectorAll('article.tile video')]
"""
FIRST_FRAMES = """([button, wanted, late]) => new Promise(resolve => {
    const since = performance.now(), known = new WeakSet(), found = []
    setTimeout(() => {
        watch.disconnect()
        resolve([...found, ...Array(Math.max(0, wanted - found.length)).fill(late)])
    }, late)
    const look = () => {
        for (const video of videos()) {
            if (known.has(video)) continue
            known.add(video)
            video.requestVideoFrameCallback(now => {
                found.push(now - since)
                if (found.length === wanted) { watch.disconnect(); resolve(found) }
            })
        }
    }
    const watch = new MutationObserver(look)
    watch.observe(document.body, {childList: true, subtree: true})
    button.click()
    look()
})"""
WATCH = """seconds => new Promise(resolve => {
    const counted = quality => quality.totalVideoFrames - quality.droppedVideoFrames
    const shown = () => videos().map(video => counted(video.getVideoPlaybackQuality()))
    const before = shown(), since = performance.now(), ahead = [], ages = []
    let stalls = 0
    for (const video of videos()) video.addEventListener('waiting', () => stalls++)
    const timer = setInterval(() => {
        for (const v of videos()) {
            if (v.buffered.length) ahead.push(v.buffered.end(v.buffered.length - 1) - v.currentTime)
            const index = strip(v)
            if (index !== null) ages.push(((Date.now() - index * 40) % 10000 + 10000) % 10000)
        }
    }, 500)
    setTimeout(() => {
        clearInterval(timer)
        const passed = (performance.now() - since) / 1000
        resolve({fps: shown().map((n, at) => (n - before[at]) / passed), ahead, ages, stalls})
    }, seconds * 1000)
})"""


@dataclass(frozen=True)
class Row:
    """One gate and what was measured."""

    name: str
    measured: float
    gate: float
    unit: str
    at_least: bool = False
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.measured >= self.gate if self.at_least else self.measured <= self.gate


def p95(values: list[float]) -> float:
    """The value that nineteen of twenty do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * 95 // 100)]


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


@dataclass
class Stage:
    """The installation and its people, each a browser profile."""

    run: Selftest
    browser: Browser
    states: dict[str, Any]
    strangers: list[str]
    since_ms: int
    """From when on every camera has recorded, UTC."""

    def page(self, name: str) -> Page:
        """A page of that person, opened nowhere yet."""
        if name not in self.states:
            page = self._page(None)
            page.goto("/")
            account = self.run.accounts[name]
            page.get_by_label("用户名").fill(name)
            page.get_by_label("密码").fill(account.password)
            page.get_by_label("动态口令").fill(account.code(self.run.clock))
            page.get_by_role("button", name="登录", exact=True).click()
            page.locator("header .brand").wait_for()
            self.states[name] = page.context.storage_state()
            page.context.close()
        return self._page(self.states[name])

    def _page(self, state: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.run.url, viewport={"width": 1440, "height": 900}, locale="zh-CN",
            timezone_id=str(playing.ZONE), storage_state=state,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(STRIP)
        context.on("request", lambda request: self._asked(request.url))
        return context.new_page()

    def _asked(self, url: str) -> None:
        if not url.startswith((self.run.url, "blob:", "data:", "about:")):
            self.strangers.append(url)


@contextlib.contextmanager
def stage(base: Path) -> Iterator[Stage]:
    """Sixteen cameras that record, and a browser."""
    specs = [camera.spec for camera in county(password=DEMO_PASSWORD)] * (CAMERAS // 4)
    with simulated(specs, base / "loops") as sites, sync_playwright() as playwright:
        root, port, witness_port = base / "data", free_port(), free_port()
        cameras = [replace(site, name=f"{site.name} {number}") for number, site in enumerate(sites.on_record(), 1)]
        printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=cameras, volume_bytes=VOLUME_BYTES)
        accounts = {found.name: Account(found.name, found.password, found.totp_uri) for found in printed}
        run = Selftest(f"http://127.0.0.1:{port}", root, accounts, SystemClock())
        with (
            contextlib.closing(run),
            process(*witness_arguments(root, witness_port)),
            process("serve", "--data", str(root)),
        ):
            run.wait("the web server", START_S, lambda: is_open(run.url))
            run.wait("recording", START_S, lambda: all(c["recorded_until_ms"] for c in run.states()))
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            yield Stage(run, browser, {}, [], max(camera["recorded_until_ms"] for camera in run.states()))
            browser.close()


def first_frames(page: Page, button: str, wanted: int) -> list[float]:
    found: list[float] = page.evaluate(
        FIRST_FRAMES, [page.get_by_role("button", name=button).element_handle(), wanted, LATEST_MS]
    )
    return found


def live(stage: Stage, turns: int, seconds: int) -> list[Row]:
    """One tile many times, sixteen tiles some times, then sixteen tiles for a while."""
    page = stage.page("duty")
    page.goto("/live")
    clear = page.get_by_role("button", name="全部关闭")
    button = page.locator(".camera-list li button").first
    button.wait_for()
    one: list[float] = []
    for _ in range(turns):
        one += page.evaluate(FIRST_FRAMES, [button.element_handle(), 1, LATEST_MS])
        clear.click()
        page.wait_for_timeout(300)
    walls: list[list[float]] = []
    seen: dict[str, Any] = {}
    for _ in range(max(3, turns // 5)):
        walls.append(first_frames(page, "打开全部", CAMERAS))
        seen = seen or page.evaluate(WATCH, seconds)
        clear.click()
        page.wait_for_timeout(1000)
    page.context.close()
    worst = [max(wall) for wall in walls]
    return [
        Row("click to first frame, one tile, p95", p95(one), 1500, "ms", detail=f"median {middle(one):.0f} of {turns}"),
        Row("sixteen tiles, the last first frame, p95", p95(worst), 4000, "ms", detail=f"{len(walls)} walls"),
        Row(f"sixteen 360p tiles for {seconds} s, the slowest", min(seen["fps"]), 22, "fps", True,
            f"median {middle(seen['fps']):.1f}, {seen['stalls']} stalls"),
        Row("live buffer ahead, p95", p95(seen["ahead"]), 1.0, "s", detail=f"median {middle(seen['ahead']):.2f}"),
        Row("camera's picture to the screen, sixteen tiles, p95", p95(seen["ages"]), 2000, "ms",
            detail=f"median {middle(seen['ages']):.0f}; the frame shown was sent so long ago"),
    ]  # fmt: skip


def latency(stage: Stage, seconds: int) -> list[Row]:
    """The age of the picture of one 1080p camera."""
    page = stage.page("duty")
    page.goto("/live")
    page.locator(".camera-list li button").nth(1).wait_for()
    page.evaluate(FIRST_FRAMES, [page.locator(".camera-list li button").nth(1).element_handle(), 1, LATEST_MS])
    page.wait_for_timeout(SETTLE_MS)
    seen = page.evaluate(WATCH, seconds)
    page.context.close()
    detail = f"median {middle(seen['ages']):.0f}"
    return [Row("camera's picture to the screen, one tile, p95", p95(seen["ages"]), 500, "ms", detail=detail)]


def playback(stage: Stage, turns: int, seconds: int) -> list[Row]:
    """Exact seeks, previews and four cameras in step, over what was recorded meanwhile."""
    cameras = [camera for camera in stage.run.states() if H265_PLACE not in camera["name"]][:4]
    ids = [camera["id"] for camera in cameras]
    end_ms = min(camera["recorded_until_ms"] for camera in cameras) - NEWEST_MS
    page = stage.page("manager")
    sought = playing.seeks(page, ids[0], stage.since_ms, end_ms, turns)
    scrubbed = playing.previews(page, stage.since_ms, turns)
    apart = playing.in_step(page, ids, stage.since_ms, seconds)
    page.context.close()
    return [
        Row("exact seek, 1080p, the very frame, p95", p95(sought), 450, "ms",
            detail=f"median {middle(sought):.0f} of {len(sought)}, worst {max(sought):.0f}"),
        Row("preview while scrubbing, p95", p95(scrubbed), 100, "ms",
            detail=f"median {middle(scrubbed):.0f} of {len(scrubbed)}"),
        Row("four cameras in step, p95", p95(apart), 80, "ms", detail=f"worst {max(apart):.0f} of {len(apart)} looks"),
    ]  # fmt: skip


def home(stage: Stage, turns: int) -> list[Row]:
    """The workbench with nothing cached."""
    painted, ready = [], []
    for _ in range(turns):
        page = stage.page("manager")
        page.goto("/", wait_until="commit")
        page.get_by_role("heading", name="工作台").wait_for()
        ready.append(float(page.evaluate("performance.now()")))
        painted.append(float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")))
        page.context.close()
    return [
        Row("home page, first paint, cold, p95", p95(painted), 2000, "ms", detail=f"median {middle(painted):.0f}"),
        Row("home page, ready, cold, p95", p95(ready), 3000, "ms", detail=f"median {middle(ready):.0f}"),
    ]


def area_map(stage: Stage, seconds: int) -> list[Row]:
    """The map of a county, dragged."""
    page = stage.page("manager")
    far, near = mapping.panned(page, seconds)
    page.context.close()
    return [
        Row(f"map, {mapping.CAMERAS} cameras, dragged in clusters", far, 30, "fps", True),
        Row(f"map, {mapping.CAMERAS} cameras, dragged near, with directions", near, 30, "fps", True),
    ]


def weight() -> list[Row]:
    """What a browser loads first, and the largest piece that it loads later, as it travels."""
    page = (SCREENS / "index.html").read_text(encoding="utf-8")
    size = {file.name: len(gzip.compress(file.read_bytes(), 9)) / 1000 for file in (SCREENS / "assets").glob("*.js")}
    first = sum(kb for name, kb in size.items() if name in page)
    later = max(kb for name, kb in size.items() if name not in page)
    return [
        Row("script of the first page, compressed", first, 450, "kB"),
        Row("largest script loaded later, compressed", later, 320, "kB"),
    ]


def report(rows: list[Row]) -> str:
    lines = "\n".join(
        f"| {row.name} | {row.measured:.{0 if row.measured >= 10 else 2}f} {row.unit} "
        f"| {'≥' if row.at_least else '≤'} {row.gate:g} {row.unit} | {'met' if row.met else 'MISSED'} | {row.detail} |"
        for row in rows
    )
    return f"""
**{sum(row.met for row in rows)} of {len(rows)} gates met.**

| what a person waits for | measured | gate | | |
|---|---:|---:|---|---|
{lines}

Machine: {machine()}, Chromium without a graphics card.

Method: sixteen simulated 1080p cameras (every third H.265) with 360p sub streams, their recorders, the web server and
the browser share this machine. Frames are told from a strip drawn into the picture; cameras send in phase with the
clock, so the strip also tells how old a live picture is.
"""


def run(quick: bool) -> Section:
    if shutil.which(CHROMIUM) is None:
        raise CannotRun(f"{CHROMIUM} is not installed (apt-get install chromium)")
    turns, seconds = (10, 10) if quick else (30, 60)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="mingjian-screens-") as base, stage(Path(base)) as running:
        parts: list[Callable[[], list[Row]]] = [
            weight,
            lambda: home(running, turns // 2),
            lambda: area_map(running, min(seconds, MAP_S)),
            lambda: latency(running, seconds // 2),
            lambda: live(running, turns, seconds),
            lambda: playback(running, turns, seconds // 2),
        ]
        for part in parts:
            rows += part()
            print(*rows[-3:], sep="\n", flush=True)
        rows.append(Row("requests to other hosts", len(running.strangers), 0, ""))
    return Section(report(rows), all(row.met for row in rows))
