"""PubMed's records: journal articles and book chapters of the life sciences."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import BinaryIO

from adapters.sources.dates import midnight
from adapters.sources.intake import BadEntry, Entry, Unreadable, admit, document_of
from adapters.sources.markup import shifted
from adapters.sources.xml_entries import Element, all_words_of, words_of, xml_list, xml_text
from bot.announcements import RejectedItem
from bot.model import Paper

# Each answer names its document type by reference. Without a body of its own it defines nothing, and it is not fetched.
_KNOWN_TYPE = re.compile(r'<!DOCTYPE\s+PubmedArticleSet\s+PUBLIC\s+"-//NLM//DTD [^"<>\[\]]*"\s+"[^"<>\[\]]*"\s*>')
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:  # noqa: ARG001
    """Yield the papers of one answer of efetch.

    Raises:
        Unreadable: It is no such answer: the service also sends errors as JSON, HTML or its own notation.
    """
    document = _KNOWN_TYPE.sub("", xml_text(document_of(stream)), count=1).encode("utf-8")
    listing = xml_list(document, "Pubmed(?:Book)?Article")
    if listing.root_tag != "PubmedArticleSet":
        raise Unreadable(f"PubMed answered with XML of another kind ({listing.root_tag[:40]})")
    for part in listing.parsed():
        if isinstance(part, RejectedItem):
            yield part
            continue
        where, element = part
        for marked in element.iter("sup", "sub"):
            marked.text = shifted(marked.tag, marked.text or "")
        try:
            yield admit(_entry(element))
        except BadEntry as error:
            yield RejectedItem(where, error.why)


def _entry(element: Element) -> Entry:
    body = element.find("MedlineCitation") if element.tag == "PubmedArticle" else element.find("BookDocument")
    if body is None:
        raise BadEntry("it has no citation")
    article = body if element.tag == "PubmedBookArticle" else body.find("Article")
    title = words_of(article, "ArticleTitle") or words_of(article, "Book/BookTitle")
    pmid = words_of(body, "PMID")
    if not title or not pmid:
        raise BadEntry("it has no title" if pmid else "it has no PMID")
    listed = _day(element.find("PubmedData/History/PubMedPubDate[@PubStatus='entrez']"))
    return Entry(
        title=_own_words(title),
        abstract=_abstract(article),
        source="pubmed",
        identifiers=_dois(element, body, article),
        given_id=f"pmid:{pmid}",
        authors=tuple(_name(author) for author in article.findall("AuthorList/Author")),
        categories=all_words_of(body, "MeshHeadingList/MeshHeading/DescriptorName[@MajorTopicYN='Y']"),
        published=_published(article),
        announced=None if listed is None else midnight(listed),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        comment="withdrawn" if "Retracted Publication" in all_words_of(body, ".//PublicationType") else "",
    )


def _own_words(title: str) -> str:
    """Drop what PubMed adds to a title: brackets around a translation, a full stop."""
    if title.startswith("[") and title.rstrip(".").endswith("]"):
        return title.rstrip(".")[1:-1]
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def _abstract(article: Element) -> str:
    parts = []
    for part in article.findall("Abstract/AbstractText"):
        words, label = "".join(part.itertext()).strip(), str(part.get("Label") or "")
        parts.append(f"{label}: {words}" if label else words)
    return "\n".join(parts)


def _dois(element: Element, body: Element, article: Element) -> tuple[str, ...]:
    """Return the article's own DOIs; those under ReferenceList are of what it cites."""
    lists = (
        *element.findall("PubmedData/ArticleIdList/ArticleId[@IdType='doi']"),
        *body.findall("ArticleIdList/ArticleId[@IdType='doi']"),
        *article.findall("ELocationID[@EIdType='doi']"),
    )
    return tuple(dict.fromkeys("".join(found.itertext()).strip().lower() for found in lists))


def _name(author: Element) -> str:
    whole = words_of(author, "CollectiveName")
    parts = (words_of(author, part) for part in ("ForeName", "LastName", "Suffix"))
    return whole or " ".join(part for part in parts if part)


def _published(article: Element) -> date | None:
    """Return the electronic day, else that of the issue, which may be a year alone or ``1998 Dec-1999 Jan``."""
    day = _day(article.find("ArticleDate"))
    issue = article.find("Journal/JournalIssue/PubDate")
    day = day or _day(issue if issue is not None else article.find("Book/PubDate"))
    if day is None and (spoken := re.match(r"(\d{4})(?:\s+([A-Za-z]{3}))?", words_of(issue, "MedlineDate"))):
        return date(int(spoken[1]), _month(spoken[2] or ""), 1)
    return day


def _day(element: Element | None) -> date | None:
    year, month, day = (words_of(element, part) for part in ("Year", "Month", "Day"))
    if not year.isdigit():
        return None
    try:
        return date(int(year), _month(month), int(day) if day.isdigit() else 1)
    except ValueError:
        return None


def _month(text: str) -> int:
    if text.isdigit() and 1 <= int(text) <= 12:
        return int(text)
    return _MONTHS.index(text[:3].lower()) + 1 if text[:3].lower() in _MONTHS else 1
