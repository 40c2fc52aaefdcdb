"""Places and cameras by the sheet: all lines or none, every error by line and column, the same rules as one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from mingjian.app import cameras, place_systems, places
from mingjian.app.cameras import CameraForm, CameraRules
from mingjian.app.performing import Performance, asking, performing, record_refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, Camera
from mingjian.app.sheet_columns import CAMERAS, PLACES, SHEETS, Column, columns_of
from mingjian.app.sitings import SitingForm
from mingjian.governance.authority import Act
from mingjian.governance.places import Capacity, Datum, Place
from mingjian.governance.siting import Siting
from mingjian.governance.systems import VideoSystem
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, MingjianError, Missing, Refused
from mingjian.law.rulebook import Rulebook

ERRORS_MOST = 1_000
"""Nobody corrects more at once; the rest shows at the next try."""
IMPORTED_MOST = 5_000
"""Lines of one import: one transaction, while which nobody else writes."""
DEFAULT_KBPS = 4_000
"""A main stream of 1080p, where the sheet does not say."""
HEADING_LINE = 1
T = TypeVar("T")
YES, NO = ("是", "有", "yes", "y", "true", "1"), ("否", "无", "no", "n", "false", "0", "")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one cell; `line` counts as the spreadsheet program does, `column` is its heading."""

    line: int
    column: str
    code: str
    text: str
    text_en: str
    article: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to. `done`: everything is stored; otherwise nothing is."""

    lines: int
    done: bool
    errors: Sequence[LineError]


class _Undone(Exception):
    """Takes the transaction back: a dry run, or errors."""


@dataclass(slots=True)
class _Lines:
    """One import under way: its transaction, its columns and the errors found so far."""

    doing: Performance
    law: Rulebook
    rules: CameraRules
    random: Random
    columns: Sequence[Column]
    errors: list[LineError]

    def values(self, line: int, row: Sequence[str]) -> dict[str, str | float | bool]:
        """The cells of a line by column key, empty ones left out; what cannot be read is an error."""
        found: dict[str, str | float | bool] = {}
        for column, cell in zip(self.columns, row, strict=False):
            if not cell:
                if column.required:
                    self.error(line, column.key, "sheet.required", "必须填写", "This is needed")
                continue
            match column.kind:
                case "number":
                    try:
                        found[column.key] = float(cell)
                    except ValueError:
                        self.error(line, column.key, "sheet.number", "须为数字", "This is a number")
                case "yes_no":
                    if cell.casefold() not in (*YES, *NO):
                        self.error(line, column.key, "sheet.yes-no", "须填“是”或者“否”", "Yes or no")
                    found[column.key] = cell.casefold() in YES
                case "choice":
                    words = {word.casefold(): key for key, *names in column.choices for word in (key, *names)}
                    if cell.casefold() in words:
                        found[column.key] = words[cell.casefold()]
                    else:
                        one_of = "、".join(name for _, name, _ in column.choices)
                        one_of_en = ", ".join(name_en for _, _, name_en in column.choices)
                        self.error(line, column.key, "sheet.choice", f"须为：{one_of}", f"One of: {one_of_en}")
                case _:
                    found[column.key] = cell
        for column in self.columns[len(row) :]:
            if column.required:
                self.error(line, column.key, "sheet.required", "必须填写", "This is needed")
        return found

    def error(self, line: int, key: str, code: str, text: str, text_en: str, article: str = "") -> None:
        column = next((one for one in self.columns if one.key == key), None)
        if len(self.errors) < ERRORS_MOST:
            self.errors.append(LineError(line, column.name if column else key, code, text, text_en, article))

    def failed(self, line: int, error: MingjianError) -> None:
        key = {"expected_bitrate_bps": "bitrate_kbps"}.get(error.field, error.field)
        article = self.law.cited(error.article, self.law.day(self.doing.now))
        self.error(line, key, error.code, error.text, error.text_en, article)


def import_sheet(
    store: Store,
    law: Rulebook,
    rules: CameraRules,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    what: str,
    rows: Sequence[Sequence[str]],
    commit: bool,
) -> Imported:
    """Check every line as if it were stored, and store all of them where `commit` and there is no error.

    Raises Invalid(`file`) for a sheet whose headings cannot be used, Refused for who may not import.
    """
    columns = _headings(what, rows)
    lines = [(number, row) for number, row in enumerate(rows[1:], HEADING_LINE + 1) if any(row)]
    if len(lines) > IMPORTED_MOST:
        raise _unusable(f"一次最多导入 {IMPORTED_MOST} 行", f"At most {IMPORTED_MOST} lines at a time")
    errors: list[LineError] = []
    refused: dict[str, Refused] = {}
    done = False
    try:
        with performing(store, Act.REGISTRY_IMPORT, "", actor=actor, clock=clock) as doing:
            doing.permit(doing.person.unit)
            take = _Lines(doing, law, rules, random, columns, errors)
            one: Callable[[_Lines, int, Sequence[str]], None] = _place if what == "places" else _camera(take)
            for number, row in lines:
                before = len(errors)
                try:
                    one(take, number, row)
                except Refused as error:
                    refused.setdefault(error.code, error)
                    take.failed(number, error)
                except (Invalid, Missing) as error:
                    if len(errors) == before:
                        take.failed(number, error)
            if what == "cameras" and not errors:
                _fits(take, lines)
            if errors or not commit:
                raise _Undone
            doing.enter("registry.imported", "", {"what": what, "lines": len(lines)})
        done = True
    except _Undone:
        pass
    if commit and not done:
        for refusal in refused.values():
            record_refusal(store, Act.REGISTRY_IMPORT, "", refusal, actor=actor, now=clock.now())
    return Imported(len(lines), done, errors)


def export_rows(store: Store, law: Rulebook, *, actor: Actor, clock: Clock, what: str) -> list[list[str]]:
    """The unit's own places or cameras as rows of a sheet, headings first; never a password."""
    with asking(store, Act.REGISTRY_EXPORT, actor=actor, clock=clock) as doing:
        unit = doing.person.unit
        mine = {place.id: place for place in doing.uow.places.of_unit(unit)}
        if what == "places":
            found = [_place_row(place, law) for place in mine.values() if place.closed is None]
        else:
            sited = {one.id: one for one in doing.uow.sitings.of_unit(unit)}
            systems = {one.id: one for one in doing.uow.systems.of_unit(unit)}
            found = [
                _camera_row(camera, sited.get(camera.id), mine, systems) for camera in doing.uow.cameras.of_unit(unit)
            ]
    columns = [column for column in SHEETS[what] if column.exported]
    return [template(what, exported=True)[0], *([row.get(column.key, "") for column in columns] for row in found)]


def template(what: str, *, exported: bool = False) -> list[list[str]]:
    """The heading row. Raises Missing for a sheet there is none of."""
    if what not in SHEETS:
        raise Missing("sheet.unknown", "没有这种表格", text_en="There is no such sheet")
    return [[column.heading for column in SHEETS[what] if column.exported or not exported]]


def _headings(what: str, rows: Sequence[Sequence[str]]) -> list[Column]:
    template(what)
    if not rows:
        raise _unusable("文件是空的", "The file is empty")
    found = columns_of(SHEETS[what], rows[0])
    unknown = [heading for heading, column in zip(rows[0], found, strict=True) if column is None]
    if unknown:
        raise _unusable(f"不认识的列：{'、'.join(unknown[:5])}", f"Unknown columns: {', '.join(unknown[:5])}")
    columns = [column for column in found if column is not None]
    keys = [column.key for column in columns]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise _unusable(f"列重复：{'、'.join(twice)}", f"Columns that come twice: {', '.join(twice)}")
    lacking = [column.name for column in SHEETS[what] if column.required and column.key not in keys]
    if lacking:
        raise _unusable(f"缺少列：{'、'.join(lacking)}", f"Missing columns: {', '.join(lacking)}")
    return columns


def _place(take: _Lines, line: int, row: Sequence[str]) -> None:
    found = take.values(line, row)
    kinds = {
        word: kind.id
        for kind in take.law.place_kinds(take.law.day(take.doing.now))
        for word in (kind.id, kind.name, kind.name_en)
    }
    if take.errors and take.errors[-1].line == line:
        return
    form = places.PlaceForm(
        name=_word(found, "name"),
        kind=kinds.get(_word(found, "kind"), _word(found, "kind")),
        territory=_word(found, "territory"),
        address=_word(found, "address"),
        longitude=_number(found, "longitude"),
        latitude=_number(found, "latitude"),
        datum=Datum(_word(found, "datum") or Datum.CGCS2000),
        sector=_word(found, "sector"),
        anti_terror=bool(found.get("anti_terror", False)),
        telephone=_word(found, "telephone"),
        capacity=Capacity(_word(found, "capacity") or Capacity.MANAGING),
        legal_basis=_word(found, "legal_basis"),
    )
    places.enter_place(take.doing, take.law, places.new_place(take.doing, take.law, take.random, form))


def _camera(take: _Lines) -> Callable[[_Lines, int, Sequence[str]], None]:
    doing = take.doing
    doing.permit(doing.person.unit, act=Act.CAMERA_ADD)
    doing.permit(doing.person.unit, act=Act.CAMERA_SITE)
    mine: dict[str, list[Place]] = {}
    for place in doing.uow.places.visible(doing.scope(Act.PLACE_LIST)):
        if place.closed is None:
            for word in {place.id, place.name}:
                mine.setdefault(word, []).append(place)
    systems: dict[str, list[VideoSystem]] = {}
    for system in doing.uow.systems.of_unit(doing.person.unit):
        systems.setdefault(system.place, []).append(system)
    parts: dict[str, dict[str, str]] = {}

    def one(take: _Lines, line: int, row: Sequence[str]) -> None:
        found = take.values(line, row)
        if take.errors and take.errors[-1].line == line:
            return
        place = _chosen(mine.get(_word(found, "place"), []), "place", "场所", "place")
        if place.id not in parts:
            parts[place.id] = _parts_of(take, place)
        standing = systems.setdefault(place.id, [])
        named = [system for system in standing if _word(found, "system") in ("", system.id, system.name)]
        if not named and found.get("existing"):
            form = place_systems.SystemForm(_word(found, "system") or f"{place.name}视频系统", "", existing=True)
            system = place_systems.new_system(doing, take.law, take.random, place, form)
            place_systems.enter_system(doing, take.law, system)
            standing.append(system)
            named = [system]
        system = _chosen(named, "system", "系统", "system")
        part = _word(found, "part")
        siting = SitingForm(
            place=place.id,
            system=system.id,
            part=parts[place.id].get(part, part) or None,
            location=_word(found, "location"),
            gb_code=_word(found, "gb_code") or None,
            longitude=_number(found, "longitude"),
            latitude=_number(found, "latitude"),
            datum=Datum(_word(found, "datum") or Datum.CGCS2000),
            direction_deg=_number(found, "direction_deg"),
            angle_deg=_number(found, "angle_deg"),
            range_m=_number(found, "range_m"),
            dossier={key.partition(".")[2]: str(value) for key, value in found.items() if key.startswith("dossier.")},
            existing=bool(found.get("existing", False)),
        )
        connection = CameraForm(
            name=_word(found, "name"),
            place=place.name,
            url=_word(found, "url"),
            sub_url=_word(found, "sub_url"),
            user=_word(found, "user"),
            password=_word(found, "password"),
            transport=_word(found, "transport") or "tcp",
            engine="native",
            audio_basis="",
            expected_bitrate_bps=round((_number(found, "bitrate_kbps") or DEFAULT_KBPS) * 1000),
        )
        camera = cameras.new_camera(doing, take.rules, take.random, connection)
        cameras.enter_camera(doing, take.rules, camera, siting)

    return one


def _parts_of(take: _Lines, place: Place) -> dict[str, str]:
    """What a sheet may call each part of a place."""
    kind = take.law.place_kind(place.kind)
    words = {word: part.id for part in kind.parts for word in (part.id, part.name, part.name_en)}
    return words | {part.name: part.id for part in take.doing.uow.places.parts(place.id) if part.withdrawn is None}


def _fits(take: _Lines, lines: Sequence[tuple[int, Sequence[str]]]) -> None:
    """All new cameras together beside the old ones: reckoned once, the last one standing for the rest."""
    every = list(take.doing.uow.cameras.all_in_use())
    new = sorted((camera for camera in every if camera.created == take.doing.now), key=lambda one: one.id)
    if not new:
        return
    others = [camera for camera in every if camera.id != new[-1].id]
    try:
        take.rules.admission.admit(new[-1].name, new[-1].expected_bitrate_bps, others)
    except Refused as error:
        take.failed(lines[-1][0], error)


def _place_row(place: Place, law: Rulebook) -> Mapping[str, str]:
    return {
        "name": place.name,
        "kind": law.place_kind(place.kind).name,
        "territory": place.territory,
        "address": place.address,
        "longitude": _plain(place.longitude),
        "latitude": _plain(place.latitude),
        "datum": _choice(PLACES, "datum", place.datum),
        "sector": place.sector,
        "anti_terror": "是" if place.anti_terror else "否",
        "telephone": place.telephone,
        "capacity": _choice(PLACES, "capacity", place.capacity),
        "legal_basis": place.legal_basis,
    }


def _camera_row(
    camera: Camera, siting: Siting | None, mine: Mapping[str, Place], systems: Mapping[str, VideoSystem]
) -> Mapping[str, str]:
    row = {
        "name": camera.name,
        "place": camera.place,
        "url": camera.url,
        "sub_url": camera.sub_url,
        "user": camera.user,
        "transport": camera.transport,
        "bitrate_kbps": _plain(camera.expected_bitrate_bps / 1000),
    }
    if siting is None:
        return row
    place, system = mine.get(siting.place), systems.get(siting.system)
    return row | {
        "place": place.name if place is not None else siting.place,
        "system": system.name if system is not None else siting.system,
        "part": siting.part,
        "location": siting.location,
        "gb_code": siting.gb_code,
        "longitude": _plain(siting.longitude),
        "latitude": _plain(siting.latitude),
        "datum": _choice(CAMERAS, "datum", siting.datum),
        "direction_deg": _plain(siting.direction_deg),
        "angle_deg": _plain(siting.angle_deg),
        "range_m": _plain(siting.range_m),
        "existing": "是" if siting.existing else "否",
        **{f"dossier.{key}": value for key, value in siting.dossier.items()},
    }


def _choice(columns: Sequence[Column], key: str, value: str) -> str:
    column = next(one for one in columns if one.key == key)
    return next((name for known, name, _ in column.choices if known == value), value)


def _chosen(found: Sequence[T], field: str, what: str, what_en: str) -> T:
    if len(found) == 1:
        return found[0]
    text, text_en = (f"没有这个{what}", f"There is no such {what_en}")
    if found:
        text, text_en = f"{what}不止一个，请写明名称或者编号", f"There is more than one {what_en}; give its name or id"
    raise Invalid(f"sheet.{field}", text, text_en=text_en, field=field)


def _word(found: Mapping[str, str | float | bool], key: str) -> str:
    return str(found.get(key, ""))


def _number(found: Mapping[str, str | float | bool], key: str) -> float | None:
    value = found.get(key)
    return float(value) if isinstance(value, int | float) else None


def _plain(value: float | None) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".") if value is not None else ""


def _unusable(text: str, text_en: str) -> Invalid:
    return Invalid(
        "sheet.headings",
        text,
        text_en=text_en,
        remedy="下载模板，按模板的列填写",
        remedy_en="Download the template and keep its columns",
        field="file",
    )
