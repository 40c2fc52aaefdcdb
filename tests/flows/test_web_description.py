"""The API against its own description: every operation answers what it declares, whoever asks and whatever is asked.

The description is the program's own; schemathesis reads it, makes requests that fit it and requests that do not, and
holds status, content type, headers and body of each answer to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeVar

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from good_calls import CITED, NAMES, Call, Town, good_call
from mingjian.app import identity
from mingjian.governance.authority import Role, role_allows
from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.clock import UtcNs
from mingjian.web.api import BODY_BYTES, openapi_document
from mingjian.web.guard import COOKIE, Policy, declared
from web_world import ORIGIN, World

EXAMPLES = len(NAMES) - 1
"""Of each kind and operation: some five thousand requests in all. Making one takes longer than asking it."""
ABROAD = ("state1", "cityhead", "bureau", "education", "hotel")
"""State security, public security above, a department's desk and its officer, a unit: one more asks each case."""
Told = TypeVar("Told")
LONGEST_URL = 60_000
"""The client that asks refuses longer ones."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(openapi_document(), config=SchemathesisConfig())
OPERATIONS = {found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()}
NEVER_DONE_HERE = {
    "set_up": "the first administrator exists",
    "enrol": "needs a code that is shown once",
    "sign_in": "needs the code of the moment",
    "prove_session": "needs the code of the moment",
    "ask_key_sign_in": "needs a registered key",
    "sign_in_by_key": "needs a key's answer",
    "register_key": "needs a key's answer",
    "remove_key": "needs a registered key",
    "ask_key_proof": "needs a registered key",
    "prove_by_key": "needs a key's answer",
    "change_password": "needs the pass-phrase in force, and ends it for all that come after",
    "answer_provider": "needs what the provider gave the browser",
    "finish_provider_by_code": "needs a ticket and the code of the moment",
    "ask_provider_key": "needs a ticket and a registered key",
    "finish_provider_by_key": "needs a key's answer",
    "signed_out_at_provider": "needs a token that the provider signed",
    "begin_provider_proof": "needs a session that came by the provider",
    "prove_at_provider": "needs a session that came by the provider",
    "sign_presence": "needs an officer's code of the moment, in an approved request",
    "export_request": "needs two officers present",
    "complete_request": "needs a finished package",
    "read_export": "needs an export",
    "cancel_export": "needs an export",
    "seal_package": "needs a finished package",
    "take_share": "needs a sealed package",
    "show_share_at_counter": "needs a sealed package and an officer's code of the moment",
    "open_download": "needs a sealed package",
    "fetch_sealed_package": "needs an opened download",
    "organise_plan": "another operation's plan of this county is still open",
    "add_attachment": "needs a file with a name, which generated parts have not",
    "keep_post_decision": "needs a file with a name, which generated parts have not",
    "import_sheet": "needs a file with a name, which generated parts have not",
    "enrol_officer": "needs a file with a name, which generated parts have not",
    "add_scan": "needs a file with a name, which generated parts have not",
    "keep_private_scan": "needs a file with a name, which generated parts have not",
    "trace_leak": "needs a picture, which generated parts are not",
}
"""Operations whose success other tests show; here their refusals are held to the description."""


class Desk:
    """Does one thing after another in one task of one loop, whose threads stay: a new loop would start new ones."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._wanted: asyncio.Queue[tuple[Coroutine[Any, Any, Any], asyncio.Future[Any]] | None] = asyncio.Queue()
        self._task = self._loop.create_task(self._work())

    async def _work(self) -> None:
        while (wanted := await self._wanted.get()) is not None:
            coroutine, told = wanted
            try:
                told.set_result(await coroutine)
            except Exception as error:  # noqa: BLE001 - it belongs to whoever asked
                told.set_exception(error)

    def run(self, coroutine: Coroutine[Any, Any, Told]) -> Told:
        """What the coroutine returns; its error is raised here."""
        told: asyncio.Future[Told] = self._loop.create_future()
        self._wanted.put_nowait((coroutine, told))
        return self._loop.run_until_complete(told)

    def close(self) -> None:
        self._wanted.put_nowait(None)
        self._loop.run_until_complete(self._task)
        self._loop.close()


class Asked:
    """A world with something of each kind in it, and forms that are right."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.policies = {getattr(context, "operation_id", ""): one for context, (one,) in declared(world.app)}
        self._desk = Desk()
        with world.store.reading() as uow:
            self._people = [person for name in NAMES.values() if (person := uow.people.named(name)) is not None]
        self.sessions: dict[str, dict[str, str]] = {}
        self.forms: dict[str, dict[str, Any]] = {}
        self.queries: dict[str, dict[str, Any]] = {}
        self.known: dict[str, Any] = {}

    def policy(self, operation: str) -> Policy | None:
        """The declared policy of an operation that performs acts."""
        found = self.policies[operation]
        return found if isinstance(found, Policy) else None

    def renew(self, operation: str, person: str) -> None:
        """Living things for `operation`, of whom `person` may do it to, whatever those before did to theirs."""
        policy = self.policy(operation)
        if policy is None:
            self.known = {**CITED, "key": "AAAA"}
            self.sessions.pop(person, None)  # one's own keys want a proof of just now
            return
        role = next(role for role, name in NAMES.items() if name == person)
        path = f"/api{OPERATIONS[operation].path.removeprefix('/api')}"

        self.forgive()

        async def made() -> Call:
            town = Town(self.world, role, await self.world.signed_in(person))
            self.sessions[person] = dict(town.client.cookies)  # a viewing belongs to the session that opened it
            return await good_call(town, operation, path, policy.acts[0])

        call = self._desk.run(made())
        self.known, self.forms[operation], self.queries[operation] = call.known, call.form, call.query

    def forgive(self) -> None:
        """What was tried with generated values leaves no trace that the next one meets.

        Nobody is delayed, whom it was about is who he was, and the unit's grounds for looking back are the usual ones.
        """
        with self.world.store.writing() as uow:
            uow.people.forget_failures(UtcNs(self.world.clock.now() + 1))
            for person in self._people:
                uow.people.save(person)
                uow.register.set_purposes(person.unit, DEFAULTS)

    def close(self) -> None:
        self._desk.close()
        self.world.close()

    def session(self, name: str) -> dict[str, str]:
        """The cookie of a living session of `name`: an operation may have ended the one before."""
        known = self.sessions.get(name, {})
        if identity.actor_of(self.world.store, known.get(COOKIE), clock=self.world.clock) is None:
            self.forgive()
            answer = self.answer("POST", "/api/session", json=self.world.credentials(name))
            assert answer.status_code == 200, answer.text
            self.world.clock.advance(60)  # the next code of this person is then in reach
            known = self.sessions[name] = dict(answer.cookies)
        return known

    def answer(self, method: str, url: str, *, cookies: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """What the application answers to one request from its own page."""

        async def asked() -> httpx.Response:
            async with self.world.client() as client:
                client.cookies.update(cookies or {})
                return await client.request(method, url, **more)

        return self._desk.run(asked())


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    found = Asked(World(tmp_path_factory.mktemp("described"), county=True))
    found.world.publish()
    yield found
    found.close()


def whose(asked: Asked, operation: str) -> str:
    """The manager where the operation is for him, else whoever it is for."""
    policy = asked.policy(operation)

    def may(role: Role) -> bool:
        return policy is None or any(role_allows(act, frozenset({role})) for act in policy.acts)

    return "manager" if may(Role.UNIT_MANAGER) else next(name for role, name in NAMES.items() if may(role))


TURNED = ("not", "towards what exists", "half right", "right")


@st.composite
def fitting(
    draw: st.DrawFn, operation: APIOperation[Any, Any, Any], asked: Asked, turns: Sequence[str] = TURNED
) -> Case:
    """A request by the description alone, or turned towards what exists, with a form that is half or wholly right."""
    case: Case = draw(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    identifier = operation.definition.raw["operationId"]
    turned = draw(st.sampled_from(turns))
    if turned != "not":
        for name in set(case.path_parameters or ()) & set(asked.known):
            case.path_parameters[name] = asked.known[name]
    form = asked.forms.get(identifier)
    if turned in ("half right", "right") and form is not None:
        odd = case.body if turned == "half right" and isinstance(case.body, dict) else {}
        taken = draw(st.sets(st.sampled_from(sorted(odd)), max_size=2)) if odd else set()
        case.body = form | {name: odd[name] for name in taken}
    if turned == "right":
        case.query = asked.queries.get(identifier, {})
    return case


def statuses(
    cases: st.SearchStrategy[Case],
    asked: Asked,
    cookies: dict[str, str],
    *more: Any,
    others: Sequence[str] = (),
) -> set[int]:
    """Ask, hold each answer to the description (and to `more` checks), and say what was answered.

    Each case is asked again by one of `others` and one from `ABROAD`, in turn, whose answers are only held to the
    description; where there are fewer cases than people, the last one is asked by all who are left.
    """
    found: set[int] = set()
    turns = [list(others), list(ABROAD) if others else []]
    last: list[Callable[[str], None]] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Case) -> None:
        wanted = requests.Request(**case.as_transport_kwargs(base_url=ORIGIN)).prepare()
        assert wanted.method is not None
        assert wanted.url is not None
        assume(len(wanted.url) < LONGEST_URL)
        assume(len(wanted.body or b"") <= BODY_BYTES)  # what is larger has an answer and a test of its own
        sent = {"headers": dict(wanted.headers), "content": wanted.body}
        response = asked.answer(wanted.method, wanted.url, cookies=cookies, **sent)
        found.add(response.status_code)
        case.validate_response(response, checks=[*CHECKS, *more])

        def again(name: str) -> None:
            answer = asked.answer(wanted.method, wanted.url, cookies=asked.session(name), **sent)
            case.validate_response(answer, checks=CHECKS)

        last[:] = [again]
        for people in turns:
            if people:
                again(people.pop(0))

    ask()
    for name in (*turns[0], *turns[1]):
        last[0](name)
    return found


def test_every_operation_is_asked() -> None:
    assert len(OPERATIONS) > 35
    assert set(NEVER_DONE_HERE) <= set(OPERATIONS)


def asked_for(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, schema) of every value that a request may hold, references followed."""

    def below(where: str, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        yield where, schema
        for choice in schema.get("anyOf", []):
            yield from below(where, choice)
        for name, inner in schema.get("properties", {}).items():
            yield from below(f"{where}.{name}", inner)
        if "items" in schema:
            yield from below(f"{where}[]", schema["items"])

    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                yield from below(f"{operation['operationId']}.{parameter['name']}", parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from below(operation["operationId"], content["schema"])


def test_every_number_asked_for_has_a_least_and_a_most() -> None:
    found = [(where, schema) for where, schema in asked_for(openapi_document()) if schema.get("type") == "integer"]
    assert len(found) > 8
    assert [where for where, schema in found if not {"minimum", "maximum"} <= schema.keys()] == []


@pytest.mark.parametrize("before", [-1, 1 << 53, 10**30])
@pytest.mark.parametrize(
    "path", ["/api/ledger/entries?before={}", "/api/ledger/entries/{}/proof", "/api/register?before={}"]
)
def test_a_number_that_no_register_reaches_is_refused(asked: Asked, path: str, before: int) -> None:
    for name in ("auditor", "manager"):
        answer = asked.answer("GET", path.format(before), cookies=asked.session(name))
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "input.invalid")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_answers_as_it_declares(operation: str, asked: Asked) -> None:
    name = whose(asked, operation)
    asked.renew(operation, name)
    others = [other for other in NAMES.values() if other != name]
    answered = statuses(fitting(OPERATIONS[operation], asked), asked, asked.session(name), others=others)
    if operation not in NEVER_DONE_HERE and min(answered) >= 300:  # no right one was among so few
        asked.renew(operation, name)
        answered = statuses(fitting(OPERATIONS[operation], asked, TURNED[-1:]), asked, asked.session(name))
    if operation not in NEVER_DONE_HERE:
        assert {status for status in answered if status < 300}, answered


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_an_operation_refuses_nobody_as_it_declares(operation: str, asked: Asked) -> None:
    asked.renew(operation, whose(asked, operation))
    answered = statuses(fitting(OPERATIONS[operation], asked), asked, {})
    if asked.policy(operation) is not None:
        assert 401 in answered
        assert answered <= {401, 404}  # a path of dots leads to another address, or to none


@pytest.mark.parametrize("operation", sorted(name for name, one in OPERATIONS.items() if one.body or one.query))
def test_what_the_description_forbids_is_refused(operation: str, asked: Asked) -> None:
    cases = OPERATIONS[operation].as_strategy(generation_mode=GenerationMode.NEGATIVE)
    name = whose(asked, operation)
    asked.renew(operation, name)
    answered = statuses(cases, asked, asked.session(name), negative_data_rejection)
    if OPERATIONS[operation].body:  # a parameter that no query has is passed over, as everywhere
        assert answered <= {400, 404, 405, 422}
