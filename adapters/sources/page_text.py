"""The text of a page of papers as one copies it from a browser: Hugging Face's lists, title and abstract in turn.

Such a text has no ids, no authors and no links. What stands around the papers (badges, buttons, counts, the
day) is told from them by its form, because the next page's furniture is not this one's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import BinaryIO

from adapters.sources.dates import midnight
from adapters.sources.intake import BadEntry, Entry, Unreadable, admit, document_of, text_of
from bot.announcements import RejectedItem
from bot.model import Paper

# The longest title on the recorded page has 151 characters, its shortest abstract 1,347.
TITLE_CHARACTERS = 250
SHORTEST_ABSTRACT = 60
# Nobody wraps lines this long: a text that has them is not wrapped at all.
UNWRAPPED_CHARACTERS = 300
HEAD_BLOCKS = 12

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = re.compile(
    rf"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
    rf"(?:(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|"
    rf"(?P<day_first>\d{{1,2}})\.?\s+(?P<month_last>{_MONTH})\.?)"
    r"(?:,?\s+(?P<year>\d{4}))?",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"new|subscribe|(?:daily|trending) papers|get trending papers in your (?:e-?mail )?inbox!?|"
    r"by\s?\w{1,30} and the research community",
    re.IGNORECASE,
)
_MARKDOWN = ("#", "-", "*", "|", ">", "`")
_FURNITURE = re.compile(
    rf"{_SIGN.pattern}|hot|log ?in|sign ?up|trending|papers|today|yesterday|upvote|github|arxiv page|"
    r"submitted by\b.*|published on\b.*|(?:view|read)\b.{0,20}\bpapers?|previous|next|"
    r"[-–—·•|\s]*\d[\d.,]*\s?[km]?(?:\s+(?:authors?|comments?|upvotes?|stars?|papers?))?[-–—·•|\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, its line breaks joined; ``line`` is the number (from 1) of its first line."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A title and the abstract under it as the page has them; ``day`` is the day that the list above them is of."""

    line: int
    title: str
    abstract: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds. ``lonely`` are lines between papers that look like titles but have no abstract."""

    items: tuple[Item, ...]
    lonely: tuple[Block, ...]


def read(stream: BinaryIO, now: datetime) -> Iterator[Paper | RejectedItem]:
    """Yield the papers of a page.

    Raises:
        Unreadable: Nothing in it looks like a title with an abstract under it.
    """
    page = page_of(text_of(document_of(stream)), now)
    if not page.items:
        raise Unreadable("no title with an abstract under it was found in it")
    rejected = {block.line: block for block in page.lonely}
    for item in page.items:
        for line in sorted(line for line in rejected if line < item.line):
            yield RejectedItem(f"line {line}", f"no abstract follows {rejected.pop(line).text[:80]!r}")
        try:
            yield admit(
                Entry(
                    title=item.title,
                    abstract=item.abstract,
                    source="huggingface",
                    announced=None if item.day is None else midnight(item.day),
                )
            )
        except BadEntry as error:
            yield RejectedItem(f"line {item.line}", error.why)
    for line in sorted(rejected):
        yield RejectedItem(f"line {line}", f"no abstract follows {rejected[line].text[:80]!r}")


def page_of(text: str, now: datetime) -> Page:
    """Return the papers of a page's text, titles and abstracts untouched but for the joining of lines.

    A day without a year is the last such day that is not after ``now``. Everything above the first title is header.
    """
    items: list[Item] = []
    lonely: list[Block] = []
    title: Block | None = None
    day: date | None = None
    for block in _blocks(text):
        if (named := _day_of(block.text, now)) is not None:
            day = named
        elif _is_abstract(block.text, title):
            if title is not None:
                items.append(Item(title.line, title.text, block.text, day))
                title = None
            elif items:  # a further paragraph
                items[-1] = replace(items[-1], abstract=f"{items[-1].abstract}\n{block.text}")
        elif title is None or not _is_furniture(block.text):
            if title is not None and items and not _is_furniture(title.text):
                lonely.append(title)
            title = block
    if title is not None and items and not _is_furniture(title.text):
        lonely.append(title)
    return Page(tuple(items), tuple(lonely))


def looks_like_a_page(text: str, now: datetime) -> bool:
    """Tell a page of papers from any other text.

    Either its head shows what such pages show around their papers, or it is nothing but titles with abstracts.
    """
    page = page_of(text, now)
    if not page.items:
        return False
    head = [block.text for block in islice(_blocks(text), HEAD_BLOCKS)]
    if any(_SIGN.fullmatch(block) or _day_of(block, now) for block in head):
        return len(page.items) > 2 * len(page.lonely)
    first = page.items[0]
    bare = not page.lonely and len(page.items) > 1 and head[0] == first.title
    return bare and not any(item.title.startswith(_MARKDOWN) for item in page.items)


def _is_abstract(text: str, title: Block | None) -> bool:
    if len(text) > TITLE_CHARACTERS:
        return True
    under_a_title = title is not None and not _is_furniture(title.text) and not title.text.endswith(".")
    return under_a_title and len(text) >= SHORTEST_ABSTRACT and text.endswith(".")


def _is_furniture(text: str) -> bool:
    return _FURNITURE.fullmatch(text) is not None


def _day_of(text: str, now: datetime) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    month = _MONTHS.index((found["month"] or found["month_last"])[:3].lower()) + 1
    day = int(found["day"] or found["day_first"])
    today = now.astimezone(UTC).date()
    # 29 February may lie eight years back.
    for year in (int(found["year"]),) if found["year"] else range(today.year, max(today.year - 9, 0), -1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if found["year"] or named <= today:
            return named
    return None


def _blocks(text: str) -> Iterator[Block]:
    paragraph: list[Block] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if words := " ".join(line.split()):
            paragraph.append(Block(number, words))
        else:
            yield from _joined(paragraph)
            paragraph = []
    yield from _joined(paragraph)


def _joined(lines: list[Block]) -> Iterator[Block]:
    if any(len(line.text) >= UNWRAPPED_CHARACTERS for line in lines):
        yield from lines
    elif lines:
        yield Block(lines[0].line, " ".join(line.text for line in lines))
