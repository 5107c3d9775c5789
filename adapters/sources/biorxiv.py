"""bioRxiv and medRxiv: preprints of the life sciences, a record for each version."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from adapters.sources.dates import midnight
from adapters.sources.intake import Entry, Unreadable, given_name
from adapters.sources.json_document import admitted, count_at, day_at, list_at, text_at, told
from bot.announcements import RejectedItem
from bot.model import Paper

# The second half of these DOIs begins with the day on which the first version came in.
_DOI_DAY = re.compile(r"/(\d{4})\.(\d\d)\.(\d\d)\.")


def claims(document: object) -> bool:
    return isinstance(told(document, "collection"), list) and isinstance(told(document, "messages"), list)


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one page, of several versions the highest.

    Raises:
        Unreadable: An error of the service; ``no posts found`` is none.
    """
    status = text_at(document, "messages", 0, "status").lower()
    if not claims(document) or status not in {"ok", "no posts found"}:
        raise Unreadable(f"bioRxiv answered with an error: {status[:300] or 'no list'}")
    highest: dict[str, dict[str, Any]] = {}
    unnamed: list[Any] = []
    for record in list_at(document, "collection"):
        doi = text_at(record, "doi").lower()
        if not doi:
            unnamed.append(record)
        elif doi not in highest or (count_at(record, "version") or 1) > (count_at(highest[doi], "version") or 1):
            highest[doi] = record
    yield from admitted([*highest.values(), *unnamed], _entry)


def _entry(record: dict[str, Any]) -> Entry:
    doi, version = text_at(record, "doi"), count_at(record, "version") or 1
    posted = day_at(record, "date")
    first = posted if version == 1 else _day_in(doi)
    withdrawn = "withdraw" in text_at(record, "type").lower() or text_at(record, "title").startswith("WITHDRAWN")
    return Entry(
        title=text_at(record, "title"),
        abstract=text_at(record, "abstract"),
        source=text_at(record, "server").lower() or "biorxiv",
        identifiers=(doi, text_at(record, "published")),
        authors=tuple(given_name(name) for name in text_at(record, "authors").split(";")),
        categories=(text_at(record, "category"),),
        published=first,
        announced=None if first is None else midnight(first),
        version=version,
        comment="withdrawn" if withdrawn else "",
    )


def _day_in(doi: str) -> date | None:
    found = _DOI_DAY.search(doi)
    try:
        return None if found is None else date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
