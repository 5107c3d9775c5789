"""Days and instants as the sources write them."""

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

_LEADING_DAY = re.compile(r"(\d{4})(?:[-/](\d{1,2})?(?:[-/](\d{1,2})?)?)?/?(?=$|[T\s])")


def day_of(text: str) -> date:
    """Return the day that a text names, in the writer's own zone.

    Reads ``2024``, ``2024-03``, ``2024-03-11``, RIS's ``2016/12//``, ISO 8601 instants and RFC 822 dates. What is not
    said is the first: ``2024-03`` is 1 March. The zone is not converted, which could move the day to the one before.

    Raises:
        ValueError: It is none of these, or names a day that does not exist.
    """
    text = text.strip()
    if found := _LEADING_DAY.match(text):
        year, month, day = (int(part or 1) for part in found.groups())
        return date(year, month, day)
    return _rfc822(text).date()


def instant_of(text: str) -> datetime:
    """Return the instant that an ISO 8601 or RFC 822 text names, in UTC; one without a zone is taken as UTC.

    Raises:
        ValueError: It is neither.
    """
    text = text.strip()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = _rfc822(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} is outside the calendar") from error


def midnight(day: date) -> datetime:
    """Return 00:00 UTC of a day: the instant of a list that names its day only."""
    return datetime.combine(day, time(), UTC)


def _rfc822(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except (TypeError, IndexError, OverflowError) as error:  # what email.utils raises for hopeless texts
        raise ValueError(f"{text[:40]} is no date") from error
