"""Crossref: what publishers register with their DOIs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.sources import csl_json
from adapters.sources.dates import instant_of
from adapters.sources.intake import BadEntry, Entry, Unreadable
from adapters.sources.json_document import admitted, list_at, text_at, told
from adapters.sources.markup import FRONT_MATTER
from bot.announcements import RejectedItem
from bot.model import Paper

_PAPERS = {
    "journal-article",
    "proceedings-article",
    "posted-content",
    "book-chapter",
    "report",
    "dissertation",
    "monograph",
    "book",
    "other",
}


def claims(document: object) -> bool:
    return text_at(document, "message-type") in {"work", "work-list"}


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of a list of works, or of a single one.

    Raises:
        Unreadable: An error of the service.
    """
    if not claims(document) or text_at(document, "status") != "ok":
        raise Unreadable(f"Crossref answered with an error: {str(told(document, 'message'))[:300]}")
    single = text_at(document, "message-type") == "work"
    yield from admitted([told(document, "message")] if single else list_at(document, "message", "items"), _entry)


def _entry(work: dict[str, Any]) -> Entry:
    kind = text_at(work, "type")
    if kind and kind not in _PAPERS:
        raise BadEntry(f"it is of type {kind[:40]}, not a paper")
    entry = csl_json.entry_of(work, source="crossref")
    preprints = tuple(text_at(found, "id") for found in list_at(work, "relation", "has-preprint"))
    articles = tuple(text_at(found, "id") for found in list_at(work, "relation", "is-preprint-of"))
    return replace(
        entry,
        abstract=FRONT_MATTER.sub("", entry.abstract, count=1),
        # A work is known by the id under which it first appeared, so that preprint and article are one.
        identifiers=(*preprints, *entry.identifiers, *articles),
        published=csl_json.first_day(work, "issued", "published-online", "published-print", "created"),
        announced=_registered(work),
    )


def _registered(work: dict[str, Any]) -> datetime | None:
    try:
        return instant_of(text_at(work, "created", "date-time"))
    except ValueError:
        return None
