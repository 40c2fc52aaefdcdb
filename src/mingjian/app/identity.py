"""First start, enrolment, sign-in, sessions. No default account, no answer that tells whether a name exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from mingjian.app.credentials import (
    IDLE_S,
    PasswordPolicy,
    delay_s,
    fingerprint,
    fits,
    one_time_code,
    session_token,
    sign_in_name,
    totp_secret,
    totp_step,
    totp_uri,
    typed_code,
)
from mingjian.app.organs import placed
from mingjian.app.performing import REFUSED, entry
from mingjian.app.ports import PasswordHasher, Random, Store, UnitOfWork, Vault
from mingjian.app.records import Actor, ClosingCause, Failures, Person, Session, Unit
from mingjian.app.texts import line
from mingjian.app.views import close_in
from mingjian.governance.authority import ADMINISTRATIONS, Role
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, LocalError, MingjianError, Overloaded, Refused
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, UnitId, uuid7

ISSUER = "明鉴"
ABSOLUTE_S = 24 * 3600
"""A session ends at the latest after a day, however busy."""
SEEN_EVERY_S = 60
"""A request writes 'seen' at most once a minute, so that reading costs no write."""
FAILURES_KEPT_NS = DAY_NS
"""Bounds the table of failures; a day without a try starts anew."""
DEFAULT_UNIT = "本单位"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IdentityKeeper:
    """What sign-in needs besides the database: the slow hash, the vault of seeds, the rule of passwords."""

    store: Store
    hasher: PasswordHasher
    vault: Vault
    policy: PasswordPolicy = PasswordPolicy()  # noqa: RUF009 - frozen, so one instance may serve all
    administrators_need_key: bool = False
    """Whether a session of the three administrators without a security key may do nothing but register one."""


def needs_setup(store: Store) -> bool:
    """Whether nobody has an account yet."""
    with store.reading() as uow:
        return uow.people.empty()


def first_start(store: Store, *, random: Random) -> str | None:
    """A fresh one-time code for the operator's eyes while nobody has an account; the former code ends. Else None."""
    with store.writing() as uow:
        if not uow.people.empty():
            return None
        code = one_time_code(random)
        uow.people.set_setup_code(fingerprint(code))
        return code


def create_first_administrator(
    keeper: IdentityKeeper,
    *,
    code: str,
    name: str,
    display_name: str,
    password: str,
    unit_name: str,
    address: str,
    clock: Clock,
    random: Random,
    kind: OrganKind = OrganKind.UNIT,
    territory: str = "",
    sector: str = "",
) -> str:
    """The first account and its unit, in exchange for the code of the first start; returns the TOTP URI.

    That unit keeps the installation: its administrator puts further organs and units on record.

    Raises Refused `setup.done` when an account exists, Refused `setup.code` for a wrong code, Invalid for a field.
    """
    name = sign_in_name(name)
    display_name = line(display_name, "display_name", longest=64)
    keeper.policy.check(password, name=name)
    check_delay(keeper.store, "setup", address, clock.now())
    hashed = keeper.hasher.hash(password)
    now, secret = clock.now(), totp_secret(random)
    try:
        with keeper.store.writing() as uow:
            if not uow.people.empty():
                raise Refused(
                    "setup.done",
                    "系统已完成初始设置",
                    text_en="This installation is already set up",
                    remedy="请登录",
                    remedy_en="Please sign in",
                )
            if not fits(typed_code(code), uow.people.setup_code()):
                raise Refused(
                    "setup.code",
                    "一次性代码不正确",
                    text_en="The one-time code is wrong",
                    remedy="代码在服务器启动时显示；重新启动会产生新代码",
                    remedy_en="The server shows the code when it starts; a restart makes a new one",
                    field="code",
                )
            unit = Unit(UnitId(uuid7(now, random(RANDOM_BYTES))), unit_name.strip()[:64] or DEFAULT_UNIT, now)
            person_id = PersonId(uuid7(now, random(RANDOM_BYTES)))
            uow.people.add_unit(unit)
            uow.organs.save(
                placed(Organ(unit.id, unit.name, kind, territory.strip(), None, sector, keeps=True), others=())
            )
            uow.people.add(
                Person(
                    person_id,
                    unit.id,
                    unit.name,
                    name,
                    display_name,
                    frozenset({Role.ADMINISTRATOR}),
                    now,
                    password_hash=hashed,
                    password_set=now,
                    totp_sealed=keeper.vault.seal(secret.encode(), context=seed_context(person_id)),
                )
            )
            uow.people.remember_password(person_id, hashed, now, keep=keeper.policy.remembered)
            uow.people.set_setup_code("")
            uow.ledger.append(
                entry("administrator.created", now, person_id, {"unit": unit.id}, unit=unit.id, personal={"name": name})
            )
    except Refused as refused:
        failed(keeper.store, "setup", address, clock.now(), refused)
        raise
    return totp_uri(secret, name=name, issuer=ISSUER)


def enrol(
    keeper: IdentityKeeper, *, name: str, code: str, password: str, address: str, clock: Clock, random: Random
) -> str:
    """Set the own password in exchange for the administrator's one-time code; returns the TOTP URI.

    So nobody but the person ever knows password and seed. Raises Refused `enrolment.code` for whatever does not fit.
    """
    account = account_key(name)
    check_delay(keeper.store, account, address, clock.now())
    keeper.policy.check(password, name=name.strip())
    with keeper.store.reading() as uow:
        known = _named(uow, name)
        invited = known is not None and fits(typed_code(code), known.enrolment_hash)
        former = uow.people.passwords_of(known.id) if known is not None and invited else ()
    refuse_former(keeper, former, password)
    hashed = keeper.hasher.hash(password)
    now, secret = clock.now(), totp_secret(random)
    wrong = Refused(
        "enrolment.code",
        "登录名或者一次性代码不正确，或者代码已过期",
        text_en="The name or the one-time code is wrong, or the code has expired",
        remedy="请管理员重新生成代码",
        remedy_en="Ask the administrator for a new code",
        field="code",
    )
    try:
        with keeper.store.writing() as uow:
            person = _named(uow, name)
            if (
                person is None
                or person.disabled is not None
                or person.spot
                or person.enrolment_until is None
                or now >= person.enrolment_until
                or not fits(typed_code(code), person.enrolment_hash)
            ):
                raise wrong
            sealed = keeper.vault.seal(secret.encode(), context=seed_context(person.id))
            bare = replace(person, enrolment_hash="", enrolment_until=None)
            uow.people.save(replace(bare, password_hash=hashed, password_set=now, totp_sealed=sealed))
            uow.people.remember_password(person.id, hashed, now, keep=keeper.policy.remembered)
            uow.people.end_sessions_of(person.id)
            uow.people.set_failures(account, address, None)
            uow.ledger.append(entry("person.enrolled", now, person.id, unit=person.unit))
    except Refused as refused:
        failed(keeper.store, account, address, clock.now(), refused)
        raise
    return totp_uri(secret, name=person.name, issuer=ISSUER)


def sign_in(
    keeper: IdentityKeeper, *, name: str, password: str, code: str, address: str, clock: Clock, random: Random
) -> tuple[str, Actor]:
    """A session: its token for the cookie, and who acts. Every cause of failure gives the same Refused."""
    token = session_token(random)

    def begin(uow: UnitOfWork, person: Person, now: UtcNs) -> Actor:
        limited = keeper.administrators_need_key and bool(person.roles & ADMINISTRATIONS)
        stale = keeper.policy.expired(person.password_set, now)
        return open_session(uow, person, token, now, factor="totp", limited=limited, stale=stale)

    return token, _authenticated(keeper, name, password, code, address, clock, begin)


def open_session(
    uow: UnitOfWork,
    person: Person,
    token: str,
    now: UtcNs,
    *,
    factor: str,
    limited: bool = False,
    stale: bool = False,
    link: str = "",
) -> Actor:
    """Begin a session of who has shown both factors, inside a transaction; `factor` is the second, for the entry.

    `stale`: the pass-phrase is too old; the session may set a new one and do nothing else before. `link`: that through
    which the person came.
    """
    ends = UtcNs(now + ABSOLUTE_S * SECOND_NS)
    session = Session(fingerprint(token), person.id, now, now, ends, now, limited, stale, link)
    actor = _actor(person, session)
    uow.people.add_session(session)
    uow.ledger.append(entry("session.opened", now, person.id, {"factor": factor}, actor=actor))
    return actor


def prove(keeper: IdentityKeeper, *, actor: Actor, code: str, address: str, clock: Clock) -> Actor:
    """The person of a session proves again that it is he: acts that must be fresh are open for `STEP_UP_S`.

    Raises Refused `session.proof` for a code that is wrong or spent; failures delay as those of signing in do.
    """
    account = account_key(actor.name)
    now = clock.now()
    wrong = Refused(
        "session.proof",
        "动态码不正确，或者已经使用过",
        text_en="The one-time code is wrong or was used before",
        remedy="等待下一个动态码后重试",
        remedy_en="Wait for the next code and try again",
        field="code",
    )
    with keeper.store.writing() as uow:
        check_delay_in(uow, account, address, now)
        person = uow.people.one(actor.person)
        if person is not None and spend_code(keeper, uow, person, code, now):
            uow.people.set_failures(account, address, None)
            uow.people.proven(actor.session, now)
            uow.ledger.append(entry("session.proven", now, person.id, actor=actor))
            return replace(actor, proven=now)
        count_failure(uow, account, address, now, wrong, person, act="session.prove")
    raise wrong


def authenticate(keeper: IdentityKeeper, *, name: str, password: str, code: str, address: str, clock: Clock) -> Person:
    """The person of these credentials, without a session: a signature beside the staff's session. As `sign_in`.

    Who was enrolled on the spot has an empty password and the one-time code that the staff handed over.
    """
    return _authenticated(keeper, name, password, code, address, clock, lambda uow, person, now: person, spot=True)


def pass_phrase(keeper: IdentityKeeper, *, name: str, password: str, address: str, clock: Clock) -> Person:
    """The person of a name and pass-phrase: the first half of a sign-in with a security key. Fails as `sign_in`."""
    return _authenticated(keeper, name, password, None, address, clock, lambda uow, person, now: person)


def refuse_former(keeper: IdentityKeeper, former: Sequence[str], password: str) -> None:
    """Raises Invalid `password.former` where `password` fits one of these hashes. Slow: outside of transactions."""
    if any(keeper.hasher.verify(stored, password) for stored in former[: keeper.policy.remembered]):
        raise Invalid(
            "password.former",
            f"不得使用最近 {keeper.policy.remembered} 次用过的口令",
            text_en=f"None of the last {keeper.policy.remembered} passwords may be used again",
            remedy="换一个没有用过的口令",
            remedy_en="Choose one that was not used before",
            field="password",
        )


def actor_of(store: Store, token: str | None, *, clock: Clock, idle_s: int = IDLE_S) -> Actor | None:
    """Who holds a session now, or None for anything that is not a living session of an enabled person."""
    if not token or len(token) > 64:
        return None
    now = clock.now()
    with store.reading() as uow:
        session = uow.people.session(fingerprint(token))
        person = uow.people.one(session.person) if session is not None else None
    if session is None or person is None or person.disabled is not None or not living(session, now, idle_s):
        return None
    if now - session.seen > SEEN_EVERY_S * SECOND_NS:
        # a database that takes no writing now ends nobody's session: the acts themselves are refused
        with suppress(LocalError), store.writing() as uow:
            uow.people.seen(session.id, now)
    return _actor(person, session)


def living(session: Session, now: UtcNs, idle_s: int = IDLE_S) -> bool:
    """Whether a session is neither idle nor past its end at `now`."""
    return now < session.ends and now - session.seen <= idle_s * SECOND_NS


def sign_out(store: Store, *, actor: Actor, clock: Clock) -> None:
    """End the session and the viewings opened in it."""
    now = clock.now()
    with store.writing() as uow:
        uow.people.end_session(actor.session)
        for viewing in uow.register.open_viewings([actor.session]):
            close_in(uow, viewing, ClosingCause.SIGNED_OUT, now, actor=actor)
        uow.ledger.append(entry("session.closed", now, actor.person, actor=actor))


def account_key(name: str) -> str:
    """The key of failure counts: a hash, since people type passwords into name fields."""
    try:
        return fingerprint(sign_in_name(name))
    except Invalid:
        return fingerprint("")


def seed_context(person: PersonId) -> str:
    """What a sealed TOTP seed is bound to."""
    return f"totp:{person}"


def _actor(person: Person, session: Session) -> Actor:
    return Actor(
        person.id,
        person.name,
        person.display_name,
        person.unit,
        person.unit_name,
        person.roles,
        session.id,
        session.proven,
        session.limited,
        session.stale,
    )


def _named(uow: UnitOfWork, name: str) -> Person | None:
    try:
        return uow.people.named(sign_in_name(name))
    except Invalid:
        return None


def check_delay(store: Store, account: str, address: str, now: UtcNs) -> None:
    with store.reading() as uow:
        check_delay_in(uow, account, address, now)


def check_delay_in(uow: UnitOfWork, account: str, address: str, now: UtcNs) -> None:
    """Raises Overloaded `session.delayed` while failures of this account from this address delay the next try."""
    failures = uow.people.failures(account, address)
    if failures is None:
        return
    wait_s = delay_s(failures.count) - (now - failures.last) // SECOND_NS
    if wait_s > 0:
        raise Overloaded(
            "session.delayed",
            f"连续失败次数过多，请 {wait_s} 秒后再试",
            text_en=f"Too many failures in a row; try again in {wait_s} seconds",
            remedy="只影响本账号在本地址的登录",
            remedy_en="Only this account from this address is delayed",
        )


def failed(store: Store, account: str, address: str, now: UtcNs, why: MingjianError) -> None:
    """Count a failure whose own transaction was undone."""
    with store.writing() as uow:
        count_failure(uow, account, address, now, why, None)


def count_failure(
    uow: UnitOfWork,
    account: str,
    address: str,
    now: UtcNs,
    why: MingjianError,
    person: Person | None,
    *,
    act: str = "session.open",
) -> None:
    """Count a failure and enter it. Who was meant is entered only when it is an account."""
    uow.people.forget_failures(UtcNs(now - FAILURES_KEPT_NS))
    before = uow.people.failures(account, address)
    count = (before.count if before is not None else 0) + 1
    uow.people.set_failures(account, address, Failures(count, now))
    facts = {"act": act, "code": why.code, "failures": count}
    subject, unit = (person.id, person.unit) if person is not None else ("", "")
    uow.ledger.append(entry(REFUSED, now, subject, facts, unit=unit, personal={"address": address}))


def _authenticated(
    keeper: IdentityKeeper,
    name: str,
    password: str,
    code: str | None,
    address: str,
    clock: Clock,
    then: Callable[[UnitOfWork, Person, UtcNs], T],
    *,
    spot: bool = False,
) -> T:
    """Check both factors, spend the code, and do `then` in the same transaction."""
    account = account_key(name)
    check_delay(keeper.store, account, address, clock.now())
    with keeper.store.reading() as uow:
        known = _named(uow, name)
    right = keeper.hasher.verify(known.password_hash if known is not None else "", password)
    wrong = Refused(
        "session.credentials",
        "登录名、口令或者动态码不正确",
        text_en="The name, password or code is wrong",
        remedy="动态码只能使用一次，请等待下一个动态码后重试",
        remedy_en="A code works once; wait for the next one and try again",
    )
    right = right or (spot and known is not None and known.spot and not password)
    now = clock.now()
    with keeper.store.writing() as uow:
        # looked at, counted and spent under one lock, so that a parallel burst is counted one by one
        check_delay_in(uow, account, address, now)
        person = uow.people.one(known.id) if known is not None else None
        unchanged = person is not None and known is not None and person.password_hash == known.password_hash
        if right and person is not None and unchanged and _second(keeper, uow, person, code, now):
            if code is not None:  # a pass-phrase alone forgives no failures
                uow.people.set_failures(account, address, None)
            return then(uow, person, now)
        count_failure(uow, account, address, now, wrong, known)
    raise wrong


def _second(keeper: IdentityKeeper, uow: UnitOfWork, person: Person, code: str | None, now: UtcNs) -> bool:
    """Whether the second factor fits; None leaves it to a key, which an enabled person must have."""
    if code is None:
        keys = uow.people.keys_of(person.id)
        return person.disabled is None and any(key.suspended is None for key in keys)
    return spend_code(keeper, uow, person, code, now)


def spend_code(keeper: IdentityKeeper, uow: UnitOfWork, person: Person, code: str, now: UtcNs) -> bool:
    """Whether `code` is this person's and unspent; it is spent then."""
    if person.disabled is not None:
        return False
    if person.spot:
        fresh = person.enrolment_until is not None and now < person.enrolment_until
        good = fresh and fits(typed_code(code), person.enrolment_hash)
        if good:
            uow.people.save(replace(person, enrolment_hash="", enrolment_until=None))
        return good
    if not person.totp_sealed:
        return False
    secret = keeper.vault.open(person.totp_sealed, context=seed_context(person.id)).decode()
    step = totp_step(secret, code, now, after=person.totp_step)
    return step is not None and uow.people.spend_step(person.id, step)
