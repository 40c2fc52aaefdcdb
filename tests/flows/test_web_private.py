"""Private persons' viewing through the API (national regulation, article 21): who may, what opens, when it ends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import inspect, text

from mingjian.app import holds, private_sheets, private_viewings, views
from mingjian.app.private_viewings import SCANS_MOST
from mingjian.kernel.clock import DAY_NS, SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period
from private_world import MASKS, PATH, SIGNED, application, asked, consented, done, looking, opened, viewed
from under_world import holder
from web_world import World

BEFORE_799 = UtcNs(1_730_000_000 * SECOND_NS)
"""October 2024: the provincial measures alone."""
ONLY_GROWS = re.compile("ledger_|register_")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def error(answer: httpx.Response) -> dict[str, Any]:
    return dict(answer.json()["error"])


async def test_A18_3_N21_under_the_provincial_measures_alone_nothing_is_taken_down(tmp_path: Path) -> None:
    world = World(tmp_path, clock=ManualClock(BEFORE_799))
    try:
        duty = await world.signed_in("duty")
        rules = (await duty.get(f"{PATH}/rules")).json()
        assert (rules["allowed"], rules["article"], rules["who"]) == (False, "第十八条第三项", [])
        refused = await duty.post(PATH, json=application(world))
        assert (refused.status_code, error(refused)["code"]) == (403, "private.forbidden")
        assert error(refused)["article"] == "第十八条第三项"
        assert (await duty.get(PATH)).json() == []
    finally:
        world.close()


async def test_N21_the_whole_way_from_the_counter_to_the_signed_sheet(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    made = await asked(world, duty)
    assert (made["state"], made["paper_number"], made["staff"]) == ("asked", "**************2345", "值班员")
    path = f"{PATH}/{made['id']}"
    kept = await duty.post(f"{path}/scans", params={"kind": "identity"}, files={"file": ("证件.pdf", b"%PDF-1.7 id")})
    assert kept.status_code == 201, kept.text
    assert (await manager.get(f"{path}/scans/{kept.json()['id']}")).content == b"%PDF-1.7 id"
    assert (await manager.get(f"/api/attachments/{kept.json()['id']}")).status_code == 404
    await done(await manager.post(f"{path}/consent", json={"note": "同意，遮挡他人"}))
    assert error(await opened(duty, made))["code"] == "private.unmasked"

    still = {"camera": made["cameras"][0], "grant": await looking(duty, made), "covered": True}
    assert (await duty.post(f"{path}/still", json=still)).headers["content-type"] == "image/jpeg"
    await done(await duty.put(f"{path}/masks", json={"camera": made["cameras"][0], "masks": MASKS}))

    view = await done(await opened(duty, made))
    (entry,) = [one for one in world.entries("viewing.opened") if "private" in one["facts"]]
    assert (entry["index"], entry["facts"]["private"], view["marked"]) == (view["entry"], made["id"], True)
    (listed,) = (await manager.get("/api/register", params={"kind": "private"})).json()
    assert (listed["index"], listed["person"]) == (view["entry"], f"{made['number']}（陪同：值班员）")
    assert listed["destination"] == "现场查看，不提供复制件：一楼接待室"
    assert error(await duty.post(f"{path}/sign", json=SIGNED))["code"] == "private.viewing-open"

    seen = Period(UtcNs(made["start_ms"] * 1_000_000), UtcNs((made["start_ms"] + 7_000) * 1_000_000))
    camera = CameraId(made["cameras"][0])
    views.record_delivery(world.store, clock=world.clock, grant=view["grant"], camera=camera, periods=[seen])
    assert (await duty.delete(f"/api/views/{view['grant']}")).status_code == 204
    assert error(await duty.post(f"{path}/sign", json={**SIGNED, "name": "李某"}))["code"] == "private.name"
    signed = await done(await duty.post(f"{path}/sign", json=SIGNED))
    assert (signed["state"], signed["companion"], signed["keep_until"]) == ("completed", "值班员", "2028-12-31")
    (sitting,) = signed["sittings"]
    assert (sitting["seconds"], sitting["place"], sitting["companion"]) == (7, "一楼接待室", "值班员")
    sheet = await manager.get(f"{path}/sheet", params={"language": "zh"})
    assert (sheet.headers["content-type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert error(await opened(duty, made))["code"] == "private.no-consent"
    kinds = [kind for kind in (one["kind"] for one in world.entries()) if kind.startswith("private.")]
    assert kinds == ["private.asked", "private.scan_kept", "private.consented", "private.masked", "private.signed"]


async def test_an_application_holds_a_bounded_number_of_scans(world: World) -> None:
    duty = await world.signed_in("duty")
    path = f"/api/private-viewings/{(await asked(world, duty))['id']}/scans"
    scan = {"file": ("证件.pdf", b"%PDF-1.7 id")}
    kept = [(await duty.post(path, files=scan)).status_code for _ in range(SCANS_MOST)]
    assert kept == [201] * SCANS_MOST
    assert error(await duty.post(path, files=scan))["code"] == "private.scans"
    assert len(world.entries("private.scan_kept")) == SCANS_MOST


async def test_N21_the_identity_number_is_in_no_fact_and_in_no_row(world: World) -> None:
    duty, number = await world.signed_in("duty"), application(world)["paper_number"]
    first, second = await asked(world, duty), await asked(world, duty)
    entries = world.entries("private.asked")
    assert number not in str(entries)
    assert "王某" not in str(entries) and not any("identity" in entry["facts"] for entry in entries)
    with world.store.reading() as uow:
        rows = [uow.private_viewings.behind(one["id"]) for one in (first, second)]
    assert number not in str(rows)
    known = [row.identity for row in rows if row is not None]
    assert known[0] == known[1] != "", "the same person is known again while the sheets last"


async def test_N21_who_took_it_down_does_not_consent_and_consent_only_narrows(world: World) -> None:
    manager, approver, duty = [await world.signed_in(name) for name in ("manager", "approver", "duty")]
    cameras = [str(camera) for camera in world.cameras]
    made = await asked(world, manager, cameras=cameras)
    path = f"{PATH}/{made['id']}"
    assert error(await manager.post(f"{path}/consent", json={}))["code"] == "private.own-entry"
    assert error(await manager.post(f"{path}/refuse", json={"note": "与本人无关"}))["code"] == "private.own-entry"
    assert error(await duty.post(f"{path}/consent", json={}))["code"] == "private.consent-role"
    assert error(await opened(manager, made))["code"] == "private.no-consent"
    wider = {"start_ms": made["start_ms"] - 1, "end_ms": made["end_ms"]}
    assert error(await approver.post(f"{path}/consent", json=wider))["code"] == "private.wider"
    narrower = {"cameras": cameras[1:], "start_ms": made["start_ms"] + 1000, "end_ms": made["end_ms"]}
    page = await done(await approver.post(f"{path}/consent", json={**narrower, "mask_others": False}))
    assert (page["cameras"], page["start_ms"]) == (cameras[1:], made["start_ms"] + 1000)
    assert error(await opened(duty, made))["code"] == "private.wider"
    view = await done(await opened(duty, page))
    actor = holder(world, duty)
    grant = views.live_grant(world.store, view["grant"], actor=actor, clock=world.clock)
    assert grant is not None
    before = Period(UtcNs(made["start_ms"] * 1_000_000), UtcNs((made["start_ms"] + 1000) * 1_000_000))
    assert (set(grant.cameras), grant.allowed_footage(before)) == ({world.cameras[1]}, None)


REFUSED_AT_THE_DOOR: dict[str, dict[str, Any]] = {
    "private.inside-room": {"outside_room": False},
    "private.no-promise": {"promised": False},
}


async def test_N21_A16_4_it_takes_place_outside_the_room_after_the_promise_one_at_a_time(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    page = await consented(world, duty, manager)
    for code, change in REFUSED_AT_THE_DOOR.items():
        assert error(await opened(duty, page, **change))["code"] == code
    assert error(await duty.post(f"{PATH}/{page['id']}/sign", json=SIGNED))["code"] == "private.not-viewed"
    assert (await opened(duty, page)).status_code == 201
    assert error(await opened(manager, page))["code"] == "private.viewing-open"
    saving = {"camera": page["cameras"][0], "masks": MASKS}
    assert error(await duty.put(f"{PATH}/{page['id']}/masks", json=saving))["code"] == "private.viewing-open"


async def test_N21_a_viewing_can_be_neither_copied_nor_used_for_anything_else(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    page = await consented(world, duty, manager, masks=True)
    view = await done(await opened(duty, page))
    shot = {"camera": page["cameras"][0], "at_ms": page["start_ms"]}
    assert error(await duty.post(f"/api/views/{view['grant']}/snapshots", json=shot))["code"] == "view.no-copy"
    still = {"camera": page["cameras"][0], "grant": view["grant"]}
    assert error(await duty.post(f"{PATH}/{page['id']}/still", json=still))["code"] == "redaction.no-view"
    grant = views.live_grant(world.store, view["grant"], actor=holder(world, duty), clock=world.clock)
    assert grant is not None
    assert len(grant.masks[CameraId(page["cameras"][0])]) == 1
    stranger = holder(world, manager)
    assert views.live_grant(world.store, view["grant"], actor=stranger, clock=world.clock) is None


async def _withdrawn(world: World, manager: httpx.AsyncClient, page: dict[str, Any]) -> None:
    await done(await manager.post(f"{PATH}/{page['id']}/withdraw", json={"note": "当事人已报案，改由公安机关查阅"}))


async def _sat_too_long(world: World, manager: httpx.AsyncClient, page: dict[str, Any]) -> None:
    world.clock.advance(private_viewings.SITTING_S)


async def _ran_out(world: World, manager: httpx.AsyncClient, page: dict[str, Any]) -> None:
    world.clock.advance(private_viewings.CONSENT_NS // SECOND_NS)
    assert private_viewings.expire_consents(world.store, clock=world.clock) == 1


Ending = Callable[[World, httpx.AsyncClient, dict[str, Any]], Awaitable[None]]


@pytest.mark.parametrize(
    ("ends", "cause"), [(_withdrawn, "revoked"), (_sat_too_long, "expired"), (_ran_out, "expired")]
)
async def test_N21_what_is_shown_ends_with_the_consent_and_its_entry_closes(
    world: World, ends: Ending, cause: str
) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    page = await consented(world, duty, manager)
    view, actor = await done(await opened(duty, page)), holder(world, duty)
    assert views.live_grant(world.store, view["grant"], actor=actor, clock=world.clock) is not None
    await ends(world, manager, page)
    assert views.live_grant(world.store, view["grant"], actor=actor, clock=world.clock) is None
    views.close_ended(world.store, clock=world.clock, grant=view["grant"])
    (closed,) = world.entries("viewing.closed")
    assert (closed["facts"]["opened"], closed["facts"]["cause"]) == (view["entry"], cause)


async def test_N21_a_consent_that_ran_out_opens_nothing_and_what_was_seen_is_still_signed_for(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    page = await consented(world, duty, manager)
    await viewed(duty, page)
    world.clock.advance(private_viewings.CONSENT_NS // SECOND_NS)
    duty = await world.signed_in("duty")
    assert error(await opened(duty, page))["code"] == "private.consent-over"
    private_viewings.expire_consents(world.store, clock=world.clock)
    assert error(await opened(duty, page))["code"] in ("private.consent-over", "procedure.step")
    on_paper = {**SIGNED, "how": "paper", "name": ""}
    path = f"{PATH}/{page['id']}"
    assert error(await duty.post(f"{path}/sign", json=on_paper))["code"] == "private.no-scan"
    await duty.post(f"{path}/scans", params={"kind": "sheet"}, files={"file": ("登记表.pdf", b"%PDF-1.7 sheet")})
    assert (await done(await duty.post(f"{path}/sign", json=on_paper)))["state"] == "completed"


async def test_N21_the_seconds_asked_for_are_held_until_the_application_ends(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    made = await asked(world, duty)
    asked_for = Period(UtcNs(made["start_ms"] * 1_000_000), UtcNs(made["end_ms"] * 1_000_000))
    assert holds.held(world.store, clock=world.clock) == {world.cameras[0]: [asked_for]}
    await done(await manager.post(f"{PATH}/{made['id']}/refuse", json={"note": "与申请人没有关联"}))
    assert holds.held(world.store, clock=world.clock) == {}
    await asked(world, duty)
    world.clock.wall = UtcNs(world.clock.wall + 61 * DAY_NS)
    assert holds.held(world.store, clock=world.clock) == {}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"relation": "friend"}, "relation"),
    ({"ground": "curiosity"}, "ground"),
    ({"relation": "guardian", "concerned": ""}, "concerned"),
    ({"paper_number": "12"}, "paper_number"),
    ({"why": "看看"}, "why"),
]


async def test_N21_who_asks_and_what_for_are_the_laws_own_words(world: World) -> None:
    duty = await world.signed_in("duty")
    for change, named in WRONG:
        refused = await duty.post(PATH, json=application(world, **change))
        assert (refused.status_code, error(refused)["field"]) == (422, named), refused.text
    guardian = await asked(world, duty, relation="guardian", concerned="王小某")
    assert (guardian["relation"], guardian["concerned"]) == ("guardian", "王小某")


async def test_another_units_people_and_those_without_a_part_see_nothing(world: World) -> None:
    duty, auditor, officer, admin = [await world.signed_in(name) for name in ("duty", "auditor", "officer1", "admin")]
    made = await asked(world, duty)
    assert [one["id"] for one in (await auditor.get(PATH)).json()] == [made["id"]]
    for client in (officer, admin):
        assert (await client.get(PATH)).status_code == 403
    foreign = {"actor": world.foreign_manager(), "clock": world.clock}
    assert list(private_sheets.listed(world.store, **foreign)) == []


async def test_N21_a_consent_that_is_waited_for_stands_on_the_bench_of_who_may_give_it(world: World) -> None:
    manager, head, duty = [await world.signed_in(name) for name in ("manager", "approver", "duty")]
    made = await asked(world, manager)

    async def waiting(client: httpx.AsyncClient) -> list[tuple[str, str, str]]:
        todo = (await client.get("/api/workbench")).json()["todo"]
        return [(one["subject"], one["article"], one["instrument"]) for one in todo if one["kind"] == "private"]

    assert await waiting(head) == [(made["id"], "第二十一条", "cn-799-2025")]
    assert (await waiting(manager), await waiting(duty)) == ([], [])  # who took it down, and who may not
    await done(await head.post(f"{PATH}/{made['id']}/consent", json={}))
    assert await waiting(head) == []


async def test_N21_the_sheet_and_the_proof_of_identity_are_destroyed_when_their_term_is_over(world: World) -> None:
    duty, manager = await world.signed_in("duty"), await world.signed_in("manager")
    pages = [await consented(world, duty, manager) for _ in range(2)]
    scans = [(f"{PATH}/{page['id']}/scans", content) for page, content in zip(pages, (b"one", b"two"), strict=True)]
    kept = []
    for path, content in (*scans, (scans[0][0], b"two")):  # the second file is a paper of both
        answer = await duty.post(
            path, params={"kind": "identity"}, files={"file": ("证件.pdf", b"%PDF-1.7 " + content)}
        )
        kept.append((await done(answer))["sha256"])
    await viewed(duty, pages[0])
    signed = await done(await duty.post(f"{PATH}/{pages[0]['id']}/sign", json=SIGNED))
    days, files = world.services.law.setting("private_sheet_days"), world.services.attachments

    def destroy() -> int:
        return private_sheets.destroy_due(world.store, files, clock=world.clock, law=world.services.law)

    world.clock.advance(days * 86_400)
    assert destroy() == 0  # the last day of the term
    world.clock.advance(86_400)
    assert (destroy(), destroy()) == (1, 0)
    (entry,) = world.entries("private.destroyed")
    assert (entry["subject"], entry["facts"]["fingerprint"]) == (pages[0]["id"], signed["fingerprint"])
    with pytest.raises(LocalError):
        files.read(kept[0])
    assert files.read(kept[1]) == b"%PDF-1.7 two"  # the other application still stands
    later = await world.signed_in("manager")
    page = (await later.get(f"{PATH}/{pages[0]['id']}")).json()
    assert (page["applicant"], page["why"], page["scans"], page["state"]) == ("", "", [], "completed")
    printed = await later.get(f"{PATH}/{pages[0]['id']}/sheet", params={"language": "zh"})
    assert (printed.status_code, error(printed)["code"]) == (403, "private.destroyed")
    grown = {name: stored(world, name) for name in inspect(world.engine).get_table_names() if ONLY_GROWS.match(name)}
    assert len(grown) >= 2 and pages[0]["number"] in "".join(grown.values())
    assert [name for name, rows in grown.items() if "王某" in rows] == [], "what only grows has the number alone"


def stored(world: World, table: str) -> str:
    """All that a table holds, with bytes as the text that they are."""
    with world.engine.connect() as connection:
        rows = connection.execute(text(f"select * from {table}")).all()  # a name of our own schema
    return repr([one.decode("utf-8", "replace") if isinstance(one, bytes) else one for row in rows for one in row])
