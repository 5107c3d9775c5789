"""Three years of a round with any schedule in any zone, on a clock that people set forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Cadence, DeliveryKey, Subscription
from bot.schedule import due_digests, instant_of, next_due_at
from bot.timetable import zone_names
from tests.builders import a_channel, a_member

YEARS = timedelta(days=3 * 365)
DAY = timedelta(days=1)
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)

ZONES = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
WEEKDAYS = st.frozensets(st.integers(1, 7), min_size=1)
STARTS = st.datetimes(datetime(2000, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
# On which waking the clock is set, and by how much; most people set it by minutes, some by days.
JUMPS = st.dictionaries(
    st.integers(0, 1000),
    st.one_of(st.integers(-90, 90), st.integers(-3 * 24 * 60, 3 * 24 * 60)).map(
        lambda minutes: timedelta(minutes=minutes)
    ),
    max_size=12,
)
Jumps = dict[int, timedelta]


class Life:
    """A round that sleeps until something is due, as `run` does, and remembers what it planned."""

    def __init__(self, subscription: Subscription, start: datetime, jumps: Jumps) -> None:
        self.fired: list[date] = []
        self.left_out: list[tuple[datetime, datetime]] = []
        planned: set[DeliveryKey] = set()
        now = start
        waking = 0
        while now < start + YEARS:
            # As the ledger is asked: only the last days' keys, whatever was planned for later ones included.
            known = {key for key in planned if key.local_date >= now.date() - 2 * DAY}
            for due in due_digests([subscription], now, known):
                planned.add(due.key)
                self.fired.append(due.key.local_date)
            before = now + timedelta(seconds=1)
            now = next_due_at([subscription], now) or now + DAY
            if waking in jumps:
                now += jumps[waking]
                if jumps[waking] > timedelta(0):
                    self.left_out.append((before, now))
            waking += 1
        self.end = now


def a_subscription(zone: ZoneInfo, at: time, weekdays: frozenset[int]) -> Subscription:
    return Subscription(a_member().profile, a_channel(), Cadence.WEEKLY, at, zone, weekdays, LONG_AGO)


def expected(
    zone: ZoneInfo, at: time, weekdays: frozenset[int], start: datetime, end: datetime
) -> dict[date, datetime]:
    """Return every local date that has its time, with the instant."""
    first = start.astimezone(zone).date() - DAY
    days = (first + number * DAY for number in range((end - start).days + 4))
    instants = {day: instant_of(day, at, zone) for day in days if day.isoweekday() in weekdays}
    return {day: instant for day, instant in instants.items() if instant is not None and start < instant < end}


@settings(max_examples=25, deadline=None)
@given(ZONES, TIMES, WEEKDAYS, STARTS)
def test_each_local_date_that_has_its_time_fires_once_over_three_years(
    zone: ZoneInfo, at: time, weekdays: frozenset[int], start: datetime
) -> None:
    life = Life(a_subscription(zone, at, weekdays), start, {})
    wanted = expected(zone, at, weekdays, start, start + YEARS)
    assert len(life.fired) == len(set(life.fired))
    assert sorted(wanted.keys() - set(life.fired)) == []
    # One more at most: what was due before the first waking is delivered late.
    assert len(set(life.fired) - wanted.keys()) <= 1


@settings(max_examples=25, deadline=None)
@given(ZONES, TIMES, WEEKDAYS, STARTS, JUMPS)
def test_c3_a_clock_that_is_set_posts_no_date_twice_and_leaves_out_only_what_it_jumped_over(
    zone: ZoneInfo, at: time, weekdays: frozenset[int], start: datetime, jumps: Jumps
) -> None:
    life = Life(a_subscription(zone, at, weekdays), start, jumps)
    wanted = expected(zone, at, weekdays, start, min(start + YEARS, life.end))
    assert len(life.fired) == len(set(life.fired))
    missed = [day for day in wanted if day not in life.fired]
    jumped_over = [day for day in missed if any(since <= wanted[day] <= until for since, until in life.left_out)]
    assert missed == jumped_over
