"""A camera on its way into the register: place, system and every answer of the guided path, by the acts themselves."""

from __future__ import annotations

from typing import Any

from mingjian.app import cameras, place_systems, places, siting_looks, sitings
from mingjian.app.records import Actor
from mingjian.governance.siting import StreamFacts
from mingjian.kernel.ids import CameraId
from web_world import World

DOSSIER = {
    "osd_name": "大厅东",
    "manufacturer": "示范制造",
    "model": "SF-1",
    "camera_type": "枪机",
    "ptz": "否",
    "microphone": "否",
    "address": "示范路 1 号",
    "indoor": "是",
    "installed_on": "2026-01-05",
    "manager_phone": "0554-0000000",
}
STANDS: dict[str, Any] = {
    "part": "lobby",
    "location": "lobby",
    "gb_code": "34042103471327000001",
    "longitude": 116.7,
    "latitude": 32.7,
    "direction_deg": 90.0,
    "angle_deg": 80.0,
    "range_m": 25.0,
    "reaches": False,
    "dossier": DOSSIER,
}


def hall(world: World, actor: Actor, kind: str = "7.2.hotel", name: str = "示范旅馆") -> tuple[str, str]:
    """A place of the actor's unit and a system there."""
    common = {"actor": actor, "clock": world.clock, "random": world.services.random}
    form = places.PlaceForm(name, kind, "340421", "示范路 1 号", 116.7, 32.7)
    place = places.add_place(world.store, world.services.law, **common, form=form)
    system = place_systems.add_system(
        world.store, world.services.law, **common, place=place.id, form=place_systems.SystemForm("视频系统", "公共安全")
    )
    return place.id, system.id


def complete(world: World, actor: Actor, *, code: str = "", bitrate_bps: int = 4_000_000, **changes: Any) -> CameraId:
    """A draft that lacks nothing but the signature, with what `changes` say of its siting."""
    with world.store.reading() as uow:
        code = code or f"34042103471327{len(uow.sitings.of_unit(actor.unit)) + 1:06}"
    place, system = hall(world, actor)
    common = {"actor": actor, "clock": world.clock}
    form = sitings.SitingForm(**{**STANDS, "place": place, "system": system, "gb_code": code, **changes})
    connection = cameras.CameraForm(
        "大厅东", "", "rtsp://192.0.2.20/main", "", "viewer", "camera-secret", "tcp", "native", "", bitrate_bps
    )
    camera = cameras.add_camera(
        world.store, world.rules, **common, random=world.services.random, form=connection, siting=form
    ).id
    stream = StreamFacts("H.264", 1920, 1080, 25.0, bitrate_bps, 2.0, world.clock.now())
    siting_looks.measured(world.store, world.rules.admission, **common, camera=camera, stream=stream)
    _, index = siting_looks.look(world.store, **common, random=world.services.random, camera=camera, shown=True)
    siting_looks.keep_picture(
        world.store,
        world.services.attachments,
        **common,
        random=world.services.random,
        camera=camera,
        jpeg=b"\xff\xd8\xff\xe0",
        entry=index,
    )
    return camera
