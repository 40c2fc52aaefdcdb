"""`app.ports.People` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.tables.administrations import MESSAGE
from mingjian.adapters.tables.people import (
    challenges,
    failures,
    former_passwords,
    people,
    posts,
    provider_links,
    recoveries,
    security_keys,
    sessions,
    setup_code,
    spent_tickets,
    units,
)
from mingjian.app.performing import refusal
from mingjian.app.records import Challenge, Failures, Person, ProviderLink, Recovery, SecurityKey, Session, Unit
from mingjian.governance.authority import Role
from mingjian.governance.posts import Post, in_office
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import PersonId, UnitId

_WITH_UNIT = select(people, units.c.name.label("unit_name")).join(units, units.c.id == people.c.unit_id)
_POSTS = Shape(posts, Post)
_RECOVERIES = Shape(recoveries, Recovery)
_LINKS = Shape(provider_links, ProviderLink)
_KEYS, _CHALLENGES = Shape(security_keys, SecurityKey), Shape(challenges, Challenge)


class SqlPeople:
    """Units, accounts, sessions and failed sign-ins of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._posts = Rows(connection, _POSTS)
        self.add_post, self.save_post = self._posts.add, self._posts.save
        self._recoveries = Rows(connection, _RECOVERIES)
        self.add_recovery = self._recoveries.add
        self._keys, self._challenges = Rows(connection, _KEYS), Rows(connection, _CHALLENGES)
        self.add_key, self.save_key = self._keys.add, self._keys.save
        self._links = Rows(connection, _LINKS)
        self.add_link, self.save_link = self._links.add, self._links.save

    def empty(self) -> bool:
        return self._connection.execute(select(people.c.id).limit(1)).first() is None

    def add_unit(self, unit: Unit) -> None:
        self._connection.execute(insert(units).values(id=unit.id, name=unit.name, created_ns=unit.created))

    def unit(self, unit: UnitId) -> Unit | None:
        row = self._connection.execute(select(units).where(units.c.id == unit)).mappings().first()
        return Unit(UnitId(row["id"]), row["name"], UtcNs(row["created_ns"])) if row is not None else None

    def add(self, person: Person) -> None:
        try:
            self._connection.execute(insert(people).values(id=person.id, totp_step=0, **_changeable(person)))
        except IntegrityError as error:
            _apart(error)
            raise Invalid(
                "people.name-taken",
                "登录名已被使用",
                text_en="The sign-in name is taken",
                remedy="换一个登录名",
                remedy_en="Choose another name",
                field="name",
            ) from error

    def save(self, person: Person) -> None:
        try:
            self._connection.execute(update(people).where(people.c.id == person.id).values(**_changeable(person)))
        except IntegrityError as error:
            _apart(error)
            raise

    def one(self, person: PersonId) -> Person | None:
        row = self._connection.execute(_WITH_UNIT.where(people.c.id == person)).mappings().first()
        return _person(row) if row is not None else None

    def named(self, name: str) -> Person | None:
        row = self._connection.execute(_WITH_UNIT.where(people.c.name == name)).mappings().first()
        return _person(row) if row is not None else None

    def of_unit(self, unit: UnitId) -> Sequence[Person]:
        query = _WITH_UNIT.where(people.c.unit_id == unit).order_by(people.c.name)
        return [_person(row) for row in self._connection.execute(query).mappings()]

    def post(self, post: str) -> Post | None:
        return self._posts.one(posts.c.id == post)

    def posts_of(self, person: PersonId) -> Sequence[Post]:
        of_person = select(posts).where(posts.c.person_id == person)
        return self._posts.found(of_person.order_by(posts.c.given_ns.desc(), posts.c.id.desc()))

    def posts_in(self, unit: UnitId) -> Sequence[Post]:
        running = select(posts).join(people).where(posts.c.unit_id == unit, posts.c.ended_ns.is_(None))
        return self._posts.found(running.order_by(people.c.name, posts.c.given_ns))

    def posts_due(self, today: date) -> Sequence[Post]:
        day = today.isoformat()
        turned = or_(and_(posts.c.ahead, posts.c.begins_on <= day), posts.c.ends_on < day)
        return self._posts.found(select(posts).where(posts.c.ended_ns.is_(None), turned).order_by(posts.c.given_ns))

    def heads(self, unit: UnitId, on: date | None = None) -> Sequence[Post]:
        found = self._posts.found(select(posts).where(posts.c.unit_id == unit, posts.c.head).order_by(posts.c.given_ns))
        return [post for post in found if on is None or in_office(post, on)]

    def of_identity(self, identity: str) -> Sequence[Person]:
        query = _WITH_UNIT.where(people.c.identity == identity, people.c.identity != "").order_by(people.c.created_ns)
        return [_person(row) for row in self._connection.execute(query).mappings()]

    def save_recovery(self, recovery: Recovery) -> None:
        self._recoveries.save(recovery, recoveries.c.confirmed_ns.is_(None))

    def recovery(self, recovery: str) -> Recovery | None:
        return self._recoveries.one(recoveries.c.id == recovery)

    def recoveries(self, now: UtcNs) -> Sequence[Recovery]:
        waiting = select(recoveries).where(recoveries.c.confirmed_ns.is_(None), recoveries.c.ends_ns > now)
        return self._recoveries.found(waiting.order_by(recoveries.c.asked_ns))

    def spend_step(self, person: PersonId, step: int) -> bool:
        later = update(people).where(people.c.id == person, people.c.totp_step < step).values(totp_step=step)
        return self._connection.execute(later.returning(people.c.id)).first() is not None

    def setup_code(self) -> str:
        return self._connection.execute(select(setup_code.c.code_hash)).scalar() or ""

    def set_setup_code(self, code_hash: str) -> None:
        self._connection.execute(delete(setup_code))
        if code_hash:
            self._connection.execute(insert(setup_code).values(id=1, code_hash=code_hash))

    def add_session(self, session: Session) -> None:
        self._connection.execute(
            insert(sessions).values(
                id=session.id,
                person_id=session.person,
                created_ns=session.created,
                seen_ns=session.seen,
                ends_ns=session.ends,
                proven_ns=session.proven,
                limited=session.limited,
                stale=session.stale,
                link_id=session.link,
            )
        )
        self._connection.execute(delete(sessions).where(sessions.c.ends_ns < session.created))

    def session(self, session: str) -> Session | None:
        row = self._connection.execute(select(sessions).where(sessions.c.id == session)).mappings().first()
        return _session(row) if row is not None else None

    def sessions_of(self, person: PersonId) -> Sequence[Session]:
        query = select(sessions).where(sessions.c.person_id == person).order_by(sessions.c.created_ns.desc())
        return [_session(row) for row in self._connection.execute(query).mappings()]

    def unlimited(self, session: str) -> None:
        self._connection.execute(update(sessions).where(sessions.c.id == session).values(limited=False))

    def renewed(self, session: str) -> None:
        self._connection.execute(update(sessions).where(sessions.c.id == session).values(stale=False))

    def passwords_of(self, person: PersonId) -> Sequence[str]:
        table = former_passwords
        query = select(table.c.password_hash).where(table.c.person_id == person).order_by(table.c.set_ns.desc())
        return self._connection.execute(query).scalars().all()

    def remember_password(self, person: PersonId, hashed: str, at: UtcNs, *, keep: int) -> None:
        table, own = former_passwords, former_passwords.c.person_id == person
        self._connection.execute(delete(table).where(own, table.c.set_ns == at))
        self._connection.execute(insert(table).values(person_id=person, set_ns=at, password_hash=hashed))
        latest = select(table.c.set_ns).where(own).order_by(table.c.set_ns.desc()).limit(keep)
        kept = self._connection.execute(latest).scalars().all()
        self._connection.execute(delete(table).where(own, table.c.set_ns.not_in(kept)))

    def remove_key(self, key: str) -> None:
        self._connection.execute(delete(security_keys).where(security_keys.c.id == key))

    def keys_of(self, person: PersonId) -> Sequence[SecurityKey]:
        own = select(security_keys).where(security_keys.c.person_id == person)
        return self._keys.found(own.order_by(security_keys.c.created_ns))

    def set_challenge(self, challenge: Challenge, now: UtcNs) -> None:
        past = or_(challenges.c.id == challenge.id, challenges.c.ends_ns <= now)
        self._connection.execute(delete(challenges).where(past))
        self._challenges.add(challenge)

    def take_challenge(self, challenge: str) -> Challenge | None:
        found = self._challenges.one(challenges.c.id == challenge)
        taken = delete(challenges).where(challenges.c.id == challenge).returning(challenges.c.id)
        return found if self._connection.execute(taken).first() is not None else None

    def seen(self, session: str, at: UtcNs) -> None:
        self._connection.execute(
            update(sessions).where(sessions.c.id == session, sessions.c.seen_ns < at).values(seen_ns=at)
        )

    def proven(self, session: str, at: UtcNs) -> None:
        self._connection.execute(
            update(sessions).where(sessions.c.id == session, sessions.c.proven_ns < at).values(proven_ns=at)
        )

    def end_session(self, session: str) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.id == session))

    def end_sessions_of(self, person: PersonId) -> Sequence[str]:
        ended = self._connection.execute(select(sessions.c.id).where(sessions.c.person_id == person)).scalars().all()
        self._connection.execute(delete(sessions).where(sessions.c.person_id == person))
        return ended

    def remove_link(self, link: str) -> None:
        self._connection.execute(delete(provider_links).where(provider_links.c.id == link))

    def link(self, link: str) -> ProviderLink | None:
        return self._links.one(provider_links.c.id == link)

    def link_of(self, person: PersonId) -> ProviderLink | None:
        return self._links.one(provider_links.c.person_id == person)

    def link_to(self, issuer: str, subject: str) -> ProviderLink | None:
        return self._links.one(provider_links.c.issuer == issuer, provider_links.c.subject == subject)

    def spend(self, ticket: str, ends: UtcNs, now: UtcNs) -> bool:
        self._connection.execute(delete(spent_tickets).where(spent_tickets.c.ends_ns <= now))
        known = select(spent_tickets.c.id).where(spent_tickets.c.id == ticket)
        if self._connection.execute(known).first() is not None:
            return False
        self._connection.execute(insert(spent_tickets).values(id=ticket, ends_ns=ends))
        return True

    def end_sessions_by(self, link: str) -> Sequence[str]:
        ended = delete(sessions).where(sessions.c.link_id == link, sessions.c.link_id != "")
        return self._connection.execute(ended.returning(sessions.c.id)).scalars().all()

    def failures(self, account: str, address: str) -> Failures | None:
        query = select(failures.c.count, failures.c.last_ns).where(*_key(account, address))
        row = self._connection.execute(query).first()
        return Failures(row[0], UtcNs(row[1])) if row is not None else None

    def set_failures(self, account: str, address: str, failed: Failures | None) -> None:
        self._connection.execute(delete(failures).where(*_key(account, address)))
        if failed is not None:
            row = {"account": account, "address": address[:64], "count": failed.count, "last_ns": failed.last}
            self._connection.execute(insert(failures).values(**row))

    def forget_failures(self, before: UtcNs) -> None:
        self._connection.execute(delete(failures).where(failures.c.last_ns < before))


def _session(row: RowMapping) -> Session:
    created, seen, ends, proven = (UtcNs(row[name]) for name in ("created_ns", "seen_ns", "ends_ns", "proven_ns"))
    person, limited, stale, link = PersonId(row["person_id"]), row["limited"], row["stale"], row["link_id"]
    return Session(row["id"], person, created, seen, ends, proven, limited, stale, link)


def _apart(error: IntegrityError) -> None:
    """Raises Refused where the database itself kept the administrators apart."""
    if MESSAGE in str(error.orig):
        raise refusal(reason("people.exclusive-roles")) from error


def _key(account: str, address: str) -> tuple[Any, Any]:
    return failures.c.account == account, failures.c.address == address[:64]


def _changeable(person: Person) -> dict[str, Any]:
    return {
        "unit_id": person.unit,
        "name": person.name,
        "display_name": person.display_name,
        "roles": sorted(person.roles),
        "created_ns": person.created,
        "disabled_ns": person.disabled,
        "password_hash": person.password_hash,
        "password_set_ns": person.password_set,
        "totp_sealed": person.totp_sealed,
        "enrolment_hash": person.enrolment_hash,
        "enrolment_until_ns": person.enrolment_until,
        "identity": person.identity,
        "spot": person.spot,
    }


def _person(row: RowMapping) -> Person:
    return Person(
        PersonId(row["id"]),
        UnitId(row["unit_id"]),
        row["unit_name"],
        row["name"],
        row["display_name"],
        frozenset(Role(role) for role in row["roles"]),
        UtcNs(row["created_ns"]),
        disabled=row["disabled_ns"],
        password_hash=row["password_hash"],
        password_set=UtcNs(row["password_set_ns"]),
        totp_sealed=bytes(row["totp_sealed"]),
        totp_step=row["totp_step"],
        enrolment_hash=row["enrolment_hash"],
        enrolment_until=row["enrolment_until_ns"],
        identity=row["identity"],
        spot=row["spot"],
    )
