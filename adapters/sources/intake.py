"""The one way from a source's words to a Paper: caps, readable text, identifiers.

Readers of single formats gather an `Entry` and call `admit`; nothing else in this folder makes a Paper.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from adapters.sources.markup import FRONT_MATTER, words_in
from bot.announcements import RejectedItem, SourceFailed
from bot.identity import TELLING_TITLE, arxiv_version, doi_from, normal_title, paper_id_from, title_id, url_of
from bot.model import Paper, PaperId
from bot.plain import clean, plain

TITLE_CHARACTERS = 500
ABSTRACT_CHARACTERS = 20_000
AUTHOR_CHARACTERS = 200
CATEGORY_CHARACTERS = 60
URL_CHARACTERS = 2_000
ID_CHARACTERS = 72
# Collaborations at the LHC sign with about 3,000 names; nobody reads the last thousand.
AUTHORS = 2_000
CATEGORIES = 50
KEYWORDS = 30
# Commands of LaTeX and tags may be longer than what they say.
ORIGINAL_CHARACTERS = 2 * ABSTRACT_CHARACTERS

NAME_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"})

# The formats that must be held as a whole; the largest answers of the services in SOURCES are below 10 MB.
DOCUMENT_BYTES = 64 * 2**20

# What other people's parsers raise on text that their authors did not think of.
PARSER_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

_ARXIV_MENTION = re.compile(
    r"arxiv\s*:\s*([a-z.-]+/\d{7}|\d{4}\.\d{4,5})(v\d+)?|\babs/(\d{4}\.\d{4,5}|[a-z.-]+/\d{7})", re.IGNORECASE
)
_MARKUP = re.compile(r"</?(?:\w+:)?(?:p|div|span|i|b|em|strong|su[bp]|sec|title|br|a|ul|ol|li|math)\b[^<>]*>")
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|manuscript|submission|preprint|work|note|version)\s+(?:has\s+been|have\s+been|is|was)\s+"
    r"(?:\w+\s+)?withdrawn\b",
    re.IGNORECASE,
)


class Unreadable(SourceFailed):
    """The text as a whole is no list of papers; ``why`` is one sentence for whoever sent it."""


@dataclass(frozen=True, slots=True)
class CutOff(RejectedItem):
    """The text ends here although there was more: what comes before it is whole, what comes after is not known."""


class BadEntry(Exception):
    """One entry is no paper; ``why`` names the field."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source says about one paper, in the source's own words.

    Attributes:
        identifiers: Texts that are an identifier or a link, best first; those that are neither do no harm.
        given_id: Kept as it is when no identifier is recognised.
        comment: What the authors say about the paper; only read for a withdrawal.
        comments: How many readers at the source said something.
        keywords: Of the source's machine.
        original: The abstract with the markup that a reader took off before; empty when it took nothing off.
    """

    title: str
    abstract: str
    source: str
    identifiers: tuple[str, ...] = ()
    given_id: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    announced: datetime | None = None
    url: str = ""
    version: int | None = None
    upvotes: int | None = None
    code_url: str | None = None
    comment: str = ""
    comments: int | None = None
    keywords: tuple[str, ...] = ()
    original: str = ""


def admit(entry: Entry) -> Paper:
    """Return the paper of an entry, every text readable and capped.

    The id is an arXiv id, else a DOI, else another identifier, else the given id, else made from the title.

    Raises:
        BadEntry: Neither title nor abstract.
    """
    title = clean(plain(entry.title), TITLE_CHARACTERS)
    abstract = clean(plain(entry.abstract), ABSTRACT_CHARACTERS)
    if not title and not abstract:
        raise BadEntry("it has neither title nor abstract")
    found = [identifier for text in entry.identifiers if (identifier := paper_id_from(text)) is not None]
    dois = [doi for text in entry.identifiers if (doi := doi_from(text)) is not None]
    authors = _texts((plain(author) for author in entry.authors), AUTHORS, AUTHOR_CHARACTERS)
    identifier = _chosen(found, entry.given_id) or _title_id(title or abstract, authors)
    return Paper(
        id=identifier,
        title=title,
        abstract=abstract,
        authors=authors,
        categories=_texts(entry.categories, CATEGORIES, CATEGORY_CHARACTERS),
        published=entry.published,
        announced=entry.announced,
        url=url_of(identifier) or web_address(entry.url),
        source=entry.source,
        # The id tells its own DOI already; another one is the work's article or preprint, by which it is met elsewhere.
        doi=next((doi for doi in dois if identifier != paper_id_from(doi)), dois[0] if dois else None),
        version=entry.version or _version(entry.identifiers),
        upvotes=entry.upvotes,
        code_url=web_address(entry.code_url or "") or None,
        withdrawn=_is_withdrawn(entry),
        comments=entry.comments,
        keywords=_texts(entry.keywords, KEYWORDS, CATEGORY_CHARACTERS),
        original=_original(entry, abstract),
    )


def readable_abstract(original: str) -> str:
    """Return an abstract as `admit` makes it readable, from what was kept of it in its source's own writing."""
    told = FRONT_MATTER.sub("", words_in(original), count=1) if _MARKUP.search(original) else original
    return clean(plain(told), ABSTRACT_CHARACTERS)


def arxiv_mentions(text: str) -> tuple[str, ...]:
    """Return the arXiv ids named within running text as ``arXiv:…`` or ``abs/…``, for `Entry.identifiers`."""
    return tuple(f"arXiv:{found[1] or found[3]}{found[2] or ''}" for found in _ARXIV_MENTION.finditer(text))


def web_address(text: str) -> str:
    """Return a cleaned http(s) address, empty for anything else: other schemes are not shown to readers."""
    text = clean(text, URL_CHARACTERS + 1)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    whole = len(text) <= URL_CHARACTERS and not re.search(r"\s", text)
    return text if whole and parts.scheme in {"http", "https"} and parts.netloc else ""


def given_name(name: str) -> str:
    """Return ``Family, Given`` as ``Given Family`` and ``von Last, Jr., First`` as ``First von Last Jr.``."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 3 and parts[2].lower() in NAME_SUFFIXES:
        parts[1], parts[2] = parts[2], parts[1]
    if len(parts) == 2:
        return f"{parts[1]} {parts[0]}".strip()
    if len(parts) == 3:
        return f"{parts[2]} {parts[0]} {parts[1]}".strip()
    return name


def document_of(stream: BinaryIO) -> bytes:
    """Return the rest of a stream that must be held as a whole.

    Raises:
        Unreadable: It is larger than `DOCUMENT_BYTES`, or holds nothing.
    """
    document = stream.read(DOCUMENT_BYTES + 1)
    if len(document) > DOCUMENT_BYTES:
        raise Unreadable(
            f"it is larger than {DOCUMENT_BYTES >> 20} MB; split it, or convert it to one JSON line a paper"
        )
    if not document.strip():
        raise Unreadable("it is empty")
    return document


def text_of(document: bytes) -> str:
    """Return text, whatever its encoding: by its byte order mark, else UTF-8, else what Windows in the West writes."""
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return document.decode("utf-16", errors="replace")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError:
        return document.decode("cp1252", errors="replace")


def _chosen(found: list[PaperId], given: str) -> PaperId | None:
    for kind in ("arxiv:", "doi:", ""):
        for identifier in found:
            if identifier.startswith(kind) and len(identifier) <= ID_CHARACTERS:
                return identifier
    given = clean(given, URL_CHARACTERS)
    return PaperId(given) if 0 < len(given) <= ID_CHARACTERS else None


def _title_id(title: str, authors: tuple[str, ...]) -> PaperId:
    # Many works are called "Introduction"; only with the first author does such a title name one of them.
    short = len(normal_title(title)) < TELLING_TITLE
    return title_id(f"{title} {authors[0]}" if short and authors else title)


def _version(identifiers: Iterable[str]) -> int:
    return max((arxiv_version(text) or 1 for text in identifiers), default=1)


def _texts(texts: Iterable[str], count: int, characters: int) -> tuple[str, ...]:
    """Return the non-empty texts, cleaned, each once, the first ``count`` of them."""
    kept: dict[str, None] = {}
    for text in texts:
        if len(kept) == count:
            break
        if text := clean(text, characters):
            kept[text] = None
    return tuple(kept)


def _original(entry: Entry, abstract: str) -> str:
    # No store can hold a NUL, and no abstract needs one.
    written = (entry.original or entry.abstract)[:ORIGINAL_CHARACTERS].replace("\0", "")
    return written if abstract and written != abstract else ""


def _is_withdrawn(entry: Entry) -> bool:
    # The title and the body may speak of withdrawing money; only how an abstract begins speaks of the paper.
    told = f"{entry.comment}\n{entry.abstract[:200]}"
    return bool(_WITHDRAWN.search(told)) or entry.comment.strip().lower().startswith("withdrawn")
