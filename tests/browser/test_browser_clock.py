"""The card of a clock jump: an administrator vouches, the unit's manager confirms, each at a screen of his own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes

import pytest
import uvicorn
from browser_town import Town
from playwright.sync_api import Page, expect

import mingjian
from mingjian.adapters.disk import OsDisk
from mingjian.bootstrap.clock_watch import ClockWatch, settle
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.volumes import create_volume
from mingjian.cli.selftest_client import free_port
from mingjian.storage.volume import Volume
from mingjian.web.api import create_app
from web_world import World

DAY_S = 86_400


@dataclass
class Jumped:
    """An installation whose clock went 40 days forward, with a lawful volume, behind a real server."""

    world: World
    watch: ClockWatch
    volume: Volume
    url: str

    def settle(self) -> None:
        """What the keeper does every few seconds."""
        settle(self.watch, self.world.store, [self.volume])

    def page(self, town: Town, name: str, *, wide: bool = True, language: str = "zh-CN") -> Page:
        page = town.page(wide=wide, language=language, url=self.url)
        self.world.clock.advance(60)  # each sign-in takes a code of its own
        credentials = self.world.credentials(name)
        answer = page.request.post(f"{self.url}/api/session", data=credentials, headers={"Origin": self.url})
        assert answer.ok, answer.text()
        page.goto("/storage")
        return page


@pytest.fixture
def jumped(tmp_path: Path) -> Iterator[Jumped]:
    world = World(tmp_path)
    opened = world.opened
    settings = opened.settings.model_copy(update={"installation": "standard"})
    volume = create_volume(
        tmp_path / "volume", places=opened.places, settings=settings, clock=world.clock, throw_away=False
    )
    watch = ClockWatch(opened.places.run, OsDisk(), world.clock, "boot", token_bytes)
    settle(watch, world.store, [volume])
    world.clock.step_wall(40 * DAY_S)
    screens = Path(mingjian.__file__).parent / "webui"
    app = create_app(replace(world.services, recordings=InstallationRecordings(opened), screens=screens))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    found = Jumped(world, watch, volume, f"http://127.0.0.1:{port}")
    found.settle()
    yield found
    server.should_exit = True
    thread.join()
    world.close()


def say(page: Page, button: str, how: str) -> None:
    """Open the step, say how the clock was checked, and take it."""
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(how)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def test_two_persons_let_expiry_go_on_at_wide_and_narrow_screens_in_both_languages(town: Town, jumped: Jumped) -> None:
    admin = jumped.page(town, "admin")
    card = admin.get_by_role("region", name="时钟跳变")
    expect(card).to_contain_text("系统时钟向前跳了 40 天")
    expect(card.get_by_role("button", name="确认并恢复清除")).to_have_count(0)
    manager = jumped.page(town, "manager", wide=False, language="en-US")
    english = manager.get_by_role("region", name="The clock jumped")
    expect(english).to_contain_text("went forward by 40 d")
    expect(english.get_by_role("button", name="Vouch for the clock")).to_be_disabled()
    expect(english).to_contain_text("Done by an administrator")
    say(admin, "声明时钟准确", "与北京时间授时核对一致")
    expect(card).to_contain_text("声明时钟准确")
    expect(card.get_by_role("button", name="确认并恢复清除")).to_be_disabled()
    say(manager, "Confirm and let expiry go on", "compared with a time service")
    expect(english).to_have_count(0)
    jumped.settle()
    assert jumped.watch.look([jumped.volume]).freeze is None
    width = manager.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
