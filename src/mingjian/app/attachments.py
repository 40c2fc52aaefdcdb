"""Papers and pictures about a subject: kept once, never changed, read by whoever may see what they are about.

What a file is, is judged by its content and never by its name or by what the sender says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.obligations import Attachment
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, UnitId, uuid7

REFERENCE_PICTURE = "reference_picture"
"""What a camera saw: shown as an entered view alone, never as a paper."""
LARGEST_BYTES = 32 << 20
"""A design of a hundred drawn pages; larger ones come in parts."""
NAME_LONGEST, KIND_LONGEST = 200, 32
"""What file systems and the table hold."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_MEMBERS = {b"word/document.xml": DOCX, b"xl/workbook.xml": XLSX}
"""A member's name stands uncompressed in an archive: enough to tell a document from any other archive."""
PICTURES = frozenset({"image/jpeg", "image/png"})
"""What a photograph or a drawing on a screen may be."""
MEDIA_TYPES = (*_BEGINNINGS.values(), *_MEMBERS.values(), "application/zip")

Reach = Callable[[Performance, str], UnitId]
"""Decides `doing.act` about a subject of its kind and answers its owner. Raises Refused or Missing."""


def _unit(doing: Performance, subject: str) -> UnitId:
    doing.permit(UnitId(subject))
    return UnitId(subject)


def _place(doing: Performance, subject: str) -> UnitId:
    if (place := doing.uow.places.one(subject)) is None:
        raise _unknown()
    doing.permit_near(place.unit, place.territory, place.sector)
    return place.unit


def _system(doing: Performance, subject: str) -> UnitId:
    if (system := doing.uow.systems.one(subject)) is None:
        raise _unknown()
    doing.permit_near(system.unit, system.territory, system.sector)
    return system.unit


def _filing(doing: Performance, subject: str) -> UnitId:
    if (filing := doing.uow.filings.one(subject)) is None:
        raise _unknown()
    doing.permit_near(filing.unit, filing.territory, filing.sector)
    return filing.unit


def _camera(doing: Performance, subject: str) -> UnitId:
    """Pictures of a camera are its own unit's alone."""
    if (camera := doing.uow.cameras.one(CameraId(subject), doing.person.unit)) is None:
        raise _unknown()
    doing.permit(camera.unit)
    return camera.unit


SUBJECTS: Mapping[str, Reach] = {
    "camera": _camera,
    "unit": _unit,
    "place": _place,
    "system": _system,
    "filing": _filing,
}
"""What papers can be about, and who reaches them there. `unit` is for what belongs to no object yet."""


def attach(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    subject_kind: str,
    subject: str,
    kind: str,
    name: str,
    content: bytes,
    act: Act = Act.ATTACHMENT_ADD,
    reach: Reach | None = None,
    entered: str = "attachment.added",
) -> Attachment:
    """Keep a file about a subject. Raises Invalid for what it cannot be, Refused for who may not.

    The bytes are durable before the row exists: a row never names a file that is not there. What has an act of its own
    for its papers brings it with its `reach` and the kind of its entry; all else is in `SUBJECTS`.
    """
    reaches = reach or (lambda doing, about: _reached(doing, subject_kind, about))
    name = line(name, "name", longest=NAME_LONGEST)
    kind = line(kind, "kind", longest=KIND_LONGEST)
    media_type_of(content)
    with asking(store, act, actor=actor, clock=clock) as doing:
        reaches(doing, subject)
    sha256 = files.keep(content)
    with performing(store, act, subject, actor=actor, clock=clock) as doing:
        unit = reaches(doing, subject)
        kept = on_record(doing, random, unit, subject_kind, subject, kind, name, content, sha256)
        about = {"subject_kind": subject_kind, "kind": kind, "sha256": sha256, "size_bytes": len(content)}
        doing.enter(entered, subject, {"attachment": kept.id, **about}, personal={"name": name})
        return kept


def on_record(
    doing: Performance,
    random: Random,
    unit: UnitId,
    subject_kind: str,
    subject: str,
    kind: str,
    name: str,
    content: bytes,
    sha256: str,
) -> Attachment:
    """The row of a file whose bytes are durable, inside an act that has decided on it and enters it."""
    kept = Attachment(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        unit=unit,
        subject_kind=subject_kind,
        subject=subject,
        kind=kind,
        name=name,
        media_type=media_type_of(content),
        size_bytes=len(content),
        sha256=sha256,
        by=doing.actor.display_name,
        at=doing.now,
    )
    doing.uow.attachments.add(kept)
    return kept


def one(store: Store, *, actor: Actor, clock: Clock, attachment: str) -> Attachment:
    """An attachment of a subject that the actor may see. Raises Missing for any other."""
    with asking(store, Act.ATTACHMENT_READ, actor=actor, clock=clock) as doing:
        found = doing.uow.attachments.one(attachment)
        if found is None:
            raise _unknown()
        _reached(doing, found.subject_kind, found.subject)
        if found.subject_kind == "camera" and found.kind == REFERENCE_PICTURE:
            raise refusal(reason("view.unregistered"))
        return found


def of_subject(doing: Performance, subject_kind: str, subject: str) -> tuple[Attachment, ...]:
    """The papers about one subject, oldest first. The caller has decided that they may be seen."""
    return tuple(one for one in doing.uow.attachments.of_subject(subject) if one.subject_kind == subject_kind)


def media_type_of(content: bytes) -> str:
    """What the bytes are. Raises Invalid `attachment.empty`, `.large` or `.type`."""
    if not content:
        raise Invalid("attachment.empty", "文件是空的", text_en="The file is empty", field="file")
    if len(content) > LARGEST_BYTES:
        most = LARGEST_BYTES >> 20
        raise Invalid(
            "attachment.large",
            f"文件超过 {most} MiB",
            text_en=f"The file is larger than {most} MiB",
            remedy="压缩图片或者分成几个文件上传",
            remedy_en="Make its pictures smaller, or upload it in parts",
            field="file",
        )
    for beginning, known in _BEGINNINGS.items():
        if content.startswith(beginning):
            return known
    if content.startswith((_ZIP, _EMPTY_ZIP)):
        return next((known for member, known in _MEMBERS.items() if member in content), "application/zip")
    raise Invalid(
        "attachment.type",
        "不能识别的文件类型",
        text_en="This kind of file is not known here",
        remedy="上传 PDF、JPEG、PNG、XLSX、DOCX 或者 ZIP 文件",
        remedy_en="Upload a PDF, JPEG, PNG, XLSX, DOCX or ZIP file",
        field="file",
    )


def _reached(doing: Performance, subject_kind: str, subject: str) -> UnitId:
    if (reach := SUBJECTS.get(subject_kind)) is None:
        raise _unknown()
    return reach(doing, subject)


def _unknown() -> Exception:
    return refusal(reason("authority.unknown-object"))
