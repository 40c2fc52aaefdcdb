"""Attacks for which the source leaves no room; each name begins with the number in docs/ref/attacks.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mingjian.web.api import openapi_document

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mingjian"


XML = {"xml", "lxml", "defusedxml", "xmltodict", "bs4"}
MARKUP = (
    "dangerouslySetInnerHTML", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "srcdoc", "srcDoc",
    "eval(", "new Function", "javascript:", "createContextualFragment",
)  # fmt: skip


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


def forms_below(document: Mapping[str, Any], schema: Mapping[str, Any], known: dict[str, Any]) -> None:
    """Puts into `known` every named form that a value of `schema` may hold, at any depth."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in known:
        known[name] = document["components"]["schemas"][name]
        forms_below(document, known[name], known)
    inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("properties", {}).values()]
    for one in [
        *inner,
        *(schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)),
    ]:
        forms_below(document, one, known)


def test_b6_no_form_takes_a_field_that_nobody_asked_for_at_any_depth() -> None:
    document = openapi_document()
    forms: dict[str, Any] = {}
    for path in document["paths"].values():
        for operation in path.values():
            content = operation.get("requestBody", {}).get("content", {})
            forms_below(document, content.get("application/json", {}).get("schema", {}), forms)
    objects = {name: schema for name, schema in forms.items() if schema.get("type") == "object"}
    assert len(objects) > 60
    assert [name for name, schema in sorted(objects.items()) if schema.get("additionalProperties") is not False] == []


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


def test_c8_no_xml_is_parsed_but_that_of_sheets_which_declares_nothing() -> None:
    """A sheet that declares an entity is refused before it is read: `test_adapters_sheets`."""
    parsers = {
        (path.name, ast.unparse(node))
        for path, node in nodes()
        if (isinstance(node, ast.Import) and any(alias.name.split(".")[0] in XML for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in XML)
    }
    assert parsers == {("sheets.py", "from xml.etree.ElementTree import ParseError")}


def test_c14_no_screen_writes_markup_or_code_from_a_text() -> None:
    """React writes a name as text; these are the ways round it."""
    screens = [path for kind in ("*.ts", "*.tsx") for path in (ROOT / "ui" / "src").rglob(kind)]
    assert len(screens) > 100
    assert [(path.name, word) for path in screens for word in MARKUP if word in path.read_text()] == []


ENDED = {"/api/session", "/api/session/keys/{key}", "/api/views/{grant}"}
"""What `DELETE` ends: a sign-in, an own security key, a viewing. No record and no footage."""


def test_d1_no_way_of_the_api_deletes_what_was_recorded() -> None:
    assert {path for path, ways in openapi_document()["paths"].items() if "delete" in ways} == ENDED
