"""One paper compiled in a process of its own: whatever a font or a picture does to the compiler, the server lives on.

Argument: the folder with the template, `data.json`, pictures; `out.pdf` or `out.svg` appears there. One line of JSON on
standard output says `{"done": true}` or `{"failed": text, "diagnostic": text}`.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import typst

MEMORY_BYTES = 3 << 30
"""Of address space, in which the fonts of the machine are mapped: a picture that unpacks to more is refused."""
CPU_S = 30
"""A form takes a fifth of a second."""


def main(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    job = json.loads((folder / "job.json").read_bytes())
    compiler = typst.Compiler(
        str(folder / job["template"]),
        root=str(folder),
        font_paths=job["font_folders"],
        ignore_system_fonts=not job["machine_fonts"],
    )
    try:
        # for keeping, and for those who cannot see; with them a character that no font has is an error, never a box
        made = compiler.compile(format="pdf", pdf_standards=["a-2b", "ua-1"], timestamp=job["timestamp"])
        if job["format"] == "svg":  # the PDF before it has proven that every letter is there
            made = compiler.compile(format="svg")
    except typst.TypstError as failure:
        print(json.dumps({"failed": failure.message, "diagnostic": failure.diagnostic}))  # noqa: T201 - the pipe
        return
    assert isinstance(made, bytes)  # the template allows a sign one page, and a PDF is one file
    (folder / f"out.{job['format']}").write_bytes(made)
    print(json.dumps({"done": True}))  # noqa: T201 - the pipe


if __name__ == "__main__":
    main(Path(sys.argv[1]))
