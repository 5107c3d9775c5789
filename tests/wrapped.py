"""A language to find unsaid words with: every text of the bot's stands in «guillemets», what is filled in outside."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from babel import Locale
from babel.messages.catalog import Catalog

from bot.commands import COMMANDS
from bot.model import Paper
from bot.preferences import PREFERENCES
from bot.replies import Reply
from docs.words import said

# The language whose catalogue is replaced: days and numbers are written as it writes them.
LANGUAGE = "de"

_FIELD = re.compile(r"(\{\w+\})")
_WRAPPED = re.compile(r"«[^«»]*»")
_WORD = re.compile(r"[^\W\d_]{2,}")
# What is no text of ours, or is said only where it is shown.
_NOT_SHOWN = frozenset(
    {
        "token",
        "style",
        "usage",
        "examples",
        "media_type",
        "content",
        "paper",
        "key_sentence",
        "kind",
        "saying",
        "strength",
    }
)


def wrapped_catalogue() -> Catalog:
    """Return a catalogue of every text that the code says, each wrapped."""
    found = Catalog(locale=LANGUAGE)
    for message in said():
        if message.id:
            found.add(message.id, _wrap(message.id) if isinstance(message.id, str) else tuple(map(_wrap, message.id)))
    return found


def unwrapped(text: str, known: set[str]) -> list[str]:
    """Return the words of a text that came out of no catalogue, without those that are known not to."""
    return [word for word in _WORD.findall(_WRAPPED.sub(" ", text)) if word.casefold() not in known]


def texts_of(shown: object) -> Iterator[str]:
    """Return each text of a reply that somebody reads: not the facts of its papers, nor what its buttons say."""
    if isinstance(shown, str):
        yield shown
    elif isinstance(shown, tuple | list):
        for each in shown:
            yield from texts_of(each)
    elif is_dataclass(shown) and not isinstance(shown, Paper):
        for field in fields(shown):
            if field.name not in _NOT_SHOWN:
                yield from texts_of(getattr(shown, field.name))


def unwrapped_of(reply: Reply, known: set[str]) -> dict[str, list[str]]:
    """Return the texts of a reply that hold words of no catalogue, with those words."""
    found = {text: unwrapped(text, known) for text in texts_of(reply)}
    return {text: words for text, words in found.items() if words}


def known_words(*texts: str) -> set[str]:
    """Return the words that are the same in every language: what is typed, days of the calendar, and of ``texts``."""
    typed = [word for each in COMMANDS for word in (each.name, each.usage, *each.examples)]
    typed += [choice for each in PREFERENCES for choice in (each.name, *each.choices)]
    locale = Locale.parse(LANGUAGE)
    calendar = [
        name
        for names in (locale.months, locale.days)
        for widths in names.values()
        for width in widths.values()
        for name in width.values()
    ]
    return {word.casefold() for text in (*typed, *calendar, *texts) for word in _WORD.findall(text)}


def _wrap(text: str) -> str:
    return "".join(
        part if _FIELD.fullmatch(part) or not _WORD.search(part) else f"«{part}»" for part in _FIELD.split(text)
    )
