"""What refusals and steps are about: names by which the law in force at a place finds the article (`Rulebook.cited`).

Each is the `duty` of rows, or several with `/` between them where texts order the matter under different heads; the
nearest comes first. No text in force has one: then it is a house rule, and is said to be one.
"""

from __future__ import annotations

from collections.abc import Mapping

# what was recorded, and who looks at it
WATCH = "duty-watch/access-control"
REGISTER = "register"
STORAGE = "retention"
ROOM = "room"
SUPPLY = "no-supply"
TRADE = "no-trade"
ORIGINAL = "original-records"
OWN_COPY = "own-copy"
PRIVATE = "private-viewing.consent"
PUBLICATION = "publication.mask"

# access by organs
LIVE = "access.live/access.lawful"
APPROVAL = "access.approval/access.lawful"
OWN_HEAD = "access.approval.own"
POLICE_HEAD = "access.approval.police/access.approval.own"
EXECUTION = "access.execution/two-officers"
PAPERS = "access.papers"
OFFICERS = "two-officers"
WORK_ID = "access.work-id/access.papers"
CERTIFICATE = "access.certificate/access.papers"
FORM = "access.form"
REPORT = "access.confidential/access.lawful"
LAWFUL_ACCESS = "access.no-refusal/access.lawful"

# the life of systems and cameras
PLAN = "plan"
URBAN_PLAN = "plan.link"
REUSE = "reuse"
SECTOR = "supervision.sector"
INSTALL = "install"
SUPERVISION = "supervision"
FORBIDDEN = "forbidden"
RIGHT = "install.right"
BY_GOVERNMENT = "build.government"
POSITION = "position"
SIGN = "sign"
CLEAR = "operation.clear/operation"
UNINTERRUPTED = "operation.uninterrupted/operation"
STANDARDS = "standards"
TOGETHER = "together/works"
KEY_PARTS = "key-parts.guidance"
BUILDER = "build.unit"
BUILT = "works/standards"
CHOICE = "choice"
DESIGNATION = "designation.handling"
ACCEPTANCE = "acceptance/works"
FILING = "filing"
VISIT = "filing.visit/inspection"
CHANGE = "purpose-and-position"
REMOVAL = "removal.notice"
DISPOSAL = "removal.supervision"
COMPLAINT = "complaint"

NAMED: Mapping[str, str] = {
    name.lower(): matter for name, matter in list(globals().items()) if name.isupper() and isinstance(matter, str)
}
"""Every matter by the name that a screen calls it."""
