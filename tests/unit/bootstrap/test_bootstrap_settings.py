"""What an installer may decide, and what neither he nor a variable may: the legal term, and passwords in the clear."""

from __future__ import annotations

import ast
import hashlib
from datetime import date
from pathlib import Path

import pytest

import mingjian
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.law import rulebook
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import FILE, STORAGE_TERM, Settings, load
from mingjian.bootstrap.volumes import DAY_S, create_volume, find_registered
from mingjian.kernel.errors import Invalid, Refused

DEMONSTRATION = 'installation = "demonstration"\nhost = "127.0.0.1"\n'


def read(data: Path, content: str = "", **environment: str) -> Settings:
    (data / FILE).write_text(content, encoding="utf-8")
    return load(data, {f"MINGJIAN_{name}": value for name, value in environment.items()})


def refused(data: Path, content: str = "", **environment: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(data, content, **environment)
    error = caught.value
    assert all((error.text, error.text_en, error.remedy, error.remedy_en, error.field))
    return error


@pytest.mark.parametrize("days", ["29.99", "0.01"])
def test_A17_2_3_a_real_installation_keeps_the_legal_term(tmp_path: Path, days: str) -> None:
    for error in (
        refused(tmp_path, RETENTION_FLOOR_DAYS=days),
        refused(tmp_path, f"retention_floor_days = {days}"),
    ):
        assert (error.code, error.field) == ("settings.retention-floor", "retention_floor_days")
        assert error.article == "第十七条第二款第三项"
        assert "30" in error.text
    assert read(tmp_path).retention_floor_days == STORAGE_TERM.days == 30
    assert read(tmp_path, RETENTION_FLOOR_DAYS="90").retention_floor_days == 90
    assert read(tmp_path, DEMONSTRATION, RETENTION_FLOOR_DAYS=days).retention_floor_days == float(days)


@pytest.mark.parametrize("days", ["nan", "inf", "-1", "0", "many"])
def test_a_term_is_a_number_of_days(tmp_path: Path, days: str) -> None:
    assert refused(tmp_path, DEMONSTRATION, RETENTION_FLOOR_DAYS=days).field == "retention_floor_days"


def test_no_variable_turns_a_real_installation_into_a_demonstration(tmp_path: Path) -> None:
    assert refused(tmp_path, INSTALLATION="demonstration").code == "settings.kind"
    assert refused(tmp_path, 'installation = "standard"', INSTALLATION="demonstration").field == "installation"
    assert read(tmp_path, DEMONSTRATION, INSTALLATION="demonstration").installation == "demonstration"
    assert read(tmp_path, DEMONSTRATION, INSTALLATION="standard").installation == "standard"


def test_A17_2_3_a_volume_marked_for_less_is_refused_by_a_real_installation(tmp_path: Path) -> None:
    places = DataDirectory(tmp_path / "data")
    places.create()
    demonstration = read(tmp_path, DEMONSTRATION, RETENTION_FLOOR_DAYS="0.5")
    create_volume(tmp_path / "volume", places=places, settings=demonstration, clock=SystemClock(), throw_away=False)
    assert len(find_registered(places, demonstration).volumes) == 1
    with pytest.raises(Refused) as caught:
        find_registered(places, read(tmp_path)).or_refuse()
    assert (caught.value.code, caught.value.article) == ("volume.floor", "第十七条第二款第三项")


def test_a_volume_of_a_real_installation_keeps_the_legal_term(tmp_path: Path) -> None:
    places = DataDirectory(tmp_path / "data")
    places.create()
    made = create_volume(
        tmp_path / "volume", places=places, settings=read(tmp_path), clock=SystemClock(), throw_away=False
    )
    assert made.identity.floor_s == 30 * DAY_S
    assert find_registered(places, read(tmp_path)).volumes == [made]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "camera.example", ""])
def test_without_tls_only_this_machine_is_served(tmp_path: Path, host: str) -> None:
    error = refused(tmp_path, TLS="false", HOST=host)
    assert (error.code, error.field) == ("settings.tls", "tls")
    assert host in error.text_en


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_may_do_without_tls(tmp_path: Path, host: str) -> None:
    assert not read(tmp_path, TLS="false", HOST=host).tls


def test_an_unknown_setting_stops_the_start(tmp_path: Path) -> None:
    assert refused(tmp_path, "retention_days = 90").field == "retention_days"
    assert refused(tmp_path, "retention_days = ").field == FILE


def test_the_term_stands_in_one_place() -> None:
    """A figure of days written anywhere else would go on unchanged when the law's changes."""
    source = Path(mingjian.__file__).parent
    named = ("retention", "floor_days", "floor_s", "footage_ns")

    def literal(node: ast.AST) -> bool:
        numbers = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
        return any(number in (30, 31, 30.0, 2_592_000) for number in numbers)

    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and any(word in ast.unparse(node).partition("=")[0].lower() for word in named)
        and node.value is not None
        and literal(node.value)
    }
    assert found == set()


@pytest.mark.parametrize("content", [b"host = ", b'host = "\xff"'], ids=["no TOML", "no UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(Invalid) as caught:
        load(tmp_path, {})
    assert (caught.value.code, caught.value.field) == ("settings.unreadable", FILE)


def test_another_province_is_a_file_and_its_text(tmp_path: Path) -> None:
    """Forty days to file, sixty of storage: clocks, floor and refusals follow, without a line of code."""
    home = Path(mingjian.__file__).parent / "law"
    text = (home / "texts" / "anhui-2017.txt").read_text()
    words = text.replace("交付使用之日起30日内", "交付使用之日起40日内").replace("期限不少于30日", "期限不少于60日")
    rows = (home / "instruments" / "anhui-2017.toml").read_text()
    rows = rows.replace(hashlib.sha256(text.encode()).hexdigest(), hashlib.sha256(words.encode()).hexdigest())
    rows = rows.replace("交付使用之日起30日内", "交付使用之日起40日内").replace("期限不少于30日", "期限不少于60日")
    rows = rows.replace("days = 30\nroll", "days = 40\nroll", 1).replace(
        'duty = "retention"\ndays = 30', 'duty = "retention"\ndays = 60'
    )
    (tmp_path / "other.toml").write_text(rows)
    (tmp_path / "other.txt").write_text(words)
    path = str(tmp_path / "other.toml")
    law = read(tmp_path, RETENTION_FLOOR_DAYS="60", INSTRUMENTS=path).law()
    found = law.deadline("filing", date(2026, 3, 2))
    assert found is not None
    assert found.last_day == date(2026, 4, 13)  # 11 April is a Saturday
    assert refused(tmp_path, INSTRUMENTS=path).field == "retention_floor_days"
    (tmp_path / "other.toml").write_text(rows.replace('says = "应当设置明显的标识"', 'says = "应当设置标识"', 1))
    rulebook.cache_clear()
    assert refused(tmp_path, INSTRUMENTS=path).code == "law.misquoted"
    assert refused(tmp_path, INSTRUMENTS="nowhere").code == "law.no-file"
