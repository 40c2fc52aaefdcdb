"""What is measured and seen of a camera on its way into the register: stream test, reference picture, proof of masks.

Every look at the stream is permitted and entered before it happens; what came of it is kept by an act of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mingjian.app import sitings
from mingjian.app.attachments import REFERENCE_PICTURE, on_record
from mingjian.app.performing import Performance, performing
from mingjian.app.ports import Admission, Random, Store
from mingjian.app.records import Actor, Camera, RegisterEntry, RegisterKind
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.governance.authority import Act
from mingjian.governance.mask import Reading, judge
from mingjian.governance.obligations import Attachment
from mingjian.governance.siting import Siting, StreamFacts
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing, Refused
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, uuid7
from mingjian.kernel.period import Period

PICTURE_PURPOSE = "登记基准画面"
KEPT_PURPOSE = "查看基准画面"


def measured(
    store: Store, admission: Admission, *, actor: Actor, clock: Clock, camera: CameraId, stream: StreamFacts
) -> None:
    """Keep what a stream test of a camera on record found, and the days of storage at the measured rate."""
    with performing(store, Act.CAMERA_PROBE, camera, actor=actor, clock=clock) as doing:
        found = sitings.own(doing, camera)
        doing.permit(found.unit)
        siting = doing.uow.sitings.one(camera)
        if siting is None:
            return
        others = [other for other in doing.uow.cameras.all_in_use() if other.id != camera]
        try:
            admission.admit(found.name, stream.bitrate_bps, others)
            days = admission.term_days()
        except Refused:
            days = 0
        doing.uow.sitings.save(replace(siting, stream=stream, days=days))
        facts = {"codec": stream.codec, "bitrate_bps": stream.bitrate_bps, "days": days}
        doing.enter("camera.measured", camera, facts)


def look(
    store: Store, *, actor: Actor, clock: Clock, random: Random, camera: CameraId, shown: bool
) -> tuple[Camera, int]:
    """Permit and enter a look at a camera's own stream, before it happens; the entry's index.

    `shown`: a picture comes of it, so it is a viewing and stands in the register (article 17, paragraph 2, item 2).
    """
    with performing(store, Act.CAMERA_LOOK, camera, actor=actor, clock=clock) as doing:
        found = sitings.own(doing, camera)
        doing.permit(found.unit)
        sitings.sited(doing, camera)
        index = doing.enter("camera.looked", camera, {"cameras": [camera], "shown": shown})
        if shown:
            _register_look(doing, random, index, camera, doing.now, PICTURE_PURPOSE)
        return found, index


def look_again(
    store: Store, *, actor: Actor, clock: Clock, random: Random, camera: CameraId
) -> tuple[Camera, Attachment, int]:
    """Permit and enter a look at the kept reference picture, before its bytes are read; the picture and the entry.

    It is a picture of the place as much as any other, so it stands in the register like one.
    """
    with performing(store, Act.CAMERA_LOOK, camera, actor=actor, clock=clock) as doing:
        found = sitings.own(doing, camera)
        doing.permit(found.unit)
        kept = doing.uow.attachments.one(sitings.sited(doing, camera).picture)
        if kept is None:
            raise Missing("siting.no-picture", "没有基准画面", text_en="There is no reference picture")
        facts = {"cameras": [camera], "shown": True, "attachment": kept.id}
        index = doing.enter("camera.looked", camera, facts)
        _register_look(doing, random, index, camera, kept.at, KEPT_PURPOSE)
        return found, kept, index


def _register_look(
    doing: Performance, random: Random, index: int, camera: CameraId, taken: UtcNs, purpose: str
) -> None:
    doing.uow.register.add(
        RegisterEntry(
            index,
            doing.now,
            RegisterKind.SNAPSHOT,
            uuid7(doing.now, random(RANDOM_BYTES)),
            doing.person.id,
            doing.person.display_name,
            doing.person.unit,
            doing.person.unit_name,
            purpose,
            "",
            (camera,),
            Period(taken, UtcNs(taken + SECOND_NS)),
            Period(doing.now, doing.now),
            doing.actor.session,
        )
    )


def keep_picture(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    camera: CameraId,
    jpeg: bytes,
    entry: int,
) -> Siting:
    """Keep the reference picture that was taken under `entry`; masks are proven against it anew."""
    sha256 = files.keep(jpeg)
    with performing(store, Act.CAMERA_LOOK, camera, actor=actor, clock=clock) as doing:
        found = sitings.own(doing, camera)
        doing.permit(found.unit)
        name = f"{found.name}.jpg"
        kept = on_record(doing, random, found.unit, "camera", camera, REFERENCE_PICTURE, name, jpeg, sha256)
        after = replace(sitings.sited(doing, camera), picture=kept.id, picture_entry=entry)
        doing.uow.sitings.save(after)
        doing.enter("camera.pictured", camera, {"attachment": kept.id, "sha256": sha256, "looked": entry})
        return after


def keep_proof(
    store: Store, *, actor: Actor, clock: Clock, camera: CameraId, readings: Sequence[Sequence[Reading]], entry: int
) -> Siting:
    """Judge what the received stream shows of every mask, and keep verdict and instants with their entry."""
    with performing(store, Act.CAMERA_LOOK, camera, actor=actor, clock=clock) as doing:
        doing.permit(sitings.own(doing, camera).unit)
        before = sitings.sited(doing, camera)
        proof = judge(readings if len(readings) == len(before.masks) else ())
        facts = {
            "proven": proof.proven,
            "code": proof.code,
            "masks": len(before.masks),
            "pictures_ms": [at // 1_000_000 for at in proof.pictures],
            "looked": entry,
        }
        index = doing.enter("camera.mask_judged", camera, facts)
        after = replace(before, proof=replace(proof, entry=index))
        doing.uow.sitings.save(after)
        return after
