"""Also for you: what a channel got and suits a member much better, told once a day to who asked for it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.also import MUCH_LIKELIER, _much_better
from bot.model import Channel
from bot.replies import PicksReply
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper, a_pick, direct_with
from tests.fakes.messenger import Posted

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
BEN = a_member("ben")
OTHER_LAB = a_member("eve", community="other-lab")


@pytest.fixture
async def due(house: House) -> House:
    """A channel about systems, one of whose picks is only loosely a match, and is all about steel bridges."""
    await house.bring(
        a_paper(1, "Quantum locks", "Quantum locks lock quantum systems. Quantum locks hold."),
        a_paper(2, "Large systems", "Systems of systems are systems."),
        a_paper(3, "Many systems", "Systems are many systems in systems."),
        *(a_paper(number, f"Bridges {number}", f"Steel bridges bend in wind {number}.") for number in range(4, 24)),
    )
    await house.ask("follow here systems wind steel", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 5", channel=house.papers)
    return house


async def at_nine(house: House) -> list[Posted]:
    house.clock.move_to(NINE)
    await house.paperround.deliver_due()
    return told(house, direct_with(BEN))


def told(house: House, place: Channel) -> list[Posted]:
    return [found for found in house.messenger.posted if found.channel == place]


async def test_who_asked_for_it_is_told_of_the_pick_that_suits_them_better(due: House) -> None:
    await due.ask("follow steel bridges", BEN)
    await due.ask("set also dm", BEN)
    [note] = await at_nine(due)
    said = json.loads(note.payload)["text"]
    assert "Also for you: Bridges" in said
    assert "#papers" not in said, "the channel may be one that the member cannot see"


async def test_who_did_not_ask_is_not_told(due: House) -> None:
    await due.ask("follow steel bridges", BEN)
    assert await at_nine(due) == []


async def test_who_follows_nothing_like_it_is_not_told(due: House) -> None:
    await due.ask("follow basalt", BEN)
    await due.ask("set also dm", BEN)
    assert await at_nine(due) == []


async def test_members_of_other_communities_hear_nothing(due: House) -> None:
    await due.ask("follow steel bridges", OTHER_LAB)
    await due.ask("set also dm", OTHER_LAB)
    await at_nine(due)
    assert told(due, direct_with(OTHER_LAB)) == []


async def test_what_they_judged_or_saw_in_their_own_round_is_not_told(due: House) -> None:
    await due.ask("follow steel bridges", BEN)
    await due.ask("set also dm", BEN)
    today = (await due.ask("today", channel=due.papers)).reply
    assert isinstance(today, PicksReply)
    # Twenty papers are as good as alike; the channel gets one of them.
    picked = today.offered[-1].pick.paper
    assert picked.title.startswith("Bridges")
    await due.press(f"1:like:{picked.id}", BEN)
    assert await at_nine(due) == []


async def test_a_member_gets_at_most_one_a_day_however_many_channels_there_are(due: House) -> None:
    await due.ask("follow steel bridges", BEN)
    await due.ask("set also dm", BEN)
    second = a_channel("second")
    await due.ask("follow here systems wind steel", channel=second)
    await due.ask("digest here daily 09:05 UTC", channel=second)
    assert len(await at_nine(due)) == 1
    due.clock.move(timedelta(minutes=5))
    await due.paperround.deliver_due()
    assert len(told(due, direct_with(BEN))) == 1


async def test_a_note_is_not_their_digest_of_the_day(due: House) -> None:
    await due.ask("follow steel bridges", BEN)
    await due.ask("set also dm", BEN)
    await due.ask("digest daily 10:00 UTC", BEN)
    await at_nine(due)
    due.clock.move(timedelta(hours=1))
    reports = await due.paperround.deliver_due()
    assert [report.key.destination for report in reports] == ["fake:lab:@ben"]


def test_much_better_is_strong_where_the_channels_match_is_not_or_much_likelier() -> None:
    strong, good = a_pick(strength="strong match"), a_pick(strength="good match")
    assert _much_better(strong, good)
    assert not _much_better(strong, strong)
    assert not _much_better(good, replace(good, strength="loose match"))
    theirs = replace(strong, probability=0.2)
    assert _much_better(replace(good, probability=0.2 + MUCH_LIKELIER), theirs)
    assert not _much_better(replace(strong, probability=0.3), theirs)
