"""Pictures and clips that auditors are given by whoever found them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
from PIL import Image

from fuzz.harness import Harness
from fuzz.packets import clip
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import Codec, StreamConfig
from mingjian.processing.leak_worker import PIXELS_MOST, pictures_of
from mingjian.wire.fmp4 import Sample, fragment, init_segment


def leaked(data: bytes) -> bool:
    """Pictures of one bounded size, or RemoteError; nothing else comes out of the decoders."""
    try:
        found = pictures_of(data)
    except RemoteError as error:
        assert error.code in ("leak.type", "leak.unreadable")
        return False
    assert found
    assert all(one.dtype == np.uint8 and one.ndim == 2 and 0 < one.size <= PIXELS_MOST for one in found)
    assert len({one.shape for one in found}) == 1
    return True


def seeds() -> Iterator[bytes]:
    picture = Image.fromarray(np.tile(np.arange(48, dtype=np.uint8) * 5, (27, 1)))
    for kind in ("PNG", "JPEG"):
        out = BytesIO()
        picture.save(out, kind)
        yield out.getvalue()
    one = clip(Codec.H264)
    samples = [Sample(bytes(unit.data), 3600, 0, unit.key) for unit in one.units[:2]]
    media = fragment(sequence=1, track_id=1, decode_time_90k=0, samples=samples, wall_clock=UtcNs(0))
    yield init_segment(StreamConfig(one.config.video)) + media


WORDS = (b"IHDR", b"IDAT", b"\xff\xd8\xff", b"ftyp", b"moov")
HARNESSES = (Harness("leaked-picture", leaked, seeds, (pictures_of,), words=WORDS),)
