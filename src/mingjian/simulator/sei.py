"""The send time inside the video: a user_data_unregistered SEI message (H.264 §D.1.7, H.265 §D.2.7).

The text is twenty ASCII digits, UTC nanoseconds: of fixed length, so that a prepared packet is patched in place, and
free of zero bytes, so that nothing needs escaping.
"""

from __future__ import annotations

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import Codec

MESSAGE_ID = bytes.fromhex("6d696e676a69616e8f1e4c5ba77d9a31")
"""The fixed UUID of our message."""
DIGITS = 20
_PAYLOAD_TYPE = 5
_STOP_BIT = 0x80


def send_time_nal(codec: Codec, sent: UtcNs) -> bytes:
    """The SEI unit to put before the slices of a picture sent at `sent`."""
    header = b"\x4e\x01" if codec is Codec.H265 else b"\x06"
    size = len(MESSAGE_ID) + DIGITS
    return header + bytes((_PAYLOAD_TYPE, size)) + MESSAGE_ID + digits(sent) + bytes((_STOP_BIT,))


def digits(sent: UtcNs) -> bytes:
    """`sent` as it stands in the message."""
    return b"%020d" % sent


def send_time(sample: bytes) -> UtcNs | None:
    """When the picture in `sample` (framed in whatever way) was sent; None when it carries no message of ours."""
    at = bytes(sample).find(MESSAGE_ID)
    text = bytes(sample[at + len(MESSAGE_ID) : at + len(MESSAGE_ID) + DIGITS])
    if at < 0 or len(text) != DIGITS or not text.isdigit():
        return None
    return UtcNs(int(text))
