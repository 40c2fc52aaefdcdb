"""A private person at the counter, for the tests: the application, and its way to where a test needs it."""

from __future__ import annotations

from typing import Any

import httpx

from mingjian.governance.purposes import DEFAULTS
from web_world import World

PATH = "/api/private-viewings"
MASKS = [{"shape": "box", "cover": "fill", "keys": [{"at_ms": 0, "corners": [[0.5, 0.0], [1.0, 1.0]]}]}]
OUTSIDE = {"place": "一楼接待室", "outside_room": True, "promised": True}
SIGNED = {"how": "screen", "name": "王某", "outcome": "看到遗失的背包被人拿走"}


def application(world: World, **changes: Any) -> dict[str, Any]:
    """What a person asks: half a minute of the first camera, for a lost bag."""
    end = world.clock.now() // 1_000_000 - 600_000
    form = {
        "applicant": "王某",
        "paper": "id-card",
        "paper_number": "340421199001012345",
        "relation": "self",
        "ground": "property",
        "why": "在大厅遗失背包，内有手机",
        "cameras": [str(world.cameras[0])],
        "start_ms": end - 30_000,
        "end_ms": end,
    }
    return {**form, **changes}


async def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


async def asked(world: World, staff: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """An application that `staff` took down."""
    return await done(await staff.post(PATH, json=application(world, **changes)))


async def consented(
    world: World, staff: httpx.AsyncClient, other: httpx.AsyncClient, *, masks: bool = False, **consent: Any
) -> dict[str, Any]:
    """One that `other` consented to; with `masks` as it needs them."""
    made = await asked(world, staff)
    path = f"{PATH}/{made['id']}"
    page = await done(await other.post(f"{path}/consent", json={"mask_others": masks, **consent}))
    if masks:
        await done(await staff.put(f"{path}/masks", json={"camera": made["cameras"][0], "masks": MASKS}))
    return page


async def looking(staff: httpx.AsyncClient, page: dict[str, Any]) -> str:
    """The staff's own playback of the seconds, under which a still is shown."""
    span = {"start_ms": page["start_ms"], "end_ms": page["end_ms"]}
    form = {"act": "playback", "cameras": page["cameras"], "ground": DEFAULTS[1], "purpose": "设置个人查阅的遮挡"}
    return str((await done(await staff.post("/api/views", json=form | span)))["grant"])


async def opened(staff: httpx.AsyncClient, page: dict[str, Any], **changes: Any) -> httpx.Response:
    """What the server answers to opening it."""
    return await staff.post(f"{PATH}/{page['id']}/view", json={"cameras": page["cameras"], **OUTSIDE, **changes})


async def viewed(staff: httpx.AsyncClient, page: dict[str, Any]) -> None:
    """It was viewed, and that is over."""
    view = await done(await opened(staff, page))
    answer = await staff.delete(f"/api/views/{view['grant']}")
    assert answer.status_code == 204, answer.text
