"""The 20-digit code of a camera (GB/T 28181-2022, Annex E), built from its parts and taken apart again."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.errors import Invalid

LENGTH = 20
SERIAL_DIGITS = 6
INDUSTRIES: dict[str, tuple[str, str]] = {
    "00": ("社会治安路面接入", "Public-order roads"),
    "01": ("社会治安社区接入", "Public-order communities"),
    "02": ("社会治安内部接入", "Public-order, internal"),
    "03": ("社会治安其他接入", "Public-order, other"),
    "04": ("交通路面接入", "Traffic roads"),
    "05": ("交通卡口接入", "Traffic gates"),
    "06": ("交通内部接入", "Traffic, internal"),
    "07": ("交通其他接入", "Traffic, other"),
    "08": ("城市管理接入", "City management"),
    "09": ("卫生环保接入", "Health and environment"),
    "10": ("商检海关接入", "Customs"),
    "11": ("教育部门接入", "Education"),
    "12": ("民航接入", "Civil aviation"),
    "13": ("铁路接入", "Railway"),
    "14": ("航运接入", "Shipping"),
    "45": ("批发和零售业", "Wholesale and retail"),
    "47": ("住宿和餐饮业", "Hotels and catering"),
    "49": ("金融业", "Finance"),
    "50": ("房地产业", "Real estate"),
    "55": ("教育", "Education (economic sector)"),
    "56": ("卫生和社会工作", "Health and social work"),
    "57": ("文化、体育和娱乐业", "Culture, sport, entertainment"),
    "58": ("公共管理和社会组织", "Public administration"),
}
"""Those a form offers; any two digits are accepted, since 40 to 59 follow GB/T 4754 and 90 to 99 are for own use."""
TYPES: dict[str, tuple[str, str]] = {"131": ("摄像机", "Camera"), "132": ("网络摄像机", "Network camera")}
"""Positions 11 to 13 of a camera; other types are devices that are not put on record as one."""
NETWORK_INTERNET = "7"


@dataclass(frozen=True, slots=True)
class GbCode:
    """The parts of a code, as text of fixed length. `str` is the code."""

    territory: str
    """1 to 6: 行政区划 code of the county."""
    access: str = "00"
    """7 to 8: basic access unit."""
    industry: str = "00"
    """9 to 10."""
    type: str = "132"
    """11 to 13."""
    network: str = NETWORK_INTERNET
    """14; its meaning differs between editions, so no digit is refused."""
    serial: str = "000001"
    """15 to 20."""

    def __str__(self) -> str:
        return "".join((self.territory, self.access, self.industry, self.type, self.network, self.serial))

    @property
    def kind(self) -> str:
        """All but the serial: what codes of one county, industry and type share."""
        return str(self)[:-SERIAL_DIGITS]

    @classmethod
    def of(cls, code: str) -> GbCode:
        """The parts of a code. Raises Invalid(`gb_code`) for anything but twenty digits of a camera."""
        if len(code) != LENGTH or not (code.isascii() and code.isdigit()):
            raise _unusable(f"编码须为 {LENGTH} 位数字", f"The code has {LENGTH} digits")
        found = cls(code[:6], code[6:8], code[8:10], code[10:13], code[13], code[14:])
        if found.type not in TYPES:
            kinds = "、".join(f"{key} {name}" for key, (name, _) in TYPES.items())
            raise _unusable(f"第 11 至 13 位须为 {kinds}", f"Positions 11 to 13 are one of {', '.join(TYPES)}")
        return found


def next_free(parts: GbCode, last: str) -> str:
    """The code of the same kind after `last`, the highest in use (empty: none is). Empty once all serials are used."""
    serial = int(last[-SERIAL_DIGITS:]) + 1 if last else 1
    return f"{parts.kind}{serial:0{SERIAL_DIGITS}}" if serial < 10**SERIAL_DIGITS else ""


def checked(code: str, *, territory: str) -> GbCode:
    """The parts of `code`, if it is a camera's in the county of `territory`. Raises Invalid(`gb_code`)."""
    found = GbCode.of(code)
    if found.territory != territory[:6]:
        raise _unusable(
            f"前 6 位 {found.territory} 与场所的行政区划 {territory[:6]} 不符",
            f"The first six digits {found.territory} are not the place's {territory[:6]}",
        )
    return found


def _unusable(text: str, text_en: str) -> Invalid:
    return Invalid(
        "siting.gb-code",
        text,
        text_en=text_en,
        remedy="按 GB/T 28181 附录 E 改正编码，或由各组成部分重新生成",
        remedy_en="Correct it by GB/T 28181 Annex E, or build it from its parts",
        field="gb_code",
    )
