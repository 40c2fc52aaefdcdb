"""What the stand-alone verifier says of a package, run as a stranger would: a process of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from mingjian.kernel.errors import LocalError
from mingjian.processing.package_children import run_child

RELEASED = ("VERIFIED", "VERIFIED WITH GAPS")
UNWITNESSED = "witness"
"""The code of its reason where fewer witnesses cosigned than the anchors demand."""
PROGRESS = b"progress "


_START = "from __future__ import annotations\n"
_END = 'if __name__ == "__main__":\n'


def verifier_source() -> bytes:
    """The stand-alone verifier, as it goes into every package: one file, the opener of sealed ones joined."""
    folder = resources.files("mingjian.audit")
    verifier = (folder / "verify.py").read_text(encoding="utf-8").partition(_END)[0]
    opener = (folder / "unseal.py").read_text(encoding="utf-8").partition(_START)[2].partition(_END)[0]
    return f"{verifier}# --- sealed packages ---\n{opener}{_END}    sys.exit(main(Opening()))\n".encode()


@contextmanager
def verifier_program() -> Iterator[Path]:
    """The stand-alone verifier as a file that can be run."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "verify.py"
        path.write_bytes(verifier_source())
        yield path


def run_verifier(
    archive: Path, anchors: bytes, *, did: Callable[[int], None], go_on: Callable[[], None]
) -> dict[str, Any]:
    """The report on `archive` under `anchors`; `did` is told bytes as they are read. Raises what `go_on` raises.

    LocalError `package.verifier` where the verifier itself fails.
    """
    trust = archive.with_name(archive.name + ".anchors.json")
    trust.write_bytes(anchors)
    last, read = b"", 0

    def told(line: bytes) -> None:
        nonlocal last, read
        if line.startswith(PROGRESS):
            done = int(line.split()[1])
            did(done - read)
            read = done
        else:
            last = line

    try:
        with verifier_program() as program:
            command = [sys.executable, "-I", str(program), str(archive), "--trust", str(trust), "--json", "--progress"]
            run_child(command, told=told, go_on=go_on)
        report: dict[str, Any] = json.loads(last)
    except (OSError, ValueError) as error:
        raise LocalError(
            "package.verifier",
            "核验程序没有给出结果",
            text_en="The verifier gave no result",
            remedy="重新导出",
            remedy_en="Export again",
        ) from error
    finally:
        trust.unlink()
    return report
