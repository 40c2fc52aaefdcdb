"""The organs and units of a county behind a real server: its time is the test's, its cameras answer at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from browser_town import Town
from playwright.sync_api import Page

import mingjian
from mingjian.bootstrap.law import china, packaged
from mingjian.cli.selftest_client import free_port
from mingjian.law.rulebook import Rulebook
from mingjian.web.api import create_app
from web_world import World

STARTED_S = 0.05
"""How often it is asked whether the server answers; a busy machine takes seconds."""


@dataclass
class County:
    """One world behind its address."""

    world: World
    url: str

    def page(self, town: Town, name: str, path: str, *, wide: bool = True, language: str = "zh-CN") -> Page:
        """A page of the person `name`, signed in by the API."""
        page = town.page(wide=wide, language=language, url=self.url)
        self.world.clock.advance(60)  # each sign-in takes a code of its own
        credentials = self.world.credentials(name)
        answer = page.request.post(f"{self.url}/api/session", data=credentials, headers={"Origin": self.url})
        assert answer.ok, answer.text()
        page.goto(path)
        return page


@contextmanager
def served(folder: Path, *instruments: str) -> Iterator[County]:
    """A county of its own; with `instruments` under those alone."""
    world = World(folder, county=True)
    if instruments:
        law = Rulebook([packaged(name) for name in instruments], china())
        world.services = replace(world.services, law=law)
    app = create_app(replace(world.services, screens=Path(mingjian.__file__).parent / "webui"))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(STARTED_S)
    try:
        yield County(world, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
        world.close()
