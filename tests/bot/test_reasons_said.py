"""Reasons are kept as what they say, and said in the reader's language."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot import catalogues
from bot.answers.finding import trending_pick
from bot.model import PaperId, Reason, ReasonKind, Saying
from bot.reasons import Says, in_words, reason, reason_in_words
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
    ("saying", "english", "german"),
    [
        (Saying(Says.MATCHES, ("entropy", "wind")), "matches entropy, wind", "«matches »entropy, wind"),
        (Saying(Says.RELATED, ("wind",)), "has related words: wind", "«has related words: »wind"),
        (Saying(Says.CLOSE), "close in meaning to the interest", "«close in meaning to the interest»"),
        (Saying(Says.AUTHOR, ("bengio",)), "by bengio", "«by »bengio"),
        (Saying(Says.LIKE, ("Steel",)), "like “Steel”", "«like “»Steel”"),
        (Saying(Says.LIKED, ("Ice",)), "like “Ice”, which you liked", "«like “»Ice«”, which you liked»"),
        (Saying(Says.UNLIKE), "unlike what was not for you", "«unlike what was not for you»"),
        (Saying(Says.COMPANY), "how well the papers nearest to it fit", "«how well the papers nearest to it fit»"),
        (Saying(Says.COUNTS, (1, 0, 0, 0)), "trending: 1 upvote", "«trending: »1« upvote»"),
        (
            Saying(Says.COUNTS, (1200, 1100, 3, 1)),
            "trending: 1,200 upvotes, ↑ 1,100 since yesterday, 3 comments, 1 like here",
            "«trending: »1.200« upvotes», ↑ 1.100« since yesterday», 3« comments», 1« like here»",
        ),
        (Saying(Says.TRENDING), "trending", "«trending»"),
        (Saying(Says.NEW), "new", "«new»"),
        (
            Saying(Says.STRETCH),
            "a stretch, to learn where your interests end",
            "«a stretch, to learn where your interests end»",
        ),
    ],
    ids=lambda found: found.key if isinstance(found, Saying) else "",
)
def test_a_reason_is_said_in_the_language_spoken(saying: Saying, english: str, german: str) -> None:
    made = reason(ReasonKind.WORDS, saying, 0.5)
    assert made == Reason(ReasonKind.WORDS, english, 0.5, saying)
    with spoken("de"):
        assert reason_in_words(made) == german
        assert reason(ReasonKind.WORDS, saying, 0.5).words == german


@pytest.mark.parametrize("title", ["Steel”, which you liked", "{words}", "by %s, new", "trending: 3 upvotes"])
def test_a_title_that_reads_like_a_reason_stays_a_title(title: str) -> None:
    made = reason(ReasonKind.EXAMPLE, Saying(Says.LIKE, (title,)))
    assert made.words == f"like “{title}”"
    with spoken("de"):
        assert reason_in_words(made) == f"«like “»{title}”"


def test_a_reason_that_is_words_alone_is_shown_as_it_stands() -> None:
    with spoken("de"):
        assert reason_in_words(Reason(ReasonKind.WORDS, "matches entropy", 1.0)) == "matches entropy"


def test_what_a_newer_release_says_is_shown_in_its_own_words() -> None:
    made = Reason(ReasonKind.WORDS, "cited by “Steel”", 1.0, Saying("cited", ("Steel", 3)))
    assert reason_in_words(made) == "cited by “Steel”"
    with spoken("de"):
        assert reason_in_words(made) == "cited by “Steel”"


def test_what_is_trending_is_said_as_it_is_counted() -> None:
    paper = a_paper(1, upvotes=1200, comments=2)
    (entry,) = rising([paper], [], MORNING, {PaperId(paper.id): 3})
    (kept,) = trending_pick(entry).reasons
    assert kept.words == f"trending: {entry.counts}"
    with spoken("de"):
        assert reason_in_words(kept) == f"«trending: »{entry.counts}"


def test_only_the_words_of_a_pick_change() -> None:
    pick = a_pick(reasons=(reason(ReasonKind.WORDS, Saying(Says.MATCHES, ("entropy",)), 1.0),))
    with spoken("de"):
        (said,) = in_words([pick])
    assert [each.words for each in said.reasons] == ["«matches »entropy"]
    assert replace(said, reasons=pick.reasons) == pick
    assert in_words([said]) == (pick,)


async def test_the_picks_of_a_german_speaker_are_kept_with_english_reasons(house: House) -> None:
    german = replace(a_member("ana"), language="de-DE")
    await house.bring(a_paper(1, "Entropy"), a_paper(2))
    await house.ask("follow entropy", german)
    assert "«matches »" in repr((await house.ask("today", german)).reply)
    (digest,) = house.stores.digests.recent(german.profile, 5)
    assert digest.picks[0].reasons[0].words == "matches entropy"
    assert digest.picks[0].reasons[0].saying == Saying(Says.MATCHES, ("entropy",))
