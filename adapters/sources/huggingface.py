"""Hugging Face's daily papers: what its readers put forward each day, with votes and code."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from adapters.sources.dates import midnight
from adapters.sources.intake import BadEntry, Entry, Unreadable
from adapters.sources.json_document import admitted, count_at, day_at, list_at, text_at, told
from bot.announcements import RejectedItem
from bot.identity import paper_id_from
from bot.model import Paper


def claims(document: object) -> bool:
    return isinstance(told(document, 0, "paper"), dict)


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one list.

    Raises:
        Unreadable: An error of the service.
    """
    if not isinstance(document, list):
        raise Unreadable(f"Hugging Face answered with an error: {text_at(document, 'error')[:300] or 'no list'}")
    yield from admitted(document, _entry)


def _entry(item: dict[str, Any]) -> Entry:
    paper = told(item, "paper")
    known_as = text_at(paper, "id")
    if paper_id_from(f"arXiv:{known_as}") is None:
        raise BadEntry(f"{known_as[:40]!r} is no arXiv id, as all of these papers have")
    listed = day_at(paper, "submittedOnDailyAt")
    return Entry(
        title=text_at(paper, "title") or text_at(item, "title"),
        abstract=text_at(paper, "summary") or text_at(item, "summary"),
        source="huggingface",
        identifiers=(f"arXiv:{known_as}",),
        authors=tuple(text_at(author, "name") for author in list_at(paper, "authors") if not told(author, "hidden")),
        # The outer date is New York's clock marked as UTC, hence often the day before.
        published=day_at(paper, "publishedAt"),
        announced=None if listed is None else midnight(listed),
        upvotes=count_at(paper, "upvotes"),
        code_url=text_at(paper, "githubRepo"),
        comments=count_at(item, "numComments"),
        keywords=tuple(text_at(word) for word in list_at(paper, "ai_keywords")),
    )
