"""Papers through the API: kept as they came, judged by content, read only where their subject may be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mingjian.app import attachments
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.places import Place
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import UnitId
from web_world import World

PDF = b"%PDF-1.7 a design"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


async def sent(client: httpx.AsyncClient, subject: str, content: bytes = PDF, kind: str = "unit") -> httpx.Response:
    about = {"subject_kind": kind, "subject": subject, "kind": "design"}
    return await client.post("/api/attachments", data=about, files={"file": ("设计 方案.pdf", content)})


async def test_a_paper_comes_back_as_it_was_sent_and_leaves_one_entry(world: World) -> None:
    manager = await world.signed_in("manager")
    answer = await sent(manager, world.manager.unit)
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["media_type"], kept["size_bytes"], kept["name"]) == ("application/pdf", len(PDF), "设计 方案.pdf")
    read = await manager.get(f"/api/attachments/{kept['id']}")
    assert (read.content, read.headers["content-type"]) == (PDF, "application/pdf")
    assert read.headers["content-disposition"].startswith("inline; filename*=UTF-8''%E8%AE%BE")
    (entry,) = world.entries("attachment.added")
    assert entry["facts"]["sha256"] == kept["sha256"]


async def test_a_file_larger_than_a_form_is_taken_and_one_larger_than_the_bound_is_not(world: World) -> None:
    manager = await world.signed_in("manager")
    assert (await sent(manager, world.manager.unit, PDF + bytes(2 << 20))).status_code == 201
    refused = await sent(manager, world.manager.unit, PDF + bytes(attachments.LARGEST_BYTES))
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "attachment.large"), refused.text
    flood = await sent(manager, world.manager.unit, PDF + bytes(attachments.LARGEST_BYTES + (1 << 20)))
    assert flood.status_code == 413


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0 picture", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n picture", "image/png"),
        (b"PK\x03\x04 xl/workbook.xml", attachments.XLSX),
        (b"PK\x03\x04 word/document.xml", attachments.DOCX),
        (b"PK\x03\x04 anything", "application/zip"),
    ],
)
def test_a_file_is_what_its_content_is(content: bytes, media_type: str) -> None:
    assert attachments.media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90", b" %PDF-"])
def test_a_file_of_another_kind_is_refused_with_what_can_be_uploaded(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"attachment\.(empty|type)"):
        attachments.media_type_of(content)


async def test_a_subject_of_another_unit_is_unknown(world: World) -> None:
    manager = await world.signed_in("manager")
    foreign = world.foreign_manager()
    answer = await sent(manager, foreign.unit)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "authority.unknown-object")
    assert (await sent(manager, "x", kind="nothing")).status_code == 404
    kept = world.attachment()
    with pytest.raises(Missing):
        attachments.one(world.store, actor=foreign, clock=world.clock, attachment=kept.id)


async def test_the_competent_police_read_and_add_papers_about_a_place_of_another_unit(world: World) -> None:
    foreign = world.foreign_manager()
    place = Place("p1", foreign.unit, "某旅馆", "7.2.hotel", "340421103", "某路 1 号", world.clock.now())
    with world.store.writing() as uow:
        uow.organs.save(Organ(UnitId(foreign.unit), "另一单位", OrganKind.UNIT, "340421"))
        uow.places.add(place)
    registrar = await world.signed_in("registrar")
    assert (await sent(registrar, "p1", kind="place")).status_code == 201
    manager = await world.signed_in("manager")  # of the same organ, without its power
    assert (await sent(manager, "p1", kind="place")).status_code == 403
