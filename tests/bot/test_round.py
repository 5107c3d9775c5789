"""The round: once for each destination and date, whatever the platform does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.deliveries import Layout
from bot.model import Channel, DeliveryKey, DeliveryState
from bot.ports import ChannelGone, CommunityGone, OutcomeUnknown, PlatformUnreachable
from bot.replies import PicksReply
from tests.bot.conftest import House
from tests.builders import a_channel, a_paper

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SETTLED = timedelta(seconds=91)


@pytest.fixture
async def due(house: House) -> House:
    """A channel with an interest, papers, and a digest that is due now."""
    await house.bring(
        *(
            a_paper(number, f"Entropy of system {number}", f"Entropy grows in system {number}.")
            for number in range(1, 9)
        )
    )
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(NINE)
    return house


async def test_a_digest_is_posted_as_a_heading_and_one_message_for_each_pick(due: House) -> None:
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert len(report.papers) == 3
    assert [found.thread for found in due.messenger.posted] == [None, "m1", "m1", "m1"]


@pytest.mark.parametrize("layout", list(Layout))
async def test_the_layout_that_a_channel_chose_is_frozen_with_its_round(due: House, layout: Layout) -> None:
    await due.ask(f"set here layout {layout}", channel=due.papers)
    await due.paperround.deliver_due()
    assert set(due.messenger.layouts) == {layout}


async def test_a_second_round_on_the_same_date_posts_nothing(due: House) -> None:
    await due.paperround.deliver_due()
    assert await due.paperround.deliver_due() == []
    assert len(due.messenger.posted) == 4


async def test_the_next_date_brings_other_papers(due: House) -> None:
    await due.paperround.deliver_due()
    due.clock.move(timedelta(days=1))
    await due.paperround.deliver_due()
    titles = due.messenger.titles()
    assert len(titles) == len(set(titles)) == 6


async def test_before_its_hour_nothing_is_due(due: House) -> None:
    due.clock.move_to(NINE - timedelta(minutes=1))
    assert await due.paperround.deliver_due() == []
    assert await due.paperround.next_due_at() == NINE


async def test_looking_at_what_is_due_changes_nothing(due: House) -> None:
    [foretold] = await due.paperround.what_is_due()
    assert foretold.state is DeliveryState.PLANNED
    assert due.messenger.posted == []
    [report] = await due.paperround.deliver_due()
    assert report.papers == foretold.papers


async def test_an_answer_that_was_lost_is_found_in_the_history_and_not_posted_again(due: House) -> None:
    lost = iter([True])

    def lose_the_first(_: Channel) -> None:
        if next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    due.messenger.after = lose_the_first
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.AMBIGUOUS
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert len(due.messenger.posted) == 4


async def test_a_pick_whose_answer_was_lost_is_looked_for_under_the_first_message_of_its_digest(due: House) -> None:
    def lose_the_second(_: Channel) -> None:
        if len(due.messenger.posted) == 2 and not due.messenger.looked_up:
            raise OutcomeUnknown("the connection was cut")

    due.messenger.after = lose_the_second
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert due.messenger.looked_under == ["m1"]
    assert len(due.messenger.posted) == 4


async def test_a_post_that_never_arrived_is_posted_again_after_history_proved_it(due: House) -> None:
    lost = iter([True])

    def lose_the_first(_: Channel) -> None:
        if next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    due.messenger.before = lose_the_first
    await due.paperround.deliver_due()
    assert due.messenger.posted == []
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert len(due.messenger.looked_up) == 1


async def test_where_history_is_closed_a_doubtful_post_is_held(due: House) -> None:
    def lose(_: Channel) -> None:
        raise OutcomeUnknown("the connection was cut")

    due.messenger.after = lose
    due.messenger.readable = False
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.HELD
    due.clock.move(timedelta(hours=2))
    assert await due.paperround.deliver_due() == []
    assert [found.channel for found in due.messenger.posted].count(due.papers) == 1


async def test_a_rate_limit_is_waited_out_as_long_as_the_platform_says(due: House) -> None:
    limited = iter([True])

    def limit_the_first(_: Channel) -> None:
        if next(limited, False):
            raise PlatformUnreachable("rate limited", retry_after_s=40)

    due.messenger.before = limit_the_first
    await due.paperround.deliver_due()
    assert await due.paperround.next_due_at() == NINE + timedelta(seconds=40)
    due.clock.move(timedelta(seconds=39))
    await due.paperround.deliver_due()
    assert due.messenger.posted == []
    due.clock.move(timedelta(seconds=1))
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert due.messenger.looked_up == []


async def test_a_channel_that_is_gone_pauses_its_round_and_no_other(due: House) -> None:
    other = a_channel("other")
    await due.ask("follow here entropy", channel=other)
    due.clock.move_to(NINE - timedelta(hours=1))
    await due.ask("digest here daily 09:00 UTC", channel=other)
    due.clock.move_to(NINE)

    def gone(channel: Channel) -> None:
        if channel == due.papers:
            raise ChannelGone("is_archived")

    due.messenger.before = gone
    reports = {report.key.destination: report.state for report in await due.paperround.deliver_due()}
    assert reports == {"fake:lab:papers": DeliveryState.REJECTED, "fake:lab:other": DeliveryState.SENT}
    due.clock.move(timedelta(days=1))
    assert [report.key.destination for report in await due.paperround.deliver_due()] == ["fake:lab:other"]


async def test_rounds_that_stopped_because_the_bot_was_shut_out_come_again_when_it_is_let_in(due: House) -> None:
    other = a_channel("other")
    await due.ask("digest here daily 09:00 UTC count 3", channel=other)
    due.clock.move(timedelta(days=1))

    def refuse(channel: Channel) -> None:
        raise CommunityGone("its token was revoked") if channel == due.papers else ChannelGone("archived")

    due.messenger.before = refuse
    await due.paperround.deliver_due()
    paused = {found.channel.id: found.paused for found in due.stores.subscriptions.all()}
    assert paused == {"papers": "not connected any more: its token was revoked", "other": "archived"}
    await due.paperround.community_back("fake", "elsewhere")
    assert {found.channel.id: found.paused for found in due.stores.subscriptions.all()} == paused
    await due.paperround.community_back("fake", "lab")
    assert {found.channel.id: found.paused for found in due.stores.subscriptions.all()} == {**paused, "papers": None}


async def test_a_renamed_channel_is_called_by_its_new_name(due: House) -> None:
    await due.paperround.channel_renamed(replace(due.papers, name="reading"))
    [report] = await due.paperround.deliver_due()
    assert isinstance(report.reply, PicksReply)
    assert report.reply.heading.startswith("#reading's paper round")


async def test_a_channel_that_came_back_gets_the_next_date_only(due: House) -> None:
    await due.paperround.channel_gone(due.papers, "archived")
    assert await due.paperround.deliver_due() == []
    due.clock.move(timedelta(hours=1))
    await due.paperround.channel_back(due.papers)
    assert await due.paperround.deliver_due() == []
    due.clock.move(timedelta(days=1))
    assert len(await due.paperround.deliver_due()) == 1


async def test_a_day_without_picks_says_so_or_stays_silent_by_choice(house: House) -> None:
    await house.bring(a_paper(1, "Bridges", "Steel bridges bend."))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC", channel=house.papers)
    house.clock.move_to(NINE)
    [report] = await house.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert "No picks today" in house.messenger.posted[0].payload
    await house.ask("digest here skip-empty", channel=house.papers)
    house.clock.move(timedelta(days=1))
    [report] = await house.paperround.deliver_due()
    assert report.state is DeliveryState.SKIPPED
    assert len(house.messenger.posted) == 1


async def test_a_machine_that_was_off_posts_the_digest_late_and_marked_so(due: House) -> None:
    due.clock.move(timedelta(hours=5))
    [report] = await due.paperround.deliver_due()
    assert report.late
    assert '"late": true' in due.messenger.posted[0].payload


async def test_an_extra_round_brings_the_next_best_papers(due: House) -> None:
    await due.paperround.deliver_due()
    answer = await due.ask("digest here now", channel=due.papers)
    assert answer.planned
    [report] = await due.paperround.deliver_due()
    assert report.key.edition == 1
    titles = due.messenger.titles()
    assert len(titles) == len(set(titles)) == 6


async def test_one_slow_channel_does_not_hold_up_the_others(due: House) -> None:
    others = [a_channel(f"other-{number}") for number in range(20)]
    due.clock.move_to(NINE - timedelta(hours=1))
    for channel in others:
        await due.ask("follow here entropy", channel=channel)
        await due.ask("digest here daily 09:00 UTC", channel=channel)
    due.clock.move_to(NINE)

    def unreachable(channel: Channel) -> None:
        if channel == due.papers:
            raise PlatformUnreachable("no route")

    due.messenger.before = unreachable
    states = {report.key.destination: report.state for report in await due.paperround.deliver_due()}
    assert states.pop("fake:lab:papers") is DeliveryState.PLANNED
    assert set(states.values()) == {DeliveryState.SENT}
    assert len(states) == 20


async def test_numbers_mean_the_newest_digest_in_the_channel(due: House) -> None:
    [report] = await due.paperround.deliver_due()
    answer = await due.ask("like 2", channel=due.papers)
    assert answer.changed
    acts = due.stores.feedback.in_channel(due.papers)
    assert [act.paper for act in acts] == [report.papers[1]]


async def test_an_emoji_on_a_pick_is_a_verdict_and_its_removal_takes_it_back(due: House) -> None:
    [report] = await due.paperround.deliver_due()
    second = due.messenger.posted[2].message
    told = await due.paperround.react("👍🏽", due.ana, due.papers, second, due.event())
    assert told is not None
    assert told.changed
    shown = await due.paperround.shown_again(due.papers, second)
    assert shown is not None
    assert [(each.pick.paper.id, each.tally) for each in shown.offered] == [(report.papers[1], "1 like")]
    await due.paperround.react("👍🏽", due.ana, due.papers, second, due.event(), removed=True)
    shown = await due.paperround.shown_again(due.papers, second)
    assert shown is not None
    assert shown.offered[0].tally == ""


async def test_an_emoji_on_the_heading_or_on_a_strangers_message_says_nothing(due: House) -> None:
    await due.paperround.deliver_due()
    heading = due.messenger.posted[0].message
    assert await due.paperround.react("👍", due.ana, due.papers, heading, due.event()) is None
    assert await due.paperround.react("🎉", due.ana, due.papers, due.messenger.posted[1].message, due.event()) is None


async def test_d13_a_digest_that_could_not_be_posted_on_its_date_is_skipped_and_never_comes_beside_the_next(
    due: House,
) -> None:
    def unreachable(_: Channel) -> None:
        raise PlatformUnreachable("no route")

    due.messenger.before = unreachable
    await due.paperround.deliver_due()
    due.clock.move(timedelta(days=1))
    due.messenger.before = lambda _: None
    reports = {report.key.local_date.day: report for report in await due.paperround.deliver_due()}
    assert reports[12].state is DeliveryState.SKIPPED
    assert "before its date was over" in (reports[12].why or "")
    assert reports[13].state is DeliveryState.SENT
    assert len(due.messenger.posted) == 4


async def test_a_digest_once_begun_is_finished_also_after_its_date(due: House) -> None:
    def after_the_heading(_: Channel) -> None:
        if due.messenger.posted:
            raise PlatformUnreachable("no route")

    due.messenger.before = after_the_heading
    await due.paperround.deliver_due()
    due.messenger.before = lambda _: None
    due.clock.move(timedelta(hours=20))
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT
    assert len(due.messenger.posted) == 4


async def test_a_platform_that_was_long_out_of_reach_costs_no_digest_its_later_doubt(due: House) -> None:
    def unreachable(_: Channel) -> None:
        raise PlatformUnreachable("no route", retry_after_s=60)

    due.messenger.before = unreachable
    for _ in range(10):
        await due.paperround.deliver_due()
        due.clock.move(timedelta(seconds=61))
    lost = iter([True])

    def lose_the_first(_: Channel) -> None:
        if next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    due.messenger.before = lose_the_first
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT


@pytest.mark.parametrize("error", [OutcomeUnknown("the connection was cut"), KeyError("a mistake of ours")])
async def test_a_post_that_gets_no_answer_five_times_is_held(due: House, error: Exception) -> None:
    def lose(_: Channel) -> None:
        raise error

    due.messenger.before = lose
    states = []
    for _ in range(6):
        [report] = await due.paperround.deliver_due()
        states.append(report.state)
        due.clock.move(SETTLED)
    assert states == [DeliveryState.AMBIGUOUS] * 5 + [DeliveryState.HELD]


async def test_a_destination_that_got_nothing_on_three_dates_is_paused_and_set_again_it_goes_on(due: House) -> None:
    def lose(_: Channel) -> None:
        raise OutcomeUnknown("the connection was cut")

    due.messenger.before = lose
    due.messenger.readable = False
    for _ in range(3):
        await due.paperround.deliver_due()
        due.clock.move(SETTLED)
        [report] = await due.paperround.deliver_due()
        assert report.state is DeliveryState.HELD
        due.clock.move(timedelta(days=1) - SETTLED)
    assert await due.paperround.deliver_due() == []
    [subscription] = due.stores.subscriptions.all()
    assert subscription.paused is not None
    assert subscription.paused.startswith("nothing arrived on 3 dates in a row")
    due.messenger.before = lambda _: None
    await due.ask("digest here daily 09:00 UTC", channel=due.papers)
    due.clock.move(timedelta(days=1))
    [report] = await due.paperround.deliver_due()
    assert report.state is DeliveryState.SENT


async def test_days_without_a_pick_are_no_failures(house: House) -> None:
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC skip-empty", channel=house.papers)
    house.clock.move_to(NINE)
    for _ in range(5):
        [report] = await house.paperround.deliver_due()
        assert report.state is DeliveryState.SKIPPED
        house.clock.move(timedelta(days=1))


async def test_the_host_has_a_held_digest_sent_once_more_with_the_same_words(due: House) -> None:
    def lose(_: Channel) -> None:
        raise OutcomeUnknown("the connection was cut")

    due.messenger.before = lose
    due.messenger.readable = False
    await due.paperround.deliver_due()
    due.clock.move(SETTLED)
    [report] = await due.paperround.deliver_due()
    planned = [record.payload for record in due.stores.ledger.of(report.key)]
    due.messenger.before = lambda _: None
    due.clock.move(timedelta(days=2))
    again = await due.paperround.redo(report.key)
    assert again is not None
    assert [found.state for found in again] == [DeliveryState.SENT]
    assert [found.payload for found in due.messenger.posted] == planned
    assert await due.paperround.redo(report.key) is None


async def test_what_was_sent_or_says_nothing_cannot_be_sent_once_more(due: House) -> None:
    [report] = await due.paperround.deliver_due()
    assert await due.paperround.redo(report.key) is None
    assert await due.paperround.redo(DeliveryKey("fake:lab:nowhere", report.key.local_date)) is None
    assert len(due.messenger.posted) == 4


async def test_c3_a_clock_set_back_is_noticed_and_posts_nothing_a_second_time(due: House) -> None:
    due.clock.move(timedelta(days=1))
    await due.paperround.deliver_due()
    assert await due.paperround.clock_behind() is None
    due.clock.move(timedelta(hours=-1))
    assert await due.paperround.clock_behind() is None
    due.clock.move(timedelta(hours=-2))
    assert await due.paperround.clock_behind() == timedelta(hours=3)
    due.clock.move(timedelta(hours=3))
    assert await due.paperround.deliver_due() == []
    assert len(due.messenger.posted) == 4
