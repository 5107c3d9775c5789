"""What every `bot.ports.Ledger` keeps: at most one digest for each key, over crashes and beside other processes."""

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bot.deliveries import Claim, Deferred, Held, Outcome, PlannedPart, Rejected, Sent, Skipped, Unknown
from bot.model import Channel, DeliveryKey, DeliveryState, Digest, MessageId, destination_of
from bot.ports import ClaimLost, Stores
from tests.builders import MORNING, a_channel, a_paper, a_pick
from tests.contracts.conftest import Opener

LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


def a_key(name: str = "papers", day: int = 12, edition: int = 0) -> DeliveryKey:
    return DeliveryKey(destination_of(a_channel(name)), date(2026, 3, day), edition)


def parts(count: int, text: str = "payload") -> list[PlannedPart]:
    return [
        PlannedPart(number, f"{text} {number}", f"marker {number}", a_paper(number).id if number else None)
        for number in range(count)
    ]


def plan(stores: Stores, key: DeliveryKey | None = None, count: int = 1, **facts: object) -> bool:
    named = key or a_key()
    channel = a_channel(named.destination.split(":")[2])
    given = {"late": False, "digest": None, "now": MORNING, "parts": parts(count), **facts}
    return stores.ledger.plan(named, channel.profile, channel, **given)  # type: ignore[arg-type]  # named as plan's


def claimed(stores: Stores, after: timedelta = timedelta(0)) -> Claim:
    claim = stores.ledger.claim(MORNING + after, LEASE)
    assert claim is not None
    return claim


def states(stores: Stores, key: DeliveryKey | None = None) -> list[DeliveryState]:
    return [record.state for record in stores.ledger.of(key or a_key())]


def test_a_digest_is_planned_once_and_the_first_payload_stands(stores: Stores) -> None:
    assert plan(stores, parts=parts(1, "first"))
    assert not plan(stores, parts=parts(2, "second"))
    claim = claimed(stores)
    assert (claim.payload, claim.marker, claim.attempt, claim.doubtful) == ("first 0", "marker 0", 1, False)
    assert len(stores.ledger.of(a_key())) == 1


def test_a_plan_is_written_with_its_picks_or_not_at_all(stores: Stores) -> None:
    profile = a_channel("papers").profile
    digest = Digest(profile, date(2026, 3, 12), 0, 1, (a_pick(),), MORNING)
    plan(stores, digest=digest)
    assert stores.digests.shown_to(profile)
    other = Digest(profile, date(2026, 3, 12), 0, 2, (), MORNING)
    assert not plan(stores, digest=other)
    kept = stores.digests.get(profile, date(2026, 3, 12), 0)
    assert kept is not None
    assert kept.revision == 1
    broken = [*parts(1), *parts(1)]
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        plan(stores, a_key(day=13), parts=broken, digest=Digest(profile, date(2026, 3, 13), 0, 3, (), MORNING))
    assert stores.ledger.of(a_key(day=13)) == []
    assert stores.digests.get(profile, date(2026, 3, 13), 0) is None


def test_a_digest_with_nothing_to_say_settles_its_date(stores: Stores) -> None:
    assert plan(stores, parts=[])
    assert states(stores) == [DeliveryState.SKIPPED]
    assert stores.ledger.claim(MORNING, LEASE) is None
    assert not plan(stores)


def test_a_skipped_date_has_its_reason_and_is_not_planned_again(stores: Stores) -> None:
    channel = a_channel("papers")
    assert stores.ledger.skip(a_key(), channel.profile, channel, "nothing was announced", MORNING)
    assert not stores.ledger.skip(a_key(), channel.profile, channel, "again", MORNING)
    assert not plan(stores)
    [record] = stores.ledger.of(a_key())
    assert (record.state, record.why, record.payload) == (DeliveryState.SKIPPED, "nothing was announced", "")


def test_planned_digests_are_listed_from_a_local_date_on(stores: Stores) -> None:
    for day in (11, 12, 13):
        plan(stores, a_key(day=day))
    plan(stores, a_key(day=13, edition=1))
    assert stores.ledger.planned_since(date(2026, 3, 12)) == {a_key(day=12), a_key(day=13), a_key(day=13, edition=1)}


def test_the_longest_waiting_digest_is_claimed_first(stores: Stores) -> None:
    plan(stores, a_key("late riser"), now=MORNING + MINUTE)
    plan(stores, a_key("early bird"), now=MORNING)
    claims = [stores.ledger.claim(MORNING + MINUTE, LEASE) for _ in range(3)]
    assert [claim and claim.channel.id for claim in claims] == ["early bird", "late riser", None]


def test_nothing_is_claimed_before_it_was_planned_to_be(stores: Stores) -> None:
    plan(stores, now=MORNING + MINUTE)
    assert stores.ledger.claim(MORNING, LEASE) is None


def test_a_part_waits_until_the_parts_before_it_are_settled(stores: Stores) -> None:
    plan(stores, count=3)
    first = claimed(stores)
    assert first.part == 0
    assert stores.ledger.claim(MORNING, LEASE) is None
    stores.ledger.settle(first, Sent(MessageId("m0")), MORNING)
    second = claimed(stores)
    assert (second.part, second.paper, second.thread) == (1, a_paper(1).id, "m0")
    stores.ledger.settle(second, Unknown("timed out", MORNING + MINUTE), MORNING)
    assert stores.ledger.claim(MORNING, LEASE) is None
    again = claimed(stores, MINUTE)
    stores.ledger.settle(again, Sent(MessageId("m1")), MORNING)
    third = claimed(stores)
    stores.ledger.settle(third, Sent(MessageId("m2")), MORNING)
    assert [(record.part, record.state, record.message) for record in stores.ledger.of(a_key())] == [
        (number, DeliveryState.SENT, f"m{number}") for number in range(3)
    ]


def test_a_digest_once_begun_is_finished_before_a_later_one(stores: Stores) -> None:
    plan(stores, a_key("first"), count=2)
    plan(stores, a_key("second"), count=1, now=MORNING + MINUTE)
    stores.ledger.settle(claimed(stores), Sent(MessageId("m0")), MORNING + MINUTE)
    assert claimed(stores, MINUTE).channel.id == "first"


def test_different_digests_go_out_side_by_side(stores: Stores) -> None:
    for name in ("one", "two"):
        plan(stores, a_key(name), count=2)
    assert {claimed(stores).channel.id, claimed(stores).channel.id} == {"one", "two"}
    assert stores.ledger.claim(MORNING, LEASE) is None


def test_messages_of_one_destination_go_out_one_after_the_other_in_the_order_of_their_planning(stores: Stores) -> None:
    for day, edition, count in ((12, 0, 2), (11, 0, 1), (12, 1, 1)):
        plan(stores, a_key(day=day, edition=edition), count=count)
    plan(stores, a_key("other"))
    order = []
    for _ in range(4):
        [claim, *others] = stores.ledger.claim_many(MORNING, LEASE, 9)
        order.append((claim.key.local_date.day, claim.key.edition, claim.part))
        assert [each.channel.id for each in others] == ["other"] * (not order[1:])
        assert stores.ledger.claim(MORNING, LEASE) is None
        stores.ledger.settle(claim, Sent(MessageId(f"m{len(order)}")), MORNING)
    assert order == [(12, 0, 0), (12, 0, 1), (11, 0, 0), (12, 1, 0)]


@pytest.mark.parametrize(
    "outcome",
    [Deferred("rate limit", MORNING + MINUTE), Unknown("timed out", MORNING + MINUTE)],
    ids=["put off", "doubt"],
)
def test_what_waits_in_a_destination_is_not_overtaken_by_what_was_planned_later(
    stores: Stores, outcome: Outcome
) -> None:
    plan(stores, count=2)
    plan(stores, a_key(edition=1))
    stores.ledger.settle(claimed(stores), outcome, MORNING)
    assert stores.ledger.claim(MORNING, LEASE) is None
    assert stores.ledger.next_due(MORNING) == MORNING + MINUTE
    parts_sent = []
    while claim := stores.ledger.claim(MORNING + MINUTE, LEASE):
        parts_sent.append((claim.key.edition, claim.part))
        stores.ledger.settle(claim, Sent(MessageId(f"m{len(parts_sent)}")), MORNING + MINUTE)
    assert parts_sent == [(0, 0), (0, 1), (1, 0)]


def test_a_place_that_rests_after_a_message_gets_the_next_one_when_it_may(stores: Stores) -> None:
    plan(stores, count=3)
    stores.ledger.settle(claimed(stores), Sent(MessageId("m1"), rest_until=MORNING + MINUTE), MORNING)
    assert stores.ledger.claim(MORNING, LEASE) is None
    assert stores.ledger.next_due(MORNING) == MORNING + MINUTE
    stores.ledger.settle(claimed(stores, MINUTE), Sent(MessageId("m2")), MORNING + MINUTE)
    last = claimed(stores, MINUTE)
    stores.ledger.settle(last, Sent(MessageId("m3"), rest_until=MORNING + LEASE), MORNING + MINUTE)
    assert stores.ledger.next_due(MORNING) is None


def test_the_message_of_a_vanished_sender_holds_up_its_destination_until_somebody_takes_it_over(stores: Stores) -> None:
    plan(stores)
    plan(stores, a_key(edition=1))
    claimed(stores)
    assert stores.ledger.claim(MORNING + LEASE / 2, LEASE) is None
    again = claimed(stores, LEASE)
    assert (again.key.edition, again.doubtful) == (0, True)
    stores.ledger.settle(again, Held("nobody can tell"), MORNING + LEASE)
    assert claimed(stores, LEASE).key.edition == 1


def test_handles_side_by_side_never_hold_two_messages_of_one_destination(open_more: Opener) -> None:
    handles = [open_more() for _ in range(4)]
    for edition in range(3):
        for number in range(5):
            plan(handles[0], a_key(f"c{number}", edition=edition), count=2)
    held: Counter[str] = Counter()
    sent: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def send(number: int) -> None:
        stores = handles[number % len(handles)]
        # What is left may be in others' hands; those go on with what comes after it.
        while claims := stores.ledger.claim_many(MORNING, LEASE, 2):
            for claim in claims:
                held[claim.channel.id] += 1
                assert held[claim.channel.id] == 1
                sent[claim.channel.id].append((claim.key.edition, claim.part))
            for claim in claims:
                held[claim.channel.id] -= 1
            settled = [(claim, Sent(MessageId(f"{claim.key} {claim.part}"))) for claim in claims]
            assert stores.ledger.settle_many(settled, MORNING) == []

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(8)))
    in_order = [(edition, part) for edition in range(3) for part in range(2)]
    assert sent == {f"c{number}": in_order for number in range(5)}


def test_a_part_whose_sender_vanished_comes_back_doubtful(open_more: Opener) -> None:
    plan(open_more())
    claimed(open_more())
    assert open_more().ledger.claim(MORNING + LEASE / 2, LEASE) is None
    again = claimed(open_more(), LEASE)
    assert (again.attempt, again.doubtful, again.doubtful_since) == (2, True, MORNING)
    third = claimed(open_more(), 2 * LEASE)
    assert (third.attempt, third.doubtful_since) == (3, MORNING)


def test_an_unknown_outcome_comes_back_doubtful_at_its_time(stores: Stores) -> None:
    plan(stores)
    stores.ledger.settle(claimed(stores), Unknown("timed out after 10 s", MORNING + 5 * MINUTE), MORNING + MINUTE)
    assert states(stores) == [DeliveryState.AMBIGUOUS]
    assert stores.ledger.claim(MORNING + 4 * MINUTE, LEASE) is None
    again = claimed(stores, 5 * MINUTE)
    assert (again.doubtful, again.doubtful_since) == (True, MORNING)


def test_a_deferred_part_comes_back_at_its_time_without_doubt(stores: Stores) -> None:
    plan(stores)
    stores.ledger.settle(claimed(stores), Deferred("rate limit", MORNING + MINUTE), MORNING)
    assert states(stores) == [DeliveryState.PLANNED]
    assert stores.ledger.claim(MORNING, LEASE) is None
    again = claimed(stores, MINUTE)
    assert (again.attempt, again.doubtful, again.doubtful_since) == (2, False, None)


def test_the_doubt_of_an_earlier_attempt_stays_over_a_deferred_one(stores: Stores) -> None:
    plan(stores)
    stores.ledger.settle(claimed(stores), Unknown("timed out", MORNING + MINUTE), MORNING)
    stores.ledger.settle(claimed(stores, MINUTE), Deferred("no connection", MORNING + 2 * MINUTE), MORNING + MINUTE)
    again = claimed(stores, 2 * MINUTE)
    assert (again.doubtful, again.doubtful_since) == (True, MORNING)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Rejected("channel is gone"), DeliveryState.REJECTED),
        (Held("history is unreadable"), DeliveryState.HELD),
        (Skipped("its date is over"), DeliveryState.SKIPPED),
    ],
)
def test_what_ends_one_part_ends_the_later_parts_likewise(
    stores: Stores, outcome: Outcome, state: DeliveryState
) -> None:
    plan(stores, count=4)
    plan(stores, a_key("other"))
    stores.ledger.settle(claimed(stores), Sent(MessageId("m0")), MORNING)
    stores.ledger.settle(claimed(stores), outcome, MORNING)
    assert states(stores) == [DeliveryState.SENT, state, state, state]
    assert claimed(stores).channel.id == "other"
    assert stores.ledger.claim(MORNING + timedelta(days=365), timedelta(days=1)) is not None
    assert {record.why for record in stores.ledger.of(a_key()) if record.state is state} == {outcome.why}  # type: ignore[union-attr]  # both have one


def test_a_sender_that_overslept_its_lease_changes_nothing(stores: Stores) -> None:
    plan(stores)
    overslept = claimed(stores)
    holder = claimed(stores, LEASE)
    with pytest.raises(ClaimLost):
        stores.ledger.settle(overslept, Rejected("channel is gone"), MORNING + LEASE)
    stores.ledger.settle(holder, Sent(MessageId("m0")), MORNING + LEASE)
    assert states(stores) == [DeliveryState.SENT]


@pytest.mark.parametrize("outcome", [Sent(MessageId("m0")), Rejected("channel is gone"), Held("nobody can tell")])
def test_a_settled_part_is_settled_for_good(stores: Stores, outcome: Outcome) -> None:
    plan(stores)
    claim = claimed(stores)
    stores.ledger.settle(claim, outcome, MORNING)
    assert stores.ledger.claim(MORNING + timedelta(days=365), LEASE) is None
    with pytest.raises(ClaimLost):
        stores.ledger.settle(claim, outcome, MORNING)


def test_what_was_held_is_planned_anew_with_its_payload_and_without_doubt_when_the_host_asks(stores: Stores) -> None:
    plan(stores, count=3)
    stores.ledger.settle(claimed(stores), Sent(MessageId("m1")), MORNING)
    stores.ledger.settle(claimed(stores), Unknown("no answer", MORNING + MINUTE), MORNING)
    stores.ledger.settle(claimed(stores, MINUTE), Held("history is closed"), MORNING + MINUTE)
    assert states(stores) == [DeliveryState.SENT, DeliveryState.HELD, DeliveryState.HELD]
    assert stores.ledger.redo(a_key(), MORNING + MINUTE) == 2
    assert states(stores) == [DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.PLANNED]
    claim = claimed(stores, MINUTE)
    assert (claim.part, claim.payload, claim.attempt, claim.doubtful) == (1, "payload 1", 3, False)
    assert claim.thread == "m1"
    stores.ledger.settle(claim, Sent(MessageId("m2")), MORNING + MINUTE)
    assert claimed(stores, MINUTE).part == 2


def test_nothing_is_planned_anew_that_was_sent_is_open_or_says_nothing(stores: Stores) -> None:
    plan(stores, a_key("sent"))
    stores.ledger.settle(claimed(stores), Sent(MessageId("m1")), MORNING)
    plan(stores, a_key("open"))
    plan(stores, a_key("silent"), parts=[])
    for name in ("sent", "open", "silent", "unknown"):
        assert stores.ledger.redo(a_key(name), MORNING) == 0
    assert states(stores, a_key("silent")) == [DeliveryState.SKIPPED]


def test_the_next_due_instant_is_that_of_the_part_that_can_be_claimed_first(stores: Stores) -> None:
    assert stores.ledger.next_due(MORNING) is None
    plan(stores, count=2)
    assert stores.ledger.next_due(MORNING) == MORNING
    claim = claimed(stores)
    assert stores.ledger.next_due(MORNING) == MORNING + LEASE
    stores.ledger.settle(claim, Deferred("rate limit", MORNING + MINUTE), MORNING)
    assert stores.ledger.next_due(MORNING) == MORNING + MINUTE
    assert stores.ledger.next_due(MORNING + LEASE) == MORNING + LEASE
    stores.ledger.settle(claimed(stores, MINUTE), Rejected("gone"), MORNING)
    assert stores.ledger.next_due(MORNING) is None


def test_a_posted_message_is_known_again(stores: Stores) -> None:
    plan(stores, count=2)
    for number in range(2):
        stores.ledger.settle(claimed(stores), Sent(MessageId(f"m{number}")), MORNING)
    record = stores.ledger.by_message(a_channel("papers"), MessageId("m1"))
    assert record is not None
    assert (record.key, record.part, record.paper, record.payload) == (a_key(), 1, a_paper(1).id, "payload 1")
    assert stores.ledger.by_message(a_channel("other"), MessageId("m1")) is None
    assert stores.ledger.by_message(a_channel("papers"), MessageId("m7")) is None


def test_the_newest_parts_come_first(stores: Stores) -> None:
    plan(stores, a_key("one", day=11), count=2, late=True)
    plan(stores, a_key("two"), now=MORNING + MINUTE)
    everybodys = stores.ledger.recent(None, 2)
    assert [(record.channel.name, record.part, record.late) for record in everybodys] == [
        ("two", 0, False),
        ("one", 1, True),
    ]
    of_one = stores.ledger.recent(a_key("one").destination, 9)
    assert [record.part for record in of_one] == [1, 0]
    assert of_one[0].planned_at == MORNING


def test_handles_side_by_side_never_hold_the_same_part(open_more: Opener) -> None:
    handles = [open_more() for _ in range(4)]
    for number in range(20):
        plan(handles[0], a_key(f"c{number:02}"), count=3)

    def send(number: int) -> list[tuple[str, int]]:
        stores, mine = handles[number % len(handles)], []
        while claim := stores.ledger.claim(MORNING, LEASE):
            mine.append((claim.channel.id, claim.part))
            stores.ledger.settle(claim, Sent(MessageId(f"{claim.channel.id}-{claim.part}")), MORNING)
        return mine

    with ThreadPoolExecutor(8) as threads:
        sent = [part for mine in threads.map(send, range(8)) for part in mine]
    assert sorted(sent) == [(f"c{number:02}", part) for number in range(20) for part in range(3)]


def test_one_key_planned_by_many_at_once_is_planned_by_one(open_more: Opener) -> None:
    handles: list[Stores] = [open_more() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        planned = list(threads.map(lambda number: plan(handles[number % 4], parts=parts(2, str(number))), range(40)))
    assert planned.count(True) == 1
    assert [record.payload for record in handles[0].ledger.of(a_key())] == [
        f"{planned.index(True)} 0",
        f"{planned.index(True)} 1",
    ]


def test_an_instant_without_a_time_zone_is_refused(stores: Stores) -> None:
    naive = MORNING.replace(tzinfo=None)
    channel: Channel = a_channel()
    plan(stores)
    claim = claimed(stores)
    for deed in (
        lambda: plan(stores, a_key(day=20), now=naive),
        lambda: stores.ledger.skip(a_key(day=20), channel.profile, channel, "why", naive),
        lambda: stores.ledger.claim(naive, LEASE),
        lambda: stores.ledger.settle(claim, Sent(MessageId("m0")), naive),
        lambda: stores.ledger.settle(claim, Deferred("rate limit", naive), MORNING),
        lambda: stores.ledger.next_due(naive),
        lambda: stores.ledger.redo(a_key(), naive),
    ):
        with pytest.raises(ValueError, match="time zone"):
            deed()
    assert states(stores) == [DeliveryState.SENDING]


def test_several_parts_are_claimed_at_once_longest_waiting_first_and_one_of_each_digest(stores: Stores) -> None:
    for number in range(4):
        plan(stores, a_key(f"c{number}"), count=2, now=MORNING + number * timedelta(seconds=1))
    first = stores.ledger.claim_many(MORNING + MINUTE, LEASE, 3)
    assert [claim.channel.id for claim in first] == ["c0", "c1", "c2"]
    assert {claim.part for claim in first} == {0}
    assert [claim.channel.id for claim in stores.ledger.claim_many(MORNING + MINUTE, LEASE, 3)] == ["c3"]
    assert stores.ledger.claim_many(MORNING + MINUTE, LEASE, 3) == []


def test_several_claims_are_settled_at_once_each_with_its_own_outcome(stores: Stores) -> None:
    names = ("sent", "rejected", "unknown", "deferred")
    for name in names:
        plan(stores, a_key(name), count=2)
    claims = {claim.channel.id: claim for claim in stores.ledger.claim_many(MORNING, LEASE, 9)}
    outcomes: dict[str, Outcome] = {
        "sent": Sent(MessageId("m1")),
        "rejected": Rejected("the channel is gone"),
        "unknown": Unknown("no answer", MORNING + MINUTE),
        "deferred": Deferred("rate limited", MORNING + 2 * MINUTE),
    }
    assert stores.ledger.settle_many([(claims[name], outcomes[name]) for name in names], MORNING) == []
    assert states(stores, a_key("sent")) == [DeliveryState.SENT, DeliveryState.PLANNED]
    assert states(stores, a_key("rejected")) == [DeliveryState.REJECTED, DeliveryState.REJECTED]
    assert states(stores, a_key("unknown")) == [DeliveryState.AMBIGUOUS, DeliveryState.PLANNED]
    assert states(stores, a_key("deferred")) == [DeliveryState.PLANNED, DeliveryState.PLANNED]
    followed = stores.ledger.claim_many(MORNING, LEASE, 9)
    assert [(claim.channel.id, claim.part, claim.thread) for claim in followed] == [("sent", 1, MessageId("m1"))]
    later = stores.ledger.claim_many(MORNING + 2 * MINUTE - timedelta(seconds=1), LEASE, 9)
    assert [(claim.channel.id, claim.doubtful) for claim in later] == [("unknown", True)]


def test_of_claims_settled_at_once_the_lost_ones_come_back_and_the_others_count(stores: Stores) -> None:
    for name in ("kept", "lost"):
        plan(stores, a_key(name))
    kept, lost = stores.ledger.claim_many(MORNING, LEASE, 2)
    stores.ledger.settle(lost, Held("nobody can tell"), MORNING)
    settled = [(claim, Sent(MessageId(f"m-{claim.channel.id}"))) for claim in (kept, lost)]
    assert stores.ledger.settle_many(settled, MORNING) == [lost]
    assert states(stores, a_key("kept")) == [DeliveryState.SENT]
    assert states(stores, a_key("lost")) == [DeliveryState.HELD]


def test_s11_words_of_old_messages_are_let_go_and_nothing_younger_or_open(stores: Stores) -> None:
    for day in (1, 2, 3, 4):
        plan(stores, a_key(day=day), count=2)
    while (claim := stores.ledger.claim(MORNING, LEASE)) is not None and claim.key.local_date.day != 2:
        stores.ledger.settle(claim, Sent(MessageId(f"{claim.key.local_date} {claim.part}")), MORNING)
    assert stores.ledger.drop_words(date(2026, 3, 3)) == 2
    assert stores.ledger.drop_words(date(2026, 3, 3)) == 0
    said = {day: [record.payload for record in stores.ledger.of(a_key(day=day))] for day in (1, 2, 3, 4)}
    assert said == {1: ["", ""], 2: ["payload 0", "payload 1"], 3: said[4], 4: ["payload 0", "payload 1"]}
    assert not plan(stores, a_key(day=1))
    found = stores.ledger.by_message(a_channel("papers"), MessageId("2026-03-01 1"))
    assert found is not None
    assert found.paper == a_paper(1).id
    assert stores.ledger.redo(a_key(day=1), MORNING) == 0
