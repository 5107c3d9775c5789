"""Which digests are due at an instant: pure, so that every odd night of every time zone can be a test."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

from bot.model import DeliveryKey, Subscription, destination_of

# Yesterday's digest is owed this long past its hour, so that a tick which straddles midnight loses nothing.
# Longer, and a machine that was off for days would begin with a pile of old digests.
GRACE = timedelta(hours=1)

# From here on the digest says that it is late; less is the ordinary unevenness of a busy minute.
LATE_AFTER = timedelta(minutes=15)

# Every schedule has at least one weekday, and one week may lose a day to a move across the date line.
HORIZON_DAYS = 15


@dataclass(frozen=True, slots=True)
class DueDigest:
    subscription: Subscription
    key: DeliveryKey
    due_at: datetime
    late: bool


def due_digests(
    subscriptions: Iterable[Subscription], now: datetime, planned: Container[DeliveryKey]
) -> list[DueDigest]:
    """Return the digests to plan at ``now``, the longest-waiting first; at most one for each subscription.

    Args:
        now: Any instant with a time zone.
        planned: Keys already in the ledger, whatever became of them.

    Raises:
        ValueError: If ``now`` has no time zone.
    """
    refuse_naive(now)
    found = (_due_digest(subscription, now) for subscription in subscriptions if subscription.paused is None)
    due = [digest for digest in found if digest is not None and digest.key not in planned]
    return sorted(due, key=lambda digest: (digest.due_at, digest.key))


def evenly(due: Sequence[DueDigest]) -> list[DueDigest]:
    """Return digests in turns, the first of each community, then the second of each: none waits for a large one."""
    communities: dict[tuple[str, str], list[DueDigest]] = {}
    for digest in due:
        place = digest.subscription.channel
        communities.setdefault((place.platform, place.community), []).append(digest)
    return [digest for turn in zip_longest(*communities.values()) for digest in turn if digest is not None]


def dates_before(subscription: Subscription, day: date) -> Iterator[date]:
    """Yield the dates before ``day`` on which this schedule was due, newest first, as far back as picks reach."""
    for back in range(1, HORIZON_DAYS):
        before = day - timedelta(days=back)
        due_at = _falls_due(subscription, before)
        if due_at is not None and due_at < subscription.since:
            return
        if due_at is not None:
            yield before


def next_due_at(subscriptions: Iterable[Subscription], now: datetime) -> datetime | None:
    """Return the first instant after ``now`` at which a digest falls due: the time to sleep until.

    None when there are no subscriptions, or all are paused.

    Raises:
        ValueError: If ``now`` has no time zone.
    """
    refuse_naive(now)
    return min(
        (
            instant
            for subscription in subscriptions
            if subscription.paused is None and (instant := _next_of(subscription, now))
        ),
        default=None,
    )


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant, in UTC, at which the wall clock of ``zone`` reaches ``at`` on ``day``.

    A time that comes twice counts once, the first time; a time that the clock jumps over counts at the jump, even where
    that is midnight already (Nuuk, 28 March 2026). None when the whole day was jumped over (Apia, 30 December 2011).
    """
    wall = datetime.combine(day, at, tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    jump = _jump_between(wall.replace(fold=1).astimezone(UTC), instant, zone)
    last = (jump - timedelta(seconds=1)).astimezone(zone).date()
    return None if last < day < jump.astimezone(zone).date() else jump


def local_date(subscription: Subscription, now: datetime) -> date:
    return now.astimezone(subscription.zone).date()


def refuse_naive(instant: datetime) -> None:
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone, got {instant.isoformat()}")


def _due_digest(subscription: Subscription, now: datetime) -> DueDigest | None:
    today = local_date(subscription, now)
    # Today before yesterday: of two that are owed, only the newer one is worth reading.
    for day, owed_for in ((today, timedelta.max), (today - timedelta(days=1), GRACE)):
        due_at = _falls_due(subscription, day)
        if due_at is None or due_at > now:
            continue
        waited = now - due_at
        # A host may ask for a date before the schedule was set (`deliver --at`): then nothing was missed, it is asked.
        set_after_it_fell_due = due_at < subscription.since <= now
        if set_after_it_fell_due or waited > owed_for:
            return None
        key = DeliveryKey(destination_of(subscription.channel), day)
        return DueDigest(subscription, key, due_at, late=waited > LATE_AFTER)
    return None


def _next_of(subscription: Subscription, now: datetime) -> datetime | None:
    today = local_date(subscription, now)
    for ahead in range(HORIZON_DAYS):
        instant = _falls_due(subscription, today + timedelta(days=ahead))
        if instant and instant > now:
            return instant
    return None


def _falls_due(subscription: Subscription, day: date) -> datetime | None:
    if day.isoweekday() not in subscription.weekdays:
        return None
    return instant_of(day, subscription.at, subscription.zone)


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    # zoneinfo knows its transitions but does not tell them; between these two there is one, so we search for it.
    old_offset = before.astimezone(zone).utcoffset()

    def has_jumped(seconds: int) -> bool:
        return (before + timedelta(seconds=seconds)).astimezone(zone).utcoffset() != old_offset

    span = range(int((after - before).total_seconds()) + 1)
    return before + timedelta(seconds=bisect_left(span, x=True, key=has_jumped))
