"""A slow platform keeps its share of the senders, and its messages take turns at its own pace."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from bot.lanes import LONGEST_REST_S, QUICK_S, SHARE, Lanes
from bot.library import Library
from bot.model import Channel, MessageId
from bot.paperround import Paperround
from bot.ports import Clock
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper
from tests.fakes.messenger import FakeMessenger

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
PATIENCE_S = 120
EACH = SHARE * 3


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def lanes(seconds: Seconds) -> Lanes:
    return Lanes(lambda: seconds.now)


def begin(lanes: Lanes, count: int) -> ExitStack:
    ends = ExitStack()
    for _ in range(count):
        ends.enter_context(lanes.under_way("slow"))
    return ends


def test_within_its_share_nothing_waits_however_slow_its_platform_is(lanes: Lanes, seconds: Seconds) -> None:
    with begin(lanes, SHARE - 1):
        seconds.now += 30
        assert lanes.rest_s("slow") is None


def test_beyond_its_share_messages_get_turns_at_the_pace_at_which_others_end(lanes: Lanes, seconds: Seconds) -> None:
    with begin(lanes, SHARE):
        seconds.now += 6
        rests = [lanes.rest_s("slow") for _ in range(3)]
        assert rests == pytest.approx([6 / SHARE, 12 / SHARE, 18 / SHARE])
        assert lanes.rest_s("other") is None


def test_digests_of_many_messages_get_turns_at_the_pace_of_digests(lanes: Lanes, seconds: Seconds) -> None:
    for _ in range(SHARE):
        assert lanes.rest_s("slow") is None
        seconds.now += 2
    with begin(lanes, SHARE):
        seconds.now += 1
        assert lanes.rest_s("slow") == pytest.approx((2 * SHARE + 1) / SHARE)


def test_a_platform_that_answers_quickly_may_have_all_senders(lanes: Lanes, seconds: Seconds) -> None:
    with begin(lanes, 1):
        seconds.now += QUICK_S / 10
    with begin(lanes, SHARE):
        assert lanes.rest_s("slow") is None
        seconds.now += QUICK_S
        assert lanes.rest_s("slow") is not None


def test_no_turn_is_further_away_than_the_longest_rest(lanes: Lanes, seconds: Seconds) -> None:
    with begin(lanes, SHARE):
        seconds.now += 30
        assert [lanes.rest_s("slow") for _ in range(200)][-1] == LONGEST_REST_S


class HangingMessenger(FakeMessenger):
    """Takes no message until it is let go."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, "slow")
        self.asked = 0
        self.let_go = asyncio.Event()

    async def post(self, channel: Channel, payload: str, marker: str, thread: MessageId | None) -> MessageId:
        self.asked += 1
        await self.let_go.wait()
        return await super().post(channel, payload, marker, thread)


async def test_digests_of_one_platform_go_out_while_another_hangs_and_its_own_follow_once_each(house: House) -> None:
    slow = HangingMessenger(house.clock)
    both = Paperround(
        house.stores,
        Library(house.stores.papers),
        house.clock,
        {"fake": house.messenger, "slow": slow},
        post_timeout=timedelta(minutes=5),
    )
    await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 9)))
    house.clock.move_to(NINE - timedelta(hours=1))
    for number in range(EACH):
        for platform in ("slow", "fake"):
            channel = a_channel(f"c{number:02}", platform=platform)
            member = a_member("ana", platform=platform)
            await both.answer("follow here entropy", member, channel, f"{platform} f {number}")
            await both.answer("digest here daily 09:00 UTC count 1", member, channel, f"{platform} d {number}")
    house.clock.move_to(NINE)
    delivering = asyncio.create_task(both.deliver_due())
    async with asyncio.timeout(PATIENCE_S):
        while len(house.messenger.posted) < 2 * EACH:  # noqa: ASYNC110 - seen from outside, as in a channel
            await asyncio.sleep(0.01)
    assert slow.posted == []
    assert slow.asked >= SHARE
    slow.let_go.set()
    await delivering
    async with asyncio.timeout(PATIENCE_S):
        while len(slow.posted) < 2 * EACH:
            house.clock.move(timedelta(seconds=LONGEST_REST_S))
            await both.deliver_due()
    assert set(Counter(found.marker for found in slow.posted).values()) == {1}
    assert set(Counter(found.marker for found in house.messenger.posted).values()) == {1}
