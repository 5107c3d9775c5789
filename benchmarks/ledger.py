"""Deliveries claimed and settled: how many a second side by side, and how long a single one takes."""

import time
from datetime import UTC, datetime, timedelta

from benchmarks.durable_writes import per_second, stores_on_disk, sync_ms, taken_ms
from benchmarks.figures import percentiles
from bot.deliveries import PlannedPart, Sent
from bot.model import Channel, DeliveryKey, DeliveryState, MessageId, destination_of
from storage.sqlite import SqliteStores

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
SENDERS = 128
DIGESTS = 128 * 80
BATCH = 50
SINGLE = 500
PAYLOAD = '{"text": "' + "a pick and its reasons, as the platform wants them. " * 40 + '"}'


def measure_ledger(digests: int = DIGESTS, single: int = SINGLE) -> dict[str, object]:
    """Plan digests due at once, claim and settle them by 128 senders, as many in batches, ``single`` more one by one.

    Returns:
        Rates a second of digests planned, and of pairs of claim and settlement: by the senders side by side, and by one
        that takes and settles `BATCH` at once; ``single_pair_…`` is one sender with one part at a time;
        ``claimed_twice`` counts parts that two senders held; ``sync_…`` is the disk alone, in the same run.
    """
    with stores_on_disk() as stores:
        plans_per_s = per_second(SENDERS, digests, lambda number: _plan(stores, number))
        claims: list[str] = []
        pairs_per_s = per_second(SENDERS, digests, lambda _: claims.append(_send_one(stores)))
        for number in range(digests, 2 * digests):
            _plan(stores, number)
        began = time.perf_counter()
        while claimed := _send_batch(stores):
            claims += claimed
        batched_per_s = round(digests / (time.perf_counter() - began))
        sent = sum(record.state is DeliveryState.SENT for record in stores.ledger.recent(None, 2 * digests))
        for number in range(2 * digests, 2 * digests + single):
            _plan(stores, number)
        alone = taken_ms(range(single), lambda _: _send_one(stores))
    return {
        "plans_per_s": plans_per_s,
        "pairs_per_s": pairs_per_s,
        "batches_of_50_per_s": batched_per_s,
        "senders": SENDERS,
        **percentiles("single_pair_", alone),
        **percentiles("sync_", sync_ms()),
        "digests": len(claims),
        "sent": sent,
        "claimed_twice": len(claims) - len(set(claims)),
    }


def _plan(stores: SqliteStores, number: int) -> bool:
    channel = Channel("bench", "lab", f"channel-{number}")
    key = DeliveryKey(destination_of(channel), NOW.date())
    part = PlannedPart(0, PAYLOAD, f"marker-{number}", None)
    return stores.ledger.plan(key, channel.profile, channel, [part], late=False, digest=None, now=NOW)


def _send_batch(stores: SqliteStores) -> list[str]:
    """Claim up to `BATCH` parts at once and settle them at once as sent; return whose they were."""
    claimed = stores.ledger.claim_many(NOW, LEASE, BATCH)
    stores.ledger.settle_many([(claim, Sent(MessageId(f"message-{claim.channel.id}"))) for claim in claimed], NOW)
    return [claim.channel.id for claim in claimed]


def _send_one(stores: SqliteStores) -> str:
    """Claim a part and settle it as sent; return whose it was, empty when there was none."""
    claim = stores.ledger.claim(NOW, LEASE)
    if claim is None:
        return ""
    stores.ledger.settle(claim, Sent(MessageId(f"message-{claim.channel.id}")), NOW)
    return claim.channel.id
