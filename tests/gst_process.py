"""GStreamer's RTSP server as a camera in a process of its own, run by the system's Python."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).parent / "foreign" / "gst_camera.py"


@contextmanager
def gst_camera(*options: str) -> Iterator[int]:
    """The port of a running camera."""
    process = subprocess.Popen([SYSTEM_PYTHON, str(SCRIPT), *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        word, _, port = process.stdout.readline().partition(" ")
        assert word == "port", "the camera did not start"
        yield int(port)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
