"""CSL-JSON: what Zotero exports, and what DOI registries answer; Crossref's own form differs only by its lists."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from adapters.sources.dates import day_of
from adapters.sources.intake import BadEntry, Entry, arxiv_mentions
from adapters.sources.json_document import admitted, list_at, text_at
from adapters.sources.markup import words_in
from bot.announcements import RejectedItem
from bot.model import Paper

_TELLING = {"DOI", "issued", "author", "container-title", "citation-key"}


def claims(document: object) -> bool:
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, dict) and "title" in first and "type" in first and bool(_TELLING & first.keys())


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of a list of items, or of a single one."""
    yield from admitted(document if isinstance(document, list) else [document], entry_of)


def entry_of(item: dict[str, Any], source: str = "file") -> Entry:
    """Return the entry of one item.

    Raises:
        BadEntry: It has no title.
    """
    title = words_in(_first_text(item, "title"))
    if not title:
        raise BadEntry("it has no title")
    mentions = " ".join(text_at(item, key) for key in ("number", "note", "URL"))
    return Entry(
        title=title,
        abstract=words_in(text_at(item, "abstract")),
        original=text_at(item, "abstract"),
        source=source,
        identifiers=(text_at(item, "DOI"), *arxiv_mentions(mentions), text_at(item, "URL")),
        authors=tuple(_name(author) for author in list_at(item, "author")),
        published=first_day(item, "issued"),
        url=text_at(item, "URL"),
    )


def first_day(item: dict[str, Any], *keys: str) -> date | None:
    """Return the day of the first of the keys that tells one. ``date-parts`` may hold a null, a year alone, or text."""
    for key in keys:
        parts = [text_at(part) for part in list_at(item, key, "date-parts", 0)[:3]]
        spoken = "-".join(parts) if parts and all(parts) else text_at(item, key, "raw") or text_at(item, key, "literal")
        try:
            return day_of(spoken)
        except ValueError:
            continue
    return None


def _first_text(item: dict[str, Any], key: str) -> str:
    return text_at(item, key) or text_at(item, key, 0)


def _name(author: object) -> str:
    whole = text_at(author, "literal") or text_at(author, "name")
    parts = (text_at(author, part) for part in ("given", "non-dropping-particle", "family", "suffix"))
    return whole or " ".join(part for part in parts if part)
