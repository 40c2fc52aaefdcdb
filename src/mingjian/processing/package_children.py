"""A child process that tells line by line how far it is, and that ends when its work is cancelled or stands still."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress

LOOK_S = 0.25
"""How soon a cancellation is noticed while the child says nothing."""
QUIET_LOOKS = 480
"""Two minutes without a line: on any disk and any camera's stream a child that works says more than that."""
ENDING_S = 30
"""From its last word to its end."""
READ_BYTES = 1 << 16
LINE_BYTES_MAX = 256 << 20
"""A verifier's report names every gap of a package."""


def run_child(
    command: Sequence[str], *, given: bytes = b"", told: Callable[[bytes], None], go_on: Callable[[], None]
) -> int:
    """Run `command`, its errors among its lines, to its end; its exit status.

    `told` gets each whole line. `go_on` is asked all the time and stops everything by raising; the child is then
    killed. `given` and an open pipe are its standard input: whoever reads it to its end knows that we are gone.
    Raises TimeoutError where the child falls silent.
    """
    child = subprocess.Popen(  # noqa: S603 - the commands are ours, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        unsaid = memoryview(given)
        with suppress(BrokenPipeError):  # it ended at once: its status says why
            while unsaid:
                unsaid = unsaid[os.write(child.stdin.fileno(), unsaid) :]
        rest, quiet = b"", 0
        while True:
            go_on()
            if not select.select([child.stdout], [], [], LOOK_S)[0]:
                quiet += 1
                if quiet >= QUIET_LOOKS:
                    raise TimeoutError(command[-1])
                continue
            data = os.read(child.stdout.fileno(), READ_BYTES)
            if not data or len(rest) > LINE_BYTES_MAX:
                break
            quiet = 0
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                told(line)
        if rest:
            told(rest)
        try:
            return child.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            raise TimeoutError(command[-1]) from None
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
