"""Reactions kept durably: how many a second when many come at once, and how long a single one takes."""

from datetime import UTC, datetime
from itertools import count
from statistics import median

from benchmarks.durable_writes import per_second, stores_on_disk, sync_ms, taken_ms
from benchmarks.figures import percentiles
from bot.model import Channel, Feedback, Member, PaperId, Verdict
from storage.sqlite import SqliteStores

AT = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
IN_FLIGHT = 256
FLOOD = 25_600
SINGLE = 1_000
ROUNDS = 3


def measure_reactions(flood: int = FLOOD, single: int = SINGLE) -> dict[str, object]:
    """Record acts of 500 members on 5,000 papers in 50 channels, each acknowledged after its commit.

    Returns:
        ``in_flight_…_per_s``: the median of three rounds with 256 and with 16 callers at once, each of which waits;
        ``batches_…``: one caller with 256 acts at once; ``single_…``: one caller with one at a time; ``sync_…``: the
        disk alone, in the same run.
    """
    with stores_on_disk() as stores:
        numbers = count()

        def record(_: int) -> bool:
            return stores.feedback.record(_an_act(next(numbers)))

        def record_batch(_: int) -> int:
            return stores.feedback.record_all([_an_act(next(numbers)) for _ in range(IN_FLIGHT)])

        rounds = [
            (
                per_second(IN_FLIGHT, flood, record),
                per_second(16, flood // 4, record),
                per_second(1, flood // IN_FLIGHT, record_batch) * IN_FLIGHT,
            )
            for _ in range(ROUNDS)
        ]
        alone = taken_ms(range(single), record)
        kept = _kept(stores)
    return {
        "in_flight_256_per_s": median(many for many, _, _ in rounds),
        "in_flight_16_per_s": median(few for _, few, _ in rounds),
        "batches_of_256_per_s": median(batched for _, _, batched in rounds),
        **percentiles("single_", alone),
        **percentiles("sync_", sync_ms()),
        "recorded": next(numbers),
        "kept": kept,
    }


def _an_act(number: int) -> Feedback:
    return Feedback(
        event=f"event-{number}",
        member=Member("bench", "lab", f"member-{number % 500}"),
        channel=Channel("bench", "lab", f"channel-{number % 50}"),
        paper=PaperId(f"arxiv:2603.{number % 5000:05}"),
        verdict=Verdict.LIKE,
        at=AT,
    )


def _kept(stores: SqliteStores) -> int:
    return len(stores.feedback.since(AT))
