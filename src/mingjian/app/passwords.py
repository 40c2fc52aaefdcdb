"""A person's own pass-phrase is changed: by himself, in a session, with the one in use."""

from __future__ import annotations

from dataclasses import replace

from mingjian.app.identity import IdentityKeeper, account_key, check_delay_in, count_failure, refuse_former
from mingjian.app.performing import entry, refusal
from mingjian.app.records import Actor, ClosingCause
from mingjian.app.views import close_in
from mingjian.governance.authority import lately
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Refused


def change(keeper: IdentityKeeper, *, actor: Actor, password: str, new: str, address: str, clock: Clock) -> None:
    """Set `new` where `password` is the one in use. Other sessions and the viewings in them end; this one goes on.

    Raises Invalid for what the rules refuse, Refused `session.step-up` without a fresh proof and `password.wrong`;
    failures delay as those of signing in do.
    """
    account = account_key(actor.name)
    if not lately(actor.proven, clock.now()):
        raise refusal(reason("session.step-up"))
    keeper.policy.check(new, name=actor.name)
    with keeper.store.reading() as uow:
        check_delay_in(uow, account, address, clock.now())
        known = uow.people.one(actor.person)
        former = uow.people.passwords_of(actor.person)
    stored = known.password_hash if known is not None else ""
    right = keeper.hasher.verify(stored, password)
    if right:
        refuse_former(keeper, [stored, *(one for one in former if one != stored)], new)
    hashed = keeper.hasher.hash(new)
    wrong = Refused(
        "password.wrong",
        "现用口令不正确",
        text_en="The password in use is wrong",
        remedy="重新输入；遗忘口令请管理员办理凭证恢复",
        remedy_en="Type it again; who forgot it asks the administrators to restore the credentials",
        field="password",
    )
    now = clock.now()
    with keeper.store.writing() as uow:
        check_delay_in(uow, account, address, now)
        person = uow.people.one(actor.person)
        if right and person is not None and person.disabled is None and person.password_hash == stored:
            uow.people.save(replace(person, password_hash=hashed, password_set=now))
            uow.people.remember_password(person.id, hashed, now, keep=keeper.policy.remembered)
            others = [one.id for one in uow.people.sessions_of(person.id) if one.id != actor.session]
            for session in others:
                uow.people.end_session(session)
            for viewing in uow.register.open_viewings(others) if others else ():
                close_in(uow, viewing, ClosingCause.SIGNED_OUT, now, actor=actor)
            uow.people.renewed(actor.session)
            uow.ledger.append(entry("password.changed", now, person.id, {"rules": keeper.policy.rules}, actor=actor))
            return
        count_failure(uow, account, address, now, wrong, person, act="password.change")
    raise wrong
