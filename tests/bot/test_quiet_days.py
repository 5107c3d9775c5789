"""Days on which nothing was announced, papers that did not fit in, and dates that were missed."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model import DeliveryState
from bot.ports import PlatformUnreachable
from bot.replies import PicksReply
from tests.bot.conftest import House
from tests.builders import a_paper

NINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def round_(house: House) -> House:
    """Five good papers for rounds of three."""
    await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 6)))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(NINE)
    return house


async def notes(house: House) -> tuple[str, ...]:
    [report] = await house.paperround.deliver_due()
    assert isinstance(report.reply, PicksReply), report
    return report.reply.notes


async def test_what_did_not_fit_yesterday_may_come_today_and_says_so(round_: House) -> None:
    assert await notes(round_) == ()
    round_.clock.move(DAY)
    await round_.bring(a_paper(9, "Entropy 9", "Entropy grows.", announced=NINE + timedelta(hours=20)))
    [report] = await round_.paperround.deliver_due()
    assert len(report.papers) == 3
    assert isinstance(report.reply, PicksReply)
    left_over = [str(number) for number, paper in enumerate(report.papers, start=1) if paper != "arxiv:2603.00009"]
    assert report.reply.notes == (
        f"{', '.join(left_over)} were announced before the last round and did not fit into it.",
    )


async def test_on_a_day_without_news_what_is_left_over_says_that_all_of_it_is(round_: House) -> None:
    await round_.paperround.deliver_due()
    round_.clock.move(DAY)
    assert await notes(round_) == ("All of these were announced before the last round and did not fit into it.",)


async def test_no_paper_comes_twice_and_then_the_round_is_one_line_or_silent(round_: House) -> None:
    await round_.paperround.deliver_due()
    round_.clock.move(DAY)
    await round_.paperround.deliver_due()
    round_.clock.move(DAY)
    [report] = await round_.paperround.deliver_due()
    assert report.papers == ()
    assert "No picks today" in round_.messenger.posted[-1].payload
    await round_.ask("digest here skip-empty", channel=round_.papers)
    round_.clock.move(DAY)
    [report] = await round_.paperround.deliver_due()
    assert report.state is DeliveryState.SKIPPED
    assert len(set(round_.messenger.titles())) == len(round_.messenger.titles()) == 5


async def test_without_carry_over_a_day_without_news_has_no_picks(round_: House) -> None:
    await round_.ask("set here carry-over off", channel=round_.papers)
    [report] = await round_.paperround.deliver_due()
    assert len(report.papers) == 3
    round_.clock.move(DAY)
    [report] = await round_.paperround.deliver_due()
    assert report.papers == ()
    await round_.bring(a_paper(9, "Entropy 9", "Entropy grows.", announced=NINE + DAY + timedelta(hours=2)))
    round_.clock.move(DAY)
    [report] = await round_.paperround.deliver_due()
    assert report.papers == ("arxiv:2603.00009",)


async def test_d13_after_a_date_on_which_the_machine_was_off_the_round_says_that_it_covers_two_days(
    round_: House,
) -> None:
    await round_.paperround.deliver_due()
    round_.clock.move(2 * DAY)
    told = await notes(round_)
    assert told[0] == "This round covers 2 days: the one of 13 March did not come."
    round_.clock.move(DAY)
    [report] = await round_.paperround.deliver_due()
    assert "covers" not in str(report.reply)


async def test_d13_a_digest_that_was_given_up_counts_as_missed(round_: House) -> None:
    def unreachable(_: object) -> None:
        raise PlatformUnreachable("no route")

    round_.messenger.before = unreachable
    await round_.paperround.deliver_due()
    round_.messenger.before = lambda _: None
    round_.clock.move(timedelta(hours=17))
    [given_up] = await round_.paperround.deliver_due()
    assert given_up.state is DeliveryState.SKIPPED
    round_.clock.move(timedelta(hours=7))
    [report] = await round_.paperround.deliver_due()
    assert "This round covers 2 days: the one of 12 March did not come." in str(report.reply)


async def test_a_new_round_and_one_that_was_paused_missed_nothing(round_: House) -> None:
    assert await notes(round_) == ()
    await round_.paperround.channel_gone(round_.papers, "archived")
    round_.clock.move(3 * DAY - timedelta(minutes=5))
    await round_.paperround.channel_back(round_.papers)
    round_.clock.move(timedelta(minutes=5))
    assert not any("covers" in note for note in await notes(round_))


async def test_a_date_that_the_schedule_leaves_out_was_not_missed(round_: House) -> None:
    await round_.ask("digest here weekdays", channel=round_.papers)
    round_.clock.move(timedelta(hours=24))
    await round_.paperround.deliver_due()
    round_.clock.move(3 * DAY)
    [report] = await round_.paperround.deliver_due()
    assert report.key.local_date.isoweekday() == 1
    assert "covers" not in str(report.reply)
