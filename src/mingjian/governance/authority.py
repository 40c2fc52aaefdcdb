"""Who may do what: one pure decision over one table. Total: an act without a rule, or a missing fact, is a Deny.

Nothing here reads a store or a clock; the act's own transaction loads the facts and passes `now`, so that a change of
role or an expired approval counts at that instant (OWASP ASVS 8.3.2). Sources: articles 16 to 22 of the regulation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mingjian.governance.acts import Act as Act
from mingjian.governance.acts import Obligation as Obligation
from mingjian.governance.acts import Role as Role
from mingjian.governance.organs import Organ, Relation, Scope, area_relation
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import PersonId, UnitId


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as stored at this instant."""

    person: PersonId
    unit: UnitId
    roles: frozenset[Role]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Presence:
    """One officer's signature with his own credential, in the session of the unit's staff."""

    officer: PersonId
    session: str
    at: UtcNs


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What "together" means, from the instrument's rows: so many officers within so many seconds (article 22)."""

    officers: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision about one object rests on. A fact left out denies whatever needs it."""

    owner: PersonId | None = None
    """The applicant of a request, the person of a view, who vouched for the clock, who asked for a restoring, or who
    took down what a private person asks."""
    target: PersonId | None = None
    """The person an act about people changes, or the staff member beside whom an officer signs."""
    session: str = ""
    """The session in which the subject acts; presences count only in it."""
    presences: tuple[Presence, ...] = ()
    ceremony: Ceremony | None = None
    """Without it no presence counts."""
    approved_until: UtcNs | None = None
    purpose: str = ""
    relations: frozenset[Relation] = frozenset()
    """What the subject's unit is to an object of another unit: `organs.relations`."""
    keeps: bool = False
    """The subject's unit keeps the installation: `organs.Organ.keeps`."""
    proven: UtcNs | None = None
    """When the subject last proved the own factors in this session; signing in counts."""
    head: bool = False
    """The subject holds a running post as head (主要负责人) of the own organ today."""
    papers_lack: frozenset[str] | None = None
    """Papers that the unit's staff have not checked yet in this visit; None: none was begun."""


@dataclass(frozen=True, slots=True)
class Allow:
    """The act may be done, if the obligations are kept."""

    reasons: tuple[str, ...]
    obligations: frozenset[Obligation]


@dataclass(frozen=True, slots=True)
class Deny:
    """The act may not be done; at least one reason."""

    reasons: tuple[Reason, ...]


Decision = Allow | Deny
STEP_UP_S = 600
"""Who approves, exports or changes rights has shown the own factors within ten minutes (ASVS 7.5.3)."""
Condition = Callable[[Subject, Facts, UtcNs], Reason | None]


def officers_present(facts: Facts, now: UtcNs) -> frozenset[PersonId]:
    """The different officers whose signature in this session is not older than the ceremony window."""
    if facts.ceremony is None:
        return frozenset()
    oldest = now - facts.ceremony.window_s * SECOND_NS
    return frozenset(p.officer for p in facts.presences if p.session == facts.session and oldest <= p.at <= now)


def _another_than_owner(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("access.own-request") if facts.owner in (None, subject.person) else None


def _another_than_asker(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("copy.own-request") if facts.owner in (None, subject.person) else None


def _another_than_who_vouched(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("clock.same-person") if facts.owner in (None, subject.person) else None


def _another_than_who_asked(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("people.two-administrators") if facts.owner in (None, subject.person) else None


def _another_than_editor(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("redaction.own-work") if facts.owner in (None, subject.person) else None


def _is_owner(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return None if facts.owner == subject.person else reason("access.not-yours")


def _keeps_the_installation(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return None if facts.keeps else reason("organ.keeper")


def _keeps_the_clock(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return None if facts.keeps else reason("clock.keeper")


def _another_than_self(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("people.oneself") if facts.target in (None, subject.person) else None


def _not_the_staff(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("access.staff-as-officer") if facts.target in (None, subject.person) else None


def _has_purpose(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return None if facts.purpose else reason("view.purpose-missing")


def _approval_in_force(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    if facts.approved_until is None:
        return reason("access.not-approved")
    return None if now < facts.approved_until else reason("access.approval-expired")


def _another_than_who_entered(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("private.own-entry") if facts.owner in (None, subject.person) else None


def _consent_in_force(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    if facts.approved_until is None:
        return reason("private.no-consent")
    return None if now < facts.approved_until else reason("private.consent-over")


def _two_officers(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    enough = facts.ceremony is not None and len(officers_present(facts, now)) >= facts.ceremony.officers
    return None if enough else reason("access.two-officers")


def _is_the_head(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return None if facts.head else reason("access.head")


def _papers_checked(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    return reason("access.papers-unchecked") if facts.papers_lack is None or facts.papers_lack else None


def _managers_at_home(subject: Subject, facts: Facts, now: UtcNs) -> Reason | None:
    """An organ's powers over another's object are its registrar's and planner's, not those of its managing staff."""
    abroad = bool(facts.relations) and Relation.OWN not in facts.relations
    return reason("authority.role") if abroad and not subject.roles & {Role.REGISTRAR, Role.PLANNER} else None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which roles may do an act, on objects to which their unit stands in which relation, under which conditions."""

    roles: frozenset[Role]
    denial: str = "authority.role"
    conditions: tuple[Condition, ...] = ()
    obligations: frozenset[Obligation] = frozenset()
    relations: frozenset[Relation] = frozenset({Relation.OWN})
    fresh: bool = False
    """The factors must have been proven within `STEP_UP_S`. Asked last: nobody proves himself for what is refused."""


def _rule(
    *roles: Role,
    denial: str = "authority.role",
    when: tuple[Condition, ...] = (),
    then: str = "",
    to: str = Relation.OWN,
    fresh: bool = False,
) -> Rule:
    obligations = frozenset(Obligation(word) for word in then.split())
    near = frozenset(Relation(word) for word in to.split())
    return Rule(frozenset(roles), denial, when, obligations, near, fresh)


_ADMIN, _MANAGER, _DUTY, _APPROVER, _OFFICER, _AUDITOR, _REGISTRAR, _PLANNER, _SECURITY = Role
_STAFF = (_ADMIN, _MANAGER, _DUTY, _APPROVER, _OFFICER, _AUDITOR)
_VIEWING = "register-entry watermark"
_SERVED = "own keeper"
_ANY_NEAR = "own competent superior government sector"

RULES: dict[Act, Rule] = {
    Act.ORGAN_LIST: _rule(*Role, to="own competent superior government sector"),
    Act.ORGAN_ADD: _rule(_ADMIN, denial="organ.administrator", when=(_keeps_the_installation,)),
    Act.ORGAN_CHANGE: _rule(_ADMIN, denial="organ.administrator"),
    Act.ORGAN_MOVE: _rule(_ADMIN, denial="organ.administrator", when=(_keeps_the_installation,)),
    Act.PEOPLE_LIST: _rule(_ADMIN, _AUDITOR, _SECURITY, to=_SERVED),
    Act.PEOPLE_ADD: _rule(_ADMIN),
    Act.PEOPLE_CHANGE: _rule(_ADMIN, when=(_another_than_self,), fresh=True),
    Act.PEOPLE_RESET: _rule(_ADMIN, _SECURITY, when=(_another_than_self,), to=_SERVED, fresh=True),
    Act.PEOPLE_RESTORE: _rule(
        _SECURITY, _AUDITOR, when=(_another_than_self, _another_than_who_asked), to=_SERVED, fresh=True
    ),
    Act.ROLES_GRANT: _rule(_SECURITY, denial="roles.security", when=(_another_than_self,), to=_SERVED, fresh=True),
    Act.PEOPLE_LINK: _rule(_SECURITY, denial="roles.security", when=(_another_than_self,), to=_SERVED, fresh=True),
    Act.POST_GIVE: _rule(_SECURITY, denial="roles.security", when=(_another_than_self,), to=_SERVED, fresh=True),
    Act.POST_END: _rule(_SECURITY, denial="roles.security", when=(_another_than_self,), to=_SERVED, fresh=True),
    Act.CAMERA_LIST: _rule(*_STAFF),
    Act.CAMERA_ADD: _rule(_ADMIN, _MANAGER),
    Act.CAMERA_CHANGE: _rule(_ADMIN, _MANAGER),
    Act.CAMERA_PROBE: _rule(_ADMIN, _MANAGER),
    Act.CAMERA_SITE: _rule(_MANAGER, denial="siting.role"),
    Act.CAMERA_SIGN: _rule(_MANAGER, denial="siting.role"),
    Act.CAMERA_LOOK: _rule(_MANAGER, denial="view.role", then=_VIEWING),
    Act.CAMERA_MOVE: _rule(_MANAGER, denial="siting.role"),
    Act.CAMERA_REACH: _rule(_PLANNER, denial="siting.reach"),
    Act.CAMERA_TIMELINE: _rule(*_STAFF),
    Act.PLACE_LIST: _rule(*Role, to="own competent superior government sector"),
    Act.PLACE_ADD: _rule(_MANAGER, _PLANNER, denial="siting.role"),
    Act.PLACE_CHANGE: _rule(_MANAGER, _PLANNER, denial="siting.role"),
    Act.PLACE_CLOSE: _rule(_MANAGER, _PLANNER, denial="siting.role"),
    Act.PART_DECIDE: _rule(_MANAGER, _PLANNER, denial="part.decide"),
    Act.PART_WITHDRAW: _rule(_MANAGER, _PLANNER, denial="part.decide"),
    Act.PART_GUIDE: _rule(_REGISTRAR, denial="part.guide", to="competent"),
    Act.REGISTRY_IMPORT: _rule(_MANAGER, _PLANNER, denial="siting.role"),
    Act.REGISTRY_EXPORT: _rule(_MANAGER, _PLANNER, _AUDITOR),
    Act.REGISTRY_SEARCH: _rule(*Role, to="own competent superior government sector"),
    Act.STORAGE_SEE: _rule(_ADMIN, _MANAGER, _DUTY, _AUDITOR),
    Act.STORAGE_WHOLE: _rule(_ADMIN, _MANAGER, _DUTY, _AUDITOR, when=(_keeps_the_installation,)),
    Act.CLOCK_VOUCH: _rule(_ADMIN, denial="clock.vouch", when=(_keeps_the_clock,)),
    Act.CLOCK_CONFIRM: _rule(_MANAGER, denial="clock.confirm", when=(_keeps_the_clock, _another_than_who_vouched)),
    Act.CLOCK_DOUBT: _rule(_MANAGER, denial="clock.confirm", when=(_keeps_the_clock,)),
    Act.VIEW_LIVE: _rule(_MANAGER, _DUTY, denial="view.role", then=_VIEWING),
    Act.VIEW_PLAYBACK: _rule(_MANAGER, _DUTY, denial="view.role", when=(_has_purpose,), then=_VIEWING),
    Act.VIEW_SNAPSHOT: _rule(_MANAGER, _DUTY, denial="view.role", when=(_is_owner,), then=_VIEWING),
    Act.VIEW_CLOSE: _rule(_MANAGER, _DUTY, _OFFICER, when=(_is_owner,)),
    Act.USE_LIST: _rule(_MANAGER, _DUTY, _APPROVER, _OFFICER, _AUDITOR),
    Act.USE_TROUBLE: _rule(_MANAGER, _DUTY),
    Act.PURPOSE_LIST: _rule(_MANAGER, _DUTY, _AUDITOR),
    Act.PURPOSE_CHANGE: _rule(_MANAGER),
    Act.VIEW_UNDER: _rule(
        _MANAGER, _OFFICER, denial="view.role", when=(_approval_in_force,), then=f"{_VIEWING} two-officers"
    ),
    Act.ACCESS_SUBMIT: _rule(_OFFICER, _MANAGER),
    Act.ACCESS_LIST: _rule(_OFFICER, _MANAGER, _DUTY, _APPROVER, _AUDITOR),
    Act.ACCESS_APPROVE: _rule(
        _APPROVER, denial="access.approver", when=(_another_than_owner, _is_the_head), fresh=True
    ),
    Act.ACCESS_REFUSE: _rule(_APPROVER, denial="access.approver", when=(_another_than_owner, _is_the_head)),
    Act.ACCESS_WITHDRAW: _rule(_OFFICER, _MANAGER, _DUTY, when=(_is_owner,)),
    Act.ACCESS_ATTEND: _rule(_MANAGER, denial="access.staff", fresh=True),
    Act.ACCESS_COSIGN: _rule(_OFFICER, denial="access.officer", when=(_not_the_staff,), fresh=True),
    Act.ACCESS_VIEW: _rule(
        _MANAGER,
        denial="access.staff",
        when=(_approval_in_force, _two_officers, _papers_checked),
        then=f"{_VIEWING} two-officers",
        fresh=True,
    ),
    Act.ACCESS_USE: _rule(
        _OFFICER,
        denial="access.user",
        when=(_approval_in_force, _two_officers),
        then=f"{_VIEWING} two-officers",
        fresh=True,
    ),
    Act.ACCESS_REPORT: _rule(_OFFICER, _MANAGER, _APPROVER),
    Act.ACCESS_SEARCH: _rule(_OFFICER, _MANAGER),
    Act.ACCESS_ON_PAPER: _rule(_MANAGER, denial="access.staff", fresh=True),
    Act.ACCESS_PAPER: _rule(_OFFICER, _MANAGER),
    Act.ACCESS_SIGN: _rule(_OFFICER, _MANAGER, denial="access.signer", fresh=True),
    Act.ACCESS_EXPORT: _rule(
        _MANAGER,
        denial="access.staff",
        when=(_approval_in_force, _two_officers, _papers_checked),
        then="register-entry two-officers",
        fresh=True,
    ),
    Act.ACCESS_HAND_OVER: _rule(
        _MANAGER, denial="access.staff", when=(_two_officers,), then="two-officers", fresh=True
    ),
    Act.COPY_ASK: _rule(_MANAGER, _DUTY, denial="copy.role"),
    Act.COPY_CONSENT: _rule(_MANAGER, _APPROVER, denial="copy.consent-role", when=(_another_than_asker,), fresh=True),
    Act.COPY_REFUSE: _rule(_MANAGER, _APPROVER, denial="copy.consent-role", when=(_another_than_asker,)),
    Act.COPY_COSIGN: _rule(_MANAGER, _DUTY, _APPROVER, denial="copy.person", fresh=True),
    Act.SHARE_TAKE: _rule(_OFFICER, _MANAGER, _DUTY, _APPROVER, denial="seal.not-yours", fresh=True),
    Act.DOWNLOAD_OPEN: _rule(_OFFICER, _MANAGER, _DUTY, _APPROVER, denial="seal.not-yours", fresh=True),
    Act.DOWNLOAD_RESUME: _rule(_OFFICER, _MANAGER, _DUTY, _APPROVER, denial="seal.not-yours", when=(_is_owner,)),
    Act.ACCESS_COMPLETE: _rule(_MANAGER, denial="access.staff"),
    Act.EXPORT_LIST: _rule(_OFFICER, _MANAGER, _DUTY, _APPROVER, _AUDITOR),
    Act.EXPORT_CANCEL: _rule(_MANAGER, denial="access.staff"),
    Act.ATTACHMENT_ADD: _rule(_MANAGER, _REGISTRAR, _PLANNER, when=(_managers_at_home,), to="own competent government"),
    Act.ATTACHMENT_READ: _rule(_MANAGER, _AUDITOR, _REGISTRAR, _PLANNER, to="own competent superior government sector"),
    Act.DUTY_LIST: _rule(_MANAGER, _APPROVER, _AUDITOR, _REGISTRAR, _PLANNER),
    Act.DUTY_WATCH: _rule(_REGISTRAR, _PLANNER, to="competent superior government sector"),
    Act.REGISTER_READ: _rule(_MANAGER, _AUDITOR),
    Act.LEDGER_READ: _rule(_AUDITOR),
    Act.RIGHTS_EXPLAIN: _rule(_SECURITY, _AUDITOR),
    Act.LEAK_TRACE: _rule(_AUDITOR, denial="leak.auditor"),
    Act.REDACTION_LIST: _rule(_MANAGER, _DUTY, _AUDITOR),
    Act.REDACTION_EDIT: _rule(_MANAGER, _DUTY, denial="view.role", when=(_is_owner,)),
    Act.REDACTION_REVIEW: _rule(_MANAGER, _DUTY, denial="view.role", when=(_another_than_editor,)),
    Act.REDACTION_RELEASE: _rule(_MANAGER, denial="redaction.release", then=_VIEWING, fresh=True),
    Act.PRIVATE_LIST: _rule(_MANAGER, _DUTY, _APPROVER, _AUDITOR),
    Act.PRIVATE_ENTER: _rule(_MANAGER, _DUTY, denial="private.role"),
    Act.PRIVATE_CONSENT: _rule(
        _MANAGER, _APPROVER, denial="private.consent-role", when=(_another_than_who_entered,), fresh=True
    ),
    Act.PRIVATE_REFUSE: _rule(_MANAGER, _APPROVER, denial="private.consent-role", when=(_another_than_who_entered,)),
    Act.PRIVATE_WITHDRAW: _rule(_MANAGER, _DUTY, _APPROVER, denial="private.role"),
    Act.PRIVATE_MASK: _rule(_MANAGER, _DUTY, denial="private.role"),
    Act.PRIVATE_VIEW: _rule(_MANAGER, _DUTY, denial="private.role", when=(_consent_in_force,), then=_VIEWING),
    Act.PRIVATE_SIGN: _rule(_MANAGER, _DUTY, denial="private.role"),
    Act.SYSTEM_ADD: _rule(_MANAGER, _PLANNER, denial="siting.role", to="own government"),
    Act.WORKBENCH_SEE: _rule(*Role),
    Act.SYSTEM_DESIGN: _rule(_MANAGER, _PLANNER),
    Act.SYSTEM_BUILD: _rule(_MANAGER, _PLANNER),
    Act.SYSTEM_ACCEPT: _rule(_PLANNER, denial="system.acceptance", to="government"),
    Act.SYSTEM_USE: _rule(_MANAGER, _PLANNER),
    Act.PLACE_SIGN: _rule(_MANAGER, _PLANNER),
    Act.COMPLAINT_LIST: _rule(_MANAGER, _REGISTRAR, when=(_managers_at_home,), to="own competent superior"),
    Act.COMPLAINT_REPLY: _rule(_MANAGER, _REGISTRAR, when=(_managers_at_home,), to="own competent superior"),
    Act.SYSTEM_CHANGE: _rule(_MANAGER, _PLANNER),
    Act.SYSTEM_TAKE_DOWN: _rule(_MANAGER, _PLANNER),
    Act.SYSTEM_RETIRE: _rule(_MANAGER, _PLANNER),
    Act.SYSTEM_LIST: _rule(_MANAGER, _AUDITOR, _REGISTRAR, _PLANNER, to=_ANY_NEAR),
    Act.FILING_LIST: _rule(_MANAGER, _AUDITOR, _REGISTRAR, to=_ANY_NEAR),
    Act.FILING_SUBMIT: _rule(_MANAGER, _PLANNER),
    Act.FILING_RECEIVE: _rule(_REGISTRAR, denial="filing.organ", to="competent"),
    Act.FILING_RETURN: _rule(_REGISTRAR, denial="filing.organ", to="competent"),
    Act.VISIT_RECORD: _rule(_REGISTRAR, denial="filing.organ", to="competent"),
    Act.REMOVAL_LIST: _rule(_MANAGER, _AUDITOR, _REGISTRAR, to=_ANY_NEAR),
    Act.REMOVAL_NOTICE: _rule(_MANAGER, _PLANNER),
    Act.REMOVAL_SUPERVISE: _rule(_REGISTRAR, denial="removal.supervision", to="competent"),
    Act.PLAN_LIST: _rule(_MANAGER, _APPROVER, _OFFICER, _AUDITOR, _REGISTRAR, _PLANNER, to=_ANY_NEAR),
    Act.PLAN_ORGANISE: _rule(_PLANNER, denial="plan.organise"),
    Act.PLAN_COMPILE: _rule(_REGISTRAR, denial="plan.compile", to="competent"),
    Act.PLAN_COUNTERSIGN: _rule(_APPROVER, _REGISTRAR, denial="plan.countersign", to="sector"),
    Act.PLAN_ADOPT: _rule(_PLANNER, denial="plan.organise"),
    Act.PLAN_PUBLISH: _rule(_PLANNER, denial="plan.organise"),
    Act.COVERAGE_SEE: _rule(_MANAGER, _APPROVER, _OFFICER, _AUDITOR, _REGISTRAR, _PLANNER, to=_ANY_NEAR),
    Act.REUSE_DECIDE: _rule(_PLANNER, denial="reuse.planner"),
    Act.WORKS_LIST: _rule(_MANAGER, _AUDITOR, _REGISTRAR, _PLANNER, to=_ANY_NEAR),
    Act.WORKS_RECORD: _rule(_MANAGER, _PLANNER),
    Act.STANDARD_CHECK: _rule(_MANAGER, _PLANNER),
    Act.PROCUREMENT_LIST: _rule(_MANAGER, _AUDITOR, _PLANNER, denial="procurement.own"),
    Act.PROCUREMENT_RECORD: _rule(_MANAGER, _PLANNER, denial="procurement.own"),
    Act.DESIGNATION_LIST: _rule(*Role),
    Act.DESIGNATION_REPORT: _rule(*Role),
    Act.DESIGNATION_HANDLE: _rule(_APPROVER, _OFFICER, denial="designation.handler"),
}
"""Rights by role and unit. No row gives an administrator or an auditor a picture (test: `no administrator...`)."""

ADMINISTRATIONS = frozenset({Role.ADMINISTRATOR, Role.SECURITY, Role.AUDITOR})
"""The three administrators (三员): each in a person of his own, with no other role."""


def exclusive_roles(roles: frozenset[Role]) -> Reason | None:
    """Why these roles may not be held by one person, or None.

    Who administers or audits does nothing else, so that no one watches over himself (GB/T 22239 level 3, 8.1.5).
    """
    if not roles:
        return reason("people.no-role")
    return reason("people.exclusive-roles") if len(roles) > 1 and roles & ADMINISTRATIONS else None


def decide(subject: Subject, act: Act, unit: UnitId | None, facts: Facts, now: UtcNs) -> Decision:
    """Whether `subject` may do `act` on an object of `unit` (None: nothing yet, as when adding) at `now`.

    An object to whose unit the subject's own is nothing is denied as unknown, so that its existence does not show.
    """
    if not subject.enabled:
        return Deny((reason("authority.disabled"),))
    rule = RULES.get(act)
    near = facts.relations | ({Relation.OWN} if unit == subject.unit else frozenset())
    if unit is not None and not near:
        return Deny((reason("authority.unknown-object"),))
    if rule is None or not rule.roles & subject.roles or (unit is not None and not rule.relations & near):
        return Deny((reason("authority.role" if rule is None else rule.denial),))
    failed = tuple(found for condition in rule.conditions if (found := condition(subject, facts, now)) is not None)
    if failed:
        return Deny(failed)
    if rule.fresh and not lately(facts.proven, now):
        return Deny((reason("session.step-up"),))
    return Allow(tuple(sorted(rule.roles & subject.roles)), rule.obligations)


def lately(proven: UtcNs | None, now: UtcNs) -> bool:
    """Whether factors proven then still stand for an act that needs them fresh. A proof of later than now is none."""
    return proven is not None and now - STEP_UP_S * SECOND_NS <= proven <= now


def role_allows(act: Act, roles: frozenset[Role]) -> bool:
    """Whether the table opens `act` to any of `roles` at all: what menus and the route matrix read."""
    return bool(RULES[act].roles & roles)


def sees_only_own(act: Act, roles: frozenset[Role]) -> bool:
    """The list predicate beside `decide`: whether requests and exports are limited to those the person applied for."""
    return act in (Act.ACCESS_LIST, Act.EXPORT_LIST) and not roles & {_MANAGER, _APPROVER, _AUDITOR}


def visible_scope(act: Act, roles: frozenset[Role], asking: Organ) -> Scope:
    """The list predicate beside `decide`: which objects at places a person of `asking` with `roles` may do `act` on.

    For rules without conditions, as those of lists are: such an object is in the scope exactly when `decide` allows it
    (property test). Departments see their own sector's (article 4, paragraph 2), police their area's.
    """
    rule = RULES.get(act)
    if rule is None or not rule.roles & roles:
        return Scope()
    near = area_relation(asking)
    return Scope(
        own=asking.id if Relation.OWN in rule.relations else None,
        territory=asking.territory if near in rule.relations else "",
        sector=asking.sector if near is Relation.SECTOR else "",
    )
