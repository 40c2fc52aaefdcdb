"""Who may have what of another's footage, and who approves it (articles 20 to 22). Pure; the rows are the instrument's.

Three sides take part in a request: the organ that asks, the organ whose head approves, the unit that holds the
cameras. Which of them an act belongs to is the table `SIDES`; who of them may do it is `authority.RULES`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mingjian.governance.authority import Act
from mingjian.governance.organ_tree import Level, level
from mingjian.governance.organs import Organ, OrganKind, contains
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.grant import MediaAct
from mingjian.law.rows import ApprovalRule
from mingjian.law.rows import OrganKind as LegalOrgan


class AccessKind(StrEnum):
    """What is asked for: 查阅, 复制, 调取 (article 21); 接入, 直接使用 (article 20)."""

    VIEW = "view"
    COPY = "copy"
    RETRIEVE = "retrieve"
    CONNECT = "connect"
    DIRECT_USE = "direct-use"


LIVE_KINDS = frozenset({AccessKind.CONNECT, AccessKind.DIRECT_USE})
"""Those whose period lies ahead and that open no recording."""
COPYING = frozenset({AccessKind.COPY, AccessKind.RETRIEVE})
"""Those that end in a package."""
NARROWER = {AccessKind.COPY: AccessKind.VIEW, AccessKind.RETRIEVE: AccessKind.VIEW}
"""What a head may approve instead of what was asked: looking instead of taking away."""

KIND_NAMES: dict[AccessKind, tuple[str, str]] = {
    AccessKind.VIEW: ("查阅", "viewing"),
    AccessKind.COPY: ("复制", "copying"),
    AccessKind.RETRIEVE: ("调取", "retrieval"),
    AccessKind.CONNECT: ("接入", "connection"),
    AccessKind.DIRECT_USE: ("直接使用", "direct use"),
}
NUMBER_MARKS: dict[AccessKind, str] = {
    AccessKind.VIEW: "查",
    AccessKind.COPY: "复",
    AccessKind.RETRIEVE: "调",
    AccessKind.CONNECT: "接",
    AccessKind.DIRECT_USE: "用",
}
"""The first sign of a request's number."""
_TYPED = re.compile(rf"([{''.join(NUMBER_MARKS.values())}])\D{{0,2}}(\d{{4}})\D{{0,2}}(\d{{1,6}})号?")


def read_number(text: str) -> str:
    """The number of a request as a person types it at a counter, in the form in which it was given.

    Brackets, spaces and leading zeros do not matter; what is no number comes back without its outer spaces.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _TYPED.fullmatch(plain)
    return f"{found[1]}〔{found[2]}〕{int(found[3]):04d}号" if found else plain


def media_act(kind: AccessKind) -> MediaAct:
    """The act of the Grant that an execution of `kind` opens."""
    if kind in LIVE_KINDS:
        return MediaAct.LIVE
    return MediaAct.COPY if kind in COPYING else MediaAct.PLAYBACK


class Side(StrEnum):
    """Who takes part in a request."""

    ASKER = "asker"
    APPROVING = "approving"
    HOLDER = "holder"


SIDES: dict[Act, Side] = {
    Act.ACCESS_SUBMIT: Side.ASKER,
    Act.ACCESS_WITHDRAW: Side.ASKER,
    Act.ACCESS_COSIGN: Side.ASKER,
    Act.ACCESS_USE: Side.ASKER,
    Act.ACCESS_REPORT: Side.ASKER,
    Act.ACCESS_APPROVE: Side.APPROVING,
    Act.ACCESS_REFUSE: Side.APPROVING,
    Act.ACCESS_ATTEND: Side.HOLDER,
    Act.ACCESS_VIEW: Side.HOLDER,
    Act.ACCESS_EXPORT: Side.HOLDER,
    Act.ACCESS_HAND_OVER: Side.HOLDER,
    Act.ACCESS_COMPLETE: Side.HOLDER,
    Act.COPY_ASK: Side.ASKER,
    Act.COPY_CONSENT: Side.APPROVING,
    Act.COPY_REFUSE: Side.APPROVING,
    Act.COPY_COSIGN: Side.ASKER,
}
"""Whose people do an act of a request: its rule in `authority` asks for the role in that organ or unit."""

LEGAL_KINDS: dict[OrganKind, LegalOrgan] = {
    OrganKind.PUBLIC_SECURITY: "public-security",
    OrganKind.STATE_SECURITY: "state-security",
    OrganKind.DEPARTMENT: "other-department",
}
"""The kinds of organ that articles 20 and 21 name; nobody else has access to another's footage."""


@dataclass(frozen=True, slots=True)
class NamedOfficer:
    """One officer whom the organ sends, as its request names him, with the number of the work ID."""

    name: str
    work_id: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRoute:
    """By which rule a request goes, and whose head decides it."""

    row: str
    """The instrument's row; empty on requests that were made before own copies had one."""
    article: str
    by_police: bool
    """The head of the public security organ of the city or county of the place decides, not the own one."""


def approval_route(
    asking: Organ, holder: Organ, kind: AccessKind, rows: Iterable[ApprovalRule], *, other_basis: bool = False
) -> ApprovalRoute | Reason:
    """The route of a request, from the rows in force for the asker's kind of organ and the kind of access.

    A unit's own copy has a way of its own (`own_copy`). `other_basis`: the request cites another law, regulation or
    rule that provides otherwise (article 21, paragraph 2, last half), which then prevails: the own head answers for it.
    Live ways are open to public and state security of county level or above alone (article 20).
    """
    legal = LEGAL_KINDS.get(asking.kind)
    if legal is None:
        return reason("copy.way" if asking.id == holder.id else "access.organ-kind")
    if level(asking.territory) is None and kind in LIVE_KINDS:
        return reason("access.organ-level")
    row = next(iter(rows), None)
    if row is None:
        if kind not in LIVE_KINDS:
            return reason("access.organ-kind")
        return reason("access.no-live" if asking.kind is OrganKind.DEPARTMENT else "access.live-unknown")
    return ApprovalRoute(row.id, row.article, by_police=row.approver == "police-head" and not other_basis)


def competent(approving: Organ, asking: Organ, route: ApprovalRoute, territories: Iterable[str]) -> Reason | None:
    """Why the head of `approving` may not decide a request for cameras in `territories`, or None.

    Without `by_police` only the asker's own head may. With it, that of a public security organ of a city or county
    whose area holds every place (所在地 is read as where the cameras stand).
    """
    if not route.by_police:
        return None if approving.id == asking.id else reason("access.own-head")
    right = approving.kind is OrganKind.PUBLIC_SECURITY and level(approving.territory) in (Level.CITY, Level.COUNTY)
    if right and all(contains(approving.territory, territory) for territory in territories):
        return None
    return reason("access.not-competent")


def papers_act(asking: Organ) -> str:
    """The key of the papers that this kind of organ shows: `Rulebook.papers`."""
    return f"access.{LEGAL_KINDS[asking.kind]}" if asking.kind in LEGAL_KINDS else "access.unit"


SHOWN_AT_THE_COUNTER = frozenset({"work_id", "certificate", "approval"})
"""Papers that the unit's staff check one by one; the register form is filled in afterwards."""


class ExecutionState(StrEnum):
    """Where one visit under an approval stands."""

    OPEN = "open"
    ENDED = "ended"
