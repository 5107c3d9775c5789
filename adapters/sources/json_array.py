"""A JSON list of papers in the form that JSON lines have, as one writes it by hand or from a script."""

from collections.abc import Iterator
from datetime import datetime

from adapters.sources.intake import BadEntry
from adapters.sources.json_lines import paper_from
from bot.announcements import RejectedItem
from bot.model import Paper


def claims(document: object) -> bool:
    items = document if isinstance(document, list) else [document]
    return not items or any(isinstance(item, dict) and ("title" in item or "abstract" in item) for item in items)


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield a paper or a rejection for each object of the list; a single object is a list of one."""
    for number, item in enumerate(document if isinstance(document, list) else [document], start=1):
        try:
            yield paper_from(item)
        except BadEntry as error:
            yield RejectedItem(f"entry {number}", error.why)
