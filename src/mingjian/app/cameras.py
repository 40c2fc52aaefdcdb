"""Records of cameras: who may add one, whether the disks hold it for the whole term, and what its recorder needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mingjian.app import places, sitings, systems
from mingjian.app.performing import Performance, asking, performing
from mingjian.app.ports import Admission, Random, Store, Vault
from mingjian.app.records import Actor, Camera
from mingjian.app.sitings import SitingForm
from mingjian.app.texts import line
from mingjian.capture.address import CameraAddress, is_secure, normalized_fingerprint
from mingjian.capture.hosts import MAX_REDIRECT_HOSTS, checked_hosts
from mingjian.governance.authority import Act
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, UnitId, uuid7
from mingjian.law.rulebook import Rulebook

BITRATE_BPS = (16_000, 200_000_000)
"""From a very small sub-megapixel stream to more than any camera sends: outside, somebody mistyped the unit."""


@dataclass(frozen=True, slots=True)
class CameraRules:
    """What adding a camera is checked against."""

    admission: Admission
    vault: Vault
    law: Rulebook


@dataclass(frozen=True, slots=True)
class CameraForm:
    """What people enter about a camera; `password` None on a change keeps the stored one."""

    name: str
    place: str
    url: str
    sub_url: str
    user: str
    password: str | None = field(repr=False)
    transport: str
    engine: str
    audio_basis: str
    expected_bitrate_bps: int
    redirect_hosts: tuple[str, ...] = ()
    """Hosts beside those of the addresses to which the camera may redirect."""
    tls_sha256: str = ""
    """The certificate to be trusted at rtsps addresses, once somebody has looked at it."""


@dataclass(frozen=True, slots=True)
class CameraConnection:
    """What a recorder needs to reach a camera. `repr` hides the password."""

    id: CameraId
    unit: UnitId
    name: str
    url: str
    sub_url: str
    user: str
    password: str = field(repr=False)
    transport: str
    engine: str
    audio: bool
    """Only where the record names the legal basis of sound."""
    hosts: frozenset[str]
    tls_sha256: str


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Camera]:
    """The cameras of the actor's unit."""
    with asking(store, Act.CAMERA_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.cameras.of_unit(doing.person.unit)


def one(store: Store, *, actor: Actor, clock: Clock, camera: CameraId, act: Act = Act.CAMERA_LIST) -> Camera:
    """A camera of the actor's unit, for `act` (its page, its timeline). Raises Missing for any other."""
    with asking(store, act, actor=actor, clock=clock) as doing:
        return _of_unit(doing, camera)


def may(store: Store, act: Act, *, actor: Actor, clock: Clock) -> None:
    """Ask for an act without an object (a probe, the storage page). Raises Refused, with its entry."""
    with asking(store, act, actor=actor, clock=clock):
        return


def add_camera(
    store: Store,
    rules: CameraRules,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    form: CameraForm,
    siting: SitingForm | None = None,
) -> Camera:
    """Put a camera on record; its recorder starts within seconds, with `siting` not before its record is signed.

    Raises Refused `capacity.*` with the arithmetic, or `siting.*` with the article where none may be installed.
    """
    with performing(store, Act.CAMERA_ADD, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        camera = new_camera(doing, rules, random, form)
        rules.admission.admit(camera.name, camera.expected_bitrate_bps, doing.uow.cameras.all_in_use())
        enter_camera(doing, rules, camera, siting)
        return camera


def new_camera(doing: Performance, rules: CameraRules, random: Random, form: CameraForm) -> Camera:
    """A checked camera of the actor's unit, not stored yet: what the form and each line of a sheet become."""
    form, hosts = _checked(form, rules)
    sitings.lawful_spot(doing, rules.law, form.place, "place")
    identity = CameraId(uuid7(doing.now, random(RANDOM_BYTES)))
    return Camera(
        id=identity,
        unit=doing.person.unit,
        name=form.name,
        place=form.place,
        url=form.url,
        sub_url=form.sub_url,
        user=form.user,
        password_sealed=rules.vault.seal((form.password or "").encode(), context=_context(identity)),
        transport=form.transport,
        engine=form.engine,
        audio_basis=form.audio_basis,
        expected_bitrate_bps=form.expected_bitrate_bps,
        hosts=hosts,
        tls_sha256=form.tls_sha256,
        created=doing.now,
    )


def enter_camera(doing: Performance, rules: CameraRules, camera: Camera, siting: SitingForm | None) -> None:
    """Store a new camera with its entry, and where it stands if that is said."""
    doing.uow.cameras.add(camera)
    doing.enter("camera.added", camera.id, _facts(camera))
    if siting is not None:
        sitings.put_in(doing, rules.law, camera, siting, existing=siting.existing)


def change_camera(
    store: Store, rules: CameraRules, *, actor: Actor, clock: Clock, camera: CameraId, form: CameraForm
) -> Camera:
    """Change a record; the disks are reckoned again. What was recorded under the old one stays as it is.

    Behind another main address there may be another view: `sitings.seen_anew`.
    """
    form, hosts = _checked(form, rules)
    with performing(store, Act.CAMERA_CHANGE, camera, actor=actor, clock=clock) as doing:
        before = _of_unit(doing, camera)
        doing.permit(before.unit)
        if form.place != before.place:
            sitings.lawful_spot(doing, rules.law, form.place, "place")
        others = [other for other in doing.uow.cameras.all_in_use() if other.id != camera]
        rules.admission.admit(form.name, form.expected_bitrate_bps, others)
        sealed = before.password_sealed
        if form.password is not None:
            sealed = rules.vault.seal(form.password.encode(), context=_context(camera))
        after = replace(
            before,
            name=form.name,
            place=form.place,
            url=form.url,
            sub_url=form.sub_url,
            user=form.user,
            password_sealed=sealed,
            transport=form.transport,
            engine=form.engine,
            audio_basis=form.audio_basis,
            expected_bitrate_bps=form.expected_bitrate_bps,
            hosts=hosts,
            tls_sha256=form.tls_sha256,
        )
        doing.uow.cameras.save(after)
        facts = {**_facts(after), "before": _facts(before), "password_changed": form.password is not None}
        doing.enter("camera.changed", camera, facts)
        if form.url != before.url:
            sitings.seen_anew(doing, rules.law, after)
        return after


def probe_address(store: Store, *, actor: Actor, clock: Clock, address: CameraAddress) -> None:
    """Permit a stream test of an address that is on no record, and enter it: the test itself follows the commit."""
    with performing(store, Act.CAMERA_PROBE, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        doing.enter("camera.probed", "", _probe_facts(address))


def probe_camera(
    store: Store, rules: CameraRules, *, actor: Actor, clock: Clock, camera: CameraId, form: CameraForm
) -> CameraAddress:
    """Permit a stream test of a camera as `form` would have it, and enter it; what is to be tried after the commit.

    Without a password in the form the stored one is used, but sent only to hosts of the record: whoever may change a
    record must not learn its password by pointing the test elsewhere. Raises Invalid(`password`) then.
    """
    with performing(store, Act.CAMERA_PROBE, camera, actor=actor, clock=clock) as doing:
        before = _of_unit(doing, camera)
        doing.permit(before.unit)
        stored = form.password is None
        if stored:
            form = replace(form, password=_password(before, rules.vault))
        address = _address(form, form.url, "url")
        strangers = sorted((address.allowed_hosts | {address.host}) - before.hosts)
        if stored and form.password and strangers:
            raise Invalid(
                "camera.password-elsewhere",
                f"{strangers[0]} 不在这台摄像机的登记中，不会把已存的密码发给它",
                text_en=f"{strangers[0]} is not on this camera's record: the stored password is not sent there",
                remedy="填写密码后再测试",
                remedy_en="Enter the password, then test",
                field="password",
            )
        facts = {**_probe_facts(address), "cameras": [camera], "stored_password": stored}
        doing.enter("camera.probed", camera, facts)
        return address


def redirect_hosts(camera: Camera) -> tuple[str, ...]:
    """The hosts of a record that are not those of its addresses."""
    own = {CameraAddress.parse(url).host for url in (camera.url, camera.sub_url) if url}
    return tuple(sorted(camera.hosts - own))


def stream_address(camera: Camera, vault: Vault) -> CameraAddress:
    """Where the main stream of a stored camera is read, with its credential."""
    form = replace(stored_form(camera, {}), password=_password(camera, vault))
    return _address(form, form.url, "url")


def retire_camera(
    store: Store, law: Rulebook, *, actor: Actor, clock: Clock, random: Random, camera: CameraId, reason: str
) -> None:
    """Stop recording a camera. Its footage stays for its term, its register entries for ever.

    Where it was the last one of a required part, its place owes one again (article 7). Where its system is filed, that
    is a recorded change of the number of cameras, which is to be filed promptly (799 article 14).
    """
    reason = line(reason, "reason", shortest=4, longest=500)
    with performing(store, Act.CAMERA_CHANGE, camera, actor=actor, clock=clock) as doing:
        before = _of_unit(doing, camera)
        doing.permit(before.unit)
        _retire(doing, law, before, reason)
        siting = doing.uow.sitings.one(camera)
        if siting is not None and (siting.signed is not None or siting.existing):
            systems.lost_camera(doing, law, random, siting.system, reason)


def retire_of_system(doing: Performance, law: Rulebook, system: VideoSystem, reason: str) -> None:
    """Stop recording every camera of a system that is taken down, in the same act. Their footage stays for its term."""
    for siting in doing.uow.sitings.of_system(system.id):
        camera = doing.uow.cameras.one(siting.id, system.unit)
        if camera is not None:
            _retire(doing, law, camera, reason)


def _retire(doing: Performance, law: Rulebook, camera: Camera, reason: str) -> None:
    if camera.retired is not None:
        return
    doing.uow.cameras.save(replace(camera, retired=doing.now))
    index = doing.enter("camera.retired", camera.id, personal={"reason": reason})
    siting = doing.uow.sitings.one(camera.id)
    if siting is not None:
        places.settle(doing, law, places.of(doing, siting.place), entry=index)


def connections(store: Store, vault: Vault) -> list[CameraConnection]:
    """Every camera of which something may be recorded, with its credential: for the supervisor, which hands them to
    the recorders by pipe. Those that are held (`governance.siting.Siting.held`) are not among them."""
    with store.reading() as uow:
        held = uow.sitings.held()
        cameras = [camera for camera in uow.cameras.all_in_use() if camera.id not in held]
    return [
        CameraConnection(
            id=camera.id,
            unit=camera.unit,
            name=camera.name,
            url=camera.url,
            sub_url=camera.sub_url,
            user=camera.user,
            password=_password(camera, vault),
            transport=camera.transport,
            engine=camera.engine,
            audio=bool(camera.audio_basis),
            hosts=camera.hosts,
            tls_sha256=camera.tls_sha256,
        )
        for camera in cameras
    ]


def stored_form(camera: Camera, changes: Mapping[str, object]) -> CameraForm:
    """The form of a stored camera with some fields changed; the password is kept unless it is among them."""
    fields: dict[str, object] = {
        "name": camera.name,
        "place": camera.place,
        "url": camera.url,
        "sub_url": camera.sub_url,
        "user": camera.user,
        "password": None,
        "transport": camera.transport,
        "engine": camera.engine,
        "audio_basis": camera.audio_basis,
        "expected_bitrate_bps": camera.expected_bitrate_bps,
        "redirect_hosts": redirect_hosts(camera),
        "tls_sha256": camera.tls_sha256,
    }
    return CameraForm(**{**fields, **changes})  # type: ignore[arg-type]  # the web's model has checked the types


def _checked(form: CameraForm, rules: CameraRules) -> tuple[CameraForm, frozenset[str]]:
    form = replace(form, tls_sha256=normalized_fingerprint(form.tls_sha256))
    further = checked_hosts(form.redirect_hosts)
    if len(further) > MAX_REDIRECT_HOSTS:
        raise Invalid(
            "camera.redirect-hosts",
            f"转向主机最多 {MAX_REDIRECT_HOSTS} 个",
            text_en=f"At most {MAX_REDIRECT_HOSTS} hosts for redirects",
            remedy="只登记摄像机确实会转到的主机",
            remedy_en="Record only hosts to which the camera really redirects",
            field="redirect_hosts",
        )
    hosts = further | {_address(form, form.url, "url").host}
    if form.sub_url:
        hosts |= {_address(form, form.sub_url, "sub_url").host}
    if form.tls_sha256 and not (is_secure(form.url) or is_secure(form.sub_url)):
        raise Invalid(
            "camera.tls-sha256",
            "两个取流地址都不是 rtsps，没有证书可以信任",
            text_en="Neither address is rtsps: there is no certificate to trust",
            remedy="改用 rtsps 地址，或清空证书指纹",
            remedy_en="Use an rtsps address, or clear the fingerprint",
            field="tls_sha256",
        )
    low, high = BITRATE_BPS
    if not low <= form.expected_bitrate_bps <= high:
        raise Invalid(
            "camera.bitrate",
            f"码率须在 {low // 1000} kb/s 至 {high // 1_000_000} Mb/s 之间，单位为 b/s",
            text_en=f"The bit rate lies between {low // 1000} kb/s and {high // 1_000_000} Mb/s, in bits per second",
            remedy="先测试视频流，采用实测值",
            remedy_en="Test the stream and take the measured value",
            field="expected_bitrate_bps",
        )
    clean = replace(
        form,
        name=line(form.name, "name", longest=64),
        place=line(form.place, "place", shortest=0, longest=200),
        user=line(form.user, "user", shortest=0, longest=64),
        audio_basis=line(form.audio_basis, "audio_basis", shortest=0, longest=200),
    )
    return clean, hosts


def _address(form: CameraForm, url: str, field: str) -> CameraAddress:
    """The checked address of one stream. Raises Invalid naming the form's own field."""
    try:
        return CameraAddress.parse(
            url,
            transport=form.transport,
            engine=form.engine,
            user=form.user,
            password=form.password or "",
            audio=bool(form.audio_basis),
            allowed_hosts=form.redirect_hosts,
            tls_sha256=form.tls_sha256 if is_secure(url) else "",
        )
    except Invalid as invalid:
        if invalid.field == "url":
            invalid.field = field
        raise


def _password(camera: Camera, vault: Vault) -> str:
    return vault.open(camera.password_sealed, context=_context(camera.id)).decode()


def _probe_facts(address: CameraAddress) -> dict[str, object]:
    return {
        "hosts": sorted(address.allowed_hosts | {address.host}),
        "port": address.port,
        "transport": address.transport,
        "engine": address.engine,
        "tls_sha256": address.tls_sha256,
    }


def _of_unit(doing: Performance, camera: CameraId) -> Camera:
    found = doing.uow.cameras.one(camera, doing.person.unit)
    if found is None:
        raise Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera")
    return found


def _facts(camera: Camera) -> dict[str, object]:
    return {
        "cameras": [camera.id],
        "name": camera.name,
        "place": camera.place,
        "hosts": sorted(camera.hosts),
        "tls_sha256": camera.tls_sha256,
        "transport": camera.transport,
        "engine": camera.engine,
        "audio_basis": camera.audio_basis,
        "expected_bitrate_bps": camera.expected_bitrate_bps,
    }


def _context(camera: CameraId) -> str:
    return f"camera:{camera}"
