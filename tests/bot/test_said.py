"""What is wrong with something typed, what it means, and why a paper is shown: said in the language spoken."""

from collections.abc import Iterator
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from bot.commands import BadCommand, parse
from bot.interest_grammar import CHARACTERS
from bot.interest_terms import EXAMPLES, FIELDS
from bot.interests import BadInterest, explain_interest, parse_interest
from bot.model import Cadence, Subscription
from bot.preferences import BadPreference, read_choice
from bot.timetable import BadSchedule, read_schedule, schedule_in_words
from bot.windows import BadWindow, window_from
from bot.words import spoken
from tests.builders import MORNING, a_channel
from tests.said import marked_language, unsaid


@pytest.fixture(autouse=True)
def language() -> Iterator[str]:
    with marked_language() as marked:
        yield marked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NOT",
        "(open",
        "closed)",
        "()",
        '"open',
        '""',
        "a OR",
        "author:",
        "author:a,b",
        "like:nothing",
        "since:7d x",
        "autor:bengio",
        "nofield:x y",
        "https://example.org/page",
        "-only",
        " ".join(f"word{number}" for number in range(40)),
        "x" * (CHARACTERS + 1),
        "(" * 9 + "x" + ")" * 9,
    ],
)
def test_a_broken_interest_is_told_in_the_language(text: str, language: str) -> None:
    with spoken(language), pytest.raises(BadInterest) as bad:
        parse_interest(text)
    assert unsaid([bad.value.why], [text, *FIELDS, *EXAMPLES.values()]) == []


@pytest.mark.parametrize("text", ["sort:old", "page:0", "since:2026-02-30", "since:", "until:soon"])
def test_a_broken_option_of_a_search_is_told_in_the_language(text: str, language: str) -> None:
    with spoken(language), pytest.raises(BadWindow) as bad:
        window_from([text])
    assert unsaid([bad.value.why], [text]) == []


@pytest.mark.parametrize(
    "text",
    [
        "off now",
        "09:00 10:00",
        "UTC Europe/Berlin",
        "mon daily",
        "count 3 count 4",
        "skip-empty say-empty",
        "weekly",
        "count 99",
        "25:00",
        "13pm",
        "Europe/Berlim",
        "xyz",
    ],
)
def test_a_broken_schedule_is_told_in_the_language(text: str, language: str) -> None:
    with spoken(language), pytest.raises(BadSchedule) as bad:
        read_schedule(text)
    assert unsaid([bad.value.why], [text, "Europe/Berlin"]) == []


@pytest.mark.parametrize(
    "text", ["x" * 4000, "serach entropy", "learning of words", "today please", "undo all", "follow", "trending year"]
)
def test_what_is_no_command_is_told_in_the_language(text: str, language: str) -> None:
    with spoken(language), pytest.raises(BadCommand) as bad:
        parse(text)
    assert unsaid([bad.value.why], [text, bad.value.instead or ""]) == []


@pytest.mark.parametrize("for_channel", [True, False])
@pytest.mark.parametrize("text", ["colour red", "follow-ups perhaps"])
def test_what_cannot_be_chosen_is_told_in_the_language(text: str, language: str, *, for_channel: bool) -> None:
    with spoken(language), pytest.raises(BadPreference) as bad:
        read_choice(text, for_channel=for_channel)
    assert unsaid([bad.value.why], [text]) == []


def test_an_interest_is_explained_in_the_language(language: str) -> None:
    typed = (
        'word begin* "a phrase" +must -never author:"Y. Bengio" cat:math.* cat:cs.LG title:entropy source:arxiv '
        "like:1706.03762 (one two OR -three four)"
    )
    with spoken(language):
        lines = explain_interest(parse_interest(typed))
    assert len(lines) == 12
    assert unsaid(lines, [typed]) == []
    assert all("«" in line for line in lines)


@pytest.mark.parametrize("cadence", list(Cadence))
@pytest.mark.parametrize("quiet", [True, False])
@pytest.mark.parametrize("count", [1, 5])
def test_a_schedule_is_told_in_the_language(cadence: Cadence, count: int, language: str, *, quiet: bool) -> None:
    channel = a_channel()
    subscription = Subscription(
        channel.profile,
        channel,
        cadence,
        time(9),
        ZoneInfo("UTC"),
        frozenset({1, 5}),
        MORNING,
        count=count,
        quiet=quiet,
    )
    with spoken(language):
        told = schedule_in_words(subscription)
    assert unsaid([told]) == []
    assert ("Montag, Freitag" in told) is (cadence is Cadence.WEEKLY)
