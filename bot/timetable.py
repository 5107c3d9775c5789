"""The words of ``digest``: ``daily 09:00 Europe/Berlin``, ``weekly mon``, ``count 5``, ``off``, ``now``."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rapidfuzz import fuzz, process, utils

from bot.model import Cadence, Channel, Member, ProfileId, Subscription
from bot.words import count, marked, say, weekday_in_words

COUNT_CAP = 20
CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})\s*(am|pm)?|(\d{1,2})\s*(am|pm)", re.IGNORECASE | re.ASCII)
HALF_DAY = re.compile(r"(\d)\s+([ap]m)\b", re.IGNORECASE | re.ASCII)
BETWEEN_DAYS = re.compile(r",|\band\b", re.IGNORECASE)
COUNT = re.compile(r"\d{1,4}", re.ASCII)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = frozenset(range(1, 8))
WORKDAYS = frozenset(range(1, 6))
DEFAULT_AT = time(9)
# Any Monday: weekdays are called as the language calls them.
_MONDAY = date(2024, 1, 1)
_SAID_TWICE = {
    "weekdays": marked("{word} says the days a second time; say it once."),
    "at": marked("{word} says the time a second time; say it once."),
    "zone": marked("{word} says the time zone a second time; say it once."),
    "count": marked("{word} says the count a second time; say it once."),
    "quiet": marked("{word} says the rule for empty days a second time; say it once."),
}


class BadSchedule(Exception):
    """A word that is no part of a schedule; ``piece`` is that word as typed."""

    def __init__(self, piece: str, why: str) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What somebody said about a digest; None leaves a part as it is.

    Attributes:
        act: ``set`` changes the schedule, ``off`` ends it, ``now`` asks for an extra digest, ``show`` only asks.
    """

    act: Literal["set", "off", "now", "show"]
    cadence: Cadence | None = None
    at: time | None = None
    zone: ZoneInfo | None = None
    weekdays: frozenset[int] | None = None
    count: int | None = None
    quiet: bool | None = None


def read_schedule(text: str) -> ScheduleChange:
    """Return what the words after ``digest`` ask for; no words ask to show the schedule.

    Raises:
        BadSchedule: Naming the word that is wrong; nothing of the text is then meant to take effect.
    """
    words = HALF_DAY.sub(r"\1\2", BETWEEN_DAYS.sub(" ", text)).split()
    if not words:
        return ScheduleChange("show")
    if words[0].lower() in {"off", "now"}:
        if len(words) > 1:
            raise BadSchedule(words[1], say("{command} stands alone.", command=f"digest {words[0].lower()}"))
        return ScheduleChange("off" if words[0].lower() == "off" else "now")
    change = ScheduleChange("set")
    while words:
        taken, rest = _take(change, words)
        if twice := _said_twice(change, taken):
            raise BadSchedule(words[0], say(twice, word=words[0]))
        change, words = taken, rest
    return change


def changed(  # noqa: PLR0913  # who, where, when and what of one change
    old: Subscription | None,
    change: ScheduleChange,
    *,
    profile: ProfileId,
    channel: Channel,
    zone: ZoneInfo,
    now: datetime,
    set_by: Member | None = None,
) -> Subscription:
    """Return the subscription after a change; what is not said keeps its old value, or daily at 09:00 in ``zone``.

    A change of the hour counts from ``now``, and so does coming back from a pause: what would have been due earlier
    today is not owed.
    """
    base = old or Subscription(profile, channel, Cadence.DAILY, DEFAULT_AT, zone, EVERY_DAY, now)
    said = {
        name: value
        for name in ("cadence", "at", "zone", "weekdays", "count", "quiet")
        if (value := getattr(change, name)) is not None
    }
    moved = any(name in said for name in ("cadence", "at", "zone", "weekdays"))
    anew = moved or old is None or old.paused is not None
    return replace(base, **said, since=now if anew else base.since, paused=None, set_by=set_by or base.set_by)


def schedule_in_words(subscription: Subscription) -> str:
    """Return a schedule as a sentence's end: ``daily at 09:00 Europe/Berlin, up to 5 picks``."""
    at = {"time": f"{subscription.at:%H:%M}", "zone": subscription.zone.key}
    match subscription.cadence:
        case Cadence.DAILY:
            when = say("daily at {time} {zone}", **at)
        case Cadence.WEEKDAYS:
            when = say("weekdays at {time} {zone}", **at)
        case _:
            days = ", ".join(
                weekday_in_words(_MONDAY + timedelta(days=day - 1)) for day in sorted(subscription.weekdays)
            )
            when = say("weekly on {days} at {time} {zone}", days=days, **at)
    if subscription.quiet:
        return count(
            subscription.count,
            "{when}, up to {n} pick; silent on a day without picks",
            "{when}, up to {n} picks; silent on a day without picks",
            when=when,
        )
    return count(subscription.count, "{when}, up to {n} pick", "{when}, up to {n} picks", when=when)


def _take(change: ScheduleChange, words: list[str]) -> tuple[ScheduleChange, list[str]]:
    word, rest = words[0], words[1:]
    match word.lower():
        case "daily":
            change = replace(change, cadence=Cadence.DAILY, weekdays=EVERY_DAY)
        case "weekdays":
            change = replace(change, cadence=Cadence.WEEKDAYS, weekdays=WORKDAYS)
        case "weekly":
            days, rest = _weekdays(rest)
            change = replace(change, cadence=Cadence.WEEKLY, weekdays=days)
        case "count":
            change, rest = replace(change, count=_count(rest)), rest[1:]
        case "skip-empty":
            change = replace(change, quiet=True)
        case "say-empty":
            change = replace(change, quiet=False)
        case "at":
            pass
        case _ if _weekday(word):
            days, rest = _weekdays(words)
            change = replace(change, cadence=Cadence.WEEKLY, weekdays=days)
        case _ if at := _clock(word):
            change = replace(change, at=at)
        case _:
            zone, rest = _zone(words)
            change = replace(change, zone=zone)
    return change, rest


def _said_twice(before: ScheduleChange, after: ScheduleChange) -> str | None:
    """Return what to say of the part of a schedule that was said already and is now said again, None without any."""
    return next(
        (
            said
            for part, said in _SAID_TWICE.items()
            if getattr(before, part) is not None and getattr(before, part) is not getattr(after, part)
        ),
        None,
    )


def _zone(words: list[str]) -> tuple[ZoneInfo, list[str]]:
    """Read a zone from the first word, or from the first two: ``new york``."""
    if len(words) > 1 and (name := _zone_name(f"{words[0]}_{words[1]}")):
        return zone_named(name), words[2:]
    return zone_named(words[0]), words[1:]


def _weekdays(words: list[str]) -> tuple[frozenset[int], list[str]]:
    days: set[int] = set()
    rest = words[1:] if words and words[0].lower() == "on" else list(words)
    while rest and (day := _weekday(rest[0])):
        days.add(day)
        rest = rest[1:]
    if not days:
        piece = rest[0] if rest else "weekly"
        raise BadSchedule(piece, say("weekly needs a day, for example: {example}.", example="weekly mon 09:00"))
    return frozenset(days), rest


def _weekday(word: str) -> int | None:
    said = word.lower()
    return next((number for number, day in enumerate(DAYS, 1) if len(said) >= 3 and day.startswith(said)), None)


def _count(words: list[str]) -> int:
    said = words[0] if words else ""
    if not COUNT.fullmatch(said) or not 1 <= int(said) <= COUNT_CAP:
        raise BadSchedule(said or "count", say("count takes a number from 1 to {most}.", most=COUNT_CAP))
    return int(said)


def _clock(word: str) -> time | None:
    found = CLOCK.fullmatch(word)
    if not found:
        return None
    hour = int(found[1] or found[4])
    minute = int(found[2] or 0)
    half = (found[3] or found[5] or "").lower()
    if half and not 1 <= hour <= 12:
        raise BadSchedule(word, say("{word} is no time of day.", word=word))
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadSchedule(word, say("{word} is no time of day: write 00:00 to 23:59.", word=word))
    return time(hour, minute)


@cache
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name or name in {"UTC", "GMT"}}


def zone_names() -> list[str]:
    """Return the names of all time zones that can be typed."""
    return list(_zone_names().values())


def zone_named(word: str) -> ZoneInfo:
    """Return the time zone of that name, whatever its case; a city alone (``Berlin``) finds its zone.

    Raises:
        BadSchedule: Naming the nearest zone when there is none of that name.
    """
    if name := _zone_name(word):
        try:
            return ZoneInfo(name)
        except ZoneInfoNotFoundError as error:
            why = say("The time zone {name} cannot be loaded on this machine.", name=name)
            raise BadSchedule(word, why) from error
    # Three letters are an abbreviation (CET, EST), whose nearest name lies anywhere in the world.
    if len(word) > 3:
        names = _zone_names()
        near = process.extractOne(
            word.lower()[:64], list(names), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=80
        )
        if near:
            why = say("{word} is no part of a schedule. Did you mean {zone}?", word=word[:60], zone=names[near[0]])
            raise BadSchedule(word, why)
    why = say(
        "{word} is no part of a schedule. Write a zone such as Europe/Berlin, or a time such as 09:00.", word=word[:60]
    )
    raise BadSchedule(word, why)


def _zone_name(word: str) -> str | None:
    names = _zone_names()
    said = word.lower().replace(" ", "_")
    by_city = [name for lower, name in names.items() if lower.rsplit("/", 1)[-1] == said]
    return names.get(said) or (by_city[0] if len(by_city) == 1 else None)
