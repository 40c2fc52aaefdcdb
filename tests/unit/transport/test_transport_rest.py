"""A loop rests only while it may, takes everything that came between two rests, and stops when told."""

from __future__ import annotations

import asyncio

from mingjian.transport.hub import Hub
from mingjian.transport.rest import REST_S, Rests


async def test_between_two_rests_what_waits_is_done() -> None:
    loop = asyncio.get_running_loop()
    done: list[str] = []
    finished = asyncio.Event()

    def sleep(seconds: float) -> None:
        assert seconds == REST_S
        done.append("rest")
        loop.call_soon(done.append, "work")  # as a socket that became readable meanwhile
        if done.count("rest") == 3:
            finished.set()

    rests = Rests(lambda: True, sleep=sleep)
    rests.start()
    await finished.wait()
    rests.stop()
    assert done[:5] == ["rest", "work", "rest", "work", "rest"]


async def test_it_asks_before_each_rest_and_stops() -> None:
    slept: list[float] = []
    answers = [True, True, False]
    refused = asyncio.Event()

    def allowed() -> bool:
        if len(answers) == 1:
            refused.set()
        return answers.pop(0)

    rests = Rests(allowed, sleep=slept.append)
    rests.start()
    await refused.wait()
    rests.stop()
    assert slept == [REST_S, REST_S]
    assert answers == []


async def test_a_patient_reader_keeps_no_loop_awake() -> None:
    hub = Hub()
    still = hub.open(patient=True)
    assert (hub.readers, hub.live_readers) == (1, 0)
    live = hub.open()
    assert (hub.readers, hub.live_readers) == (2, 1)
    live.close()
    still.close()
    assert (hub.readers, hub.live_readers) == (0, 0)
