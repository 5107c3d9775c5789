"""Text as Slack wants it: escaped so that it calls nobody and formats nothing, and split between words.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

from adapters.slack import limits

ZERO_WIDTH_SPACE = "\u200b"
ACCENTS_AT_MOST = 64

# Emphasis needs a mark before a word and another one behind a word; one within a word is shown as it stands.
MARKS = "*_~`"
OPENING_MARK = re.compile(r"(?<![^\W_])([*_~`])(?=\S)")
EMOJI_NAME = re.compile(r":(?=[a-z0-9_+'-]*[a-z+-][a-z0-9_+'-]*:)")
# Control characters that are no blanks, direction overrides, and halves of surrogate pairs, which no JSON can carry.
UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def width(text: str) -> int:
    """Return the length of a text in UTF-16 units: the stricter count, as Slack does not say which one is its own."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def escaped(text: str) -> str:
    """Return text that Slack shows as it stands and reads no mention, link or entity from."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Return text without characters that nobody sees, and with zero-width spaces where Slack would read markup.

    Slack has no escape for its emphasis marks and emoji names; a zero-width space beside them is what works.
    """
    text = UNSHOWABLE.sub("", text)
    if any(text.count(mark) > 1 for mark in MARKS):
        text = OPENING_MARK.sub(rf"\1{ZERO_WIDTH_SPACE}", text)
    return EMOJI_NAME.sub(f":{ZERO_WIDTH_SPACE}", text)


def said(text: str) -> str:
    """Return text for a short place: inert, on one line, escaped."""
    line = escaped(" ".join(inert(text).split()))
    # A line that begins with this is a quotation to Slack.
    return f"{ZERO_WIDTH_SPACE}{line}" if line.startswith("&gt;") else line


def code(text: str) -> str:
    """Return text to be typed as it stands, in Slack's code style where the text allows it."""
    line = " ".join(UNSHOWABLE.sub("", text).split())
    return f"`{escaped(line)}`" if line and "`" not in line else said(line)


def web_address(url: str) -> str | None:
    """Return an address that may stand in a link, None for anything but a plain http or https one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or UNSHOWABLE.search(url):
        return None
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return safe if width(escaped(safe)) <= limits.URL // 2 else None


def links(url: str, label: str, room: int = limits.TEXT) -> list[str]:
    """Return a label as one link, or as several that each fit ``room``; the bare label where the address is unfit."""
    address = web_address(url)
    if address is None:
        return list(pieces(label, room))
    opening = f"<{escaped(address)}|"
    # Slack takes the first bar for the border between address and label.
    label = label.replace("|", "∣")
    return [f"{opening}{piece}>" for piece in pieces(label, room - len(opening) - 1)]


def pieces(text: str, room: int = limits.TEXT) -> Iterator[str]:
    """Split text at blanks into escaped pieces of at most ``room`` characters; the words of all are the words of it."""
    yield from filled(_words(inert(text), room), room, " ")


def filled(parts: Iterable[str], room: int, between: str) -> Iterator[str]:
    """Join parts, each at most ``room`` characters, into as few runs of at most ``room`` as their order allows."""
    run, full = "", 0
    for part in parts:
        more = width(part)
        if run and full + len(between) + more > room:
            yield run
            run, full = "", 0
        run, full = (f"{run}{between}{part}", full + len(between) + more) if run else (part, more)
    if run:
        yield run


def _words(text: str, room: int) -> Iterator[str]:
    for word in text.split():
        whole = escaped(word)
        if width(whole) <= room:
            yield whole
        else:
            yield from _cut(word, room)


def _cut(word: str, room: int) -> Iterator[str]:
    # Only a "word" longer than a whole block comes here. Accents stay with their letter, within reason.
    part, full = "", 0
    for character in word:
        piece = escaped(character)
        over = full + width(piece) > room
        if over or (full > room - ACCENTS_AT_MOST and not unicodedata.combining(character)):
            yield part
            part, full = "", 0
        part += piece
        full += width(piece)
    yield part
