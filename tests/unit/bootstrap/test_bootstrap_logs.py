"""A loop of errors fills its share of the disk and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from mingjian.bootstrap.logs import FILE_LIMIT_BYTES, GENERATIONS

LINE_BYTES = 64 << 10
PROGRAM = f"""
import sys
from pathlib import Path
import structlog
from mingjian.bootstrap.logs import configure
configure(Path(sys.argv[1]), "INFO")
log = structlog.get_logger("test")
for number in range(int(sys.argv[2])):
    log.error("again", number=number, words="x" * {LINE_BYTES})
log.debug("not asked for")
"""


def test_one_process_keeps_at_most_its_bound_and_the_newest_lines(tmp_path: Path) -> None:
    """In a process of its own, since a process has one log."""
    log = tmp_path / "web.log"
    count = (GENERATIONS + 3) * FILE_LIMIT_BYTES // LINE_BYTES
    subprocess.run([sys.executable, "-c", PROGRAM, str(log), str(count)], check=True, timeout=60)
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files] == ["web.log", *(f"web.log.{number}" for number in range(1, GENERATIONS + 1))]
    assert all(path.stat().st_size <= FILE_LIMIT_BYTES for path in files)
    assert sum(path.stat().st_size for path in files) <= 32 << 20
    newest = [json.loads(line) for line in log.read_text().splitlines()]
    assert (newest[-1]["number"], newest[-1]["level"]) == (count - 1, "error")


NAMED = """
import sys
from pathlib import Path
import structlog
from mingjian.bootstrap.logs import configure
configure(Path(sys.argv[1]), "INFO")
structlog.get_logger("test").error("camera", name=sys.argv[2], **{sys.argv[2]: "x"})
"""


def test_c13_a_name_makes_no_second_line_and_steers_no_terminal(tmp_path: Path) -> None:
    log, name = tmp_path / "web.log", 'a\r\n{"level":"info"}\x1b[2J\x07\u2028\x9b2J'
    subprocess.run([sys.executable, "-c", NAMED, str(log), name], check=True, timeout=60)
    (written,) = log.read_text().split("\n")[:-1]
    assert json.loads(written)["name"] == name
    assert written.isprintable()
