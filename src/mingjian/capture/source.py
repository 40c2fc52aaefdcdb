"""What every source of a camera's stream promises, whichever library reads it."""

from __future__ import annotations

from typing import Protocol

from mingjian.kernel.media import SourceSink


class Source(Protocol):
    """One connection to one camera, used once."""

    async def run(self, sink: SourceSink) -> None:
        """Feed `sink` until the connection ends; return when the camera closed in order, else raise.

        Raises RemoteError, LocalError, Refused or Invalid with a code that `capture.failures.gap_cause` knows; no
        text of theirs holds a credential. Calls `on_config` first, then units from the first key frame on; never
        `on_interrupted`, which is the keeper's. Cancelling ends the session at the camera and frees every socket.
        """
        ...
