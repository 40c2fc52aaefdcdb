"""One person of each kind of organ and of a unit, at each place in the tree, with all the trust one may hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_bytes, token_urlsafe

import httpx

from mingjian.app.identity import fingerprint
from mingjian.app.records import Session, Unit
from mingjian.app.seed import COUNTY
from mingjian.app.seed_county import CITY, PROVINCE
from mingjian.governance.authority import ADMINISTRATIONS, Role
from mingjian.governance.organs import Organ, OrganKind, Relation, relations
from mingjian.kernel.clock import DAY_NS, UtcNs
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, UnitId, uuid7
from web_world import World

NEXT_COUNTY = "340422"
WORKING = frozenset(Role) - ADMINISTRATIONS
"""The roles that one person may hold together."""
SECTOR = "culture"
"""Who administers hotels, of which the objects are."""


@dataclass(frozen=True, slots=True)
class Outsider:
    """Where in the county, or out of it, somebody stands who has no part in an object."""

    kind: OrganKind
    territory: str
    sector: str = ""

    @property
    def name(self) -> str:
        return " ".join(word for word in (self.kind, self.territory, self.sector) if word)

    def describes(self, organ: Organ) -> bool:
        """Whether `organ` is one of these."""
        return (organ.kind, organ.territory, organ.sector) == (self.kind, self.territory, self.sector)

    def relations(self, owner: Organ) -> frozenset[Relation]:
        """What the law makes of the organ towards an object of `owner` at a hotel of the county; empty: a stranger."""
        itself = owner.id if self.describes(owner) else UnitId("?")
        organ = Organ(itself, "", self.kind, self.territory, sector=self.sector)
        return relations(organ, owner.id, COUNTY, SECTOR)


OUTSIDERS = (
    Outsider(OrganKind.UNIT, COUNTY, SECTOR),
    Outsider(OrganKind.GOVERNMENT, COUNTY),
    Outsider(OrganKind.GOVERNMENT, CITY),
    Outsider(OrganKind.GOVERNMENT, NEXT_COUNTY),
    Outsider(OrganKind.PUBLIC_SECURITY, CITY),
    Outsider(OrganKind.PUBLIC_SECURITY, PROVINCE),
    Outsider(OrganKind.PUBLIC_SECURITY, NEXT_COUNTY),
    Outsider(OrganKind.STATE_SECURITY, CITY),
    Outsider(OrganKind.DEPARTMENT, COUNTY, SECTOR),
    Outsider(OrganKind.DEPARTMENT, COUNTY, "education"),
)


def signed_in(world: World, outsider: Outsider, roles: frozenset[Role] = WORKING) -> httpx.AsyncClient:
    """A browser with a session of a new person in such an organ: the county's where it has one, else a new one."""
    now = world.clock.now()
    unit = Unit(UnitId(uuid7(now, token_bytes(RANDOM_BYTES))), f"外来 {outsider.name}", now)
    token = token_urlsafe(32)
    with world.store.writing() as uow:
        manager = uow.people.one(world.manager.person)
        assert manager is not None
        known = next((one for one in uow.organs.listed() if outsider.describes(one)), None)
        if known is not None:
            unit = replace(unit, id=known.id, name=known.name)
        person = replace(
            manager,
            id=PersonId(uuid7(now, token_bytes(RANDOM_BYTES))),
            unit=unit.id,
            unit_name=unit.name,
            name=f"outsider-{token_urlsafe(6)}",
            display_name="外来人员",
            roles=roles,
        )
        if known is None:
            uow.people.add_unit(unit)
            uow.organs.save(Organ(unit.id, unit.name, outsider.kind, outsider.territory, sector=outsider.sector))
        uow.people.add(person)
        uow.people.add_session(Session(fingerprint(token), person.id, now, now, UtcNs(now + 300 * DAY_NS), now))
    client = world.client()
    client.cookies.set("mj_session", token)
    return client


def proven_again(world: World) -> None:
    """Every living session is one whose factors were proven this instant."""
    now = world.clock.now()
    with world.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE sessions SET proven_ns = {now}, seen_ns = {now}")
