"""What it costs to ask again whether each of 200 viewers may still see what he sees, and to decide at all."""

from __future__ import annotations

import os
import time
from secrets import token_bytes

from bench import gates
from bench.gates import Gate
from bench.processes import scratch
from bench.report import machine
from bench.section import Section
from bench.stores_ledger import percentile
from mingjian.app import identity, views
from mingjian.app.credentials import fingerprint
from mingjian.app.records import Actor, Session
from mingjian.bootstrap.demo import DemoCamera, prepare_demo
from mingjian.bootstrap.law import rulebook
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.settings import load
from mingjian.governance.authority import RULES, Facts, Subject, decide
from mingjian.kernel.clock import DAY_NS, UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import PersonId, UnitId

NAME = "authorisation"
TITLE = "Authorisation"
P95_MS, VIEWERS, AGAIN_S = 5.0, 200, 2.0
"""The media path asks anew every two seconds."""
PERSON, UNIT = PersonId("bench"), UnitId("bench")


def run(quick: bool) -> Section:
    rounds = 3 if quick else 20
    with scratch() as folder:
        cameras = [DemoCamera("bench", "bench", "rtsp://127.0.0.1:9/main", "", "", "", 300_000)]
        prepare_demo(folder, port=1, witness_port=1, cameras=cameras)
        opened = open_installation(folder, load(folder, dict(os.environ)), keeps_catalogue=True)
        watching = viewers(opened)
        took = checks(opened, watching, rounds)
        opened.catalogue.close()
        opened.engine.dispose()
    pure_us = deciding(20 if quick else 200)
    busy = percentile(took, 50) * VIEWERS / (AGAIN_S * 1000)
    lines = [Gate("one check of one viewer, p95", percentile(took, 95), P95_MS, "ms")]
    text = f"""
{gates.table(lines)}
| | median | p95 | longest |
|---|---:|---:|---:|
| one check, ms | {percentile(took, 50):.2f} | {percentile(took, 95):.2f} | {max(took):.2f} |

{VIEWERS} viewers asked every {AGAIN_S:.0f} s keep {busy:.0%} of one core busy. `decide` alone
takes {pure_us:.1f} µs, the mean over every act.

Machine: {machine()}, SQLite.

Method: {VIEWERS} sessions of one watch officer, each with a live view of its own, are asked {rounds}
times in turn as the media path does: the session's token to its person as stored, the register entry with closing and
last seen, the decision.
"""
    return Section(text, all(gate.met for gate in lines))


def viewers(opened: Opened) -> list[tuple[str, str]]:
    """(token, grant) of each."""
    with opened.store.reading() as uow:
        person, camera = uow.people.named("duty"), uow.cameras.all_in_use()[0]
    assert person is not None
    law, found = rulebook(), []
    for number in range(VIEWERS):
        token, now = f"bench-{number:05}", opened.clock.now()
        session = Session(fingerprint(token), person.id, now, now, UtcNs(now + DAY_NS), now)
        with opened.store.writing() as uow:
            uow.people.add_session(session)
        actor = Actor(
            person.id, person.name, person.display_name, person.unit, person.unit_name, person.roles, session.id
        )
        grant = views.open_view(
            opened.store, actor=actor, clock=opened.clock, law=law, random=token_bytes, act=MediaAct.LIVE,
            cameras=[camera.id],
        )  # fmt: skip
        found.append((token, grant.id))
    return found


def checks(opened: Opened, watching: list[tuple[str, str]], rounds: int) -> list[float]:
    """Milliseconds of each check."""
    took = []
    for _ in range(rounds):
        for token, grant in watching:
            started = time.perf_counter()
            actor = identity.actor_of(opened.store, token, clock=opened.clock)
            standing = views.live_grant(opened.store, grant, actor=actor, clock=opened.clock)
            took.append((time.perf_counter() - started) * 1000)
            if standing is None:
                raise RuntimeError("a viewer who may look was refused")
    return took


def deciding(rounds: int) -> float:
    """Microseconds of one decision, over every act with a role that has it."""
    with_roles = [(Subject(PERSON, UNIT, rule.roles), act) for act, rule in RULES.items()]
    facts, now = Facts(purpose="核实报案时间"), UtcNs(0)
    started = time.perf_counter()
    for _ in range(rounds):
        for subject, act in with_roles:
            decide(subject, act, UNIT, facts, now)
    return (time.perf_counter() - started) / (rounds * len(with_roles)) * 1e6
