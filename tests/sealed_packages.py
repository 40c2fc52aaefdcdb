"""What two officers do with a sealed package: each takes the own share, one fetches it, both open it."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import httpx

from mingjian.app.people import enrol_on_the_spot
from mingjian.audit.unseal import Sealed
from web_world import World


async def sealed(staff: httpx.AsyncClient, job: str) -> dict[str, Any]:
    """The sealing of a finished job, made by the staff while both officers are present."""
    answer = await staff.post(f"/api/exports/{job}/seal", json={})
    assert answer.status_code == 202, answer.text
    return dict(answer.json()["sealing"])


async def share(officer: httpx.AsyncClient, job: str) -> str:
    """The officer's own share, in words."""
    answer = await officer.post(f"/api/exports/{job}/share", json={})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["words"])


async def fetched(client: httpx.AsyncClient, job: str) -> bytes:
    """The sealed package, downloaded whole."""
    opened = await client.post(f"/api/exports/{job}/downloads", json={})
    assert opened.status_code == 201, opened.text
    answer = await client.get(f"/api/exports/{job}/downloads/{opened.json()['id']}")
    assert answer.status_code == 200, answer.text
    return answer.content


def opened(data: bytes, *words: str) -> bytes:
    """What is inside. Raises `Unopened`."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "package.zip"
        Sealed(io.BytesIO(data), words).open_to(str(out))
        return out.read_bytes()


def spot_credentials(world: World) -> dict[str, str]:
    """The one-time credential of an officer enrolled on the spot; a new code each time, one person."""
    with world.acting() as doing:
        made = enrol_on_the_spot(
            doing,
            world.vault,
            random=world.services.random,
            organ=world.actor("officer1").unit,
            name="执法人员丙",
            work_id="外 0007",
            certificate="介绍信",
        )
    return {"name": made.person.name, "password": "", "code": made.code}
