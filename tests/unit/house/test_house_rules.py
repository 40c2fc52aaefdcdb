"""The walls of the house that imports alone cannot show. Each rule is tried on a planted violation as well."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "src" / "mingjian"
WALL_LINES = 600
"""A file is discussed at 400 lines and split before this."""

PURE_STANDARD = {
    "__future__", "abc", "base64", "bisect", "binascii", "collections", "contextlib", "dataclasses", "datetime",
    "enum", "fractions", "functools", "hashlib", "hmac", "heapq", "ipaddress", "itertools", "json", "math",
    "operator", "re", "secrets", "string", "struct", "types", "typing", "unicodedata", "urllib", "uuid", "zlib",
}  # fmt: skip
PURE_ROOMS = {
    "kernel": PURE_STANDARD - {"secrets"},
    "wire": PURE_STANDARD - {"secrets"},
    "law": (PURE_STANDARD - {"secrets"}) | {"tomllib", "chinese_calendar"},
    "audit": (PURE_STANDARD - {"secrets"}) | {"cryptography"},
    "governance": PURE_STANDARD - {"secrets"},
}
VERIFIER = PACKAGE / "audit" / "verify.py"
STAND_ALONE = {VERIFIER, PACKAGE / "audit" / "unseal.py"}
"""They open the files they are given and call openssl: one file where they are handed out."""


def modules(room: str) -> Iterator[Path]:
    return (path for path in sorted((PACKAGE / room).rglob("*.py")) if path not in STAND_ALONE)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def impurities(source: str, allowed: set[str]) -> list[str]:
    tree = ast.parse(source)
    found = [name for name in imported(tree) if name != "mingjian" and name not in allowed]
    found += [
        "open()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"
    ]
    return found


def constructed(source: str, name: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) == name or getattr(node.func, "attr", None) == name)
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("room", PURE_ROOMS)
def test_a_pure_room_imports_only_what_it_names(room: str) -> None:
    found = {
        str(path.relative_to(PACKAGE)): bad
        for path in modules(room)
        if (bad := impurities(path.read_text(), PURE_ROOMS[room]))
    }
    assert found == {}


def test_the_purity_rule_catches_a_planted_violation() -> None:
    assert impurities("import socket\nopen('x')", PURE_STANDARD) == ["socket", "open()"]


def contract(name: str) -> set[str]:
    """What an import contract of `pyproject.toml` forbids, without the package's own name."""
    contracts = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = [one for one in contracts if one["name"] == name]
    return {module.removeprefix("mingjian.") for module in found["forbidden_modules"]}


def rooms() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_a_new_room_is_shut_to_the_simulator_until_someone_opens_it() -> None:
    assert contract("the simulator shares only the wire") == rooms() - {"simulator", "wire", "kernel"}


def test_a_new_module_of_the_writer_is_shut_to_the_verifier() -> None:
    beside = {f"audit.{path.stem}" for path in (PACKAGE / "audit").glob("*.py")} - {"audit.verify", "audit.__init__"}
    assert contract("the verifier trusts nothing of the writer") == (rooms() - {"audit"}) | beside


def test_only_app_makes_a_grant() -> None:
    makers = {
        path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.py") if constructed(path.read_text(), "Grant")
    }
    assert makers <= {"app"}


def test_the_grant_rule_catches_a_planted_violation() -> None:
    assert constructed("from mingjian.kernel import grant\ngrant.Grant(id='x')", "Grant")


def test_no_file_passes_the_wall() -> None:
    long = {
        str(path.relative_to(PACKAGE)): lines
        for path in PACKAGE.rglob("*.py")
        if path != VERIFIER  # one file on purpose: a stranger carries it
        and (lines := len(path.read_text().splitlines())) >= WALL_LINES
    }
    assert long == {}


def test_nothing_is_named_for_what_is_not_understood() -> None:
    vague = {"utils", "util", "common", "helpers", "misc", "manager", "data", "info"}
    assert [path for path in PACKAGE.rglob("*.py") if path.stem in vague] == []
