"""Access in the county of a demonstration: a request that waits, one that was approved, one that was executed.

By the acts alone, each entry being the one that people would have made. The officers of the executed one are those of
state security: their codes of these two steps are spent, and nobody signs in as one of them within the first minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mingjian.app import access, executions, register_forms, views
from mingjian.app.access_asked import Asked
from mingjian.app.executions import Credential
from mingjian.app.identity import IdentityKeeper
from mingjian.app.journal import Journal
from mingjian.app.records import AccessRequest, Actor
from mingjian.app.seed import demo_code
from mingjian.app.seed_life import Scene
from mingjian.governance.access import AccessKind, NamedOfficer
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period

STAFF = "manager"
"""The account at the counter of the unit that runs the simulated cameras."""
EDUCATION = (NamedOfficer("督导员", "示教000001"), NamedOfficer("督导员乙", "示教000002"))
STATE = (NamedOfficer("侦查员甲", "示安000001"), NamedOfficer("侦查员乙", "示安000002"))
STATE_ACCOUNTS = ("state1", "state2")
ASKED_S, AGO_S = 120, 600
"""Two minutes of ten minutes ago: the volume of a demonstration keeps some tens of minutes."""


def seed_access(scene: Scene, keeper: IdentityKeeper, journal: Journal, cameras: Sequence[CameraId]) -> None:
    """Let the organs of the county ask for `cameras`. A throw-away installation is the caller's condition."""
    waiting = _asked(AccessKind.VIEW, cameras, scene, "核查学生夜间入住旅馆情况", "行政检查卷宗", EDUCATION)
    _submitted(scene, "education", waiting)
    ready = _asked(AccessKind.COPY, cameras, scene, "调查校门口纠纷经过", "行政处罚卷宗", EDUCATION)
    _approved(scene, "approver", _submitted(scene, "education", ready))
    looked = _asked(AccessKind.VIEW, cameras, scene, "核实一起危害公共安全线索", "专案卷宗", STATE)
    request = _approved(scene, "statehead", _submitted(scene, "state1", looked))
    _executed(scene, keeper, journal, request)


def _asked(
    kind: AccessKind,
    cameras: Sequence[CameraId],
    scene: Scene,
    purpose: str,
    destination: str,
    officers: Sequence[NamedOfficer],
) -> Asked:
    start = scene.clock.now() - AGO_S * SECOND_NS
    footage = Period(UtcNs(start), UtcNs(start + ASKED_S * SECOND_NS))
    return Asked(kind, cameras, footage, purpose, destination, "办法第二十一条", officers, case="示范〔2026〕1号")


def _submitted(scene: Scene, by: str, asked: Asked) -> AccessRequest:
    return access.submit(
        scene.store, actor=_proven(scene, by), clock=scene.clock, law=scene.law, random=scene.random, asked=asked
    )


def _approved(scene: Scene, head: str, request: AccessRequest) -> AccessRequest:
    return access.approve(
        scene.store,
        actor=_proven(scene, head),
        clock=scene.clock,
        law=scene.law,
        request=request.id,
        comment="同意，注意保密",
    )


def _executed(scene: Scene, keeper: IdentityKeeper, journal: Journal, request: AccessRequest) -> None:
    """One visit: papers, two officers, a look, its end, and the form signed by both sides."""
    staff, store, clock, law, random = _proven(scene, STAFF), scene.store, scene.clock, scene.law, scene.random
    papers = ("certificate", "work_id")
    executions.check_papers(store, actor=staff, clock=clock, law=law, random=random, request=request.id, papers=papers)
    for name in STATE_ACCOUNTS:
        executions.sign_presence(
            keeper,
            actor=staff,
            clock=clock,
            law=law,
            random=random,
            request=request.id,
            credential=_credential(scene, keeper, name),
        )
    grant = executions.view(store, journal, actor=staff, clock=clock, law=law, random=random, request=request.id)
    views.close_view(store, actor=staff, clock=clock, grant=grant.id)
    executions.end_visit(store, actor=staff, clock=clock, law=law, request=request.id)
    with store.reading() as uow:
        visit = uow.requests.executions(request.id)[-1].id
    for name in STATE_ACCOUNTS:
        credential = _credential(scene, keeper, name)
        register_forms.co_sign(
            keeper, actor=staff, clock=clock, law=law, request=request.id, visit=visit, credential=credential
        )
    register_forms.sign(store, actor=staff, clock=clock, law=law, request=request.id, visit=visit)
    register_forms.complete(store, actor=staff, clock=clock, law=law, request=request.id)


def _credential(scene: Scene, keeper: IdentityKeeper, name: str) -> Credential:
    account = next(one for one in scene.accounts if one.name == name)
    code = demo_code(keeper, name=name, clock=scene.clock, throw_away=True)
    return Credential(name, account.password, code, "127.0.0.1")


def _proven(scene: Scene, name: str) -> Actor:
    return replace(scene.actor(name), proven=scene.clock.now())
