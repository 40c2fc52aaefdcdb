"""The columns of the sheets of places and cameras: one table for template, import and export.

A heading is accepted by its Chinese or English word or by its key; columns nobody knows are an error, not ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.governance import dossier
from mingjian.governance.places import Capacity, Datum


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind`: text, number, yes_no, or choice with its words."""

    key: str
    name: str
    name_en: str
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, str, str], ...] = ()
    exported: bool = True

    @property
    def heading(self) -> str:
        return f"{self.name}{'*' if self.required else ''} {self.name_en}"


CAPACITIES = (
    (str(Capacity.BUILDING), "建设单位", "building"),
    (str(Capacity.MANAGING), "管理单位", "managing"),
    (str(Capacity.USING), "使用单位", "using"),
    (str(Capacity.NONE), "以上都不是", "none"),
)
DATUMS = (
    (str(Datum.CGCS2000), "CGCS2000", "CGCS2000"),
    (str(Datum.GCJ02), "GCJ-02", "GCJ-02"),
    (str(Datum.WGS84), "WGS84", "WGS84"),
)
PLACES: tuple[Column, ...] = (
    Column("name", "名称", "Name", required=True),
    Column("kind", "场所种类", "Kind of place", required=True),
    Column("territory", "行政区划代码", "Territory code", required=True),
    Column("address", "地址", "Address", required=True),
    Column("longitude", "经度", "Longitude", "number"),
    Column("latitude", "纬度", "Latitude", "number"),
    Column("datum", "坐标系", "Datum", "choice", choices=DATUMS),
    Column("sector", "行业", "Sector"),
    Column("anti_terror", "反恐重点目标", "Anti-terror target", "yes_no"),
    Column("telephone", "联系电话", "Telephone"),
    Column("capacity", "本单位是", "The unit is", "choice", choices=CAPACITIES),
    Column("legal_basis", "其他法规依据", "Other legal basis"),
)
CAMERAS: tuple[Column, ...] = (
    Column("name", "摄像机名称", "Camera name", required=True),
    Column("place", "场所", "Place", required=True),
    Column("system", "系统", "System"),
    Column("part", "部位", "Part"),
    Column("location", "安装位置", "Location", required=True),
    Column("url", "主码流地址", "Main stream address", required=True),
    Column("sub_url", "子码流地址", "Sub stream address"),
    Column("user", "取流用户", "Stream user"),
    Column("password", "取流口令", "Stream password", exported=False),
    Column("transport", "传输方式", "Transport"),
    Column("bitrate_kbps", "码率（kb/s）", "Bit rate (kb/s)", "number"),
    Column("gb_code", "国标编码", "GB code"),
    Column("longitude", "经度", "Longitude", "number"),
    Column("latitude", "纬度", "Latitude", "number"),
    Column("datum", "坐标系", "Datum", "choice", choices=DATUMS),
    Column("direction_deg", "朝向（度）", "Direction (deg)", "number"),
    Column("angle_deg", "水平视场角（度）", "Angle (deg)", "number"),
    Column("range_m", "采集距离（米）", "Range (m)", "number"),
    Column("existing", "施行前已建", "Existing", "yes_no"),
    *(Column(f"dossier.{field.key}", f"档案-{field.name}", f"Dossier: {field.name_en}") for field in dossier.FIELDS),
)
SHEETS: dict[str, tuple[Column, ...]] = {"places": PLACES, "cameras": CAMERAS}


def columns_of(columns: Sequence[Column], headings: Sequence[str]) -> list[Column | None]:
    """Which column each heading is; None for one nobody knows."""
    known: dict[str, Column] = {}
    for column in columns:
        for word in (column.key, column.name, column.name_en, column.heading):
            known.setdefault(_plain(word), column)
    return [known.get(_plain(heading)) for heading in headings]


def _plain(word: str) -> str:
    return "".join(word.split()).rstrip("*").casefold()
