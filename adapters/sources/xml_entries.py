"""XML lists cut into entries that are parsed one by one, so that a damaged entry costs only itself.

No document type is ever handed to the parser: without one there are no entities to expand and nothing to fetch.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from adapters.sources.intake import CutOff, Unreadable, text_of
from bot.announcements import RejectedItem

# lxml ships no types: an element is what `etree.fromstring` returns.
Element = Any

_PROLOG = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_ROOT = re.compile(r"""\s*<([A-Za-z_][\w.:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_OUTLINE_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class XmlList:
    """A list of entries.

    Attributes:
        outline: The root with everything but the entries; None when that is damaged.
        entries: In order, each as source text.
        unfinished: Number (from 1) of an entry that begins and never ends, None when there is none.
    """

    root_tag: str
    opening: str
    outline: Element | None
    entries: tuple[str, ...]
    unfinished: int | None
    complete: bool

    def parsed(self) -> Iterator[tuple[str, Element] | RejectedItem]:
        """Yield ``("entry 3", element)`` for each whole entry, and a rejection for each damaged one."""
        for number, entry in enumerate(self.entries, start=1):
            try:
                yield f"entry {number}", _parsed(f"{self.opening}{entry}</{self.root_tag}>")[0]
            except (etree.XMLSyntaxError, IndexError) as error:
                yield RejectedItem(f"entry {number}", f"its XML is damaged: {_first_line(error)}")
        if self.unfinished is not None:
            yield CutOff(f"entry {self.unfinished}", "the text ends in the middle of it")
        elif not self.complete:
            yield CutOff(f"entry {len(self.entries) + 1}", "the text ends before the list does")


def xml_list(document: bytes, entry_tag: str) -> XmlList:
    """Cut an XML document into its entries.

    Args:
        entry_tag: Pattern of an entry's local name; it may have whatever prefix.

    Raises:
        Unreadable: No XML, or it brings a document type, which a list of papers has no need of.
    """
    text = xml_text(document)
    position = after_prolog(text)
    root = _ROOT.match(text, position)
    if root is None or root[2].endswith("/"):
        raise Unreadable("its XML has no content")
    edge = re.compile(rf"<(/?)(?:[\w.-]+:)?(?:{entry_tag})(?=[\s/>])[^<>]*>")
    entries: list[str] = []
    outline: list[str] = []
    begun: int | None = None
    last = root.end()
    for tag in edge.finditer(text, root.end()):
        if not tag[1]:
            if begun is None:
                outline.append(text[last : tag.start()])
            else:  # the one before never ended
                entries.append(text[begun : tag.start()])
            begun = tag.start()
        elif begun is not None:
            entries.append(text[begun : tag.end()])
            begun, last = None, tag.end()
    complete = re.search(rf"</{re.escape(root[1])}\s*>\s*(?:<!--.*?-->\s*)*$", text, re.DOTALL) is not None
    if begun is None:
        outline.append(text[last:])
    return XmlList(
        root_tag=root[1],
        opening=root[0],
        outline=_outline(root[0] + "".join(outline), f"</{root[1]}>", complete=complete),
        entries=tuple(entries),
        unfinished=None if begun is None else len(entries) + 1,
        complete=complete,
    )


def xml_text(document: bytes) -> str:
    """Return XML as text, decoded as its declaration says; a wrong declaration gives way to what the bytes are."""
    declared = _DECLARED.match(document)
    if declared and not document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            # Feeds declared as ISO-8859-1 are often sent as UTF-8; the reverse decodes only by chance.
            return document.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                return document.decode(declared[1].decode("ascii"))
            except (LookupError, ValueError):
                return text_of(document)
    return text_of(document)


def after_prolog(text: str) -> int:
    """Return where the root element begins.

    Raises:
        Unreadable: There is a document type, or it is a web page.
    """
    position = 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    rest = text[position : position + 200].lstrip("\ufeff \t\r\n").lower()
    if rest.startswith(("<!doctype html", "<html")):
        raise Unreadable("it is a web page, not a list of papers")
    if rest.startswith("<!"):
        raise Unreadable("it brings its own document type (DOCTYPE), which is refused for safety")
    return position


def words_of(element: Element | None, path: str) -> str:
    """Return all text within the first match of an lxml path, markup dropped; empty when there is none."""
    found = None if element is None else element.find(path)
    return "" if found is None else "".join(found.itertext()).strip()


def all_words_of(element: Element, path: str) -> tuple[str, ...]:
    return tuple("".join(found.itertext()).strip() for found in element.findall(path))


def _outline(opening: str, closing: str, *, complete: bool) -> Element | None:
    if len(opening) > _OUTLINE_CHARACTERS:
        return None
    try:
        return _parsed(opening if complete else opening + closing)
    except etree.XMLSyntaxError:
        return None


def _parsed(text: str) -> Element:
    # A parser for each call: lxml's keeps the log of the errors of all it has ever read.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(text.encode("utf-8", errors="replace"), parser)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:200]
