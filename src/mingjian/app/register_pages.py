"""One register entry with all that is known of it, and the register on paper: read by both sides of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta, timezone

from mingjian.app import views
from mingjian.app.performing import Performance, asking, performing
from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import Actor, RegisterEntry, UseTrouble
from mingjian.app.register_ports import RegisterQuery
from mingjian.governance.authority import Act
from mingjian.governance.forms.register_list import ListedEntry, RegisterList
from mingjian.kernel.clock import Clock, UtcNs, to_datetime
from mingjian.kernel.errors import Missing
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period

PRINTED_MOST, SHEET_MOST = 400, 5_000
"""Entries in one PDF (100 pages) and in one spreadsheet. A longer answer is asked for in parts."""
CHINA = timezone(timedelta(hours=8))
KINDS = {
    "live": "实时查看",
    "playback": "回放查阅",
    "snapshot": "抓拍",
    "copy": "复制",
    "publication": "公开传播",
    "private": "个人查阅",
}
CAUSES = {
    "closed": "查看人结束",
    "expired": "到期结束",
    "signed-out": "退出登录",
    "revoked": "权限或者批准终止",
    "interrupted": "连接中断",
    "delivered": "已制作",
    "failed": "未能提供",
}


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry, which stretches of each camera were delivered, its request's number, what was reported about it."""

    entry: RegisterEntry
    cameras: dict[CameraId, str]
    """Names."""
    delivered: dict[CameraId, list[Period]]
    seconds: int
    number: str
    ours: bool
    troubles: tuple[UseTrouble, ...]


def entry_page(store: Store, *, actor: Actor, clock: Clock, index: int) -> EntryPage:
    """One entry of the actor's unit, or of his organ's officers. Raises Missing for any other."""
    with asking(store, Act.REGISTER_READ, actor=actor, clock=clock) as doing:
        uow = doing.uow
        entry = uow.register.numbered(index, doing.person.unit)
        if entry is None:
            raise Missing("register.unknown", "没有这条登记", text_en="There is no such entry")
        request = uow.requests.behind(entry.request) if entry.request else None
        return EntryPage(
            entry,
            {camera: _name(uow, entry, camera) for camera in entry.cameras},
            uow.register.delivered(entry.grant),
            views.seconds_seen(uow, entry),
            request.number if request is not None else "",
            entry.unit == doing.person.unit,
            tuple(uow.register.troubles([index])),
        )


def printed_register(
    store: Store, *, actor: Actor, clock: Clock, query: RegisterQuery, head: tuple[int, str] | None, most: int
) -> RegisterList:
    """The entries that `query` finds, at most `most`, in words. Taking the register away is an entry itself.

    `head` are size and root of the ledger's newest checkpoint: what is on the paper can be held against it later.
    """
    with performing(store, Act.REGISTER_READ, actor.unit, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        found: list[RegisterEntry] = []
        while len(found) < most:
            more = doing.uow.register.listed(
                doing.person.unit, replace(query, limit=min(500, most - len(found)), before=_last(found, query))
            )
            if not more:
                break
            found += more
        index = doing.enter("register.printed", doing.person.unit, {"entries": len(found), **asked_facts(query)})
        return RegisterList(
            unit_name=doing.person.unit_name,
            asked=_asked_words(doing, query),
            printed_by=f"{doing.person.display_name}（登记第 {index} 号）",
            printed_at=_shown(doing.now),
            count=str(len(found)) if len(found) < most else f"{len(found)}（达到上限，请缩小条件分次打印）",
            entries=tuple(_words(doing.uow, entry) for entry in found),
            head=f"{head[0]} 条记录，根 {head[1]}" if head is not None else "尚未发布检查点",
            issued=doing.now,
        )


def _last(found: Sequence[RegisterEntry], query: RegisterQuery) -> int | None:
    return found[-1].index if found else query.before


def asked_facts(query: RegisterQuery) -> dict[str, object]:
    """The question as facts of the entry about it."""
    names = ("camera", "place", "person", "kind", "organ", "request", "case", "outside", "since", "until")
    found: dict[str, object] = {
        name: value if isinstance(value, int) else str(value)
        for name in names
        if (value := getattr(query, name)) is not None
    }
    return found | ({"theirs": True} if query.theirs else {})


def _asked_words(doing: Performance, query: RegisterQuery) -> str:
    uow, unit = doing.uow, doing.person.unit
    words = ["本机关人员查看其他单位"] if query.theirs else []
    if query.camera is not None:
        camera = uow.cameras.one(query.camera, unit)
        words.append(f"摄像机 {camera.name if camera is not None else query.camera}")
    if query.place is not None:
        place = uow.places.one(query.place)
        words.append(f"场所 {place.name if place is not None and place.unit == unit else query.place}")
    if query.person is not None:
        person = uow.people.one(query.person)
        words.append(f"人员 {person.display_name if person is not None and person.unit == unit else query.person}")
    if query.kind is not None:
        words.append(KINDS[query.kind])
    if query.organ is not None:
        organ = uow.people.unit(query.organ)
        words.append(f"机关、单位 {organ.name if organ is not None else query.organ}")
    if query.case is not None:
        words.append(f"案件、申请编号 {query.case}")
    if query.outside is not None:
        words.append("凭批准" if query.outside else "本单位人员")
    if query.since is not None:
        words.append(f"自 {_shown(query.since)}")
    if query.until is not None:
        words.append(f"至 {_shown(query.until)}")
    return "，".join(words) or "全部"


def _words(uow: UnitOfWork, entry: RegisterEntry) -> ListedEntry:
    request = uow.requests.behind(entry.request) if entry.request else None
    footage, closing = entry.footage, entry.closing
    return ListedEntry(
        number=str(entry.index),
        at=_shown(entry.at),
        kind=KINDS[entry.kind],
        person=f"{entry.person_name}（{entry.unit_name}）",
        cameras="、".join(_name(uow, entry, camera) for camera in entry.cameras),
        footage=f"{_shown(footage.start)} 至 {_shown(footage.end)}" if footage is not None else "",
        purpose=entry.purpose,
        destination=entry.destination,
        request=request.number if request is not None else "",
        seen=f"{sum(closing.seconds.values())} 秒，{CAUSES[closing.cause]}" if closing is not None else "进行中",
    )


def _name(uow: UnitOfWork, entry: RegisterEntry, camera: CameraId) -> str:
    found = uow.cameras.one(camera, entry.unit)
    return found.name if found is not None else camera


def _shown(at: UtcNs) -> str:
    return f"{to_datetime(at).astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
