"""The dossier of a camera (一机一档): one table of fields that the form, the sheet and the check read.

Sources: GB/T 28181-2022 (catalogue items, classes of point) and the field sets that bureaux ask for. Credentials have
no field here: they stay in the vault. What the record knows already (place, position, stream) is not typed again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mingjian.governance.systems import Builder
from mingjian.kernel.errors import Invalid

TEXT_LONGEST = 200
NUMBER = (-10_000.0, 1_000_000.0)
"""From below sea level to a cable in metres: outside, somebody mistyped."""


class Kind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MAC = "mac"
    ADDRESS = "address"


class PointClass(StrEnum):
    """一类/二类/三类: the higher the class, the more must be filled in."""

    FIRST = "1"
    SECOND = "2"
    THIRD = "3"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `required` names the classes of point that must fill it in before the camera is signed."""

    key: str
    group: str
    name: str
    name_en: str
    kind: Kind = Kind.TEXT
    required: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()
    """Key, Chinese, English."""


GROUPS: dict[str, tuple[str, str]] = {
    "identity": ("标识", "Identity"),
    "network": ("网络", "Network"),
    "equipment": ("设备", "Equipment"),
    "mounting": ("安装", "Mounting"),
    "power": ("建设与供电", "Build and power"),
    "responsibility": ("责任", "Responsibility"),
}
_YES_NO = (("yes", "是", "Yes"), ("no", "否", "No"))
_TYPES = (
    ("dome", "球机", "Dome (PTZ)"),
    ("half_dome", "半球", "Fixed dome"),
    ("bullet", "枪机", "Bullet"),
    ("gate", "卡口", "Gate"),
    ("high", "高点", "High point"),
    ("panorama", "全景", "Panorama"),
    ("other", "其他", "Other"),
)
_LIGHTS = (
    ("none", "无补光", "None"),
    ("infrared", "红外", "Infrared"),
    ("white", "白光", "White"),
    ("other", "其他", "Other"),
)
_MOUNTS = (
    ("pole", "立杆", "Own pole"),
    ("borrowed", "借杆", "Borrowed pole"),
    ("wall", "壁装", "Wall"),
    ("ceiling", "吊装", "Ceiling"),
    ("other", "其他", "Other"),
)
_POWER = (
    ("grid", "市电", "Grid"),
    ("unit", "单位供电", "The unit"),
    ("resident", "居民供电", "A resident"),
    ("shop", "商铺供电", "A shop"),
    ("poe", "以太网供电", "Over Ethernet"),
    ("solar", "太阳能", "Solar"),
    ("other", "其他", "Other"),
)

FIELDS: tuple[Field, ...] = (
    Field("local_code", "identity", "本地编码", "Local code"),
    Field("point_code", "identity", "点位编码", "Point code", required="1"),
    Field("point_name", "identity", "点位名称", "Point name", required="1"),
    Field("pole_code", "identity", "杆体编码", "Pole code"),
    Field("osd_name", "identity", "画面叠加名称", "Name shown in the picture", required="12"),
    Field("asset", "identity", "资产编号", "Asset number"),
    Field("serial", "identity", "序列号", "Serial number", required="1"),
    Field("ipv4", "network", "IPv4 地址", "IPv4", Kind.ADDRESS),
    Field("ipv6", "network", "IPv6 地址", "IPv6", Kind.ADDRESS),
    Field("mac", "network", "MAC 地址", "MAC", Kind.MAC, required="1"),
    Field("gateway", "network", "网关", "Gateway", Kind.ADDRESS),
    Field("access", "network", "接入方式", "Access mode", required="1"),
    Field("carrier", "network", "网络运营单位", "Network operator"),
    Field("manufacturer", "equipment", "制造商", "Manufacturer", required="12"),
    Field("model", "equipment", "型号", "Model", required="12"),
    Field("firmware", "equipment", "固件版本", "Firmware"),
    Field("lens", "equipment", "镜头", "Lens"),
    Field("camera_type", "equipment", "摄像机类型", "Type", Kind.CHOICE, "123", _TYPES),
    Field("ptz", "equipment", "云台", "PTZ", Kind.CHOICE, "123", _YES_NO),
    Field("microphone", "equipment", "拾音器", "Microphone", Kind.CHOICE, "123", _YES_NO),
    Field("light", "equipment", "补光", "Light", Kind.CHOICE, "1", _LIGHTS),
    Field("address", "mounting", "安装地址", "Address", required="12"),
    Field("street", "mounting", "街道（乡镇）", "Street or township"),
    Field("community", "mounting", "社区（村）", "Community or village"),
    Field("police_station", "mounting", "所属派出所", "Police station", required="1"),
    Field("indoor", "mounting", "室内", "Indoors", Kind.CHOICE, "123", _YES_NO),
    Field("height_m", "mounting", "安装高度（米）", "Height in metres", Kind.NUMBER, "1"),
    Field("mount", "mounting", "安装方式", "Mounting", Kind.CHOICE, "1", _MOUNTS),
    Field("watched", "mounting", "监视对象", "What it watches", required="1"),
    Field("project", "power", "建设项目", "Project", required="1"),
    Field("phase", "power", "建设期次", "Phase"),
    Field("installed_on", "power", "安装日期", "Installed on", Kind.DATE, "12"),
    Field("power", "power", "取电方式", "Power", Kind.CHOICE, "1", _POWER),
    Field("power_contact", "power", "取电联系人", "Contact for power"),
    Field("cable_m", "power", "线缆长度（米）", "Cable in metres", Kind.NUMBER),
    Field("manager_phone", "responsibility", "管理单位电话", "Managing unit's telephone", required="123"),
    Field("maintainer", "responsibility", "维护单位", "Maintaining unit", required="1"),
    Field("maintainer_phone", "responsibility", "维护单位电话", "Maintaining unit's telephone", required="1"),
    Field("owner_department", "responsibility", "主管部门", "Department in charge", required="1"),
)
BY_KEY = {field.key: field for field in FIELDS}
_MAC = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){5}\Z")
_NETWORK = re.compile(r"[0-9a-fA-F:.]{2,45}\Z")


def point_class(builder: Builder, regime: str) -> PointClass:
    """The class of a camera's point: built by government, else at a place of article 7, else another."""
    if builder is Builder.GOVERNMENT:
        return PointClass.FIRST
    return PointClass.SECOND if regime == "art7" else PointClass.THIRD


def missing(dossier: Mapping[str, str], point: PointClass) -> tuple[Field, ...]:
    """The fields that this class must still fill in."""
    return tuple(field for field in FIELDS if point in field.required and not dossier.get(field.key))


def checked(values: Mapping[str, str]) -> dict[str, str]:
    """The values as they are kept; empty ones are left out. Raises Invalid naming `dossier.KEY`.

    A choice is taken by its key or by its word in either language, so that a sheet may say 球机.
    """
    clean = {}
    for key, value in values.items():
        if (field := BY_KEY.get(key)) is None:
            raise _unusable(key, f"档案没有字段 {key}", f"The dossier has no field {key}")
        if text := " ".join(value.split()):
            clean[key] = _one(field, text)
    return clean


def _one(field: Field, text: str) -> str:
    if len(text) > TEXT_LONGEST or not text.isprintable():
        raise _unusable(
            field.key, f"{field.name}最多 {TEXT_LONGEST} 个字符", f"{field.name_en}: at most {TEXT_LONGEST} characters"
        )
    match field.kind:
        case Kind.CHOICE:
            for key, name, name_en in field.choices:
                if text.casefold() in (key, name, name_en.casefold()):
                    return key
            words = "、".join(name for _, name, _ in field.choices)
            raise _unusable(
                field.key,
                f"{field.name}须为：{words}",
                f"{field.name_en} is one of: {', '.join(name_en for _, _, name_en in field.choices)}",
            )
        case Kind.NUMBER:
            return _number(field, text)
        case Kind.DATE:
            return _date(field, text)
        case Kind.MAC:
            upper = text.upper().replace("-", ":")
            if not _MAC.match(upper):
                raise _unusable(field.key, f"{field.name}格式不对", f"{field.name_en} cannot be read")
            return upper
        case Kind.ADDRESS:
            if not _NETWORK.match(text):
                raise _unusable(field.key, f"{field.name}格式不对", f"{field.name_en} cannot be read")
    return text


def _number(field: Field, text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not NUMBER[0] <= value <= NUMBER[1]:
        raise _unusable(field.key, f"{field.name}须为数字", f"{field.name_en} is a number")
    return f"{value:g}"


def _date(field: Field, text: str) -> str:
    try:
        return date.fromisoformat(text.replace("/", "-")[:10]).isoformat()
    except ValueError:
        raise _unusable(
            field.key, f"{field.name}须写成 2026-01-31", f"{field.name_en} is written as 2026-01-31"
        ) from None


def _unusable(key: str, text: str, text_en: str) -> Invalid:
    return Invalid(
        "dossier.field",
        text,
        text_en=text_en,
        remedy="改正后重试",
        remedy_en="Correct it and try again",
        field=f"dossier.{key}",
    )
