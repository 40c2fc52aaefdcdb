"""The installation that browser tests look at, its people, and what its pages must never do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from mingjian.cli.selftest_cameras import SimulatedSites, guarded
from mingjian.cli.selftest_steps import Selftest
from mingjian.kernel.media import Codec
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec
from mingjian.simulator.scene import Scene

ZONE = "Asia/Shanghai"
PATIENCE_MS = 15_000
"""For what the screen shows of its own; two cores also record, encode and decode meanwhile."""
GATE, LOBBY, PLATFORM = "学校大门", "大厅", "地铁站台"
"""GATE has an H.264 sub stream, PLATFORM records H.265 beside an H.264 sub stream, LOBBY has one stream only."""


@dataclass
class Town:
    """The installation under test and whoever signed in to it."""

    run: Selftest
    sites: SimulatedSites
    browser: Browser
    states: dict[str, Any] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    """Requests that left for another host; must stay empty."""
    broken: list[str] = field(default_factory=list)
    """Exceptions in pages; must stay empty."""

    @property
    def url(self) -> str:
        return self.run.url

    def camera(self, name: str) -> dict[str, Any]:
        """The camera of this name as the manager sees it now."""
        return next(found for found in self.run.states() if found["name"] == name)

    def page(self, *, wide: bool = True, language: str = "zh-CN", state: Any = None, url: str = "") -> Page:
        """A page of a browser profile of its own, opened nowhere yet."""
        size = {"width": 1440, "height": 900} if wide else {"width": 390, "height": 844}
        context = self.browser.new_context(
            base_url=url or self.url, viewport=size, locale=language, timezone_id=ZONE, storage_state=state,
            accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(
            f"if (location.protocol !== 'about:') localStorage.setItem('mingjian.language', '{language}')"
        )
        self._watch(context, urlsplit(url or self.url).netloc)
        return context.new_page()

    def visit(self, name: str, path: str = "/", *, wide: bool = True, language: str = "zh-CN") -> Page:
        """A page of the person `name`, who signs in through the form the first time."""
        if name not in self.states:
            page = self.page()
            page.goto("/")
            self.fill_sign_in(page, name)
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.locator("header .brand")).to_be_visible()
            self.states[name] = page.context.storage_state()
            page.context.close()
        page = self.page(wide=wide, language=language, state=self.states[name])
        page.goto(path)
        return page

    def fill_sign_in(self, page: Page, name: str, *, code: str = "") -> None:
        """The three fields of the sign-in form."""
        account = self.run.accounts[name]
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(account.password)
        page.get_by_label("动态口令").fill(code or account.code(self.run.clock))

    def _watch(self, context: BrowserContext, own: str) -> None:
        def asked(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("blob", "data") and parts.netloc != own:
                self.strangers.append(url)

        context.on("request", lambda request: asked(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: asked(socket.url)))
        context.on("weberror", lambda error: self.broken.append(str(error.error)))


def cameras() -> list[CameraSpec]:
    gate, lobby, platform = (
        Scene(Place.GATE, GATE, "SCHOOL GATE"),
        Scene(Place.LOBBY, LOBBY, "LOBBY"),
        Scene(Place.PLATFORM, PLATFORM, "METRO PLATFORM"),
    )

    def loop(scene: Scene, codec: Codec = Codec.H264, *, main: bool = True) -> LoopSpec:
        width, height, rate_bps = (640, 360, 600_000) if main else (320, 180, 300_000)
        return LoopSpec(scene, codec=codec, width=width, height=height, bitrate_bps=rate_bps, gop=25)

    return [
        guarded(loop(gate), loop(gate, main=False)),
        guarded(loop(platform, Codec.H265), loop(platform, main=False)),
        guarded(loop(lobby, main=False)),
    ]


def tile(page: Page, camera: str) -> Locator:
    """The tile that shows `camera`."""
    return page.locator("article.tile").filter(has=page.locator(".tile-name", has_text=camera))


def sign(town: Town, page: Page, officer: str) -> None:
    """One officer signs at the staff's screen with his own credential."""
    account = town.run.accounts[officer]
    panel = page.get_by_role("region", name="执法人员签到")
    panel.get_by_label("用户名").fill(officer)
    panel.get_by_label("密码").fill(account.password)
    panel.get_by_label("动态口令").fill(account.code(town.run.clock))
    panel.get_by_role("button", name="签到", exact=True).click()
    expect(panel.get_by_label("用户名")).to_have_value("")  # signed, and free for the next


def recorded(town: Town, camera: str, seconds: int) -> int:
    """The start in UTC ms, a whole second as pickers show it, of `seconds` that the camera has recorded."""
    start: int = town.run.since_ms + -town.run.since_ms % 1000
    town.run.wait("footage", 40, lambda: town.camera(camera)["recorded_until_ms"] >= start + seconds * 1000)
    return start
