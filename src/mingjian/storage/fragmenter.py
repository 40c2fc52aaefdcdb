"""Access units in, fragments and explained gaps out: one unbroken time line per stream (S5, S10). Pure.

Wall time rule: at the first unit of a connection the line is anchored at its arrival; from there it runs with the
camera's media time, so that consecutive fragments abut to the nanosecond and durations stay the camera's. No frame can
arrive before it was taken, and the *least* lag within a fragment shows the true offset however much the network
jitters. Where we are late ourselves (an overloaded recorder reads what has waited) a lag tells nothing of the camera,
and the line stays. A frame that arrives before its time on our line proves the line late (its first frame had waited
somewhere): beyond `EARLY_NS` the next fragment starts on a corrected line, with a CLOCK entry, so that several cameras
play in step. A lag may be the network's own: it is believed to be the camera's clock only beyond `DRIFT_NS`.
Nothing a camera does with its timestamps stops recording: a jump is marked and the file's media time goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from mingjian.audit.chain import MAX_EVIDENCE_CHARACTERS
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import (
    TICKS_PER_SECOND,
    AccessUnit,
    AudioConfig,
    CameraTime,
    Codec,
    GapCause,
    StreamConfig,
)
from mingjian.storage.notes import ClockNote, Fragment, GapNote, Note, Reopen
from mingjian.wire.fmp4 import VIDEO_TRACK, Sample, fragment_parts, init_segment

DRIFT_NS = SECOND_NS // 2
"""How far our line may be from arrival before it is corrected: below what a viewer or a court would dispute."""
EARLY_NS = SECOND_NS // 25
"""How late our line may be: one frame of most cameras, half of what two cameras in step may be apart."""
STEP_NS = 2 * SECOND_NS
"""A correction beyond this is no drift: forward it is a gap, backward it may need a new epoch."""
FORWARD_JUMP_90K = 5 * TICKS_PER_SECOND
"""No camera in service sends less than one frame in five seconds; a longer step is a jump of its clock."""
BACKWARD_JUMP_90K = TICKS_PER_SECOND
"""Display order may run back by a few frames (B-frames), never by a second."""
SILENCE_NS = 8 * SECOND_NS
"""After so long without a frame the open fragment is closed and a gap begins; with the tick still within S5's 15 s."""
GAP_PIECE_NS = 12 * SECOND_NS
"""An open gap is written down at least this often (S5: 15 s); until then the source may still name its cause."""
ABUT_NS = SECOND_NS
"""After a timestamp jump, the last frame is taken to last until the next one if that came within a second."""
MAX_FRAGMENT_BYTES = 16 * 1024 * 1024
"""A fragment is cut here whatever its duration: 100 streams must fit in memory at their worst."""
MAX_FRAGMENT_UNITS = 4000
"""Frames of one track in a fragment; `wire.fmp4` takes 4096."""
NOMINAL_FRAME_90K = TICKS_PER_SECOND // 25
"""Duration of a last frame when no other has told it."""


@dataclass(frozen=True, slots=True)
class FragmentLimits:
    """When a fragment is closed: at the first key frame from `target_90k` on, and always at `max_90k`."""

    target_90k: int = 4 * TICKS_PER_SECOND
    """Four seconds: 21 600 entries a day; a crash costs at most this for GOPs up to four seconds."""
    max_90k: int = 10 * TICKS_PER_SECOND
    first_90k: int = 0
    """The target of each connection's first fragment; 0: as of the others. Streams that begin together, as after a
    power cut, close their fragments apart where this differs between them: less memory, no burst for the disk."""


def nanoseconds(ticks_90k: int) -> int:
    """Ticks of 90 kHz as whole nanoseconds, rounded down."""
    return ticks_90k * 100_000 // 9


class Fragmenter:
    """The time line of one stream. Methods return what must be written, in order; nothing is ever lost in between."""

    def __init__(
        self,
        stream: StreamId,
        accounted: UtcNs,
        cause: GapCause,
        evidence: str,
        limits: FragmentLimits | None = None,
        wall_offset: int | None = None,
    ) -> None:
        """Time is accounted for up to `accounted`; from there it is a gap of `cause` until data comes.

        `wall_offset`: wall clock less monotonic time at the opening; a step since then is noticed by the first tick.
        """
        self._stream = stream
        self._limits = limits or FragmentLimits()
        self._target_90k = self._limits.target_90k
        self._accounted = accounted
        self._cause, self._evidence = cause, evidence
        self._presumed = False
        """Whether the cause is only our guess from silence: what the source says then holds for the whole gap."""
        self._config: StreamConfig | None = None
        self._init, self._init_sha = b"", ""
        self._video: list[AccessUnit] = []
        self._audio: list[AccessUnit] = []
        self._bytes = 0
        self._running = False
        self._anchor_wall, self._anchor_media = 0, 0
        self._shift = 0
        self._first_media = 0
        self._newest_media = 0
        self._media_end: int | None = None
        self._audio_end = 0
        self._frame_90k = NOMINAL_FRAME_90K
        self._least_lag = 0
        self._t0 = accounted
        self._sequence = 0
        self._lost = self._damaged = self._jumps = 0
        self._camera_time: tuple[int, UtcNs] | None = None
        self._wall_offset = wall_offset
        self._late = False
        """Whether what arrives late may be late by us."""
        self._unit_count = self._units_at_tick = 0
        self._active_monotonic = self._ticked_monotonic = 0
        self._stood = False
        """Whether nobody looked after the line for seconds, as a paused process does not."""

    @property
    def accounted(self) -> UtcNs:
        """The instant up to which everything is in fragments or gaps already handed out."""
        return self._accounted

    @property
    def interrupted(self) -> GapCause | None:
        """The cause of the gap that is open, None while data flows."""
        return None if self._running else self._cause

    @property
    def newest_media_90k(self) -> int:
        """Media time of the newest frame; it grows without holes, whatever the camera's clock does."""
        return self._newest_media

    def config(self, config: StreamConfig) -> list[Note]:
        """The configuration of what follows; a changed one ends the open fragment. Invalid: it cannot be stored."""
        if config == self._config:
            return []
        init = init_segment(config)
        notes: list[Note] = []
        if self._running and self._video:
            end = self._newest_media + self._frame_90k
            notes = self._close(end, UtcNs(self._wall(end)))
            self._t0 = self._accounted
        self._config, self._init, self._init_sha = config, init, sha256(init).hexdigest()
        return notes

    def unit(self, unit: AccessUnit) -> list[Note]:
        """One frame; what it completes. A frame before any configuration cannot be stored and is counted lost."""
        if self._config is None:
            self._lost += 1
            return []
        self._unit_count += 1
        if unit.audio:
            return self._hear(unit)
        notes: list[Note] = []
        media = unit.pts_90k + self._shift
        step = media - self._newest_media
        if not self._running:
            notes = self._begin(unit)
            media = unit.pts_90k + self._shift
        elif step > FORWARD_JUMP_90K or step < -BACKWARD_JUMP_90K:
            notes = self._jump(unit, step)
            media = unit.pts_90k + self._shift
        elif self._video:
            span = media - self._first_media
            if (unit.key and span >= self._target_90k) or (
                span >= self._limits.max_90k
                or self._bytes >= MAX_FRAGMENT_BYTES
                or len(self._video) >= MAX_FRAGMENT_UNITS
            ):
                notes = self._cut(media, unit.arrived)
        # as `_wall` has it, which would be one call more for every frame
        lag = unit.arrived - self._anchor_wall - (media - self._anchor_media) * 100_000 // 9
        if not self._video:
            self._first_media = self._newest_media = media
            self._least_lag = lag
        else:
            if lag < self._least_lag:
                self._least_lag = lag
            if media > self._newest_media:
                if media - self._newest_media < TICKS_PER_SECOND:
                    self._frame_90k = media - self._newest_media
                self._newest_media = media
        if unit.damaged:
            self._damaged += 1
        self._bytes += len(unit.data)
        self._video.append(unit)
        return notes

    def lost(self, packets: int) -> None:
        """So many packets are missing before the next unit."""
        self._lost += packets

    def camera_time(self, report: CameraTime) -> None:
        """The camera's own clock at a media time of this connection."""
        self._camera_time = (report.pts_90k, report.camera)

    def interrupt(self, cause: GapCause, evidence: str, now: UtcNs) -> list[Note]:
        """Data stopped; from the end of the last frame it is a gap of `cause` until data comes again."""
        notes = self._end(now)
        if not notes and cause is not self._cause and not self._presumed:
            notes += self._gap_until(now, now)
        if now < self._accounted - STEP_NS:  # the clock was set back: else the gap would be told an hour later
            notes.append(Reopen(now, now, now - self._accounted))
            self._accounted = now
        self._cause, self._evidence = cause, evidence[:MAX_EVIDENCE_CHARACTERS]
        self._presumed = False
        return notes

    def tick(self, now: UtcNs, monotonic_ns: int, *, late: bool = False) -> list[Note]:
        """Called about every second: notices silence and steps of the wall clock, writes down an open gap.

        `late`: this recorder may be behind with reading, so that arrivals prove nothing of the camera's clock.
        """
        stood = monotonic_ns - (self._ticked_monotonic or monotonic_ns) > SILENCE_NS // 2
        if stood and not self._stood:  # what waits to be read comes now, and was no silence
            self._active_monotonic = monotonic_ns
        self._ticked_monotonic, self._stood = monotonic_ns, stood
        self._late = late or stood
        notes: list[Note] = []
        offset = now - monotonic_ns
        if self._wall_offset is not None and abs(offset - self._wall_offset) > DRIFT_NS:
            step = offset - self._wall_offset
            notes.append(ClockNote("step", step, now))
            if step > STEP_NS:
                notes.append(Reopen(self._accounted, now, step))
            elif not self._running and now < self._accounted - STEP_NS:  # else the gap would be told an hour later
                notes += [*self._gap_until(UtcNs(now - step), now), Reopen(now, now, step)]
                self._accounted = now
        self._wall_offset = offset
        if self._unit_count != self._units_at_tick or not self._active_monotonic:
            self._units_at_tick, self._active_monotonic = self._unit_count, monotonic_ns
        if self._running and monotonic_ns - self._active_monotonic > SILENCE_NS:
            seconds = (monotonic_ns - self._active_monotonic) // SECOND_NS
            notes += self.interrupt(GapCause.NO_VIDEO, f"no frame for {seconds} s", now)
            self._presumed = True
        if not self._running and now - self._accounted >= GAP_PIECE_NS:
            notes += self._gap_until(now, now)
        return notes

    def stop(self, now: UtcNs) -> list[Note]:
        """Everything still open, so that nothing is left unaccounted for at a clean end."""
        notes = self._end(now)
        if not notes:
            notes = self._gap_until(now, now)
        self._cause, self._evidence = GapCause.RECORDER_STOPPED, ""
        return notes

    def _wall(self, media: int) -> int:
        return self._anchor_wall + (media - self._anchor_media) * 100_000 // 9

    def _hear(self, unit: AccessUnit) -> list[Note]:
        if self._running and len(self._audio) < MAX_FRAGMENT_UNITS and self._config and self._config.audio:
            self._audio.append(unit)
        else:
            self._lost += 1
        return []

    def _begin(self, unit: AccessUnit) -> list[Note]:
        """Anchor the line at the first unit of a connection, closing the gap exactly where its fragment starts."""
        notes: list[Note] = []
        if unit.arrived < self._accounted - STEP_NS:
            back = unit.arrived - self._accounted
            notes.append(ClockNote("step", back, unit.arrived))
            notes.append(Reopen(unit.arrived, unit.arrived, back))
            self._accounted = unit.arrived
        elif unit.arrived > self._accounted:
            notes += self._gap_until(unit.arrived, unit.arrived)
        self._anchor(unit, self._accounted)
        return notes

    def _anchor(self, unit: AccessUnit, wall: UtcNs) -> None:
        # from zero, then on from the last end: a file's media time grows without holes whatever the camera's clock does
        self._shift = (self._media_end or 0) - unit.pts_90k
        self._anchor_wall, self._anchor_media = wall, unit.pts_90k + self._shift
        self._t0 = wall
        self._target_90k = self._limits.first_90k or self._limits.target_90k
        self._running = True
        self._video_reset()

    def _jump(self, unit: AccessUnit, step: int) -> list[Note]:
        """A timestamp jump within a connection: marked, the file's media time goes on from its last end."""
        end = self._newest_media + self._frame_90k
        natural = self._wall(end)
        seam = unit.arrived if self._t0 < unit.arrived <= natural + ABUT_NS else natural
        notes = self._close(end, UtcNs(seam))
        cause, evidence = self._cause, self._evidence
        # a camera whose pictures we did not take in time leaves some out
        self._cause = GapCause.OVERLOAD if self._late and step > 0 else GapCause.NO_VIDEO
        self._evidence = f"timestamp jump of {step / TICKS_PER_SECOND:.3f} s"
        self._running = False
        notes += self._begin(unit)
        self._cause, self._evidence = cause, evidence
        self._jumps += 1
        return notes

    def _cut(self, media: int, now: UtcNs) -> list[Note]:
        """Close at `media`, the start of the next fragment, correcting the wall time line when it has drifted."""
        self._target_90k = self._limits.target_90k
        natural, by = self._wall(media), self._least_lag
        if -EARLY_NS <= by <= DRIFT_NS or (by > 0 and self._late):
            notes = self._close(media, UtcNs(natural))
            self._t0 = self._accounted
            return notes
        why = "drift" if abs(by) <= STEP_NS else "step"
        clock = ClockNote(why, by, now)
        if self._t0 < natural + by and by <= STEP_NS:
            notes = [*self._close(media, UtcNs(natural + by)), clock]
        else:
            notes = [*self._close(media, UtcNs(natural)), clock]
            if by > 0:
                evidence = f"media time fell {by / SECOND_NS:.3f} s behind the clock"
                notes.append(GapNote(self._accounted, UtcNs(natural + by), GapCause.CLOCK_STEP, evidence, now))
            else:
                notes.append(Reopen(UtcNs(natural + by), now, by))
            self._accounted = UtcNs(natural + by)
        self._anchor_wall, self._anchor_media = self._accounted, media
        self._t0 = self._accounted
        return notes

    def _end(self, now: UtcNs) -> list[Note]:
        """Close what is open because data stopped; the last frame lasts as long as its kind does."""
        if not self._running:
            return []
        notes: list[Note] = []
        if self._video:
            end = self._newest_media + self._frame_90k
            notes = self._close(end, UtcNs(self._wall(end)))
        self._running = False
        self._cause, self._evidence = GapCause.UNKNOWN, ""
        self._camera_time = None
        return notes

    def _gap_until(self, until: UtcNs, now: UtcNs) -> list[Note]:
        if until <= self._accounted:
            return []
        note = GapNote(self._accounted, until, self._cause, self._evidence, now)
        self._accounted = until
        return [note]

    def _close(self, end_media: int, t1: UtcNs) -> list[Note]:
        """The open units as one fragment that ends at `end_media` in the file and at `t1` on the wall."""
        if not self._video:
            return []
        assert self._config is not None
        times = [unit.pts_90k + self._shift for unit in self._video]
        floor = self._media_end if self._media_end is not None else 0
        decode = sorted(times)
        if decode[0] < floor:
            decode = [max(time, floor) for time in decode]
        end_media = max(end_media, decode[-1] + 1)
        samples = [
            Sample(unit.data, after - at, shown - at, unit.key)
            for unit, at, after, shown in zip(self._video, decode, [*decode[1:], end_media], times, strict=True)
        ]
        audio, audio_at = self._audio_samples(self._config.audio)
        t1 = UtcNs(max(t1, self._t0 + 1))
        self._sequence += 1
        pieces = tuple(
            fragment_parts(
                sequence=self._sequence & 0xFFFF_FFFF,
                track_id=VIDEO_TRACK,
                decode_time_90k=decode[0],
                samples=samples,
                wall_clock=self._t0,
                audio=audio,
                audio_decode_time_90k=audio_at,
            )
        )
        done = Fragment(
            stream=self._stream,
            t0=self._t0,
            t1=t1,
            pts0_90k=decode[0],
            duration_90k=end_media - decode[0],
            frames=len(samples),
            init=self._init,
            init_sha256=self._init_sha,
            pieces=pieces,
            size_bytes=sum(map(len, pieces)),
            key_first=self._video[0].key,
            shift_90k=self._shift,
            clock_offset_ns=self._least_lag,
            camera_time=self._camera_at(times[0]),
            lost=self._lost,
            damaged=self._damaged,
            jumps=self._jumps,
        )
        self._media_end, self._accounted = end_media, t1
        self._lost = self._damaged = self._jumps = 0
        self._video_reset()
        return [done]

    def _video_reset(self) -> None:
        self._video, self._audio, self._bytes = [], [], 0

    def _audio_samples(self, config: AudioConfig | None) -> tuple[list[Sample], int]:
        if not self._audio or config is None:
            return [], 0
        start = max(self._audio_end, self._audio[0].pts_90k + self._shift, 0)
        samples = [Sample(unit.data, _audio_ticks(config, unit.data), 0, True) for unit in self._audio]
        self._audio_end = start + sum(sample.duration_90k for sample in samples)
        return samples, start

    def _camera_at(self, media: int) -> UtcNs | None:
        if self._camera_time is None:
            return None
        pts, camera = self._camera_time
        return UtcNs(max(0, camera + nanoseconds(media - self._shift - pts)))


def _audio_ticks(config: AudioConfig, data: bytes) -> int:
    """Duration of one audio frame: 1024 samples of AAC (ISO/IEC 14496-3 §4.5), one byte a sample of G.711."""
    samples = 1024 if config.codec is Codec.AAC else len(data) // max(1, config.channels)
    return samples * TICKS_PER_SECOND // config.sample_rate_hz
