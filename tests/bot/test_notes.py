"""Who set a round up is told when it stops: once, through the ledger, whatever dies in between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.library import Library
from bot.model import Channel, DeliveryState, Verdict
from bot.paperround import Paperround
from bot.ports import ChannelGone, OutcomeUnknown
from bot.replies import FactsReply
from tests.bot.conftest import House
from tests.builders import a_member, a_paper, direct_with
from tests.fakes.messenger import FakeMessenger, Posted

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SETTLED = timedelta(seconds=91)
ANA = a_member("ana")


@pytest.fixture
async def due(house: House) -> House:
    await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 9)))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(NINE)
    return house


def gone(channel: Channel) -> None:
    if not channel.direct:
        raise ChannelGone("is_archived")


def told(house: House, channel: Channel | None = None) -> list[Posted]:
    place = channel or direct_with(ANA)
    return [found for found in house.messenger.posted if found.channel == place]


async def test_who_set_it_is_kept_and_erased_with_that_member_alone(due: House) -> None:
    [subscription] = due.stores.subscriptions.all()
    assert subscription.set_by == ANA
    due.stores.communities.forget(ANA)
    [subscription] = due.stores.subscriptions.all()
    assert subscription.set_by is None


async def test_p2_a_refused_round_tells_who_set_it_once_and_how_it_comes_back(due: House) -> None:
    due.messenger.before = gone
    await due.paperround.deliver_due()
    [note] = told(due)
    assert "#papers has stopped: is_archived." in note.payload
    assert "digest here daily 09:00 UTC count 3" in note.payload
    due.clock.move(timedelta(days=1))
    await due.paperround.deliver_due()
    await due.paperround.channel_gone(due.papers, "it was deleted")
    await due.paperround.deliver_due()
    assert told(due) == [note]


async def test_o3_a_process_that_dies_before_the_pause_is_written_tells_nobody_twice(due: House) -> None:
    due.messenger.before = gone
    await due.paperround.deliver_due()
    [subscription] = due.stores.subscriptions.all()
    for _ in range(3):
        # As after a crash between the note and the pause: the round is not paused, and refused again.
        due.stores.subscriptions.set(replace(subscription, paused=None))
        due.clock.move(timedelta(days=1))
        again = Paperround(due.stores, Library(due.stores.papers), due.clock, {"fake": due.messenger})
        await again.deliver_due()
    assert len(told(due)) == 1


async def test_a_round_that_was_set_again_and_is_refused_again_is_told_again(due: House) -> None:
    due.messenger.before = gone
    await due.paperround.deliver_due()
    due.clock.move(timedelta(hours=1))
    await due.ask("digest here count 2", channel=due.papers)
    due.clock.move(timedelta(days=1))
    await due.paperround.deliver_due()
    assert len(told(due)) == 2


async def test_a_note_that_got_no_answer_is_looked_up_and_not_sent_twice(due: House) -> None:
    lost = iter([True])

    def lose_the_first_note(channel: Channel) -> None:
        if channel.direct and next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    due.messenger.before = gone
    due.messenger.after = lose_the_first_note
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    await due.paperround.deliver_due()
    assert len(told(due)) == 1
    [record] = due.stores.ledger.recent("fake:lab:@ana", 5)
    assert record.state is DeliveryState.SENT
    assert record.key.is_note


async def test_a_note_that_is_refused_pauses_nothing_and_tells_nobody(due: House) -> None:
    await due.ask("follow entropy")
    due.clock.move_to(NINE - timedelta(minutes=30))
    await due.ask("digest daily 12:00 UTC")
    due.clock.move_to(NINE)

    def all_gone(_: Channel) -> None:
        raise ChannelGone("is_archived")

    due.messenger.before = all_gone
    await due.paperround.deliver_due()
    own = due.stores.subscriptions.get("fake:lab:@ana")
    assert own is not None
    assert own.paused is None


async def test_a_note_does_not_count_as_the_digest_of_its_day(due: House) -> None:
    await due.ask("follow entropy")
    due.clock.move_to(NINE - timedelta(minutes=30))
    await due.ask("digest daily 09:30 UTC")
    due.clock.move_to(NINE)
    due.messenger.before = gone
    assert [report.key.destination for report in await due.paperround.deliver_due()] == ["fake:lab:papers"]
    due.clock.move(timedelta(minutes=30))
    [report] = await due.paperround.deliver_due()
    assert (report.key.destination, report.state, report.key.edition) == ("fake:lab:@ana", DeliveryState.SENT, 0)


async def test_d6_a_held_digest_tells_who_set_it_once_and_names_what_the_host_can_do(due: House) -> None:
    def lose(channel: Channel) -> None:
        if not channel.direct:
            raise OutcomeUnknown("the connection was cut")

    due.messenger.after = lose
    due.messenger.readable = False
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.HELD
    [note] = told(due)
    assert "paperround deliver --redo fake:lab:papers 2026-03-12" in note.payload


async def test_the_host_has_a_held_notice_sent_once_more_which_status_calls_a_notice(due: House) -> None:
    def lose(_: Channel) -> None:
        raise OutcomeUnknown("the connection was cut")

    due.messenger.after = lose
    due.messenger.readable = False
    # First the digest is held, then the word of that.
    for _ in range(4):
        await due.paperround.deliver_due()
        due.clock.move(SETTLED)
    [held] = [record for record in due.stores.ledger.recent("fake:lab:@ana", 10) if record.key.is_note]
    assert held.state is DeliveryState.HELD
    named = f"Notice to you of {held.key.local_date}/{held.key.edition}"
    status = (await due.ask("status")).reply
    assert isinstance(status, FactsReply)
    assert named in dict(status.facts)
    due.messenger.after = lambda _: None
    [again] = await due.paperround.redo(held.key) or []
    assert (again.key, again.state) == (held.key, DeliveryState.SENT)
    assert due.messenger.posted[-1].payload == held.payload


async def test_nobody_else_is_told_and_a_member_not_of_their_own_closed_conversation(due: House) -> None:
    await due.ask("follow entropy")
    due.clock.move_to(NINE - timedelta(minutes=30))
    await due.ask("digest daily 09:00 UTC")
    due.clock.move_to(NINE)
    posted: list[str] = []

    def closed(channel: Channel) -> None:
        posted.append(channel.id)
        if channel.direct:
            raise ChannelGone("closed to messages")

    due.messenger.before = closed
    await due.paperround.deliver_due()
    assert posted.count("@ana") == 1


async def test_a_note_is_not_a_message_to_vote_on(due: House) -> None:
    due.messenger.before = gone
    await due.paperround.deliver_due()
    [note] = told(due)
    assert await due.paperround.shown_again(direct_with(ANA), note.message) is None
    assert await due.paperround.react("👍", ANA, direct_with(ANA), note.message, due.event()) is None
    assert [act for act in due.stores.feedback.of_member(ANA) if act.verdict is Verdict.LIKE] == []


async def test_a_platform_that_is_not_connected_here_gets_no_note(house: House) -> None:
    elsewhere = Paperround(
        house.stores, Library(house.stores.papers), house.clock, {"other": FakeMessenger(house.clock, "other")}
    )
    await house.ask("digest here daily 09:00 UTC", channel=house.papers)
    await elsewhere.channel_gone(house.papers, "deleted")
    assert house.stores.ledger.recent(None, 5) == []
    [subscription] = house.stores.subscriptions.all()
    assert subscription.paused == "deleted"
