"""The words of ``digest``: ``daily 09:00 Europe/Berlin``, ``weekly mon``, ``count 5``, ``off``, ``now``."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rapidfuzz import fuzz, process, utils

from bot.model import Cadence, Channel, ProfileId, Subscription

COUNT_CAP = 20
CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})\s*(am|pm)?|(\d{1,2})\s*(am|pm)", re.IGNORECASE | re.ASCII)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_DAY = frozenset(range(1, 8))
WORKDAYS = frozenset(range(1, 6))
DEFAULT_AT = time(9)


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
    words = text.split()
    if not words:
        return ScheduleChange("show")
    if words[0].lower() in {"off", "now"}:
        if len(words) > 1:
            raise BadSchedule(words[1], f"digest {words[0].lower()} stands alone.")
        return ScheduleChange("off" if words[0].lower() == "off" else "now")
    change = ScheduleChange("set")
    while words:
        change, words = _take(change, words)
    return change


def changed(  # noqa: PLR0913
    old: Subscription | None,
    change: ScheduleChange,
    *,
    profile: ProfileId,
    channel: Channel,
    zone: ZoneInfo,
    now: datetime,
) -> Subscription:
    """Return the subscription after a change; what is not said keeps its old value, or daily at 09:00 in ``zone``.

    A change of the hour counts from ``now``: what would have been due earlier today is not owed.
    """
    base = old or Subscription(profile, channel, Cadence.DAILY, DEFAULT_AT, zone, EVERY_DAY, now)
    said = {
        name: value
        for name in ("cadence", "at", "zone", "weekdays", "count", "quiet")
        if (value := getattr(change, name)) is not None
    }
    moved = any(name in said for name in ("cadence", "at", "zone", "weekdays"))
    return replace(base, **said, since=now if moved or old is None else base.since, paused=None)


def schedule_in_words(subscription: Subscription) -> str:
    """Return a schedule as a sentence's end: ``daily at 09:00 Europe/Berlin, up to 5 picks``."""
    days = {Cadence.DAILY: "daily", Cadence.WEEKDAYS: "weekdays"}.get(subscription.cadence)
    if days is None:
        days = "weekly on " + ", ".join(DAYS[day - 1].capitalize() for day in sorted(subscription.weekdays))
    empty = "; silent on a day without picks" if subscription.quiet else ""
    picks = "pick" if subscription.count == 1 else "picks"
    return f"{days} at {subscription.at:%H:%M} {subscription.zone.key}, up to {subscription.count} {picks}{empty}"


def _take(change: ScheduleChange, words: list[str]) -> tuple[ScheduleChange, list[str]]:
    word, rest = words[0], words[1:]
    match word.lower().strip(","):
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
        case _:
            at = _clock(word)
            change = replace(change, at=at) if at else replace(change, zone=zone_named(word))
    return change, rest


def _weekdays(words: list[str]) -> tuple[frozenset[int], list[str]]:
    days: set[int] = set()
    rest = words[1:] if words and words[0].lower() == "on" else list(words)
    while rest and (day := _weekday(rest[0])):
        days.add(day)
        rest = rest[1:]
    if not days:
        piece = rest[0] if rest else "weekly"
        raise BadSchedule(piece, "weekly needs a day, for example: weekly mon 09:00.")
    return frozenset(days), rest


def _weekday(word: str) -> int | None:
    said = word.lower().strip(",")
    return next((number for number, day in enumerate(DAYS, 1) if len(said) >= 3 and day.startswith(said)), None)


def _count(words: list[str]) -> int:
    said = words[0] if words else ""
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:4]) <= COUNT_CAP):
        raise BadSchedule(said or "count", f"count takes a number from 1 to {COUNT_CAP}.")
    return int(said)


def _clock(word: str) -> time | None:
    found = CLOCK.fullmatch(word)
    if not found:
        return None
    hour = int(found[1] or found[4])
    minute = int(found[2] or 0)
    half = (found[3] or found[5] or "").lower()
    if half and not 1 <= hour <= 12:
        raise BadSchedule(word, f"{word} is no time of day.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadSchedule(word, f"{word} is no time of day: write 00:00 to 23:59.")
    return time(hour, minute)


@cache
def _zone_names() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name or name in {"UTC", "GMT"}}


def zone_named(word: str) -> ZoneInfo:
    """Return the time zone of that name, whatever its case; a city alone (``Berlin``) finds its zone.

    Raises:
        BadSchedule: Naming the nearest zone when there is none of that name.
    """
    names = _zone_names()
    said = word.strip(",").lower().replace(" ", "_")
    by_city = [name for lower, name in names.items() if lower.rsplit("/", 1)[-1] == said]
    name = names.get(said) or (by_city[0] if len(by_city) == 1 else None)
    if name:
        try:
            return ZoneInfo(name)
        except ZoneInfoNotFoundError as error:
            raise BadSchedule(word, f"The time zone {name} cannot be loaded on this machine.") from error
    shown = word[:60]
    near = process.extractOne(
        said[:64], list(names), scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=70
    )
    hint = (
        f" Did you mean {names[near[0]]}?" if near else " Write a zone such as Europe/Berlin, or a time such as 09:00."
    )
    raise BadSchedule(word, f"{shown} is no part of a schedule.{hint}")
