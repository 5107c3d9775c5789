"""What a button or an emoji means. Tokens are stable: a button posted by an older version still works.

A token is ``1:<verb>:<rest>``, at most 100 characters, so that every platform can carry it. It holds no secret and no
right: who presses, and where, comes from the platform's own envelope.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.model import Because, PaperId, Verdict

VERSION = "1"
TOKEN_CAP = 100


class Verb(StrEnum):
    LIKE = "like"
    NOT_FOR_ME = "nfm"
    NOT_TOPIC = "topic"
    NOT_METHOD = "method"
    READ_ALREADY = "read"
    SAVE = "save"
    MORE = "more"
    WHY = "why"
    UNDO = "undo"
    SAY = "say"
    FORGET = "forget"
    RESET = "reset"
    APPROVE = "approve"
    DECLINE = "decline"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Action:
    """What a press means.

    Attributes:
        rest: The paper for verbs about one; for ``say`` the text that is asked as if typed.
    """

    verb: Verb
    rest: str = ""

    @property
    def paper(self) -> PaperId:
        return PaperId(self.rest)


class OlderRelease(Exception):
    """The token is of a form that this version does not know; nothing was changed."""


def token_of(action: Action) -> str | None:
    """Return the token of an action; None when it would be too long for a button."""
    token = f"{VERSION}:{action.verb}:{action.rest}"
    return token if len(token) <= TOKEN_CAP else None


def action_of(token: str) -> Action:
    """Return what a token means.

    Raises:
        OlderRelease: If it is not one of ours, or of a version that this one does not know.
    """
    version, _, said = token.partition(":")
    verb, colon, rest = said.partition(":")
    if version != VERSION or not colon or verb not in set(Verb) or len(token) > TOKEN_CAP:
        raise OlderRelease(f"unknown token {token[:20]!r}")
    return Action(Verb(verb), rest)


BECAUSE = {
    Verb.NOT_TOPIC: Because.TOPIC,
    Verb.NOT_METHOD: Because.METHOD,
    Verb.READ_ALREADY: Because.READ,
}

VERDICTS = {Verb.LIKE: Verdict.LIKE, Verb.NOT_FOR_ME: Verdict.NOT_FOR_ME, Verb.SAVE: Verdict.SAVE}

EMOJI = {
    "👍": Verdict.LIKE,
    "❤": Verdict.LIKE,
    "🔥": Verdict.LIKE,
    "👎": Verdict.NOT_FOR_ME,
    "🔖": Verdict.SAVE,
    "⭐": Verdict.SAVE,
}
SHORT_NAMES = {
    "+1": "👍",
    "thumbsup": "👍",
    "heart": "❤",
    "fire": "🔥",
    "-1": "👎",
    "thumbsdown": "👎",
    "bookmark": "🔖",
    "star": "⭐",
}
VARIATION_SELECTOR = "\ufe0f"
SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))


def verdict_of(emoji: str) -> Verdict | None:
    """Return what an emoji says, None when it says nothing; short names (``:+1::skin-tone-2:``) and tones are read."""
    name = emoji.strip(":").split("::", 1)[0]
    bare = SHORT_NAMES.get(name, emoji).replace(VARIATION_SELECTOR, "").translate(SKIN_TONES)
    return EMOJI.get(bare)
