"""What every `bot.ports.Communities` keeps."""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from bot.deliveries import PlannedPart
from bot.model import (
    Cadence,
    DeliveryKey,
    Digest,
    Draft,
    Feedback,
    Member,
    PaperId,
    Subscription,
    Team,
    Verdict,
    destination_of,
)
from bot.ports import Grant, MailAddress, ManagerAct, Stores, Submission
from tests.builders import MORNING, a_channel, a_member, a_paper, a_pick, direct_with

ANA = a_member("ana")
BEN = a_member("ben")
LAB = a_channel("lab")
DAY = date(2026, 3, 12)
ONE, TWO, THREE = (a_paper(number).id for number in (1, 2, 3))


def test_the_newest_list_shown_in_a_place_is_remembered(stores: Stores) -> None:
    assert stores.communities.last_shown(ANA, LAB) == []
    stores.communities.shown(ANA, LAB, [ONE, TWO], MORNING)
    stores.communities.shown(ANA, LAB, [THREE, ONE], MORNING + timedelta(minutes=1))
    stores.communities.shown(ANA, direct_with(ANA), [TWO], MORNING)
    assert stores.communities.last_shown(ANA, LAB) == [THREE, ONE]
    assert stores.communities.last_shown(ANA, direct_with(ANA)) == [TWO]
    assert stores.communities.last_shown(BEN, LAB) == []


def test_a_list_shown_to_everybody_counts_until_the_member_sees_a_later_one(stores: Stores) -> None:
    stores.communities.shown(ANA, LAB, [ONE], MORNING)
    stores.communities.shown(None, LAB, [TWO], MORNING + timedelta(minutes=1))
    assert stores.communities.last_shown(ANA, LAB) == [TWO]
    assert stores.communities.last_shown(BEN, LAB) == [TWO]
    stores.communities.shown(ANA, LAB, [THREE], MORNING + timedelta(minutes=2))
    assert stores.communities.last_shown(ANA, LAB) == [THREE]
    assert stores.communities.last_shown(BEN, LAB) == [TWO]


def leave_traces(stores: Stores, member: Member) -> None:
    """Have a member use everything once, in the channel and alone."""
    alone = direct_with(member)
    key = DeliveryKey(destination_of(alone), DAY)
    stores.profiles.follow(member.profile, "entropy", muted=False, now=MORNING)
    stores.feedback.record(Feedback(f"e-{member.id}", member, LAB, ONE, Verdict.LIKE, MORNING))
    stores.saves.add(member, ONE, MORNING)
    stores.preferences.set(member.profile, "layout", "apart")
    stores.access.keep(Grant(member.profile, "feed", "n", f"digest-of-{member.id}", MORNING))
    stores.submissions.add(Submission(member, PaperId(f"arxiv:2603.1{member.id}"), "worth a look", MORNING))
    stores.community_sources.add(member, [f"arxiv:cs.{member.id.upper()}"], 20, MORNING)
    stores.communities.shown(member, LAB, [ONE], MORNING)
    stores.subscriptions.set(
        Subscription(
            member.profile, alone, Cadence.DAILY, time(9), ZoneInfo("UTC"), frozenset({1}), MORNING, set_by=member
        )
    )
    stores.club_votes.vote(member, LAB, DAY, ONE, MORNING)
    act = ManagerAct(member.id, member.name, LAB.id, "digest here off", MORNING)
    stores.manager_acts.record(act, LAB.platform, LAB.community, f"act-{sum(member.id.encode())}")
    at = f"{member.id}@example.org"
    row = MailAddress(f"m-{member.id}", member, LAB.profile, "papers", at, "daily 09:00 UTC", MORNING, confirmed=True)
    stores.mail_addresses.keep(row, f"email:lab:m-{member.id}")
    draft = Draft("plain-words", ((ONE, Team.RIVAL),))
    digest = Digest(member.profile, DAY, 0, 1, (a_pick(a_paper(1)),), MORNING, draft)
    part = PlannedPart(0, f"payload for {member.id}", f"marker-{member.id}", ONE)
    stores.ledger.plan(key, member.profile, alone, [part], late=False, digest=digest, now=MORNING)


def test_everything_about_a_member_is_handed_over(stores: Stores) -> None:
    leave_traces(stores, ANA)
    data = stores.communities.data_of(ANA)
    assert all(data.values())
    told = json.dumps(data)
    assert all(trace in told for trace in ("entropy", "e-ana", ONE, "payload for ana", "matches entropy"))
    assert json.loads(told) == data


def test_nothing_about_others_is_handed_over(stores: Stores) -> None:
    leave_traces(stores, BEN)
    assert not any(stores.communities.data_of(ANA).values())
    assert not any(stores.communities.data_of(replace(BEN, community="other")).values())


def test_a_forgotten_member_left_no_row_and_the_others_keep_theirs(stores: Stores) -> None:
    leave_traces(stores, ANA)
    leave_traces(stores, BEN)
    kept = stores.communities.data_of(BEN)
    rows = sum(len(kind) for kind in stores.communities.data_of(ANA).values() if isinstance(kind, list))
    assert stores.communities.forget(ANA) == rows
    assert not any(stores.communities.data_of(ANA).values())
    assert stores.communities.data_of(BEN) == kept
    assert stores.communities.forget(ANA) == 0


def test_a_forgotten_member_begins_anew(stores: Stores) -> None:
    leave_traces(stores, ANA)
    stores.communities.forget(ANA)
    assert stores.profiles.get(ANA.profile).interests == ()
    assert stores.subscriptions.all() == []
    assert stores.ledger.claim(MORNING, timedelta(minutes=2)) is None
    leave_traces(stores, ANA)
    assert stores.feedback.of_member(ANA)


def test_a_channels_own_records_are_nobodys(stores: Stores) -> None:
    stores.profiles.follow(LAB.profile, "entropy", muted=False, now=MORNING)
    stores.communities.shown(None, LAB, [ONE], MORNING)
    stores.communities.forget(ANA)
    assert stores.profiles.get(LAB.profile).interests
    assert stores.communities.last_shown(ANA, LAB) == [ONE]
