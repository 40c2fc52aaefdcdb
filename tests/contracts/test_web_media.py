"""The media WebSocket through a real server: no Grant no picture, what was seen is registered, rights end pictures."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import av
import pytest
from websockets.exceptions import InvalidStatus

from footage import FRAME_NS, Clip, decoded_times
from media_world import (
    COOKIE,
    GATE,
    HALL,
    T0,
    Binary,
    World,
    at,
    grant_for,
    in_both_languages,
    kind,
    ms,
    op,
    publish,
    served,
)
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.grant import MediaAct
from mingjian.kernel.ids import main_stream, sub_stream
from mingjian.kernel.media import TICKS_PER_SECOND, GapCause
from mingjian.kernel.period import Period
from mingjian.processing.preview_files import Preview


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with served() as found:
        yield found


@pytest.mark.parametrize(("origin", "cookie"), [("http://evil.example", COOKIE), (None, None), (None, "forged")])
async def test_a_strange_page_and_a_missing_or_forged_session_never_get_a_socket(
    world: World, origin: str | None, cookie: str | None
) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with world.tile(origin=origin, cookie=cookie):
            pass
    assert caught.value.response.status_code == 403


async def test_without_grant_or_with_that_of_another_camera_or_act_there_is_no_picture(
    world: World, h264_clip: Clip
) -> None:
    publish(world, main_stream(GATE), h264_clip)
    publish(world, main_stream(HALL), h264_clip)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    for opening in (
        {"mode": "live", "grant": "unknown"},
        {"mode": "live", "camera": HALL},
        {"mode": "playback"},
    ):
        async with world.tile(**opening) as tile:
            (answer,) = await tile.until(op("state"))
            assert answer["state"] == "refused"
            assert in_both_languages(answer)
            assert await tile.closed() == 4403
    assert world.delivered == []


@pytest.mark.parametrize(
    "first",
    ['{"op":"more","id":1,"until_ms":1}', '{"op":"delete"}', "garbage", "[]", '{"op":"open"}', "x" * 5000],
)
async def test_an_undeclared_or_unreadable_message_ends_the_connection(world: World, first: str) -> None:
    async with world.tile() as tile:
        await tile.connection.send(first)
        (answer,) = await tile.until(op("error"))
        assert answer["code"] in ("media.undeclared", "media.unreadable")
        assert in_both_languages(answer)
        assert await tile.closed() in (4400, 4403)


async def test_live_takes_no_playback_operation(world: World, h264_clip: Clip) -> None:
    publish(world, main_stream(GATE), h264_clip)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as tile:
        await tile.until(op("opened"))
        await tile.ask("seek", id=1, t_ms=ms(0))
        await tile.until(op("error", code="media.undeclared"))
        assert await tile.closed() == 4403


async def test_a_silent_socket_is_closed(world: World) -> None:
    async with world.tile() as tile:
        assert await tile.closed() == 4408


async def test_live_begins_with_the_last_group_and_its_seconds_are_registered_on_leaving(
    world: World, h264_clip: Clip
) -> None:
    hub = publish(world, main_stream(GATE), h264_clip, frames=60)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as tile:
        opened = await tile.next()
        assert opened == {
            "op": "opened",
            "entry": 7,
            "watermark": {"person": "值班员", "unit": "县公安局", "entry": 7},
        }
        init = await tile.next()
        assert (init["op"], init["quality"], init["transcoded"]) == ("init", "main", False)
        assert (init["width"], init["height"]) == (320, 180)
        head = await tile.next()
        frames = [
            one for one in await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(59 / 25)) if kind(2)(one)
        ]
        assert [frame.utc_ms for frame in frames] == [ms(number / 25) for number in range(50, 60)]
        assert len(decoded_times(head.payload + b"".join(frame.payload for frame in frames))) == 10
        hub.on_interrupted(GapCause.CAMERA_TIMEOUT, "", at(3))
        (*_, state) = await tile.until(op("state", state="offline"))
        assert (state["cause"], state["since_ms"]) == ("camera-timeout", ms(3))
        assert state["remedy"]
        assert state["remedy_en"].isascii()
    await world.registered.wait()
    assert world.delivered == [("g1", GATE, [Period(at(2), UtcNs(at(2) + 10 * FRAME_NS))])]
    assert hub.readers == 0


async def test_a_camera_without_key_frames_is_a_reason_for_who_comes_later_until_one_comes(
    world: World, h264_clip: Clip
) -> None:
    """As one that refreshes its picture in stripes: it is recorded, and nobody can begin to look in between."""
    hub = publish(world, main_stream(GATE), h264_clip, frames=0)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    keyless = [replace(unit, key=False) for unit in h264_clip.repeated(4, world.clock.now())]
    async with world.tile(mode="live") as tile:
        await tile.until(op("init"))
        for unit in keyless:
            hub.on_access_unit(unit)
        seen = await tile.until(op("state", state="offline"))
        assert not any(kind(2)(one) for one in seen)
        assert seen[-1]["cause"] == "view.no-key-frame"
        assert in_both_languages(seen[-1])
        hub.on_access_unit(replace(keyless[-1], key=True, pts_90k=keyless[-1].pts_90k + TICKS_PER_SECOND))
        await tile.until(op("state", state="online"))


async def test_many_viewers_of_one_camera_see_the_same_frames(world: World, h264_clip: Clip) -> None:
    hub = publish(world, main_stream(GATE), h264_clip, frames=25)
    world.grants["g1"] = grant_for(MediaAct.LIVE)

    async def watch() -> list[int]:
        async with world.tile(mode="live") as tile:
            seen = await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(99 / 25))
            return [one.utc_ms for one in seen if kind(2)(one)]

    told = asyncio.Event()
    hub.on_readers = lambda readers: told.set() if readers == 8 else None
    watching = [asyncio.create_task(watch()) for _ in range(8)]
    await told.wait()
    hub.on_readers = None
    for unit in h264_clip.repeated(1, T0)[25:]:
        hub.on_access_unit(unit)
    for seen in await asyncio.gather(*watching):
        assert seen == [ms(number / 25) for number in range(100)]


async def test_e5_a_lost_network_still_registers_what_was_seen(world: World, h264_clip: Clip) -> None:
    publish(world, main_stream(GATE), h264_clip, frames=10)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as tile:
        await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(9 / 25))
        tile.connection.transport.abort()
    await world.registered.wait()
    assert world.periods() == [Period(at(0), at(0.4))]


async def test_who_closes_a_viewing_waits_until_every_picture_has_told_its_seconds(
    world: World, h264_clip: Clip
) -> None:
    publish(world, main_stream(GATE), h264_clip, frames=60)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    await world.viewings.settle("g1")  # nothing is shown: nothing to wait for
    async with world.tile(mode="live") as one, world.tile(mode="live") as other:
        for tile in (one, other):
            await tile.until(kind(2))
        await world.viewings.settle("g1")
        assert len(world.delivered) == 2
        for tile in (one, other):
            (*_, end) = await tile.until(op("state", state="refused"))
            assert end["cause"] == "grant-ended"
            assert await tile.closed() == 4403


async def test_A21_a_view_that_ends_with_its_approval_says_why(world: World, h264_clip: Clip) -> None:
    publish(world, main_stream(GATE), h264_clip, frames=60)
    world.grants["g1"] = replace(grant_for(MediaAct.LIVE), request="r1")
    world.why = replace(reason("access.withdrawn"), article="第二十一条")
    async with world.tile(mode="live") as tile:
        await tile.until(kind(2))
        world.grants.clear()
        (*_, end) = await tile.until(op("state", state="refused"))
    told = (end["cause"], end["text"], end["text_en"], end["article"])
    assert told == ("grant-ended", world.why.text, world.why.text_en, world.why.article)


async def test_a_grant_that_expires_in_mid_stream_ends_it(world: World, h264_clip: Clip) -> None:
    publish(world, main_stream(GATE), h264_clip, frames=10)
    world.grants["g1"] = grant_for(MediaAct.LIVE, valid_s=5)
    async with world.tile(mode="live") as tile:
        await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(9 / 25))
        world.clock.advance(6)
        (*_, last) = await tile.until(op("state", state="expired"))
        assert in_both_languages(last)
        assert await tile.closed() == 4403


async def test_not_one_frame_is_sent_after_the_grants_last_instant(world: World, h264_clip: Clip) -> None:
    hub = publish(world, main_stream(GATE), h264_clip, frames=10)
    world.grants["g1"] = grant_for(MediaAct.LIVE, valid_s=5)
    async with world.tile(mode="live") as tile:
        await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(9 / 25))
        world.clock.advance(6)
        for unit in h264_clip.repeated(1, world.clock.now()):
            hub.on_access_unit(unit)
        seen = await tile.until(op("state", state="expired"))
        assert not [one for one in seen if kind(2)(one)]


async def test_a_withdrawn_right_ends_the_stream_soon(world: World, h264_clip: Clip) -> None:
    publish(world, main_stream(GATE), h264_clip, frames=10)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as tile:
        await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(9 / 25))
        del world.grants["g1"]
        async with asyncio.timeout(5):
            (*_, last) = await tile.until(op("state", state="refused"))
            assert in_both_languages(last)
            assert await tile.closed() == 4403
    assert world.periods() == [Period(at(0), at(0.4))]


async def test_a_recorder_that_is_away_is_a_reason_and_no_end(world: World) -> None:
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as tile:
        (*_, state) = await tile.until(op("state", state="offline"))
        assert state["cause"] == "relay.gone"
        assert in_both_languages(state)


async def test_h265_without_browser_support_takes_the_cameras_h264_sub_stream(
    world: World, h264_clip: Clip, h265_clip: Clip
) -> None:
    publish(world, main_stream(GATE), h265_clip)
    publish(world, sub_stream(GATE), h264_clip)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live", quality="main") as tile:
        (*_, init) = await tile.until(op("init"))
        assert (init["quality"], init["transcoded"]) == ("sub", False)
    async with world.tile(mode="live", quality="main", hevc=True) as tile:
        (*_, init) = await tile.until(op("init"))
        assert (init["quality"], init["transcoded"]) == ("main", False)
        assert "hvc1" in init["mime"]


async def test_h265_is_transcoded_up_to_a_cap_that_is_said(world: World, h265_clip: Clip) -> None:
    hub = publish(world, main_stream(GATE), h265_clip)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    async with world.tile(mode="live") as first:
        (*_, init) = await first.until(op("init"))
        assert init["transcoded"]
        assert "avc1" in init["mime"]
        for unit in h265_clip.repeated(1, T0)[60:]:
            hub.on_access_unit(unit)
        await first.until(kind(2))
        async with world.tile(mode="live") as second:
            (*_, state) = await second.until(op("state", state="codec"))
            assert state["cause"] == "transcode.cap"
            assert "1/1" in state["text"]
            assert "1 of 1" in state["text_en"]
            assert in_both_languages(state)


def foot(data: bytes) -> tuple[int, int]:
    """The darkest and the brightest grey at the foot of the last picture of a fragmented MP4."""
    with av.open(io.BytesIO(data), format="mp4") as container:
        *_, last = container.decode(video=0)
    grey = last.to_ndarray(format="gray")[-20:]
    return int(grey.min()), int(grey.max())


async def test_A21_live_for_people_outside_is_never_the_original_and_bears_its_mark(
    world: World, h264_clip: Clip
) -> None:
    hub = publish(world, main_stream(GATE), h264_clip, frames=25)
    world.grants["g1"] = replace(grant_for(MediaAct.LIVE), request="r", marked=True)
    plain = h264_clip.repeated(1, T0)
    async with world.tile(mode="live", hevc=True) as tile:
        (*_, init) = await tile.until(op("init"))
        assert init["transcoded"]
        head = await tile.next()
        for unit in plain[25:]:
            hub.on_access_unit(unit)
        frames = [one for one in await tile.until(lambda one: kind(2)(one) and one.utc_ms >= ms(2)) if kind(2)(one)]
        dark, bright = foot(head.payload + b"".join(frame.payload for frame in frames))
        assert (dark < 60, bright > 200) == (True, True)
        originals = {unit.data for unit in plain}
        assert not any(original in frame.payload for frame in frames for original in originals)
        async with world.tile(mode="live", quality="main") as large:
            (*_, init) = await large.until(op("init"))
            assert init["transcoded"]
            await tile.until(op("large", in_use=1, cap=1))  # who watches the other tile sees that the place is taken
            async with world.tile(mode="live", quality="main") as second:
                (*_, state) = await second.until(op("state", state="codec"))
                assert (state["cause"], "1/1" in state["text"]) == ("transcode.cap-large", True)
                assert in_both_languages(state)
    async with asyncio.timeout(20):
        await world.over.wait()


@pytest.fixture
def recorded(world: World, h264_clip: Clip) -> World:
    """Eight seconds, a gap of four, four seconds; a Grant for all of it."""
    end = world.fragments.record(main_stream(GATE), h264_clip, T0, turns=2)
    world.fragments.gap(main_stream(GATE), end, at(12), "network")
    world.fragments.record(main_stream(GATE), h264_clip, at(12), path="b.mp4")
    world.grants["g1"] = grant_for(MediaAct.PLAYBACK, footage=Period(at(0), at(16)))
    return world


async def test_A21_playback_for_people_outside_bears_its_mark_and_has_no_unmarked_preview(recorded: World) -> None:
    recorded.grants["g1"] = replace(recorded.grants["g1"], request="r", marked=True, footage=Period(at(2.2), at(5.8)))
    recorded.previews = [Preview(at(3), b"jpeg")]
    async with recorded.tile(mode="playback", hevc=True) as tile:
        await tile.ask("preview", id=1, t_ms=ms(3))
        await tile.ask("seek", id=1, t_ms=ms(0), ahead_s=8)
        seen = await tile.until(op("end"))
        inits = [one for one in seen if op("init")(one)]
        assert all(init["transcoded"] for init in inits)
        binaries = [one for one in seen if isinstance(one, Binary)]
        assert {one.kind for one in binaries} == {1, 3}
        shown = [one for one in binaries if one.kind == 3]
        assert min(one.utc_ms for one in shown) == ms(2.2)
        assert max(one.utc_ms + round(one.duration_s * 1000) for one in shown) == ms(5.8)
        times = decoded_times(binaries[0].payload + b"".join(one.payload for one in shown))
        assert len(times) == round(3.6 * 25), "not one picture beyond the approved seconds"
        dark, bright = foot(binaries[0].payload + shown[0].payload)
        assert (dark < 60, bright > 200) == (True, True)
    await recorded.registered.wait()
    assert recorded.periods() == [Period(at(2.2), at(5.8))]


async def test_A21_a_fragment_whose_pictures_all_lie_before_what_was_approved_is_no_gap(recorded: World) -> None:
    """The approved seconds begin behind its last picture: they are whole without it."""
    recorded.grants["g1"] = replace(recorded.grants["g1"], request="r", marked=True, footage=Period(at(1.997), at(3)))
    async with recorded.tile(mode="playback") as tile:
        await tile.ask("seek", id=1, t_ms=ms(0), ahead_s=8)
        seen = await tile.until(op("end"))
    assert not any(op("gap")(one) for one in seen)
    assert [one.utc_ms for one in seen if isinstance(one, Binary) and one.kind == 3] == [ms(2)]


async def test_playback_follows_credit_tells_gaps_and_registers_exactly_what_was_sent(recorded: World) -> None:
    async with recorded.tile(mode="playback") as tile:
        await tile.until(op("opened"))
        await tile.ask("seek", id=1, t_ms=ms(5.5), keyframes=False, ahead_s=2)
        seen = await tile.until(lambda one: kind(3)(one) and one.utc_ms == ms(7))
        assert [one.utc_ms for one in seen if kind(3)(one)] == [ms(5), ms(6), ms(7)]
        assert seen[0]["op"] == "init"
        head = seen[1]
        assert (head.kind, head.id) == (1, 1)
        await tile.ask("more", id=1, until_ms=ms(13))
        seen += await tile.until(lambda one: kind(3)(one) and one.utc_ms == ms(12))
        (gap,) = [one for one in seen if op("gap")(one)]
        assert gap == {"op": "gap", "id": 1, "from_ms": ms(8), "to_ms": ms(12), "cause": "network"}
        await tile.ask("more", id=1, until_ms=ms(100))
        seen += await tile.until(op("end"))
        whole = head.payload + b"".join(one.payload for one in seen if kind(3)(one))
        assert len(decoded_times(whole)) == 7 * 25
    await recorded.registered.wait()
    assert recorded.periods() == [Period(at(5), at(8)), Period(at(12), at(16))]


async def test_playback_never_leaves_the_grants_footage(recorded: World) -> None:
    recorded.grants["g1"] = replace(recorded.grants["g1"], footage=Period(at(2.2), at(3.8)))
    recorded.previews = [Preview(at(1), b"\xff\xd8 outside"), Preview(at(3), b"\xff\xd8 inside")]
    async with recorded.tile(mode="playback") as tile:
        await tile.ask("seek", id=4, t_ms=ms(-500), ahead_s=100)
        seen = await tile.until(op("end", id=4))
        assert [one.utc_ms for one in seen if kind(3)(one)] == [ms(2), ms(3)]
        await tile.ask("preview", id=5, t_ms=ms(1))
        await tile.ask("seek", id=7, t_ms=ms(500))  # answered after the look for the preview began
        await tile.until(op("end", id=7))
        await tile.ask("preview", id=6, t_ms=ms(3))
        (picture,) = await tile.until(kind(4))
        assert (picture.id, picture.utc_ms, picture.payload) == (6, ms(3), b"\xff\xd8 inside")
    await recorded.registered.wait()
    assert recorded.periods() == [Period(at(2), at(4))]


async def test_key_frames_alone_and_a_damaged_fragment(recorded: World) -> None:
    recorded.fragments.damaged.add(("a.mp4", 3 * 90_000))
    async with recorded.tile(mode="playback") as tile:
        await tile.ask("seek", id=1, t_ms=ms(0), keyframes=True, ahead_s=5)
        seen = await tile.until(lambda one: kind(3)(one) and one.utc_ms == ms(4))
        (gap,) = [one for one in seen if op("gap")(one)]
        assert (gap["from_ms"], gap["to_ms"], gap["cause"]) == (ms(3), ms(4), "disk-error")
        pictures = b"".join(one.payload for one in seen if isinstance(one, Binary))
        assert len(decoded_times(pictures)) == 4


async def test_recorded_h265_is_transcoded_for_a_browser_without_it(world: World, h265_clip: Clip) -> None:
    world.fragments.record(main_stream(GATE), h265_clip, T0)
    world.grants["g1"] = grant_for(MediaAct.PLAYBACK, footage=Period(at(0), at(4)))
    async with world.tile(mode="playback") as tile:
        await tile.ask("seek", id=1, t_ms=ms(0), ahead_s=60)
        seen = await tile.until(op("end"))
        init = next(one for one in seen if op("init")(one))
        assert init["transcoded"]
        assert "avc1" in init["mime"]
        times = decoded_times(b"".join(one.payload for one in seen if isinstance(one, Binary)))
        assert len(times) == 100
    await world.registered.wait()
    assert world.periods() == [Period(at(0), at(4))]


async def test_a_viewer_too_slow_for_live_skips_whole_groups_and_is_told(world: World, h264_clip: Clip) -> None:
    """Twenty-five megabytes at once: the backlog sheds whole groups, and what is shown after a loss is a key frame."""
    hub = publish(world, main_stream(GATE), h264_clip, frames=0)
    world.grants["g1"] = grant_for(MediaAct.LIVE)
    padded = [replace(unit, data=unit.data + filler()) for unit in h264_clip.repeated(1, T0)]
    async with world.tile(mode="live") as tile:
        await tile.until(op("init"))
        for unit in padded:
            hub.on_access_unit(unit)  # faster than any network: the hub does not wait
        seen = await tile.until(lambda one: kind(2)(one) and one.utc_ms == ms(99 / 25))
    told = [one for one in seen if op("state")(one) and one["cause"] == "slow-reader"]
    shown = [one.utc_ms for one in seen if kind(2)(one)]
    assert told
    assert sum(one["dropped"] for one in told) + len(shown) == 100
    expected: int | None = 0
    for one in seen:
        if op("state", cause="slow-reader")(one):
            expected = None
        elif kind(2)(one):
            number = round((one.utc_ms - ms(0)) * 25 / 1000)
            assert number == expected if expected is not None else number % 25 == 0
            expected = number + 1


def filler() -> bytes:
    """A filler NAL unit (type 12) of 256 kB: real enough for a decoder to pass over."""
    return (1 << 18).to_bytes(4, "big") + b"\x0c" + b"\xff" * ((1 << 18) - 1)
