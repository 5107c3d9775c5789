"""The playground as a platform: what `bot.ports.Messenger` asks of one."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.web.frozen import picks_in, reply_in
from adapters.web.history import History
from adapters.web.messenger import PlatformForm, PlaygroundMessenger
from adapters.web.places import PLACES
from bot.model import Channel
from bot.ports import ChannelGone, PlatformUnreachable
from bot.replies import NothingReply, OfferedPick, PicksReply
from tests.builders import MORNING, MovableClock, a_paper, a_pick

DIRECT = PLACES[0].channel
DIGEST = PicksReply(
    "Two picks", (OfferedPick(1, a_pick(a_paper(1)), ()), OfferedPick(2, a_pick(a_paper(2)), ())), footer="F"
)


@pytest.fixture
def messenger() -> PlaygroundMessenger:
    return PlaygroundMessenger(MovableClock(), History())


def test_a_digest_is_a_heading_and_a_message_for_each_pick(messenger: PlaygroundMessenger) -> None:
    head, *picks = messenger.render(DIGEST)
    assert head[1] is None
    said = reply_in(head[0])
    assert isinstance(said, PicksReply)
    assert (said.heading, said.footer, said.offered) == ("Two picks", "F", ())
    assert [paper for _, paper in picks] == [a_paper(1).id, a_paper(2).id]
    assert [picks_in(payload) for payload, _ in picks] == [PicksReply("", (offered,)) for offered in DIGEST.offered]


def test_a_payload_is_the_same_each_time_it_is_rendered(messenger: PlaygroundMessenger) -> None:
    assert messenger.render(DIGEST) == messenger.render(DIGEST)


def test_each_part_carries_what_the_platforms_would_be_sent_for_it() -> None:
    form = PlatformForm(
        "Slack", lambda _: [{"all": 1}], lambda _: [({"n": 0}, None), ({"n": 1}, None), ({"n": 2}, None)]
    )
    messenger = PlaygroundMessenger(MovableClock(), History(), [form])
    natives = [json.loads(payload)["natives"] for payload, _ in messenger.render(DIGEST)]
    assert natives == [{"Slack": [{"n": 0}]}, {"Slack": [{"n": 1}]}, {"Slack": [{"n": 2}]}]
    assert json.loads(messenger.answered(DIGEST))["natives"] == {"Slack": [{"all": 1}]}


def test_a_day_without_picks_is_one_message(messenger: PlaygroundMessenger) -> None:
    [(payload, paper)] = messenger.render(NothingReply("Nothing new", ("No source announced anything.",)))
    assert paper is None
    assert isinstance(reply_in(payload), NothingReply)


async def test_what_was_posted_is_found_by_its_marker_in_its_place_and_window(messenger: PlaygroundMessenger) -> None:
    payload, paper = messenger.render(DIGEST)[1]
    message = await messenger.post(DIRECT, payload, "marker-1", None)
    kept = messenger.history.get(message)
    assert kept
    assert (kept.payload, kept.paper, kept.private) == (payload, paper, False)
    assert await messenger.find(DIRECT, "marker-1", MORNING) == message
    assert await messenger.find(DIRECT, "marker-2", MORNING) is None
    assert await messenger.find(PLACES[1].channel, "marker-1", MORNING) is None
    assert await messenger.find(DIRECT, "marker-1", MORNING + timedelta(minutes=1)) is None


async def test_a_place_that_the_page_does_not_have_is_gone(messenger: PlaygroundMessenger) -> None:
    with pytest.raises(ChannelGone):
        await messenger.post(
            Channel("playground", "playground", "elsewhere"), messenger.render(DIGEST)[0][0], "k", None
        )


async def test_a_message_that_cannot_be_kept_was_not_sent(tmp_path: Path) -> None:
    messenger = PlaygroundMessenger(MovableClock(), History(tmp_path / "missing" / "kept.jsonl"))
    with pytest.raises(PlatformUnreachable):
        await messenger.post(DIRECT, messenger.render(DIGEST)[0][0], "k", None)
    assert await messenger.find(DIRECT, "k", MORNING) is None
