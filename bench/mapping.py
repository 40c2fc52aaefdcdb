"""The map under a hand that drags it: how many frames a second, with as many cameras as a large county has."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from playwright.sync_api import Page

CAMERAS = 5_000
PLACES = 500
LONGITUDE, LATITUDE, SPREAD_DEG = 116.7, 32.7, 0.03
"""A town of some six kilometres: near, hundreds of cameras and their sectors are in view at once."""
SEED = 6
NEARER = 4
"""Steps from the whole town to where each camera stands for itself, with its field of view."""
STEP_PX = 12
"""Some 700 px a second: a hand in a hurry."""
SETTLE_MS = 1_500
STATES = ("recording", "recording", "recording", "offline", "on_record")
COUNT = """() => {
    window.stamps = []
    const each = now => { stamps.push(now); requestAnimationFrame(each) }
    requestAnimationFrame(each)
}"""


def town() -> dict[str, Any]:
    """An answer of the map's own shape."""
    chance = random.Random(SEED)

    def near(middle: float) -> float:
        return middle + chance.uniform(-SPREAD_DEG, SPREAD_DEG)

    def columns(count: int, **values: Any) -> dict[str, list[Any]]:
        return {name: [value(n) for n in range(count)] for name, value in values.items()}

    where = {
        "longitude": lambda _: near(LONGITUDE),
        "latitude": lambda _: near(LATITUDE),
        "datum": lambda _: "cgcs2000",
    }
    places = columns(
        PLACES, id=lambda n: f"p{n}", name=lambda n: f"示范场所{n}", kind_name=lambda _: "旅馆",
        kind_name_en=lambda _: "Hotel", category=lambda _: "7.2", address=lambda n: f"示范路 {n} 号",
        own=lambda _: True, floors=lambda _: 0, **where,
    )  # fmt: skip
    cameras = columns(
        CAMERAS, id=lambda n: f"c{n}", place=lambda n: f"p{n % PLACES}", system=lambda n: f"s{n % PLACES}",
        name=lambda n: f"示范摄像机{n}", number=lambda n: f"340421030013{n:08}", own=lambda _: True,
        direction_deg=lambda _: chance.uniform(0, 360), angle_deg=lambda _: 60.0, range_m=lambda _: 40.0,
        state=lambda n: STATES[n % len(STATES)], **where,
    )  # fmt: skip
    return {"places": places, "cameras": cameras, "unsited": 0, "whole": True, "basemap": None}


def panned(page: Page, seconds: int) -> tuple[float, float]:
    """Frames a second while the map is dragged: the whole town in clusters, then near, camera by camera."""
    body = json.dumps(town())
    page.route("**/api/map", lambda route: route.fulfill(body=body, content_type="application/json"))
    page.goto("/map")
    settled = page.locator(".map-canvas[data-still=yes]")
    settled.wait_for()
    page.wait_for_timeout(SETTLE_MS)
    far = _frames(page, seconds)
    for _ in range(NEARER):
        page.get_by_role("button", name="放大").click()
        page.wait_for_timeout(SETTLE_MS)
    settled.wait_for()
    return far, _frames(page, seconds)


def _frames(page: Page, seconds: int) -> float:
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    x, y, reach = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(COUNT)
    until, at, step = time.monotonic() + seconds, 0.0, STEP_PX
    while time.monotonic() < until:
        at += step
        step = -step if abs(at) > reach else step
        page.mouse.move(x + at, y + at / 3)
    found: list[float] = page.evaluate("window.stamps")
    page.mouse.move(x, y)
    page.wait_for_timeout(SETTLE_MS)  # a hand that lets go while it moves would throw the map out of the town
    page.mouse.up()
    return (len(found) - 1) * 1000 / (found[-1] - found[0])
