"""The words of ``digest``: every schedule of the design, and refusals that name the word."""

from datetime import UTC, datetime, time
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Cadence, Subscription
from bot.timetable import (
    COUNT_CAP,
    DAYS,
    EVERY_DAY,
    WORKDAYS,
    BadSchedule,
    ScheduleChange,
    changed,
    read_schedule,
    schedule_in_words,
    zone_named,
    zone_names,
)
from tests.builders import a_channel, a_member

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)
LATER = datetime(2026, 3, 13, 8, tzinfo=UTC)
CHANNEL = a_channel()


def subscribed(text: str, old: Subscription | None = None, now: datetime = NOW) -> Subscription:
    change = read_schedule(text)
    return changed(old, change, profile=a_member().profile, channel=CHANNEL, zone=ZoneInfo("UTC"), now=now)


def weekly(*days: int) -> ScheduleChange:
    return ScheduleChange("set", cadence=Cadence.WEEKLY, weekdays=frozenset(days))


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("", ScheduleChange("show")),
        ("off", ScheduleChange("off")),
        ("NOW", ScheduleChange("now")),
        ("daily 09:00 Europe/Berlin", ScheduleChange("set", Cadence.DAILY, time(9), BERLIN, EVERY_DAY)),
        ("Europe/Berlin 09:00 daily", ScheduleChange("set", Cadence.DAILY, time(9), BERLIN, EVERY_DAY)),
        ("daily, at 9am, europe/berlin", ScheduleChange("set", Cadence.DAILY, time(9), BERLIN, EVERY_DAY)),
        ("weekdays", ScheduleChange("set", Cadence.WEEKDAYS, weekdays=WORKDAYS)),
        ("weekly mon 09:00", ScheduleChange("set", Cadence.WEEKLY, time(9), weekdays=frozenset({1}))),
        ("weekly on Monday, thurs and sun", weekly(1, 4, 7)),
        ("mon wed,fri", weekly(1, 3, 5)),
        ("count 5", ScheduleChange("set", count=5)),
        ("skip-empty", ScheduleChange("set", quiet=True)),
        ("say-empty count 20", ScheduleChange("set", quiet=False, count=20)),
        ("12am", ScheduleChange("set", at=time(0))),
        ("12pm", ScheduleChange("set", at=time(12))),
        ("9:30 PM", ScheduleChange("set", at=time(21, 30))),
        ("8.15", ScheduleChange("set", at=time(8, 15))),
        ("09h00", ScheduleChange("set", at=time(9))),
        ("berlin", ScheduleChange("set", zone=BERLIN)),
        ("New York 7pm", ScheduleChange("set", at=time(19), zone=ZoneInfo("America/New_York"))),
        ("utc", ScheduleChange("set", zone=ZoneInfo("UTC"))),
    ],
)
def test_a_schedule_is_read_in_any_order(text: str, change: ScheduleChange) -> None:
    assert read_schedule(text) == change


@pytest.mark.parametrize(
    ("text", "piece", "why"),
    [
        ("off please", "please", "stands alone"),
        ("now count 3", "count", "stands alone"),
        ("daily 25:00", "25:00", "no time of day"),
        ("daily 9:60", "9:60", "no time of day"),
        ("daily 13pm", "13pm", "no time of day"),
        ("daily 0am", "0am", "no time of day"),
        ("daily 9", "9", "a time such as 09:00"),
        ("weekly", "weekly", "needs a day"),
        ("weekly 09:00", "09:00", "needs a day"),
        ("weekly funday", "funday", "needs a day"),
        ("count", "count", "1 to 20"),
        ("count 0", "0", "1 to 20"),
        ("count 21", "21", "1 to 20"),
        ("count 000199", "000199", "1 to 20"),
        ("count ٣", "٣", "1 to 20"),
        ("count " + "1" * 5000, "1" * 5000, "1 to 20"),
        ("daily 09:00 Europ/Berlin", "Europ/Berlin", "Did you mean Europe/Berlin?"),
        ("daily CET", "CET", "a zone such as Europe/Berlin"),
        ("hourly", "hourly", "no part of a schedule"),
        ("daily 09:00 10:00", "10:00", "a second time"),
        ("daily weekdays", "weekdays", "a second time"),
        ("mon 09:00 tue", "tue", "a second time"),
        ("berlin tokyo", "tokyo", "a second time"),
        ("count 3 count 4", "count", "a second time"),
    ],
)
def test_a_wrong_word_is_named(text: str, piece: str, why: str) -> None:
    with pytest.raises(BadSchedule) as refused:
        read_schedule(text)
    assert refused.value.piece == piece
    assert why in refused.value.why


def test_a_first_schedule_is_daily_at_nine_where_the_member_lives_unless_said_otherwise() -> None:
    first = subscribed("count 3")
    assert (first.cadence, first.at, first.weekdays, first.count) == (Cadence.DAILY, time(9), EVERY_DAY, 3)
    assert (first.zone.key, first.since, first.quiet, first.paused) == ("UTC", NOW, False, None)


def test_a_change_keeps_what_it_does_not_say() -> None:
    old = subscribed("weekly mon 07:30 Europe/Berlin count 7 skip-empty")
    new = subscribed("08:15", old, LATER)
    assert new.at == time(8, 15)
    assert (new.cadence, new.weekdays, new.zone, new.count, new.quiet) == (
        old.cadence,
        old.weekdays,
        old.zone,
        old.count,
        old.quiet,
    )


def test_only_a_moved_hour_counts_from_now_so_that_a_new_count_never_skips_todays_digest() -> None:
    old = subscribed("daily 07:30 Europe/Berlin")
    assert subscribed("count 3", old, LATER).since == NOW
    assert subscribed("skip-empty", old, LATER).since == NOW
    assert subscribed("08:00", old, LATER).since == LATER
    assert subscribed("weekdays", old, LATER).since == LATER
    assert subscribed("tokyo", old, LATER).since == LATER


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("daily 09:00 Europe/Berlin", "daily at 09:00 Europe/Berlin, up to 5 picks"),
        ("weekdays 18:05 UTC count 1", "weekdays at 18:05 UTC, up to 1 pick"),
        (
            "weekly fri mon 09:00 Asia/Tokyo skip-empty",
            "weekly on Monday, Friday at 09:00 Asia/Tokyo, up to 5 picks; silent on a day without picks",
        ),
    ],
)
def test_a_schedule_is_said_in_words(text: str, said: str) -> None:
    assert schedule_in_words(subscribed(text)) == said


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["daily", "weekdays"])
    | st.lists(st.sampled_from(DAYS), min_size=1).map(lambda days: " ".join(["weekly", *days])),
    st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    st.sampled_from(sorted(zone_names())),
    st.integers(1, COUNT_CAP),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_whatever_can_be_said_is_understood_in_any_order(
    days: str,
    at: time,
    zone: str,
    count: int,
    quiet: bool,  # noqa: FBT001 -- drawn, not passed by people
    rng: Random,
) -> None:
    parts = [days, f"{at:%H:%M}", zone, f"count {count}", "skip-empty" if quiet else "say-empty"]
    rng.shuffle(parts)
    read = subscribed(" ".join(parts))
    assert (read.at, read.zone.key, read.count, read.quiet) == (at, zone, count, quiet)
    assert read.cadence.value == days.split(maxsplit=1)[0]
    assert f"at {at:%H:%M} {zone}" in schedule_in_words(read)


def understood(text: str) -> ScheduleChange | BadSchedule:
    try:
        return read_schedule(text)
    except BadSchedule as bad:
        return bad


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["daily", "weekly", "on", "mon", "count", "09:00", "am", "off", "utc"])).map(" ".join)
)
def test_any_text_is_a_schedule_or_a_refusal_with_its_piece(text: str) -> None:
    read = understood(text)
    if isinstance(read, BadSchedule):
        assert read.piece
        assert read.why.endswith((".", "?"))


def test_every_zone_has_a_name_that_can_be_typed() -> None:
    assert len(zone_names()) > 300
    for name in zone_names():
        assert zone_named(name.upper()).key.lower() == name.lower()
