"""Finding places, systems and cameras by name or pinyin initials: for the command palette."""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.app.performing import asking
from mingjian.app.ports import Store
from mingjian.app.records import Actor
from mingjian.app.registry_ports import Named
from mingjian.governance.authority import Act, role_allows
from mingjian.governance.organs import Scope
from mingjian.kernel.clock import Clock

HITS_MOST = 20
"""Of each kind: a palette shows no more."""
QUERY_LONGEST = 64


def found(store: Store, *, actor: Actor, clock: Clock, text: str) -> Sequence[Named]:
    """What the actor may see whose name or initials hold `text`; a camera's name is its own unit's alone."""
    with asking(store, Act.REGISTRY_SEARCH, actor=actor, clock=clock) as doing:
        wanted = text.strip()[:QUERY_LONGEST]
        if not wanted:
            return []
        scopes = {"place": doing.scope(Act.PLACE_LIST), "system": doing.scope(Act.PLACE_LIST)}
        if role_allows(Act.CAMERA_LIST, doing.person.roles):
            scopes["camera"] = Scope(own=doing.person.unit)
        return [
            hit for kind, scope in scopes.items() for hit in doing.uow.names.found(kind, wanted, scope, limit=HITS_MOST)
        ]
