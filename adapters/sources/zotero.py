"""A Zotero library by its web API (version 3): what somebody collected, newest first."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from adapters.sources.dates import day_of
from adapters.sources.fetch import Fetcher
from adapters.sources.intake import BadEntry, Entry, Unreadable, admit
from adapters.sources.json_document import json_of, list_at, text_at
from adapters.sources.markup import words_in
from adapters.sources.network_source import each
from bot.announcements import RejectedItem
from bot.model import Paper

ZOTERO = "https://api.zotero.org"
PAGE = 100
# A library of more papers says no more of somebody's taste, and each page is a request.
PAPERS = 500

_LIBRARY = re.compile(r"(?:users|groups)/\d{1,12}(?:/collections/[A-Z0-9]{8})?", re.ASCII)
_NO_PAPERS = frozenset({"attachment", "note", "annotation"})


class ZoteroLibrary:
    """`bot.ports.Source` of the items of a library or of one collection of it.

    Args:
        library: ``users/123``, ``groups/45``, or either with ``/collections/ABCD2345``.
        key: Of the library's owner; a public group needs none.

    Raises:
        ValueError: The library is not named in one of those ways.
    """

    def __init__(self, library: str, fetcher: Fetcher, key: str = "", base: str = ZOTERO) -> None:
        if _LIBRARY.fullmatch(library) is None:
            raise ValueError("a library is named users/123 or groups/45, perhaps with /collections/ABCD2345 after it")
        self.name = f"zotero:{library}"
        self._fetcher = fetcher
        self._address = f"{base}/{library}/items/top"
        self._headers = {"Zotero-API-Version": "3", **({"Zotero-API-Key": key} if key else {})}

    async def papers(self, now: datetime) -> AsyncIterator[Paper | RejectedItem]:
        """Yield the items, the newest first, up to `PAPERS`.

        Raises:
            SourceFailed: The service gave no good answer: the key does not open the library, or it is away.
        """
        for start in range(0, PAPERS, PAGE):
            asked = {
                "format": "json",
                "sort": "dateAdded",
                "direction": "desc",
                "start": str(start),
                "limit": str(PAGE),
            }
            body = (await self._fetcher.get(self._address, asked, headers=self._headers)).body
            items = json_of(body)
            async for item in each(read_document(items, now)):
                yield item
            if not isinstance(items, list) or len(items) < PAGE:
                return


def read_document(document: object, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one page; notes and attachments are passed over.

    Raises:
        Unreadable: It is no list of items.
    """
    if not isinstance(document, list):
        raise Unreadable("Zotero answered with something else than items")
    for item in document:
        if text_at(item, "data", "itemType") in _NO_PAPERS:
            continue
        try:
            yield admit(_entry(item))
        except BadEntry as error:
            yield RejectedItem(f"item {text_at(item, 'key')[:20]}", error.why)


def _entry(item: object) -> Entry:
    def said(name: str) -> str:
        return text_at(item, "data", name)

    if not said("title").strip():
        raise BadEntry("it has no title")
    try:
        published = day_of(said("date"))
    except ValueError:
        published = None
    return Entry(
        title=words_in(said("title")),
        abstract=words_in(said("abstractNote")),
        original=said("abstractNote"),
        source="zotero",
        # Where an item has no field for an identifier, Zotero's own importers put it into the extra text.
        identifiers=(said("archiveID"), said("DOI"), *said("extra").split(), said("url")),
        authors=tuple(_name(creator) for creator in list_at(item, "data", "creators") if _wrote(creator)),
        published=published,
        url=said("url"),
    )


def _wrote(creator: object) -> bool:
    return text_at(creator, "creatorType") in {"author", ""}


def _name(creator: object) -> str:
    return text_at(creator, "name") or f"{text_at(creator, 'firstName')} {text_at(creator, 'lastName')}".strip()
