"""The bot's own words in the language of whoever reads them.

English texts stand in the code and are the keys of the catalogues. Numbers, dates and lists are written as each
language writes them (Unicode CLDR, through Babel).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from gettext import NullTranslations
from typing import Literal

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from bot.catalogues import LANGUAGES, translations

ENGLISH = "en"

_ENGLISH_AS_IT_STANDS = NullTranslations()
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Say everything in a language until the end of the block, in this task or thread; an unknown one is English."""
    token = _language.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _language.reset(token)


def language_spoken() -> str:
    """Return the language of the block that this is called in: English outside of all."""
    return _language.get()


def marked(english: str) -> str:
    """Return a text as it stands: it goes into the catalogues, and is said where it is shown."""
    return english


def say(english: str, /, **values: object) -> str:
    """Return a text in the language spoken, with each ``{name}`` filled in; English where the catalogue lacks it."""
    # The empty text is the key of a catalogue's own description.
    text = spoken_catalogue().gettext(english) if english else ""
    return text.format_map(values) if values else text


def count(number: int, one: str, many: str, /, **values: object) -> str:
    """Return the text that the language's plural rule chooses for a number, which is filled in as ``{n}``."""
    text = spoken_catalogue().ngettext(one, many, number)
    return text.format_map({"n": whole(number), **values})


def whole(number: int) -> str:
    """Return a whole number with the language's marks between thousands."""
    language = _language.get()
    return f"{number:,}" if language == ENGLISH else str(format_decimal(number, locale=language))


def percent(share: float) -> str:
    """Return a share of one in whole percent."""
    language = _language.get()
    return f"{round(share * 100)} %" if language == ENGLISH else str(format_percent(share, locale=language))


def decimal(number: float, places: int = 2) -> str:
    """Return a number with so many places after the point, which is the language's."""
    language = _language.get()
    if language == ENGLISH:
        return f"{number:.{places}f}"
    return str(format_decimal(number, f"0.{'0' * places}", locale=language))


def listed(items: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Return items as the language lists them: ``a, b, and c``."""
    return str(format_list(items, style=style, locale=_language.get()))


def day_in_words(day: date) -> str:
    """Return a day with its month's name: ``3 March 2026``."""
    language = _language.get()
    return f"{day.day} {day:%B %Y}" if language == ENGLISH else str(format_date(day, "long", locale=language))


def day_of_year_in_words(day: date) -> str:
    """Return a day of a year that everybody knows: ``3 March``."""
    language = _language.get()
    return f"{day.day} {day:%B}" if language == ENGLISH else str(format_skeleton("MMMMd", day, locale=language))


def short_day_in_words(day: date) -> str:
    """Return a day as where there is little room: ``Tue 3 Mar``."""
    language = _language.get()
    if language == ENGLISH:
        return f"{day:%a} {day.day} {day:%b}"
    return str(format_skeleton("MMMEd", day, locale=language))


def tick_in_words(day: date) -> str:
    """Return a day as under a chart: ``3 Mar``."""
    language = _language.get()
    return f"{day.day} {day:%b}" if language == ENGLISH else str(format_skeleton("MMMd", day, locale=language))


def whole_day_in_words(day: date) -> str:
    """Return a day with its weekday's and its month's name: ``Tuesday 3 March 2026``."""
    language = _language.get()
    if language == ENGLISH:
        return f"{day:%A} {day_in_words(day)}"
    return str(format_date(day, "full", locale=language))


def weekday_in_words(day: date) -> str:
    language = _language.get()
    return f"{day:%A}" if language == ENGLISH else str(format_date(day, "EEEE", locale=language))


def moment_in_words(instant: datetime) -> str:
    """Return an instant of these days in its own zone, to the minute: ``3 March, 09:00``."""
    return say("{day}, {time}", day=day_of_year_in_words(instant.date()), time=f"{instant:%H:%M}")


def instant_in_words(instant: datetime) -> str:
    """Return an instant in its own zone, to the minute: ``3 March 2026 at 09:00``."""
    return say("{day} at {time}", day=day_in_words(instant.date()), time=f"{instant:%H:%M}")


def spoken_catalogue() -> NullTranslations:
    """Return what says texts in the language spoken: always the same one for a language."""
    language = _language.get()
    return _ENGLISH_AS_IT_STANDS if language == ENGLISH else translations(language)
