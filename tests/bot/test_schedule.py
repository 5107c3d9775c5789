"""When digests fall due, on the odd nights of many time zones too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Cadence, Channel, DeliveryKey, Subscription, destination_of
from bot.schedule import LATE_AFTER, due_digests, instant_of, local_date, next_due_at
from bot.timetable import EVERY_DAY, zone_names
from tests.builders import a_channel, a_member

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

ZONES = st.sampled_from(sorted(zone_names())).map(ZoneInfo)
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
DATES = st.dates(date(1995, 1, 1), date(2037, 12, 31))


def subscription(
    at: time = time(9),
    zone: ZoneInfo = BERLIN,
    weekdays: frozenset[int] = EVERY_DAY,
    since: datetime = LONG_AGO,
    channel: Channel | None = None,
) -> Subscription:
    return Subscription(a_member().profile, channel or a_channel(), Cadence.DAILY, at, zone, weekdays, since)


def local(year: int, month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Europe/Berlin", date(2026, 3, 12), time(9), "2026-03-12T08:00"),
        ("Europe/Berlin", date(2026, 7, 1), time(9), "2026-07-01T07:00"),
        # The clock jumps over 02:30: the first instant after the gap.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        # 02:30 comes twice: the first time.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 15), "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        # The gap ends at midnight: it is the next day when the time is over.
        ("America/Nuuk", date(2026, 3, 28), time(23, 30), "2026-03-29T01:00"),
        # Half an hour only.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        # The gap begins at midnight.
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), "2026-04-23T22:00"),
        ("America/Santiago", date(2026, 9, 6), time(0), "2026-09-06T04:00"),
        ("Asia/Kathmandu", date(2026, 3, 12), time(9), "2026-03-12T03:15"),
        ("Pacific/Kiritimati", date(2026, 3, 12), time(9), "2026-03-11T19:00"),
    ],
)
def test_a_wall_clock_time_is_one_instant(zone: str, day: date, at: time, instant: str) -> None:
    assert instant_of(day, at, ZoneInfo(zone)) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_c5_a_day_that_a_country_skipped_has_no_instant() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant_of(date(2011, 12, 30), time(9), apia) is None
    assert instant_of(date(2011, 12, 29), time(9), apia) is not None
    assert instant_of(date(2011, 12, 31), time(9), apia) is not None


@settings(max_examples=500, deadline=None)
@given(ZONES, DATES, TIMES)
def test_the_instant_lies_on_its_day_not_before_its_time_and_is_the_first_such(
    zone: ZoneInfo, day: date, at: time
) -> None:
    instant = instant_of(day, at, zone)
    if instant is None:
        # Only where the date line moved over the whole of it.
        noon = datetime.combine(day, time(12), tzinfo=zone)
        assert noon.astimezone(UTC).astimezone(zone).date() != day
        return
    wanted = datetime.combine(day, at)
    wall = instant.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    before = (instant - timedelta(minutes=1)).astimezone(zone).replace(tzinfo=None)
    assert before < wanted <= wall
    assert wall.date() == day or before.date() == day


def transitions(zone: ZoneInfo, year: int) -> list[date]:
    """Days of a year on which the clock of a zone is moved."""
    days = [date(year, 1, 1) + DAY * n for n in range(366)]
    noons = [datetime.combine(day, time(12), tzinfo=zone).utcoffset() for day in days]
    return [day for day, before, after in zip(days[1:], noons, noons[1:], strict=False) if before != after]


def test_c2_a_digest_whose_time_is_jumped_over_into_midnight_comes_then_and_the_next_one_a_day_later() -> None:
    nuuk = subscription(time(23, 30), ZoneInfo("America/Nuuk"))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert next_due_at([nuuk], jump - timedelta(minutes=1)) == jump
    (digest,) = due_digests([nuuk], jump, set())
    assert digest.key.local_date == date(2026, 3, 28)
    assert next_due_at([nuuk], jump) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("year", [2011, 2024, 2026])
def test_c1_c2_every_zone_has_one_digest_a_day_around_the_days_its_clock_is_moved(year: int) -> None:
    moved = 0
    for name in sorted(zone_names()):
        zone = ZoneInfo(name)
        for day in transitions(zone, year):
            moved += 1
            for at in (time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(23, 59)):
                days = [day + DAY * n for n in range(-2, 3)]
                instants = [instant for each in days if (instant := instant_of(each, at, zone))]
                assert instants == sorted(set(instants)), (name, day, at)
                skipped = name in {"Pacific/Apia", "Pacific/Fakaofo"} and date(2011, 12, 30) in days
                assert len(instants) == (4 if skipped else 5), (name, day, at)
    assert moved > 150


@settings(max_examples=150, deadline=None)
@given(ZONES, TIMES, st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)), st.integers(1, 90))  # noqa: DTZ001 -- made aware below
def test_waking_at_each_due_time_delivers_every_day_once(zone: ZoneInfo, at: time, start: datetime, days: int) -> None:
    each = subscription(at, zone)
    now = start.replace(tzinfo=UTC)
    planned: set[DeliveryKey] = set()
    for _ in range(min(days, 40)):
        woken = next_due_at([each], now)
        assert woken is not None
        assert timedelta() < woken - now <= timedelta(days=2, hours=3)
        due = due_digests([each], woken, planned)
        assert [digest.due_at for digest in due] == [woken]
        assert not due[0].late
        # The day before only where the clock jumps over the digest's time into midnight.
        assert due[0].key.local_date in {local_date(each, woken), local_date(each, woken - timedelta(seconds=1))}
        assert due[0].key not in planned
        planned.add(due[0].key)
        assert due_digests([each], woken, planned) == []
        now = woken
    assert len(planned) == min(days, 40)


def test_c1_two_ticks_around_a_repeated_hour_deliver_once() -> None:
    each = subscription(time(2, 30))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (digest,) = due_digests([each], first, set())
    for minutes in range(0, 180, 10):
        assert due_digests([each], first + timedelta(minutes=minutes), {digest.key}) == []
    assert next_due_at([each], first) == local(2026, 10, 26, 2, 30)


def test_nothing_is_due_before_its_time_and_one_digest_from_then_on() -> None:
    each = subscription()
    at = local(2026, 3, 12, 9)
    assert due_digests([each], at - timedelta(seconds=1), {yesterdays(each, at)}) == []
    (digest,) = due_digests([each], at, set())
    assert digest.key == DeliveryKey(destination_of(each.channel), date(2026, 3, 12))
    assert digest.due_at == at


def yesterdays(each: Subscription, now: datetime) -> DeliveryKey:
    return DeliveryKey(destination_of(each.channel), local_date(each, now) - DAY)


def test_lateness_is_told_from_the_unevenness_of_a_busy_minute() -> None:
    at = local(2026, 3, 12, 9)
    assert not due_digests([subscription()], at + LATE_AFTER, set())[0].late
    assert due_digests([subscription()], at + LATE_AFTER + timedelta(seconds=1), set())[0].late


def test_after_days_off_only_todays_digest_is_owed() -> None:
    (digest,) = due_digests([subscription()], local(2026, 3, 12, 15), set())
    assert digest.key.local_date == date(2026, 3, 12)
    assert digest.late


def test_after_days_off_and_before_todays_hour_nothing_is_owed() -> None:
    assert due_digests([subscription()], local(2026, 3, 12, 8), set()) == []


def test_a_tick_that_straddles_midnight_still_owes_yesterdays_digest_for_an_hour() -> None:
    each = subscription(time(23, 50))
    (digest,) = due_digests([each], local(2026, 3, 13, 0, 5), set())
    assert digest.key.local_date == date(2026, 3, 12)
    assert len(due_digests([each], local(2026, 3, 13, 0, 50), set())) == 1
    assert due_digests([each], local(2026, 3, 13, 0, 50) + timedelta(seconds=1), set()) == []


def test_c4_a_schedule_set_after_its_hour_begins_the_next_day() -> None:
    set_at = local(2026, 3, 12, 10)
    each = subscription(since=set_at)
    assert due_digests([each], set_at + timedelta(minutes=1), set()) == []
    assert next_due_at([each], set_at) == local(2026, 3, 13, 9)
    assert len(due_digests([each], local(2026, 3, 13, 9), set())) == 1


def test_a_past_date_can_be_asked_for() -> None:
    each = subscription(since=local(2026, 3, 20, 10))
    (digest,) = due_digests([each], local(2026, 3, 12, 9), set())
    assert digest.key.local_date == date(2026, 3, 12)


def test_a_weekly_digest_comes_on_its_day_only() -> None:
    each = subscription(weekdays=frozenset({1}))
    due = [
        due_digests([each], local(2026, 3, day, 9), set())[0].key.local_date
        for day in range(2, 30)
        if due_digests([each], local(2026, 3, day, 9), set())
    ]
    assert due == [date(2026, 3, day) for day in (2, 9, 16, 23)]
    assert next_due_at([each], local(2026, 3, 2, 9)) == local(2026, 3, 9, 9)


def test_a_paused_subscription_is_never_due() -> None:
    each = Subscription(
        a_member().profile,
        a_channel(),
        Cadence.DAILY,
        time(9),
        BERLIN,
        EVERY_DAY,
        LONG_AGO,
        paused="the channel is gone",
    )
    assert due_digests([each], local(2026, 3, 12, 9), set()) == []
    assert next_due_at([each], local(2026, 3, 12, 8)) is None
    assert next_due_at([], LONG_AGO) is None


def test_the_longest_waiting_come_first() -> None:
    zones = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")
    each = [subscription(zone=ZoneInfo(zone), channel=a_channel(zone)) for zone in zones]
    now = datetime(2026, 3, 12, 17, tzinfo=UTC)
    due = due_digests(each, now, set())
    assert [digest.subscription.channel.name for digest in due] == ["Europe/Berlin", "America/Los_Angeles"]
    assert next_due_at(each, now) == datetime(2026, 3, 13, 0, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 12, 9)  # noqa: DTZ001 -- the point of the test
    with pytest.raises(ValueError, match="time zone"):
        due_digests([subscription()], naive, set())
    with pytest.raises(ValueError, match="time zone"):
        next_due_at([subscription()], naive)
