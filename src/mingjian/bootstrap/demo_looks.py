"""The steps of the guided path that need a camera that sends: stream test and picture, once a demonstration runs.

By the acts that the camera's page performs, in the name of the unit that runs the cameras.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path

from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.app import cameras, siting_looks
from mingjian.app.records import Actor, Camera
from mingjian.app.seed_sites import KEEPER
from mingjian.bootstrap.camera_rules import camera_rules
from mingjian.bootstrap.looks import CameraLooks
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.streamtest import StreamTest
from mingjian.governance.siting import StreamFacts
from mingjian.kernel.errors import Missing
from mingjian.processing.watermark import Watermark


def look_at_cameras(data: Path) -> int:
    """Test the stream and take the picture of each camera on record that has none; how many. Raises its failure."""
    opened = open_installation(data, load(data, dict(os.environ)))
    try:
        actor = _keeper(opened)
        with opened.store.reading() as uow:
            waiting = [
                camera
                for camera in uow.cameras.all_in_use()
                if (siting := uow.sitings.one(camera.id)) is not None and not siting.picture
            ]
        for camera in waiting:
            asyncio.run(_looked(opened, actor, camera))
        return len(waiting)
    finally:
        opened.engine.dispose()


def _keeper(opened: Opened) -> Actor:
    with opened.store.reading() as uow:
        person = uow.people.named(KEEPER)
    if person is None:
        raise Missing("demo.none", f"没有账号 {KEEPER}", text_en=f"There is no account {KEEPER}")
    return Actor(person.id, KEEPER, person.display_name, person.unit, person.unit_name, person.roles, "demonstration")


async def _looked(opened: Opened, actor: Actor, camera: Camera) -> None:
    store, clock = opened.store, opened.clock
    address = cameras.stream_address(camera, opened.vault)
    found = await StreamTest(clock)(address)
    stream = StreamFacts(found.codec, found.width, found.height, found.fps, found.bitrate_bps, found.gop_s, clock.now())
    admission = camera_rules(opened).admission
    siting_looks.measured(store, admission, actor=actor, clock=clock, camera=camera.id, stream=stream)
    _, index = siting_looks.look(
        store, actor=actor, clock=clock, random=secrets.token_bytes, camera=camera.id, shown=True
    )
    mark = Watermark(actor.display_name, actor.unit_name, clock.now(), index, camera.name)
    jpeg = await CameraLooks(clock).picture(address, mark)
    siting_looks.keep_picture(
        store,
        DiskAttachments(opened.places.attachments),
        actor=actor,
        clock=clock,
        random=secrets.token_bytes,
        camera=camera.id,
        jpeg=jpeg,
        entry=index,
    )
