"""`app.printing.Printer` by Typst, in a short-lived process with bounded memory and time.

The packaged font comes first, then whatever the machine has: names with rare characters need more than one font.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno

from mingjian.app.printing import SignFormat
from mingjian.governance.documents import Attachments, Code, Document, Fact, Facts, Paper, Pictures, Sign, texts
from mingjian.kernel.clock import to_datetime
from mingjian.kernel.errors import Invalid, LocalError, Overloaded

FONTS = Path(__file__).parent / "typst_fonts"
"""The font that the build puts into the wheel; a checkout built without screens has none."""
TEMPLATES = Path(__file__).parent / "typst_templates"
FAMILIES = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
"""Tried first, in this order; then the compiler looks through every other font."""
TEXT_MAX = 200_000
"""Characters of one paper: some sixty full pages."""
PICTURES_MAX = 40
PICTURE_BYTES_MAX = 32 << 20
"""Of all pictures of one paper together."""
PAGES_MAX = 100
PRINT_S = 20.0
"""Wall time of one paper on a loaded machine; a form alone takes a fifth of a second."""
CHILD = (sys.executable, "-m", "mingjian.adapters.typst_child")
AT_ONCE = 2
WAIT_S = 10.0
CODE_MM = {Paper.A4: 55, Paper.A5: 40}
"""Width of the QR code on a sign. It reads well from 30 mm on."""
UNBROKEN = re.compile(r"[!-~]{24,}")
"""A hash or a made-up word that no line would hold."""
BREAK_EVERY = 12
_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


@dataclass(frozen=True, slots=True)
class TypstPrinter:
    """Prints with the templates of this package; `font_folders` are searched before the machine's own fonts."""

    font_folders: Sequence[Path] = (FONTS,)
    machine_fonts: bool = True
    """False prints with those folders alone."""
    command: Sequence[str] = CHILD
    patience_s: float = PRINT_S
    _turn: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def pdf(self, document: Document, attachments: Attachments | None = None, /) -> bytes:
        files: dict[str, bytes] = {}
        data = {
            "number": document.number,
            "title": document.title,
            "title_en": document.title_en,
            "basis": document.basis,
            "language": document.language,
            "blocks": [_block(block, attachments or {}, files) for block in document.blocks],
        }
        return self._print(document, "form.typ", data, files, "pdf", PAGES_MAX)

    def sign(self, sign: Sign, paper: Paper, form: SignFormat, /) -> bytes:
        data = {**asdict(sign), "paper": paper, "code_mm": CODE_MM[paper]}
        return self._print(sign, "sign.typ", data, {"code.svg": _code(sign.address)}, form, 1)

    def _print(
        self,
        paper: Document | Sign,
        template: str,
        data: Mapping[str, Any],
        files: Mapping[str, bytes],
        form: str,
        pages: int,
    ) -> bytes:
        if sum(len(text) for _, _, text in texts(paper)) > TEXT_MAX:
            raise _too_long()
        issued = to_datetime(paper.issued)
        data = {**data, "fonts": FAMILIES, "pages_max": pages, "date": [issued.year, issued.month, issued.day]}
        job = {
            "template": template,
            "format": form,
            "font_folders": [str(folder) for folder in self.font_folders if folder.is_dir()],
            "machine_fonts": self.machine_fonts,
            "timestamp": int(issued.timestamp()),
        }
        if not self._turn.acquire(timeout=WAIT_S):
            raise Overloaded(
                "print.busy",
                "正在打印的文书过多",
                text_en="Too many papers are being printed",
                remedy="稍后重试",
                remedy_en="Try again shortly",
            )
        try:
            with TemporaryDirectory(prefix="mingjian-print-") as name:
                folder = Path(name)
                (folder / template).write_bytes((TEMPLATES / template).read_bytes())
                (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False))
                (folder / "job.json").write_text(json.dumps(job, ensure_ascii=False))
                for file, content in files.items():
                    (folder / file).write_bytes(content)
                told = self._compile(folder)
                if "done" in told:
                    return (folder / f"out.{form}").read_bytes()
        finally:
            self._turn.release()
        raise _failure(told, paper)

    def _compile(self, folder: Path) -> dict[str, Any]:
        try:
            child = subprocess.run(  # noqa: S603 - the command is ours, no shell
                [*self.command, str(folder)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.patience_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"failed": f"no answer within {self.patience_s:g} s", "diagnostic": ""}
        told: dict[str, Any]
        try:
            told = json.loads(child.stdout)
        except ValueError:
            told = {"failed": f"exit {child.returncode}", "diagnostic": child.stderr.decode(errors="replace")[-500:]}
        return told


def _failure(told: Mapping[str, Any], paper: Document | Sign) -> Invalid | LocalError:
    """What the compiler's words mean to the person who prints."""
    failed, diagnostic = str(told["failed"]), str(told.get("diagnostic", ""))
    if glyph := _GLYPH.search(failed):
        return _no_glyph(_ESCAPE.sub(lambda code: chr(int(code[1], 16)), glyph[1]), paper)
    if "pages" in failed and "assertion" in failed:
        return _too_long()
    if "image" in failed or "decode" in failed:
        return _no_picture("")
    return LocalError(
        "print.failed",
        f"打印失败：{failed}",
        text_en=f"Printing failed: {failed} {diagnostic}".strip(),
        remedy="重试；重复出现时把这段话告诉维护人员",
        remedy_en="Try again; if it comes again tell the maintainers these words",
    )


def _no_glyph(cluster: str, paper: Document | Sign) -> Invalid | LocalError:
    sign = next((one for one in cluster if one.isprintable()), cluster[0])
    name = sign if sign.isprintable() and ord(sign) < 0xE000 else ""
    point = f"{name} U+{ord(sign):04X}".strip()
    found = [(where, label) for where, label, text in texts(paper) if sign in text]
    where, label = next(((where, label) for where, label in found if where), ("", ""))
    if not where:  # our own words: this machine has no Chinese font at all
        return LocalError(
            "print.no-font",
            f"没有中文字体，无法打印（缺 {point}）",
            text_en=f"There is no Chinese font to print with (lacking {point})",
            remedy="安装 Debian 软件包 fonts-noto-cjk，或使用发行的安装包",
            remedy_en="Install the Debian package fonts-noto-cjk, or use a released wheel",
        )
    return Invalid(
        "print.glyph",
        f"“{label}”中的字符 {point} 没有可用字体，无法打印",
        text_en=f"No font on this machine has the character {point} in “{label}”",
        remedy="改用通行字，或请管理员安装含该字的字体后重试",
        remedy_en="Use a common form of the character, or ask the administrator to install a font that has it",
        field=where,
    )


def _block(block: Any, attachments: Attachments, files: dict[str, bytes]) -> dict[str, Any]:
    data: dict[str, Any] = {**_breakable(asdict(block)), "type": type(block).__name__}
    if isinstance(block, Facts):
        data["lines"] = _lines(block.rows)
    elif isinstance(block, Pictures):
        for item, picture in zip(data["items"], block.items, strict=True):
            item["file"] = _picture(picture.attachment, attachments, files)
    elif isinstance(block, Code):
        data["file"] = f"code-{len(files)}.svg"
        files[data["file"]] = _code(block.content)
    return data


def _lines(rows: Sequence[Fact]) -> list[list[dict[str, Any]]]:
    """Facts two to a line; one that is wide, or has no neighbour, fills its own."""
    lines: list[list[dict[str, Any]]] = []
    open_line = False
    for row in rows:
        fact = _breakable(asdict(row))
        if open_line and not row.wide:
            lines[-1].append(fact)
            open_line = False
        else:
            lines.append([fact])
            open_line = not row.wide
    return lines


def _picture(name: str, attachments: Attachments, files: dict[str, bytes]) -> str:
    content = attachments.get(name, b"")
    kind = "jpg" if content.startswith(b"\xff\xd8\xff") else "png" if content.startswith(b"\x89PNG\r\n") else ""
    if not kind:
        raise _no_picture(name)
    total = len(content) + sum(len(other) for other in files.values())
    if len(files) >= PICTURES_MAX or total > PICTURE_BYTES_MAX:
        raise Invalid(
            "print.pictures",
            f"一份文书最多 {PICTURES_MAX} 张照片，共 {PICTURE_BYTES_MAX >> 20} MiB",
            text_en=f"A paper holds at most {PICTURES_MAX} pictures of {PICTURE_BYTES_MAX >> 20} MiB together",
            remedy="减少照片或缩小后重试",
            remedy_en="Choose fewer or smaller pictures",
            field="pictures",
        )
    file = f"picture-{len(files)}.{kind}"
    files[file] = content
    return file


def _no_picture(name: str) -> Invalid:
    return Invalid(
        "print.picture",
        f"照片 {name} 不是可读取的 JPEG 或 PNG".replace("  ", " "),
        text_en=f"The picture {name} is no readable JPEG or PNG".replace("  ", " "),
        remedy="重新上传照片",
        remedy_en="Upload the picture again",
        field="pictures",
    )


def _too_long() -> Invalid:
    return Invalid(
        "print.too-long",
        "内容过长，放不下",
        text_en="There is more text than fits",
        remedy="缩短文字，详细内容作为附件提交",
        remedy_en="Shorten the text; hand in details as an attachment",
    )


def _code(content: str) -> bytes:
    """A QR code as SVG; correction level M survives a scratched sign."""
    out = BytesIO()
    segno.make_qr(content, error="m").save(out, kind="svg", border=4, xmldecl=False, unit="mm")
    return out.getvalue()


def _breakable(value: Any) -> Any:
    """The same with places to break the line in long runs without spaces: a hash would leave its cell otherwise."""
    if isinstance(value, str):
        return UNBROKEN.sub(lambda run: "\u200b".join(re.findall(f".{{1,{BREAK_EVERY}}}", run[0])), value)
    if isinstance(value, dict):
        return {key: _breakable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(inner) for inner in value]
    return value
