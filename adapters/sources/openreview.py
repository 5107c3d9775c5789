"""OpenReview: submissions to conferences, with what became of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from adapters.sources.intake import BadEntry, Entry, Unreadable
from adapters.sources.json_document import admitted, list_at, milliseconds_at, text_at, told
from bot.announcements import RejectedItem
from bot.model import Paper


def claims(document: object) -> bool:
    return isinstance(told(document, "notes"), list)


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one page of notes, of either version of the service.

    Raises:
        Unreadable: An error of the service.
    """
    if not claims(document):
        raise Unreadable(f"OpenReview answered with an error: {text_at(document, 'message')[:300] or 'no notes'}")
    yield from admitted(list_at(document, "notes"), _entry, "note")


def _entry(note: dict[str, Any]) -> Entry:
    known_as = text_at(note, "id")
    if text_at(note, "forum") not in {"", known_as} or told(note, "replyto"):
        raise BadEntry("it is a reply, not a paper")
    if told(note, "ddate"):
        raise BadEntry("it was deleted")
    standing = _value(note, "venueid").rpartition("/")[2]
    if standing == "Desk_Rejected_Submission":
        raise BadEntry("it was rejected without review")
    made_public = milliseconds_at(note, "pdate") or milliseconds_at(note, "odate") or milliseconds_at(note, "cdate")
    address = f"https://openreview.net/forum?id={known_as}"
    return Entry(
        title=_value(note, "title"),
        abstract=_value(note, "abstract"),
        source="openreview",
        identifiers=(address,) if known_as else (),
        given_id=f"openreview:{known_as}" if known_as else "",
        authors=tuple(text_at(author) for author in _values(note, "authors")),
        categories=(_venue(note),),
        published=None if made_public is None else made_public.date(),
        announced=made_public,
        url=address if known_as else "",
        comment="withdrawn" if standing == "Withdrawn_Submission" else "",
    )


def _venue(note: dict[str, Any]) -> str:
    """``ICLR.cc/2025/Conference/-/Submission`` → ``ICLR.cc/2025``: what ``cat:`` finds it by."""
    told_by = _value(note, "venueid") or text_at(note, "domain") or text_at(note, "invitation")
    return "/".join(told_by.split("/")[:2])


def _value(note: dict[str, Any], field: str) -> str:
    return text_at(note, "content", field, "value") or text_at(note, "content", field)


def _values(note: dict[str, Any], field: str) -> list[Any]:
    return list_at(note, "content", field, "value") or list_at(note, "content", field)
