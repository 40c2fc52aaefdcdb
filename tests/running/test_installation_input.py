"""Bad input at the running system: each refusal says what, where and what to do; no credential is ever told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from installation import PASSWORD, Installation
from mingjian.cli.selftest_client import free_port

WRONG = "wrong-word-91c2"
IN_URL = "url-word-55aa"
SECRETS = (PASSWORD, WRONG, IN_URL)
BITRATE = 300_000


@contextlib.contextmanager
def answering(words: bytes) -> Iterator[str]:
    """The address of a server that is no camera: it answers every first line with `words`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.recv(4096)
                        caller.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/main"
        server.shutdown(socket.SHUT_RDWR)


def refusal(installation: Installation, path: str, **body: Any) -> tuple[int, dict[str, str]]:
    """Status and error facts of a call that must be refused; all facts are there and none tells a secret."""
    manager = installation.user("manager")
    answer = manager._http.post(path, json=body, timeout=40)
    assert answer.status_code >= 400, answer.text
    assert not any(secret in answer.text for secret in SECRETS)
    facts: dict[str, str] = answer.json()["error"]
    for name in ("code", "text", "text_en", "remedy", "remedy_en"):
        assert facts[name], (name, facts)
    assert facts["text"] != facts["text_en"], "both languages"
    return answer.status_code, facts


def camera(**changes: Any) -> dict[str, Any]:
    given = {"name": "测试", "url": "rtsp://127.0.0.1:9/main", "user": "admin", "password": WRONG}
    return {**given, "expected_bitrate_bps": BITRATE, **changes}


@pytest.mark.parametrize(
    "url",
    ["", "main", "http://127.0.0.1/main", "rtsp://", "rtsp://:554/main", "rtsp://127.0.0.1:99999/main",
     "rtsp://127.0.0.1:port/main", "rtsp://[::1/main", "rtsp://127.0.0.1/a\r\nX: y",
     f"rtsp://admin:{IN_URL}@127.0.0.1/main"],
    ids=["empty", "no scheme", "http", "no host", "only port", "port too high", "port no number", "bracket",
         "line break", "credentials"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/cameras", "/api/cameras/probe"])
def test_an_address_that_cannot_be_one(installation: Installation, url: str, path: str) -> None:
    body = camera(url=url)
    if path.endswith("probe"):
        body = {name: body[name] for name in ("url", "user", "password")}
    status, facts = refusal(installation, path, **body)
    assert (status, facts["field"]) == (422, "url")


def test_the_sub_stream_is_named_as_the_field_that_is_wrong(installation: Installation) -> None:
    status, facts = refusal(installation, "/api/cameras", **camera(sub_url="ftp://127.0.0.1/sub"))
    assert (status, facts["field"]) == (422, "sub_url")


def test_a_bit_rate_that_the_disks_cannot_hold_is_refused_with_the_arithmetic(installation: Installation) -> None:
    status, facts = refusal(installation, "/api/cameras", **camera(expected_bitrate_bps=150_000_000))
    assert (status, facts["code"], facts["field"]) == (409, "capacity.does-not-fit", "expected_bitrate_bps")
    for figure in ("150.00 Mb/s", "30 分钟", "1.015", "GB"):
        assert figure in facts["text"], figure
    assert "150.00 Mb/s" in facts["text_en"]
    status, facts = refusal(installation, "/api/cameras", **camera(expected_bitrate_bps=10**11))
    assert (status, facts["field"]) == (422, "expected_bitrate_bps")


def probed(installation: Installation, url: str, password: str) -> tuple[int, dict[str, str]]:
    return refusal(installation, "/api/cameras/probe", url=url, user="admin", password=password)


def test_nobody_listens(installation: Installation) -> None:
    status, facts = probed(installation, f"rtsp://127.0.0.1:{free_port()}/main", WRONG)
    assert (status, facts["code"], facts["field"]) == (502, "net.refused", "url")


def test_a_name_that_does_not_exist(installation: Installation) -> None:
    status, facts = probed(installation, "rtsp://camera.mingjian.invalid/main", WRONG)
    assert (status, facts["field"]) == (502, "url")
    assert facts["code"].startswith("net.")


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 3000, b""])
def test_a_port_that_is_no_camera(installation: Installation, words: bytes) -> None:
    with answering(words) as url:
        status, facts = probed(installation, url, WRONG)
    assert status == 502
    assert facts["code"].startswith(("rtsp.", "net.", "capture."))
    assert facts["field"] == "url"


def test_a_wrong_password_and_a_path_that_is_not_there(installation: Installation) -> None:
    url = installation.sites.park.cameras[0].url
    status, facts = probed(installation, url, WRONG)
    assert (status, facts["code"], facts["field"]) == (502, "rtsp.auth-failed", "password")
    status, facts = probed(installation, url.replace("main", "nowhere"), PASSWORD)
    assert (status, facts["code"], facts["field"]) == (502, "rtsp.not-found", "url")


def test_a_working_camera_is_measured(installation: Installation) -> None:
    found = installation.user("manager").call(
        "POST", "/api/cameras/probe", url=installation.sites.park.cameras[0].url, user="admin", password=PASSWORD
    )
    assert (found["codec"], found["width"], found["height"]) == ("H.264", 320, 180)


def test_no_refused_camera_was_put_on_record(installation: Installation) -> None:
    assert "测试" not in {found["name"] for found in installation.cameras()}


def test_no_credential_is_told_anywhere(installation: Installation) -> None:
    """After a camera that refuses its password for a while: logs, process list, answers, every file."""
    manager = installation.user("manager")
    url = installation.sites.park.cameras[0].url
    added = manager.call("POST", "/api/cameras", **camera(url=url, name="口令不对"))
    installation.wait("its failure", 20, lambda: installation.state(added["id"])["cause"] == "auth-failed")
    try:
        shown = [manager.call("GET", "/api/cameras"), manager.call("GET", f"/api/cameras/{added['id']}"), added]
        shown += [installation.user("auditor").call("GET", "/api/ledger/entries", limit=100)]
        assert "password" not in json.dumps(shown[:3]).lower()
        told = {"API": json.dumps(shown, ensure_ascii=False).encode()}
        told |= {str(path): path.read_bytes() for path in _files(installation.root)}
        for pid in [*installation.pids(), installation.supervisor.pid if installation.supervisor else 0]:
            told[f"process {pid}"] = (
                Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
            )
        assert any(name.endswith("web.log") for name in told)
        assert any(name.endswith("recorder-0.log") for name in told)
        found = [(name, secret) for name, words in told.items() for secret in SECRETS if secret.encode() in words]
        assert found == []
    finally:
        manager.call("POST", f"/api/cameras/{added['id']}/retire", reason="测试结束")


def _files(root: Path) -> list[Path]:
    """Every file of the data directory: logs, stored assignments, databases, chains and footage."""
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_stranger_learns_nothing(installation: Installation) -> None:
    with httpx.Client(base_url=installation.run.url) as stranger:
        for path in ("/api/cameras", "/api/storage", "/api/register", "/api/exports", "/api/ledger/entries"):
            answer = stranger.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session.required")
