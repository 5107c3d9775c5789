"""The bot's words in other languages: the catalogue's text, the language's numbers and dates, English in doubt."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from bot.words import (
    count,
    day_in_words,
    day_of_year_in_words,
    decimal,
    instant_in_words,
    language_spoken,
    listed,
    percent,
    say,
    short_day_in_words,
    spoken,
    tick_in_words,
    weekday_in_words,
    whole,
)


def test_a_text_is_said_in_the_language_of_the_block_and_in_english_outside() -> None:
    with spoken("de"):
        assert say("Find papers like this") == "Ähnliche Arbeiten finden"
    assert say("Find papers like this") == "Find papers like this"


def test_a_text_that_the_catalogue_lacks_stays_english_with_its_values() -> None:
    with spoken("ja"):
        assert say("No catalogue has {what}.", what="this") == "No catalogue has this."


def test_an_unknown_language_is_english() -> None:
    with spoken("tlh"):
        assert language_spoken() == "en"


def test_braces_in_a_value_mean_nothing() -> None:
    assert say("Following {interest}", interest="{0.__class__} {n}") == "Following {0.__class__} {n}"


def test_one_and_many_are_told_apart() -> None:
    assert [count(number, "{n} paper", "{n} papers") for number in (0, 1, 1200)] == [
        "0 papers",
        "1 paper",
        "1,200 papers",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("82 %", "a, b, and c", "3 March 2026", "12,345")),
        ("de", ("82\u00a0%", "a, b und c", "3. März 2026", "12.345")),
        ("fr", ("82\u00a0%", "a, b et c", "3 mars 2026", "12\u202f345")),
        ("ja", ("82%", "a、b、c", "2026年3月3日", "12,345")),
    ],
)
def test_numbers_days_and_lists_are_written_as_the_language_writes_them(language: str, said: tuple[str, ...]) -> None:
    with spoken(language):
        assert (percent(0.823), listed(["a", "b", "c"]), day_in_words(date(2026, 3, 3)), whole(12345)) == said


def test_an_instant_is_told_in_its_own_zone() -> None:
    assert instant_in_words(datetime(2026, 3, 3, 9, 5, tzinfo=UTC)) == "3 March 2026 at 09:05"


async def test_two_tasks_do_not_speak_each_others_language() -> None:
    async def speaking(language: str) -> str:
        with spoken(language):
            await asyncio.sleep(0)
            return language_spoken()

    assert tuple(await asyncio.gather(speaking("de"), speaking("fr"))) == ("de", "fr")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("3 March", "Tue 3 Mar", "3 Mar", "Tuesday", "0.12")),
        ("de", ("3. März", "Di., 3. März", "3. März", "Dienstag", "0,12")),
        ("ja", ("3月3日", "3月3日(火)", "3月3日", "火曜日", "0.12")),
    ],
)
def test_shorter_days_and_fractions_too(language: str, said: tuple[str, ...]) -> None:
    day = date(2026, 3, 3)
    with spoken(language):
        short = (day_of_year_in_words(day), short_day_in_words(day), tick_in_words(day), weekday_in_words(day))
        assert (*short, decimal(0.123)) == said
