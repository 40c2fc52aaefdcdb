"""The papers of a request (article 22): which the instrument asks of the organ, which are on record, which lack.

A scan is a copy to prepare by: what counts is the original that the unit's staff see at the counter. So a request
without scans is a good one, and nothing is refused for papers without saying which.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.app.attachments import of_subject
from mingjian.app.performing import Performance, refusal
from mingjian.app.records import AccessRequest
from mingjian.governance.access import SHOWN_AT_THE_COUNTER, papers_act
from mingjian.governance.obligations import Attachment
from mingjian.governance.reasons import reason
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import UnitId
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook

SUBJECT = "access-request"
"""Not in `attachments.SUBJECTS`: a scan is reached through its request alone, never by a right to papers at large."""
BASIS = "basis"
"""The asker's own file (a decision to open a case and the like): for who asks and who decides, never for the holder."""
CERTIFICATE = "spot_certificate"
"""Work ID and certificate of an officer who was enrolled at the counter: on record by the staff, seen by every side."""
APPROVAL = "approval"
"""What the decision itself makes: nobody can bring it before."""


def needed(doing: Performance, law: Rulebook, request: AccessRequest) -> Sequence[PaperKind]:
    """What the officers show at the counter, by their organ's kind; what two instruments ask for is shown once.

    A unit's own people show none for an own copy.
    """
    asking = doing.uow.organs.one(request.asker)
    if asking is None or request.own:
        return ()
    first: dict[str, PaperKind] = {}
    for row in law.papers(papers_act(asking), law.day(doing.now)):
        first.setdefault(row.paper, row)
    return [row for row in first.values() if row.paper in SHOWN_AT_THE_COUNTER]


def scans(doing: Performance, request: AccessRequest, unit: UnitId) -> Sequence[Attachment]:
    """The scans on record that `unit`, a side of the request, may see, oldest first."""
    found = of_subject(doing, SUBJECT, request.id)
    inside = unit in (request.asker, request.approving)
    return [one for one in found if inside or one.kind != BASIS]


def lacking(doing: Performance, law: Rulebook, request: AccessRequest, papers: Sequence[str]) -> Sequence[PaperKind]:
    """The rows of `papers`, where each is asked of this organ before the decision and no scan of it is on record.

    Raises Invalid for a paper that nobody asks for, Refused for one that is there.
    """
    rows = [row for row in needed(doing, law, request) if row.paper in papers and row.paper != APPROVAL]
    if {row.paper for row in rows} != set(papers):
        raise unknown_paper("lacking")
    if {one.kind for one in of_subject(doing, SUBJECT, request.id)} & set(papers):
        raise refusal(reason("access.nothing-lacks"))
    return rows


def told(lack: Sequence[PaperKind]) -> str:
    """What lacks, each paper with its article, as a refusal tells it."""
    return "、".join(f"{row.name}（{row.article}）" for row in lack)


def unknown_paper(field: str) -> Invalid:
    """What a paper answers that the instrument does not ask of this organ."""
    return Invalid(
        "access.paper-kind", "没有这种证件或者文件", text_en="There is no such paper for this organ", field=field
    )
