"""A language in which each text of the bot stands between marks, so that what was not said in it is seen at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from typing import Any, TypeVar

from bot import catalogues
from bot.replies import PicksReply, Reply
from tests.replies import EVERY_KIND, a_paper, an_offer
from tests.wrapped import LANGUAGE, known_words, unwrapped, wrapped_catalogue

# What is written the same in every language.
NAMES = ("arXiv", "Paperround", "Slack", "Discord", "PDF", "DOI", "UTC", "/papers")

# What is no word of anybody's: names for machines.
KEPT = frozenset({"token", "url", "id", "source", "name", "media_type", "content", "code_url", "unit", "address"})

T = TypeVar("T")


@contextmanager
def marked_language() -> Iterator[str]:
    """Let `LANGUAGE` be the language with the marks until the end of the block."""
    with catalogues.instead(LANGUAGE, wrapped_catalogue()):
        yield LANGUAGE


def in_marks(value: T) -> T:
    """Return a reply whose texts stand between marks, as if each had been said; names for machines stay."""
    changed: Any = value
    if isinstance(value, str) and not isinstance(value, Enum):
        changed = f"«{value}»" if value else value
    elif isinstance(value, tuple):
        changed = tuple(in_marks(each) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        texts = {field.name: in_marks(getattr(value, field.name)) for field in fields(value) if field.name not in KEPT}
        changed = replace(value, **texts)
    return changed  # type: ignore[no-any-return]  # of the type that came in, as each branch shows


def unsaid(texts: Iterable[str], besides: Iterable[str] = ()) -> list[str]:
    """Return the words that came out of no catalogue, but for what is typed, days, names, and those of ``besides``."""
    known = known_words(*NAMES, *besides)
    return [word for text in texts for word in unwrapped(text, known)]


def texts_under(found: object, names: Collection[str], besides: Collection[str] = ()) -> Iterator[str]:
    """Yield each text that has one of some names in a payload, at whatever depth, but not below ``besides``."""
    if isinstance(found, Mapping):
        for name, value in found.items():
            if name in names and isinstance(value, str):
                yield value
            elif name not in besides:
                yield from texts_under(value, names, besides)
    elif isinstance(found, list | tuple):
        for each in found:
            yield from texts_under(each, names, besides)


_FULL = a_paper(
    7,
    authors=tuple(f"Author {number}" for number in range(9)),
    code_url="https://github.com/one/two",
    withdrawn=True,
    source="sample",
    upvotes=3,
)

# Replies of each kind, one of a paper about which everything is known.
MARKED_REPLIES: tuple[Reply, ...] = tuple(
    in_marks(reply)
    for reply in (
        *EVERY_KIND,
        PicksReply("", (an_offer(1, _FULL, stretch=True), an_offer(2, probability=None, strength="good match"))),
    )
)


class _Read(HTMLParser):
    """What a reader sees or is read out, but for what is typed."""

    READ_OUT = ("aria-label", "title", "alt", "placeholder")
    TYPED = ("code", "pre", "q", "style", "script")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.attributes: list[str] = []
        self._typed = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._typed += tag in self.TYPED
        self.attributes += [value for name, value in attrs if name in self.READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._typed -= tag in self.TYPED

    def handle_data(self, data: str) -> None:
        self.text += " " if self._typed else f"{data} "


def texts_of_page(html: str) -> list[str]:
    """Return the texts of a page or of a part of one, without what is typed as it stands."""
    read = _Read(html)
    return [read.text, *read.attributes]
