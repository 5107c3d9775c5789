"""Reasons are kept in English and read in the reader's language."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import catalogues
from bot.model import PaperId
from bot.reasons import in_words, reason_in_words
from bot.trending import rising
from bot.words import spoken
from tests.bot.conftest import House
from tests.builders import MORNING, a_member, a_paper, a_pick
from tests.wrapped import wrapped_catalogue


@pytest.fixture(autouse=True)
def german_is_wrapped() -> Iterator[None]:
    with catalogues.instead("de", wrapped_catalogue()):
        yield


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("matches entropy, wind", "«matches »entropy, wind"),
        ("has related words: wind", "«has related words: »wind"),
        ("by bengio", "«by »bengio"),
        ("like “Steel”", "«like “»Steel”"),
        ("like “Like “Steel”, which”, which you liked", "«like “»Like “Steel”, which«”, which you liked»"),
        ("close in meaning to the interest", "«close in meaning to the interest»"),
        ("new", "«new»"),
        ("trending: 1 upvote", "«trending: »1« upvote»"),
        (
            "trending: 1,200 upvotes, ↑ 1,100 since yesterday, 3 comments, 1 like here",
            "«trending: »1.200« upvotes», ↑ 1.100« since yesterday», 3« comments», 1« like here»",
        ),
        ("what an older release said", "what an older release said"),
    ],
)
def test_a_kept_reason_is_said_in_the_language_spoken(kept: str, said: str) -> None:
    assert reason_in_words(kept) == kept
    with spoken("de"):
        assert reason_in_words(kept) == said


def test_what_is_trending_is_said_as_it_is_counted() -> None:
    paper = a_paper(1, upvotes=1200, comments=2)
    (entry,) = rising([paper], [], MORNING, {PaperId(paper.id): 3})
    with spoken("de"):
        (counted,) = rising([paper], [], MORNING, {PaperId(paper.id): 3})
        assert reason_in_words(f"trending: {entry.counts}") == f"«trending: »{counted.counts}"


def test_only_the_words_of_a_pick_change() -> None:
    pick = a_pick()
    with spoken("de"):
        (said,) = in_words([pick])
    assert [reason.words for reason in said.reasons] == ["«matches »entropy"]
    assert replace(said, reasons=pick.reasons) == pick


async def test_the_picks_of_a_german_speaker_are_kept_with_english_reasons(house: House) -> None:
    german = replace(a_member("ana"), language="de-DE")
    await house.bring(a_paper(1, "Entropy"), a_paper(2))
    await house.ask("follow entropy", german)
    assert "«matches »" in repr((await house.ask("today", german)).reply)
    (digest,) = house.stores.digests.recent(german.profile, 5)
    assert digest.picks[0].reasons[0].words == "matches entropy"
