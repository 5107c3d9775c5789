"""What every `bot.ports.ClubVotes` keeps: one vote for each member, the last one."""

from dataclasses import replace
from datetime import date, timedelta

from bot.ports import Stores
from tests.builders import MORNING, a_channel, a_member, a_paper

WEEK = date(2026, 3, 13)
CLUB = a_channel("papers")
ANA, BEN = a_member("ana"), a_member("ben")
ONE, TWO = a_paper(1).id, a_paper(2).id


def test_votes_are_counted_by_paper(stores: Stores) -> None:
    assert stores.club_votes.counts(CLUB, WEEK) == {}
    assert stores.club_votes.vote(ANA, CLUB, WEEK, ONE, MORNING)
    assert stores.club_votes.vote(BEN, CLUB, WEEK, ONE, MORNING)
    assert stores.club_votes.counts(CLUB, WEEK) == {ONE: 2}


def test_a_member_has_one_vote_and_may_change_it(stores: Stores) -> None:
    stores.club_votes.vote(ANA, CLUB, WEEK, ONE, MORNING)
    assert not stores.club_votes.vote(ANA, CLUB, WEEK, ONE, MORNING)
    assert stores.club_votes.vote(ANA, CLUB, WEEK, TWO, MORNING)
    assert stores.club_votes.counts(CLUB, WEEK) == {TWO: 1}


def test_weeks_channels_and_communities_count_apart(stores: Stores) -> None:
    stores.club_votes.vote(ANA, CLUB, WEEK, ONE, MORNING)
    assert stores.club_votes.counts(CLUB, WEEK + timedelta(days=7)) == {}
    assert stores.club_votes.counts(a_channel("other"), WEEK) == {}
    assert stores.club_votes.counts(replace(CLUB, community="elsewhere"), WEEK) == {}


def test_a_forgotten_members_vote_is_taken_out(stores: Stores) -> None:
    stores.club_votes.vote(ANA, CLUB, WEEK, ONE, MORNING)
    stores.club_votes.vote(BEN, CLUB, WEEK, ONE, MORNING)
    stores.communities.forget(ANA)
    assert stores.club_votes.counts(CLUB, WEEK) == {ONE: 1}
