"""Filings: handed in by the unit, received as they come, returned with reasons, handed in again (A13, 799 art. 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mingjian.app import duties, filing_sheets, systems
from mingjian.app.offers import Offer, offered
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, PastAct
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.texts import line
from mingjian.governance.authority import Act
from mingjian.governance.filing import (
    DUTIES,
    FILING,
    VISIT_DUTY,
    DataSheet,
    Filing,
    FilingKind,
    FilingState,
    FilingStep,
    HandedIn,
    act_of,
    lacking,
    next_filing,
    receipt_number,
    required,
)
from mingjian.governance.obligations import Obligation
from mingjian.governance.reasons import reason
from mingjian.governance.systems import Life, LifeStep, VideoSystem, next_life
from mingjian.governance.visit import SiteVisit
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook

MOST_LISTED = 2_000
"""Filings of one county in several years; older ones are found by their system."""
PAPERS_MOST = 30
"""A kind may come in several files: drawings by floor."""
HISTORY = 100
"""Entries on a filing's page."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a filing of the system would say now, taken from the record: nothing is typed twice."""

    system: VideoSystem
    kind: FilingKind
    organ_name: str
    """Empty where no county organ is on record for the place."""
    sheet: DataSheet
    required: tuple[PaperKind, ...]
    papers: tuple[HandedIn, ...]
    """The newest file of each paper that is kept with the system."""
    due_on: date | None
    today: date
    replaces: str
    change: str


@dataclass(frozen=True, slots=True)
class FilingView:
    """All that the page of a filing shows."""

    filing: Filing
    organ_name: str
    today: date
    steps: tuple[Offer, ...]
    required: tuple[PaperKind, ...]
    visit_due: Obligation | None
    visits: tuple[SiteVisit, ...]
    history: Sequence[PastAct]


def listed(store: Store, *, actor: Actor, clock: Clock) -> list[tuple[Filing, Obligation | None]]:
    """The filings that the actor may see, each with the visit that is owed for it; the newest first."""
    with asking(store, Act.FILING_LIST, actor=actor, clock=clock) as doing:
        newest = doing.uow.filings.visible(doing.scope(), limit=MOST_LISTED)
        return [(filing, visit_of(doing, filing)) for filing in newest]


def view(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, filing: str) -> FilingView:
    """One filing with its steps. Raises Missing for a stranger."""
    with asking(store, Act.FILING_LIST, actor=actor, clock=clock) as doing:
        found = reached(doing, filing)
        uow = doing.uow
        organ = uow.organs.one(found.organ) if found.organ is not None else None
        system = uow.systems.one(found.system)
        return FilingView(
            filing=found,
            organ_name=organ.name if organ is not None else "",
            today=duties.today(law, doing.now),
            steps=offered(
                ((row.step, row.act) for row in FILING if row.state is found.state),
                lambda act: doing.permit_near(found.unit, found.territory, found.sector, act=act),
            ),
            required=_required(doing, law, system, found.kind) if system is not None else (),
            visit_due=visit_of(doing, found),
            visits=tuple(visit for visit in uow.visits.of_system(found.system) if visit.first == found.first),
            history=uow.ledger.history(found.id, HISTORY),
        )


def draft(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, system: str, replaces: str = "", change: str = ""
) -> Draft:
    """The form before anything is typed. Raises Refused where no filing can be handed in now."""
    with asking(store, Act.FILING_SUBMIT, actor=actor, clock=clock) as doing:
        found = systems.reached(doing, system)
        earlier = _replaced(doing, found, replaces)
        kind = _kind(doing, found, earlier, change)
        organ = systems.county_organ(doing, found.territory)
        named = doing.uow.organs.one(organ) if organ is not None else None
        rows = _required(doing, law, found, kind)
        due = [one.due_on for one in _running(doing, found) if one.due_on is not None]
        return Draft(
            system=found,
            kind=kind,
            organ_name=named.name if named is not None else "",
            sheet=filing_sheets.prefilled(doing, law, found),
            required=rows,
            papers=_kept(doing, found, rows, earlier),
            due_on=earlier.due_on if earlier is not None else min(due, default=None),
            today=duties.today(law, doing.now),
            replaces=replaces,
            change=change,
        )


def submit(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    system: str,
    sheet: DataSheet,
    papers: Mapping[str, str],
    replaces: str = "",
    change: str = "",
) -> Filing:
    """Hand in a filing; the competent county organ has received it when this returns, whatever it lacks.

    `papers` names the attachment of each paper; each file is checked against its size and hash. A filing that
    `replaces` an earlier one keeps the papers it does not bring anew, and the timeliness of the first receipt.
    Where no county organ is on record for the place the filing is kept (HELD), and its clock runs on.
    """
    with performing(store, Act.FILING_SUBMIT, system, actor=actor, clock=clock) as doing:
        found = systems.reached(doing, system)
        earlier = _replaced(doing, found, replaces)
        kind = _kind(doing, found, earlier, change)
        rows = _required(doing, law, found, kind)
        brought = _checked(doing, files, found, papers)
        kept = [one for one in (earlier.papers if earlier is not None else ()) if one.paper not in papers]
        clean = filing_sheets.clean(sheet)
        identity = uuid7(doing.now, random(RANDOM_BYTES))
        filing = Filing(
            id=identity,
            first=earlier.first if earlier is not None else identity,
            unit=found.unit,
            system=found.id,
            system_name=found.name,
            territory=found.territory,
            sector=found.sector,
            kind=kind,
            state=FilingState.HELD,
            sheet=clean,
            papers=(*kept, *brought),
            lacking=lacking(rows, (*kept, *brought), clean),
            submitted=doing.now,
            by=doing.person.id,
            by_name=doing.person.display_name,
            due_on=earlier.due_on if earlier is not None else None,
            replaces=replaces,
            change=change,
        )
        if earlier is not None:
            doing.uow.filings.save(replace(earlier, state=FilingState.REPLACED), expected=earlier.state)
        organ = systems.county_organ(doing, found.territory)
        if organ is None:
            doing.uow.filings.add(filing)
            doing.enter("filing.held", filing.id, _facts(filing))
            return filing
        return _received(doing, law, found, filing, organ, duties.today(law, doing.now), stored=False)


def take_over(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, filing: str, received_on: date) -> Filing:
    """The county organ, on record by now, takes over a filing that was kept; it says when it came in, on paper too."""
    with performing(store, Act.FILING_RECEIVE, filing, actor=actor, clock=clock) as doing:
        held = _step(doing, filing, FilingStep.RECEIVE)
        day = systems.past_day(doing, law, received_on, "received_on", since=duties.today(law, held.submitted))
        system = doing.uow.systems.one(held.system)
        organ = systems.county_organ(doing, held.territory)
        if system is None or organ is None:
            raise refusal(reason("procedure.step"))
        return _received(doing, law, system, held, organ, day, stored=True)


def give_back(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, filing: str, why: str) -> Filing:
    """Return a filing with reasons. It stays received: neither its timeliness nor the visit's clock moves."""
    why = line(why, "reason", shortest=4, longest=1_000)
    with performing(store, Act.FILING_RETURN, filing, actor=actor, clock=clock) as doing:
        found = _step(doing, filing, FilingStep.RETURN)
        returned = replace(
            found, state=FilingState.RETURNED, returned_on=duties.today(law, doing.now), return_reason=why
        )
        doing.uow.filings.save(returned, expected=found.state)
        doing.enter("filing.returned", filing, {"system": found.system, "number": found.number}, personal={"why": why})
        return returned


def keep_national_receipt(
    store: Store, *, actor: Actor, clock: Clock, filing: str, number: str, scan: str = ""
) -> Filing:
    """Keep the receipt that the national filing site gave: its number, and its scan where there is one."""
    with performing(store, Act.FILING_SUBMIT, filing, actor=actor, clock=clock) as doing:
        found = reached(doing, filing)
        if scan:
            _attached(doing, scan, ("filing", filing), ("system", found.system))
        kept = replace(found, national_number=line(number, "number", shortest=4, longest=64), national_scan=scan)
        doing.uow.filings.save(kept, expected=found.state)
        doing.enter("filing.national_receipt", filing, {"system": found.system, "number": kept.national_number})
        return kept


def reached(doing: Performance, filing: str, *, act: Act | None = None) -> Filing:
    """The filing, when the actor may do the act on it. Raises Missing for a stranger."""
    found = doing.uow.filings.one(filing)
    if found is None:
        raise refusal(reason("authority.unknown-object"))
    doing.permit_near(found.unit, found.territory, found.sector, act=act)
    return found


def visit_of(doing: Performance, filing: Filing) -> Obligation | None:
    """The visit that is or was owed for a filing: it hangs on the first of its chain."""
    found = [one for one in doing.uow.obligations.of_subject(filing.first) if one.duty == VISIT_DUTY]
    return found[-1] if found else None


def _step(doing: Performance, filing: str, step: FilingStep) -> Filing:
    found = reached(doing, filing, act=act_of(step))
    if next_filing(found.state, step) is None:
        raise refusal(reason("procedure.step"))
    return found


def _received(
    doing: Performance, law: Rulebook, system: VideoSystem, filing: Filing, organ: UnitId, on: date, *, stored: bool
) -> Filing:
    """Stamp it: number, day, clocks met, and the visit's clock started with the first receipt."""
    year = on.year
    serial = doing.uow.filings.next_serial(organ, year)
    running = _running(doing, system)
    due = min((one.due_on for one in running if one.due_on is not None), default=filing.due_on)
    received = replace(
        filing,
        state=FilingState.RECEIVED,
        organ=organ,
        year=year,
        serial=serial,
        number=receipt_number(year, serial),
        received_on=on,
        due_on=due,
    )
    if stored:
        doing.uow.filings.save(received, expected=filing.state)
    else:
        doing.uow.filings.add(received)
    if system.state is Life.IN_USE:
        filed = replace(system, state=Life.FILED, dates={**system.dates, LifeStep.FILE: on})
        doing.uow.systems.save(filed, expected=system.state)
    if filing.change and (decided := doing.uow.changes.one(filing.change)) is not None:
        doing.uow.changes.save(replace(decided, filing=filing.id))
    entry = doing.enter("filing.received", filing.id, _facts(received))
    for one in running:
        met = duties.meet_duty(doing, system.id, one.duty, on=on, entry=entry)
        if met is not None and met.due_on is not None and on > met.due_on:
            _late(doing, received, met)
    if filing.first == filing.id and filing.kind is not FilingKind.CHANGE:
        duties.open_duty(
            doing,
            law,
            duty=VISIT_DUTY,
            debtor=organ,
            owner=system.unit,
            subject_kind="filing",
            subject=filing.id,
            subject_name=system.name,
            trigger=on,
            builder=system.builder.value,
            regime=systems.regime_of(doing, law, system),
            territory=system.territory,
            sector=system.sector,
        )
    return received


def _late(doing: Performance, filing: Filing, met: Obligation) -> None:
    duties.find(
        doing,
        code="filing.late",
        row=met.row,
        unit=filing.unit,
        owner=filing.unit,
        territory=filing.territory,
        subject_kind="filing",
        subject=filing.id,
        subject_name=filing.system_name,
        text=f"备案期限至 {met.due_on}，收到于 {met.met_on}",
        text_en=f"The filing was due by {met.due_on} and received on {met.met_on}",
    )


def _running(doing: Performance, system: VideoSystem) -> list[Obligation]:
    """The clocks of filing that run for a system."""
    duties_of = (doing.uow.obligations.open_of(system.id, duty) for duty in DUTIES.values())
    return [one for one in duties_of if one is not None]


def _replaced(doing: Performance, system: VideoSystem, replaces: str) -> Filing | None:
    if not replaces:
        return None
    earlier = doing.uow.filings.one(replaces)
    if earlier is None or earlier.system != system.id:
        raise refusal(reason("authority.unknown-object"))
    if next_filing(earlier.state, FilingStep.RESUBMIT) is None:
        raise refusal(reason("procedure.step"))
    return earlier


def _kind(doing: Performance, system: VideoSystem, earlier: Filing | None, change: str) -> FilingKind:
    """What is being filed. Raises Refused where the system is not in use, or nothing is left to be told."""
    if next_life(system.state, LifeStep.FILE, builder=system.builder, filed=systems.is_filed(system)) is None:
        raise refusal(reason("filing.not-in-use"))
    if earlier is not None:
        return earlier.kind
    if change:
        decided = doing.uow.changes.one(change)
        if decided is None or decided.system != system.id:
            raise refusal(reason("authority.unknown-object"))
        return FilingKind.CHANGE
    if systems.is_filed(system) or any(
        one.state in (FilingState.HELD, FilingState.RECEIVED) for one in doing.uow.filings.of_system(system.id)
    ):
        raise refusal(reason("filing.already"))
    running = {one.duty for one in _running(doing, system)}
    legacy = DUTIES[FilingKind.EXISTING] in running and DUTIES[FilingKind.INITIAL] not in running
    return FilingKind.EXISTING if legacy or system.existing else FilingKind.INITIAL


def _required(doing: Performance, law: Rulebook, system: VideoSystem, kind: FilingKind) -> tuple[PaperKind, ...]:
    regime = systems.regime_of(doing, law, system)
    return required(law, duties.today(law, doing.now), kind, builder=system.builder.value, regime=regime)


def _checked(
    doing: Performance, files: AttachmentFiles, system: VideoSystem, papers: Mapping[str, str]
) -> tuple[HandedIn, ...]:
    """The papers with what is kept of them. Reading compares the hash; the size is compared here."""
    if len(papers) > PAPERS_MOST:
        raise Invalid(
            "filing.papers", f"最多 {PAPERS_MOST} 份材料", text_en=f"At most {PAPERS_MOST} papers", field="papers"
        )
    found = []
    for paper, attachment in papers.items():
        kept = _attached(doing, attachment, ("system", system.id))
        if len(files.read(kept[1])) != kept[2]:
            raise Invalid(
                "filing.paper-size",
                f"材料 {kept[0]} 的大小与登记不符",
                text_en=f"{kept[0]} is not as large as on record",
                remedy="重新上传该材料",
                remedy_en="Upload the paper again",
                field="papers",
            )
        found.append(HandedIn(line(paper, "papers", longest=32), attachment, kept[0], kept[3], kept[2], kept[1]))
    return tuple(found)


def _attached(doing: Performance, attachment: str, *subjects: tuple[str, str]) -> tuple[str, str, int, str]:
    """Name, hash, size and type of an attachment about one of `subjects`. Raises Missing for any other."""
    kept = doing.uow.attachments.one(attachment)
    if kept is None or (kept.subject_kind, kept.subject) not in subjects:
        raise Missing(
            "filing.paper-unknown",
            "没有这份材料",
            text_en="There is no such paper with this system",
            remedy="先在本系统名下上传材料",
            remedy_en="Upload the paper to this system first",
            field="papers",
        )
    return kept.name, kept.sha256, kept.size_bytes, kept.media_type


def _kept(
    doing: Performance, system: VideoSystem, rows: Sequence[PaperKind], earlier: Filing | None
) -> tuple[HandedIn, ...]:
    kept = {one.paper: one for one in (earlier.papers if earlier is not None else ())}
    for one in doing.uow.attachments.of_subject(system.id):
        if one.subject_kind == "system" and any(row.paper == one.kind for row in rows):
            kept[one.kind] = HandedIn(one.kind, one.id, one.name, one.media_type, one.size_bytes, one.sha256)
    return tuple(kept.values())


def _facts(filing: Filing) -> dict[str, object]:
    return {
        "system": filing.system,
        "filing_kind": filing.kind,
        "number": filing.number,
        "organ": filing.organ or "",
        "received_on": str(filing.received_on or ""),
        "lacking": list(filing.lacking),
        "papers": {one.paper: one.sha256 for one in filing.papers},
        "replaces": filing.replaces,
    }
