"""JSON answers of the services: parsed once, then read with doubt about every value."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from adapters.sources.dates import day_of
from adapters.sources.intake import PARSER_FAULTS, BadEntry, Entry, Unreadable, admit, text_of
from bot.announcements import RejectedItem
from bot.model import Paper


def json_of(document: bytes) -> Any:  # noqa: ANN401 (JSON is anything)
    """Return what a JSON document says.

    Raises:
        Unreadable: It is a web page, or no JSON.
    """
    text = text_of(document)
    if text.lstrip().startswith("<"):
        raise Unreadable("it is a web page or XML, not JSON")
    try:
        return json.loads(text)
    except PARSER_FAULTS as error:
        raise Unreadable(f"it is not JSON: {str(error)[:100]}") from error


def admitted(
    items: list[Any], entry_of: Callable[[dict[str, Any]], Entry], what: str = "entry"
) -> Iterator[Paper | RejectedItem]:
    """Yield the paper of each item, or its rejection by number: ``entry 3``. A null in a list is an unknown id."""
    for number, item in enumerate(items, start=1):
        try:
            yield admit(entry_of(_object(item)))
        except BadEntry as error:
            yield RejectedItem(f"{what} {number}", error.why)


def _object(item: object) -> dict[str, Any]:
    if isinstance(item, dict):
        return item
    raise BadEntry("the service does not know it" if item is None else "it is not an object")


def told(item: object, *path: str | int) -> Any:  # noqa: ANN401 (JSON is anything)
    """Return what stands at a path of keys and positions, None where there is no such thing."""
    for step in path:
        if isinstance(step, str):
            item = item.get(step) if isinstance(item, dict) else None
        else:
            item = item[step] if isinstance(item, list) and -len(item) <= step < len(item) else None
    return item


def text_at(item: object, *path: str | int) -> str:
    """Return the text at a path; a number as text; empty for anything else."""
    value = told(item, *path)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def list_at(item: object, *path: str | int) -> list[Any]:
    value = told(item, *path)
    return value if isinstance(value, list) else []


def count_at(item: object, *path: str | int) -> int | None:
    """Return the whole number at a path, also one written as text; None where there is none."""
    value = told(item, *path)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def day_at(item: object, *path: str | int) -> date | None:
    try:
        return day_of(text_at(item, *path))
    except ValueError:
        return None


def milliseconds_at(item: object, *path: str | int) -> datetime | None:
    """Return the instant at a path given in milliseconds since 1970."""
    value = told(item, *path)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
