"""One JSON object a line: Paperround's own form and the arXiv metadata dump."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO

from adapters.sources.announcements import announced_at
from adapters.sources.dates import day_of, instant_of
from adapters.sources.intake import ID_CHARACTERS, PARSER_FAULTS, URL_CHARACTERS, BadEntry, Entry, admit, text_of
from bot.announcements import RejectedItem
from bot.identity import paper_id_from
from bot.model import Paper, PaperId
from bot.plain import clean

# Longer than any abstract by far, short enough to hold: a line beyond it is not read to its end at once.
LINE_BYTES = 16 * 2**20

# "Streinu and Theran", "A, B and C", "A; B"; with semicolons a comma is within a name.
_BETWEEN_NAMES = re.compile(r"\s*,?\s+(?:and|&)\s+|\s*,\s*")
_WORD = {str: "text", int: "a number", float: "a number", bool: "true or false", list: "a list", dict: "an object"}


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield a paper or a rejection for each line that is not blank; holds one line at a time."""
    number = 0
    while line := stream.readline(LINE_BYTES + 1):
        number += 1
        if len(line) > LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LINE_BYTES)
            yield RejectedItem(f"line {number}", f"it is longer than {LINE_BYTES >> 20} MB")
        elif text := text_of(line).strip():
            try:
                yield paper_of(text)
            except BadEntry as error:
                yield RejectedItem(f"line {number}", error.why)


def paper_of(text: str) -> Paper:
    """Return the paper of one JSON object.

    Raises:
        BadEntry: What is wrong with it, by the name of the field.
    """
    try:
        # A number such as 1412.6980 is an identifier whose last zero counts.
        told = json.loads(text, parse_float=str)
    except json.JSONDecodeError as error:
        raise BadEntry(f"it is not JSON: {error.msg} at column {error.colno}") from error
    except PARSER_FAULTS as error:
        raise BadEntry(f"it is not JSON: {error}") from error
    return paper_from(told)


def paper_from(told: object) -> Paper:
    """Return the paper of an object in Paperround's form or the dump's.

    Raises:
        BadEntry: A field has the wrong type or cannot be read, or there is neither title nor abstract.
    """
    if not isinstance(told, dict):
        raise BadEntry(f"it is {_named(told)}, not an object")
    if "authors_parsed" in told or ("versions" in told and "update_date" in told):
        return admit(_dump_entry(told))
    paper = admit(_entry(told))
    given = clean(_text(told, "id"), URL_CHARACTERS)
    # Whoever numbers the papers of a collection wants those numbers back, whatever else the line tells.
    own = given and paper_id_from(given) is None and len(given) <= ID_CHARACTERS
    return replace(paper, id=PaperId(given)) if own else paper


def _entry(told: dict[str, Any]) -> Entry:
    known_as, doi, url = _text(told, "id"), _text(told, "doi"), _text(told, "url", "link")
    source = _text(told, "source").strip().lower()
    return Entry(
        title=_text(told, "title"),
        abstract=_text(told, "abstract", "summary"),
        source=source if re.fullmatch(r"[a-z0-9.-]{1,40}", source) else "file",
        identifiers=(known_as, *doi.split(), url),
        given_id=known_as,
        authors=_names(told),
        categories=_words(told, "categories"),
        published=_day(told),
        announced=_instant(told, "announced"),
        url=url,
        version=_count(told, "version"),
        upvotes=_count(told, "upvotes"),
        code_url=_text(told, "code_url"),
        comment=_text(told, "comments", "comment"),
    )


def _dump_entry(told: dict[str, Any]) -> Entry:
    """Return the entry of a line of ``arxiv-metadata-oai-snapshot.json``.

    ``update_date`` is when the record changed, also by mass updates, so the day is that of the first version.
    """
    known_as = _text(told, "id")
    versions = told.get("versions")
    created = _submitted(versions)
    parsed = told.get("authors_parsed")
    return Entry(
        title=_text(told, "title"),
        abstract=_text(told, "abstract"),
        source="arxiv",
        identifiers=(f"arXiv:{known_as}", *_text(told, "doi").split()),
        given_id=known_as,
        authors=_parsed_names(parsed) if isinstance(parsed, list) else _names(told),
        categories=tuple(_text(told, "categories").split()),
        published=None if created is None else created.date(),
        announced=None if created is None else announced_at(created),
        version=len(versions) if isinstance(versions, list) and versions else None,
        comment=_text(told, "comments"),
    )


def _submitted(versions: object) -> datetime | None:
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    try:
        return instant_of(str(created)) if created else None
    except ValueError:
        return None


def _parsed_names(names: list[Any]) -> tuple[str, ...]:
    """Turn ``["Family", "Given", "Jr."]`` into ``Given Family Jr.`` for each author."""
    whole = [[str(part) for part in name[:3]] for name in names if isinstance(name, list) and name]
    return tuple(" ".join(part for part in (*name[1:2], name[0], *name[2:]) if part) for name in whole)


def _text(told: dict[str, Any], *keys: str) -> str:
    for key in keys:
        value = told.get(key)
        if value is None or value == "":
            continue
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        raise BadEntry(f'"{key}" is {_named(value)}, not text')
    return ""


def _names(told: dict[str, Any]) -> tuple[str, ...]:
    names = told.get("authors")
    if isinstance(names, str):
        return tuple(names.split(";") if ";" in names else _BETWEEN_NAMES.split(names))
    if names is None:
        return ()
    if not isinstance(names, list):
        raise BadEntry(f'"authors" is {_named(names)}, not a list of names')
    return tuple(_name(name) for name in names)


def _name(name: object) -> str:
    if isinstance(name, dict) and isinstance(name.get("name"), str):
        return str(name["name"])
    if isinstance(name, str):
        return name
    raise BadEntry(f'"authors" holds {_named(name)} where a name should be')


def _words(told: dict[str, Any], key: str) -> tuple[str, ...]:
    words = told.get(key)
    if isinstance(words, str):
        return tuple(re.split(r"[\s,;]+", words))
    if words is None:
        return ()
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return tuple(words)
    raise BadEntry(f'"{key}" is neither text nor a list of texts')


def _day(told: dict[str, Any]) -> date | None:
    for key in ("published", "date", "year"):
        if text := _text(told, key).strip():
            try:
                return day_of(text)
            except ValueError as error:
                raise BadEntry(f'"{key}" is {text[:40]!r}, which is no date like 2026-03-11') from error
    return None


def _instant(told: dict[str, Any], key: str) -> datetime | None:
    text = _text(told, key)
    try:
        return instant_of(text) if text else None
    except ValueError as error:
        raise BadEntry(f'"{key}" is {text[:40]!r}, which is no instant like 2026-03-11T09:00Z') from error


def _count(told: dict[str, Any], key: str) -> int | None:
    text = _text(told, key)
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise BadEntry(f'"{key}" is {text[:40]!r}, not a whole number')


def _named(value: object) -> str:
    return "empty" if value is None else _WORD.get(type(value), "not text")
