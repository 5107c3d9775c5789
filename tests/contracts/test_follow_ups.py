"""What every `bot.ports.FollowUps` keeps: news of posted picks, each told once."""

from dataclasses import replace
from datetime import date, timedelta

from bot.deliveries import ChangedPick, Known, Note, PlannedPart, Sent
from bot.model import DeliveryKey, Digest, MessageId, Paper, PaperId, destination_of
from bot.ports import Stores
from tests.builders import MORNING, a_channel, a_paper, a_pick

DAY = date(2026, 3, 12)
LONG_BEFORE = date(2026, 1, 1)
CHANNEL = a_channel("papers")
KEY = DeliveryKey(destination_of(CHANNEL), DAY)
LEASE = timedelta(minutes=2)


def post(stores: Stores, *papers: Paper) -> None:
    """Store papers, and post them as one digest: a heading, then a message for each."""
    stores.papers.upsert(papers, MORNING)
    picks = tuple(a_pick(paper) for paper in papers)
    digest = Digest(CHANNEL.profile, DAY, 0, 1, picks, MORNING)
    parts = [PlannedPart(0, "heading", "m", None)]
    parts += [PlannedPart(number, paper.title, f"m{number}", paper.id) for number, paper in enumerate(papers, start=1)]
    stores.ledger.plan(KEY, CHANNEL.profile, CHANNEL, parts, late=False, digest=digest, now=MORNING)
    while claim := stores.ledger.claim(MORNING, LEASE):
        stores.ledger.settle(claim, Sent(MessageId(f"message {claim.part}")), MORNING)


def changed(stores: Stores, first: date = LONG_BEFORE) -> list[ChangedPick]:
    return stores.follow_ups.changed(first)[0]


def a_note(about: str = "news") -> Note:
    part = PlannedPart(0, "a line", "marker of the note", None)
    return Note(CHANNEL.profile, CHANNEL, about, DAY, (part,), MessageId("message 0"))


def test_what_did_not_change_since_it_was_picked_is_no_news(stores: Stores) -> None:
    post(stores, a_paper(1, upvotes=3), a_paper(2))
    assert changed(stores) == []
    stores.papers.upsert([a_paper(3), a_paper(2, abstract="Rewritten.")], MORNING)
    assert changed(stores) == []


def test_a_changed_pick_comes_with_its_messages_and_with_what_its_readers_know(stores: Stores) -> None:
    post(stores, a_paper(1), a_paper(2, upvotes=3))
    stores.papers.upsert([a_paper(2, version=2, upvotes=8, code_url="https://code.example/x")], MORNING)
    [pick] = changed(stores)
    assert (pick.paper.version, pick.paper.upvotes, pick.paper.code_url) == (2, 8, "https://code.example/x")
    assert pick.known == Known(version=1, withdrawn=False, code=False, upvotes=3)
    assert (pick.channel, pick.profile, pick.day, pick.edition) == (CHANNEL, CHANNEL.profile, DAY, 0)
    assert (pick.message, pick.first) == ("message 2", "message 0")


def test_a_pick_that_was_withdrawn_when_it_was_picked_is_no_news(stores: Stores) -> None:
    post(stores, a_paper(1, withdrawn=True))
    stores.papers.upsert([a_paper(1, withdrawn=True, abstract="Gone.")], MORNING)
    assert changed(stores) == []


def test_digests_before_a_date_and_picks_that_were_never_posted_have_no_news(stores: Stores) -> None:
    post(stores, a_paper(1))
    other = a_channel("other")
    stores.papers.upsert([a_paper(2)], MORNING)
    stores.digests.keep(Digest(other.profile, DAY, 0, 1, (a_pick(a_paper(2)),), MORNING))
    stores.papers.upsert([a_paper(1, version=2), a_paper(2, version=2)], MORNING)
    assert [pick.paper.id for pick in changed(stores)] == [a_paper(1).id]
    assert changed(stores, DAY + timedelta(days=1)) == []


def test_what_was_read_up_to_is_not_read_again(stores: Stores) -> None:
    post(stores, a_paper(1))
    stores.papers.upsert([a_paper(1, version=2)], MORNING)
    _, until = stores.follow_ups.changed(LONG_BEFORE)
    stores.follow_ups.read_up_to(until)
    assert stores.follow_ups.changed(LONG_BEFORE) == ([], until)
    stores.papers.upsert([a_paper(1, version=3)], MORNING)
    [pick] = changed(stores)
    assert pick.known.version == 1


def test_a_follow_up_is_planned_with_what_is_known_from_then_on(stores: Stores) -> None:
    post(stores, a_paper(1))
    stores.papers.upsert([a_paper(1, version=2)], MORNING)
    [pick] = changed(stores)
    told = replace(pick, known=replace(pick.known, version=2))
    key = stores.follow_ups.plan(a_note(), [told], MORNING)
    assert key is not None
    assert changed(stores) == []
    claim = stores.ledger.claim(MORNING, LEASE)
    assert claim is not None
    assert (claim.key, claim.thread, claim.about, claim.payload) == (key, "message 0", "news", "a line")


def test_a_pick_that_was_posted_under_another_name_of_its_paper_keeps_its_message(stores: Stores) -> None:
    paper = a_paper(1, doi="10.1000/one")
    stores.papers.upsert([paper], MORNING)
    post(stores, replace(paper, id=PaperId("doi:10.1000/one")))
    stores.papers.upsert([replace(paper, version=2)], MORNING)
    [pick] = changed(stores)
    assert (pick.message, pick.paper.id) == ("message 1", paper.id)


def test_nothing_is_read_where_nothing_changed(stores: Stores) -> None:
    assert stores.follow_ups.changed(LONG_BEFORE) == ([], 0)


def test_a_destination_gets_one_note_about_the_same_thing(stores: Stores) -> None:
    first = stores.ledger.plan_note(a_note("paused"), MORNING)
    assert first is not None
    assert first.is_note
    assert stores.ledger.plan_note(a_note("paused"), MORNING + timedelta(days=3)) is None
    second = stores.ledger.plan_note(a_note("held"), MORNING)
    assert second is not None
    assert second != first
    elsewhere = a_channel("other")
    assert stores.ledger.plan_note(replace(a_note("paused"), channel=elsewhere), MORNING) is not None


def test_a_note_with_nothing_to_say_is_settled_with_its_reason(stores: Stores) -> None:
    key = stores.ledger.plan_note(replace(a_note(), parts=(), why="nobody liked anything"), MORNING)
    assert key is not None
    [record] = stores.ledger.of(key)
    assert (record.state.value, record.why, record.about) == ("skipped", "nobody liked anything", "news")
    assert stores.ledger.claim(MORNING, LEASE) is None


def test_a_note_takes_no_key_of_a_digest(stores: Stores) -> None:
    stores.ledger.plan_note(a_note(), MORNING)
    parts = [PlannedPart(0, "heading", "m", None)]
    assert stores.ledger.plan(KEY, CHANNEL.profile, CHANNEL, parts, late=False, digest=None, now=MORNING)


def test_the_newest_delivery_counts_until_the_host_confirms_the_clock(stores: Stores) -> None:
    assert stores.ledger.newest() is None
    stores.ledger.confirm_clock()
    stores.ledger.plan_note(a_note("far ahead"), MORNING + timedelta(days=900))
    assert stores.ledger.newest() == MORNING + timedelta(days=900)
    stores.ledger.confirm_clock()
    assert stores.ledger.newest() is None
    stores.ledger.plan_note(a_note("today"), MORNING)
    assert stores.ledger.newest() == MORNING
