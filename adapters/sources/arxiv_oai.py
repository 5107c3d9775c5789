"""Answers of arXiv's OAI-PMH service, in its own form (``arXiv``) and in Dublin Core (``oai_dc``)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from adapters.sources.dates import day_of
from adapters.sources.intake import BadEntry, Entry, Unreadable, admit, document_of, given_name
from adapters.sources.xml_entries import Element, all_words_of, words_of, xml_list
from bot.announcements import Deletion, RejectedItem
from bot.identity import paper_id_from
from bot.model import Paper, PaperId


class TokenExpired(Unreadable):
    """The token of a half-read list is no longer taken; they live for a day."""


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one ListRecords answer; a record that arXiv deleted is a `Deletion`.

    The datestamp is when the record changed, also by mass updates, so it is no date of a paper.

    Raises:
        TokenExpired: The list must be begun again.
        Unreadable: Another error of the service; ``noRecordsMatch`` is none, it means nothing new.
    """
    listing = xml_list(document_of(stream), "record")
    fault = None if listing.outline is None else listing.outline.find("{*}error")
    if fault is not None and fault.get("code") != "noRecordsMatch":
        kind = TokenExpired if fault.get("code") == "badResumptionToken" else Unreadable
        raise kind(f"arXiv answered with an error: {fault.get('code')}: {''.join(fault.itertext())[:300]}")
    for part in listing.parsed():
        if isinstance(part, RejectedItem):
            yield part
            continue
        where, record = part
        if (deleted := _deleted(record)) is not None:
            yield Deletion(where, f"arXiv deleted {deleted.removeprefix('arxiv:')}", deleted)
            continue
        try:
            yield admit(_entry(record))
        except BadEntry as error:
            yield RejectedItem(where, error.why)


def resumption_token(document: bytes) -> str | None:
    """Return what to ask the next page with, None when this one is the last."""
    return words_of(xml_list(document, "record").outline, ".//{*}resumptionToken") or None


def _entry(record: Element) -> Entry:
    identifier = words_of(record, "{*}header/{*}identifier")
    own = record.find("{*}metadata/{*}arXiv")
    if own is not None:
        return _own_form(own, identifier)
    dublin_core = record.find("{*}metadata/{*}dc")
    if dublin_core is not None:
        return _dublin_core(dublin_core, identifier, all_words_of(record, "{*}header/{*}setSpec"))
    raise BadEntry("it has no metadata in the forms arXiv or oai_dc")


def _deleted(record: Element) -> PaperId | None:
    header = record.find("{*}header")
    if header is None or header.get("status") != "deleted":
        return None
    return paper_id_from(words_of(record, "{*}header/{*}identifier"))


def _own_form(own: Element, identifier: str) -> Entry:
    return Entry(
        title=words_of(own, "{*}title"),
        abstract=words_of(own, "{*}abstract"),
        source="arxiv",
        identifiers=(identifier, words_of(own, "{*}id"), *words_of(own, "{*}doi").split()),
        given_id=identifier,
        authors=tuple(_name(author) for author in own.findall("{*}authors/{*}author")),
        categories=tuple(words_of(own, "{*}categories").split()),
        published=_first_day((words_of(own, "{*}created"),)),
        comment=words_of(own, "{*}comments"),
    )


def _dublin_core(dublin_core: Element, identifier: str, sets: tuple[str, ...]) -> Entry:
    descriptions = all_words_of(dublin_core, "{*}description")
    comments = [text for text in descriptions if text.startswith("Comment:")]
    return Entry(
        title=words_of(dublin_core, "{*}title"),
        abstract="\n".join(text for text in descriptions if not text.startswith("Comment:")),
        source="arxiv",
        identifiers=(identifier, *all_words_of(dublin_core, "{*}identifier")),
        given_id=identifier,
        authors=tuple(given_name(name) for name in all_words_of(dublin_core, "{*}creator")),
        categories=tuple(_category(name) for name in sets),
        published=_first_day(all_words_of(dublin_core, "{*}date")),
        comment=" ".join(comments).removeprefix("Comment:"),
    )


def _category(set_spec: str) -> str:
    """``math:math:CO`` → ``math.CO``, ``physics:hep-th`` → ``hep-th``, ``cs`` → ``cs``."""
    parts = set_spec.split(":")
    return ".".join(parts[-2:]) if len(parts) > 2 else parts[-1]


def _name(author: Element) -> str:
    parts = (words_of(author, f"{{*}}{part}") for part in ("forenames", "keyname", "suffix"))
    return " ".join(part for part in parts if part)


def _first_day(texts: tuple[str, ...]) -> date | None:
    for text in texts:
        try:
            return day_of(text)
        except ValueError:
            continue
    return None
