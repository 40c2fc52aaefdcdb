"""Every command declares what it needs, and that is what it does; demonstration secrets leave a demonstration only."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import ACCOUNTS_FILE, prepare_demo
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import FILE, Settings
from mingjian.bootstrap.volumes import create_volume
from mingjian.bootstrap.witness import open_witness
from mingjian.cli.main import app
from mingjian.cli.needs import COMMANDS, Needs
from mingjian.kernel.errors import MingjianError
from mingjian.storage.volume import IDENTITY_FILE


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield before + name, command
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name, command


def told(*arguments: str) -> Any:
    return CliRunner().invoke(app, arguments)


def refusal(*arguments: str) -> MingjianError:
    found = told(*arguments).exception
    assert isinstance(found, MingjianError), found
    return found


def test_every_command_declares_what_it_needs_and_nothing_else_is_declared() -> None:
    assert set(dict(commands(typer.main.get_command(app)))) == set(COMMANDS)


def test_a_command_takes_a_data_directory_exactly_where_it_declares_one() -> None:
    for name, command in commands(typer.main.get_command(app)):
        takes = any("--data" in parameter.opts for parameter in command.params)
        assert takes == (COMMANDS[name] is not Needs.NOTHING), name


def standard(root: Path) -> Path:
    """A real installation on its default settings: a registered volume, no settings file."""
    made = told("volume", "create", str(root / "volume"), "--data", str(root / "data"))
    assert made.exit_code == 0, made.output
    return root / "data"


@pytest.mark.parametrize("name", [name for name, needs in COMMANDS.items() if needs is Needs.DEMONSTRATION])
def test_what_is_for_demonstrations_refuses_a_real_installation_and_leaves_it_as_it_was(
    tmp_path: Path, name: str
) -> None:
    data = standard(tmp_path)
    before = sorted(data.rglob("*"))
    more = ["duty"] if name == "demo code" else []
    error = refusal(*name.split(), *more, "--data", str(data))
    assert error.code in ("demo.standard", "demo.none")
    assert all((error.text, error.text_en, error.remedy, error.remedy_en, error.field == "data"))
    assert sorted(data.rglob("*")) == before


def test_a_real_installation_is_not_made_a_demonstration_by_a_throw_away_volume(tmp_path: Path) -> None:
    data = standard(tmp_path)
    error = refusal("volume", "create", str(tmp_path / "other"), "--data", str(data), "--throw-away")
    assert error.code == "volume.throw-away"
    assert not (data / FILE).exists()


def test_what_needs_its_owner_lets_nobody_else_in(tmp_path: Path) -> None:
    open_witness(tmp_path / "witness", "witness.example", SystemClock())
    for folder in (standard(tmp_path), tmp_path / "witness"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("demonstration") / "data"
    prepare_demo(data, port=8080, witness_port=8490, cameras=[])
    return data


def test_a_demonstration_tells_its_codes_until_it_is_none_any_more(demonstration: Path) -> None:
    asked = ("demo", "code", "duty", "--data", str(demonstration))
    assert told(*asked).output.strip().isdigit()
    settings = (demonstration / FILE).read_text()
    (demonstration / FILE).write_text(settings.replace('"demonstration"', '"standard"'))
    assert refusal(*asked).code == "demo.none"
    (demonstration / FILE).write_text(settings)
    assert told(*asked).output.strip().isdigit()
    # its settings now lie: a volume that was signed by a real installation says so
    places = DataDirectory(demonstration)
    create_volume(
        demonstration.parent / "real", places=places, settings=Settings(), clock=SystemClock(), throw_away=False
    )
    assert refusal(*asked).code == "demo.none"


def test_without_any_volume_nothing_proves_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('installation = "demonstration"\n')
    (tmp_path / ACCOUNTS_FILE).write_text("[]")
    assert refusal("demo", "code", "duty", "--data", str(tmp_path)).code == "demo.none"


def test_volumes_are_listed_with_what_they_promise_or_why_they_cannot_be_used(tmp_path: Path) -> None:
    data = standard(tmp_path)
    assert told("volume", "create", str(tmp_path / "spill"), "--data", str(data)).exit_code == 0
    (tmp_path / "spill" / IDENTITY_FILE).unlink()
    listed = told("volume", "list", "--data", str(data))
    assert listed.exit_code == 0
    good, bad = listed.output.splitlines()
    assert good.split()[1:] == ["standard", str(30 * 24 * 60), "min", str(tmp_path / "volume")]
    assert "✗ volume.unmarked" in bad
    assert bad.endswith(str(tmp_path / "spill"))
    assert told("volume", "list", "--data", str(tmp_path / "nothing")).output == ""
