"""Feeds of journals and blogs: RSS 0.9x, 1.0, 2.0 and Atom, as feedparser understands them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import feedparser

from adapters.sources.dates import day_of, instant_of
from adapters.sources.intake import (
    PARSER_FAULTS,
    BadEntry,
    CutOff,
    Entry,
    Unreadable,
    admit,
    arxiv_mentions,
    document_of,
)
from adapters.sources.markup import FRONT_MATTER, words_in
from adapters.sources.xml_entries import after_prolog, xml_text
from bot.announcements import RejectedItem
from bot.model import Paper

# More than any journal announces in a day; a feed that holds more is broken or means harm.
FEED_ENTRIES = 500

_NO_PAPER = re.compile(
    r"(?:(?:author|publisher)\s+)?correction(?:\s+to)?\b|corrigend|errat|retraction|editorial(?:\s+board)?\b|"
    r"front matter|back matter|cover (?:image|picture)|table of contents|issue information",
    re.IGNORECASE,
)
# Nature gives its news and comments DOIs that begin so; its articles have an "s".
_NATURE_NEWS = re.compile(r"10\.1038/d\d", re.IGNORECASE)
_ELSEVIER = re.compile(r"^\s*Publication date:(?P<day>.*?)Source:.*?(?:Author\(s\):(?P<authors>.*))?$", re.DOTALL)
_TRACKING = re.compile(r"utm_\w+|dgcid|rss|af|ref|source|fbclid|gclid|mc_[ce]id|cmpid", re.IGNORECASE)
_ROOT = re.compile(r"\s*<((?:\w+:)?(?:rss|RDF|feed))\b", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:\w+:)?(?:rss|RDF|feed)\s*>\s*(?:<!--.*?-->\s*)*$", re.DOTALL | re.IGNORECASE)


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:
    """Yield the papers of a feed of unknown origin."""
    return papers_of(document_of(stream), now)


def papers_of(
    document: bytes, now: datetime, address: str = "", source: str = "feed"
) -> Iterator[Paper | RejectedItem]:
    """Yield the papers of a feed: at most `FEED_ENTRIES`, none dated after ``now``.

    Args:
        address: Where the feed came from, for links that are relative.

    Raises:
        Unreadable: It is no feed. feedparser would call a web page or a sentence a feed without entries.
    """
    text = xml_text(document)
    whole = text[after_prolog(text) :]
    root = _ROOT.match(whole)
    if root is None:
        raise Unreadable("it is not a feed")
    ends = [found.end() for found in _ENTRY_END.finditer(whole)]
    cut = _CLOSED.search(whole) is None
    if cut and not ends:
        raise Unreadable("its text ends before its first entry does")
    if cut or len(ends) > FEED_ENTRIES:
        # Of the entry in which a text ends feedparser would make half a paper, and with a flood it would be long busy.
        closing = "</channel>" if root[1].lower().endswith("rss") else ""
        whole = f"{whole[: ends[:FEED_ENTRIES][-1]]}{closing}</{root[1]}>"
    try:
        parsed = feedparser.parse(
            whole.encode("utf-8", errors="replace"),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": address},
        )
    except PARSER_FAULTS as error:
        raise Unreadable(f"its feed cannot be read: {str(error)[:100]}") from error
    if not parsed.get("version") or (parsed.get("bozo") and not parsed.entries):
        raise Unreadable("it is not a feed")
    base = str(parsed.feed.get("link") or address)
    for number, entry in enumerate(parsed.entries, start=1):
        try:
            # As a plain dict: feedparser's own fills in one date for another.
            yield admit(_entry(dict(entry), base, source, now))
        except BadEntry as error:
            yield RejectedItem(f"entry {number}", error.why)
    if len(ends) > FEED_ENTRIES:
        why = f"only the first {FEED_ENTRIES} of {len(ends)} entries of one feed are read at a time"
        yield RejectedItem(f"entry {FEED_ENTRIES + 1}", why)
    if cut:
        yield CutOff(f"entry {len(parsed.entries) + 1}", "the text ends before the feed does")


def without_tracking(address: str) -> str:
    """Return an address without the parameters that only tell from where somebody came."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    kept = [
        (key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(key)
    ]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _entry(entry: dict[str, Any], base: str, source: str, now: datetime) -> Entry:
    title = words_in(str(entry.get("title", "")))
    link = without_tracking(urljoin(base, str(entry.get("link", ""))))
    identifiers = tuple(str(entry.get(key, "")) for key in ("prism_doi", "dc_identifier", "id"))
    if not title:
        raise BadEntry("it has no title")
    if _NO_PAPER.match(title) or any(_NATURE_NEWS.search(text) for text in identifiers):
        raise BadEntry(f"{title[:80]!r} is news, a correction or an editorial, not a paper")
    told = words_in(_longest(entry))
    elsevier = _ELSEVIER.match(told)
    authors = tuple(str(author.get("name", "")) for author in entry.get("authors", ()))
    if elsevier:
        told, authors = "", authors or tuple((elsevier["authors"] or "").split(","))
    return Entry(
        title=title,
        abstract=FRONT_MATTER.sub("", told, count=1),
        original=_longest(entry) if told else "",
        source=source,
        identifiers=(*identifiers, link, *arxiv_mentions(link)),
        authors=authors,
        published=_day(entry, elsevier, now),
        announced=_instant(entry, now),
        url=link,
        # A feed is no authority on another's versions: with a high one it could replace what arXiv itself says.
        version=1,
    )


def _longest(entry: dict[str, Any]) -> str:
    contents = [str(content.get("value", "")) for content in entry.get("content", ())]
    return max((*contents, str(entry.get("summary", ""))), key=len)


def _day(entry: dict[str, Any], elsevier: re.Match[str] | None, now: datetime) -> date | None:
    told = [str(entry.get(key, "")) for key in ("published", "updated", "prism_publicationdate")]
    for text in (*told, "" if elsevier is None else elsevier["day"]):
        try:
            # Publishers date ahead, to the issue; a paper that can be read has been published.
            return min(day_of(text), now.astimezone(UTC).date())
        except ValueError:
            continue
    return None


def _instant(entry: dict[str, Any], now: datetime) -> datetime | None:
    for key in ("published", "updated"):
        try:
            return min(instant_of(str(entry.get(key, ""))), now.astimezone(UTC))
        except ValueError:
            continue
    return None
