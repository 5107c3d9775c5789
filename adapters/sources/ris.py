"""RIS: what reference managers and publishers export."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import rispy

from adapters.sources.dates import day_of
from adapters.sources.intake import (
    PARSER_FAULTS,
    BadEntry,
    Entry,
    admit,
    arxiv_mentions,
    document_of,
    given_name,
    text_of,
)
from bot.announcements import RejectedItem
from bot.model import Paper

_BEGINNING = re.compile(r"^TY {1,2}-", re.MULTILINE)


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of a library; each record is parsed alone, so that a damaged one costs only itself."""
    text = "\n".join(text_of(document_of(stream)).splitlines())
    beginnings = [found.start() for found in _BEGINNING.finditer(text)]
    for number, (start, end) in enumerate(zip(beginnings, [*beginnings[1:], len(text)], strict=True), start=1):
        try:
            yield admit(_entry(_record(text[start:end])))
        except BadEntry as error:
            yield RejectedItem(f"record {number}", error.why)


def _record(text: str) -> dict[str, Any]:
    if not re.search(r"^ER {1,2}-", text, re.MULTILINE):
        raise BadEntry("it has no end (ER)")
    try:
        records = rispy.loads(text, skip_unknown_tags=True)
    except PARSER_FAULTS as error:
        raise BadEntry(f"it is no RIS record: {str(error)[:100]}") from error
    if not records:
        raise BadEntry("it is empty")
    return dict(records[0])


def _entry(record: dict[str, Any]) -> Entry:
    title = _text(record, "title", "primary_title", "translated_title")
    if not title:
        raise BadEntry("it has no title")
    abstract = _text(record, "abstract", "notes_abstract")
    urls = _texts(record, "urls", "url", "file_attachments1")
    return Entry(
        title=title,
        # Some publishers export the heading of an abstract that they keep back.
        abstract="" if abstract.strip().lower() == "abstract" else abstract,
        source="file",
        identifiers=(
            _text(record, "doi"),
            *arxiv_mentions("\n".join((*_texts(record, "notes"), *urls))),
            *urls,
        ),
        authors=tuple(given_name(name) for name in _texts(record, "authors", "first_authors")),
        published=_day(record),
        url=next((url for url in urls if url.startswith("http")), ""),
    )


def _day(record: dict[str, Any]) -> date | None:
    for key in ("date", "primary_date", "year", "publication_year"):
        try:
            return day_of(_text(record, key))
        except ValueError:
            continue
    return None


def _text(record: dict[str, Any], *keys: str) -> str:
    return next(iter(_texts(record, *keys)), "")


def _texts(record: dict[str, Any], *keys: str) -> tuple[str, ...]:
    for key in keys:
        value = record.get(key)
        texts = value if isinstance(value, list) else [value]
        if kept := tuple(text for text in texts if isinstance(text, str) and text.strip()):
            return kept
    return ()
