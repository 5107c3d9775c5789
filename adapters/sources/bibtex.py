"""BibTeX: the library of whoever writes in LaTeX."""

import logging
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock
from bibtexparser.model import Entry as Block

from adapters.sources.dates import day_of
from adapters.sources.intake import (
    PARSER_FAULTS,
    BadEntry,
    Entry,
    Unreadable,
    admit,
    arxiv_mentions,
    document_of,
    given_name,
    text_of,
)
from bot.announcements import RejectedItem
from bot.model import Paper
from bot.plain import plain

_MENTIONING = ("journal", "journaltitle", "note", "howpublished", "url", "doi")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONE_BRACES = re.compile(r"(?<![\\\w}^_])\{([^{}\\]*)\}")
# What is left once LaTeX is read: around words these are protection too, around ``{0, 1}`` they are a set.
_WORD_BRACES = re.compile(r"\{([^\W\d_][\w\s'’-]*)\}")


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of a library; an entry that is broken or has no title is a rejection by its line."""
    # The parser logs what it also returns; what it returns is reported with its line.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    text = text_of(document_of(stream))
    try:
        library = parse_string(text)
    except PARSER_FAULTS as error:
        raise Unreadable(f"its BibTeX cannot be read: {str(error)[:100]}") from error
    for block in library.blocks:
        where = f"line {(block.start_line or 0) + 1}"
        # A key that is used twice may well stand for two works; the identifiers decide that, not the key.
        entry = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        if isinstance(entry, Block):
            fields = {field.key.lower(): str(field.value) for field in entry.fields}
            if entry is not block:  # the parser gave it up before it took the values out of their braces
                fields = {key: _bare(value) for key, value in fields.items()}
            try:
                yield admit(_entry(fields))
            except BadEntry as error:
                yield RejectedItem(where, error.why)
        elif isinstance(entry, DuplicateFieldKeyBlock):
            yield RejectedItem(where, f"it gives {', '.join(sorted(entry.duplicate_keys))} twice")
        elif isinstance(entry, ParsingFailedBlock):
            yield RejectedItem(where, "its braces, quotes or commas do not match, so it has no end")


def _entry(fields: dict[str, str]) -> Entry:
    title = _unbraced(fields.get("title", ""))
    if not title.strip():
        raise BadEntry("it has no title")
    eprint = fields.get("eprint", "")
    archive = fields.get("archiveprefix", fields.get("eprinttype", "")).strip().lower()
    mentions = " ".join(fields.get(key, "") for key in _MENTIONING)
    return Entry(
        title=title,
        abstract=_unbraced(fields.get("abstract", "")),
        source="file",
        identifiers=(
            f"arXiv:{eprint}" if archive == "arxiv" else eprint,
            fields.get("arxivid", ""),
            *fields.get("doi", "").split(),
            *arxiv_mentions(mentions),
            fields.get("url", ""),
        ),
        authors=tuple(_name(name) for name in _names(fields.get("author", "")) if name != "others"),
        published=_day(fields),
        url=fields.get("url", ""),
    )


def _names(authors: str) -> Iterator[str]:
    """Yield the names between the ``and``s that stand outside braces."""
    depth, name = 0, ""
    for piece in re.split(r"([{}]|\s+and\s+)", authors):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if depth == 0 and piece.strip() == "and":
            yield name.strip()
            name = ""
        else:
            name += piece
    if name.strip():
        yield name.strip()


def _name(name: str) -> str:
    # A name in braces is that of an institution: its comma is part of it.
    return _unbraced(name) if name.startswith("{") and name.endswith("}") else given_name(_unbraced(name))


def _unbraced(text: str) -> str:
    """Read LaTeX and drop the braces that only keep capitals as they are."""
    while (inner := _bare(text)) != text:
        text = inner
    return _without(_WORD_BRACES, plain(_without(_LONE_BRACES, text)))


def _without(braces: re.Pattern[str], text: str) -> str:
    while (unbraced := braces.sub(r"\1", text)) != text:
        text = unbraced
    return text


def _bare(text: str) -> str:
    """Return a value without the braces or quotes around the whole of it."""
    braced = text.startswith("{") and _close(text) == len(text) - 1
    quoted = len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]
    return text[1:-1] if braced or quoted else text


def _close(text: str) -> int:
    depth = 0
    for position, character in enumerate(text):
        if text[position - 1 : position] != "\\":
            depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0:
            return position
    return -1


def _day(fields: dict[str, str]) -> date | None:
    year, month = fields.get("year", "").strip(), fields.get("month", "").strip().lower()[:3]
    numbered = str(_MONTHS.index(month) + 1) if month in _MONTHS else month
    for text in (fields.get("date", ""), f"{year}-{numbered}", year):
        try:
            return day_of(text)
        except ValueError:
            continue
    return None
