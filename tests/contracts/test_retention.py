"""How long things are kept, in every database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.deliveries import Note, PlannedPart, Rejected, Sent
from bot.model import Feedback, MessageId, Verdict, destination_of
from bot.ports import ManagerAct
from storage.retention import Kept
from storage.stores import SqlStores
from tests.builders import MORNING, a_channel, a_member, a_paper, direct_with
from tests.contracts.test_communities import LAB, ONE, leave_traces

ANA = a_member("ana")
YEAR = timedelta(days=365)
KEPT = Kept(acts=YEAR, clicks=YEAR / 2, unused=YEAR)


@pytest.fixture
def used(stores: SqlStores) -> SqlStores:
    stores.papers.upsert([a_paper(1)], MORNING - timedelta(days=1))
    return stores


def click(event: str, verdict: Verdict = Verdict.CLICK) -> Feedback:
    return Feedback(event, ANA, LAB, ONE, verdict, MORNING)


def test_clicks_go_before_verdicts_and_acts_of_managers_when_they_are_due(used: SqlStores) -> None:
    used.feedback.record(click("c"))
    used.feedback.record(click("l", Verdict.LIKE))
    used.manager_acts.record(ManagerAct("ana", "ana", "papers", "follow here x", MORNING), "fake", "lab", "e1")
    assert used.retention.let_go(MORNING + YEAR / 2, KEPT) == 0
    assert used.retention.let_go(MORNING + YEAR / 2 + timedelta(seconds=1), KEPT) == 1
    assert [act.verdict for act in used.feedback.of_member(ANA)] == [Verdict.LIKE]
    assert used.retention.let_go(MORNING + YEAR + timedelta(seconds=1), KEPT) == 1
    assert used.manager_acts.newest("fake", "lab", 1) == []
    assert used.feedback.of_member(ANA)


def idle(stores: SqlStores) -> None:
    """Let a member have used everything, and be sent nothing any more."""
    leave_traces(stores, ANA)
    stores.access.remove(ANA.profile, "feed")
    stores.mail_addresses.remove("m-ana")
    for subscription in stores.subscriptions.all():
        stores.subscriptions.set(replace(subscription, paused="this member has left"))


def test_a_member_who_used_nothing_for_that_long_is_forgotten_and_a_channel_never(used: SqlStores) -> None:
    idle(used)
    used.profiles.follow(LAB.profile, "entropy", muted=False, now=MORNING)
    assert used.retention.forget_unused(MORNING + YEAR, KEPT) == 0
    assert used.retention.forget_unused(MORNING + 9 * YEAR, replace(KEPT, unused=None)) == 0
    assert used.retention.forget_unused(MORNING + YEAR + timedelta(days=1), KEPT) == 1
    assert not any(used.communities.data_of(ANA).values())
    assert used.profiles.get(LAB.profile).interests
    assert used.retention.forget_unused(MORNING + YEAR + timedelta(days=1), KEPT) == 0


@pytest.mark.parametrize("lately", ["verdict", "saved", "shown", "followed"])
def test_one_thing_done_lately_keeps_everything(used: SqlStores, lately: str) -> None:
    idle(used)
    at = MORNING + timedelta(days=300)
    match lately:
        case "verdict":
            used.feedback.record(replace(click("later"), at=at))
        case "saved":
            used.saves.add(ANA, a_paper(2).id, at)
        case "shown":
            used.communities.shown(ANA, a_channel("elsewhere"), [ONE], at)
        case _:
            used.profiles.follow(ANA.profile, "diffusion", muted=False, now=at)
    assert used.retention.forget_unused(MORNING + YEAR + timedelta(days=1), KEPT) == 0
    assert used.saves.of(ANA)


def test_who_was_sent_a_message_lately_is_not_forgotten_and_one_that_did_not_arrive_counts_for_nothing(
    used: SqlStores,
) -> None:
    idle(used)
    later = MORNING + timedelta(days=300)
    lease = timedelta(minutes=2)
    while claim := used.ledger.claim(MORNING, lease):
        used.ledger.settle(claim, Rejected("the member has left"), MORNING)
    note = Note(ANA.profile, direct_with(ANA), "also", later.date(), (PlannedPart(0, "Also for you", "mark", None),))
    used.ledger.plan_note(note, later)
    claim = used.ledger.claim(later, lease)
    assert claim is not None
    used.ledger.settle(claim, Sent(MessageId("m1")), later)
    assert used.retention.forget_unused(MORNING + YEAR + timedelta(days=1), KEPT) == 0
    used.ledger.plan_note(replace(note, about="also again", day=(later + YEAR).date()), later + YEAR)
    claim = used.ledger.claim(later + YEAR, lease)
    assert claim is not None
    used.ledger.settle(claim, Rejected("the member has left"), later + YEAR)
    assert used.retention.forget_unused(later + YEAR + timedelta(days=1), KEPT) == 1


@pytest.mark.parametrize("sent", ["round", "mail", "feed"])
def test_who_is_still_sent_something_is_not_forgotten(used: SqlStores, sent: str) -> None:
    leave_traces(used, ANA)
    if sent != "feed":
        used.access.remove(ANA.profile, "feed")
    if sent != "mail":
        used.mail_addresses.remove("m-ana")
    if sent != "round":
        for subscription in used.subscriptions.all():
            used.subscriptions.remove(destination_of(subscription.channel))
    assert used.retention.forget_unused(MORNING + 2 * YEAR, KEPT) == 0
    assert used.saves.of(ANA)
