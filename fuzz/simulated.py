"""Commands to simulated cameras, and the send time in their pictures."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from fuzz.harness import Harness
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.media import Codec
from mingjian.simulator.control import obey
from mingjian.simulator.faults import Faults, parse_fault
from mingjian.simulator.sei import send_time, send_time_nal

NOW = UtcNs(1_767_225_600 * SECOND_NS)


def command(data: bytes) -> bool:
    """Every command is answered in JSON; a fault as text is a fault in its range or Invalid."""
    answer = json.loads(obey((), data))
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(Invalid):
        fault, value, on = parse_fault(text)
        assert not on or fault in Faults().with_fault(fault, value)
    with contextlib.suppress(ValueError, RecursionError, Invalid):
        value = json.loads(data)
        if isinstance(value, dict) and isinstance(value.get("value"), int | float):
            Faults().with_fault(parse_fault(str(value.get("fault")))[0], value["value"])
    sent = send_time(data)
    assert sent is None or sent >= 0
    return "cameras" in answer


def command_seeds() -> Iterator[bytes]:
    yield from (b"{}", b'{"camera": "*", "fault": "drop", "value": 5}', b'{"fault": "drop", "on": false}')
    yield from (b"drop=10", b"drop=off", b"[" * 1000, b'{"fault": "drop", "value": 1' + b"0" * 400 + b"}")
    yield send_time_nal(Codec.H264, NOW)


WORDS = (b'"fault":', b'"camera":', b'"value":', b"=off", b"=inf", b"1e400", b"9" * 310, b"[[[[", b"NaN", b"mingjian")

HARNESSES = (Harness("simulator-command", command, command_seeds, (obey, parse_fault, send_time), WORDS, 1024),)
