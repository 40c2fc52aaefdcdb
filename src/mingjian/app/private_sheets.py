"""What came of a private person's application: sittings, and the sheet that both sides sign (799 article 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from mingjian.app import views
from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.private_viewings import (
    LISTED_MOST,
    NO_TRACE,
    NOTE_MOST,
    SCAN,
    found_viewing,
    reachable,
    registered_under,
    scans_of,
    step_to,
    watching,
)
from mingjian.app.records import Actor, RegisterEntry
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.documents import Document, Language
from mingjian.governance.forms import PrivateSheet, ViewedCamera, fingerprint, private_form
from mingjian.governance.obligations import Attachment
from mingjian.governance.private_viewing import IdentityPaper, PrivateStep, PrivateViewing, SignedHow, term
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import CameraId
from mingjian.law.rows import PrivateViewingRule, Setting
from mingjian.law.rulebook import Rulebook

SHEET_DAYS = "private_sheet_days"
"""The figure of the instrument: how long the sheet is kept."""
PAPERS = {
    IdentityPaper.ID_CARD: "居民身份证",
    IdentityPaper.RESIDENCE: "居住证",
    IdentityPaper.PASSPORT: "护照",
    IdentityPaper.OTHER: "其他有效证件",
}
PROMISE = (
    "本人承诺：对查阅中获悉的涉及公共安全、个人隐私和个人信息的视频图像信息，不非法对外提供、不公开传播，"
    "不拍照、不翻录；违反的，依法承担责任。"
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One viewing under an application: its register entry, who sat beside, how many seconds were seen."""

    entry: RegisterEntry
    companion: str
    seconds: int

    @property
    def place(self) -> str:
        return self.entry.destination.removeprefix(f"{NO_TRACE}：")


@dataclass(frozen=True, slots=True)
class PrivatePage:
    """One application with what came of it."""

    viewing: PrivateViewing
    relation: str
    ground: str
    camera_names: tuple[str, ...]
    sittings: tuple[Sitting, ...]
    scans: tuple[Attachment, ...]
    keep_until: str


def sign(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    viewing: str,
    how: SignedHow,
    name: str,
    outcome: str,
) -> PrivateViewing:
    """The sheet is signed by the applicant, on the screen by the own name or on paper, and by who sat beside.

    Kept as it was signed; its fingerprint stands in the entry. Nothing more is viewed under the application.
    """
    said = line(outcome, "outcome", shortest=2, longest=NOTE_MOST)
    with performing(store, Act.PRIVATE_SIGN, viewing, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        doing.permit(found.unit)
        reachable(found, PrivateStep.SIGN)
        page = _page(doing, law, found)
        if not page.sittings:
            raise refusal(reason("private.not-viewed"))
        if watching(doing, found):
            raise refusal(reason("private.viewing-open"))
        if how is SignedHow.PAPER and not any(scan.kind == "sheet" for scan in page.scans):
            raise refusal(reason("private.no-scan"))
        if how is SignedHow.SCREEN and "".join(name.split()) != "".join(found.applicant.split()):
            raise Invalid(
                "private.name",
                "须由申请人本人填写自己的姓名",
                text_en="The applicant signs with the own name",
                field="name",
            )
        companion = doing.person.display_name
        done = replace(page, viewing=replace(found, companion_name=companion, completed=doing.now))
        done = replace(done, keep_until=_keep_until(law, done.viewing))
        sheet = replace(_sheet(doing, law, done), outcome=said)
        after = step_to(
            doing,
            found,
            PrivateStep.SIGN,
            signed_how=how,
            companion_name=companion,
            completed=doing.now,
            consented_until=None,
            sheet=sheet,
            fingerprint=fingerprint(sheet),
        )
        told = {"number": after.number, "how": str(how), "fingerprint": after.fingerprint}
        doing.enter("private.signed", after.id, told, personal={"outcome": said})
        return after


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[PrivateViewing]:
    """The unit's applications, newest first."""
    with asking(store, Act.PRIVATE_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.private_viewings.listed(doing.person.unit, LISTED_MOST)


def page(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, viewing: str) -> PrivatePage:
    """One application with its sittings. Raises Missing for another unit's."""
    with asking(store, Act.PRIVATE_LIST, actor=actor, clock=clock) as doing:
        return _page(doing, law, found_viewing(doing, viewing))


def printed(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, viewing: str, language: Language, address: str = ""
) -> Document:
    """The sheet as a paper: as it was signed, else with what is known so far."""
    with asking(store, Act.PRIVATE_LIST, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        if found.destroyed:
            raise refusal(reason("private.destroyed"))
        sheet = found.sheet or _sheet(doing, law, _page(doing, law, found))
        return private_form(sheet, language, address=address)


def destroy_due(store: Store, files: AttachmentFiles, *, clock: Clock, law: Rulebook) -> int:
    """Called once a day: sheets and proofs of identity beyond the instrument's term go, each with an entry. How many.

    What stays is that something was viewed: number, day, register entries and the fingerprint of the sheet. A file
    that is another's paper as well is kept for it.
    """
    now, today = clock.now(), law.day(clock.now())
    if not any(isinstance(row, Setting) and row.name == SHEET_DAYS for row in law.rows()):
        return 0  # no text of this installation has private viewings
    with store.reading() as uow:
        over = [one for one in uow.private_viewings.over(now) if _keep_until(law, one) < str(today)]
        gone = [scan for one in over for scan in uow.attachments.of_subject(one.id)]
        alone = [scan.sha256 for scan in gone if not _wanted(uow, scan, {one.id for one in over})]
    for sha256 in alone:  # before the rows: whoever is interrupted here begins again
        files.destroy(sha256)
    for found in over:
        with store.writing() as uow:
            bare = replace(found, applicant="", paper_number="", identity="", concerned="", why="", note="", sheet=None)
            uow.private_viewings.save(bare, expected=found.state)
            told = {"number": found.number, "fingerprint": found.fingerprint}
            uow.ledger.append(entry("private.destroyed", now, found.id, told, unit=found.unit))
    return len(over)


def _wanted(uow: UnitOfWork, scan: Attachment, over: set[str]) -> bool:
    """Whether the same file is a paper of something that is not over."""
    others = (one for one in uow.attachments.of_content(scan.sha256) if one.subject not in over)
    behind = ((one, uow.private_viewings.behind(one.subject) if one.subject_kind == SCAN else None) for one in others)
    return any(viewing is None or not viewing.destroyed for _, viewing in behind)


def _page(doing: Performance, law: Rulebook, found: PrivateViewing) -> PrivatePage:
    rule = law.row(found.row)
    assert isinstance(rule, PrivateViewingRule)
    sittings = []
    for one in registered_under(doing, found):
        person = doing.uow.people.one(one.person)
        companion = person.display_name if person is not None else ""
        sittings.append(Sitting(one, companion, views.seconds_seen(doing.uow, one)))
    names = []
    for camera in found.cameras:
        known = doing.uow.cameras.known(camera)
        names.append(known.name if known is not None else str(camera))
    return PrivatePage(
        found,
        term(rule.who, found.relation, "relation").name,
        term(rule.grounds, found.ground, "ground").name,
        tuple(names),
        tuple(sittings),
        scans_of(doing, found),
        _keep_until(law, found),
    )


def _keep_until(law: Rulebook, found: PrivateViewing) -> str:
    if found.completed is None:
        return ""
    return str(law.day(found.completed) + timedelta(days=law.setting(SHEET_DAYS)))


def _sheet(doing: Performance, law: Rulebook, page: PrivatePage) -> PrivateSheet:
    """Every fact as it stands now; what nobody put on record stays empty."""
    found = page.viewing
    unit, row = doing.uow.people.unit(found.unit), law.row(found.row)
    masked = [_name(page, one.camera) for one in found.masks]
    return PrivateSheet(
        number=found.number,
        issued=found.completed or doing.now,
        basis=f"《{law.instrument(row.instrument).head.title}》{row.article}",
        unit_name=unit.name if unit is not None else "",
        applicant=found.applicant,
        paper=f"{PAPERS[found.paper]} {found.paper_number}",
        relation=page.relation,
        concerned=found.concerned or found.applicant,
        ground=page.ground,
        why=found.why,
        asked_on=law.told(found.asked),
        staff=found.staff_name,
        consenter=found.consenter_name,
        consented_on=law.told(found.decided) if found.decided is not None else "",
        cameras="、".join(page.camera_names),
        footage=f"{law.told(found.start)} 至 {law.told(found.end)}",
        masked=f"已遮挡：{'、'.join(masked)}" if masked else "未遮挡",
        promise=PROMISE,
        promised_on=law.told(page.sittings[0].entry.at) if page.sittings else "",
        companion=found.companion_name,
        viewed=tuple(
            ViewedCamera(
                _name(page, camera),
                str(one.entry.index),
                law.told(one.entry.at),
                one.place,
                one.companion,
                f"{one.entry.closing.seconds.get(camera, 0)} 秒" if one.entry.closing is not None else "查看中",
            )
            for one in page.sittings
            for camera in one.entry.cameras
        ),
        keep_until=page.keep_until,
    )


def _name(page: PrivatePage, camera: CameraId) -> str:
    return dict(zip(page.viewing.cameras, page.camera_names, strict=True)).get(camera, str(camera))
