"""One stream's recorder: what a source says becomes fragments and gaps, handed to the committer without waiting."""

from __future__ import annotations

from collections.abc import Callable

from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, StreamConfig
from mingjian.storage.commit import Committer, Opened
from mingjian.storage.fragmenter import Fragmenter, FragmentLimits
from mingjian.storage.layout import checked_stream
from mingjian.storage.notes import CloseNote, Note


class StreamRecorder:
    """A `kernel.media.SourceSink` whose every second ends in the chain. Never blocks; call `tick` about every second.

    Satisfied promises: S5 (no second without entry), S7. Not thread-safe: all calls come from the source's loop.
    """

    def __init__(
        self,
        stream: StreamId,
        committer: Committer,
        clock: Clock,
        opened: Opened,
        *,
        limits: FragmentLimits | None = None,
        wall_offset: int | None = None,
    ) -> None:
        self.stream = stream
        self._committer, self._clock = committer, clock
        self._line = Fragmenter(stream, opened.accounted, opened.cause, opened.evidence, limits, wall_offset)
        self._storable = True

    @classmethod
    def open(
        cls,
        stream: str,
        committer: Committer,
        clock: Clock,
        *,
        acknowledged: Callable[[StreamId, UtcNs, int], None] = lambda stream, t1, seq: None,
        limits: FragmentLimits | None = None,
        no_disk: tuple[UtcNs, str] | None = None,
    ) -> StreamRecorder:
        """Recover the stream and take its locks: blocks on the disk, so call it off the loop.

        `no_disk`: since when there was nothing to write to, and why; from then on it is a gap of that cause. Raises
        LocalError or OSError when it cannot be opened.
        """
        offset = clock.now() - clock.monotonic_ns()
        opened = committer.open_stream(stream, acknowledged)
        made = cls(checked_stream(stream), committer, clock, opened, limits=limits, wall_offset=offset)
        if no_disk is not None and no_disk[0] > opened.accounted:
            made._hand_over(made._line.interrupt(GapCause.DISK_ERROR, no_disk[1], no_disk[0]))
        return made

    @property
    def recorded_until(self) -> UtcNs | None:
        """The end of the last fragment that is safe on disk; None while there is none since the opening."""
        return self._committer.recorded_until(self.stream)

    @property
    def interrupted(self) -> GapCause | None:
        """The cause of the gap now open, the disk's included; None while data flows and is kept."""
        return self._line.interrupted or self._committer.trouble(self.stream)

    @property
    def newest_media_90k(self) -> int:
        """Media time of the newest frame taken; beside the clock it tells whether the stream is taken in time."""
        return self._line.newest_media_90k

    def on_config(self, config: StreamConfig) -> None:
        try:
            self._hand_over(self._line.config(config))
        except Invalid as refusal:
            self._storable = False
            self._hand_over(self._line.interrupt(GapCause.UNSUPPORTED, refusal.code, self._clock.now()))
        else:
            self._storable = True

    def on_access_unit(self, unit: AccessUnit) -> None:
        if self._storable and (notes := self._line.unit(unit)):
            self._committer.submit(self.stream, notes)

    def on_camera_time(self, report: CameraTime) -> None:
        self._line.camera_time(report)

    def on_lost(self, packets: int) -> None:
        self._line.lost(packets)

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self._hand_over(self._line.interrupt(cause, evidence, self._clock.now()))

    def tick(self, *, late: bool = False) -> None:
        """Notice silence and clock steps, write down an open gap. `late`: whether frames may have waited for us."""
        self._hand_over(self._line.tick(self._clock.now(), self._clock.monotonic_ns(), late=late))

    def close(self) -> None:
        """A clean stop: what is open is written, CLOSE ends the epoch, the lock is given back. Blocks on the disk."""
        now = self._clock.now()
        self._hand_over([*self._line.stop(now), CloseNote(now)])
        self._committer.close_stream(self.stream)

    def _hand_over(self, notes: list[Note]) -> None:
        if notes:
            self._committer.submit(self.stream, notes)
