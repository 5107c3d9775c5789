"""The facts of a shown paper in words: platforms set and escape them, what they say is the same everywhere."""

from collections.abc import Sequence
from datetime import date

from bot.model import Paper, Pick

SOURCE_NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "sample": "sample"}
# More names than this push the sentence that matters out of sight where a line is all there is.
NAMED_IN_A_LINE = 3


def match_in_words(pick: Pick) -> str:
    """Return ``82 % match`` where there is a percentage, else the word for its strength."""
    return pick.strength if pick.probability is None else f"{round(pick.probability * 100)} % match"


def authors_in_words(authors: Sequence[str], named: int) -> str:
    """Return the first ``named`` names, and how many more there are."""
    more = len(authors) - named
    shown = ", ".join(authors[:named])
    return f"{shown} and {more} more" if more > 0 else shown


def day_of(paper: Paper) -> date | None:
    """Return the day to show: of the first version, else that of its announcement (UTC), None when nobody said."""
    return paper.published or (paper.announced.date() if paper.announced else None)


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def source_in_words(paper: Paper) -> str:
    return SOURCE_NAMES.get(paper.source, paper.source)


def facts_in_a_line(paper: Paper) -> str:
    """Return authors, day and source of a paper, for text without any setting."""
    day = day_of(paper)
    facts = (authors_in_words(paper.authors, NAMED_IN_A_LINE), day.isoformat() if day else "", paper.source)
    return " · ".join(fact for fact in facts if fact)
