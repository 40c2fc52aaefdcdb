"""A sheet of cameras for a service hall, whole and with seven bad lines: what the import has to find of it."""

from __future__ import annotations

from typing import Any

HALL, KIND = "政务大厅", "7.14.service_hall"
PART: dict[str, Any] = {
    "name": "窗口区", "part": "key_part", "national_rule": "国家有关规定", "decision": "确定为重要部位",
    "decided_by": "张三", "decided_on": "2017-01-05",
}  # fmt: skip
"""The hall's key part, where the cameras of the sheet stand."""
HEADINGS = [
    "摄像机名称",
    "场所",
    "部位",
    "安装位置",
    "主码流地址",
    "取流口令",
    "码率（kb/s）",
    "国标编码",
    "经度",
    "纬度",
]
FIRST_LINE = 2
"""Of the sheet as people see it: the headings are line 1."""
WRONG: dict[int, tuple[int, str, str]] = {
    10: (3, "二楼试衣间内", "安装位置"),
    60: (1, "不存在的场所", "场所"),
    110: (2, "不存在的部位", "部位"),
    160: (4, "file:///etc/passwd", "主码流地址"),
    210: (6, "很快", "码率（kb/s）"),
    260: (7, "34042100581327000001", "国标编码"),
    310: (8, "1167", "经度"),
}
"""By the row's number: the column, what stands there, and the heading that the error names."""


def camera_rows(count: int) -> list[list[str]]:
    return [
        [
            f"摄像机{number:03}",
            "政务大厅",
            "窗口区",
            "大厅",
            f"rtsp://192.0.2.{number % 250 + 1}/{number}",
            "camera-secret",
            "100",
            f"34042100581327{number:06}",
            "116.7",
            "32.7",
        ]
        for number in range(1, count + 1)
    ]


def with_bad_lines(rows: list[list[str]]) -> list[list[str]]:
    """`rows` with what is `WRONG` written over."""
    bad = [list(row) for row in rows]
    for line, (column, value, _) in WRONG.items():
        bad[line][column] = value
    return bad
