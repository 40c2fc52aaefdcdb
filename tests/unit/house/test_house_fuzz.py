"""Every parser of outside bytes has a harness that really calls it, and a broken promise is found and shown again."""

from __future__ import annotations

import ast
import importlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from fuzz.__main__ import engine_line, main, outcome_of
from fuzz.engine import atheris, mutated, plainly
from fuzz.harness import Harness, Pieces, strung
from fuzz.table import FAMILIES, HARNESSES, ONLY_WRITE

PACKAGE = Path(__file__).parents[3] / "src" / "mingjian"
READERS = re.compile(r"(parse|decode|receive|from|take|read|push)(_.*)?\Z")
PARSERS = re.compile(r"(parse|decode|receive)(_.*)?\Z|from_(json|body|annex_b|length_prefixed)\Z|load_anchors\Z")
NO_PARSERS = {
    "mingjian.processing.package_copy.CopyJob.parse": "what the exporting process wrote into the pipe of its own child",
    "mingjian.processing.redaction.RedactionJob.parse": "what the web process wrote into the pipe of its own child",
    "mingjian.processing.hidden_mark.HiddenMark.parse": "a part of what a process wrote into the pipe of its own child",
    "mingjian.processing.hidden_mark.TranscodeOrder.parse": "what the web process wrote into the pipe of its own child",
}
"""Functions that are called like parsers and take no outside bytes, each with the reason."""


def modules(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        yield ".".join(("mingjian", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def public_functions(source: str) -> Iterator[str]:
    """Functions of a module and methods of its classes, as `name` and `Class.name`, without private ones."""
    for node in ast.parse(source).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        yield from (
            prefix + found.name
            for found in inside
            if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) and not found.name.startswith("_")
        )


def named(pattern: re.Pattern[str], module: str) -> set[str]:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()
    return {f"{module}.{name}" for name in public_functions(source) if pattern.match(name.rpartition(".")[2])}


def code_of(function: Callable[..., Any]) -> CodeType:
    plain = getattr(function, "__func__", function)
    code = plain.__code__
    assert isinstance(code, CodeType)
    return code


def covered() -> set[str]:
    return {f"{function.__module__}.{function.__qualname__}" for row in HARNESSES for function in row.covers}


def test_names_are_unique_and_each_row_belongs_to_its_family() -> None:
    assert len({row.name for row in HARNESSES}) == len(HARNESSES) > 25
    for family in FAMILIES:
        assert {row.check.__module__ for row in family.HARNESSES} == {family.__name__}


def test_every_module_of_the_wire_is_read_by_a_harness_or_only_writes() -> None:
    """A new parser without harness fails here."""
    known = {function.__module__ for row in HARNESSES for function in row.covers}
    wire = set(modules(PACKAGE / "wire")) - {"mingjian.wire"}
    assert wire == (known & wire) | set(ONLY_WRITE)
    for module in ONLY_WRITE:
        assert named(READERS, module) == set(), module


def test_every_function_called_like_a_parser_is_covered() -> None:
    found = {name for module in modules(PACKAGE) for name in named(PARSERS, module)}
    assert found - covered() == set(NO_PARSERS)


def test_a_planted_parser_is_noticed() -> None:
    source = "class Door:\n    def receive_data(self, data): ...\ndef parse_thing(data): ...\ndef _parse(data): ...\n"
    assert [name for name in public_functions(source) if PARSERS.match(name.rpartition(".")[2])] == [
        "Door.receive_data",
        "parse_thing",
    ]


@pytest.mark.parametrize("row", HARNESSES, ids=lambda row: row.name)
def test_each_harness_holds_for_its_seeds_and_reaches_what_it_covers(row: Harness) -> None:
    seeds = list(row.seeds())
    reached: set[CodeType] = set()

    def called(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            reached.add(frame.f_code)

    sys.setprofile(called)
    try:
        accepted = [row.check(seed) for seed in seeds]
    finally:
        sys.setprofile(None)
    assert any(accepted)
    assert max(map(len, seeds)) <= row.max_bytes
    assert {function.__qualname__ for function in row.covers if code_of(function) not in reached} == set()
    assert row.check(b"") in (True, False)


@pytest.mark.parametrize("row", HARNESSES, ids=lambda row: row.name)
def test_each_harness_holds_for_some_plain_mutations(row: Harness, tmp_path: Path) -> None:
    """The same few on every machine, with or without a wheel for the fuzzer."""
    count, broken = plainly(row, list(row.seeds()), seed=1, until=time.monotonic() + 1, runs=400, folder=tmp_path)
    assert broken is None
    assert count > 0


def test_pieces_come_apart_as_they_were_strung() -> None:
    assert list(Pieces(strung([b"one", b"", b"three"])).strings()) == [b"one", b"", b"three"]
    cut = Pieces(b"\0\x05ab")
    assert list(cut.strings()) == [b"ab"]
    assert (cut.byte(), cut.number(4), cut.rest()) == (0, 0, b"")


PLANTED = """
from fuzz.harness import Harness

def check(data):
    if data.startswith(b"RTSP") and b"!" in data:
        raise KeyError("planted")
    return True

HARNESSES = (Harness("planted", check, lambda: [b"RTSP/1.0 "], (), (b"!",), 64),)
"""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Harness:
    """A harness whose promise breaks, in a module that child processes find as well."""
    (tmp_path / "planted_family.py").write_text(PLANTED)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    sys.modules.pop("planted_family", None)
    row = importlib.import_module("planted_family").HARNESSES[0]
    assert isinstance(row, Harness)
    return row


@pytest.mark.parametrize("plain", [False, True])
def test_a_broken_promise_fails_the_run_and_its_input_shows_it_again(
    planted: Harness, plain: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--runs", "200000", "--seconds", "60", "--seed", "1", "--folder", str(tmp_path), "--fresh"]
    assert main(command + ["--plain"] * plain, (planted,)) == 1
    lines = capsys.readouterr().out.splitlines()
    guided = atheris is not None and not plain
    assert ("WITHOUT coverage guidance" in lines[0]) is not guided
    assert lines[2].startswith("planted ")
    assert lines[2].endswith("crashes 1")
    assert any("KeyError" in line for line in lines)
    (again,) = [line.rpartition(" ")[2] for line in lines if line.strip().startswith("again:")]
    assert lines[-1].endswith("FAILED: planted")
    with pytest.raises(KeyError, match="planted"):
        main(["planted", again], (planted,))


def test_a_run_that_holds_says_how_much_was_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = next(row for row in HARNESSES if row.name == "rtcp")
    assert main(["rtcp", "--runs", "500", "--seconds", "60", "--folder", str(tmp_path)], (row,)) == 0
    *_, line, last = capsys.readouterr().out.splitlines()
    assert re.match(r"rtcp +executions +5\d\d  coverage +(\d+|-)  features +(\d+|-)  crashes 0$", line)
    assert re.fullmatch(r"fuzz: 1 of 1 harnesses held, 5\d\d executions", last)
    assert main(["nothing"], HARNESSES) == 2


def test_an_input_that_takes_too_long_is_kept(tmp_path: Path) -> None:
    def endless(data: bytes) -> bool:
        while data == b"seed":
            pass
        return True

    row = Harness("endless", endless, lambda: [b"seed"], ())
    count, broken = plainly(row, [b"seed"], seed=1, until=0, runs=1, folder=tmp_path, limit_s=0.05)
    assert count == 1
    assert broken is not None
    assert broken.name.startswith("endless-timeout-")
    assert broken.read_bytes() == b"seed"


def test_an_engine_that_died_before_any_input_has_failed() -> None:
    assert outcome_of("x", 1, "ImportError: no such thing", []).failed
    assert outcome_of("x", 1, "", []).executions == 0
    held = outcome_of("x", 0, "#12\tDONE   cov: 7 ft: 9 corp: 1/1b\nstat::number_of_executed_units: 12\n", [])
    assert (held.executions, held.coverage, held.features, held.failed) == (12, "7", "9", False)


def test_running_without_guidance_is_said_first() -> None:
    assert "WITHOUT coverage guidance" in engine_line(plain=True)
    assert ("WITHOUT" in engine_line(plain=False)) is (atheris is None)


def test_mutations_stay_within_their_bound() -> None:
    import random

    chance = random.Random(1)
    made = {mutated(chance, [b"seed" * 10, b"other"], [b"word"], 50) for _ in range(500)}
    assert len(made) > 400
    assert max(map(len, made)) <= 50
    assert any(b"word" in one for one in made)
