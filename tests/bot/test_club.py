"""The journal club: once a week the most liked picks, a vote, and what won."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.library import Library
from bot.model import DeliveryState, Member, PaperId
from bot.paperround import Paperround
from bot.ports import OutcomeUnknown
from bot.replies import NoticeReply, RefusalReply
from tests.bot.conftest import House
from tests.builders import a_channel, a_member, a_paper
from tests.fakes.messenger import Posted

THURSDAY = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ANA, BEN, CY = (a_member(name) for name in ("ana", "ben", "cy"))


@pytest.fixture
async def club(house: House) -> House:
    """A channel with a club, on the Thursday on which its first digest came: m1 is the heading, m2 to m4 the picks."""
    papers = [a_paper(number, f"Entropy of system {number}", f"Entropy grows in {number}.") for number in range(1, 9)]
    await house.bring(*papers)
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    await house.ask("set here club on", channel=house.papers)
    house.clock.move_to(THURSDAY)
    await house.paperround.deliver_due()
    return house


def posts(house: House) -> list[Posted]:
    """Headings of clubs."""
    found = [each for each in house.messenger.posted if json.loads(each.payload)["kind"] == "heading"]
    return [each for each in found if "journal club" in each.payload]


def choices(house: House, post: Posted) -> list[Posted]:
    return [each for each in house.messenger.posted if each.thread == post.message]


async def like(house: House, member: Member, *papers: PaperId) -> None:
    for paper in papers:
        await house.press(f"1:like:{paper}", member, house.papers)


def picked(house: House) -> list[PaperId]:
    digest = house.stores.digests.get(house.papers.profile, THURSDAY.date(), 0)
    assert digest is not None
    return [pick.paper.id for pick in digest.picks]


async def friday(house: House, weeks: int = 0) -> list[Posted]:
    house.clock.move_to(THURSDAY + DAY + weeks * 7 * DAY)
    await house.paperround.deliver_due()
    return posts(house)


async def test_on_friday_the_most_liked_picks_of_the_week_are_posted_as_a_choice(club: House) -> None:
    first, second, third = picked(club)
    await like(club, ANA, third, first)
    await like(club, BEN, third)
    assert posts(club) == []
    [post] = await friday(club)
    titles = [json.loads(each.payload)["title"] for each in choices(club, post)]
    known = club.stores.papers.get([first, second, third])
    assert titles == [known[third].title, known[first].title]


async def test_a_club_is_posted_once_also_by_a_process_that_knows_of_no_other(club: House) -> None:
    await like(club, ANA, picked(club)[0])
    await friday(club)
    for _ in range(3):
        club.clock.move(timedelta(hours=1))
        again = Paperround(club.stores, Library(club.stores.papers), club.clock, {"fake": club.messenger})
        await again.deliver_due()
    assert len(posts(club)) == 1


async def test_a_choice_without_an_answer_is_found_and_not_posted_again(club: House) -> None:
    await like(club, ANA, picked(club)[0])
    lost = iter([True])

    def lose_the_clubs_heading(_: object) -> None:
        if "journal club" in club.messenger.posted[-1].payload and next(lost, False):
            raise OutcomeUnknown("the connection was cut")

    club.messenger.after = lose_the_clubs_heading
    await friday(club)
    club.clock.move(timedelta(seconds=91))
    await club.paperround.deliver_due()
    [post] = posts(club)
    assert len(choices(club, post)) == 1


async def test_a_week_without_a_like_is_skipped_quietly_with_its_reason(club: House) -> None:
    assert await friday(club) == []
    notes = [record for record in club.stores.ledger.recent("fake:lab:papers", 20) if record.about]
    assert [(note.state, note.why) for note in notes] == [(DeliveryState.SKIPPED, "nobody liked a pick of the week")]
    await like(club, ANA, picked(club)[0])
    club.clock.move(timedelta(hours=2))
    await club.paperround.deliver_due()
    assert posts(club) == []


async def test_each_member_has_one_vote_which_the_message_shows(club: House) -> None:
    first, second, _ = picked(club)
    await like(club, ANA, first, second)
    await like(club, BEN, first)
    [post] = await friday(club)
    message = choices(club, post)[0].message
    for member in (ANA, BEN, CY):
        voted = await club.press(f"1:vote:{first}", member, club.papers)
        assert voted.changed
    again = await club.press(f"1:vote:{first}", CY, club.papers)
    assert isinstance(again.reply, NoticeReply)
    assert not again.changed
    shown = await club.paperround.shown_again(club.papers, message)
    assert shown is not None
    assert shown.offered[0].tally.startswith("3 votes")
    await club.press(f"1:vote:{second}", CY, club.papers)
    shown = await club.paperround.shown_again(club.papers, message)
    assert shown is not None
    assert shown.offered[0].tally.startswith("2 votes")
    assert shown.offered[0].number == 1


async def test_what_won_is_said_by_one_line_when_the_next_choice_comes(club: House) -> None:
    first, second, _ = picked(club)
    await like(club, ANA, first, second)
    await friday(club)
    await club.press(f"1:vote:{second}", ANA, club.papers)
    await club.press(f"1:vote:{second}", BEN, club.papers)
    await club.press(f"1:vote:{first}", CY, club.papers)
    club.clock.move(5 * DAY)
    [report] = await club.paperround.deliver_due()
    await like(club, ANA, report.papers[0])
    said: list[str] = []
    render = club.messenger.render

    def listening(reply: object, *rest: object) -> object:
        said.append(repr(reply))
        return render(reply, *rest)  # type: ignore[arg-type]  # passed on as they came

    club.messenger.render = listening  # type: ignore[method-assign,assignment]  # listens to what is said
    assert len(await friday(club, weeks=1)) == 2
    title = club.stores.papers.get([second])[second].title
    assert sum(f"The last choice was: {title} (2 votes)" in reply for reply in said) == 1


async def test_a_vote_on_an_older_choice_or_on_no_choice_is_refused(club: House) -> None:
    first, second, third = picked(club)
    nothing_yet = await club.press(f"1:vote:{first}", ANA, club.papers)
    assert isinstance(nothing_yet.reply, RefusalReply)
    await like(club, ANA, first)
    await friday(club)
    for paper in (second, third):
        refused = await club.press(f"1:vote:{paper}", ANA, club.papers)
        assert isinstance(refused.reply, RefusalReply)
    elsewhere = await club.press(f"1:vote:{first}", ANA, a_channel("other"))
    assert isinstance(elsewhere.reply, RefusalReply)
    alone = await club.press(f"1:vote:{first}", ANA)
    assert isinstance(alone.reply, RefusalReply)
    assert club.stores.club_votes.counts(club.papers, (THURSDAY + DAY).date()) == {}


async def test_another_day_can_be_chosen_and_without_choosing_there_is_no_club(house: House) -> None:
    await house.bring(*(a_paper(number, f"Entropy {number}", "Entropy grows.") for number in range(1, 9)))
    await house.ask("follow here entropy", channel=house.papers)
    await house.ask("digest here daily 09:00 UTC count 3", channel=house.papers)
    house.clock.move_to(THURSDAY)
    await house.paperround.deliver_due()
    await like(house, ANA, picked(house)[0])
    assert await friday(house) == []
    await house.ask("set here club mon", channel=house.papers)
    house.clock.move_to(THURSDAY + 4 * DAY - timedelta(minutes=1))
    await house.paperround.deliver_due()
    assert posts(house) == []
    house.clock.move_to(THURSDAY + 4 * DAY)
    await house.paperround.deliver_due()
    assert len(posts(house)) == 1


async def test_a_paused_round_has_no_club(club: House) -> None:
    await like(club, ANA, picked(club)[0])
    await club.paperround.channel_gone(club.papers, "archived")
    assert await friday(club) == []
