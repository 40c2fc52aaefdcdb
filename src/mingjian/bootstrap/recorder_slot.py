"""A camera's place for its recorder: filled as soon as a disk allows, without disturbing the camera or its viewers."""

from __future__ import annotations

from collections.abc import Callable

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, GapCause, StreamConfig
from mingjian.storage.recorder import StreamRecorder


class RecorderSlot:
    """A `SourceSink` that hands everything to its recorder; what comes while there is none passes by, and is its
    gap later.

    Once the recorder is at work, `on_access_unit` *is* the recorder's own: whoever calls it looks it up for each frame.
    All calls come from the event loop.
    """

    def __init__(self, since: UtcNs) -> None:
        self.since = since
        """From when on there was something to record."""
        self.failure = ""
        """Why there is no recorder yet."""
        self.on_access_unit: Callable[[AccessUnit], None] = self._pass_by
        self._recorder: StreamRecorder | None = None
        self._config: StreamConfig | None = None
        self._interrupted: tuple[GapCause, str, UtcNs] | None = None

    @property
    def recorder(self) -> StreamRecorder | None:
        return self._recorder

    @property
    def newest_media_90k(self) -> int | None:
        """Media time of the newest frame recorded; None while nothing is."""
        flows = self._recorder is not None and self._recorder.interrupted is None
        return self._recorder.newest_media_90k if flows and self._recorder is not None else None

    def fill(self, recorder: StreamRecorder) -> None:
        """From now on it records: at once what is wrong with the camera, else from the next key frame on."""
        self._recorder, self.failure = recorder, ""
        self.on_access_unit = recorder.on_access_unit
        if self._interrupted is not None:
            recorder.on_interrupted(*self._interrupted)
        elif self._config is not None:
            recorder.on_config(self._config)
            self.on_access_unit = self._await_key

    def on_config(self, config: StreamConfig) -> None:
        self._config, self._interrupted = config, None
        if self._recorder is not None:
            self._recorder.on_config(config)

    def _pass_by(self, unit: AccessUnit) -> None:
        """There is no recorder."""

    def _await_key(self, unit: AccessUnit) -> None:
        """The recorder came amid a group of pictures."""
        assert self._recorder is not None
        if unit.key and not unit.audio:
            self.on_access_unit = self._recorder.on_access_unit
            self.on_access_unit(unit)

    def on_camera_time(self, report: CameraTime) -> None:
        if self._recorder is not None:
            self._recorder.on_camera_time(report)

    def on_lost(self, packets: int) -> None:
        if self._recorder is not None and self.on_access_unit != self._await_key:
            self._recorder.on_lost(packets)

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self._interrupted = (cause, evidence, last_data)
        if self._recorder is not None:
            self.on_access_unit = self._recorder.on_access_unit
            self._recorder.on_interrupted(cause, evidence, last_data)
