"""What every `bot.ports.Messenger` does, on real sockets where its platform has them."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.deliveries import Layout
from bot.ports import ChannelGone, HistoryUnreadable, OutcomeUnknown, PlatformUnreachable
from bot.replies import OfferedPick, PicksReply
from tests.builders import a_paper, a_pick
from tests.contracts.platforms import PLATFORMS, RETRY_AFTER_S, Stage

TITLES = ("Entropy of small machines", "Graphs & their <Spectra>", "Robots that grasp")
DIGEST = PicksReply(
    "Paper round of Thursday",
    tuple(OfferedPick(n, a_pick(a_paper(n, title)), ()) for n, title in enumerate(TITLES, start=1)),
)
A_WHILE = timedelta(minutes=5)


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.__name__)
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with request.param(tmp_path) as made:
        yield made


def payloads(stage: Stage) -> list[str]:
    return [payload for payload, _ in stage.messenger.render(DIGEST)]


async def test_a_digest_is_a_heading_and_one_message_for_each_paper(stage: Stage) -> None:
    parts = stage.messenger.render(DIGEST)
    assert [paper for _, paper in parts] == [None, *(each.pick.paper.id for each in DIGEST.offered)]
    assert all(isinstance(json.loads(payload), dict) for payload, _ in parts)


async def test_the_same_reply_is_the_same_bytes_each_time(stage: Stage) -> None:
    assert stage.messenger.render(DIGEST) == stage.messenger.render(DIGEST)


async def test_what_was_posted_is_found_by_its_marker(stage: Stage) -> None:
    since = stage.clock.now() - A_WHILE
    posted = [await stage.messenger.post(stage.place, said, f"pr-{n}", None) for n, said in enumerate(payloads(stage))]
    assert len(set(posted)) == 4
    found = [await stage.messenger.find(stage.place, f"pr-{number}", since) for number in range(4)]
    assert found == posted


async def test_a_marker_that_is_not_there_is_told_as_absent(stage: Stage) -> None:
    since = stage.clock.now() - A_WHILE
    assert await stage.messenger.find(stage.place, "pr-1", since) is None
    await stage.messenger.post(stage.place, payloads(stage)[1], "pr-1", None)
    assert await stage.messenger.find(stage.place, "pr-2", since) is None
    assert await stage.messenger.find(stage.elsewhere, "pr-1", since) is None


async def test_parts_under_the_first_one_are_found_too(stage: Stage) -> None:
    since = stage.clock.now() - A_WHILE
    parts = payloads(stage)
    first = await stage.messenger.post(stage.place, parts[0], "pr-0", None)
    later = [await stage.messenger.post(stage.place, parts[n], f"pr-{n}", first) for n in (1, 2)]
    assert await stage.messenger.find(stage.place, "pr-0", since) == first
    assert [await stage.messenger.find(stage.place, f"pr-{n}", since, first) for n in (1, 2)] == later
    assert await stage.messenger.find(stage.place, "pr-3", since, first) is None


@pytest.mark.parametrize("layout", list(Layout))
async def test_parts_are_posted_and_found_in_each_layout(stage: Stage, layout: Layout) -> None:
    since = stage.clock.now() - A_WHILE
    parts = stage.messenger.render(DIGEST, layout)
    assert [paper for _, paper in parts] == [None, *(each.pick.paper.id for each in DIGEST.offered)]
    first = await stage.messenger.post(stage.place, parts[0][0], "pr-0", None)
    later = await stage.messenger.post(stage.place, parts[1][0], "pr-1", first)
    assert await stage.messenger.find(stage.place, "pr-1", since, first) == later


async def test_each_payload_arrives_as_it_was_frozen(stage: Stage) -> None:
    for number, said in enumerate(payloads(stage)):
        await stage.messenger.post(stage.place, said, f"pr-{number}", None)
    kept = stage.said()
    assert len(kept) == 4
    for title, said in zip(TITLES, kept[1:], strict=True):
        assert [other for other in TITLES if other.split()[0] in said] == [title]


async def test_a_post_whose_answer_is_lost_is_unknown_and_then_found(stage: Stage) -> None:
    if stage.lose_answer is None:
        pytest.skip("here an answer cannot be lost")
    since = stage.clock.now() - A_WHILE
    stage.lose_answer()
    with pytest.raises(OutcomeUnknown):
        await stage.messenger.post(stage.place, payloads(stage)[1], "pr-1", None)
    assert await stage.messenger.find(stage.place, "pr-1", since) is not None
    assert len(stage.said()) == 1


async def test_a_rate_limit_is_not_sent_and_says_how_long_to_wait(stage: Stage) -> None:
    if stage.limit is None:
        pytest.skip("here nothing is limited")
    stage.limit()
    with pytest.raises(PlatformUnreachable) as limited:
        await stage.messenger.post(stage.place, payloads(stage)[1], "pr-1", None)
    assert limited.value.retry_after_s == pytest.approx(RETRY_AFTER_S, abs=1)
    assert stage.said() == []


async def test_a_place_that_takes_no_messages_is_gone(stage: Stage) -> None:
    if stage.gone is None:
        pytest.skip("here no place ever goes")
    with pytest.raises(ChannelGone) as gone:
        await stage.messenger.post(stage.gone, payloads(stage)[1], "pr-1", None)
    assert str(gone.value)


async def test_a_history_that_may_not_be_read_is_never_told_as_absent(stage: Stage) -> None:
    if stage.close_history is None:
        pytest.skip("here the history is always open")
    since = stage.clock.now() - A_WHILE
    await stage.messenger.post(stage.place, payloads(stage)[1], "pr-1", None)
    stage.close_history()
    for marker in ("pr-1", "pr-2"):
        with pytest.raises(HistoryUnreadable):
            await stage.messenger.find(stage.place, marker, since)


async def test_an_address_leads_to_one_message_of_its_own_community_and_into_no_direct_conversation(
    stage: Stage,
) -> None:
    messages = [
        await stage.messenger.post(stage.place, said, f"pr-{n}", None) for n, said in enumerate(payloads(stage))
    ]
    addresses = [stage.messenger.address(stage.place, message, messages[0]) for message in messages]
    if not any(addresses):
        return  # nothing leads into a terminal
    assert len(set(addresses)) == len(messages)
    for address in addresses:
        assert address.startswith(("https://", "/"))
        assert stage.place.id in address or address.startswith("/in/")
    alone = replace(stage.place, id="@1", direct=True)
    assert stage.messenger.address(alone, messages[0], messages[0]) == "" or stage.messenger.platform == "fake"
