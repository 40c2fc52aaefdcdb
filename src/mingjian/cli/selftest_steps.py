"""The steps of the self-test, in order: each does one part of the main job as its users do, and returns a figure."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import av

from mingjian.audit.unseal import Sealed
from mingjian.audit.verify import CANNOT_DECIDE
from mingjian.bootstrap.demo import VOLUME_DIRECTORY
from mingjian.cli.selftest_client import STEP_S, Account, MediaFrame, User, is_open
from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.errors import RemoteError
from mingjian.processing.package_verify import verifier_source

INIT, LIVE, PLAYED = 1, 2, 3
LIVE_FRAMES = 50
LOOK_S = 0.25
START_MARGIN_MS = 2000
"""The gap before the first frame is over by then."""
START_S = 40
"""Processes, migrations and first fragments on a slow machine."""
EXPORT_S = 40
"""Heads enter the ledger every 10 s; then the package is built and verified."""


class StepFailed(Exception):
    """What was expected did not happen."""


@dataclass
class Selftest:
    """What the steps share: the running system, its people, and what earlier steps made."""

    url: str
    root: Path
    accounts: dict[str, Account]
    clock: Clock
    users: dict[str, User] = field(default_factory=dict)
    cameras: list[dict[str, Any]] = field(default_factory=list)
    request: str = ""
    package: bytes = b""
    since_ms: int = 0

    def user(self, name: str) -> User:
        """The person, signed in once."""
        if name not in self.users:
            self.users[name] = User(self.url, self.accounts[name], self.clock)
        return self.users[name]

    def wait(self, what: str, limit_s: float, ready: Callable[[], Any]) -> Any:
        """The first true answer of `ready`, asked again and again; StepFailed after `limit_s`."""
        until = self.clock.monotonic_ns() + round(limit_s * SECOND_NS)
        problem = ""
        while self.clock.monotonic_ns() < until:
            try:
                if found := ready():
                    return found
            except (RemoteError, OSError) as error:
                problem = f" ({error})"
            time.sleep(LOOK_S)
        raise StepFailed(f"{what}: not within {limit_s:.0f} s{problem}")

    def states(self) -> list[dict[str, Any]]:
        """The cameras as the manager sees them."""
        found: list[dict[str, Any]] = self.user("manager").call("GET", "/api/cameras")
        return found

    def close(self) -> None:
        for user in self.users.values():
            user.close()


def expect(holds: object, what: str) -> None:
    """StepFailed unless `holds`."""
    if not holds:
        raise StepFailed(what)


def refused(act: Callable[[], Any]) -> str:
    """The code and article of the refusal that `act` must meet."""
    try:
        act()
    except RemoteError as refusal:
        return f"{refusal.code}" + (f" 〔{refusal.article}〕" if refusal.article else "")
    except OSError as error:
        raise StepFailed(f"not refused but broken: {error}") from error
    raise StepFailed("it was allowed")


def cameras_record(run: Selftest) -> str:
    """摄像机开始录像 cameras record, durably acknowledged."""

    run.wait("web server", START_S, lambda: is_open(run.url))

    def recording() -> bool:
        run.cameras = run.states()
        return bool(run.cameras) and all(c["state"] == "recording" and c["recorded_until_ms"] for c in run.cameras)

    run.wait("recording", START_S, recording)
    run.since_ms = max(camera["recorded_until_ms"] for camera in run.cameras) + START_MARGIN_MS
    return ", ".join(f"{c['name']} {c['codec']} {c['width']}×{c['height']}" for c in run.cameras)


def duty_watches_live(run: Selftest) -> str:
    """值班员实时查看 duty watches live over the WebSocket, under a register entry."""
    view = run.user("duty").call("POST", "/api/views", act="live", cameras=[run.cameras[0]["id"]])
    media = run.user("duty").media(view["grant"], run.cameras[0]["id"], mode="live", quality="main", hevc=False)
    frames, first_ms, started = 0, 0.0, run.clock.monotonic_ns()
    init = b""
    for message in media.messages():
        if isinstance(message, MediaFrame):
            init = message.payload if message.kind == INIT else init
            frames += message.kind == LIVE
            if frames == 1 and not first_ms:
                first_ms = (run.clock.monotonic_ns() - started) / 1e6
            if frames >= LIVE_FRAMES:
                break
    media.close()
    expect(init and frames >= LIVE_FRAMES, f"{frames} frames")
    return f"{frames} frames, first after {first_ms:.0f} ms, register no. {view['entry']}"


def administrator_sees_nothing(run: Selftest) -> str:
    """系统管理员无权查看 an administrator sees no video by being one."""
    return refused(lambda: run.user("admin").call("POST", "/api/views", act="live", cameras=[run.cameras[0]["id"]]))


def manager_plays_back(run: Selftest) -> str:
    """单位负责人回放 the manager plays back what was recorded; a purpose is required."""
    camera = run.cameras[0]["id"]
    start, end = run.since_ms, run.since_ms + 6000
    run.wait("footage", 30, lambda: (run.states()[0]["recorded_until_ms"] or 0) >= end)
    asked = {"act": "playback", "cameras": [camera], "start_ms": start, "end_ms": end}
    asked["ground"] = run.user("manager").call("GET", "/api/purposes")["purposes"][0]
    code = refused(lambda: run.user("manager").call("POST", "/api/views", **asked))
    view = run.user("manager").call("POST", "/api/views", **asked, purpose="自检：核对录像是否可回放")
    media = run.user("manager").media(view["grant"], camera, mode="playback", quality="main", hevc=False)
    media.send(op="seek", id=1, t_ms=start, keyframes=False, ahead_s=20)
    video = b""
    for message in media.messages():
        if isinstance(message, MediaFrame) and message.kind in (INIT, PLAYED):
            video += message.payload
        elif isinstance(message, dict) and message["op"] in ("end", "error", "state"):
            expect(message["op"] == "end", json.dumps(message, ensure_ascii=False))
            break
    media.close()
    run.user("manager").call("DELETE", f"/api/views/{view['grant']}")
    frames = decoded(video)
    expect(frames >= 100, f"{frames} frames decoded")
    return f"{frames} frames decoded; without purpose: {code}"


def register_knows_the_seconds(run: Selftest) -> str:
    """登记簿记下实际查看的秒数 the register knows the seconds really seen."""

    def closed() -> list[dict[str, Any]]:
        entries = run.user("auditor").call("GET", "/api/register", limit=20)
        return [e for e in entries if e["kind"] == "playback" and e["closed"] and total(e["seconds"]) >= 4]

    (entry, *_) = run.wait("closing entry", 10, closed)
    return f"no. {entry['index']}: {total(entry['seconds'])} s, purpose “{entry['purpose']}”"


def officer_asks(run: Selftest) -> str:
    """执法人员申请复制 an officer asks for a copy and cannot approve it."""
    start, end = run.since_ms, run.since_ms + 7000
    run.wait("enough footage", 30, lambda: all((c["recorded_until_ms"] or 0) >= end for c in run.states()))
    made = run.user("officer1").call(
        "POST",
        "/api/access-requests",
        cameras=[camera["id"] for camera in run.cameras],
        start_ms=start,
        end_ms=end,
        purpose="核查自检事件经过",
        destination="案卷 自检",
        legal_basis="办法第二十一条第一款",
        officers=[{"name": "执法人员甲", "work_id": "100001"}, {"name": "执法人员乙", "work_id": "100002"}],
    )
    run.request = made["id"]
    code = refused(
        lambda: run.user("officer1").call("POST", f"/api/access-requests/{run.request}/approve", comment="同意")
    )
    return f"{made['number']}; own approval: {code}"


def head_approves(run: Selftest) -> str:
    """主要负责人批准 the head approves; without two officers nothing is built."""
    approved = run.user("approver").call("POST", f"/api/access-requests/{run.request}/approve", comment="同意复制")
    expect(approved["state"] == "approved", approved["state"])
    return refused(lambda: run.user("manager").call("POST", f"/api/access-requests/{run.request}/export"))


def two_officers_sign(run: Selftest) -> str:
    """两名执法人员签到 their papers are checked, and two different officers sign, each with his own credential."""
    alone = ""
    path = f"/api/access-requests/{run.request}"
    needed = [paper["paper"] for paper in run.user("manager").call("GET", path)["papers"]]
    run.user("manager").call("POST", f"{path}/papers", papers=needed)
    for name in ("officer1", "officer2"):
        account = run.accounts[name]
        signed = run.user("manager").call(
            "POST",
            f"/api/access-requests/{run.request}/presence",
            name=name,
            password=account.password,
            code=account.code(run.clock),
        )
        if name == "officer1":
            alone = refused(lambda: run.user("manager").call("POST", f"/api/access-requests/{run.request}/export"))
    return f"{len(signed['presence'])} present; one alone: {alone}"


def package_is_built(run: Selftest) -> str:
    """制作证据包 the package is built, verified and registered."""
    run.user("manager").call("POST", f"/api/access-requests/{run.request}/export")

    def done() -> dict[str, Any] | None:
        page: dict[str, Any] = run.user("manager").call("GET", f"/api/access-requests/{run.request}")
        job: dict[str, Any] = page["export"]
        expect(job["state"] not in ("failed", "cancelled"), f"export {job['state']}: {job['error']}")
        return job if job["state"] == "done" else None

    job = run.wait("package", EXPORT_S, done)
    return f"{job['done_bytes'] / 2**20:.1f} MiB, {job['outcome']}, missing {job['missing_s']} s"


def package_is_handed_over(run: Selftest) -> str:
    """封装交付 sealed for the two officers: a share for each, fetched once, opened by both together."""
    job = run.user("manager").call("GET", f"/api/access-requests/{run.request}")["export"]["id"]
    sealed, shares = take_sealed(run, job)
    again = refused(lambda: run.user("officer1").call("POST", f"/api/exports/{job}/share"))
    twice = refused(lambda: run.user("officer1").call("POST", f"/api/exports/{job}/downloads"))
    alone, _ = run_verifier(run, sealed, shares[:1])
    expect(alone == CANNOT_DECIDE, f"one share alone: exit status {alone}")
    run.package = opened(sealed, shares)
    with zipfile.ZipFile(io.BytesIO(run.package)) as archive:
        copies = [decoded(archive.read(name)) for name in archive.namelist() if name.startswith("derived/")]
    expect(len(copies) >= len(run.cameras) and all(copies), f"frames of the playable copies: {copies}")
    words = f"share again: {again}; fetched again: {twice}"
    return f"{words}; playable copies of {' + '.join(map(str, copies))} frames"


def take_sealed(run: Selftest, job: str, *, reader: str = "officer1") -> tuple[bytes, list[str]]:
    """The sealed package of a finished job, fetched by `reader`, and both officers' shares."""
    staff = run.user("manager")
    staff.call("POST", f"/api/exports/{job}/seal")

    def done() -> dict[str, Any] | None:
        made: dict[str, Any] = staff.call("GET", f"/api/exports/{job}")
        expect(made["sealing_problem"] == "", f"sealing: {made['sealing_problem']}")
        return made if made["sealing_share"] is None else None

    run.wait("sealing", EXPORT_S, done)
    shares = [run.user(name).call("POST", f"/api/exports/{job}/share")["words"] for name in ("officer1", "officer2")]
    download = run.user(reader).call("POST", f"/api/exports/{job}/downloads")["id"]
    return run.user(reader).download(f"/api/exports/{job}/downloads/{download}"), shares


def opened(sealed: bytes, shares: Sequence[str]) -> bytes:
    """What both shares open. Raises Unopened."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "package.zip"
        Sealed(io.BytesIO(sealed), shares).open_to(str(path))
        return path.read_bytes()


def both_sides_sign(run: Selftest) -> str:
    """登记表双方签字 the register form is signed by the officers and by the unit; then the request is completed."""
    staff, path = run.user("manager"), f"/api/access-requests/{run.request}"
    visit = staff.call("GET", path)["visits"][-1]["id"]
    staff.call("POST", f"{path}/end-visit")
    early = refused(lambda: staff.call("POST", f"{path}/complete"))
    for name in ("officer1", "officer2"):
        account = run.accounts[name]
        run.wait(f"an unspent code of {name}", 2 * STEP_S, partial(account.unspent, run.clock))
        credential = {"name": name, "password": account.password, "code": account.code(run.clock)}
        staff.call("POST", f"{path}/visits/{visit}/co-sign", **credential)
    signed = staff.call("POST", f"{path}/visits/{visit}/sign")
    expect(signed["complete"], f"still to sign: {signed['missing']}")
    expect(staff.call("POST", f"{path}/complete")["state"] == "completed", "not completed")
    return f"{len(signed['signatures'])} signatures; completed unsigned: {early}"


def stranger_verifies(run: Selftest) -> str:
    """陌生人独立核验 a stranger verifies it with one file of Python and public keys."""
    status, words = run_verifier(run, run.package)
    expect(status == 0, words)
    return words


def one_byte_is_seen(run: Selftest) -> str:
    """改动一个字节即被发现 one flipped byte is found."""
    with zipfile.ZipFile(io.BytesIO(run.package)) as archive:
        media = next(info for info in archive.infolist() if info.filename.endswith(".m4s"))
    doctored = bytearray(run.package)
    doctored[media.header_offset + 200] ^= 1
    status, words = run_verifier(run, bytes(doctored))
    expect(status == 1, f"exit {status}: {words}")
    return words


def recorder_survives_a_kill(run: Selftest) -> str:
    """录像进程被杀后无已确认录像丢失 kill -9 the recorder: back at once, nothing acknowledged lost."""
    before = {camera["id"]: camera["recorded_until_ms"] for camera in run.states()}
    killed = list(process_ids(run.root, "recorder"))
    expect(killed, "no recorder process found")
    started = run.clock.monotonic_ns()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    def again() -> bool:
        return all(
            c["state"] == "recording" and (c["recorded_until_ms"] or 0) > before[c["id"]] + 1000 for c in run.states()
        )

    run.wait("recording again", START_S, again)
    seconds = (run.clock.monotonic_ns() - started) / SECOND_NS
    words = command("fsck", str(run.root / VOLUME_DIRECTORY), "--depth", "hash")
    return f"{len(killed)} killed, acknowledged again after {seconds:.1f} s; {words}"


def gaps_have_a_cause(run: Selftest) -> str:
    """缺口有原因 the interruption is a gap with its cause."""
    now = run.clock.now() // 1_000_000
    line = run.user("manager").call(
        "GET", f"/api/cameras/{run.cameras[0]['id']}/timeline", from_ms=now - 600_000, to_ms=now, resolution_ms=1000
    )
    causes = {gap[2] for day in line["days"] for gap in day["gaps"]}
    expect("recorder-crash" in causes, f"causes: {sorted(causes)}")
    return ", ".join(sorted(causes))


def ledger_verifies(run: Selftest) -> str:
    """账本完整且有见证 the ledger recomputes, and a witness cosigned it."""
    checkpoint = run.user("auditor").call("GET", "/api/ledger/checkpoint")
    expect(checkpoint["witnesses"], "no witness has cosigned")
    anchors = run.root / "anchors.json"
    anchors.write_text(json.dumps(run.user("auditor").call("GET", "/api/trust-anchors.json")), encoding="utf-8")
    words = command("ledger", "verify", str(run.root / "ledger"), "--trust", str(anchors))
    return f"{words}; witnesses {', '.join(checkpoint['witnesses'])}"


STEPS: tuple[Callable[[Selftest], str], ...] = (
    cameras_record,
    duty_watches_live,
    administrator_sees_nothing,
    manager_plays_back,
    register_knows_the_seconds,
    officer_asks,
    head_approves,
    two_officers_sign,
    package_is_built,
    package_is_handed_over,
    both_sides_sign,
    stranger_verifies,
    one_byte_is_seen,
    recorder_survives_a_kill,
    gaps_have_a_cause,
    ledger_verifies,
)


def total(seconds: Any) -> int:
    """Seconds of a closing entry over all cameras."""
    return sum(seconds.values()) if isinstance(seconds, dict) else int(seconds or 0)


def decoded(video: bytes) -> int:
    """How many frames FFmpeg makes of it."""
    with av.open(io.BytesIO(video)) as container:
        assert isinstance(container, av.container.InputContainer)
        return sum(1 for _ in container.decode(video=0))


def run_verifier(run: Selftest, package: bytes, shares: Sequence[str] = ()) -> tuple[int, str]:
    """Exit status and last words of the stand-alone verifier, in a bare Python, with anchors from outside.

    `shares` open a sealed package.
    """
    anchors = run.user("auditor").call("GET", "/api/trust-anchors.json")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "verify.py").write_bytes(verifier_source())
        (folder / "package.zip").write_bytes(package)
        words = [word for share in shares for word in ("--share", share)]
        (folder / "anchors.json").write_text(json.dumps(anchors), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - the file that is handed out, with words of our own
            [sys.executable, "-I", "-S", "verify.py", "package.zip", "--trust", "anchors.json", *words],
            cwd=folder, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    return done.returncode, (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]


def command(*arguments: str) -> str:
    """The last line of a `mingjian` command that must succeed."""
    done = subprocess.run(  # noqa: S603 - our own program, no shell
        [sys.executable, "-m", "mingjian", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    lines = (done.stdout or done.stderr).strip().splitlines()
    expect(done.returncode == 0, " / ".join(lines[-3:]))
    return lines[-1]


def process_ids(root: Path, *role: str) -> Iterator[int]:
    """The processes of this installation in a role: `recorder`, `recorder 0`, `keeper`, `web`, `previews`, `export`."""
    wanted = ["internal", *role]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if str(root) in words and "internal" in words:
                start = words.index("internal")
                if words[start : start + len(wanted)] == wanted:
                    yield int(entry.name)
