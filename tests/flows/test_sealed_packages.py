"""Handing over a sealed package: two officers, a share each, one download each; whatever else is refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from mingjian.adapters.sealer import FolderSealer
from mingjian.app import sealings
from mingjian.app.sealing_ports import SealedFile, Told, untold
from mingjian.audit.seal import CHUNK_BYTES, Shares
from mingjian.audit.unseal import Unopened, read_share
from mingjian.kernel.clock import DAY_NS
from mingjian.web.api import create_app
from mingjian.web.rendering import Rendering
from sealed_packages import fetched, opened, sealed, share, spot_credentials
from web_world import World

PLAIN = b"PK " + b"evidence" * (CHUNK_BYTES // 8 + 100)
"""Two chunks, so that a download can break off between them."""
OFFICERS = ("officer1", "officer2")
LIMIT_S = 20
LOOKS_MOST = 5000
"""Looks at a sealing of two chunks: it ends within tens."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One installation for all: each test has a request of its own."""
    world = World(tmp_path_factory.mktemp("sealed"))
    yield world
    world.close()


async def ready(world: World, *, spot: bool = False) -> tuple[httpx.AsyncClient, str, str]:
    """The staff at the counter with two officers present and a finished package; its job; the request's address."""
    officer = await world.signed_in("officer1")
    request = (await officer.post("/api/access-requests", json=world.request_form())).json()["id"]
    path = f"/api/access-requests/{request}"
    await (await world.signed_in("approver")).post(f"{path}/approve", json={})
    staff = await world.signed_in("manager")
    await staff.post(f"{path}/papers", json={"papers": ["certificate", "work_id"]})
    world.clock.advance(90)  # the codes of signing in are spent
    second = spot_credentials(world) if spot else world.credentials("officer2")
    for credential in (world.credentials("officer1"), second):
        assert (await staff.post(f"{path}/presence", json=credential)).status_code == 200
    job = (await staff.post(f"{path}/export", json={})).json()["export"]["id"]
    world.build(job, PLAIN)
    return staff, job, path


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def stored(world: World, sealing: dict[str, Any]) -> list[Any]:
    """What the database holds of the shares of a sealing."""
    query = text("select held from sealing_shares where sealing_id = :id order by letter")
    with world.engine.connect() as connection:
        return [row.held for row in connection.execute(query, {"id": sealing["id"]})]


def lines(world: World, path: str, kind: str) -> list[dict[str, Any]]:
    """The facts of the entries of a kind about a request."""
    return [one["facts"] for one in world.entries(kind) if one["subject"] == path.rpartition("/")[2]]


async def test_A22_1_1_two_officers_take_a_share_each_fetch_once_and_open_it_together(world: World) -> None:
    staff, job, path = await ready(world)
    assert told(await staff.post(f"/api/exports/{job}/downloads")) == (403, "seal.none")
    made = await sealed(staff, job)
    assert [(one["officer"], one["given_ms"]) for one in made["shares"]] == [("执法人员甲", None), ("执法人员乙", None)]
    assert all(stored(world, made)), "held until they are given"

    one, two = [await world.signed_in(name) for name in OFFICERS]
    words = [await share(one, job), await share(two, job)]
    assert [read_share(word)[0] for word in words] == ["A", "B"]
    assert stored(world, made) == [None, None], "given once, then nowhere"
    again = await one.post(f"/api/exports/{job}/share")
    assert told(again) == (403, "seal.share-given")
    assert "执法人员甲领取" in again.json()["error"]["text"]

    data = await fetched(two, job)
    assert PLAIN[:100] not in data and len(data) == made["size_bytes"]
    assert opened(data, *words) == PLAIN
    with pytest.raises(Unopened):
        opened(data, words[0])
    refused = await two.post(f"/api/exports/{job}/downloads")
    assert told(refused) == (403, "seal.downloaded")
    assert "执法人员乙已于" in refused.json()["error"]["text"]
    assert "下载完成" in refused.json()["error"]["text"]

    page = (await staff.get(path)).json()
    (download,) = page["export"]["sealing"]["downloads"]
    assert (download["person"], download["delivered_bytes"], download["mine"]) == ("执法人员乙", len(data), False)
    everything = str(world.entries()) + str((await staff.get(path)).json())
    for word in words:
        assert word not in everything and word.replace("-", "") not in everything
        assert read_share(word)[1].hex() not in everything
    (entered,) = lines(world, path, "package.handed_over")
    assert entered["commitments"] == [given["commitment"] for given in lines(world, path, "share.given")]


async def test_a_download_breaks_off_goes_on_and_ends_with_its_last_byte(world: World) -> None:
    staff, job, path = await ready(world)
    size = (await sealed(staff, job))["size_bytes"]
    officer = await world.signed_in("officer1")
    opened_once = (await officer.post(f"/api/exports/{job}/downloads")).json()
    again = (await officer.post(f"/api/exports/{job}/downloads")).json()
    assert again["id"] == opened_once["id"], "still the same, until it is finished"
    address = f"/api/exports/{job}/downloads/{opened_once['id']}"
    first = await officer.get(address, headers={"Range": "bytes=0-999"})
    assert (first.status_code, first.headers["content-range"]) == (206, f"bytes 0-999/{size}")
    ahead = await officer.get(address, headers={"Range": f"bytes={size - 10}-"})
    assert len(ahead.content) == 10  # beyond a hole: not the end of the download
    stranger = await world.signed_in("officer2")
    assert told(await stranger.get(address)) == (403, "access.not-yours"), "the address is worth nothing to another"
    for wrong in ("bytes=-5", f"bytes={size}-", "bytes=9-3", "bytes=0-1,4-5", "pages=1-2"):
        assert told(await officer.get(address, headers={"Range": wrong})) == (422, "seal.range")
    rest = await officer.get(address, headers={"Range": "bytes=1000-"})
    assert len(first.content + rest.content) == size
    assert told(await officer.get(address)) == (403, "seal.downloaded")
    (line,) = lines(world, path, "package.downloaded")
    assert line["bytes"] == size
    late = (await stranger.post(f"/api/exports/{job}/downloads")).json()
    world.clock.advance(sealings.DOWNLOAD_NS // 10**9)
    stranger = await world.signed_in("officer2")
    over = await stranger.get(f"/api/exports/{job}/downloads/{late['id']}")
    assert told(over) == (403, "seal.expired")
    assert told(await stranger.post(f"/api/exports/{job}/downloads")) == (403, "seal.downloaded")


async def test_nobody_else_has_a_share_or_the_package(world: World) -> None:
    staff, job, path = await ready(world)
    await sealed(staff, job)
    for name, code in (("manager", 403), ("approver", 403), ("duty", 403), ("admin", 403), ("auditor", 403)):
        other = await world.signed_in(name)
        assert (await other.post(f"/api/exports/{job}/share")).status_code == code
        if name != "manager":
            assert (await other.post(f"/api/exports/{job}/downloads")).status_code == code
    counter = world.credentials("officer2")
    assert told(await staff.post(f"/api/exports/{job}/share-at-counter", json=counter)) == (403, "seal.own-session")
    left = [row["at_counter"] for row in (await staff.get(path)).json()["export"]["sealing"]["shares"]]
    assert left == [False, False]
    world.clock.advance(601)
    gone = await staff.post(f"/api/exports/{job}/downloads")
    assert told(gone) == (403, "access.two-officers"), "the counter hands a disk over while they are there"
    assert (await staff.get(f"/api/exports/{job}/package")).status_code == 404, "no way to the plain one"


async def test_a_share_is_taken_once_also_by_parallel_tries(world: World) -> None:
    staff, job, path = await ready(world)
    await sealed(staff, job)
    one = await world.signed_in("officer1")
    answers = await asyncio.gather(*(one.post(f"/api/exports/{job}/share") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert len(lines(world, path, "share.given")) == 1


def name_both(world: World, identity: str) -> None:
    """Both officers' accounts are known to be of this natural person."""
    with world.store.writing() as uow:
        for name in OFFICERS:
            person = uow.people.one(world.accounts[name].person)
            assert person is not None
            uow.people.save(replace(person, identity=identity))


async def test_two_accounts_of_one_natural_person_are_not_given_both_shares(world: World) -> None:
    staff, job, _ = await ready(world)
    made = await sealed(staff, job)
    one, two = [await world.signed_in(name) for name in OFFICERS]
    await share(one, job)
    name_both(world, "the same")  # found out after they had signed
    assert told(await two.post(f"/api/exports/{job}/share")) == (403, "access.same-officer")
    name_both(world, "")
    assert [bool(held) for held in stored(world, made)] == [False, True]


async def test_an_officer_enrolled_on_the_spot_is_shown_his_share_once_at_the_counter(world: World) -> None:
    staff, job, path = await ready(world, spot=True)
    await sealed(staff, job)
    address = f"/api/exports/{job}/share-at-counter"
    wrong = await staff.post(address, json={**spot_credentials(world), "code": "AAAA-AAAA"})
    assert told(wrong) == (401, "session.credentials")
    world.clock.advance(60)
    shown = (await staff.post(address, json=spot_credentials(world))).json()
    assert (shown["letter"], shown["officer"]) == ("B", "执法人员丙")
    assert told(await staff.post(address, json=spot_credentials(world))) == (403, "seal.share-given")
    officer = await world.signed_in("officer1")
    assert opened(await fetched(staff, job), shown["words"], await share(officer, job)) == PLAIN
    given = (await staff.get(path)).json()["export"]["sealing"]["shares"]
    assert [one["at_counter"] for one in given] == [False, True]


async def test_a_package_is_sealed_beside_the_request_and_its_share_is_told_till_it_is_done(world: World) -> None:
    gate, served = Event(), world.app

    class Held(FolderSealer):
        def seal(self, job: str, sealing: str, shares_: Shares, salt: bytes, told: Told = untold) -> SealedFile:
            told(0.25)
            assert gate.wait(LIMIT_S)
            return super().seal(job, sealing, shares_, salt, told)

    world.app = create_app(replace(world.services, sealing=Rendering(), sealed=Held(world.folder)))
    try:
        staff, job, _ = await ready(world)
        shares: list[float | None] = []
        begun = await staff.post(f"/api/exports/{job}/seal", json={})
        assert (begun.status_code, begun.json()["sealing"]) == (202, None)
        again = await staff.post(f"/api/exports/{job}/seal", json={})
        assert told(again) == (429, "work.busy")
        for _ in range(LOOKS_MOST):
            shares.append((await staff.get(f"/api/exports/{job}")).json()["sealing_share"])
            if shares[-1] == 0.25:
                gate.set()
            if shares[-1] is None:
                break
        assert 0.25 in shares and shares[-1] is None
        made = (await staff.get(f"/api/exports/{job}")).json()
        assert made["sealing"]["over"] is False and made["sealing_problem"] == ""
    finally:
        gate.set()
        world.app = served


async def test_a_new_sealing_is_an_act_of_both_and_ends_the_one_before(world: World) -> None:
    staff, job, path = await ready(world)
    first = await sealed(staff, job)
    one, two = [await world.signed_in(name) for name in OFFICERS]
    lost = await share(one, job)
    running = (await one.post(f"/api/exports/{job}/downloads")).json()["id"]
    second = await sealed(staff, job)
    assert second["id"] != first["id"]
    assert [one["replaces"] for one in lines(world, path, "package.handed_over")] == ["", first["id"]]
    assert told(await one.get(f"/api/exports/{job}/downloads/{running}")) == (403, "seal.ended")
    words = [await share(one, job), await share(two, job)]
    data = await fetched(one, job)
    assert opened(data, *words) == PLAIN
    with pytest.raises(Unopened) as caught:
        opened(data, lost, words[1])
    assert "不是这一次封装的" in caught.value.zh
    assert [world.services.sealed.path(one["id"]) is not None for one in (first, second)] == [False, True]
    world.clock.advance(601)
    assert told(await staff.post(f"/api/exports/{job}/seal")) == (403, "access.two-officers")


async def test_what_runs_out_is_destroyed_with_an_entry(world: World) -> None:
    staff, job, path = await ready(world)
    made = await sealed(staff, job)
    one = await world.signed_in("officer1")
    await share(one, job)
    found = (await one.get("/api/exports/sealed/own")).json()[0]
    assert (found["job"], found["sealing"]["shares"][0]["mine"]) == (job, True)
    sealer = world.services.sealed
    orphan = world.folder / f"{made['id'][:-4]}ffff.sealing"
    orphan.write_bytes(b"what a killed process left")
    assert made["ends_ms"] - made["made_ms"] == world.services.law.setting(sealings.SEALED_DAYS) * DAY_NS // 10**6
    world.clock.advance(made["ends_ms"] / 1000 - world.clock.now() / 10**9 - 1)
    sealings.sweep(world.store, clock=world.clock, sealer=sealer)
    assert not orphan.exists()
    assert sealer.path(made["id"]) is not None
    world.clock.advance(1)
    assert sealings.sweep(world.store, clock=world.clock, sealer=sealer) == 1
    assert sealer.path(made["id"]) is None and stored(world, made) == [None, None]
    assert [line["never_given"] for line in lines(world, path, "sealing.expired")] == [["B"]]
    two = await world.signed_in("officer2")
    assert told(await two.post(f"/api/exports/{job}/share")) == (403, "seal.expired")
    assert job not in [one["job"] for one in (await two.get("/api/exports/sealed/own")).json()]
