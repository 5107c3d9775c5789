"""arXiv's daily feeds, in their RSS and their Atom form: what one evening's announcement brought."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from adapters.sources.announcements import latest_announcement
from adapters.sources.dates import instant_of
from adapters.sources.intake import NAME_SUFFIXES, BadEntry, Entry, Unreadable, admit, document_of
from adapters.sources.xml_entries import Element, XmlList, all_words_of, words_of, xml_list
from bot.announcements import RejectedItem
from bot.identity import paper_id_from
from bot.model import Paper

_PREAMBLE = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*\S+\s*(?:Abstract:\s*)?", re.IGNORECASE)


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one feed; one without any is a day without an announcement.

    A paper of type ``new`` was announced on the feed's day. The other types repeat old papers, but not only: ``cross``
    is also how a brand-new paper comes whose first category was not asked for. Its id tells its month, so whatever can
    be of this day is taken to be.

    Raises:
        Unreadable: No such feed, or the one by which arXiv refuses a category.
    """
    listing = listing_of(document_of(stream))
    channel = listing.outline if listing.root_tag.endswith("feed") else _channel(listing)
    if words_of(channel, "{*}title").startswith("Feed error"):
        why = words_of(channel, "{*}description") or words_of(channel, "{*}subtitle")
        raise Unreadable(f"arXiv answered with an error: {why[:300]}")
    for part in listing.parsed():
        if isinstance(part, RejectedItem):
            yield part
            continue
        where, element = part
        try:
            yield admit(_entry(element))
        except BadEntry as error:
            yield RejectedItem(where, error.why)


def listing_of(document: bytes) -> XmlList:
    """Return the entries of either form.

    Raises:
        Unreadable: It is neither.
    """
    listing = xml_list(document, "item|entry")
    if listing.root_tag.rpartition(":")[2] not in {"rss", "feed", "RDF"}:
        raise Unreadable(f"it is XML of another kind ({listing.root_tag[:40]}), not a feed")
    return listing


def built_on(document: bytes) -> datetime | None:
    """Return midnight in New York of the day that the feed is of, as UTC; None when it does not say."""
    listing = listing_of(document)
    channel = _channel(listing)
    for text in (words_of(channel, "{*}pubDate"), words_of(listing.outline, "{*}updated")):
        try:
            return instant_of(text)
        except ValueError:
            continue
    return None


def _channel(listing: XmlList) -> Element | None:
    return None if listing.outline is None else listing.outline.find("{*}channel")


def _entry(element: Element) -> Entry:
    known_as = words_of(element, "{*}guid") or words_of(element, "{*}id")
    link = words_of(element, "{*}link")
    abstract = words_of(element, "{*}description") or words_of(element, "{*}summary")
    categories = element.findall("{*}category")
    return Entry(
        title=words_of(element, "{*}title"),
        abstract=_PREAMBLE.sub("", abstract, count=1),
        source="arxiv",
        identifiers=(known_as, link, *words_of(element, "{*}DOI").split()),
        given_id=known_as,
        authors=_authors(words_of(element, "{http://purl.org/dc/elements/1.1/}creator")),
        categories=tuple(str(found.get("term") or found.text or "") for found in categories),
        announced=_announced(element, known_as),
        url=link,
        comment=" ".join(all_words_of(element, "{*}comment")),
    )


def _announced(element: Element, known_as: str) -> datetime | None:
    try:
        of_the_feed = instant_of(words_of(element, "{*}pubDate") or words_of(element, "{*}published"))
    except ValueError:
        return None
    paper = paper_id_from(known_as)
    if words_of(element, "{*}announce_type") in {"", "new"} or paper is None:
        return of_the_feed
    latest = latest_announcement(paper.removeprefix("arxiv:"))
    return of_the_feed if latest is None else min(of_the_feed, latest)


def _authors(names: str) -> tuple[str, ...]:
    # The authors come as one text; what follows a comma and is no suffix is the next author.
    authors: list[str] = []
    for name in (part.strip() for part in names.split(",")):
        if authors and name.lower() in NAME_SUFFIXES:
            authors[-1] = f"{authors[-1]} {name}"
        elif name:
            authors.append(name)
    return tuple(authors)
