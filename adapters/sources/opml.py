"""OPML: the lists of feeds that feed readers exchange."""

from urllib.parse import urlsplit

from lxml import etree

from adapters.sources.intake import Unreadable, web_address
from adapters.sources.xml_entries import after_prolog, xml_text


def feeds_in(document: bytes) -> tuple[str, ...]:
    """Return the addresses of the feeds, each once, in their order; folders and what is no feed are passed over.

    Raises:
        Unreadable: It is no OPML.
    """
    text = xml_text(document)
    try:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        root = etree.fromstring(text[after_prolog(text) :].encode("utf-8", errors="replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("it is no list of feeds (OPML)") from error
    if root.tag != "opml":
        raise Unreadable("it is no list of feeds (OPML)")
    found: dict[tuple[str, str, str], str] = {}
    for outline in root.iter("outline"):
        if address := web_address(str(outline.get("xmlUrl") or "")):
            parts = urlsplit(address)
            # http and https, and the case of a host's name, make no other feed of it.
            found.setdefault((parts.netloc.lower(), parts.path, parts.query), address)
    return tuple(found.values())
