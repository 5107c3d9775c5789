"""What is rising: votes lift, age sinks, withdrawn papers stay out."""

from datetime import timedelta

from bot.model import Feedback, Paper, Verdict
from bot.replies import PicksReply
from bot.trending import rising
from tests.bot.conftest import House
from tests.builders import MORNING, a_member, a_paper


def order(papers: list[Paper], acts: list[Feedback]) -> list[str]:
    return [entry.paper.title for entry in rising(papers, acts, MORNING)]


def test_more_votes_stand_before_fewer_and_newer_before_older() -> None:
    old = a_paper(1, "old", upvotes=10, announced=MORNING - timedelta(days=9))
    fresh = a_paper(2, "fresh", upvotes=10, announced=MORNING)
    few = a_paper(3, "few", upvotes=2, announced=MORNING)
    assert order([old, few, fresh], []) == ["fresh", "few", "old"]


def test_a_like_here_counts_more_than_a_vote_elsewhere() -> None:
    liked, voted = a_paper(1, "liked"), a_paper(2, "voted", upvotes=2)
    like = Feedback("e1", a_member("ana"), None, liked.id, Verdict.LIKE, MORNING)
    assert order([voted, liked], [like]) == ["liked", "voted"]
    assert rising([liked], [like], MORNING)[0].counts == "1 like here"


def test_without_any_votes_the_newest_stands_first_and_ties_go_by_id() -> None:
    papers = [a_paper(2, "b"), a_paper(1, "a"), a_paper(3, "newest", announced=MORNING)]
    assert order(papers, []) == ["newest", "a", "b"]


def test_a_withdrawn_paper_is_not_rising() -> None:
    assert order([a_paper(1, "gone", upvotes=99, withdrawn=True)], []) == []


def test_a_date_in_the_future_gives_no_lead() -> None:
    ahead = a_paper(1, "ahead", announced=MORNING + timedelta(days=900))
    now = a_paper(2, "now", announced=MORNING, upvotes=1)
    assert order([ahead, now], []) == ["now", "ahead"]


def test_what_was_voted_for_since_yesterday_is_told_and_lifts() -> None:
    steady, risen = a_paper(1, "steady", upvotes=41), a_paper(2, "risen", upvotes=41, comments=3)
    found = rising([steady, risen], [], MORNING, {steady.id: 41, risen.id: 9})
    assert [(entry.paper.title, entry.counts) for entry in found] == [
        ("risen", "41 upvotes, ↑ 32 since yesterday, 3 comments"),
        ("steady", "41 upvotes"),
    ]


async def test_trending_tells_what_rose_since_yesterday(house: House) -> None:
    day = timedelta(days=1)
    await house.bring(a_paper(1, "The entropy of paper rounds", upvotes=9, announced=MORNING - day))
    house.clock.move(day)
    await house.bring(a_paper(1, "The entropy of paper rounds", upvotes=50, announced=MORNING - day))
    answer = await house.ask("trending")
    assert isinstance(answer.reply, PicksReply)
    assert answer.reply.offered[0].pick.reasons[0].words == "trending: 50 upvotes, ↑ 41 since yesterday"
