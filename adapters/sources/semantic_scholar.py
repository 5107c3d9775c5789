"""Semantic Scholar: search over all fields, and the identifiers by which one work is known in several places."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from adapters.sources.dates import day_of, midnight
from adapters.sources.intake import Entry, Unreadable
from adapters.sources.json_document import admitted, list_at, text_at, told
from bot.announcements import RejectedItem
from bot.model import Paper


def claims(document: object) -> bool:
    first = next((item for item in _items(document) or [] if item is not None), None)
    return text_at(first, "paperId") != "" or (isinstance(told(document, "total"), int) and "offset" in _keys(document))


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of a search, a batch or recommendations; an empty search has no list at all.

    Raises:
        Unreadable: An error of the service.
    """
    items = _items(document)
    if items is None and not isinstance(told(document, "total"), int):
        why = text_at(document, "error") or text_at(document, "message") or "no list"
        raise Unreadable(f"Semantic Scholar answered with an error: {why[:300]}")
    yield from admitted(items or [], _entry)


def _items(document: object) -> list[Any] | None:
    if isinstance(document, list):
        return document
    for key in ("data", "recommendedPapers"):
        if isinstance(told(document, key), list):
            return list_at(document, key)
    return None


def _keys(document: object) -> set[str]:
    return set(document) if isinstance(document, dict) else set()


def _entry(item: dict[str, Any]) -> Entry:
    known_as = text_at(item, "paperId")
    arxiv, doi = text_at(item, "externalIds", "ArXiv"), text_at(item, "externalIds", "DOI")
    try:
        published = day_of(text_at(item, "publicationDate") or text_at(item, "year"))
    except ValueError:
        published = None
    whole_day = bool(text_at(item, "publicationDate")) and published is not None
    return Entry(
        title=text_at(item, "title"),
        abstract=text_at(item, "abstract"),
        source="semantic-scholar",
        identifiers=(f"arXiv:{arxiv}" if arxiv else "", doi),
        given_id=f"s2:{known_as}" if known_as else "",
        authors=tuple(text_at(author, "name") for author in list_at(item, "authors")),
        categories=tuple(text_at(found) for found in list_at(item, "fieldsOfStudy")),
        published=published,
        announced=midnight(published) if whole_day and published is not None else None,
        url=text_at(item, "url"),
    )
