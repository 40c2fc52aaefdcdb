"""What a recorder frees it uses again: the system is not asked for the same memory twice."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

PROGRAM = """
import resource
from mingjian.bootstrap.recorder import keep_freed_memory

keep_freed_memory()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    frames = [bytes(range(256)) * 400 for _ in range(400)]
    frames.clear()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
FORTY_MIB_IN_PAGES = 10_000


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="this C library has no mallopt")
def test_frames_that_were_freed_are_no_new_pages() -> None:
    """In a process of its own: what other tests left in this one's heap would decide."""
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(told.stdout) < FORTY_MIB_IN_PAGES // 10
