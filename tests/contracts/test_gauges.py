"""What every `bot.ports.Gauges` tells."""

from datetime import date, timedelta

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, DeliveryState, MessageId, destination_of
from bot.ports import Stores
from tests.builders import MORNING, a_channel

PAPERS = a_channel("papers")


def test_parts_are_counted_in_each_state_and_what_could_be_sent_next_is_the_queue(stores: Stores) -> None:
    assert set(stores.gauges.deliveries().values()) == {0}
    assert stores.gauges.waiting(MORNING) == (0, timedelta())
    key = DeliveryKey(destination_of(PAPERS), date(2026, 3, 12))
    parts = [PlannedPart(number, f"part {number}", f"marker-{number}", None) for number in range(3)]
    stores.ledger.plan(key, PAPERS.profile, PAPERS, parts, late=False, digest=None, now=MORNING)
    later = MORNING + timedelta(minutes=3)
    assert stores.gauges.waiting(later) == (1, timedelta(minutes=3))
    claim = stores.ledger.claim(later, timedelta(minutes=2))
    assert claim is not None
    stores.ledger.settle(claim, Sent(MessageId("m1")), later)
    counted = stores.gauges.deliveries()
    assert (counted[DeliveryState.SENT], counted[DeliveryState.PLANNED]) == (1, 2)
    assert set(counted) == set(DeliveryState)


def test_what_waits_for_an_earlier_message_to_its_place_is_no_queue(stores: Stores) -> None:
    for edition in range(2):
        key = DeliveryKey(destination_of(PAPERS), date(2026, 3, 12), edition)
        part = PlannedPart(0, "part", f"marker-{edition}", None)
        stores.ledger.plan(key, PAPERS.profile, PAPERS, [part], late=False, digest=None, now=MORNING)
    assert stores.gauges.waiting(MORNING)[0] == 1
    claim = stores.ledger.claim(MORNING, timedelta(minutes=2))
    assert claim is not None
    assert stores.gauges.waiting(MORNING)[0] == 0
    stores.ledger.settle(claim, Sent(MessageId("m1")), MORNING)
    assert stores.gauges.waiting(MORNING)[0] == 1
