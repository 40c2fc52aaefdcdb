"""From a leaked picture to its register entry, through the API and by the command; the file itself is not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from mingjian.adapters.forensic_keys import forensic_key
from mingjian.app import leaks, views
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.processing.forensic import Found
from mingjian.processing.hidden_mark import HiddenMark, mark_image
from mingjian.processing.leak import LeakRead
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path, county=True)
    yield world
    world.close()


@dataclass(frozen=True)
class Known:
    """A reader that always reads the same entry."""

    entry: int

    def read(self, data: bytes, entries: int, *, told: Callable[[float], None] = lambda share: None) -> LeakRead:
        return LeakRead(1, Found(self.entry, 1, 20.0, 1e-60))


def seen(world: World, account: str = "duty") -> Grant:
    """A viewing that someone opened."""
    return views.open_view(
        world.store,
        actor=world.actor(account),
        clock=world.clock,
        law=world.services.law,
        random=world.services.random,
        act=MediaAct.LIVE,
        cameras=world.cameras[:1],
    )


def leak(world: World, entry: int) -> bytes:
    """A picture delivered under `entry`, halved, cut and saved as JPEG."""
    random = np.random.default_rng(3)
    plain = np.tile(np.linspace(60, 190, 640), (360, 1)) + random.normal(0, 3, (360, 640))
    picture = Image.fromarray(np.clip(plain, 0, 255).astype(np.uint8)).convert("RGB")
    marked = mark_image(picture, HiddenMark(entry, forensic_key(world.vault, 1)))
    out = BytesIO()
    marked.resize((320, 180)).crop((14, 8, 302, 170)).save(out, "JPEG", quality=75)
    return out.getvalue()


async def traced(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    return await client.post("/api/leaks", files={"file": ("泄露.jpg", data)})


async def test_A19_an_auditor_learns_who_was_given_a_leaked_picture(world: World) -> None:
    grant, auditor = seen(world), await world.signed_in("auditor")
    data = leak(world, grant.entry)
    answer = await traced(auditor, data)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert found["entry"] == grant.entry
    assert found["chance"] < 1e-8
    assert (found["registered"]["person"], found["registered"]["kind"]) == (grant.person_name, "live")
    digest = sha256(data).hexdigest()
    asked, read = world.entries("leak.asked"), world.entries("leak.traced")
    assert (asked[-1]["subject"], read[-1]["subject"], read[-1]["facts"]["entry"]) == (digest, digest, grant.entry)
    assert (await auditor.get("/api/leaks")).json() == [found]
    assert (await auditor.get(f"/api/leaks/{found['id']}")).json() == found
    assert (await auditor.get("/api/leaks/progress")).json() == {"share": None}
    assert not [path for path in world.folder.rglob("*") if path.is_file() and data[100:200] in path.read_bytes()]


async def test_a_picture_without_mark_names_nobody_and_what_is_no_picture_is_refused(world: World) -> None:
    auditor = await world.signed_in("auditor")
    out = BytesIO()
    Image.new("L", (320, 180), 90).save(out, "PNG")
    found = (await traced(auditor, out.getvalue())).json()
    assert (found["entry"], found["registered"], found["whose"]) == (None, None, "")
    for data, code in ((b"%PDF-1.7", "leak.type"), (b"\x89PNG\r\n\x1a\n broken", "leak.unreadable")):
        answer = await traced(auditor, data)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert len((await auditor.get("/api/leaks")).json()) == 1


def test_an_entry_of_another_unit_is_told_by_its_number_alone(world: World) -> None:
    entry = seen(world).entry
    with world.store.writing() as uow:
        auditor, other = uow.people.named("auditor"), uow.people.named("hotel")
        assert auditor is not None
        assert other is not None
        uow.people.save(replace(auditor, unit=other.unit))
    shown = leaks.trace(
        world.store,
        Known(entry),
        actor=world.actor("auditor"),
        clock=world.clock,
        random=world.services.random,
        data=b"a picture",
    )
    assert (shown.trace.entry, shown.registered) == (entry, None)
    assert shown.whose


async def test_nobody_but_the_auditor_traces(world: World) -> None:
    for account in ("manager", "duty", "admin"):
        client = await world.signed_in(account)
        assert (await traced(client, b"\x89PNG")).status_code == 403
        assert (await client.get("/api/leaks")).status_code == 403
    refused = world.entries("act.refused")
    assert {entry["facts"]["act"] for entry in refused} == {"leak.trace"}
