"""Real clips, encoded once per run; `footage` beside this file holds what makes and stores them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from footage import Clip, make_clip
from mingjian.kernel.media import Codec

# A shared machine may take seconds for what a quiet one does at once: speed is the benches' business, not the tests'.
settings.register_profile("mingjian", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mingjian")


@pytest.fixture(scope="session")
def h264_clip() -> Clip:
    """Four seconds of H.264, 25 frames a second, a key frame each second."""
    return make_clip(Codec.H264)


@pytest.fixture(scope="session")
def h265_clip() -> Clip:
    """Four seconds of H.265, 25 frames a second, a key frame each second."""
    return make_clip(Codec.H265)


@pytest.fixture(scope="session")
def reordered_clip() -> Clip:
    """H.264 with B frames: frames arrive in another order than they are shown."""
    return make_clip(Codec.H264, b_frames=2)
