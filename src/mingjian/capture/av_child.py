"""The process in which FFmpeg reads one camera: a parser that crashes here takes no other camera with it.

Gets one JSON line on standard input (`url`, `audio`) and answers on standard output in the messages of
`transport.relay_codec`. A unit's `arrived` is its age when it is sent, in nanoseconds: the reader's clock counts.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace

import av.logging

from mingjian.capture.av_reader import Read, Skipped, read
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media import AccessUnit
from mingjian.transport.backlog import Dropped
from mingjian.transport.relay_codec import Failed, Message, encode

HAS_CONFIG, NO_CONFIG = "config", "no-config"
"""What a `Dropped` here says of the parameter sets."""


class Stopwatch:
    """A `Clock` from which only differences are taken."""

    def now(self) -> UtcNs:
        return UtcNs(time.perf_counter_ns())

    def monotonic_ns(self) -> int:
        return time.perf_counter_ns()


def message(one: Read, stopwatch: Stopwatch) -> Message:
    """What is read, as it is sent."""
    if isinstance(one, Skipped):
        return Dropped(int(one.too_long), HAS_CONFIG if one.has_config else NO_CONFIG)
    if isinstance(one, AccessUnit):
        return replace(one, arrived=UtcNs(max(0, stopwatch.now() - one.arrived)))
    return one


def main() -> int:
    """Read until the stream ends or nobody listens any more."""
    asked = json.loads(sys.stdin.buffer.readline())
    av.logging.set_level(av.logging.PANIC)
    out, stopwatch = sys.stdout.fileno(), Stopwatch()

    def send(content: Message) -> None:
        data = memoryview(encode(content))
        while data:
            data = data[os.write(out, data) :]

    try:
        read(
            asked["url"],
            audio=bool(asked["audio"]),
            clock=stopwatch,
            hand_over=lambda one: send(message(one, stopwatch)),
            stopped=lambda: False,
        )
    except BrokenPipeError:
        return 0
    except MingjianError as error:
        send(Failed(error.code, error.text, error.text_en, error.remedy, error.remedy_en))
    return 0


if __name__ == "__main__":
    sys.exit(main())
