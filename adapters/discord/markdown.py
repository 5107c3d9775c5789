"""Text as Discord wants it: escaped so that it calls nobody, links nowhere, formats nothing; and split between words.

Discord lets a backslash stand before any character but letters, digits and blanks; a mention is broken by a zero-width
space, which also holds where backslashes are not read.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

from adapters.discord import limits

ZERO_WIDTH_SPACE = "\u200b"
JOINER = "\u200d"
ACCENTS_AT_MOST = 64

MARKS = re.compile(r"[\\*_~`|<>\[\]#]")
# A colon before a non-blank makes a link of a bare address and an emoji of a name.
COLON = re.compile(r":(?=\S)")
MENTION = re.compile(r"@(?=everyone|here|[!&]?\d)|(?<=<)#(?=\d)", re.IGNORECASE)
# These begin a list when they stand alone at the start of a line, wherever the text is broken into lines.
LIST_START = re.compile(r"(?P<number>\d*)(?P<mark>[-+.])")
# Control characters that are no blanks, direction overrides, and halves of surrogate pairs, which no JSON can carry.
UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+", re.IGNORECASE)


def said(text: str) -> str:
    """Return text on one line, shown by Discord as it stands."""
    return " ".join(map(_escaped, shown(text).split()))


def shown(text: str) -> str:
    """Return text for a place that reads no markup: a footer, a label, a thread's name."""
    return " ".join(MENTION.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", UNSHOWABLE.sub("", text)).split())


def code(text: str) -> str:
    """Return text to be typed as it stands, in code style where the text allows it."""
    line = shown(text)
    return f"`{line}`" if line and "`" not in line else said(text)


def web_address(url: str) -> str | None:
    """Return an address that an embed may link to, None for anything but a plain http or https one."""
    try:
        parts = urlsplit(url)
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not port_ok or not HOST.fullmatch(parts.hostname or ""):
        return None
    if UNSHOWABLE.search(url):
        return None
    safe = quote(url.strip(), safe="%/:=&?~#+!$,;'@()*")
    return safe if len(safe) <= limits.URL else None


def pieces(text: str, room: int, before: str = "", after: str = "") -> Iterator[str]:
    """Split text at blanks into escaped pieces of at most ``room`` characters, each between ``before`` and ``after``.

    The words of all pieces, in order, are the words of the text.
    """
    width = room - len(before) - len(after)
    for piece in filled(_words(text, width), width, " "):
        yield f"{before}{piece}{after}"


def opening(text: str, room: int) -> tuple[str, str]:
    """Return the escaped words that fit ``room``, and the rest of the text as it came; both may be empty."""
    words = shown(text).split()
    taken = ""
    for count, word in enumerate(words):
        longer = f"{taken} {_escaped(word)}" if taken else _escaped(word)
        if len(longer) > room:
            return taken, " ".join(words[count:])
        taken = longer
    return taken, ""


def filled(parts: Iterable[str], room: int, between: str) -> Iterator[str]:
    """Join parts, each at most ``room`` characters, into as few runs of at most ``room`` as their order allows."""
    run = ""
    for part in parts:
        if run and len(run) + len(between) + len(part) > room:
            yield run
            run = ""
        run = f"{run}{between}{part}" if run else part
    if run:
        yield run


def _escaped(word: str) -> str:
    if alone := LIST_START.fullmatch(word):
        return f"{alone['number']}\\{alone['mark']}"
    return COLON.sub(r"\:", MARKS.sub(r"\\\g<0>", word))


def _words(text: str, room: int) -> Iterator[str]:
    for word in shown(text).split():
        whole = _escaped(word)
        if len(whole) <= room:
            yield whole
        else:
            yield from _cut(word, room)


def _cut(word: str, room: int) -> Iterator[str]:
    # Only a "word" longer than a whole place comes here. Each character at most doubles when escaped, so half the room
    # of raw ones always fits; accents and joined emoji stay together, within reason.
    most = room // 2
    start = 0
    while start < len(word):
        end = min(start + most, len(word))
        for _ in range(ACCENTS_AT_MOST):
            if end >= len(word) or end <= start + 1 or not _belongs_to_previous(word, end):
                break
            end -= 1
        yield _escaped(word[start:end])
        start = end


def _belongs_to_previous(word: str, place: int) -> bool:
    character = word[place]
    joined = JOINER in (character, word[place - 1])
    tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return joined or tone or unicodedata.category(character).startswith("M")
