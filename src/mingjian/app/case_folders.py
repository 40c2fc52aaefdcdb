"""The folder of one case number: an organ's own requests in it and what happened under them, in one line of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mingjian.app.access_pages import Names, names_of
from mingjian.app.access_reading import HISTORY_LIMIT, own_only
from mingjian.app.filing_papers import basis
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import AccessRequest, Actor
from mingjian.app.register_forms import DUTY
from mingjian.governance.access import KIND_NAMES
from mingjian.governance.authority import Act, role_allows
from mingjian.governance.documents import Document, Language
from mingjian.governance.forms.case_folder import AskedLine, CaseSheet, HappenedLine, case_folder
from mingjian.governance.procedure import STATE_NAMES
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.law.rulebook import Rulebook

LEAKS_READ = 200
"""Traces of the own auditors that are looked through; a leak of a case is a rare thing."""
SAID = ("comment", "reason", "report", "officer")
"""Facts of an entry that are somebody's words, or who came."""
STEP_WORDS: Mapping[str, tuple[str, str]] = {
    "access.submitted": ("提交申请", "Request submitted"),
    "access.approved": ("批准", "Approved"),
    "access.on_paper": ("登记纸质批准", "Approval on paper put on record"),
    "access.refused": ("驳回", "Refused"),
    "access.withdrawn": ("撤回", "Withdrawn"),
    "access.expired": ("批准到期", "Approval expired"),
    "access.completed": ("办结", "Completed"),
    "access.reported": ("报告使用、归还或者销毁", "Use, return or destruction reported"),
    "attachment.added": ("登记证件、材料扫描件", "Scan of a paper put on record"),
    "visit.began": ("现场执行开始", "Visit began"),
    "visit.ended": ("现场执行结束", "Visit ended"),
    "visit.turned_away": ("因材料欠缺未能执行", "Sent back for lacking papers"),
    "papers.checked": ("核验证件、材料", "Papers checked"),
    "officer.present": ("执法人员签到", "Officer signed in"),
    "viewing.opened": ("开始查看", "Viewing opened"),
    "copy.registered": ("复制登记，开始制作证据包", "Copy registered, package begun"),
    "package.built": ("证据包制作完成", "Package built"),
    "package.handed_over": ("交付证据包", "Package handed over"),
    "export.cancelled": ("取消制作", "Building cancelled"),
    "export.failed": ("制作失败", "Building failed"),
    "form.signed": ("登记表签字", "Register form signed"),
    "leak.traced": ("泄露画面溯源到本案的登记", "A leaked picture led to an entry of this case"),
}
"""What the kinds of entry are called on paper; another kind stands under its own name."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the folder."""

    at: UtcNs
    entry: int
    request: AccessRequest
    kind: str
    """The kind of the ledger entry."""
    person: str
    text: str
    """What was said with it; empty where nothing was."""


@dataclass(frozen=True, slots=True)
class Folder:
    """All of one case, the oldest first."""

    requests: Sequence[AccessRequest]
    names: Names
    lines: Sequence[Happened]


def folder(store: Store, *, actor: Actor, clock: Clock, case: str) -> Folder:
    """The own organ's folder of `case`; empty where it asked for nothing. An officer finds the own requests in it.

    Leaks that lead into it are shown to whom the table lets trace them.
    """
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        return _folder(doing, case)


def printed(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, case: str, language: Language) -> Document:
    """The folder as a paper."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        found, spoken = _folder(doing, case), 0 if language is Language.ZH else 1
        sheet = CaseSheet(
            number=case,
            issued=doing.now,
            basis=basis(law, DUTY),
            organ=doing.person.unit_name,
            printed_by=doing.person.display_name,
            requests=tuple(
                AskedLine(
                    one.number,
                    KIND_NAMES[one.kind][spoken],
                    found.names.units.get(one.unit, ""),
                    STATE_NAMES[one.state][spoken],
                    _report(law, one, spoken),
                )
                for one in found.requests
            ),
            lines=tuple(
                HappenedLine(
                    law.told(line.at),
                    line.request.number,
                    "：".join(filter(None, (STEP_WORDS.get(line.kind, (line.kind, line.kind))[spoken], line.text))),
                    line.person,
                    str(line.entry),
                )
                for line in found.lines
            ),
        )
        return case_folder(sheet, language)


def _folder(doing: Performance, case: str) -> Folder:
    unit = doing.person.unit
    found = doing.uow.requests.listed(unit, own_only(doing), case=case) if case else ()
    requests = sorted(found, key=lambda one: (one.submitted, one.id))
    lines = [line for request in requests for line in _lines(doing, request)]
    return Folder(requests, names_of(doing, requests), sorted([*lines, *_leaks(doing, requests)], key=_order))


def _order(line: Happened) -> tuple[int, int]:
    return line.at, line.entry


def _lines(doing: Performance, request: AccessRequest) -> Iterator[Happened]:
    for act in doing.uow.ledger.history(request.id, HISTORY_LIMIT):
        words = next((str(act.facts[name]) for name in SAID if act.facts.get(name)), "")
        yield Happened(act.at, act.index, request, act.kind, act.person_name, words)


def _leaks(doing: Performance, requests: Sequence[AccessRequest]) -> Iterator[Happened]:
    if not role_allows(Act.LEAK_TRACE, doing.person.roles):
        return
    entries = {
        entry.index: request
        for request in requests
        for visit in doing.uow.requests.executions(request.id)
        for entry in doing.uow.register.of_execution(visit.id)
    }
    for trace in doing.uow.leak_traces.listed(doing.person.unit, LEAKS_READ):
        if trace.entry is not None and (request := entries.get(trace.entry)):
            yield Happened(trace.at, trace.entry, request, "leak.traced", trace.by, f"SHA-256 {trace.sha256}")


def _report(law: Rulebook, request: AccessRequest, spoken: int) -> str:
    if request.reported is not None:
        return f"{('已报告', 'reported')[spoken]} {law.told(request.reported)}"
    if request.report_until is not None:
        return f"{('期限', 'by')[spoken]} {law.told(request.report_until)}"
    return ""
