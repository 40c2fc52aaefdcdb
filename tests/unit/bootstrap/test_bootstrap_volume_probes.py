"""A directory that gives no answer is told as such, asked by one thread only, and used again when it answers."""

from __future__ import annotations

import threading

import pytest

from mingjian.bootstrap.volume_probes import Probes
from mingjian.kernel.errors import LocalError


def test_what_answers_is_handed_on_and_what_it_raises_too() -> None:
    probes = Probes()
    assert probes.ask("/v", lambda: 7) == 7
    with pytest.raises(OSError, match="gone"):
        probes.ask("/v", lambda: (_ for _ in ()).throw(OSError("gone")))


def test_a_silent_directory_is_told_and_holds_one_thread_until_it_answers() -> None:
    gate, asked = threading.Event(), []

    def silent() -> None:
        asked.append(threading.current_thread())
        gate.wait()

    probes = Probes(answer_s=0.01)
    for _ in range(3):
        with pytest.raises(LocalError, match="hung") as told:
            probes.ask("/mnt/nfs", silent)
        assert "/mnt/nfs" in told.value.text
        assert "/mnt/nfs" in told.value.text_en
    assert len(asked) == 1
    gate.set()
    asked[0].join()
    assert Probes().ask("/mnt/nfs", lambda: "back") == "back"
    assert Probes(5).ask("/other", lambda: "other") == "other"
