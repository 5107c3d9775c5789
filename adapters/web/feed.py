"""Digests as an Atom feed (RFC 4287)."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from adapters.web.render import authors_of, web_address
from bot.model import Digest, Pick
from bot.shown import match_in_words

ATOM = "http://www.w3.org/2005/Atom"
# No prefix: readers of old take "atom:feed" for another thing.
NAMES: Any = {None: ATOM}
MEDIA_TYPE = "application/atom+xml"
# What XML 1.0 cannot say, escaped or not.
UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def atom(whose: str, address: str, digests: Sequence[Digest]) -> bytes:
    """Return the feed of some digests, newest first.

    Args:
        whose: In words: ``your picks``.
        address: Of this very feed.
    """
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap=NAMES)
    _add(feed, "id", _urn(address))
    _add(feed, "title", f"Paperround: {whose}")
    _add(feed, "updated", max((digest.made_at for digest in digests), default=EPOCH).isoformat())
    _add(_add(feed, "author"), "name", "Paperround")
    _add(feed, "link", rel="self", href=address)
    for digest in digests:
        for pick in digest.picks:
            _add_entry(feed, digest, pick)
    return bytes(etree.tostring(feed, xml_declaration=True, encoding="utf-8"))


def _add_entry(feed: etree._Element, digest: Digest, pick: Pick) -> None:
    paper = pick.paper
    entry = _add(feed, "entry")
    _add(entry, "id", _urn(f"{digest.profile} {digest.local_date} {digest.edition} {paper.id}"))
    _add(entry, "title", paper.title)
    _add(entry, "updated", digest.made_at.isoformat())
    if address := web_address(paper.url):
        _add(entry, "link", href=address)
    for author in paper.authors[:20]:
        _add(_add(entry, "author"), "name", author)
    for category in paper.categories:
        _add(entry, "category", term=category)
    reasons = ", ".join(reason.words for reason in pick.reasons)
    said = [match_in_words(pick), reasons, pick.key_sentence or authors_of(paper)]
    _add(entry, "summary", "\n\n".join(each for each in said if each), type="text")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    said = {key: UNSAYABLE.sub("�", value) for key, value in attributes.items()}
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attrib=said)
    if text is not None:
        element.text = UNSAYABLE.sub("�", text)
    return element


def _urn(text: str) -> str:
    """Return a lasting name that tells nothing of what it was made from."""
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"urn:sha256:{digest}"
