"""The facts of a shown paper in words: platforms set and escape them, what they say is the same everywhere."""

from collections.abc import Sequence
from datetime import date

from bot.model import Paper, Pick
from bot.words import count, day_in_words, marked, percent, say

SOURCE_NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "sample": marked("sample")}
# More names than this push the sentence that matters out of sight where a line is all there is.
NAMED_IN_A_LINE = 3


def match_in_words(pick: Pick) -> str:
    """Return ``82 % match`` where there is a percentage, else the word for its strength."""
    if pick.probability is None:
        return say(pick.strength)
    return say("{percent} match", percent=percent(pick.probability))


def late_in_words(heading: str) -> str:
    """Return the heading of a digest that comes later on its day than it should."""
    return say("{heading} (late today)", heading=heading)


def matched_in_words(papers: int, days: int) -> str:
    """Return how many papers an interest matched in the last ``days``, some 30 of them."""
    return count(papers, "{n} paper in {days} days", "{n} papers in {days} days", days=days)


def authors_in_words(authors: Sequence[str], named: int) -> str:
    """Return the first ``named`` names, and how many more there are."""
    more = len(authors) - named
    shown = ", ".join(authors[:named])
    return count(more, "{names} and {n} more", "{names} and {n} more", names=shown) if more > 0 else shown


def day_of(paper: Paper) -> date | None:
    """Return the day to show: of the first version, else that of its announcement (UTC), None when nobody said."""
    return paper.published or (paper.announced.date() if paper.announced else None)


def source_in_words(paper: Paper) -> str:
    return say(SOURCE_NAMES.get(paper.source, paper.source))


def shortened(text: str, most: int) -> str:
    """Return the words of a text that ``most`` characters hold, with a mark where others are left out."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rsplit(' ', 1)[0]} …"[:most]


def facts_in_a_line(paper: Paper) -> str:
    """Return authors, day and source of a paper, for text without any setting."""
    day = day_of(paper)
    facts = (authors_in_words(paper.authors, NAMED_IN_A_LINE), day_in_words(day) if day else "", source_in_words(paper))
    return " · ".join(fact for fact in facts if fact)
