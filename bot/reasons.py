"""The reasons of kept picks in the language of whoever reads them: they are kept in English, and said anew."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.model import Pick
from bot.words import ENGLISH, count, language_spoken, marked, say, whole

# What `bot.explain` says with words, names or titles in it; the longer of two that begin alike stands first.
_WITH_WORDS = (
    marked("matches {words}"),
    marked("has related words: {words}"),
    marked("by {words}"),
    marked("like “{words}”, which you liked"),
    marked("like “{words}”"),
)
# What `bot.trending` counts.
_TRENDING = re.compile(r"trending: (?P<counts>.+)")
_COUNTS = re.compile(r"(?P<n>[\d,]+) (?P<what>upvotes?|comments?|likes? here)|↑ (?P<gained>[\d,]+) since yesterday")
_BETWEEN = re.compile(r", (?=\D|\d[\d,]* )")


def in_words(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """Return picks with their reasons in the language spoken."""
    if language_spoken() == ENGLISH:
        return tuple(picks)
    return tuple(
        replace(pick, reasons=tuple(replace(each, words=reason_in_words(each.words)) for each in pick.reasons))
        for pick in picks
    )


def reason_in_words(english: str) -> str:
    """Return a kept reason in the language spoken; one that is said in another already stays as it is."""
    if language_spoken() == ENGLISH:
        return english
    for text, form in _FORMS:
        if found := form.fullmatch(english):
            return say(text, words=found["words"])
    if found := _TRENDING.fullmatch(english):
        return say("trending: {counts}", counts=", ".join(map(_count_in_words, _BETWEEN.split(found["counts"]))))
    return say(english)


def _form_of(text: str) -> re.Pattern[str]:
    before, after = map(re.escape, text.split("{words}"))
    return re.compile(f"{before}(?P<words>.+){after}", re.DOTALL)


def _count_in_words(english: str) -> str:
    found = _COUNTS.fullmatch(english)
    if found is None:
        return english
    if found["gained"]:
        return say("↑ {votes} since yesterday", votes=whole(_number(found["gained"])))
    number = _number(found["n"])
    match found["what"].split()[0].rstrip("s"):
        case "upvote":
            return count(number, "{n} upvote", "{n} upvotes")
        case "comment":
            return count(number, "{n} comment", "{n} comments")
        case _:
            return count(number, "{n} like here", "{n} likes here")


def _number(english: str) -> int:
    return int(english.replace(",", ""))


_FORMS = tuple((text, _form_of(text)) for text in _WITH_WORDS)
