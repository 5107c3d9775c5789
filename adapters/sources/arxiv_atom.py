"""Answers of arXiv's API: an Atom feed of search results."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from adapters.sources.announcements import announced_at
from adapters.sources.dates import instant_of
from adapters.sources.intake import BadEntry, Entry, Unreadable, admit, document_of
from adapters.sources.xml_entries import Element, all_words_of, words_of, xml_list
from bot.announcements import RejectedItem
from bot.model import Paper


class EmptyPage(Unreadable):
    """A known fault of the service in the middle of long results; it goes away when asked again."""


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one page of results. When they were announced is not told there; the calendar tells it.

    Raises:
        Unreadable: An error of arXiv's, which comes as an entry of its own.
        EmptyPage: It has not the entries that its counts promise.
    """
    listing = xml_list(document_of(stream), "entry")
    if not listing.entries and _promised(listing.outline):
        raise EmptyPage("arXiv sent an empty page although it counts more results; ask it again")
    for part in listing.parsed():
        if isinstance(part, RejectedItem):
            yield part
            continue
        where, element = part
        if "/api/errors" in words_of(element, "{*}id"):
            raise Unreadable(f"arXiv answered with an error: {words_of(element, '{*}summary')[:300]}")
        try:
            yield admit(_entry(element))
        except BadEntry as error:
            yield RejectedItem(where, error.why)


def total_results(document: bytes) -> int | None:
    """Return how many results arXiv counts over all pages, None when it does not say."""
    return _number(xml_list(document, "entry").outline, "totalResults")


def total_of(document: bytes, start: int) -> int:
    """Return how many results arXiv counts, having checked that the page that begins at ``start`` is as it should be.

    Raises:
        EmptyPage: It has no entries although there are more.
        Unreadable: It does not say, or is an error.
    """
    total = total_results(document)
    if total is None:
        raise Unreadable("arXiv did not say how many results there are")
    if start < total and not xml_list(document, "entry").entries:
        raise EmptyPage("arXiv sent an empty page although it counts more results")
    return total


def _entry(element: Element) -> Entry:
    try:
        submitted = instant_of(words_of(element, "{*}published"))
    except ValueError:
        submitted = None
    return Entry(
        title=words_of(element, "{*}title"),
        abstract=words_of(element, "{*}summary"),
        source="arxiv",
        identifiers=(words_of(element, "{*}id"), *words_of(element, "{*}doi").split()),
        given_id=words_of(element, "{*}id"),
        authors=all_words_of(element, "{*}author/{*}name"),
        categories=_categories(element),
        published=None if submitted is None else submitted.date(),
        announced=None if submitted is None else announced_at(submitted),
        comment=words_of(element, "{*}comment"),
    )


def _categories(element: Element) -> tuple[str, ...]:
    """Return arXiv's categories, the primary one first."""
    terms = [str(found.get("term", "")) for found in element.findall("{*}category")]
    primary = element.find("{*}primary_category")
    return tuple(terms) if primary is None else (str(primary.get("term", "")), *terms)


def _promised(outline: Element | None) -> bool:
    total = _number(outline, "totalResults") or 0
    return total > (_number(outline, "startIndex") or 0) and _number(outline, "itemsPerPage") != 0


def _number(outline: Element | None, tag: str) -> int | None:
    text = words_of(outline, f"{{*}}{tag}")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
