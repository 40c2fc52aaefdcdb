"""A package is handed over sealed: a share of its key for each of two officers, each download entered and made once.

Article 22: two officers take a copy away together. Nothing here gives a plain package, both shares, or one share twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mingjian.app.access import found_request
from mingjian.app.executions import Credential, authenticated, facts_of, permit_execution
from mingjian.app.identity import IdentityKeeper
from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork, Vault
from mingjian.app.records import AccessRequest, Actor, ExportJob, JobState, Person
from mingjian.app.sealing_ports import COUNTER, Download, HeldShare, Sealer, Sealing, Told, untold
from mingjian.audit import seal as sealed_package
from mingjian.audit.seal import LETTERS, share_words, split
from mingjian.governance import matters
from mingjian.governance.authority import Act, Facts
from mingjian.governance.procedure import State, Step
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing, Refused
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.law.rulebook import Rulebook

SEALED_DAYS = "sealed_days"
"""The setting of an instrument: how long shares and file wait for the officers."""
DOWNLOAD_NS = 12 * 3600 * SECOND_NS
"""How long an opened download may be resumed: 20 GB over a line of 5 Mb/s take nine hours."""
MAKING_NS = 3600 * SECOND_NS
"""A sealed file so young may belong to an act that has not committed yet: the sweep leaves it."""


@dataclass(frozen=True, slots=True)
class GivenShare:
    """What one officer is given, once. Shown, never kept."""

    letter: str
    officer_name: str
    words: str = field(repr=False)
    number: str
    """Of the request."""


@dataclass(frozen=True, slots=True)
class OwnSealing:
    """A sealed package that one officer has a share of."""

    sealing: Sealing
    number: str
    holder_name: str


def may_seal(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, job: str) -> None:
    """Whether `seal` would begin now: what it asks is asked before anybody waits for it. Raises its refusals."""
    with performing(store, Act.ACCESS_HAND_OVER, job, actor=actor, clock=clock) as doing:
        _to_hand_over(doing, law, job)


def seal(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    vault: Vault,
    sealer: Sealer,
    job: str,
    told: Told = untold,
) -> ExportJob:
    """Seal the finished package for the two officers who are present: it counts as handed over.

    A sealing before this one ends: what was not given of it is destroyed. Takes as long as reading and writing the
    package; `told` hears which share is done. Right and presence are asked before and after: whose ten minutes run
    out in between signs again. Raises the refusals of `permit_execution`, LocalError where the disk fails.
    """
    with performing(store, Act.ACCESS_HAND_OVER, job, actor=actor, clock=clock) as doing:
        _, found, _, _ = _to_hand_over(doing, law, job)
    new = uuid7(clock.now(), random(RANDOM_BYTES))
    shares, salt = split(random(sealed_package.RANDOM_BYTES))
    made = sealer.seal(found.id, new, shares, salt, told)
    try:
        with performing(store, Act.ACCESS_HAND_OVER, job, actor=actor, clock=clock) as doing:
            ready, found, visit, officers = _to_hand_over(doing, law, job)
            before = doing.uow.sealings.latest(job)
            if before is not None and before.ended is None:
                _end(doing.uow, before, doing.now)
            sealing = Sealing(
                id=new,
                job=job,
                request=ready.id,
                execution=visit,
                made=doing.now,
                ends=UtcNs(doing.now + law.setting(SEALED_DAYS) * DAY_NS),
                size_bytes=made.size_bytes,
                sha256=made.sha256,
                shares=_held(vault, new, officers, (shares.a, shares.b)),
            )
            doing.uow.sealings.add(sealing)
            doing.uow.requests.save(replace(ready, state=State.DELIVERED), expected=ready.state)
            facts = {
                "job": job,
                "sha256": found.sha256,
                "execution": visit,
                "sealing": new,
                "sealed_sha256": made.sha256,
                "bytes": made.size_bytes,
                "officers": [share.officer for share in sealing.shares],
                "commitments": [share.commitment for share in sealing.shares],
                "ends_ms": sealing.ends // 1_000_000,
                "replaces": before.id if before is not None else "",
            }
            names = "、".join(share.officer_name for share in sealing.shares)
            doing.enter("package.handed_over", ready.id, facts, personal={"officers": names})
    except BaseException:
        sealer.remove(new)
        raise
    if before is not None:
        sealer.remove(before.id)
    return found


def take_share(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, vault: Vault, job: str) -> GivenShare:
    """The officer's own share, in his own session after a fresh proof; once. It exists nowhere here afterwards."""
    with performing(store, Act.SHARE_TAKE, job, actor=actor, clock=clock) as doing:
        request, sealing = _running(doing, job)
        doing.permit(doing.person.unit)
        return _give(doing, law, vault, request, sealing, doing.person, at_counter=False)


def show_share(
    keeper: IdentityKeeper, *, actor: Actor, clock: Clock, law: Rulebook, job: str, credential: Credential
) -> GivenShare:
    """At the counter: the share of an officer who cannot sign in, on his own one-time code; once.

    Refused for everybody who has a session of his own to take it in, and unless both officers are present.
    """
    with performing(keeper.store, Act.ACCESS_HAND_OVER, job, actor=actor, clock=clock) as doing:
        _at_the_counter(doing, law, _running(doing, job)[0])  # before a code is spent
    officer = authenticated(keeper, credential, clock)
    with performing(keeper.store, Act.ACCESS_HAND_OVER, job, actor=actor, clock=clock) as doing:
        request, sealing = _running(doing, job)
        _at_the_counter(doing, law, request)
        if not officer.spot:
            raise refusal(reason("seal.own-session"))
        return _give(doing, law, keeper.vault, request, sealing, officer, at_counter=True)


def open_download(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, job: str) -> Download:
    """Permission to fetch the sealed package: once for each of the two officers, once for the unit's counter.

    Whoever opened it and has not finished is told the same download again. Refused with who fetched it and when.
    """
    with performing(store, Act.DOWNLOAD_OPEN, job, actor=actor, clock=clock) as doing:
        request, sealing = _running(doing, job)
        doing.permit(doing.person.unit)
        mine = next((share.letter for share in sealing.shares if share.officer == doing.person.id), None)
        slot = mine or COUNTER
        if mine is None:
            if doing.person.unit != request.unit:
                raise refusal(reason("seal.not-yours"))
            _at_the_counter(doing, law, request)
        before = next((one for one in sealing.downloads if one.slot == slot), None)
        if before is not None:
            if before.person == doing.person.id and before.finished is None and doing.now < before.ends:
                return before
            raise _fetched(law, before)
        download = Download(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            sealing=sealing.id,
            slot=slot,
            person=doing.person.id,
            person_name=doing.person.display_name,
            opened=doing.now,
            ends=UtcNs(min(doing.now + DOWNLOAD_NS, sealing.ends)),
        )
        doing.uow.sealings.add_download(download)
        facts = {"job": job, "sealing": sealing.id, "download": download.id, "slot": slot}
        doing.enter("package.download_opened", request.id, facts)
        return download


def resume(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, job: str, download: str
) -> tuple[Sealing, Download]:
    """What to send of an opened download, to the person who opened it, until it is finished or over."""
    with performing(store, Act.DOWNLOAD_RESUME, job, actor=actor, clock=clock) as doing:
        _reached(doing, job)
        found = doing.uow.sealings.of_download(download)
        if found is None or found[0].job != job:
            raise _no_download()
        sealing, one = found
        doing.permit(doing.person.unit, Facts(owner=one.person))
        if sealing.ended is not None:
            raise refusal(reason("seal.ended"))
        if one.finished is not None:
            raise _fetched(law, one)
        if doing.now >= one.ends:
            raise refusal(reason("seal.expired"))
        return sealing, one


def delivered(store: Store, *, clock: Clock, download: str, start: int, sent: int) -> None:
    """`sent` bytes from `start` have left. The last byte of the package ends the download, with an entry."""
    now = clock.now()
    with store.writing() as uow:
        found = uow.sealings.of_download(download)
        if found is None or found[1].finished is not None or start > found[1].delivered_bytes:
            return
        sealing, one = found
        reached = max(one.delivered_bytes, start + sent)
        whole = reached >= sealing.size_bytes
        uow.sealings.save_download(replace(one, delivered_bytes=reached, finished=now if whole else None))
        if whole:
            job = uow.exports.one(sealing.job, None)
            facts = {"job": sealing.job, "sealing": sealing.id, "download": one.id, "slot": one.slot, "bytes": reached}
            line = entry("package.downloaded", now, sealing.request, facts, unit=job.unit if job is not None else "")
            uow.ledger.append(line)


def own(store: Store, *, actor: Actor, clock: Clock) -> Sequence[OwnSealing]:
    """The sealed packages that the actor has a share of and that have not ended, newest first."""
    with asking(store, Act.EXPORT_LIST, actor=actor, clock=clock) as doing:
        found = []
        for sealing in doing.uow.sealings.of_officer(doing.person.id):
            request = doing.uow.requests.behind(sealing.request)
            holder = doing.uow.organs.one(request.unit) if request is not None else None
            if request is not None and sealing.ends > doing.now:
                found.append(OwnSealing(sealing, request.number, holder.name if holder is not None else ""))
        return found


def sweep(store: Store, *, clock: Clock, sealer: Sealer) -> int:
    """Destroy what ran out, and files without a sealing that lives. How many sealings ended."""
    now = clock.now()
    with store.writing() as uow:
        living = uow.sealings.running()
        over = [sealing for sealing in living if sealing.ends <= now]
        for sealing in over:
            _end(uow, sealing, now)
            job = uow.exports.one(sealing.job, None)
            waiting = [share.letter for share in sealing.shares if share.given is None]
            facts = {"job": sealing.job, "sealing": sealing.id, "never_given": waiting}
            line = entry("sealing.expired", now, sealing.request, facts, unit=job.unit if job is not None else "")
            uow.ledger.append(line)
    wanted = {sealing.id for sealing in living} - {sealing.id for sealing in over}
    for name, made in sealer.there():
        if name not in wanted and made + MAKING_NS <= now:
            sealer.remove(name)
    return len(over)


def _to_hand_over(
    doing: Performance, law: Rulebook, job: str
) -> tuple[AccessRequest, ExportJob, str, Sequence[Person]]:
    """The request, its finished job, the visit, and the first two of the officers present."""
    found = doing.uow.exports.one(job, doing.person.unit)
    if found is None:
        _reached(doing, job)
        raise refusal(reason("access.staff"))
    request, visit, officers = permit_execution(doing, law, found.request, Step.HAND_OVER)
    latest = doing.uow.exports.of_request(found.request)
    if found.state is not JobState.DONE or latest is None or latest.id != found.id:
        raise refusal(reason("procedure.step"))
    return request, found, visit.id, officers[: len(LETTERS)]


def _reached(doing: Performance, job: str) -> tuple[ExportJob, AccessRequest]:
    """The job and its request, where the actor's unit is a side of it. Raises Missing."""
    found = doing.uow.exports.one(job, None)
    if found is None:
        raise Missing("export.unknown", "没有这个导出", text_en="There is no such export")
    return found, found_request(doing, found.request)


def _running(doing: Performance, job: str) -> tuple[AccessRequest, Sealing]:
    """The request and the sealing that can be taken from now."""
    _, request = _reached(doing, job)
    sealing = doing.uow.sealings.latest(job)
    if sealing is None:
        raise refusal(reason("seal.none"))
    if sealing.ended is not None or doing.now >= sealing.ends:
        raise refusal(reason("seal.expired"))
    return request, sealing


def _at_the_counter(doing: Performance, law: Rulebook, request: AccessRequest) -> None:
    if doing.person.unit != request.unit:
        raise refusal(reason("access.staff"))
    doing.permit(request.unit, facts_of(doing, law, request), act=Act.ACCESS_HAND_OVER)


def _held(
    vault: Vault, sealing: str, officers: Sequence[Person], halves: tuple[bytes, bytes]
) -> tuple[HeldShare, HeldShare]:
    first, second = (
        HeldShare(
            letter,
            officer.id,
            officer.display_name,
            sealed_package.commitment(letter, half).hex(),
            vault.seal(half, context=_context(sealing, letter)),
        )
        for letter, officer, half in zip(LETTERS, officers, halves, strict=True)
    )
    return first, second


def _give(
    doing: Performance,
    law: Rulebook,
    vault: Vault,
    request: AccessRequest,
    sealing: Sealing,
    officer: Person,
    *,
    at_counter: bool,
) -> GivenShare:
    mine = next((share for share in sealing.shares if share.officer == officer.id), None)
    if mine is None:
        raise refusal(reason("seal.not-yours"))
    (other,) = (share for share in sealing.shares if share is not mine)
    holder = doing.uow.people.one(other.officer)
    if holder is not None and officer.same_as(holder):
        raise refusal(reason("access.same-officer"))
    given = replace(mine, held=b"", given=doing.now, at_counter=at_counter)
    if mine.given is not None or not doing.uow.sealings.save_share(sealing.id, given):
        raise _given_before(law, mine, doing.now)
    half = vault.open(mine.held, context=_context(sealing.id, mine.letter))
    facts = {
        "job": sealing.job,
        "sealing": sealing.id,
        "letter": mine.letter,
        "officer": officer.id,
        "commitment": mine.commitment,
        "at_counter": at_counter,
    }
    doing.enter("share.given", request.id, facts, personal={"officer": officer.display_name})
    return GivenShare(mine.letter, officer.display_name, share_words(mine.letter, half), request.number)


def _end(uow: UnitOfWork, sealing: Sealing, now: UtcNs) -> None:
    """What was not given is destroyed."""
    for share in sealing.shares:
        if share.given is None:
            uow.sealings.save_share(sealing.id, replace(share, held=b""))
    uow.sealings.end(sealing.id, now)


def _context(sealing: str, letter: str) -> str:
    return f"share:{sealing}:{letter}"


def _given_before(law: Rulebook, share: HeldShare, now: UtcNs) -> Refused:
    when = law.told(share.given or now)
    return Refused(
        "seal.share-given",
        f"这份密钥份额已于 {when} 由{share.officer_name}领取，此后系统中不再存有",
        text_en=f"{share.officer_name} took this share at {when}; it exists here no more",
        remedy="遗失的，两名执法人员到提供单位重新封装",
        remedy_en="If it is lost, both officers have the package sealed anew at the unit",
        article=matters.EXECUTION,
    )


def _fetched(law: Rulebook, download: Download) -> Refused:
    when = law.told(download.finished or download.opened)
    ended = "下载完成" if download.finished is not None else "开始下载，未完成，现已逾期或者由他人进行"
    ended_en = "fetched it" if download.finished is not None else "began to fetch it"
    return Refused(
        "seal.downloaded",
        f"封装包只能下载一次：{download.person_name}已于 {when} {ended}",
        text_en=f"A sealed package is fetched once: {download.person_name} {ended_en} at {when}",
        remedy="需要再次取得的，两名执法人员到提供单位重新封装",
        remedy_en="To have it again, both officers have it sealed anew at the unit",
        article=matters.EXECUTION,
    )


def _no_download() -> Missing:
    return Missing("seal.no-download", "没有这次下载", text_en="There is no such download")
