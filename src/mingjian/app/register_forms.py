"""The register form of a visit: filled from facts, kept as its first signer saw it, signed by both sides (A22.1.4).

It is signed when the visit is over, so that nothing can still be seen or copied in it. Each person signs with the own
credential; the entry of a signature names the fingerprint of the form. Whoever may read the request may read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app.access import REPORT_NS, found_request, step_of
from mingjian.app.access_reading import HISTORY_LIMIT, readable
from mingjian.app.executions import Credential, authenticated
from mingjian.app.filing_papers import basis
from mingjian.app.identity import IdentityKeeper
from mingjian.app.performing import Performance, asking, performing, refusal
from mingjian.app.ports import Store
from mingjian.app.records import (
    AccessRequest,
    Actor,
    Execution,
    PastAct,
    Person,
    RegisterEntry,
    RegisterKind,
    SignedPresence,
)
from mingjian.app.request_papers import needed
from mingjian.governance.access import KIND_NAMES, LIVE_KINDS, ExecutionState, Side
from mingjian.governance.authority import Act, Role
from mingjian.governance.documents import Document, Language
from mingjian.governance.forms import (
    CarrierLine,
    PresentOfficer,
    RegisterSheet,
    SeenCamera,
    ShownPaper,
    SignedBy,
    fingerprint,
    register_form,
)
from mingjian.governance.forms.register import FormSignature, KeptForm
from mingjian.governance.procedure import State, Step
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import CameraId, PersonId
from mingjian.law.rulebook import Rulebook

DUTY = "register"
"""The duty to put every viewing, copying and retrieval on record (article 17, paragraph 2, item 2)."""
WAYS = {
    RegisterKind.LIVE: "实时",
    RegisterKind.PLAYBACK: "查阅",
    RegisterKind.SNAPSHOT: "截图",
    RegisterKind.COPY: "复制",
}
CAUTION = "所取得的信息资料仅用于上述用途，遵守使用、保密制度，不得买卖、非法复制、传播。"
"""What the officers sign for: articles 19 and 22, paragraph 1, item 5."""
DECIDED = frozenset({"access.approved", "access.on_paper"})


@dataclass(frozen=True, slots=True)
class FormPage:
    """A visit's form as both sides see it."""

    visit: Execution
    sheet: RegisterSheet
    fingerprint: str
    kept: bool
    """Somebody signed, so that it changes no more."""
    signatures: Sequence[FormSignature]
    officers: Sequence[tuple[PersonId, str]]
    """Who took part for the organ, each with the name as signed; every one of them signs, and the unit."""
    own: bool = False
    """A unit's own copy: who took part signs for the unit as well."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the officers who came and have not signed."""
        signed = {one.person for one in self.signatures if one.side == Side.ASKER}
        return tuple(name for person, name in self.officers if person not in signed)

    @property
    def unit_signed(self) -> bool:
        """Whether somebody signed for the unit, or nobody has to: the officers are its own people."""
        return self.own or any(one.side == Side.HOLDER for one in self.signatures)

    @property
    def complete(self) -> bool:
        """Whether everybody signed: the officers who came, and one for the unit where they are another's."""
        return self.unit_signed and not self.missing


def page(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str, visit: str) -> FormPage:
    """The form of one visit, for whoever may read the request. Raises Missing."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        return _page(doing, law, readable(doing, request), visit)


def printed(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    request: str,
    visit: str,
    language: Language,
    address: str = "",
) -> Document:
    """The form as a paper, with the signatures given so far; its QR code leads to `address`."""
    found = page(store, actor=actor, clock=clock, law=law, request=request, visit=visit)
    sides = {Side.HOLDER.value: found.sheet.unit_name, Side.ASKER.value: found.sheet.organ}
    signed = tuple(SignedBy(one.name, sides[one.side], law.told(one.at), str(one.id)) for one in found.signatures)
    return register_form(found.sheet, language, signed=signed, address=address)


def sign(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str, visit: str) -> FormPage:
    """The actor signs in the own session: an officer who took part for the organ, the staff for the unit."""
    with performing(store, Act.ACCESS_SIGN, request, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        return _signed(doing, law, found_request(doing, request), visit, doing.person)


def co_sign(
    keeper: IdentityKeeper,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    request: str,
    visit: str,
    credential: Credential,
) -> FormPage:
    """An officer who took part signs with the own credential in the session in which the form is shown."""
    with performing(keeper.store, Act.ACCESS_SIGN, request, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        _visit(doing, found_request(doing, request), visit)  # before any credential is looked at
    officer = authenticated(keeper, credential, clock)
    with performing(keeper.store, Act.ACCESS_SIGN, request, actor=actor, clock=clock) as doing:
        return _signed(doing, law, found_request(doing, request), visit, officer)


def complete(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> AccessRequest:
    """The forms are signed by both sides; nothing more can be had under the request.

    Refused while the form of a visit in which something was seen, copied or handed over wants a signature.
    """
    with performing(store, Act.ACCESS_COMPLETE, request, actor=actor, clock=clock) as doing:
        delivered = step_of(doing, law, request, Step.COMPLETE)
        if (lacks := unsigned(doing, law, delivered)) is not None:
            raise refusal(lacks)
        due = UtcNs(doing.now + REPORT_NS) if delivered.state is State.DELIVERED else None
        completed = replace(delivered, state=State.COMPLETED, report_until=due)
        doing.uow.requests.save(completed, expected=delivered.state)
        doing.enter("access.completed", request)
        return completed


def unsigned(doing: Performance, law: Rulebook, request: AccessRequest) -> Reason | None:
    """Whose signature the first visit still wants in which something was seen or copied; None: all are signed."""
    for visit in doing.uow.requests.executions(request.id):
        if doing.uow.register.of_execution(visit.id) or _handed_over(_history(doing, request), visit):
            found = _page(doing, law, request, visit.id)
            if not found.complete:
                why, by_unit = reason("access.form-unsigned"), not found.unit_signed
                names = (*found.missing, *(("提供单位",) if by_unit else ()))
                names_en = (*found.missing, *(("the unit",) if by_unit else ()))
                return replace(
                    why,
                    text=f"{why.text}：第 {visit.n} 次现场执行还缺{'、'.join(names)}的签字",
                    text_en=f"{why.text_en}: visit {visit.n} still lacks the signature of {', '.join(names_en)}",
                )
    return None


def _signed(doing: Performance, law: Rulebook, request: AccessRequest, visit: str, signer: Person) -> FormPage:
    found = _page(doing, law, request, visit)
    side = _side(request, found, signer)
    over = found.visit.state is ExecutionState.ENDED or request.kind in LIVE_KINDS
    if not over or any(entry.closing is None for entry in _viewings(doing, visit)):
        raise refusal(reason("access.visit-open"))
    if any(one.person == signer.id for one in found.signatures):
        raise refusal(reason("access.signed-already"))
    if not found.kept:
        doing.uow.register_forms.keep(KeptForm(visit, request.id, found.fingerprint, found.sheet, doing.now))
    index = doing.enter(
        "form.signed",
        request.id,
        {"execution": visit, "signer": signer.id, "side": side.value, "fingerprint": found.fingerprint},
        personal={"officer": signer.display_name},
    )
    signature = FormSignature(index, visit, signer.id, signer.display_name, side.value, doing.now)
    doing.uow.register_forms.sign(signature)
    return _page(doing, law, request, visit)


def _side(request: AccessRequest, found: FormPage, signer: Person) -> Side:
    """For whom a person signs. Raises Refused for one who neither took part nor works for the unit."""
    if any(signer.id == officer for officer, _ in found.officers):
        return Side.ASKER
    if signer.unit == request.unit and Role.UNIT_MANAGER in signer.roles:
        return Side.HOLDER
    raise refusal(reason("access.signer"))


def _page(doing: Performance, law: Rulebook, request: AccessRequest, visit: str) -> FormPage:
    found = _visit(doing, request, visit)
    kept = doing.uow.register_forms.of(visit)
    sheet = kept.sheet if kept is not None else _sheet(doing, law, request, found)
    officers = [(one.presence.officer, one.officer_name) for one in _came(request, found)]
    signatures = doing.uow.register_forms.signatures(visit)
    return FormPage(found, sheet, fingerprint(sheet), kept is not None, signatures, officers, request.own)


def _visit(doing: Performance, request: AccessRequest, visit: str) -> Execution:
    found = doing.uow.requests.execution(visit)
    if found is None or found.request != request.id:
        raise Missing("access.visit-unknown", "没有这次现场执行", text_en="There is no such visit")
    return found


def _came(request: AccessRequest, visit: Execution) -> list[SignedPresence]:
    """The officers of a visit, each once, with the first signature."""
    first: dict[PersonId, SignedPresence] = {}
    for signed in request.presences:
        if signed.execution == visit.id:
            first.setdefault(signed.presence.officer, signed)
    return list(first.values())


def _viewings(doing: Performance, visit: str) -> list[RegisterEntry]:
    watched = (RegisterKind.LIVE, RegisterKind.PLAYBACK)
    return [entry for entry in doing.uow.register.of_execution(visit) if entry.kind in watched]


def _history(doing: Performance, request: AccessRequest) -> Sequence[PastAct]:
    return doing.uow.ledger.history(request.id, HISTORY_LIMIT)


def _handed_over(history: Sequence[PastAct], visit: Execution) -> bool:
    return any(act.kind == "package.handed_over" and act.facts.get("execution") == visit.id for act in history)


def _sheet(doing: Performance, law: Rulebook, request: AccessRequest, visit: Execution) -> RegisterSheet:
    """Every fact as it stands now; what nobody put on record stays empty."""
    history = _history(doing, request)
    approval = next((act for act in reversed(history) if act.kind in DECIDED), None)
    approving, holder = (doing.uow.organs.one(unit) for unit in (request.approving, request.unit))
    numbers = {officer.name: officer.work_id for officer in request.officers}
    carriers = _carriers(doing, request, visit, history)
    ended = visit.ended or doing.now
    return RegisterSheet(
        number=f"{request.number}-{visit.n}",
        issued=ended,
        basis=basis(law, DUTY),
        organ=request.organ,
        unit_name=holder.name if holder is not None else "",
        way=KIND_NAMES[request.kind][0],
        purpose=request.purpose,
        destination=request.destination,
        legal_basis=request.legal_basis,
        request_number=request.number,
        approver=request.approver_name,
        approver_organ=approving.name if approving is not None else "",
        approved_on=law.told(approval.at) if approval is not None else "",
        approved_until=law.told(request.approved_until) if request.approved_until is not None else "",
        approval_entry=str(approval.index) if approval is not None else "",
        staff=visit.staff_name if request.kind not in LIVE_KINDS else "",
        began_at=law.told(visit.began),
        ended_at=law.told(ended),
        copies=f"{len(carriers)}" if carriers else "",
        report_due=f"办结后 {REPORT_NS // DAY_NS} 日内" if carriers else "",
        confidentiality=CAUTION,
        officers=tuple(
            PresentOfficer(one.officer_name, numbers.get(one.officer_name, ""), law.told(one.presence.at))
            for one in _came(request, visit)
        ),
        papers=tuple(ShownPaper(row.name, row.article, _seen(visit, row.paper)) for row in needed(doing, law, request)),
        cameras=tuple(_cameras(doing, law, visit)),
        carriers=carriers,
        remarks=_untouched(doing, request, visit),
    )


def _seen(visit: Execution, paper: str) -> str:
    """Whether the staff saw a paper, with the number that stood on it."""
    return f"已核验 {visit.numbers.get(paper, '')}".rstrip() if paper in visit.papers else "未核验"


def _cameras(doing: Performance, law: Rulebook, visit: Execution) -> list[SeenCamera]:
    lines = []
    for entry in doing.uow.register.of_execution(visit.id):
        for camera in entry.cameras:
            seconds = entry.closing.seconds.get(camera, 0) if entry.closing is not None else None
            footage = f"{law.told(entry.footage.start)} – {law.told(entry.footage.end)}" if entry.footage else ""
            told = "制作中" if seconds is None else f"{seconds} 秒"
            lines.append(SeenCamera(_name(doing, camera), str(entry.index), WAYS[entry.kind], footage, told))
    return lines


def _carriers(
    doing: Performance, request: AccessRequest, visit: Execution, history: Sequence[PastAct]
) -> tuple[CarrierLine, ...]:
    lines = []
    for act in history:
        if act.kind == "package.handed_over" and act.facts.get("execution") == visit.id:
            job = doing.uow.exports.one(str(act.facts["job"]), request.unit)
            outcome = job.outcome if job is not None else ""
            if "sealing" in act.facts:
                name, size = f"mingjian-{act.facts['sealing']}.sealed", f"{act.facts['bytes']} B"
            else:  # handed over before packages were sealed
                name, size = f"mingjian-{act.facts['job']}.zip", f"{job.total_bytes if job is not None else 0} B"
            digest = act.facts.get("sealed_sha256", act.facts["sha256"])
            lines.append(CarrierLine(name, size, str(digest), outcome))
    return tuple(lines)


def _untouched(doing: Performance, request: AccessRequest, visit: Execution) -> str:
    """Approved cameras that this visit left alone: partial execution is told, not guessed."""
    seen = {camera for entry in doing.uow.register.of_execution(visit.id) for camera in entry.cameras}
    left = [_name(doing, camera) for camera in request.cameras if camera not in seen]
    return f"本次未查阅、复制：{'、'.join(left)}" if left else ""


def _name(doing: Performance, camera: CameraId) -> str:
    found = doing.uow.cameras.known(camera)
    return found.name if found is not None else camera
