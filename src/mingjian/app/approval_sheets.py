"""The approval of a request as a sheet to carry and to check, from what is on record (article 22.1.3)."""

from __future__ import annotations

from mingjian.app.access_pages import shown_to
from mingjian.app.access_reading import HISTORY_LIMIT, readable
from mingjian.app.filing_papers import basis, cited
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor, Camera
from mingjian.app.register_forms import DECIDED, DUTY
from mingjian.app.request_papers import needed
from mingjian.governance.access import KIND_NAMES
from mingjian.governance.authority import Act
from mingjian.governance.documents import Document, Language
from mingjian.governance.forms.approval import ApprovalSheet, ApprovedCamera, AskedPaper, approval_form
from mingjian.governance.forms.register import PresentOfficer
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Missing
from mingjian.law.rulebook import Rulebook


def printed(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str, language: Language, address: str
) -> Document:
    """The sheet for whoever may read the request; `address` is what its code leads to.

    Raises Missing before the decision and for a request that the actor may not know of.
    """
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        found = shown_to(readable(doing, request), doing.person.unit)
        history = doing.uow.ledger.history(found.id, HISTORY_LIMIT)
        decided = next((act for act in reversed(history) if act.kind in DECIDED), None)
        if decided is None or found.approved_until is None:
            raise Missing(
                "access.no-approval",
                "这份申请尚未批准，没有批准书",
                text_en="This request was not approved: there is no sheet",
                remedy="等批准机关主要负责人批准",
                remedy_en="Wait for the head of the approving organ",
            )
        approving, holder = (doing.uow.organs.one(unit) for unit in (found.approving, found.unit))
        cameras = [(camera, doing.uow.cameras.known(camera)) for camera in found.cameras]
        row = law.row(found.route) if found.route else None
        sheet = ApprovalSheet(
            number=found.number,
            issued=decided.at,
            basis=cited(law, row) if row is not None else basis(law, DUTY),
            organ=found.organ,
            unit_name=holder.name if holder is not None else "",
            way=KIND_NAMES[found.kind][0 if language is Language.ZH else 1],
            period=f"{law.told(found.footage.start)} – {law.told(found.footage.end)}",
            purpose=found.purpose,
            destination=found.destination,
            legal_basis=found.legal_basis,
            approver=found.approver_name,
            approver_organ=approving.name if approving is not None else "",
            approved_on=law.told(decided.at),
            approved_until=law.told(found.approved_until),
            entry=str(decided.index),
            officers=tuple(PresentOfficer(one.name, one.work_id) for one in found.officers),
            cameras=tuple(
                ApprovedCamera(camera.name, _place(doing, camera)) if camera is not None else ApprovedCamera(name)
                for name, camera in cameras
            ),
            papers=tuple(AskedPaper(one.name, one.article) for one in needed(doing, law, found)),
        )
        return approval_form(sheet, language, address=address)


def _place(doing: Performance, camera: Camera) -> str:
    """Where it stands: the place on record, else what its unit wrote."""
    siting = doing.uow.sitings.one(camera.id)
    place = doing.uow.places.one(siting.place) if siting is not None else None
    return place.name if place is not None else camera.place
