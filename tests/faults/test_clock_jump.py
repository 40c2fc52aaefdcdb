"""The clock jumps: nothing expires until two persons confirm, and then never before the real floor (I2, I13)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.adapters.clock_file import CLOCK_FILE
from mingjian.adapters.disk import OsDisk
from mingjian.bootstrap.assignment import Assignment
from mingjian.bootstrap.clock_watch import ClockWatch, may_expire, settle
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.recorder import RecorderWorker
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.volumes import create_volume
from mingjian.governance.authority import Act
from mingjian.governance.clock_freeze import FREEZE, OPEN, FreezeState, FreezeStep
from mingjian.governance.organs import OrganKind
from mingjian.kernel.clock import DAY_NS, SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.clock_trust import (
    BELIEVED_JUMP_NS,
    MOST_STEPS,
    ClockMemory,
    Sample,
    Seen,
    judge,
    released,
)
from mingjian.storage.expiry import (
    BELIEVED_SILENCE_NS,
    ClockStep,
    Expiry,
    HeldContainer,
    due,
    expire_forgotten,
    no_holds,
)
from mingjian.storage.volume import VolumeIdentity, VolumeKind, create
from outsiders import Outsider, signed_in
from storage_world import SIGNER, STREAM, FakeDisk, House
from web_world import World

DAY_S = 86_400
FLOOR_S, CEILING_S = 30 * DAY_S, 31 * DAY_S


def lawful(name: str) -> VolumeIdentity:
    return VolumeIdentity(name, VolumeKind.STANDARD, "test", ManualClock().now(), FLOOR_S, CEILING_S, 1 << 40)


@dataclass
class Kept:
    """A recording house on two lawful volumes, the watch over its clock, and what its recorder deletes."""

    house: House
    folder: Path
    boot: str = "first boot"
    deleted: list[StreamId] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart(self.boot)

    def restart(self, boot: str) -> None:
        """Another start of the machine: monotonic time begins anew and compares with nothing before."""
        if boot != self.boot:
            self.house.clock.monotonic = 0
        self.boot = boot
        self.watch = ClockWatch(self.folder, self.house.disk, self.house.clock, boot, token_bytes)
        self.expiries = [Expiry(self.house.disk, one, self.house.committer) for one in self.house.volumes]

    def live(self, days: int) -> None:
        """So many days in which another camera records, so that somebody's clock went through them."""
        for _ in range(days):
            self.house.clock.advance(DAY_S - 60)
            steady = self.house.open("steady")
            self.house.feed(steady, 2)
            steady.close()
            self.house.clock.advance(58)
            self.look()

    def look(self) -> ClockMemory:
        return self.watch.look(self.house.volumes)

    def expire(self, recorded: Sequence[str] = ()) -> int:
        """One pass as a recorder makes it; how many containers went."""
        known, now = self.look(), self.house.clock.now()
        streams = [StreamId(stream) for stream in recorded]
        done = []
        for expiry in self.expiries:
            if may_expire(known, expiry.volume):
                done += expiry.once(streams, now, no_holds, known.steps)
                done += expire_forgotten(expiry, self.house.committer, streams, now, no_holds, known.steps)
        self.deleted += [one.container.stream for one in done]
        return len(done)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    disk = FakeDisk()
    volumes = [create(disk, f"/{name}", lawful(name), SIGNER) for name in ("v1", "v2")]
    house = House(disk, tmp_path / "catalogue.sqlite", volumes=volumes)
    yield Kept(house, tmp_path)
    house.catalogue.close()


def recorded(kept: Kept, stream: StreamId = STREAM, seconds: float = 20) -> None:
    """Footage of a camera that is then recorded no more."""
    recorder = kept.house.open(stream)
    kept.house.feed(recorder, seconds)
    recorder.close()


def test_forty_days_forward_while_running_delete_nothing_even_of_cameras_that_nobody_records(kept: Kept) -> None:
    recorded(kept)
    assert kept.expire() == 0
    kept.house.clock.step_wall(40 * DAY_S)
    assert kept.expire() == 0
    assert kept.expire() == 0
    freeze = kept.look().freeze
    assert freeze is not None
    assert (freeze.seen, freeze.found - freeze.at_found) == (Seen.RUNNING, 40 * DAY_NS)


def test_forty_days_forward_between_two_starts_delete_nothing(kept: Kept) -> None:
    recorded(kept)
    assert kept.expire() == 0
    kept.house.clock.step_wall(40 * DAY_S)
    kept.house.restart()
    kept.restart("second boot")
    assert kept.expire() == 0
    freeze = kept.look().freeze
    assert freeze is not None
    assert freeze.seen is Seen.START


def test_forty_days_forward_before_anything_was_remembered_delete_nothing(kept: Kept) -> None:
    recorded(kept)
    kept.house.clock.step_wall(40 * DAY_S)
    assert kept.expire() == 0
    (kept.folder / CLOCK_FILE).write_text("{")
    kept.house.clock.step_wall(-40 * DAY_S)
    assert kept.look().freeze is not None  # what vouched for the clock is lost: persons must


def test_the_freeze_outlives_restarts_and_the_clock_set_right_again(kept: Kept) -> None:
    recorded(kept)
    kept.expire()
    kept.house.clock.step_wall(40 * DAY_S)
    first = kept.look().freeze
    kept.house.restart()
    kept.restart("second boot")
    assert kept.look().freeze is not None
    kept.house.clock.step_wall(-40 * DAY_S)
    after = kept.look()
    assert first is not None
    assert after.freeze is not None
    assert after.freeze.mark != first.mark  # what was vouched for before is not this
    assert abs(after.by_ns) < SECOND_NS
    kept.house.clock.advance(32 * DAY_S)
    assert kept.expire() == 0


def test_once_confirmed_expiry_goes_on_but_never_before_the_real_floor(kept: Kept) -> None:
    """Confirmed although the clock was still 40 days ahead: the later deadline holds on every volume and stream."""
    recorded(kept)
    kept.expire()
    kept.house.clock.step_wall(40 * DAY_S)
    freeze = kept.look().freeze
    assert freeze is not None
    assert kept.watch.release("another") is not None
    assert kept.look().freeze is not None
    kept.watch.release(freeze.mark)
    assert kept.look().freeze is None
    for passed in range(31):
        assert kept.expire() == 0, f"deleted after {passed} real days"
        kept.live(1)
    kept.live(1)
    assert kept.expire() >= 1
    assert STREAM in kept.deleted
    assert kept.house.problems() == []


def test_a_clock_set_right_and_confirmed_lets_everything_go_in_its_time(kept: Kept) -> None:
    recorded(kept)
    kept.expire()
    kept.house.clock.step_wall(40 * DAY_S)
    kept.look()
    kept.house.clock.advance(3600)
    kept.look()
    kept.house.clock.step_wall(-40 * DAY_S)
    freeze = kept.look().freeze
    assert freeze is not None
    released_as = kept.watch.release(freeze.mark)
    assert released_as is not None
    assert released_as.steps == ()
    kept.live(32)
    kept.expire()
    assert STREAM in kept.deleted


def test_mutant_expiry_that_believes_the_wall_clock_deletes_yesterday() -> None:
    """Without what the installation remembers, footage on a volume that no epoch wrote since is gone at once."""
    now = UtcNs(1_800_000_000 * SECOND_NS)
    yesterday = HeldContainer(STREAM, "a.mp4", 1, 0, 9, _day_before(now), 1)
    jumped = UtcNs(now + 40 * DAY_NS)
    terms: dict[str, Any] = {"floor_ns": 30 * DAY_NS, "ceiling_ns": 31 * DAY_NS, "holds": (), "steps": ()}
    assert due([yesterday], jumped, **terms) == [yesterday]
    assert due([yesterday], jumped, **terms, confirmed=[ClockStep(jumped, 40 * DAY_NS)]) == []
    twice = terms | {"steps": [ClockStep(jumped, 40 * DAY_NS)]}
    later = UtcNs(jumped + 31 * DAY_NS)
    assert due([yesterday], later, **twice, confirmed=[ClockStep(jumped, 40 * DAY_NS)]) == [yesterday]


def _day_before(now: UtcNs) -> Period:
    return Period(UtcNs(now - DAY_NS - SECOND_NS), UtcNs(now - DAY_NS))


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("one hour back", [(-3600.0, 0.0)]),
        ("summer time and back", [(3600.0, 60.0), (-3600.0, 60.0)]),
        ("a wrong zone", [(8 * 3600.0, 60.0), (-8 * 3600.0, 60.0)]),
        ("a leap second smeared over a day", [(1 / 24, 3600.0)] * 24),
        ("a leap second stepped", [(-1.0, 1.0), (1.0, 1.0)]),
        ("a crystal 200 ppm off, without NTP for a year", [(0.0002 * 7 * DAY_S, 7 * DAY_S)] * 52),
    ],
)
def test_what_clocks_ordinarily_do_freezes_nothing(kept: Kept, name: str, steps: list[tuple[float, float]]) -> None:
    recorded(kept)
    for step_s, passed_s in steps:
        kept.look()
        kept.house.clock.advance(passed_s)
        kept.house.clock.step_wall(step_s)
        assert kept.look().freeze is None, name


def test_one_hour_back_leaves_an_unbroken_line_and_no_negative_time(kept: Kept) -> None:
    recorder = kept.house.open()
    kept.house.feed(recorder, 20)
    kept.house.clock.step_wall(-3600)
    recorder.tick()
    kept.house.feed(recorder, 20)
    recorder.close()
    assert kept.house.problems() == []
    kept.house.tail()
    assert all(row.t0 <= row.t1 for row in kept.house.catalogue.containers(STREAM, _always()))


def _always() -> Period:
    return Period(UtcNs(0), UtcNs(1 << 62))


def test_many_small_steps_are_one_large_one(kept: Kept) -> None:
    recorded(kept)
    kept.look()
    for _ in range(BELIEVED_JUMP_NS // (3600 * SECOND_NS)):
        kept.house.clock.step_wall(3600)
        assert kept.look().freeze is None
    kept.house.clock.step_wall(3600)
    assert kept.look().freeze is not None


@given(
    st.lists(
        st.tuples(st.integers(-60 * DAY_S, 60 * DAY_S), st.integers(0, 2 * DAY_S), st.booleans(), st.booleans()),
        max_size=12,
    )
)
def test_no_series_of_jumps_starts_and_confirmations_lets_footage_go_before_its_floor(
    moves: list[tuple[int, int, bool, bool]],
) -> None:
    """The real age is kept apart from every clock; off for up to a day at a start, which no clock can see."""
    wall = begun = 1_800_000_000
    real, monotonic, boot, unseen = 0, 0, 0, 0
    known = judge(None, _sample(wall, monotonic, boot), mark="0")
    footage = HeldContainer(STREAM, "a.mp4", 1, 0, 9, _until(begun), 1)
    for number, (step, passed, start, confirms) in enumerate(moves):
        real, wall, monotonic = real + passed, wall + passed + step, monotonic + passed
        if start:
            boot, monotonic, unseen = boot + 1, 0, unseen + 1
        now = _sample(wall, monotonic, boot)
        known = judge(known, now, mark=f"{number}")
        if confirms and known.freeze is not None:
            known = released(known, now, known.freeze.mark)
        if known.freeze is None and due(
            [footage], now.wall, floor_ns=30 * DAY_NS, ceiling_ns=31 * DAY_NS, holds=(), steps=(), confirmed=known.steps
        ):
            # a start may hide a day, and a step below the bound half of one: the rest must have passed
            hidden_ns = unseen * BELIEVED_SILENCE_NS + (unseen + len(known.steps) + 1) * BELIEVED_JUMP_NS
            assert real * SECOND_NS + hidden_ns >= 30 * DAY_NS


def _sample(wall_s: int, monotonic_s: int, boot: int) -> Sample:
    return Sample(UtcNs(wall_s * SECOND_NS), monotonic_s * SECOND_NS, str(boot))


def _until(second: int) -> Period:
    return Period(UtcNs((second - 1) * SECOND_NS), UtcNs(second * SECOND_NS))


def test_the_memory_of_jumps_is_bounded_and_forgets_only_in_favour_of_the_footage() -> None:
    known = ClockMemory(_sample(1_800_000_000, 0, 0), _sample(1_800_000_000, 0, 0))
    wall = 1_800_000_000
    for number in range(MOST_STEPS + 5):
        wall += 2 * DAY_S
        known = judge(known, _sample(wall, number, 0), mark=str(number))
        known = released(known, _sample(wall, number, 0), str(number))
    assert len(known.steps) == MOST_STEPS
    assert sum(step.by_ns for step in known.steps) > (MOST_STEPS + 4) * (2 * DAY_NS - SECOND_NS)


async def test_a_recorder_deletes_nothing_while_the_clock_is_not_believed(tmp_path: Path) -> None:
    clock, places = ManualClock(), DataDirectory(tmp_path / "data")
    places.create()
    settings = Settings(host="127.0.0.1", tls=False, recorders=1)
    volume = create_volume(tmp_path / "v", places=places, settings=settings, clock=clock, throw_away=False)
    house = House(OsDisk(), tmp_path / "catalogue.sqlite", clock=clock, volumes=[volume])  # type: ignore[arg-type]  # its disk is the Disk port's
    recorder = house.open()
    house.feed(recorder, 20)
    recorder.close()
    house.committer.stop()
    worker = RecorderWorker(number=0, places=places, settings=settings, sealer=NoSealer(), clock=clock)
    try:
        await worker._apply(Assignment((), (volume.root,), ()))
        await worker._expire()
        clock.step_wall(40 * DAY_S)
        await worker._expire()
        assert list((tmp_path / "v").rglob("*.mp4"))
        freeze = ClockWatch(places.run, OsDisk(), clock, "", token_bytes).known()
        assert freeze is not None
        assert freeze.freeze is not None
        clock.step_wall(-40 * DAY_S)
        settled = worker._expiring.watch.look([volume]).freeze
        assert settled is not None
        worker._expiring.watch.release(settled.mark)
        for _ in range(64):
            clock.advance(DAY_S // 2)
            worker._expiring.watch.look([volume])
        held = Assignment((), (volume.root,), (), ((STREAM, 0, clock.now()),))
        await worker._apply(held)
        await worker._expire()
        assert list((tmp_path / "v").rglob("*.mp4")), "what a request wants stays, however old"
        await worker._apply(Assignment((), (volume.root,), ()))
        clock.advance(120)
        await worker._expire()
        assert not list((tmp_path / "v").rglob("*.mp4"))
    finally:
        if worker._committer is not None:
            worker._committer.stop()
        house.catalogue.close()


async def test_a_clock_that_jumps_before_the_first_look_for_deletions_deletes_nothing(tmp_path: Path) -> None:
    """What was recorded after the jump, on its day, does not vouch for it: the clock was read before that."""
    clock, places = ManualClock(), DataDirectory(tmp_path / "data")
    places.create()
    settings = Settings(host="127.0.0.1", tls=False, recorders=1)
    volume = create_volume(tmp_path / "v", places=places, settings=settings, clock=clock, throw_away=False)
    house = House(OsDisk(), tmp_path / "catalogue.sqlite", clock=clock, volumes=[volume])  # type: ignore[arg-type]  # its disk is the Disk port's
    worker = RecorderWorker(number=0, places=places, settings=settings, sealer=NoSealer(), clock=clock)
    try:
        await worker._apply(Assignment((), (volume.root,), ()))
        for stream in ("before", "after"):
            recorder = house.open(stream)
            house.feed(recorder, 20)
            recorder.close()
            clock.step_wall(40 * DAY_S if stream == "before" else 0)
        kept = sorted((tmp_path / "v").rglob("*.mp4"))
        await worker._expire()
        assert len(kept) >= 2
        assert sorted((tmp_path / "v").rglob("*.mp4")) == kept
    finally:
        if worker._committer is not None:
            worker._committer.stop()
        house.catalogue.close()


class NoSealer:
    """Nothing is stored in this test."""

    def seal(self, plain: bytes, *, context: str) -> bytes:
        return plain

    def open(self, sealed: bytes, *, context: str) -> bytes:
        return sealed


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


def watching(world: World) -> tuple[ClockWatch, list[Any]]:
    settings = world.opened.settings.model_copy(update={"installation": "standard"})
    volume = create_volume(
        world.folder / "volume", places=world.opened.places, settings=settings, clock=world.clock, throw_away=False
    )
    watch = ClockWatch(world.opened.places.run, OsDisk(), world.clock, "boot", token_bytes)
    settle(watch, world.store, [volume])
    return watch, [volume]


async def clock_of(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/storage/clock")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_two_different_persons_let_expiry_go_on_and_each_step_is_in_the_ledger(world: World) -> None:
    watch, volumes = watching(world)
    assert watch.look(volumes).freeze is None
    world.clock.step_wall(40 * DAY_S)
    settle(watch, world.store, volumes)
    settle(watch, world.store, volumes)
    admin, manager, duty = [await world.signed_in(name) for name in ("admin", "manager", "duty")]
    told = (await clock_of(admin))["freeze"]
    assert told["state"] == "frozen"
    assert (told["found_ms"] - told["expected_ms"]) // 1000 == 40 * DAY_S
    assert told["steps"] == [{"step": "vouch", "may": True}]
    form = {"mark": told["mark"], "how": "与北京时间授时核对一致"}
    for client, path, status in (
        (manager, "vouch", 403),
        (duty, "vouch", 403),
        (manager, "confirm", 403),
        (admin, "confirm", 403),
    ):
        answer = await client.post(f"/api/storage/clock/{path}", json=form)
        assert answer.status_code == status, answer.text
    assert (await admin.post("/api/storage/clock/vouch", json=form)).status_code == 200
    assert (await admin.post("/api/storage/clock/confirm", json=form)).status_code == 403
    settle(watch, world.store, volumes)
    assert watch.look(volumes).freeze is not None
    assert (await manager.post("/api/storage/clock/doubt", json=form)).status_code == 200
    assert (await manager.post("/api/storage/clock/confirm", json=form)).status_code == 403
    assert (await admin.post("/api/storage/clock/vouch", json=form)).status_code == 200
    told = (await clock_of(manager))["freeze"]
    assert {one["step"]: one["may"] for one in told["steps"]} == {"confirm": True, "doubt": True}
    tenant = signed_in(world, Outsider(OrganKind.UNIT, "340421"))
    assert not any(one["may"] for one in (await clock_of(tenant))["freeze"]["steps"])
    for path in ("confirm", "doubt"):
        answer = await tenant.post(f"/api/storage/clock/{path}", json=form)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "clock.keeper")
    assert (await manager.post("/api/storage/clock/confirm", json=form)).status_code == 200
    assert (await clock_of(manager))["freeze"] is None
    settle(watch, world.store, volumes)
    assert watch.look(volumes).freeze is None
    kinds = [one["kind"] for one in world.entries() if one["kind"].startswith("clock.")]
    assert kinds == ["clock.frozen", "clock.vouched", "clock.doubted", "clock.vouched", "clock.confirmed"]
    first = world.entries("clock.frozen")[0]
    assert first["facts"]["by_s"] == 40 * DAY_S


async def test_a_second_jump_voids_what_was_vouched_for(world: World) -> None:
    watch, volumes = watching(world)
    world.clock.step_wall(40 * DAY_S)
    settle(watch, world.store, volumes)
    admin, manager = [await world.signed_in(name) for name in ("admin", "manager")]
    form = {"mark": (await clock_of(admin))["freeze"]["mark"], "how": "与北京时间授时核对一致"}
    assert (await admin.post("/api/storage/clock/vouch", json=form)).status_code == 200
    world.clock.step_wall(3 * DAY_S)
    settle(watch, world.store, volumes)
    admin, manager = [await world.signed_in(name) for name in ("admin", "manager")]
    answer = await manager.post("/api/storage/clock/confirm", json=form)
    assert answer.status_code in (403, 409)
    settle(watch, world.store, volumes)
    assert watch.look(volumes).freeze is not None
    told = (await clock_of(manager))["freeze"]
    assert (told["state"], told["voucher_name"]) == ("frozen", "")
    assert told["mark"] != form["mark"]


def test_no_path_through_the_table_confirms_without_both_persons() -> None:
    paths: list[tuple[FreezeState, frozenset[Act]]] = [(FreezeState.FROZEN, frozenset())]
    seen: set[tuple[FreezeState, frozenset[Act]]] = set()
    while paths:
        at, done = paths.pop()
        if (at, done) in seen:
            continue
        seen.add((at, done))
        for (state, _), passage in FREEZE.items():
            if state is at:
                paths.append((passage.next, done | ({passage.act} if passage.act else set())))
    assert all({Act.CLOCK_VOUCH, Act.CLOCK_CONFIRM} <= done for at, done in seen if at is FreezeState.CONFIRMED)
    assert {at for at, _ in seen} == set(FreezeState)
    assert {step for _, step in FREEZE} == set(FreezeStep)
    assert frozenset({FreezeState.FROZEN, FreezeState.VOUCHED}) == OPEN
