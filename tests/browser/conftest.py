"""One running installation and one Chromium for all browser tests: real processes, simulated cameras, real sockets."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from browser_county import County, served
from browser_town import PATIENCE_MS, Town, cameras
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import prepare_demo, witness_arguments
from mingjian.cli.selftest import process
from mingjian.cli.selftest_cameras import simulated
from mingjian.cli.selftest_client import Account, free_port, is_open
from mingjian.cli.selftest_steps import Selftest

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run",
    "--disable-sync", "--disable-quic",
)  # fmt: skip
START_S = 120
"""Six processes start at once: two minutes on cores that others use too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run last: Playwright keeps an event loop in this thread that asyncio tests would stumble over."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.is_relative_to(here))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"{CHROMIUM} is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def running_town(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Every camera of it records; its processes end with the tests."""
    base = tmp_path_factory.mktemp("browser")
    with simulated(cameras(), base / "loops") as sites:
        root = base / "data"
        port, witness_port = free_port(), free_port()
        printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=sites.on_record())
        accounts = {a.name: Account(a.name, a.password, a.totp_uri) for a in printed}
        run = Selftest(f"http://127.0.0.1:{port}", root, accounts, SystemClock())
        with (
            contextlib.closing(run),
            process(*witness_arguments(root, witness_port)),
            process("serve", "--data", str(root)),
        ):
            run.wait("the web server", START_S, lambda: is_open(run.url))
            run.wait("recording", START_S, lambda: all(c["recorded_until_ms"] for c in run.states()))
            run.since_ms = max(camera["recorded_until_ms"] for camera in run.states()) + 2000
            yield Town(run, sites, chromium)


@pytest.fixture
def town(running_town: Town) -> Iterator[Town]:
    """The installation; after each test no page may have asked a stranger or thrown, and every page is closed."""
    yield running_town
    for context in running_town.browser.contexts:
        context.close()
    strangers, broken = list(running_town.strangers), list(running_town.broken)
    running_town.strangers.clear()
    running_town.broken.clear()
    assert strangers == []
    assert broken == []


@pytest.fixture
def visit(town: Town) -> Callable[..., Page]:
    """`visit("duty", "/live")`: a page of that person."""
    return town.visit


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A county of its own, with nothing on record yet."""
    with served(tmp_path) as county:
        yield county


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Whoever mends a failing test wants to see what the browser showed."""
    try:
        return (yield)
    except BaseException:
        town = getattr(item, "funcargs", {}).get("town")
        for number, page in enumerate(page for c in town.browser.contexts for page in c.pages) if town else ():
            path = town.run.root.parent / f"{item.name}-{number}.png"
            page.screenshot(path=path)
            item.add_report_section("call", "screen", str(path))
        raise
