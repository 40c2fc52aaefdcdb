"""Why somebody may do an act, or may not: the decision of `authority.decide`, told line by line in both languages.

The table that decides is the table that is told; nothing here decides anything. What only the act itself can bring (a
purpose, a second officer, a fresh proof of the own factors) is not missing before it is done: it is said as needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mingjian.governance import matters
from mingjian.governance.authority import RULES, Act, Allow, Facts, Obligation, Role, Subject, decide, lately
from mingjian.governance.organs import Relation
from mingjian.governance.posts import Post, in_office
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

Named = TypeVar("Named", Role, Relation)


class GroundStanding(StrEnum):
    """How one line stands."""

    MET = "met"
    NEEDED = "needed"
    """Has to be brought when the act is done."""
    MISSING = "missing"


class Verdict(StrEnum):
    """The answer in one word."""

    YES = "yes"
    IF = "if"
    """Once what is needed has been brought."""
    NO = "no"


@dataclass(frozen=True, slots=True)
class Line:
    """One ground: what it is about, how it stands, in words, with its article and who could mend it."""

    about: str
    standing: GroundStanding
    text: str
    text_en: str
    article: str = ""
    remedy: str = ""
    remedy_en: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict and its grounds, in the order in which they are asked."""

    verdict: Verdict
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """One approved or awaited request that concerns the object."""

    number: str
    until: UtcNs | None
    until_text: str
    """As people write the instant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained. `posts` are the person's, `held` the roles at that instant, `disabled` the account."""

    subject: Subject
    act: Act
    owner: UnitId | None
    owner_name: str
    facts: Facts
    now: UtcNs
    today: date
    posts: Sequence[Post] = ()
    approvals: Sequence[Approval] = ()
    """Those that name the object and the person's organ, whatever their state."""


ROLE_WORDS: dict[Role, tuple[str, str]] = {
    Role.ADMINISTRATOR: ("系统管理员", "system administrator"),
    Role.SECURITY: ("安全管理员", "security administrator"),
    Role.AUDITOR: ("审计管理员", "auditor"),
    Role.UNIT_MANAGER: ("单位负责人", "unit manager"),
    Role.DUTY: ("值守人员", "duty staff"),
    Role.APPROVER: ("批准人", "approver"),
    Role.OFFICER: ("承办人员", "officer"),
    Role.REGISTRAR: ("备案监管人员", "registrar"),
    Role.PLANNER: ("规划专员", "planner"),
}
RELATION_WORDS: dict[Relation, tuple[str, str]] = {
    Relation.OWN: ("本单位", "the own unit"),
    Relation.COMPETENT: ("所在地县级公安机关", "the county's public security organ of the place"),
    Relation.SUPERIOR: ("上级公安机关", "public security above the county"),
    Relation.GOVERNMENT: ("人民政府", "the people's government of the area"),
    Relation.SECTOR: ("行业主管部门", "the department of the sector"),
    Relation.KEEPER: ("本系统安装单位", "the unit that keeps the installation"),
}
MET_WORDS: dict[str, tuple[str, str]] = {
    "_another_than_editor": ("覆盖者是另一人", "Somebody else covered the picture"),
    "_another_than_owner": ("申请人是另一人", "The applicant is somebody else"),
    "_another_than_asker": ("申请复制的是另一人", "Who asked for the copy is somebody else"),
    "_another_than_who_vouched": ("声明人是另一人", "Who vouched is somebody else"),
    "_another_than_who_asked": ("提出人是另一名管理员", "Another administrator asked"),
    "_another_than_who_entered": ("受理人是另一人", "Somebody else took the application down"),
    "_consent_in_force": ("管理单位的同意在有效期内", "The unit's consent is in force"),
    "_is_owner": ("是本人的申请或者查看", "It is the person's own request or viewing"),
    "_keeps_the_installation": ("本单位管理这套系统", "The unit keeps this installation"),
    "_keeps_the_clock": ("本单位管理这套系统及其时钟", "The unit keeps this installation and its clock"),
    "_another_than_self": ("不是办理自己的账号", "It is not the person's own account"),
    "_not_the_staff": ("与单位经办人不是同一人", "It is not the staff member who attends"),
    "_has_purpose": ("已写明用途", "A purpose is stated"),
    "_approval_in_force": ("批准在有效期内", "An approval is in force"),
    "_two_officers": ("两名不同的人员已在场签到", "Two different persons have signed"),
    "_is_the_head": ("是现任主要负责人", "The person is the head in office"),
    "_papers_checked": ("证件、文件已逐一核验", "The papers have been checked"),
    "_managers_at_home": ("由对口岗位办理", "It is done by the role that answers for it"),
}
"""What each condition of the table says where it holds; a test keeps the list whole."""
BROUGHT = frozenset({"_another_than_owner", "_is_owner", "_another_than_self", "_not_the_staff", "_has_purpose",
                     "_two_officers", "_papers_checked", "_another_than_who_vouched",
                     "_another_than_who_asked", "_another_than_editor", "_another_than_who_entered",
                     "_another_than_asker"})  # fmt: skip
"""Conditions about what the act brings with it: unknown before, they are needed, not missing."""
OBLIGATION_WORDS: dict[Obligation, tuple[str, str]] = {
    Obligation.REGISTER_ENTRY: (
        "先登记，后出画面：人员、时间、用途、去向",
        "The register entry comes before the picture: person, time, purpose, destination",
    ),
    Obligation.WATERMARK: (
        "画面带水印：姓名、单位、时间、登记号",
        "The picture bears name, unit, time and entry number",
    ),
    Obligation.TWO_OFFICERS: ("两名以上工作人员共同办理", "Two or more officers do it together"),
}
_ENTRY_ARTICLE, _OFFICERS_ARTICLE = matters.REGISTER, matters.OFFICERS


def explain(asked: Asked) -> Explanation:
    """The grounds of `decide` about `asked`. NO exactly when a ground lacks that must stand beforehand."""
    rule = RULES[asked.act]
    lines = [_account(asked.subject), _role(asked, rule.roles, rule.denial), _relation(asked, rule.relations)]
    for condition in rule.conditions:
        failed = condition(asked.subject, asked.facts, asked.now)
        lines.append(_condition(condition.__name__, failed, asked))
    if rule.fresh and not lately(asked.facts.proven, asked.now):
        why = reason("session.step-up")
        lines.append(_line("condition", GroundStanding.NEEDED, why))
    lines += [_obligation(one) for one in sorted(rule.obligations)]
    decision = decide(asked.subject, asked.act, asked.owner, asked.facts, asked.now)
    if any(line.standing is GroundStanding.MISSING for line in lines):
        return Explanation(Verdict.NO, tuple(lines))
    return Explanation(Verdict.YES if isinstance(decision, Allow) else Verdict.IF, tuple(lines))


def _account(subject: Subject) -> Line:
    if subject.enabled:
        return Line("account", GroundStanding.MET, "账号在用", "The account is in use")
    return _line("account", GroundStanding.MISSING, reason("authority.disabled"))


def _role(asked: Asked, wanted: frozenset[Role], denial: str) -> Line:
    held = wanted & asked.subject.roles
    if held:
        whence = [_whence(role, asked) for role in sorted(held)]
        text, text_en = "；".join(one for one, _ in whence), "; ".join(one for _, one in whence)
        return Line("role", GroundStanding.MET, text, text_en)
    why = reason(denial)
    names, names_en = _words(wanted, ROLE_WORDS)
    givers, givers_en = _words(RULES[Act.POST_GIVE].roles, ROLE_WORDS)
    return Line(
        "role",
        GroundStanding.MISSING,
        f"没有所需的岗位：{names}。{why.text}",
        f"Lacks the role: {names_en}. {why.text_en}",
        why.article,
        f"可由本单位{givers}授予；{why.remedy}" if why.remedy else f"可由本单位{givers}授予",
        f"May be given by the unit's {givers_en}. {why.remedy_en}".strip(),
    )


def _whence(role: Role, asked: Asked) -> tuple[str, str]:
    name, name_en = ROLE_WORDS[role]
    through = next((post for post in asked.posts if role in post.roles and in_office(post, asked.today)), None)
    if through is None:
        return f"岗位「{name}」，随账号授予", f"Role {name_en}, given with the account"
    until = f"至 {through.ends_on}" if through.ends_on is not None else "起至今"
    until_en = f"until {through.ends_on}" if through.ends_on is not None else "still running"
    return (
        f"岗位「{name}」，来自职务「{through.title}」（{through.begins_on} {until}，{through.decision}）",
        f"Role {name_en}, by the post {through.title} (since {through.begins_on}, {until_en}, {through.decision})",
    )


def _relation(asked: Asked, wanted: frozenset[Relation]) -> Line:
    if asked.owner is None:
        return Line("relation", GroundStanding.MET, "不涉及已有对象", "It is about nothing that is there already")
    near = asked.facts.relations | ({Relation.OWN} if asked.owner == asked.subject.unit else frozenset())
    fits = near & wanted
    if fits:
        names, names_en = _words(fits, RELATION_WORDS)
        return Line(
            "relation",
            GroundStanding.MET,
            f"对象属于{asked.owner_name}；此人所在单位是{names}",
            f"The object is {asked.owner_name}'s; the person's organ is {names_en}",
        )
    names, names_en = _words(wanted, RELATION_WORDS)
    return Line(
        "relation",
        GroundStanding.MISSING,
        f"对象属于{asked.owner_name}；这项权限只给{names}，对其他单位而言对象不存在",
        f"The object is {asked.owner_name}'s; only {names_en} may, and for others it is not there",
        matters.APPROVAL,
        "由其机关申请，经本机关主要负责人或者所在地公安机关负责人批准",
        "The organ applies, and its own head or the head of public security of the place approves",
    )


def _condition(name: str, failed: Reason | None, asked: Asked) -> Line:
    if failed is None:
        met, met_en = MET_WORDS[name]
        if name == "_approval_in_force":
            numbers = [f"{one.number}（至 {one.until_text}）" for one in asked.approvals if _runs(one, asked.now)]
            met, met_en = "：".join([met, "、".join(numbers)]), ": ".join([met_en, ", ".join(numbers)])
        return Line("condition", GroundStanding.MET, met, met_en)
    if name in BROUGHT:
        return _line("condition", GroundStanding.NEEDED, failed)
    return _line("condition", GroundStanding.MISSING, failed)


def _runs(approval: Approval, now: UtcNs) -> bool:
    return approval.until is not None and now < approval.until


def _obligation(obligation: Obligation) -> Line:
    text, text_en = OBLIGATION_WORDS[obligation]
    article = _OFFICERS_ARTICLE if obligation is Obligation.TWO_OFFICERS else _ENTRY_ARTICLE
    return Line("obligation", GroundStanding.NEEDED, text, text_en, article)


def _line(about: str, standing: GroundStanding, why: Reason) -> Line:
    return Line(about, standing, why.text, why.text_en, why.article, why.remedy, why.remedy_en)


def _words(wanted: Iterable[Named], words: Mapping[Named, tuple[str, str]]) -> tuple[str, str]:
    both = [words[one] for one in sorted(wanted)]
    return "、".join(text for text, _ in both), " / ".join(text for _, text in both)
