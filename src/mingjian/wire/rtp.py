"""RTP packets (RFC 3550 §5): headers, sequence gaps, time unwrapped from 32 bits, order restored for UDP.

`RtpTrack.take` runs for every packet of every camera: one call, no object made, no exception raised.
"""

from __future__ import annotations

from typing import NamedTuple

MAX_DROPOUT = 3000
"""RFC 3550 A.1: a forward step up to this is loss; a greater one is a new numbering."""
MAX_MISORDER = 100
"""RFC 3550 A.1: a backward step up to this is a late or doubled packet."""
MAX_REORDER_PACKETS = 64
"""How many packets wait for a missing one on UDP: about two frames; then it counts as lost."""
MIN_HEADER_BYTES = 12


class RtpPacket(NamedTuple):
    """A packet read in full, for tests, tools and whoever is not on the hot path."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse_rtp(data: bytes) -> RtpPacket | None:
    """The packet, or None when `data` is none."""
    bounds = _payload_bounds(data, 0, len(data))
    if bounds is None:
        return None
    return RtpPacket(
        data[1] & 0x7F,
        data[1] & 0x80 != 0,
        data[2] << 8 | data[3],
        int.from_bytes(data[4:8], "big"),
        int.from_bytes(data[8:12], "big"),
        data[bounds[0] : bounds[1]],
    )


def _payload_bounds(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the payload lies, with contributing sources, extension and padding left out; None when it cannot be."""
    if end - start < MIN_HEADER_BYTES or data[start] & 0xC0 != 0x80:
        return None
    at = start + MIN_HEADER_BYTES + 4 * (data[start] & 0x0F)
    if data[start] & 0x10:
        if at + 4 > end:
            return None
        at += 4 + 4 * (data[at + 2] << 8 | data[at + 3])
    if data[start] & 0x20:
        padding = data[end - 1]
        if padding == 0:
            return None
        end -= padding
    return (at, end) if at <= end else None


def timestamp_of(moment: bytes) -> int:
    """The 32-bit timestamp of what `RtpTrack.payload` is given."""
    return int.from_bytes(moment[:4], "big")


class RtpTrack:
    """One track's packets, in the order received. A depacketizer derives from this and gets the payloads.

    Never raises for what the network brings. Counters are cumulative.
    """

    def __init__(self, payload_type: int) -> None:
        self.payload_type = payload_type
        self.lost = 0
        """Packets that never came, by sequence number."""
        self.ignored = 0
        """Packets that were malformed, doubled, late or of another payload type or source."""
        self.ssrc = -1
        self.highest_sequence = 0
        """Extended by the number of wraps, as a receiver report wants it (RFC 3550 §6.4.1)."""
        self._expected = -1
        self._moment = b""
        self._source = b""
        self._strange = b""

    def take(self, buffer: bytes, start: int, end: int) -> None:
        """One packet: `buffer[start:end]`."""
        if end - start < MIN_HEADER_BYTES:
            self.ignored += 1
            return
        second = buffer[start + 1]
        if second & 0x7F != self.payload_type:
            self.ignored += 1
            return
        sequence = buffer[start + 2] << 8 | buffer[start + 3]
        moment = buffer[start + 4 : start + 12]
        lost = 0
        if sequence != self._expected or (moment != self._moment and moment[4:] != self._source):
            lost = self._out_of_line(moment[4:], sequence)
            if lost < 0:
                self.ignored += 1
                return
            self.lost += lost
        if buffer[start] == 0x80:
            at = start + 12
        else:
            bounds = _payload_bounds(buffer, start, end)
            if bounds is None:
                self.ignored += 1
                return
            at, end = bounds
        self._expected = (sequence + 1) & 0xFFFF
        self._moment = moment  # kept only to make the comparison above cheap
        self.payload(buffer, at, end, moment, second >= 0x80, lost)

    def payload(self, buffer: bytes, at: int, end: int, moment: bytes, marker: bool, lost: int) -> None:
        """The payload `buffer[at:end]`; `lost` packets are missing right before it.

        `moment` is the header's timestamp and source, 4 bytes each: one slice and one comparison tell whether the
        packet belongs to the frame before; `timestamp_of` reads it.
        """
        raise NotImplementedError

    def extended_highest(self) -> int:
        """The highest sequence number received, wraps counted."""
        if self._expected < 0:
            return 0
        last = (self._expected - 1) & 0xFFFF
        step = (last - self.highest_sequence) & 0xFFFF
        self.highest_sequence += step if step < 0x8000 else 0
        return self.highest_sequence

    def _out_of_line(self, source: bytes, sequence: int) -> int:
        """How many packets are missing before this one; -1 when it must be left out."""
        if self._expected < 0:
            self._adopt(source, sequence)
            return 0
        step = (sequence - self._expected) & 0xFFFF
        if source == self._source:
            if step < MAX_DROPOUT:
                self._strange = b""
                return step
            if step >= 0x10000 - MAX_MISORDER:
                return -1
        # Another source or numbering counts only when its next packet follows: one stray packet moves nothing.
        here = source + sequence.to_bytes(2, "big")
        if here != self._strange:
            self._strange = source + ((sequence + 1) & 0xFFFF).to_bytes(2, "big")
            return -1
        self._adopt(source, sequence)
        return 1

    def _adopt(self, source: bytes, sequence: int) -> None:
        self._source = source
        self._strange = b""
        self._expected = sequence
        self.ssrc = int.from_bytes(source, "big")
        self.highest_sequence = sequence


class Unwrapper:
    """32-bit counters as one growing number: each value is taken as the nearest to the one before (RFC 3550 §5.1)."""

    def __init__(self) -> None:
        self._last = -1

    def unwrap(self, value: int) -> int:
        """`value` extended; the first one stands as it is. May be lower than the one before: time can run back."""
        if self._last < 0:
            self._last = value
        else:
            self._last += ((value - self._last + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
        return self._last

    def nearest(self, value: int) -> int:
        """`value` extended as seen from the last one, without moving there."""
        if self._last < 0:
            return value
        return self._last + ((value - self._last + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


class Reorderer:
    """Puts datagrams back into sequence; a missing one is waited for until `MAX_REORDER_PACKETS` others came.

    Needed on UDP only. Doubled and late packets are dropped.
    """

    def __init__(self) -> None:
        self._next = self._strange = -1
        self._early: dict[int, bytes] = {}

    def push(self, data: bytes) -> list[bytes]:
        """The packets that are due now, in order."""
        if len(data) < MIN_HEADER_BYTES:
            return []
        sequence = data[2] << 8 | data[3]
        if sequence == self._next and not self._early:
            self._next = (sequence + 1) & 0xFFFF
            return [data]
        if self._next < 0:
            self._next = sequence
        step = (sequence - self._next) & 0xFFFF
        if step >= 0x10000 - MAX_MISORDER:
            return []
        if step >= MAX_DROPOUT:
            return self._renumbered(sequence, data)
        self._early[sequence] = data
        if len(self._early) > MAX_REORDER_PACKETS and self._next not in self._early:
            self._next = min(self._early, key=lambda key: (key - self._next) & 0xFFFF)
        due = []
        while (found := self._early.pop(self._next, None)) is not None:
            due.append(found)
            self._next = (self._next + 1) & 0xFFFF
        return due

    def _renumbered(self, sequence: int, data: bytes) -> list[bytes]:
        """A numbering far away counts only when its next packet follows; then what waited goes first."""
        expected, self._strange = self._strange, (sequence + 1) & 0xFFFF
        if sequence != expected:
            return []
        due = [self._early.pop(key) for key in sorted(self._early, key=lambda key: (key - self._next) & 0xFFFF)]
        self._next = (sequence + 1) & 0xFFFF
        return [*due, data]
