"""The report of all benches, one section each, in docs/ref/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path

REPORT = Path(__file__).parents[1] / "docs" / "ref" / "benchmarks.md"
PICTURES = REPORT.parents[1] / "pictures"
HEAD = """# Benchmarks

Written by `make bench`. Ratios first; absolute figures belong to the machine they were taken on. `make bench QUICK=1`
takes five minutes, `make bench ONLY="recording growth"` runs some sections. Status 1: a gate was missed; 2: a section
could not run, and said why.
"""


def draw(pictures: Mapping[str, str]) -> None:
    """Write what the sections show: SVG by file name."""
    for name, drawing in pictures.items():
        (PICTURES / name).write_text(drawing, encoding="utf-8")


def put(title: str, text: str) -> None:
    """Replace the section `title`, or add it at the end; other sections stay as their bench left them."""
    found = re.split(r"^## ", REPORT.read_text(encoding="utf-8"), flags=re.MULTILINE) if REPORT.exists() else [HEAD]
    sections = {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip() for part in found[1:]}
    sections[title] = text.strip()
    body = "".join(f"\n## {name}\n{content}\n" for name, content in sections.items())
    REPORT.write_text(HEAD + body, encoding="utf-8")


def machine() -> str:
    """The machine, as far as figures depend on it."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores {model}, Linux {platform.release()}, Python {platform.python_version()}"
