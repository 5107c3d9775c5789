"""Follow-ups: one line under a posted pick when there is news of its paper."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.deliveries import ChangedPick, Known
from bot.follow_ups import RISES, news_of
from bot.library import Library
from bot.model import Channel, MessageId
from bot.paperround import Paperround
from bot.ports import OutcomeUnknown
from tests.bot.conftest import House
from tests.builders import MORNING, a_channel, a_paper
from tests.fakes.messenger import Posted

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SETTLED = timedelta(seconds=91)
HOUR = timedelta(hours=1)


def entropy(number: int, **facts: object) -> object:
    return a_paper(number, f"Entropy of system {number}", f"Entropy grows in system {number}.", **facts)


@pytest.fixture
async def sent(house: House) -> House:
    """A channel that got its digest of three papers; m1 is the heading."""
    await house.bring(*(entropy(number) for number in range(1, 4)))  # type: ignore[arg-type]  # papers
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(NINE)
    await house.paperround.deliver_due()
    house.clock.move(HOUR)
    return house


def news(house: House) -> list[Posted]:
    return [found for found in house.messenger.posted if json.loads(found.payload)["kind"] == "notice"]


async def brought(house: House, *papers: object) -> list[Posted]:
    await house.bring(*papers)  # type: ignore[arg-type]  # papers
    await house.paperround.deliver_due()
    return news(house)


async def test_a_new_version_is_told_once_under_the_first_message_of_its_digest(sent: House) -> None:
    [note] = await brought(sent, entropy(2, version=2))
    assert "New version (v2): Entropy of system 2" in note.payload
    assert (note.channel, note.thread) == (sent.papers, "m1")
    for _ in range(3):
        sent.clock.move(HOUR)
        await sent.paperround.deliver_due()
    assert news(sent) == [note]
    assert len(await brought(sent, entropy(2, version=3))) == 2


async def test_where_picks_stand_apart_it_is_told_under_the_very_message(house: House) -> None:
    await house.bring(*(entropy(number) for number in range(1, 4)))  # type: ignore[arg-type]  # papers
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    await house.ask("set here layout apart", channel=house.papers)
    house.clock.move_to(NINE)
    [report] = await house.paperround.deliver_due()
    second = report.papers[1]
    number = int(second[-1])
    [note] = await brought(house, entropy(number, version=2))
    assert note.thread == "m3"


async def test_several_news_of_one_digest_are_one_message_with_the_withdrawal_first(sent: House) -> None:
    [note] = await brought(
        sent, entropy(1, version=2), entropy(2, withdrawn=True), entropy(3, code_url="https://c.example")
    )
    lines = note.payload
    assert lines.index("Withdrawn by its authors: Entropy of system 2") < lines.index("New version (v2)")
    assert "Code: https://c.example for Entropy of system 3" in lines


async def test_withdrawals_go_out_before_the_news_of_other_channels(sent: House) -> None:
    other = a_channel("other")
    await sent.ask("follow here bridges", channel=other)
    await sent.bring(a_paper(8, "Bridges", "Bridges bend."))
    await sent.ask("digest here daily 11:00 UTC", channel=other)
    sent.clock.move_to(NINE + 2 * HOUR)
    await sent.paperround.deliver_due()
    await brought(sent, entropy(1, version=2), a_paper(8, "Bridges", "Bridges bend.", withdrawn=True))
    # Senders post side by side, so what is told is the order in which they may begin.
    planned = [record for record in reversed(sent.stores.ledger.recent(None, 100)) if record.key.is_note]
    assert [record.channel.id for record in planned] == ["other", "papers"]


async def test_a_withdrawal_is_the_only_thing_said_of_a_paper(sent: House) -> None:
    [note] = await brought(sent, entropy(1, version=2, withdrawn=True, code_url="https://c.example"))
    assert "Withdrawn" in note.payload
    assert "New version" not in note.payload


async def test_a_channel_that_wants_none_gets_none_and_hears_only_of_what_comes_later(sent: House) -> None:
    await sent.ask("set here follow-ups off", channel=sent.papers)
    assert await brought(sent, entropy(1, version=2)) == []
    await sent.ask("set here follow-ups on", channel=sent.papers)
    await sent.paperround.deliver_due()
    assert news(sent) == []
    assert len(await brought(sent, entropy(1, version=3))) == 1


async def test_a_round_that_was_ended_or_paused_gets_no_follow_ups(sent: House) -> None:
    await sent.ask("digest here off", channel=sent.papers)
    assert await brought(sent, entropy(1, version=2)) == []


async def test_nobody_hears_of_what_was_picked_more_than_sixty_days_ago(sent: House) -> None:
    sent.clock.move(timedelta(days=62))
    assert [note for note in await brought(sent, entropy(1, version=2)) if "New version" in note.payload] == []


async def test_a_follow_up_without_an_answer_is_looked_up_under_its_thread_and_not_posted_twice(sent: House) -> None:
    lost = iter([True])

    def lose_the_first(_: Channel) -> None:
        if next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    sent.messenger.after = lose_the_first
    await brought(sent, entropy(1, version=2))
    sent.clock.move(SETTLED)
    await sent.paperround.deliver_due()
    assert len(news(sent)) == 1
    assert sent.messenger.looked_under == ["m1"]


async def test_a_process_that_dies_before_it_noted_how_far_it_read_tells_nothing_twice(sent: House) -> None:
    read_up_to = sent.stores.follow_ups.read_up_to

    def die(_: int) -> None:
        raise OSError("killed")

    sent.stores.follow_ups.read_up_to = die  # type: ignore[assignment, method-assign]  # the process dies here
    await sent.bring(entropy(1, version=2))  # type: ignore[arg-type]  # a paper
    with pytest.raises(OSError, match="killed"):
        await sent.paperround.deliver_due()
    sent.stores.follow_ups.read_up_to = read_up_to  # type: ignore[method-assign]  # and another begins
    again = Paperround(sent.stores, Library(sent.stores.papers), sent.clock, {"fake": sent.messenger})
    for _ in range(2):
        await again.deliver_due()
    assert len(news(sent)) == 1


def a_change(known_votes: int, votes: int) -> ChangedPick:
    known = Known(version=1, withdrawn=False, code=False, upvotes=known_votes)
    paper = a_paper(1, upvotes=votes)
    channel = a_channel()
    return ChangedPick(paper, known, channel.profile, channel, MORNING.date(), 0, MessageId("m2"), MessageId("m1"))


@pytest.mark.parametrize(("known", "least"), RISES)
def test_a_rise_is_told_from_its_threshold_on_and_then_counts_from_there(known: int, least: int) -> None:
    assert news_of(a_change(known, least - 1)) is None
    told = news_of(a_change(known, least))
    assert told is not None
    assert told.pick.known.upvotes == least
    assert news_of(a_change(least, least)) is None


def test_a_paper_that_everybody_knew_when_it_was_picked_does_not_rise() -> None:
    assert news_of(a_change(RISES[-1][0] + 1, 100_000)) is None


def test_few_more_votes_beside_other_news_do_not_hide_a_later_rise() -> None:
    known, least = RISES[0]
    change = a_change(known, least - 1)
    revised = ChangedPick(
        a_paper(1, upvotes=least - 1, version=2),
        change.known,
        change.profile,
        change.channel,
        change.day,
        0,
        change.message,
        change.first,
    )
    told = news_of(revised)
    assert told is not None
    assert told.pick.known == Known(version=2, withdrawn=False, code=False, upvotes=known)
