"""How long an official waits for a paper: a filing form, a register of 200 rows, a sign, each as a tagged PDF."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench import gates
from bench.gates import Gate
from bench.report import machine
from bench.section import Section
from mingjian.adapters.typst_printer import TypstPrinter
from mingjian.app.printing import SignFormat
from mingjian.governance.documents import Column, Document, DocumentKind, Paper, Sign, Table
from mingjian.governance.forms import CameraCount, FilingSheet, PaperLine, PartyLine, filing_form
from mingjian.kernel.clock import UtcNs

NAME = "forms"
TITLE = "Forms"
P95_MS = 1000.0
"""The gate: `ux-webstack`, form PDF."""
ROWS = 200
"""A month of a busy unit's register."""
ISSUED = UtcNs(1_767_225_600_000_000_000)


def run(quick: bool) -> Section:
    printer = TypstPrinter()
    papers: dict[str, Callable[[], bytes]] = {
        "filing form": lambda: printer.pdf(_filing()),
        f"register of {ROWS} rows": lambda: printer.pdf(_register()),
        "sign, A4": lambda: printer.sign(_sign(), Paper.A4, SignFormat.PDF),
    }
    rounds = 4 if quick else 60
    took = {name: sorted(_ms(make) for _ in range(rounds)) for name, make in papers.items()}
    sizes = {name: len(make()) for name, make in papers.items()}
    lines = [
        Gate(f"{name}, p95", _at(times, 95), P95_MS, "ms", False, f"median {_at(times, 50):.0f} ms, "
             f"{sizes[name] / 1000:.0f} kB")
        for name, times in took.items()
    ]  # fmt: skip
    text = f"""
{gates.table(lines)}
Machine: {machine()}.

Method: {rounds} of each, one after another, each compiled by a process of its own as the product does: its start, the
fonts and the check of every character are in the figure.
"""
    return Section(text, all(gate.met for gate in lines))


def _filing() -> Document:
    sheet = FilingSheet(
        number="示公视备〔2026〕12号",
        issued=ISSUED,
        basis="依据",
        organ="示范县公安局",
        unit_name="示范旅馆",
        cameras=tuple(CameraCount(f"类型{number}", str(number)) for number in range(6)),
        parties=tuple(PartyLine(f"单位{number}", "示范公司") for number in range(5)),
        papers=tuple(PaperLine(f"材料{number}", "文件.pdf", "已收", "ab" * 32) for number in range(3)),
        undertaking="本单位对所填内容的真实性负责。" * 5,
    )
    return filing_form(sheet)


def _register() -> Document:
    heads = ("序号", "时间", "人员", "用途", "去向", "摄像机", "时段")
    rows = tuple(tuple(f"{head}{number}" for head in heads) for number in range(ROWS))
    table = Table("登记", tuple(Column(head) for head in heads), rows)
    return Document(DocumentKind.REGISTER, "登〔2026〕1号", "查阅、复制、调取登记表", "Register", (table,), ISSUED)


def _sign() -> Sign:
    return Sign(
        "示范旅馆大厅", "示范旅馆", "维护公共安全", "三十日", "0550-1234567", "扫码提出", "依据",
        "https://mingjian.example.cn/p/ABCDEFGHJK", "ABCDEFGHJK", ISSUED,
    )  # fmt: skip


def _ms(make: Callable[[], bytes]) -> float:
    started = time.monotonic()
    make()
    return (time.monotonic() - started) * 1000


def _at(ordered: list[float], share: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]
