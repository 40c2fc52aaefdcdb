"""For each operation of the API a call that must succeed for whoever may do its act: objects, form, query, files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image

import planning_town
import private_world
import under_world
from filing_world import ABOUT_SYSTEMS, ROUTE_FORMS, put, route_form
from form_signing import SPENT_S, sign_form, visit_of
from mingjian.app import clock_freeze, restoring, views
from mingjian.app.records import ProviderLink
from mingjian.app.request_papers import SUBJECT
from mingjian.governance.authority import Act, Role, role_allows
from mingjian.governance.leaks import LeakTrace
from mingjian.governance.obligations import Attachment
from mingjian.governance.purposes import DEFAULTS
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import PersonId, UnitId
from own_copy_world import allow_copies, own_form
from sealed_packages import spot_credentials
from sited_camera import complete, hall
from web_world import World

NAMES = {
    Role.ADMINISTRATOR: "admin",
    Role.UNIT_MANAGER: "manager",
    Role.DUTY: "duty",
    Role.APPROVER: "approver",
    Role.OFFICER: "officer1",
    Role.AUDITOR: "auditor",
    Role.REGISTRAR: "registrar",
    Role.PLANNER: "planner",
    Role.SECURITY: "security",
}
"""One account for each role. All are of the county's public security organ, but for the planner of its government."""
UNKNOWN = "01900000-0000-7000-8000-000000000000"
CITED = {"instrument": "local", "citation": "第十三条第二款", "row": "A13.2.file"}


SMALL_BPS = 100_000
"""The disks of the tests have room for hundreds of such cameras."""


@dataclass(frozen=True)
class Call:
    """One call: the parameters of its path, its form, its query, the files that it brings."""

    known: dict[str, str]
    form: dict[str, Any]
    query: dict[str, Any] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] | None = None


class Town:
    """The people of one world, and requests taken as far as an operation needs them."""

    def __init__(self, world: World, role: Role, client: httpx.AsyncClient) -> None:
        self.world, self.role, self.client = world, role, client
        self._others: dict[str, httpx.AsyncClient] = {NAMES[role]: client}

    async def person(self, name: str) -> httpx.AsyncClient:
        if name not in self._others:
            self._others[name] = await self.world.signed_in(name)
        return self._others[name]

    async def does(self, client: httpx.AsyncClient, path: str, form: dict[str, Any]) -> dict[str, Any]:
        answer = await client.post(path, json=form)
        assert answer.status_code < 300, (path, answer.text)
        return dict(answer.json())

    def trace(self) -> str:
        """A leak that the unit's auditor had read."""
        with self.world.store.writing() as uow:
            made = LeakTrace(
                str(uuid4()), self.unit(), "审计员", self.world.clock.now(), "0" * 64, 9, 1, None, None, None
            )
            uow.leak_traces.add(made)
        return made.id

    async def request(
        self, state: str, kind: str = "copy", *, spot: bool = False, own_copy: bool = False
    ) -> tuple[str, str]:
        """A request of the person himself where he may ask, else of an officer, in `state`; and its export, if any.

        `spot`: the second officer is one who was enrolled on the spot. `own_copy`: a copy of the unit's own footage,
        asked for by its watch, made by its management with the person himself or the watch.
        """
        if own_copy:
            return await self._own_copy(state)
        own = role_allows(Act.ACCESS_SUBMIT, frozenset({self.role}))
        owner = self.client if own else await self.person("officer1")
        ahead = {"start_ms": self.world.ago_ms(1), "end_ms": self.world.ago_ms(-3600)} if kind == "direct-use" else {}
        form = self.world.request_form(kind=kind, **ahead)
        request = (await self.does(owner, "/api/access-requests", form))["id"]
        path = f"/api/access-requests/{request}"
        if state == "submitted":
            return request, ""
        await self.does(await self.person("approver"), f"{path}/approve", {})
        if state == "approved":
            return request, ""
        staff = await self.person("manager")
        await self.does(staff, f"{path}/papers", {"papers": PAPERS})
        self.world.clock.advance(90)  # each officer's code of this step is spent
        second = spot_credentials(self.world) if spot else self.world.credentials("officer2")
        for credentials in (self.world.credentials("officer1"), second):
            await self.does(staff, f"{path}/presence", credentials)
        return await self._made(request, state, "officer1", "officer2")

    async def _own_copy(self, state: str) -> tuple[str, str]:
        allow_copies(self.world, self.world.manager.unit)
        form = own_form(self.world, self.world.cameras[0])
        request = (await self.does(await self.person("duty"), "/api/access-requests/own", form))["id"]
        path = f"/api/access-requests/{request}"
        if state == "submitted":
            return request, ""
        await self.does(await self.person("approver"), f"{path}/consent", {})
        if state == "approved":
            return request, ""
        second = "approver" if self.role is Role.APPROVER else "duty"
        self.world.clock.advance(90)
        await self.does(await self.person("manager"), f"{path}/presence", self.world.credentials(second))
        return await self._made(request, state, second)

    async def _made(self, request: str, state: str, *officers: str) -> tuple[str, str]:
        """The request from the ceremony on; `officers` sign its form."""
        path, staff = f"/api/access-requests/{request}", await self.person("manager")
        if state in ("present", "ended"):
            if state == "ended":
                await self.does(staff, f"{path}/end-visit", {})
                self.world.clock.advance(SPENT_S)
            return request, ""
        job = (await self.does(staff, f"{path}/export", {}))["export"]["id"]
        if state == "exporting":
            return request, job
        self.world.build(job)
        if state in ("sealed", "signed", "completed"):
            await self.does(staff, f"/api/exports/{job}/seal", {})
        if state in ("signed", "completed"):
            await sign_form(self.world, staff, request, *officers)
        if state == "completed":
            await self.does(staff, f"{path}/complete", {})
        return request, job

    def unit(self) -> UnitId:
        """The unit of the person."""
        return self.world.actor(NAMES[self.role]).unit

    async def post(self) -> str:
        """A running post of the duty officer."""
        security, duty = await self.person("security"), self.world.accounts["duty"].person
        return str((await self.does(security, f"/api/people/{duty}/posts", FORMS["give_post"]))["id"])

    async def recovery(self) -> str:
        """New credentials for an administrator of his own, asked for by one of another kind than the person."""
        lost = self.world.other_administrator().person
        asker = self.world.other_administrator() if self.role is Role.SECURITY else self.world.actor("security")
        about = {"actor": asker, "clock": self.world.clock, "random": self.world.services.random}
        return restoring.ask(self.world.store, **about, person=lost, why="丢失手机").id

    async def decided(self, person: str, post: str) -> None:
        """The file of a post's decision is kept."""
        security = await self.person("security")
        paper = {"file": ("任职文件.pdf", b"%PDF-1.7 decision")}
        answer = await security.post(f"/api/people/{person}/posts/{post}/decision", files=paper)
        assert answer.status_code == 201, answer.text

    def paper(self) -> str:
        """A paper of the person's own unit."""
        own = replace(self.world.attachment(), id=str(uuid4()), unit=self.unit(), subject=self.unit())
        with self.world.store.writing() as uow:
            uow.attachments.add(own)
        return own.id

    def scan(self, request: str) -> str:
        """A scan of a paper of a request."""
        about = {"subject_kind": SUBJECT, "subject": request, "kind": "work_id"}
        kept = replace(self.world.attachment(), id=str(uuid4()), unit=self.unit(), **about)
        with self.world.store.writing() as uow:
            uow.attachments.add(kept)
        return kept.id

    def link(self, person: str, *, standing: bool) -> None:
        """The person is linked to a subject of the identity provider, or to none."""
        issuer, now = self.world.provider.issuer, self.world.clock.now()
        with self.world.store.writing() as uow:
            if (known := uow.people.link_of(PersonId(person))) is not None:
                uow.people.remove_link(known.id)
            if standing:
                uow.people.add_link(ProviderLink(str(uuid4()), PersonId(person), issuer, f"sub-{person}", now))

    def sign_photograph(self, place: str) -> str:
        """A picture of a mounted sign, kept with its place."""
        now = self.world.clock.now()
        kept = Attachment(
            str(uuid4()), self.unit(), "place", place, "sign", "标识.jpg", "image/jpeg", 3, "ab" * 32, "某人", now
        )
        with self.world.store.writing() as uow:
            uow.attachments.add(kept)
        return kept.id

    async def view(self, act: str) -> str:
        """A viewing of the person himself where he may view, else of the manager."""
        own = role_allows(views.ACTS[MediaAct(act)], frozenset({self.role}))
        viewer = self.client if own else await self.person("manager")
        return str((await self.does(viewer, "/api/views", self.viewing(act)))["grant"])

    async def place(self) -> str:
        """A place of the person's own unit, put on record by whoever may there."""
        keeper = await self.person("planner" if self.role is Role.PLANNER else "manager")
        return str((await self.does(keeper, "/api/places", PLACE))["id"])

    async def part(self, place: str) -> str:
        """A key part of such a place."""
        keeper = await self.person("planner" if self.role is Role.PLANNER else "manager")
        return str((await self.does(keeper, f"/api/places/{place}/parts", PART))["id"])

    async def jumped(self, vouched: bool) -> dict[str, Any]:
        """The form about a clock jump, which an administrator has vouched for where it says so."""
        mark, now = str(uuid4()), self.world.clock.now()
        clock_freeze.noticed(
            self.world.store, clock=self.world.clock, mark=mark, seen="running", found=now, expected=UtcNs(0)
        )
        form = {"mark": mark, "how": "与授时中心核对一致"}
        if vouched:
            await self.does(await self.person("admin"), "/api/storage/clock/vouch", form)
        return form

    def viewing(self, act: str) -> dict[str, Any]:
        form = {"act": act, "cameras": self.world.cameras[:1]}
        if act == "playback":
            form |= {"start_ms": self.world.ago_ms(600), "end_ms": self.world.ago_ms(300)}
            form |= {"ground": DEFAULTS[1], "purpose": "核实报案时间"}
        return form


STATES = {
    "read_request": "submitted", "approve_request": "submitted", "refuse_request": "submitted",
    "withdraw_request": "submitted", "sign_presence": "approved", "export_request": "present",
    "complete_request": "signed", "read_export": "exporting", "cancel_export": "exporting",
    "seal_package": "ready", "check_papers": "approved", "end_visit": "present", "report_request": "completed",
    **dict.fromkeys(("read_register_form", "print_register_form"), "present"),
    **dict.fromkeys(("sign_register_form", "co_sign_register_form"), "ended"),
    "view_under_approval": "present", "use_under_approval": "approved", "enrol_officer": "approved",
    **dict.fromkeys(("take_share", "show_share_at_counter", "open_download", "fetch_sealed_package"), "sealed"),
    **dict.fromkeys(("consent_to_own_copy", "decline_own_copy"), "submitted"),
    "add_scan": "approved", "read_scan": "submitted", "turn_away": "approved", "print_approval": "approved",
}  # fmt: skip
"""Where a request must stand for the operation to succeed."""
KINDS = {"view_under_approval": "view", "use_under_approval": "direct-use"}
"""What it must be for, where that is no copy."""
OWN_COPY: dict[str, tuple[Role, ...]] = {
    "take_share": (Role.DUTY, Role.UNIT_MANAGER, Role.APPROVER),
    **dict.fromkeys(("open_download", "fetch_sealed_package"), (Role.DUTY, Role.APPROVER)),
    **dict.fromkeys(("consent_to_own_copy", "decline_own_copy"), tuple(Role)),
}
"""For whom an operation is about a copy of the unit's own footage; the watch has a part in no other request."""
PAPERS = ["certificate", "work_id"]
"""What officers of public security show (article 22, paragraph 2)."""
PLACE = {
    "name": "广场", "kind": "7.12.square", "territory": "340421", "address": "某路",
    "longitude": 116.7, "latitude": 32.7,
}  # fmt: skip
PART = {
    "name": "舞台", "part": "key_part", "national_rule": "国家有关规定", "decision": "确定为重要部位",
    "decided_by": "张三", "decided_on": "2017-01-05",
}  # fmt: skip
FORMS: dict[str, dict[str, Any]] = {
    "add_place": PLACE,
    "change_place": PLACE,
    "close_place": {"reason": "停止使用"},
    "decide_part": PART,
    "withdraw_part": {"reason": "已经拆除"},
    "guide_part": {"text": "应增加一处"},
    "add_system": {"name": "广场系统"},
    "put_siting": {"location": "lobby"},
    "move_camera": {"decision": "改向西侧入口", "direction_deg": 270},
    "add_person": {"name": "someone", "display_name": "某人"},
    "grant_roles": {"roles": ["duty"]},
    "link_person": {"subject": "duty-at-provider"},
    "reset_credentials": {"why": "丢失手机"},
    "change_person": {"display_name": "某人"},
    "add_camera": {"name": "门口", "url": "rtsp://192.0.2.7/x"},
    "change_camera": {"name": "门口"},
    "report_trouble": {"text": "画面卡顿，请检查线路"},
    "retire_camera": {"reason": "设备更换"},
    "change_purposes": {"purposes": [*DEFAULTS, "失物查找"]},
    "probe_camera": {"url": "rtsp://192.0.2.7/x"},
    "refuse_request": {"reason": "材料不全"},
    "decline_own_copy": {"reason": "没有复制的必要"},
    "report_request": {"report": "已用于案件办理，介质已销毁"},
    "mount_sign": {"attachment": UNKNOWN},
    "reply_to_complaint": {"text": "已经核查，情况属实"},
    **ROUTE_FORMS,
    "change_organ": {"name": "示范县公安局", "kind": "public_security", "territory": "340421"},
    "move_organ": {"parent": None},
    "appoint_administrator": {"name": "boss", "display_name": "首任管理员"},
    "give_post": {"title": "视频值守", "roles": ["duty"], "decision": "示范任〔2026〕1号", "begins_on": "2026-01-01"},
    "end_post": {"ends_on": "2026-01-01", "why": "轮岗"},
}
OF_SYSTEMS = ("system", "filing", "removal")
ABOUT_A_SYSTEM = ("draft_filing", "earliest_removal")


def blank_picture() -> bytes:
    """A PNG of one colour."""
    out = BytesIO()
    Image.new("L", (64, 36), 90).save(out, "PNG")
    return out.getvalue()


MASKS = [{"shape": "box", "cover": "fill", "keys": [{"at_ms": 0, "corners": [[0.1, 0.1], [0.4, 0.4]]}]}]
REVIEWS = ("look_at_redaction", "review_redaction")
RELEASES = ("release_redaction", "take_redaction")


async def redaction_call(town: Town, name: str, known: dict[str, str]) -> Call:
    """A call about a redacted copy that is where it must be: made by the person himself, or for a review by another."""
    viewing, grant = town.viewing("playback"), await town.view("playback")
    about = {"camera": str(viewing["cameras"][0]), "start_ms": viewing["start_ms"], "end_ms": viewing["end_ms"]}
    words = {"purpose": "征集线索", "destination": "县广播电视台"}
    if name == "begin_redaction":
        return Call(known, {"grant": grant, **about, **words})
    mine = name not in REVIEWS and role_allows(Act.REDACTION_EDIT, frozenset({town.role}))
    editor = town.client if mine else await town.person("manager" if town.role is Role.DUTY else "duty")
    view = (await town.does(editor, "/api/views", viewing))["grant"]
    made = await town.does(editor, "/api/redactions", {"grant": view, **about, **words})
    path = f"/api/redactions/{made['id']}"
    assert (await editor.put(f"{path}/masks", json={"masks": MASKS})).status_code == 200
    known["redaction"] = made["id"]
    if name in ("watch_draft", "submit_redaction", *REVIEWS, *RELEASES):
        await town.does(editor, f"{path}/draft", {})
    if name in (*REVIEWS, *RELEASES):
        await town.does(editor, f"{path}/submit", {})
    if name in ("review_redaction", *RELEASES):
        manager, duty = await town.person("manager"), await town.person("duty")
        other = duty if editor is manager else manager
        theirs = (await town.does(other, "/api/views", viewing))["grant"]
        await town.does(other, f"{path}/look", {"grant": theirs})
        if name in RELEASES:
            await town.does(other, f"{path}/review", {"approve": True})
    if name == "take_redaction":
        await town.does(await town.person("manager"), f"{path}/release", {})
    forms: dict[str, dict[str, Any]] = {
        "save_masks": {"masks": MASKS},
        "look_at_redaction": {"grant": grant},
        "watch_draft": {"grant": grant},
        "redaction_picture": {"grant": grant},
        "review_redaction": {"approve": True},
    }
    return Call(known, forms.get(name, {}))


PRIVATE_ASKED = ("consent_to_private_viewing", "refuse_private_viewing")


async def private_call(town: Town, name: str, known: dict[str, str]) -> Call:
    """A call about a private person's application, taken down by another than who decides, and where it must be."""
    manager, duty = await town.person("manager"), await town.person("duty")
    made = await private_world.asked(town.world, duty)
    path, camera = f"{private_world.PATH}/{made['id']}", made["cameras"][0]
    known["viewing"], asking = made["id"], {}
    if name not in PRIVATE_ASKED:
        await town.does(manager, f"{path}/consent", {"mask_others": False})
    if name == "sign_private_sheet":
        await private_world.viewed(duty, made)
    if name == "private_viewing_still":
        looker = town.client if town.role in (Role.UNIT_MANAGER, Role.DUTY) else manager
        return Call(known, {"camera": camera, "grant": await private_world.looking(looker, made)})
    if name in ("keep_private_scan", "read_private_scan"):
        file = {"file": ("证件.pdf", b"%PDF-1.7 identity")}
        if name == "keep_private_scan":
            return Call(known, {}, {"kind": "sheet"}, files=file)
        kept = await duty.post(f"{path}/scans", files=file)
        known["scan"] = kept.json()["id"]
    forms: dict[str, dict[str, Any]] = {
        "refuse_private_viewing": {"note": "与申请人没有关联"},
        "withdraw_private_viewing": {"note": "申请人不再查阅"},
        "save_private_masks": {"camera": camera, "masks": MASKS},
        "open_private_viewing": {"cameras": [camera], **private_world.OUTSIDE},
        "sign_private_sheet": private_world.SIGNED,
        "print_private_sheet": {},
    }
    if name == "print_private_sheet":
        asking = {"language": "zh"}
    return Call(known, forms.get(name, {}), asking)


async def good_call(town: Town, name: str, path: str, act: Act) -> Call:
    """A call of the operation `name` at `path`, on objects that are there for it alone."""
    world = town.world
    known = {
        **CITED,
        "person": world.accounts["duty"].person,
        "index": "0",
        "path": "checkpoint",
        **dict.fromkeys(("zoom", "column", "row"), "0"),
        "organ": world.manager.unit,
    }
    if name == "add_attachment":
        about = {"subject_kind": "unit", "subject": str(town.unit()), "kind": "design"}
        return Call(known, about, files={"file": ("方案.pdf", b"%PDF-1.7 design")})
    if name in ("link_person", "unlink_person"):
        town.link(known["person"], standing=name == "unlink_person")
    if name == "trace_leak":
        return Call(known, {}, files={"file": ("泄露.png", blank_picture())})
    objects, planned = planning_town.good_call(world, NAMES[town.role], name, path)
    known |= objects
    if name == "import_sheet":
        sheet = {"file": ("场所.csv", "名称,场所种类,行政区划代码,地址\n".encode())}
        return Call({"what": "places"}, {}, {"commit": "true"}, files=sheet)
    if "{redaction}" in path or name == "begin_redaction":
        return await redaction_call(town, name, known)
    if "{viewing}" in path:
        return await private_call(town, name, known)
    if "{leak}" in path:
        known["leak"] = town.trace()
    if "{attachment}" in path:
        known["attachment"] = town.paper()
    if "{access_request}" in path or "{job}" in path:
        spot = name == "show_share_at_counter"
        watch = (Role.DUTY,) if role_allows(act, frozenset({Role.DUTY})) else ()
        own = town.role in OWN_COPY.get(name, watch)
        taken = await town.request(STATES[name], KINDS.get(name, "copy"), spot=spot, own_copy=own)
        known["access_request"], known["job"] = taken
    if "{download}" in path:
        own = role_allows(Act.DOWNLOAD_OPEN, frozenset({town.role}))
        opener = town.client if own else await town.person("officer1")
        known["download"] = (await town.does(opener, f"/api/exports/{known['job']}/downloads", {}))["id"]
    if "{visit}" in path:
        known["visit"] = (await visit_of(await town.person("manager"), known["access_request"])).rpartition("/")[2]
    if name == "close_view" and town.role is Role.OFFICER:
        actor = under_world.holder(world, town.client)
        known["grant"] = under_world.open_under(world, actor, under_world.direct_use(world), MediaAct.LIVE).id
    elif "{grant}" in path:
        known["grant"] = await town.view("live")
    if "{entry}" in path:
        keeper = await town.person("manager")
        known["entry"] = str((await town.does(keeper, "/api/views", town.viewing("live")))["entry"])
    if "{use}" in path:
        manager = under_world.holder(world, await town.person("manager"))
        known["use"] = str(under_world.open_under(world, manager, under_world.direct_use(world), MediaAct.LIVE).entry)
    if "{what}" in path:
        known["what"] = "places"
    if "{place}" in path:
        known["place"] = world.add_place(town.unit()).id
    if "{complaint}" in path:
        known["complaint"] = world.add_complaint(world.add_place(town.unit())).id
    if "{camera}" in path:
        known["camera"] = world.add_camera(world.manager, "侧门", SMALL_BPS)
        if "/siting/" in path:
            known["camera"] = complete(world, world.manager, bitrate_bps=SMALL_BPS)
    if "{place}" in path and ("sign" not in path or name == "issue_sign"):
        known["place"] = await town.place()
    if "{part}" in path:
        known["part"] = await town.part(known["place"])
    form, asking = FORMS.get(name, planned), {"from_ms": 0, "to_ms": 1000} if name == "camera_timeline" else {}
    if name in ABOUT_SYSTEMS:
        standing = put(world, town.unit(), name)
        known |= {one: getattr(standing, one) for one in OF_SYSTEMS}
        form, asking = route_form(name, standing), {"system": standing.system}
    if "{post}" in path:
        known["post"] = await town.post()
    if name == "keep_post_decision":
        return Call(known, {}, files={"file": ("任职文件.pdf", b"%PDF-1.7 decision")})
    if name == "read_post_decision":
        await town.decided(known["person"], known["post"])
    if "{recovery}" in path:
        known["recovery"] = await town.recovery()
    if name == "appoint_administrator":
        known["organ"] = world.organ("示范县卫生健康委员会").id
    match name:
        case "mount_sign":
            form = {"attachment": town.sign_photograph(known["place"])}
        case "add_organ":
            form = world.organ_form()
        case "put_siting":
            place, system = hall(world, world.manager)
            form = {"place": place, "system": system, "location": "lobby"}
        case "open_view":
            form = town.viewing(act.removeprefix("view."))
        case "ask_audit_question":
            known["question"] = "night"
        case "list_rights_about_camera":
            form = {"camera": world.cameras[0]}
        case "list_rights_of_person":
            form = {"person": known["person"]}
        case "explain_right":
            form = {"person": known["person"], "act": "view.live", "kind": "camera", "object": world.cameras[0]}
        case "enter_private_viewing":
            form = private_world.application(world)
        case "submit_request":
            form = world.request_form()
        case "ask_own_copy":
            allow_copies(world, world.manager.unit)
            form = own_form(world, world.cameras[0])
        case "try_code":
            asking = {"code": "34042100471327000009"}
        case "take_snapshot":
            form = {"camera": world.cameras[0]}
        case "vouch_for_clock" | "confirm_clock" | "doubt_clock":
            form = await town.jumped(vouched=name != "vouch_for_clock")
        case "submit_request_on_paper":
            paper = town.paper()
            form = world.request_form(
                asker=world.manager.unit, head="某局长", document="批〔2026〕1号", attachment=paper
            )
        case "sign_presence" | "use_under_approval" | "co_sign_register_form":
            form = world.credentials("officer2")
        case "show_share_at_counter":
            form = spot_credentials(world)
        case "enrol_officer":
            about = {"name": "外来民警", "work_id": "WL-0001"}
            return Call(known, about, files={"file": ("工作证.pdf", b"%PDF-1.7 work ID")})
        case "check_papers" | "turn_away":
            form = {"papers": PAPERS}
        case "add_scan":
            return Call(known, {}, {"paper": "work_id"}, files={"file": ("证件.pdf", b"%PDF-1.7 scan")})
        case "read_scan":
            known["scan"] = town.scan(known["access_request"])
        case "read_case_folder" | "print_case_folder":
            return Call(known, form, {"case": "案〔2026〕1号"})
    if name not in (*ABOUT_A_SYSTEM, "camera_timeline", "try_code"):
        asking = {}
    return Call(known, form, asking)
