"""A redacted copy through the API: masks by one person, review by another, one file; an entry for each step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mingjian.governance.purposes import DEFAULTS
from web_world import World

MASK = {"shape": "box", "cover": "fill", "keys": [{"at_ms": 0, "corners": [[0.1, 0.1], [0.4, 0.4]]}]}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def opened(world: World, client: httpx.AsyncClient) -> dict[str, Any]:
    """A viewing of half a minute, as a project wants it."""
    end = world.clock.now() // 1_000_000 - 60_000
    span = {"start_ms": end - 30_000, "end_ms": end}
    about = {
        "act": "playback",
        "cameras": [str(world.cameras[0])],
        "ground": DEFAULTS[1],
        "purpose": "征集线索",
    }
    answer = await client.post("/api/views", json=about | span)
    assert answer.status_code == 201, answer.text
    return {"grant": answer.json()["grant"], "camera": str(world.cameras[0]), **span}


async def begun(world: World, client: httpx.AsyncClient) -> tuple[str, str]:
    """A project with one mask; its address and the editor's viewing."""
    about = await opened(world, client)
    made = await client.post("/api/redactions", json={**about, "purpose": "征集线索", "destination": "县广播电视台"})
    assert made.status_code == 201, made.text
    path = f"/api/redactions/{made.json()['id']}"
    saved = await client.put(f"{path}/masks", json={"masks": [MASK]})
    assert saved.status_code == 200, saved.text
    return path, about["grant"]


async def submitted(world: World, client: httpx.AsyncClient) -> str:
    path, _ = await begun(world, client)
    assert (await client.post(f"{path}/draft")).status_code == 202
    assert (await client.post(f"{path}/submit")).status_code == 200
    return path


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def test_A799_22_the_whole_way_of_a_redacted_copy(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    path, grant = await begun(world, duty)
    shown = await duty.post(f"{path}/picture", json={"grant": grant, "at_ms": 1000, "covered": True})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    rendered = (await duty.post(f"{path}/draft")).json()
    assert (rendered["rendered"], rendered["share"]) == (True, None)
    assert (await duty.post(f"{path}/watch", json={"grant": grant})).status_code == 200
    assert (await duty.post(f"{path}/submit")).json()["state"] == "submitted"

    own = (await opened(world, manager))["grant"]
    assert (await manager.post(f"{path}/look", json={"grant": own})).json()["looked"]
    assert (await manager.post(f"{path}/watch", json={"grant": own})).status_code == 200
    reviewed = (await manager.post(f"{path}/review", json={"approve": True, "note": "遮挡完整"})).json()
    assert (reviewed["state"], reviewed["reviewer"]) == ("reviewed", "视频管理员")
    released = (await manager.post(f"{path}/release")).json()
    assert released["state"] == "released"
    with world.store.reading() as uow:
        entry = uow.register.one(released["released_entry"])
    assert entry is not None
    assert (entry.kind, entry.destination, entry.purpose) == ("publication", "县广播电视台", "征集线索")
    assert entry.closing is not None
    assert sum(entry.closing.seconds.values()) == 30
    assert world.redactor.rendered[-1] == (released["id"], released["released_entry"], "县广播电视台", False)

    file = await manager.post(f"{path}/file")
    assert (file.status_code, file.content) == (200, b"redacted")
    assert code(await manager.post(f"{path}/file")) in ("redaction.no-file", "redaction.taken")
    kinds = [kind for kind in (entry["kind"] for entry in world.entries()) if kind.startswith("redaction.")]
    assert kinds == [
        "redaction.begun", "redaction.saved", "redaction.rendered", "redaction.submitted", "redaction.looked",
        "redaction.approved", "redaction.released", "redaction.closed", "redaction.taken",
    ]  # fmt: skip


async def test_A799_22_nobody_reviews_the_own_copy_or_one_not_looked_through(world: World) -> None:
    manager, duty = await world.signed_in("manager"), await world.signed_in("duty")
    path = await submitted(world, manager)
    grant = (await opened(world, manager))["grant"]
    for step, form in (("look", {"grant": grant}), ("review", {"approve": True})):
        assert code(await manager.post(f"{path}/{step}", json=form)) == "redaction.own-work"
    assert code(await duty.post(f"{path}/review", json={"approve": True})) == "redaction.not-looked"
    returned = await duty.post(f"{path}/review", json={"approve": False, "note": "左侧号牌未遮挡"})
    assert returned.json()["state"] == "returned"
    assert code(await manager.post(f"{path}/release")) == "procedure.step"


async def test_a_changed_mask_needs_a_new_draft_and_nothing_is_submitted_without_one(world: World) -> None:
    duty = await world.signed_in("duty")
    path, _ = await begun(world, duty)
    assert code(await duty.post(f"{path}/submit")) == "redaction.not-rendered"
    await duty.post(f"{path}/draft")
    assert not (await duty.put(f"{path}/masks", json={"masks": [MASK, MASK]})).json()["rendered"]
    assert code(await duty.post(f"{path}/submit")) == "redaction.not-rendered"
    await duty.put(f"{path}/masks", json={"masks": []})
    await duty.post(f"{path}/draft")
    assert code(await duty.post(f"{path}/submit")) == "redaction.no-mask"


async def test_footage_is_shown_under_a_viewing_of_ones_own_alone(world: World) -> None:
    duty, manager, auditor = [await world.signed_in(name) for name in ("duty", "manager", "auditor")]
    path, grant = await begun(world, duty)
    for client, why in ((manager, "redaction.no-view"), (auditor, "view.role")):
        assert code(await client.post(f"{path}/picture", json={"grant": grant})) == why
        assert code(await client.post(f"{path}/watch", json={"grant": grant})) == why
    assert code(await manager.put(f"{path}/masks", json={"masks": []})) == "access.not-yours"
    await duty.delete(f"/api/views/{grant}")
    assert code(await duty.post(f"{path}/picture", json={"grant": grant})) == "redaction.no-view"


async def test_a_copy_that_cannot_be_made_leaves_a_failed_entry_and_can_be_released_again(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    path = await submitted(world, duty)
    await manager.post(f"{path}/look", json={"grant": (await opened(world, manager))["grant"]})
    await manager.post(f"{path}/review", json={"approve": True})
    world.redactor.failing = True
    failed = (await manager.post(f"{path}/release")).json()
    assert (failed["state"], failed["problem"]) == ("reviewed", "redaction.failed")
    world.redactor.failing = False
    assert (await manager.post(f"{path}/release")).json()["state"] == "released"
