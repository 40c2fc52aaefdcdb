"""Signs of places (article 14): the code of a place's public page, what sign and page say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mingjian.app import duties
from mingjian.app.performing import Performance, asking, performing
from mingjian.app.ports import Random, Store, UnitOfWork
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.complaints import CODE_BYTES, letters
from mingjian.governance.documents import Sign
from mingjian.governance.organs import OrganKind
from mingjian.governance.places import Place
from mingjian.governance.systems import Builder, Life
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing
from mingjian.law import rows
from mingjian.law.citation import parse_citation
from mingjian.law.rulebook import Rulebook

DUTY = "sign"
"""The duty of the law to put up a sign; its rows are cited on it."""
PURPOSE = "维护公共安全"
"""Where no system of the place states its own: the one purpose for which the law lets it be there."""
PURPOSE_EN = "Public safety"
_BUILDERS: dict[Builder, rows.Builder] = {Builder.GOVERNMENT: "government", Builder.UNIT: "unit"}


@dataclass(frozen=True, slots=True)
class PublicSign:
    """What anyone may know about the video systems of a place: who, why, how long, whom to ask. Never where or how."""

    code: str
    place: str
    operator: str
    purposes: tuple[str, ...]
    """Empty where none is recorded: then `PURPOSE`."""
    retention_days: int
    telephone: str
    organ: str
    """The public security organ that hears complaints, or an empty text."""
    basis: tuple[tuple[str, str], ...]
    """Title of each instrument with the article that asks for a sign."""
    basis_en: tuple[tuple[str, str], ...]

    def cited(self) -> str:
        """The legal basis as an official writes it."""
        return "、".join(f"《{title}》{article}" for title, article in self.basis)


def issue(store: Store, *, actor: Actor, clock: Clock, random: Random, place: str) -> Place:
    """Give a place the code of its public page; one that has it keeps it, for signs already hang on the wall."""
    with performing(store, Act.PLACE_SIGN, place, actor=actor, clock=clock) as doing:
        before = _own(doing, place)
        if before.sign_code:
            return before
        after = replace(before, sign_code=letters(random(CODE_BYTES)))
        doing.uow.places.save(after)
        doing.enter("sign.issued", place, {"place": place})
        return after


def mounted(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, photograph: str) -> Place:
    """Put the picture of the mounted sign on record, an attachment of the place: the duty to have one is then met."""
    with performing(store, Act.PLACE_SIGN, place, actor=actor, clock=clock) as doing:
        before = _own(doing, place)
        kept = doing.uow.attachments.one(photograph)
        of_place = kept is not None and (kept.subject_kind, kept.subject) == ("place", place)
        if kept is None or not of_place or not kept.media_type.startswith("image/"):
            raise Invalid(
                "sign.photograph",
                "请上传标识牌的照片",
                text_en="A picture of the mounted sign is needed",
                remedy="在本场所上传 JPEG 或 PNG 照片",
                remedy_en="Upload a JPEG or PNG picture to this place",
                field="attachment",
            )
        after = replace(before, sign_photo=kept.id)
        doing.uow.places.save(after)
        index = doing.enter("sign.mounted", place, {"place": place, "attachment": kept.id, "sha256": kept.sha256})
        for subject in (place, *(system.id for system in doing.uow.systems.of_place(place))):
            duties.meet_duty(doing, subject, DUTY, on=law.day(doing.now), entry=index)
        return after


def one(store: Store, *, actor: Actor, clock: Clock, place: str) -> Place:
    """The place with what its sign is. Raises Missing for a foreign one."""
    with asking(store, Act.PLACE_SIGN, actor=actor, clock=clock) as doing:
        return _own(doing, place)


def sheet(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, place: str, base: str) -> Sign:
    """The sign of a place to be printed; `base` is the address of this installation as citizens reach it."""
    with asking(store, Act.PLACE_SIGN, actor=actor, clock=clock) as doing:
        found = _own(doing, place)
        if not found.sign_code:
            raise Missing(
                "sign.none",
                "这个场所还没有标识",
                text_en="This place has no sign yet",
                remedy="先生成标识",
                remedy_en="Make the sign first",
            )
        public = _public(doing.uow, law, found, doing.now)
        return Sign(
            place=public.place,
            operator=public.operator,
            purpose="；".join(public.purposes) or PURPOSE,
            retention=f"不少于 {public.retention_days} 天",
            telephone=public.telephone,
            complaint=f"扫码，或者向{'、'.join(filter(None, (public.operator, public.organ)))}提出",
            basis=f"依据：{public.cited()}",
            address=f"{base}/p/{found.sign_code}",
            number=found.sign_code,
            issued=doing.now,
        )


def public(store: Store, law: Rulebook, *, clock: Clock, code: str) -> PublicSign:
    """What the page of a sign says. Raises Missing for a code that no open place carries."""
    with store.reading() as uow:
        return _public(uow, law, signed_place(uow, code), clock.now())


def signed_place(uow: UnitOfWork, code: str) -> Place:
    """The open place whose sign carries `code`, in capitals or not. Raises Missing."""
    found = uow.places.signed(code.strip().upper())
    if found is None or found.closed is not None:
        raise Missing(
            "sign.unknown",
            "没有这个标识",
            text_en="There is no such sign",
            remedy="核对标识上的编号，或者重新扫码",
            remedy_en="Compare the number on the sign, or scan it again",
        )
    return found


def _public(uow: UnitOfWork, law: Rulebook, place: Place, now: UtcNs) -> PublicSign:
    today = law.day(now)
    kind = law.place_kind(place.kind)
    systems = [one for one in uow.systems.of_place(place.id) if one.state is not Life.RETIRED]
    builders = {_BUILDERS[one.builder] for one in systems} or {kind.builder}
    floors = [
        law.retention(today, builder=builder, regime=kind.regime, anti_terror=place.anti_terror).kept_days
        for builder in builders
    ]
    asked = [
        (law.instrument(row.instrument).head, row.article)
        for builder in sorted(builders)
        for row in law.duties(today, builder=builder, regime=kind.regime)
        if row.duty == DUTY
    ]
    organ = uow.organs.competent(OrganKind.PUBLIC_SECURITY, place.territory)
    operator = uow.organs.one(place.unit)
    return PublicSign(
        code=place.sign_code,
        place=place.name,
        operator=operator.name if operator is not None else "",
        purposes=tuple(dict.fromkeys(one.purpose for one in systems if one.purpose)),
        retention_days=max(floors),
        telephone=place.telephone,
        organ=organ.name if organ is not None and organ.id != place.unit else "",
        basis=tuple(dict.fromkeys((head.title, article) for head, article in asked)),
        basis_en=tuple(dict.fromkeys((head.title_en, _in_english(article)) for head, article in asked)),
    )


def _in_english(article: str) -> str:
    cited = parse_citation(article)
    return f"art. {cited.article}" + (f"({cited.paragraph})" if cited.paragraph else "")


def _own(doing: Performance, place: str) -> Place:
    doing.permit(None)
    found = doing.uow.places.one(place)
    if found is None:
        raise Missing("place.unknown", "没有这个场所", text_en="There is no such place")
    doing.permit(found.unit)
    return found
