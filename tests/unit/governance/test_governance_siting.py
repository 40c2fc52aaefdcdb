"""Who builds where (article 9), where no camera may be (article 8), and what a place still needs (article 7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.bootstrap.law import rulebook
from mingjian.governance.gb_code import GbCode, checked, next_free
from mingjian.governance.organs import OrganKind
from mingjian.governance.places import Capacity, KeyPart
from mingjian.governance.siting import SPOTS, Siting, forbidden, metres_between, responsibility
from mingjian.governance.siting_path import parts_needed
from mingjian.governance.systems import Builder
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import CameraId, UnitId

LAW = rulebook()
DAY = date(2026, 11, 25)
FORBIDDEN = LAW.forbidden(DAY)
U = UnitId("u")


@pytest.mark.parametrize(
    ("location", "article"),
    [
        ("fitting_room", "第八条第二项"),
        ("试衣间", "第八条第二项"),
        ("二楼女装区试衣间内", "第八条第二项"),
        ("更衣室里", "第八条第二项"),
        ("旅馆客房内", "第八条第一项"),
        ("三楼男卫生间", "第八条第二项"),
        ("三楼客房内", "第八条第一项"),
        ("一楼洗手间里面", "第八条第二项"),
        ("母婴室内部", "第八条第二项"),
        ("ballot_box", "第八条第四项"),
    ],
)
def test_A8_forbidden_places_are_refused_by_key_and_by_words(location: str, article: str) -> None:
    found = forbidden(location, FORBIDDEN)
    assert found is not None
    assert (found.code, found.article) == ("siting.forbidden", article)
    assert found.text_en and found.remedy and found.remedy_en


@pytest.mark.parametrize("location", ["试衣间外通道", "卫生间门口走廊", "客房走廊", "大厅", "", *SPOTS])
def test_A8_what_lies_beside_is_not_forbidden(location: str) -> None:
    assert forbidden(location, FORBIDDEN) is None


def test_A8_every_forbidden_place_of_the_law_is_refused_by_its_name() -> None:
    for row in FORBIDDEN:
        assert forbidden(row.place, FORBIDDEN) is not None
        assert forbidden(row.name, FORBIDDEN) is not None
        assert forbidden(row.name_en, FORBIDDEN) is not None


@pytest.mark.parametrize("organ", list(OrganKind))
@pytest.mark.parametrize("capacity", list(Capacity))
def test_A9_someone_builds_everywhere_and_nobody_else_may(organ: OrganKind, capacity: Capacity) -> None:
    for kind in LAW.place_kinds(DAY):
        for part in kind.parts:
            verdict = responsibility(kind, part.id, organ, capacity)
            assert verdict.builder == kind.builder_of(part.id)
            if verdict.builder is Builder.GOVERNMENT:
                assert (verdict.refused is None) == (organ is not OrganKind.UNIT), kind.id
            else:
                assert (verdict.refused is None) == (capacity is not Capacity.NONE), kind.id
            if verdict.refused is not None:
                assert LAW.cited(verdict.refused.article, DAY) == "第九条第三款"


def test_A9_1_the_main_passages_of_an_open_park_are_the_governments_and_the_rest_the_units() -> None:
    park = LAW.place_kind("7.12.open_park")
    passage = responsibility(park, "main_passage", OrganKind.UNIT, Capacity.MANAGING)
    assert (passage.builder, passage.row) == (Builder.GOVERNMENT, "A9.1.build")
    assert LAW.cited(passage.article, DAY) == "第九条第一款"
    assert passage.refused is not None
    rest = responsibility(park, "key_part", OrganKind.UNIT, Capacity.MANAGING)
    assert (rest.builder, rest.row, rest.refused) == (Builder.UNIT, "A9.2.build", None)


def test_A9_the_rows_that_a_verdict_names_are_rows_of_the_law() -> None:
    assert {LAW.row(name).article for name in ("A9.1.build", "A9.2.build")} == {"第九条第一款", "第九条第二款"}


def part(id: str, of: str, withdrawn: UtcNs | None = None) -> KeyPart:
    return KeyPart(id, "p", U, f"部位{id}", of, "", "", "", DAY, UtcNs(0), withdrawn=withdrawn)


def test_A7_a_part_is_met_by_a_signed_camera_that_works_and_by_no_draft() -> None:
    rows = (("lobby", "大厅", "Lobby", False), ("key_part", "重要部位", "Key part", True))
    sitings = [
        Siting(CameraId("draft"), U, "p", "s", "340421", "", UtcNs(0), part="lobby"),
        Siting(CameraId("gone"), U, "p", "s", "340421", "", UtcNs(0), part="lobby", signed=UtcNs(1)),
    ]
    needed = parts_needed(rows, [], sitings, {"draft"})
    assert [(one.part, one.cameras, one.decided) for one in needed] == [("lobby", 0, True), ("key_part", 0, False)]
    on_record = Siting(CameraId("c"), U, "p", "s", "340421", "", UtcNs(0), part="k1", signed=UtcNs(1))
    decided = [part("k1", "key_part"), part("k2", "key_part"), part("k3", "key_part", withdrawn=UtcNs(2))]
    needed = parts_needed(rows, decided, [*sitings, on_record], {"draft", "c"})
    assert [(one.part, one.cameras) for one in needed] == [("lobby", 0), ("k1", 1), ("k2", 0)]


def number(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


codes = st.builds(GbCode, number(6), number(2), number(2), st.sampled_from(["131", "132"]), number(1), number(6))


@given(codes)
def test_a_code_is_built_from_its_parts_and_taken_apart_again(parts: GbCode) -> None:
    code = str(parts)
    assert len(code) == 20
    assert GbCode.of(code) == parts
    assert checked(code, territory=parts.territory + "103") == parts


@given(st.text(max_size=24))
def test_anything_else_is_no_code(text: str) -> None:
    try:
        assert str(GbCode.of(text)) == text
    except Invalid as invalid:
        assert invalid.field == "gb_code"


def test_the_next_free_code_follows_the_highest_in_use() -> None:
    parts = GbCode("340421", industry="47")
    assert next_free(parts, "") == "34042100471327000001"
    assert next_free(parts, "34042100471327000009") == "34042100471327000010"
    assert next_free(parts, "34042100471327999999") == ""


def test_a_code_of_another_county_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        checked("34042200001327000001"[:20], territory="340421")
    assert refused.value.field == "gb_code"


def test_distance_is_that_of_the_globe() -> None:
    assert round(metres_between(116.7, 32.7, 116.7, 32.7)) == 0
    assert round(metres_between(116.70, 32.70, 116.71, 32.70)) == 936
    assert round(metres_between(116.70, 32.70, 116.70, 32.71)) == 1112
