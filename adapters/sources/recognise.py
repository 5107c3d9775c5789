"""Which form a file is in, told from its first bytes; names and endings of files are not asked."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO

from adapters.sources import (
    arxiv_atom,
    arxiv_oai,
    arxiv_rss,
    bibtex,
    biorxiv,
    crossref,
    csl_json,
    feeds,
    huggingface,
    json_array,
    json_lines,
    openreview,
    page_text,
    pubmed,
    ris,
    semantic_scholar,
)
from adapters.sources.intake import Unreadable, document_of, text_of
from adapters.sources.json_document import json_of
from bot.announcements import RejectedItem
from bot.model import Paper

Reader = Callable[[BinaryIO, datetime], Iterator[Paper | RejectedItem]]

Claim = Callable[[object], bool]
DocumentReader = Callable[[object, datetime], Iterator[Paper | RejectedItem]]

HEAD_BYTES = 2**20

_SERVICES: tuple[tuple[Claim, DocumentReader], ...] = (
    (huggingface.claims, huggingface.read_document),
    (biorxiv.claims, biorxiv.read_document),
    (crossref.claims, crossref.read_document),
    (openreview.claims, openreview.read_document),
    (semantic_scholar.claims, semantic_scholar.read_document),
)
_DOCUMENTS = (
    *_SERVICES,
    (csl_json.claims, csl_json.read_document),
    (json_array.claims, json_array.read_document),
)
_ARCHIVES = (
    (b"%PDF", "a PDF; save the list of papers as text, or export it from your reference manager"),
    (b"PK\x03\x04", "a ZIP archive or an office document; unpack it, or save it as text"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it"),
    (b"BZh", "compressed with bzip2; unpack it, or use gzip"),
    (b"\xfd7zXZ", "compressed with xz; unpack it, or use gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it, or use gzip"),
    (b"SQLite format 3", "a database"),
)
_ROOT = re.compile(
    r"\s*(?:(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\b[^>\[]*>)\s*)*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", re.DOTALL
)
_JSON = re.compile(r'\s*(?:\{|\[\s*(?:[{\[\]"]|null\b))')
_BIBTEX = re.compile(r"^\s*@\s*[A-Za-z]+\s*[{(]", re.MULTILINE)
_RIS = re.compile(r"^\ufeff?TY {1,2}- ", re.MULTILINE)


def reader_of(head: bytes, now: datetime) -> Reader:
    """Return what reads a text that begins with ``head``: the whole of it, or its first `HEAD_BYTES`.

    Raises:
        Unreadable: It is in no form that holds papers; the sentence says what it is.
    """
    _refuse_what_is_no_text(head)
    text = text_of(head).lstrip("\ufeff")
    if not text.strip():
        raise Unreadable("it is empty")
    if text.lstrip().startswith("<"):
        return _xml_reader(text)
    if _JSON.match(text):
        return json_lines.read if _is_json_lines(text) else _json_document
    if _RIS.search(text):
        return ris.read
    if _BIBTEX.search(text):
        return bibtex.read
    if page_text.looks_like_a_page(text, now):
        return page_text.read
    raise Unreadable(
        "it is in none of the forms that are read: a Hugging Face page's text, JSON lines, arXiv's answers and dump, "
        "RSS or Atom, BibTeX, RIS, CSL-JSON"
    )


def _refuse_what_is_no_text(head: bytes) -> None:
    for magic, what in _ARCHIVES:
        if head.startswith(magic):
            raise Unreadable(f"it is {what}")
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    controls = sum(head.count(control) for control in (b"\0", b"\1", b"\2", b"\3", b"\4", b"\5", b"\6"))
    # A stray NUL in one abstract is cleaned away; a file full of them is no text.
    if not utf16 and controls * 100 > len(head):
        raise Unreadable("it is not text")


def _xml_reader(text: str) -> Reader:
    found = _ROOT.match(text)
    root = found[1].lower() if found else ""
    if root == "html" or text[:500].lstrip().lower().startswith("<!doctype html"):
        raise Unreadable("it is a web page, not a list of papers")
    if root == "opml":
        raise Unreadable("it is a list of feeds (OPML), not of papers; name it in PAPERROUND_SOURCES as opml:PATH")
    if root == "feed" and re.search(r"arxiv\.org/api/", text[:20_000]):
        return arxiv_atom.read
    if root in {"feed", "rss", "rdf"}:
        of_arxiv = "arxiv.org/schemas/atom" in text[:20_000] or "//rss.arxiv.org/" in text[:20_000]
        return arxiv_rss.read if of_arxiv else feeds.read
    if root == "oai-pmh":
        return arxiv_oai.read
    if root == "pubmedarticleset":
        return pubmed.read
    raise Unreadable(f"it is XML of a kind that holds no papers ({root[:40] or 'damaged'})")


def _is_json_lines(text: str) -> bool:
    """Tell one object a line from one document: by a first line that is an object and no service's answer."""
    lines = [line.strip() for line in text.splitlines()[:20] if line.strip()]
    if not lines[0].startswith("{"):
        return False
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(told, dict) or (len(lines) == 1 and not told.keys() & {"title", "abstract", "summary"}):
            return False
        return not any(claims(told) for claims, _ in _SERVICES)
    # None is whole: of a document the lines begin with keys and brackets, of damaged JSON lines each with an object.
    return len(lines[0]) > 1 and sum(line.startswith("{") for line in lines) > len(lines) // 2 and '"' in lines[0]


def _json_document(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:
    body = document_of(stream)
    document = json_of(body)
    for claims, read_document in _DOCUMENTS:
        if claims(document):
            return read_document(document, now)
    raise Unreadable("its JSON holds no papers in a form that is read")
