"""The promises of `app.ports.Store`, `Vault` and `PasswordHasher`, and the database's own walls."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from mingjian.adapters import migrations
from mingjian.adapters.argon2_passwords import Argon2Passwords
from mingjian.adapters.database import open_engine, reading, sqlite_url, writing
from mingjian.adapters.vault import AesVault, open_vault
from mingjian.app import access
from mingjian.app.access_asked import Asked
from mingjian.app.performing import entry
from mingjian.app.records import Closing, ClosingCause, RegisterEntry, RegisterKind
from mingjian.app.register_ports import RegisterQuery
from mingjian.governance.access import AccessKind, NamedOfficer
from mingjian.governance.procedure import State
from mingjian.kernel.errors import Invalid, LocalError, Refused
from mingjian.kernel.ids import CameraId, PersonId, UnitId
from mingjian.kernel.period import Period
from web_world import World

APPEND_ONLY = ("ledger_entries", "register_entries", "register_cameras", "register_closings", "deliveries", "presences")
APPEND_ONLY += ("use_troubles", "journal_lines")


@pytest.fixture
def world(tmp_path: Path, database: str) -> Iterator[World]:
    world = World(tmp_path, database=database)
    yield world
    world.close()


@pytest.fixture
def engine(tmp_path: Path, empty_database: str) -> Iterator[Engine]:
    engine = open_engine(empty_database or sqlite_url(tmp_path / "empty.sqlite"))
    yield engine
    engine.dispose()


def registered(world: World, grant: str = "g") -> RegisterEntry:
    now = world.clock.now()
    person = world.accounts["duty"].person
    with world.store.writing() as uow:
        index = uow.ledger.append(entry("viewing.opened", now, grant))
        row = RegisterEntry(
            index, now, RegisterKind.LIVE, grant, person, "值班员", world.manager.unit, world.manager.unit_name, "", "",
            (world.cameras[0],), None, Period(now, now), "session",
        )  # fmt: skip
        uow.register.add(row)
    return row


def test_an_error_undoes_state_and_entry_together(world: World) -> None:
    before = len(world.entries())
    with pytest.raises(RuntimeError), world.store.writing() as uow:
        uow.ledger.append(entry("thing.done", world.clock.now(), "x"))
        person = uow.people.named("duty")
        assert person is not None
        uow.people.save(replace(person, display_name="改了"))
        raise RuntimeError
    assert len(world.entries()) == before
    with world.store.reading() as uow:
        person = uow.people.named("duty")
    assert person is not None
    assert person.display_name == "值班员"


def test_what_is_written_while_reading_does_not_stay(world: World) -> None:
    with world.store.reading() as uow:
        uow.people.set_setup_code("x" * 64)
    with world.store.reading() as uow:
        assert uow.people.setup_code() == ""


def test_parallel_writers_queue_and_their_indexes_have_no_hole(world: World) -> None:
    start = len(world.entries())
    gate = threading.Barrier(8)

    def write() -> None:
        gate.wait()
        for _ in range(5):
            with world.store.writing() as uow:
                uow.ledger.append(entry("thing.done", world.clock.now(), "x"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row["index"] for row in world.entries()] == list(range(start + 40))


def test_a_step_is_spent_once_and_only_forwards(world: World) -> None:
    person = world.accounts["duty"].person
    with world.store.writing() as uow:
        assert uow.people.spend_step(person, 10)
        assert not uow.people.spend_step(person, 10)
        assert not uow.people.spend_step(person, 9)
        found = uow.people.one(person)
        assert found is not None
        uow.people.save(replace(found, totp_step=0))
        assert not uow.people.spend_step(person, 10)
        assert uow.people.spend_step(person, 11)


def test_a_name_is_taken_once(world: World) -> None:
    with pytest.raises(Invalid) as caught, world.store.writing() as uow:
        person = uow.people.named("duty")
        assert person is not None
        uow.people.add(replace(person, id=PersonId("2" * 36)))
    assert caught.value.code == "people.name-taken"


def test_a_stale_step_of_a_request_is_refused(world: World) -> None:
    with world.store.reading() as uow:
        assert uow.requests.listed(world.manager.unit, None) == []
        assert uow.requests.next_serial(world.manager.unit, 2026) == 1
    submitted = access.submit(
        world.store,
        actor=world.manager,
        clock=world.clock,
        law=world.services.law,
        random=world.services.random,
        asked=Asked(
            kind=AccessKind.COPY,
            cameras=world.cameras,
            footage=_past(world),
            purpose="调查一起盗窃案件",
            destination="刑事侦查部门",
            legal_basis="第二十一条",
            officers=[NamedOfficer("执法人员甲", "000001"), NamedOfficer("执法人员乙", "000002")],
        ),
    )
    with world.store.writing() as uow:
        uow.requests.save(replace(submitted, state=State.WITHDRAWN), expected=State.SUBMITTED)
    with pytest.raises(Refused) as caught, world.store.writing() as uow:
        uow.requests.save(replace(submitted, state=State.APPROVED), expected=State.SUBMITTED)
    assert caught.value.code == "procedure.step"


def _past(world: World) -> Period:
    now = world.clock.now()
    world.clock.advance(60)
    return Period(now, world.clock.now())


def test_an_entry_is_closed_once_and_found_by_its_camera(world: World) -> None:
    row = registered(world)
    closing = Closing(row.index + 1, world.clock.now(), ClosingCause.CLOSED, {world.cameras[0]: 5})
    with world.store.writing() as uow:
        assert [open_entry.index for open_entry in uow.register.open_viewings()] == [row.index]
        assert uow.register.open_viewings(["elsewhere"]) == []
        uow.register.close(row.index, closing)
        with pytest.raises(Refused):
            uow.register.close(row.index, closing)
    with world.store.reading() as uow:
        (found,) = uow.register.listed(world.manager.unit, RegisterQuery(camera=world.cameras[0]))
        assert found == replace(row, closing=closing)
        assert uow.register.listed(world.manager.unit, RegisterQuery(camera=CameraId("other"))) == []
        assert uow.register.listed(UnitId("foreign"), RegisterQuery()) == []
        assert uow.register.open_viewings() == []


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_program_changes_or_deletes_what_was_registered(world: World, table: str) -> None:
    registered(world)
    with closing(other_program(world)) as other:
        found = other.execute(TRIGGERS[world.engine.dialect.name].format(table=table)).fetchall()
        assert {name for (name,) in found} == {f"{table}_no_{verb}" for verb in VERBS[world.engine.dialect.name]}
        column = inspect(world.engine).get_columns(table)[0]["name"]
        if other.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):
                with pytest.raises((sqlite3.IntegrityError, psycopg.Error), match="append-only"):
                    other.execute(statement)
        if world.engine.dialect.name == "postgresql":
            with pytest.raises(psycopg.Error, match="append-only"):
                other.execute(f"TRUNCATE {table} CASCADE")


TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='{table}'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = '{table}'::regclass AND NOT tgisinternal",
}
VERBS = {"sqlite": ("update", "delete"), "postgresql": ("change", "truncate")}


def other_program(world: World) -> Any:
    """A connection that knows nothing of ours."""
    if world.engine.dialect.name == "sqlite":
        return sqlite3.connect(world.opened.places.database)
    address = world.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def test_foreign_keys_hold(world: World) -> None:
    row = registered(world)
    with pytest.raises(DBAPIError), world.store.writing() as uow:
        uow.register.add(replace(row, index=row.index + 100, grant="h", person=PersonId("nobody")))


def test_migrations_make_exactly_the_tables_of_the_code_and_can_be_undone(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), migrations.TABLES) == []
    migrations.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)


def test_a_camera_of_tls_over_udp_goes_on_recording_inside_its_connection(engine: Engine) -> None:
    migrations.upgrade(engine, "0002")
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO units (id, name, created_ns) VALUES ('u', 'u', 0)")
        for name, url in (("tls", "RTSPS://h/x"), ("plain", "rtsp://h/rtsps:")):
            connection.execute(
                text(
                    'INSERT INTO cameras (id, unit_id, name, place, url, sub_url, "user", password_sealed, transport, '
                    "engine, audio_basis, expected_bitrate_bps, hosts, created_ns) "
                    "VALUES (:name, 'u', '', '', :url, '', '', '', 'udp', 'native', '', 0, '[]', 0)"
                ),
                {"name": name, "url": url},
            )
    migrations.upgrade(engine)
    with reading(engine) as connection:
        found = connection.exec_driver_sql("SELECT id, transport, tls_sha256 FROM cameras ORDER BY id").all()
    assert [tuple(row) for row in found] == [("plain", "udp", ""), ("tls", "tcp", "")]


def test_a_commit_is_durable_and_readers_never_wait(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "empty.sqlite"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_what_is_read_together_is_of_one_moment(world: World) -> None:
    with world.store.reading() as before:
        assert before.people.setup_code() == ""
        with world.store.writing() as uow:
            uow.people.set_setup_code("x" * 64)
        assert before.people.setup_code() == ""
    with world.store.reading() as after:
        assert after.people.setup_code() == "x" * 64


def test_a_sealed_text_opens_only_whole_with_its_key_and_in_its_place() -> None:
    vault = AesVault(bytes(range(32)))
    sealed = vault.seal(b"secret", context="camera:1")
    assert vault.open(sealed, context="camera:1") == b"secret"
    assert sealed != vault.seal(b"secret", context="camera:1")
    assert b"secret" not in sealed
    broken = [sealed[:-1], sealed[:5], b"", bytes([2]) + sealed[1:], sealed[:-1] + bytes([sealed[-1] ^ 1])]
    for damaged in broken:
        with pytest.raises(LocalError, match=r"vault\.damaged"):
            vault.open(damaged, context="camera:1")
    for other, context in ((vault, "camera:2"), (AesVault(bytes(32)), "camera:1")):
        with pytest.raises(LocalError) as caught:
            other.open(sealed, context=context)
        assert caught.value.__cause__ is None


def test_the_key_file_is_made_once_private_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    sealed = open_vault(path).seal(b"x", context="c")
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_vault(path).open(sealed, context="c") == b"x"
    path.chmod(0o644)
    with pytest.raises(LocalError, match=r"vault\.permissions"):
        open_vault(path)
    path.write_bytes(b"short")
    with pytest.raises(LocalError, match=r"vault\.key"):
        open_vault(path)


def test_a_hash_verifies_its_password_alone_and_an_empty_one_nothing() -> None:
    hasher = Argon2Passwords(memory_kib=8, passes=1, lanes=1)
    stored = hasher.hash("a long pass phrase")
    assert stored.startswith("$argon2id$")
    assert stored != hasher.hash("a long pass phrase")
    assert hasher.verify(stored, "a long pass phrase")
    for other in ("", "a long pass phrase ", "A long pass phrase"):
        assert not hasher.verify(stored, other)
    for broken in ("", "x", "$argon2id$"):
        assert not hasher.verify(broken, "a long pass phrase")
    assert not hasher.verify("", "no account has this hash")
