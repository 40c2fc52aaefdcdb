"""The verifier before each field of a package with each odd value: always a verdict, never a pass, never a stumble."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fuzz.packages import PASSED, VALUES, good, judged, sealed

from vectors.build_vectors import STRANGER

CHAIN = "chain/cam-a.jsonl"


def fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field below, of a list the first item's."""
    keys: Any = value if isinstance(value, dict) else range(min(len(value), 1)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from fields(value[key], (*path, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = copy.deepcopy(odd)


def verdict(members: dict[str, bytes], path: tuple[Any, ...] = (), odd: Any = None) -> int:
    """Of a package whose manifest fits `members`, then has `odd` at `path`, and is signed by nobody known."""

    def edit(manifest: Any) -> None:
        if path:
            put(manifest, path, odd)
        if path[:1] != ("keys",):
            manifest["keys"] = []  # no signature is tried: what follows is judged all the same

    return judged(sealed(members, STRANGER, edit), None)


@pytest.mark.parametrize("odd", VALUES, ids=lambda odd: str(odd)[:20].encode("ascii", "replace").decode())
def test_any_value_in_any_field_of_the_manifest_and_the_proofs(odd: Any) -> None:
    members = good()
    for path in fields(json.loads(members["manifest.json"])):
        assert verdict(members, path, odd) not in PASSED, path
    proofs = json.loads(members["proofs.json"])
    for path in fields(proofs):
        changed = copy.deepcopy(proofs)
        put(changed, path, odd)
        assert verdict({**members, "proofs.json": json.dumps(changed).encode()}) not in PASSED, path


@pytest.mark.parametrize("odd", VALUES, ids=lambda odd: str(odd)[:20].encode("ascii", "replace").decode())
def test_any_value_in_any_field_of_a_chain_linked_anew(odd: Any) -> None:
    lines = good()[CHAIN].split(b"\n")[:-1]
    kinds = {json.loads(line)["kind"]: number for number, line in enumerate(lines)}
    assert {"FRAG", "GAP", "OPEN"} <= kinds.keys()
    for number in kinds.values():
        for path in fields(json.loads(lines[number])):
            made = lines[:number]
            for line in lines[number:]:
                entry = json.loads(line)
                if len(made) == number:
                    put(entry, path, odd)
                elif isinstance(entry, dict):
                    entry["prev"] = hashlib.sha256(made[-1]).hexdigest()
                made.append(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode())
            assert verdict({**good(), CHAIN: b"".join(line + b"\n" for line in made)}) not in PASSED, path
