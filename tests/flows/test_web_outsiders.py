"""The route matrix over organs (B1, B2, B7): each call that succeeds for its owner, made by every other kind of organ.

`docs/ref/organs.md` is what comes out; `make matrix` writes it anew.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web_policies import Way, ways

from good_calls import NAMES, Call, Town, good_call
from mingjian.app.seed import COUNTY
from mingjian.app.seed_county import PROVINCE
from mingjian.bootstrap.web import media_services
from mingjian.governance.authority import ADMINISTRATIONS, RULES, Role, role_allows
from mingjian.governance.organs import Organ, OrganKind
from mingjian.governance.planning import OPEN
from mingjian.web.api import create_app
from mingjian.web.guard import Policy
from mingjian.web.media import media_router
from outsiders import NEXT_COUNTY, OUTSIDERS, WORKING, Outsider, proven_again, signed_in
from web_world import World

TABLE = Path(__file__).parents[2] / "docs" / "ref" / "organs.md"
PUBLIC = {"organ", "index", "path", "zoom", "column", "row", "what", "question", "instrument", "citation"}
"""Parameters that name nothing of anybody's: organs are public (units are not), the rest are numbers and words."""
OWN_FIRST = (Role.UNIT_MANAGER, Role.PLANNER)
READS = {
    "list_organs": "read_organ",
    "list_people": "read_person",
    "list_places": "read_place",
    "list_cameras": "read_camera",
    "list_requests": "read_request",
    "list_exports": "read_export",
    "list_register": "read_register_entry",
    "list_leaks": "read_leak",
    "list_private_viewings": "read_private_viewing",
    "list_redactions": "read_redaction",
    "list_plans": "read_plan",
    "list_designation_reports": "read_designation_report",
    "list_systems": "read_system",
    "list_filings": "read_filing",
    "list_complaints": "read_complaint",
}
"""Each list of objects that have a page, with that page: who sees the line may open the page, and nobody else."""
NO_PAGE = {
    "list_recoveries": "confirmed in the list",
    "list_posts": "part of a person's page",
    "list_uses": "lines of the register",
    "list_purposes": "words of the own unit",
    "list_own_sealings": "the own packages alone",
    "list_removals": "part of a system's page",
    "list_procurements": "part of a system's page",
    "list_ledger_entries": "the own unit's entries",
    "list_duties": "what others' pages owe",
    "list_late_around": "what others' pages owe",
    "list_required_parts": "counted by scope",
    "list_accusable_organs": "organs are public",
    "list_audit_questions": "words",
    "list_rights_choices": "the own unit's names",
    "list_rights_about_camera": "an explanation",
    "list_rights_of_person": "an explanation",
    "list_sectors": "words",
    "list_instruments": "words",
    "list_matters": "words",
    "list_place_kinds": "words",
    "list_forbidden_places": "words",
}
"""Lists of what has no page of its own. That a stranger finds nothing in them is looked at all the same."""
MOST_READ = 6
STRANGERS = (
    Outsider(OrganKind.UNIT, NEXT_COUNTY),
    Outsider(OrganKind.GOVERNMENT, NEXT_COUNTY),
    Outsider(OrganKind.PUBLIC_SECURITY, NEXT_COUNTY),
    Outsider(OrganKind.STATE_SECURITY, PROVINCE),
    Outsider(OrganKind.DEPARTMENT, COUNTY, "health"),
)

Ask = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    screens = tmp_path / "screens"
    screens.mkdir()
    (screens / "index.html").write_text("<title>明鉴</title>")
    world = World(tmp_path, county=True)
    world.app = create_app(
        replace(world.services, screens=screens), extra_routers=[media_router(media_services(world.opened))]
    )
    world.publish()
    yield world
    world.close()


def owner_of(way: Way) -> Role | None:
    """Who makes the call that succeeds: the management of the unit, the planner of the government, or who else may."""
    if not isinstance(way.policy, Policy):
        return None
    return next(role for role in (*OWN_FIRST, *NAMES) if role_allows(way.policy.acts[0], frozenset({role})))


def asking(way: Way, call: Call) -> Ask:
    path = str(way.route.path)
    for name in way.route.param_convertors:
        path = path.replace("{" + name + "}", call.known[name]).replace("{" + name + ":path}", call.known[name])
    (method,) = way.route.methods
    if call.files is not None:
        return lambda client: client.post(path, data=call.form, files=call.files, params=call.query)
    form = call.form if method in ("POST", "PATCH", "PUT") else None
    return lambda client: client.request(method, path, json=form, params=call.query)


def named(way: Way) -> set[str]:
    """The parameters of the path that name something of the owner's."""
    return set(way.route.param_convertors) - PUBLIC


def mark(status: int) -> str:
    return {404: "·", 403: "✗"}.get(status, "✓" if status < 300 else "△")


def told(marks: Mapping[str, Mapping[Outsider, str]]) -> str:
    """The table as a page."""
    lines = [
        "# What an organ may do with what another owns", "",
        "Each operation of the API that succeeds for its owner (the county's public security organ, or the people's",
        "government for its own), asked by a person of another organ or unit who holds every role but those of the",
        "three administrators. Written by `make matrix`, held to it by `tests/flows/test_web_outsiders.py`.", "",
        "✓ done · △ permitted, then stopped by a later rule (state, form) · ✗ refused, and entered · a dot: not there.",
        "What is left out is for nobody of another organ: not there, or refused.", "",
        "| operation | " + " | ".join(one.name for one in OUTSIDERS) + " |", "|---" * (len(OUTSIDERS) + 1) + "|",
    ]  # fmt: skip
    everywhere = sorted(name for name, row in marks.items() if set(row.values()) == {"✓"})
    for name, row in marks.items():
        if name not in everywhere and set(row.values()) & {"✓", "△"}:
            lines.append(f"| `{name}` | " + " | ".join(row[one] for one in OUTSIDERS) + " |")
    lines += ["", "Done by each of them, on what is its own: " + ", ".join(f"`{name}`" for name in everywhere) + "."]
    return "\n".join(lines) + "\n"


def judged(way: Way, outsider: Outsider, roles: frozenset[Role], owner: Organ, answer: httpx.Response) -> None:
    """What the table of rights says of one answer about an object of `owner`."""
    act = way.policy.acts[0]
    rule, near = RULES[act], outsider.relations(owner)
    said = (way.name, outsider.name, sorted(roles), answer.status_code, answer.text[:300])
    assert answer.status_code < 500, said
    if not rule.roles & roles:
        assert answer.status_code in (403, 404), said
    elif named(way) and not near:
        assert answer.status_code == 404, said
    elif named(way) and not near & rule.relations:
        assert answer.status_code in (403, 404), said


@pytest.mark.timeout(300)  # every way in, by every kind of organ
async def test_b1_b2_b7_each_kind_of_organ_does_with_what_is_anothers_what_the_table_says_and_no_more(
    world: World,
) -> None:
    strangers = {one: signed_in(world, one) for one in OUTSIDERS}
    unit = OUTSIDERS[0]
    administrators = {role: signed_in(world, unit, frozenset({role})) for role in ADMINISTRATIONS}
    with world.store.reading() as uow:
        organs = {organ.id: organ for organ in uow.organs.listed()}
    towns: dict[Role, Town] = {}
    marks: dict[str, dict[Outsider, str]] = {}
    secrets: dict[str, set[str]] = {}
    for way in ways(world.app):
        role = owner_of(way)
        if role is None:
            continue
        if role not in towns:
            towns[role] = Town(world, role, await world.signed_in(NAMES[role]))
        call = await good_call(towns[role], way.name, str(way.route.path), way.policy.acts[0])
        for name in named(way) - {"entry", "use"}:
            secrets.setdefault(name, set()).add(call.known[name])
        proven_again(world)
        ask, owner = asking(way, call), organs[towns[role].unit()]
        for outsider, client in strangers.items():
            answer = await ask(client)
            judged(way, outsider, WORKING, owner, answer)
            marks.setdefault(way.name, {})[outsider] = mark(answer.status_code)
        for own, client in administrators.items():
            if own in RULES[way.policy.acts[0]].roles and named(way):
                judged(way, unit, frozenset({own}), owner, await ask(client))
    page = told(marks)
    if os.environ.get("MATRIX") == "write":
        TABLE.write_text(page)
    assert TABLE.read_text() == page, "make matrix writes the table anew; look at what changed"
    await nothing_is_told(world, secrets)
    people: dict[Any, httpx.AsyncClient] = {**strangers, **await staff(world)}
    await lists_are_what_opens(world, people)


async def staff(world: World) -> dict[Any, httpx.AsyncClient]:
    """The people of the county's public security organ, and a hotel's."""
    return {name: await world.signed_in(name) for name in (*NAMES.values(), "hotel", "state1", "bureau", "cityhead")}


async def nothing_is_told(world: World, secrets: Mapping[str, set[str]]) -> None:
    """No list, count, map or search of a stranger who has asked for nothing yet holds an id of what is another's."""
    far = [signed_in(world, one) for one in STRANGERS]
    far += [signed_in(world, STRANGERS[0], frozenset({role})) for role in ADMINISTRATIONS]
    for way in ways(world.app):
        if not isinstance(way.policy, Policy) or "GET" not in way.route.methods or way.route.param_convertors:
            continue
        query = {"q": "大厅"} if way.name in ("search", "search_cameras_to_ask") else {}
        for client in far:
            answer = await client.get(str(way.route.path), params=query)
            for name, hidden in secrets.items():
                if way.name == "search_cameras_to_ask" and name == "camera":
                    continue  # who may ask for a camera is told which there are
                assert not [one for one in hidden if one in answer.text], (way.name, name, answer.request.url)


async def lists_are_what_opens(world: World, people: Mapping[Any, httpx.AsyncClient]) -> None:
    """P11 over the API: for everybody a list holds exactly the objects whose pages open."""
    paths = {way.name: way for way in ways(world.app)}
    assert {name for name in paths if name.startswith("list_")} == set(READS) | set(NO_PAGE)
    for listing, reading in READS.items():
        seen: dict[Any, list[str]] = {}
        for who, client in people.items():
            answer = await client.get(str(paths[listing].route.path))
            rows = answer.json() if answer.status_code == 200 else []
            rows = rows["organs"] if isinstance(rows, dict) else rows
            seen[who] = [str(row.get("id", row.get("index"))) for row in rows]
        by_turns = zip_longest(*(lines[:MOST_READ] for lines in seen.values()), fillvalue="")
        known = [one for one in dict.fromkeys(one for turn in by_turns for one in turn) if one]
        assert known, f"{listing} is empty for everybody: nothing is compared"
        path, (parameter,) = str(paths[reading].route.path), paths[reading].route.param_convertors
        for who, client in people.items():
            for one in known[: 2 * MOST_READ]:
                answer = await client.get(path.replace("{" + parameter + "}", one))
                opens = answer.status_code == 200
                if opens and listing == "list_plans" and answer.json()["state"] in OPEN:
                    continue  # what was published opens for everybody who has its address (article 6)
                assert opens == (one in seen[who]), (listing, who, one, opens)
