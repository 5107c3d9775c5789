"""What reasons say: they are kept as keys with values, and said in the language of whoever reads them."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from bot.model import Pick, Reason, ReasonKind, Saying
from bot.trending import counts_in_words
from bot.words import marked, say


class Says(StrEnum):
    """The keys of what a reason can say. Databases hold them: none is ever renamed, nor its values changed."""

    MATCHES = "matches"
    RELATED = "related"
    CLOSE = "close"
    AUTHOR = "author"
    LIKE = "like"
    LIKED = "liked"
    UNLIKE = "unlike"
    COMPANY = "company"
    COUNTS = "counts"
    """With the upvotes, those since yesterday, the comments and the likes here."""
    TRENDING = "trending"
    NEW = "new"
    STRETCH = "stretch"


_TEXTS = {
    Says.MATCHES: marked("matches {words}"),
    Says.RELATED: marked("has related words: {words}"),
    Says.CLOSE: marked("close in meaning to the interest"),
    Says.AUTHOR: marked("by {words}"),
    Says.LIKE: marked("like “{words}”"),
    Says.LIKED: marked("like “{words}”, which you liked"),
    Says.UNLIKE: marked("unlike what was not for you"),
    Says.COMPANY: marked("how well the papers nearest to it fit"),
    Says.TRENDING: marked("trending"),
    # Translators: the reason of a pick: that it is new, or trending with counts of votes.
    Says.NEW: marked("new"),
    Says.STRETCH: marked("a stretch, to learn where your interests end"),
}
_KNOWN = frozenset(Says)


def reason(kind: ReasonKind, saying: Saying, share: float = 0.0) -> Reason:
    """Return a reason, its words in the language spoken."""
    return Reason(kind, _said(saying), share, saying)


def in_words(picks: Iterable[Pick]) -> tuple[Pick, ...]:
    """Return picks with their reasons in the language spoken."""
    return tuple(
        replace(pick, reasons=tuple(replace(each, words=reason_in_words(each)) for each in pick.reasons))
        for pick in picks
    )


def reason_in_words(made: Reason) -> str:
    """Return what a reason says in the language spoken; one that is words and nothing else stays as it is.

    So does one that only a newer release can say: it may keep digests beside this one.
    """
    if made.saying is None or made.saying.key not in _KNOWN:
        return made.words
    return _said(made.saying)


def _said(saying: Saying) -> str:
    if saying.key == Says.COUNTS:
        return say("trending: {counts}", counts=counts_in_words(*map(int, saying.values)))
    return say(_TEXTS[Says(saying.key)], words=", ".join(map(str, saying.values)))
