"""Places, papers, approvals, terms of storage and fines of the two instruments, each alone and both together."""

from __future__ import annotations

from datetime import date

import pytest
from law_world import ANHUI, BOTH, NATIONAL

from mingjian.bootstrap.law import packaged
from mingjian.kernel.errors import Invalid, Missing
from mingjian.law.calendar import china
from mingjian.law.rows import FineRange
from mingjian.law.rulebook import Rulebook

DAY = date(2026, 11, 25)
BEFORE = date(2025, 3, 31)


def test_A7_fourteen_kinds_each_with_parts_and_a_builder() -> None:
    kinds = ANHUI.place_kinds(DAY)
    assert {kind.category for kind in kinds} == {f"7.{number}" for number in range(1, 15)}
    assert all(kind.parts and kind.id.startswith(kind.category + ".") for kind in kinds)
    hotel = ANHUI.place_kind("7.2.hotel")
    assert [part.id for part in hotel.parts] == ["lobby", "passage", "entrance"]
    assert [part.key for part in ANHUI.place_kind("7.13.estate").parts] == [True]


def test_A7_14_the_national_places_come_with_their_day() -> None:
    assert {kind.id for kind in BOTH.place_kinds(DAY)} - {kind.id for kind in BOTH.place_kinds(BEFORE)} >= {
        "7.14.bridge", "7.14.service_hall",
    }  # fmt: skip


def test_A9_the_government_builds_roads_metro_hubs_squares_underpasses_and_the_gates_of_open_parks() -> None:
    own = {kind.id for kind in ANHUI.place_kinds(DAY) if kind.builder == "government"}
    assert own == {"7.1.highway", "7.1.street", "7.6.metro", "7.6.bus_hub", "7.12.square", "7.12.underpass"}
    park = ANHUI.place_kind("7.12.open_park")
    assert [park.builder_of(part.id) for part in park.parts] == ["government", "government", "unit"]
    assert {kind.builder_article for kind in ANHUI.place_kinds(DAY)} == {"第九条第一款", "第九条第二款"}


def test_A8_and_N8_are_one_list_without_a_place_twice() -> None:
    places = [row.place for row in BOTH.forbidden(DAY)]
    assert len(places) == len(set(places))
    assert {"fitting_room", "hotel_room", "client_data", "report_box", "other_private"} <= set(places)
    assert set(places) - {row.place for row in ANHUI.forbidden(DAY)} == {
        "private_dining_room", "staff_rest_room", "peeping",
    }  # fmt: skip
    assert all(row.instrument == "anhui-2017" for row in BOTH.forbidden(BEFORE))


def test_A13_2_three_papers() -> None:
    assert [row.paper for row in ANHUI.papers("filing", DAY)] == ["design", "technical_test", "works_acceptance"]
    assert [row.paper for row in BOTH.papers("filing", DAY)] == ["design", "technical_test", "works_acceptance"]
    assert len(NATIONAL.papers("filing.facts", DAY)) == 4


def test_A17_2_3_thirty_days_and_ninety_by_the_antiterror_law() -> None:
    own = ANHUI.retention(DAY)
    assert (own.floor_days, own.delete_after, own.rows[0].article) == (30, False, "第十七条第二款第三项")
    longer = ANHUI.retention(DAY, anti_terror=True)
    assert (longer.floor_days, longer.rows[0].id) == (90, "A17.2.3.anti-terror")
    assert BOTH.retention(DAY, regime="art9", anti_terror=True).floor_days == 90
    assert [row.source for row in own.shown] == ["GB 55029-2022 安全防范工程通用规范 3.5.2"]


def test_N17_what_has_served_its_purpose_is_deleted() -> None:
    assert BOTH.retention(DAY).delete_after is True
    assert BOTH.retention(BEFORE).delete_after is False


@pytest.mark.parametrize(
    ("kind", "organ", "approver"),
    [
        ("connect", "public-security", ["own-head"]),
        ("direct-use", "state-security", ["own-head"]),
        ("copy", "state-security", ["own-head"]),
        ("retrieve", "other-department", ["police-head"]),
        ("connect", "other-department", []),
        ("direct-use", "other-department", []),
    ],
)
def test_A20_A21_whose_approval(kind: str, organ: str, approver: list[str]) -> None:
    found = ANHUI.approvals(kind, organ, DAY)  # type: ignore[arg-type]  # words of the table above
    assert [row.approver for row in found] == approver


def test_A22_the_papers_of_another_department_and_of_the_police() -> None:
    assert {row.paper for row in ANHUI.papers("access.other-department", DAY)} == {
        "work_id", "certificate", "approval", "register_form",
    }  # fmt: skip
    assert {row.paper for row in ANHUI.papers("access.public-security", DAY)} == {
        "work_id", "certificate", "register_form",
    }  # fmt: skip
    assert ANHUI.setting("officers_needed") == 2
    assert ANHUI.setting_row("officers_needed").article == "第二十二条第一款第一项"


def test_N20_alone_it_has_an_approver_papers_and_the_figures_of_the_ceremony() -> None:
    for organ in ("public-security", "state-security", "other-department"):
        for kind in ("view", "copy", "retrieve"):
            (row,) = NATIONAL.approvals(kind, organ, DAY)  # type: ignore[arg-type]  # words of the rows
            assert (row.approver, row.article) == ("own-head", "第二十条")
        assert NATIONAL.approvals("connect", organ, DAY) == ()  # type: ignore[arg-type]  # a word of the rows
        assert {row.paper for row in NATIONAL.papers(f"access.{organ}", DAY)} == {
            "work_id", "certificate", "register_form",
        }  # fmt: skip
    for name in ("officers_needed", "ceremony_minutes", "sealed_days", "reuse_reach_m"):
        row = NATIONAL.setting_row(name)
        assert row.value == ANHUI.setting(name)
        assert "内部规则" in row.reading  # the text has no figure, and the row says so


def test_A21_2_of_two_texts_the_stricter_approval_binds_in_whichever_order_they_are_named() -> None:
    turned = Rulebook((packaged("cn-799-2025"), packaged("anhui-2017")), china())
    for book in (BOTH, turned):
        assert book.approvals("copy", "other-department", DAY)[0].approver == "police-head"


def ranges(found: tuple[FineRange, ...]) -> set[tuple[str, str, int, int]]:
    return {(row.instrument, row.party, row.min_yuan, row.max_yuan) for row in found}


def test_A24_a_fine_only_after_the_order_ran_out() -> None:
    acts = {row.act for row in ANHUI.rows() if isinstance(row, FineRange) and row.article.startswith("第二十四条")}
    assert len(acts) == 11
    for act in acts:
        found = ANHUI.fines(act, DAY)
        assert ranges(found) == {("anhui-2017", "unit", 2000, 10000), ("anhui-2017", "responsible", 200, 1000)}
        assert {row.precondition for row in found} == {"order-overdue"}


def test_A24_1_not_against_the_government() -> None:
    assert {row.builders for row in ANHUI.fines("install.missing", DAY)} == {("unit",)}


def test_A25_four_ranges_by_profit_and_gains() -> None:
    found = ANHUI.fines("install.forbidden-place", DAY)
    assert {(row.party, row.profit, row.gains, row.min_yuan, row.max_yuan) for row in found} == {
        ("unit", True, True, 5000, 30000),
        ("responsible", True, True, 500, 1000),
        ("unit", True, False, 2000, 10000),
        ("responsible", True, False, 200, 1000),
        ("unit", False, None, 500, 1000),
        ("individual", None, None, 500, 1000),
    }
    assert {row.precondition for row in found} == {"none"}


def test_A26_no_individual_is_fined() -> None:
    assert {row.party for row in ANHUI.fines("footage.traded", DAY)} == {"unit", "responsible"}
    assert {row.kind for row in ANHUI.measures("footage.traded", DAY)} == {
        "order-correct", "public-order", "crime", "compensation",
    }  # fmt: skip


@pytest.mark.parametrize(
    "act",
    [
        "filing.missing", "acceptance.missing", "filing.legacy-missing", "sign.missing", "range.not-fixed",
        "removal.short-notice", "operation.unclear", "operation.rules-missing", "maintenance.unwritten",
        "duty-watch.missing", "report.missing", "install.missing-government",
    ],
)  # fmt: skip
def test_A24_no_fine_where_the_text_sets_none(act: str) -> None:
    assert ANHUI.fines(act, DAY) == ()
    assert [row.instrument for row in ANHUI.no_fine(act, DAY)] == ["anhui-2017"]


def test_fines_of_both_instruments_stand_side_by_side_the_higher_rank_first() -> None:
    found = BOTH.fines("install.forbidden-place", DAY)
    assert ranges(found) > {("cn-799-2025", "unit", 10000, 20000), ("anhui-2017", "unit", 5000, 30000)}
    assert [BOTH.rank(row) for row in found] == sorted((BOTH.rank(row) for row in found), reverse=True)
    assert {row.instrument for row in BOTH.fines("install.forbidden-place", BEFORE)} == {"anhui-2017"}


def test_N26_to_N30() -> None:
    assert ranges(NATIONAL.fines("install.without-right", DAY)) == {
        ("cn-799-2025", "individual", 0, 5000),
        ("cn-799-2025", "unit", 0, 20000),
        ("cn-799-2025", "responsible", 0, 5000),
    }
    assert ranges(NATIONAL.fines("filing.missing", DAY)) == {("cn-799-2025", "unit", 0, 10000)}
    assert {row.precondition for row in NATIONAL.fines("filing.missing", DAY)} == {"refused"}
    assert {row.precondition for row in NATIONAL.fines("rooms.not-inspected", DAY)} == {"refused-or-serious"}
    assert {row.kind for row in NATIONAL.measures("install.forbidden-place", DAY)} >= {"confiscate", "delete-footage"}
    assert {row.kind for row in NATIONAL.measures("removal.no-notice", DAY)} == {"order-correct", "warn"}


def test_a_citation_leads_to_its_words() -> None:
    assert BOTH.cite("第二十二条第一款第一项") == "（一）由2名以上人员共同实施；"
    assert BOTH.cite("第十七条", "cn-799-2025").startswith("公共安全视频系统收集的视频图像信息应当保存不少于30日")
    assert BOTH.article("anhui-2017", 28) == "本办法自2017年1月1日起施行。"
    for citation in ("第二十九条", "第一条第二款", "第二十二条第一款第六项", "第二十二条第二款第一项", "22", ""):
        with pytest.raises(Invalid):
            BOTH.cite(citation)
    for missing in (lambda: BOTH.article("anhui-2017", 29), lambda: BOTH.row("A99"), lambda: BOTH.instrument("x")):
        with pytest.raises(Missing):
            missing()


def test_one_instrument_cannot_be_loaded_twice() -> None:
    with pytest.raises(Invalid, match="出现两次"):
        Rulebook((*ANHUI.instruments, *ANHUI.instruments), china())
