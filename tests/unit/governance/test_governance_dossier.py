"""The dossier's one table: what is kept, what each class of point must fill in, and how the guided path reads it."""

from __future__ import annotations

import pytest

from mingjian.governance import dossier, matters
from mingjian.governance.dossier import FIELDS, GROUPS, Kind, PointClass
from mingjian.governance.siting_path import PATH, PathStep
from mingjian.governance.systems import Builder
from mingjian.kernel.errors import Invalid


def test_the_table_is_whole() -> None:
    assert len({field.key for field in FIELDS}) == len(FIELDS)
    for field in FIELDS:
        assert field.group in GROUPS
        assert field.name and field.name_en
        assert set(field.required) <= {str(point) for point in PointClass}
        assert bool(field.choices) == (field.kind is Kind.CHOICE)


def test_no_field_holds_a_credential() -> None:
    words = {"password", "user", "口令", "密码", "用户"}
    assert not any(word in f"{field.key} {field.name}" for field in FIELDS for word in words)


def test_a_higher_class_asks_for_everything_that_a_lower_one_does() -> None:
    for field in FIELDS:
        if "3" in field.required:
            assert "2" in field.required
        if "2" in field.required:
            assert "1" in field.required


def test_the_class_follows_from_builder_and_regime() -> None:
    assert dossier.point_class(Builder.GOVERNMENT, "art7") is PointClass.FIRST
    assert dossier.point_class(Builder.UNIT, "art7") is PointClass.SECOND
    assert dossier.point_class(Builder.UNIT, "art9") is PointClass.THIRD


def test_values_are_kept_in_one_way_and_what_is_empty_is_missing() -> None:
    kept = dossier.checked(
        {"camera_type": "球机", "ptz": "Yes", "height_m": "3.50", "mac": "aa-bb-cc-dd-ee-ff", "model": "  A   1 ",
         "installed_on": "2026/01/05", "lens": ""}
    )  # fmt: skip
    assert kept == {
        "camera_type": "dome", "ptz": "yes", "height_m": "3.5", "mac": "AA:BB:CC:DD:EE:FF",
        "installed_on": "2026-01-05", "model": "A 1",
    }  # fmt: skip
    assert {field.key for field in dossier.missing(kept, PointClass.THIRD)} == {"microphone", "indoor", "manager_phone"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("camera_type", "炮"), ("height_m", "高"), ("height_m", "nan"), ("mac", "1"), ("ipv4", "a b"),
        ("installed_on", "昨天"), ("model", "x" * 201), ("model", "a\u202eb"), ("unknown", "x"),
    ],
)  # fmt: skip
def test_an_unusable_value_names_its_field(key: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        dossier.checked({key: value})
    assert refused.value.field == f"dossier.{key}"


def test_the_path_asks_each_question_once_and_names_its_matter() -> None:
    assert [row.step for row in PATH] == list(PathStep)
    assert all(row.name and row.name_en and row.matter in matters.NAMED.values() for row in PATH)
