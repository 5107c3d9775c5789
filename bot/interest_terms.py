"""The terms of the interest language: what is a word, a field's value, a link; and what is said of a wrong one."""

import re
import unicodedata

from rapidfuzz import fuzz, process

from bot.words import say

PREFIX_LETTERS = 2

FIELDS = {
    "author": "author",
    "authors": "author",
    "by": "author",
    "cat": "cat",
    "category": "cat",
    "title": "title",
    "source": "source",
    "like": "like",
}
_SEARCH_OPTIONS = frozenset({"since", "until", "sort", "page"})

# What phones and word processors make of the signs of the language, and the wide forms of East Asian keyboards.
SIGNS = str.maketrans(
    dict.fromkeys("“”„‟«»＂〝〞「」『』", '"')
    | dict.fromkeys("‘’‚‛ʼ＇", "'")
    | dict.fromkeys("−－‒", "-")
    | {"：": ":", "（": "(", "）": ")", "＋": "+", "＊": "*", "，": ",", "、": ",", "；": ";"}
)
RAW_WORD = re.compile(r'[^\s()"]+')
_CATEGORY = re.compile(r"([A-Za-z-]+)(?:\.([A-Za-z-]+|\*))?")
_LOWER_CLASSES = frozenset({"cond-mat", "physics"})
BEFORE_WORD = "'`,;:!?¿¡|&[]{}<>=…·•*^\\/"
AFTER_WORD = "'`,;:!?|&[]{}<>=…·•^\\/.-–—"


class BadInterest(Exception):
    """The text is no interest as it stands.

    Attributes:
        piece: The part of the text that is wrong.
        why: A sentence for the member.
    """

    def __init__(self, piece: str, why: str) -> None:
        super().__init__(why)
        self.piece = piece
        self.why = why


def bare_value(value: str) -> str:
    """Return a field's value as it is read when typed without quotation marks; what is left over does not count."""
    found = RAW_WORD.match(value)
    return found[0].rstrip(",;.'") if found else ""


EXAMPLES = {
    "author": 'author:"Y. Bengio"',
    "cat": "cat:cs.LG",
    "title": "title:entropy",
    "source": "source:arxiv",
    "like": "like:1706.03762",
}


def word_from(raw: str) -> str:
    """Return a word without the punctuation around it; empty when nothing is left that could be looked up."""
    word = raw
    while True:
        bare = word.lstrip(BEFORE_WORD + "+-–—").rstrip(AFTER_WORD)
        if bare.startswith(".") and not bare[1:2].isalnum():
            bare = bare[1:]
        if bare == word:
            # A word is never an operator: printed, "OR" would be one.
            return word.lower() if word in {"OR", "AND", "NOT"} else word if says_something(word) else ""
        word = bare


def says_something(text: str) -> bool:
    return any(
        character.isalnum() or (not character.isascii() and unicodedata.category(character)[0] == "S")
        for character in text
    )


def within_brackets(raw: str) -> str:
    """Return a link without the bracket that closes a group around it, and without a sentence's punctuation."""
    opened = 0
    for at, character in enumerate(raw):
        opened += (character == "(") - (character == ")")
        if opened < 0:
            raw = raw[:at]
            break
    return raw.rstrip(",;:!?.'")


def normal_value(name: str, value: str) -> str:
    if name == "source":
        return value.lower()
    if name == "cat" and (found := _CATEGORY.fullmatch(value)):
        archive, subject = found[1].lower(), found[2]
        if subject is None:
            return archive
        return f"{archive}.{subject.lower() if archive in _LOWER_CLASSES else subject.upper()}"
    return value


def no_such_field(name: str, piece: str) -> BadInterest:
    if name.lower() in _SEARCH_OPTIONS:
        return BadInterest(
            piece, say("{option}: belongs to search; an interest looks at all days.", option=name.lower())
        )
    near = process.extractOne(name.lower(), list(FIELDS), scorer=fuzz.ratio, score_cutoff=70)
    if near:
        why = say(
            "There is no field {name}:. Did you mean {near}:? "
            "The fields are author:, cat:, title:, source: and like:; put other colons in quotation marks.",
            name=name,
            near=FIELDS[near[0]],
        )
    else:
        why = say(
            "There is no field {name}:. "
            "The fields are author:, cat:, title:, source: and like:; put other colons in quotation marks.",
            name=name,
        )
    return BadInterest(piece, why)
