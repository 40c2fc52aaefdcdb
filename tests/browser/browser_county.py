"""The organs and units of a county behind a real server: its time is the test's, its cameras answer at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from browser_town import Town
from fastapi import FastAPI
from playwright.sync_api import Page

import mingjian
from mingjian.app.provider_sign_in import Provider
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
    app: FastAPI
    port: int

    def __post_init__(self) -> None:
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve at the address until `stop`."""
        self._server = uvicorn.Server(uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="warning"))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            self._thread.join(STARTED_S)

    def stop(self) -> None:
        """Nobody answers at the address any more."""
        self._server.should_exit = True
        self._thread.join()

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
def served(folder: Path, *instruments: str, provider: Callable[[World], Provider] | None = None) -> Iterator[County]:
    """A county of its own; with `instruments` under those alone, with `provider` people sign in by that one."""
    world = World(folder, county=True)
    if provider is not None:
        assert world.services.provider is not None
        world.services = replace(world.services, provider=replace(world.services.provider, provider=provider(world)))
    if instruments:
        law = Rulebook([packaged(name) for name in instruments], china())
        world.services = replace(world.services, law=law)
    app = create_app(replace(world.services, screens=Path(mingjian.__file__).parent / "webui"))
    county = County(world, app, free_port())
    try:
        yield county
    finally:
        county.stop()
        world.close()
