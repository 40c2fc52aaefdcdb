"""Attacks for which the source leaves no room; each name begins with the number in docs/ref/attacks.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mingjian.web.api import openapi_document

PACKAGE = Path(__file__).parents[2] / "src" / "mingjian"


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            yield path, node


def imported() -> set[str]:
    found: set[str] = set()
    for _, node in nodes():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def called() -> Iterator[tuple[str, str, ast.Call]]:
    for path, node in nodes():
        if isinstance(node, ast.Call):
            yield path.name, ast.unparse(node.func), node


def test_b6_no_form_takes_a_field_that_nobody_asked_for() -> None:
    document = openapi_document()
    forms = {
        content["schema"]["$ref"].rpartition("/")[2]
        for path in document["paths"].values()
        for operation in path.values()
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json" and "$ref" in content["schema"]
    }
    schemas = document["components"]["schemas"]
    assert len(forms) > 20
    assert [name for name in sorted(forms) if schemas[name].get("additionalProperties") is not False] == []


def test_c5_no_program_is_started_through_a_shell() -> None:
    shells = [
        (file, name)
        for file, name, call in called()
        if name in ("os.system", "os.popen", "asyncio.create_subprocess_shell", "subprocess.getoutput")
        or any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords)
    ]
    assert shells == []


def test_c6_nothing_that_was_read_is_run() -> None:
    assert [(file, name) for file, name, _ in called() if name in ("eval", "exec", "compile", "__import__")] == []
    assert imported() & {"yaml", "jinja2", "mako"} == set()


def test_c8_nothing_is_unpickled() -> None:
    assert imported() & {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"} == set()


ENDED = {"/api/session", "/api/session/keys/{key}", "/api/views/{grant}"}
"""What `DELETE` ends: a sign-in, an own security key, a viewing. No record and no footage."""


def test_d1_no_way_of_the_api_deletes_what_was_recorded() -> None:
    assert {path for path, ways in openapi_document()["paths"].items() if "delete" in ways} == ENDED
