"""What is kept of a community that removed the bot is gone a month later, unless it came back."""

from datetime import timedelta

import pytest

from bot.model import Feedback, Verdict
from bot.ports import Erased, Stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.contracts.test_communities import ANA, BEN, ONE, leave_traces

ELSEWHERE = a_member("ana", community="elsewhere")
ALMOST = MORNING + timedelta(days=30)
OVER = MORNING + timedelta(days=30, seconds=1)


@pytest.fixture
def used(stores: Stores) -> Stores:
    stores.papers.upsert([a_paper(1)], MORNING - timedelta(days=1))
    leave_traces(stores, ANA)
    leave_traces(stores, BEN)
    stores.saves.add(ELSEWHERE, ONE, MORNING)
    return stores


def test_a_community_that_left_is_erased_after_thirty_days_and_others_are_not(used: Stores) -> None:
    used.departures.left("fake", "lab", MORNING)
    assert used.departures.erase_gone(ALMOST) == []
    assert used.saves.of(ANA) == [ONE]
    (gone,) = used.departures.erase_gone(OVER)
    assert (gone.platform, gone.community) == ("fake", "lab")
    assert gone.rows > 20
    assert not any(used.communities.data_of(ANA).values())
    assert not any(used.communities.data_of(BEN).values())
    assert used.saves.of(ELSEWHERE) == [ONE]
    assert used.papers.count() == 1
    assert used.departures.erase_gone(OVER) == []


def test_a_reinstall_within_the_month_cancels_it(used: Stores) -> None:
    used.departures.left("fake", "lab", MORNING)
    assert used.departures.back("fake", "lab")
    assert not used.departures.back("fake", "lab")
    assert used.departures.erase_gone(OVER) == []
    assert used.saves.of(ANA) == [ONE]


def test_the_first_time_that_it_left_counts(used: Stores) -> None:
    used.departures.left("fake", "lab", MORNING)
    used.departures.left("fake", "lab", OVER)
    assert isinstance(used.departures.erase_gone(OVER)[0], Erased)


def test_a_community_that_used_the_bot_since_is_kept_however_it_came_back(used: Stores) -> None:
    used.departures.left("fake", "lab", MORNING)
    at = MORNING + timedelta(days=3)
    used.feedback.record(Feedback("later", ANA, a_channel("lab"), ONE, Verdict.LIKE, at))
    assert used.departures.erase_gone(OVER) == []
    assert used.departures.erase_gone(OVER + timedelta(days=60)) == []
    assert used.saves.of(ANA) == [ONE]


def test_what_a_forgotten_manager_changed_stays_told_without_a_name(used: Stores) -> None:
    assert [act.member for act in used.manager_acts.newest("fake", "lab", 10)] == ["ben", "ana"]
    used.communities.forget(BEN)
    acts = used.manager_acts.newest("fake", "lab", 10)
    assert [(act.member, act.name, act.said) for act in acts] == [
        ("", "", "digest here off"),
        ("ana", "ana", "digest here off"),
    ]
    assert used.manager_acts.newest("fake", "elsewhere", 10) == []
