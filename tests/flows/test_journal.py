"""While the ledger is away lawful access goes into a signed journal, and from there into the ledger, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from held_store import HeldStore
from mingjian.app import journal, views
from mingjian.app.records import AccessRequest, Actor
from mingjian.audit.journal import NUMBER_BASE
from mingjian.bootstrap.opened import open_journal
from mingjian.bootstrap.web import Rights
from mingjian.governance.authority import Act
from mingjian.governance.procedure import State
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.period import Period
from under_world import OFFICERS, approved, change, holder, people
from web_world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def held(world: World) -> HeldStore:
    return HeldStore(world.store)


def executed(world: World, held: HeldStore, actor: Actor, request: AccessRequest) -> Grant:
    """What the route of an execution does, with the journal behind it."""
    officers = people(world, OFFICERS)
    return journal.executing(
        held,
        world.journal,
        Act.VIEW_UNDER,
        request.id,
        actor=actor,
        clock=world.clock,
        do=lambda doing: views.open_under(
            doing,
            world.services.law,
            world.services.random,
            request=request,
            execution=request.id,
            officers=officers,
            act=MediaAct.PLAYBACK,
            cameras=request.cameras,
            period=Period(request.footage.start, world.clock.now()),
        ),
    )


def file_of(world: World) -> Path:
    return world.opened.places.journal / "waiting.jsonl"


async def test_E_lawful_access_is_registered_in_the_journal_and_enters_the_ledger_later_with_both_times(
    world: World, held: HeldStore
) -> None:
    client = await world.signed_in("manager")
    actor, request = holder(world, client), approved(world)
    rights = Rights(replace(world.opened, store=held), world.journal)  # type: ignore[arg-type]  # a store by its promise
    before = executed(world, held, actor, request)
    assert before.entry < NUMBER_BASE
    held.failing = True
    grants = [executed(world, held, actor, request) for _ in range(2)]
    assert [grant.entry for grant in grants] == [NUMBER_BASE + 1, NUMBER_BASE + 2]
    assert all(grant.marked for grant in grants)
    cookie = client.cookies["mj_session"]
    assert rights.grant(cookie, grants[0].id) == grants[0]
    happened = world.clock.now()
    seen = [Period(request.footage.start, UtcNs(request.footage.start + 20 * SECOND_NS))]
    for grant in (grants[0], before):  # one that the journal opened, one that the ledger knew
        rights.deliver(grant, request.cameras[0], seen)
    with pytest.raises(LocalError):
        journal.drain(held, world.journal, clock=world.clock)
    held.failing = False
    world.clock.advance(300)
    assert journal.drain(held, open_journal(world.opened), clock=world.clock) == 4, "another process, as after a crash"
    assert journal.drain(held, world.journal, clock=world.clock) == 0
    entered = world.entries("viewing.opened")[1:]
    assert [entry["facts"]["journal"] for entry in entered] == [1, 2]
    assert {entry["facts"]["happened_ns"] for entry in entered} == {happened}
    assert {entry["at"] for entry in entered} == {world.clock.now()}
    with world.store.reading() as uow:
        registered = [uow.register.of_grant(grant.id) for grant in (before, *grants)]
        assert [views.seconds_seen(uow, one) for one in registered if one is not None] == [20, 20, 0]
        assert [one.at for one in registered if one is not None] == [happened] * 3
    standing = rights.grant(cookie, grants[0].id)
    assert standing is not None
    assert standing.entry == entered[0]["index"]
    assert not file_of(world).exists()
    held.failing = True
    assert executed(world, held, actor, request).entry == NUMBER_BASE + 5, "the chain goes on behind what is in"


async def test_e2_the_journal_asks_the_same_and_takes_nothing_but_access_under_an_approval(
    world: World, held: HeldStore
) -> None:
    client = await world.signed_in("manager")
    actor, request = holder(world, client), approved(world)
    held.failing = True
    grant = executed(world, held, actor, request)
    change(world, request, state=State.WITHDRAWN)
    rights = Rights(replace(world.opened, store=held), world.journal)  # type: ignore[arg-type]  # a store by its promise
    assert rights.grant(client.cookies["mj_session"], grant.id) is None
    own = {"act": MediaAct.LIVE, "cameras": world.cameras, "law": world.services.law, "random": world.services.random}
    with pytest.raises(LocalError):
        views.open_view(held, actor=actor, clock=world.clock, **own)
    assert len(world.journal.waiting()[0]) == 1


async def test_e2_a_full_disk_under_the_journal_too_refuses_the_view(world: World, held: HeldStore) -> None:
    client = await world.signed_in("manager")
    actor, request = holder(world, client), approved(world)
    held.failing = True
    executed(world, held, actor, request)
    size = file_of(world).stat().st_size
    world.journal.most_bytes = size + 10
    with pytest.raises(LocalError) as full:
        executed(world, held, actor, request)
    assert full.value.code == "journal.full"
    assert file_of(world).stat().st_size == size


async def test_a_torn_last_line_was_never_told_and_leaves_no_trace(world: World, held: HeldStore) -> None:
    client = await world.signed_in("manager")
    actor, request = holder(world, client), approved(world)
    held.failing = True
    executed(world, held, actor, request)
    with file_of(world).open("ab") as torn:
        torn.write(b'c2lnbmF0dXJl {"n":2')
    assert executed(world, held, actor, request).entry == NUMBER_BASE + 2
    lines, broken = open_journal(world.opened).waiting()
    assert ([line.number for line in lines], broken) == ([1, 2], None)


async def test_a_doctored_line_is_refused_reported_and_kept(world: World, held: HeldStore) -> None:
    client = await world.signed_in("manager")
    actor, request = holder(world, client), approved(world)
    held.failing = True
    for _ in range(3):
        executed(world, held, actor, request)
    content = file_of(world).read_text(encoding="utf-8").replace('"n":2,', '"n":2 ,')
    file_of(world).write_text(content, encoding="utf-8")
    with pytest.raises(LocalError) as broken:
        executed(world, held, actor, request)
    assert broken.value.code == "journal.broken"
    held.failing = False
    assert journal.drain(held, world.journal, clock=world.clock) == 1
    (told,) = world.entries("journal.broken")
    assert (told["facts"]["line"], told["facts"]["why"]) == (2, "signature")
    assert (world.opened.places.journal / told["facts"]["kept"]).read_text(encoding="utf-8") == content
    held.failing = True
    assert executed(world, held, actor, request).entry == NUMBER_BASE + 2


def test_a_line_signed_by_another_key_or_out_of_order_is_not_read(world: World) -> None:
    for _ in range(2):
        world.journal.alone(world.clock.now(), "opened", {})
    first, second = file_of(world).read_bytes().splitlines(keepends=True)
    for lines, number, why in (
        ([second], 1, "order"),
        ([first, first], 2, "order"),
        ([second, first], 1, "order"),
        ([first, second[:4] + b"A" + second[5:]], 2, "signature"),
    ):
        file_of(world).write_bytes(b"".join(lines))
        broken = open_journal(world.opened).waiting()[1]
        assert broken is not None
        assert (broken.number, broken.why) == (number, why)
