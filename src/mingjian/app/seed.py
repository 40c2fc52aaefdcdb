"""Accounts of a demonstration: one for each role, with random passwords that are shown once and fixed nowhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from mingjian.app.credentials import TOTP_STEP_S, totp_code, totp_secret, totp_uri
from mingjian.app.identity import ISSUER, IdentityKeeper, seed_context
from mingjian.app.performing import entry
from mingjian.app.ports import Random, UnitOfWork
from mingjian.app.records import Actor, Person, Unit
from mingjian.governance.authority import Role
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.posts import Post
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs, to_datetime
from mingjian.kernel.errors import Missing, Refused
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, UnitId, uuid7

LEGAL_ZONE = timedelta(hours=8)
"""A post begins on a day of China Standard Time."""
COUNTY = "340421"
"""The county of the demonstration (GB/T 2260)."""
UNIT_NAME = "示范县公安局视频管理"
STEP_NS = TOTP_STEP_S * SECOND_NS
PASSWORD_BYTES = 10
"""80 random bits as sixteen letters and digits."""
ACCOUNTS: tuple[tuple[str, str, Role], ...] = (
    ("admin", "系统管理员", Role.ADMINISTRATOR),
    ("manager", "视频管理员", Role.UNIT_MANAGER),
    ("duty", "值班员", Role.DUTY),
    ("approver", "主要负责人", Role.APPROVER),
    ("officer1", "执法人员甲", Role.OFFICER),
    ("officer2", "执法人员乙", Role.OFFICER),
    ("auditor", "审计员", Role.AUDITOR),
    ("registrar", "备案民警", Role.REGISTRAR),
    ("security", "安全管理员", Role.SECURITY),
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account to be printed for the people who try the demonstration."""

    person: PersonId
    name: str
    display_name: str
    role: Role
    unit: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was seeded. `manager` acts for the seeding itself: it puts the cameras on record."""

    accounts: tuple[DemoAccount, ...]
    manager: Actor


def seed_demonstration(keeper: IdentityKeeper, *, clock: Clock, random: Random, throw_away: bool) -> Demonstration:
    """Make the accounts. Refused for an installation that is not marked throw-away, or that has accounts already."""
    _only_throw_away(throw_away)
    now = clock.now()
    people = new_accounts(keeper, now, random, UNIT_NAME, ACCOUNTS)
    unit = Unit(UnitId(uuid7(now, random(RANDOM_BYTES))), UNIT_NAME, now)
    with keeper.store.writing() as uow:
        if not uow.people.empty():
            raise Refused("setup.done", "已有账号", text_en="There are accounts already")
        uow.people.add_unit(unit)
        uow.organs.save(Organ(unit.id, unit.name, OrganKind.PUBLIC_SECURITY, COUNTY, keeps=True))
        seat(uow, keeper, unit, people)
    accounts = tuple(account for account, _ in people)
    chief = accounts[1]
    roles = frozenset({chief.role})
    actor = Actor(chief.person, chief.name, chief.display_name, unit.id, unit.name, roles, "demonstration")
    return Demonstration(accounts, actor)


def new_accounts(
    keeper: IdentityKeeper, now: UtcNs, random: Random, unit: str, rows: Sequence[tuple[str, str, Role]]
) -> list[tuple[DemoAccount, str]]:
    """An account with its password's hash for each (name, person, role). Slow on purpose: outside of transactions."""
    accounts = [_account(now, random, unit, name, shown, role) for name, shown, role in rows]
    return [(account, keeper.hasher.hash(account.password)) for account in accounts]


def seat(uow: UnitOfWork, keeper: IdentityKeeper, unit: Unit, people: Iterable[tuple[DemoAccount, str]]) -> None:
    """Put accounts into `unit`, each with its ledger entry."""
    for account, hashed in people:
        person = Person(
            account.person,
            unit.id,
            unit.name,
            account.name,
            account.display_name,
            frozenset({account.role}),
            unit.created,
            password_hash=hashed,
            password_set=unit.created,
            totp_sealed=keeper.vault.seal(account.totp_secret.encode(), context=seed_context(account.person)),
        )
        uow.people.add(person)
        if account.role is Role.APPROVER:
            uow.people.add_post(_headship(account, unit))
        facts = {"roles": sorted(person.roles)}
        uow.ledger.append(entry("person.seeded", unit.created, person.id, facts, unit=unit.id))


def _headship(account: DemoAccount, unit: Unit) -> Post:
    """An approver of a demonstration is the head of the organ: nobody else may approve (articles 20 and 21)."""
    begins = (to_datetime(unit.created) + LEGAL_ZONE).date()
    roles = (account.role,)
    return Post(
        account.person,
        unit.id,
        account.person,
        account.display_name,
        True,
        roles,
        "示范任命",
        begins,
        unit.created,
    )


def demo_code(keeper: IdentityKeeper, *, name: str, clock: Clock, throw_away: bool) -> str:
    """The next code of a seeded account that is not spent yet: `mingjian demo code NAME`. Throw-away only."""
    _only_throw_away(throw_away)
    with keeper.store.reading() as uow:
        person = uow.people.named(name.casefold())
    if person is None or not person.totp_sealed:
        raise Missing("person.unknown", f"没有账号 {name}", text_en=f"There is no account {name}")
    secret = keeper.vault.open(person.totp_sealed, context=seed_context(person.id)).decode()
    return next_code(secret, clock, spent=person.totp_step)


def next_code(secret: str, clock: Clock, *, spent: int) -> str:
    """The present code, or the following one when the present step is spent (the server accepts one step ahead)."""
    step = max(clock.now() // STEP_NS, spent + 1)
    return totp_code(secret, UtcNs(step * STEP_NS))


def _account(now: UtcNs, random: Random, unit: str, name: str, display_name: str, role: Role) -> DemoAccount:
    letters = base64.b32encode(random(PASSWORD_BYTES)).decode().lower()
    password = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    secret = totp_secret(random)
    return DemoAccount(
        PersonId(uuid7(now, random(RANDOM_BYTES))),
        name,
        display_name,
        role,
        unit,
        password,
        secret,
        totp_uri(secret, name=name, issuer=ISSUER),
    )


def _only_throw_away(throw_away: bool) -> None:
    if not throw_away:
        raise Refused(
            "demo.standard",
            "正式安装不提供示范账号",
            text_en="A standard installation has no demonstration accounts",
            remedy="用 make demo 启动示范目录",
            remedy_en="Start the demonstration directory with make demo",
        )
