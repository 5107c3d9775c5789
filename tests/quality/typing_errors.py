"""One typing error in a text, the same each time: what tests make of titles."""

import random

from bot.tokens import STOP_WORDS, folded_words

SHORTEST = 5
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def with_one_error(text: str, salt: str = "") -> str:
    """Return ``text`` with one letter of one content word dropped, doubled by a neighbour, swapped or mistyped.

    The first letter is left alone, as people mostly hit it. A text without a word of five letters comes back unchanged.
    """
    rng = random.Random(f"{text}{salt}")  # noqa: S311 - the same error each time, nothing secret
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if _may_err(word)]
    if not places:
        return text
    place = rng.choice(places)
    wrong = words[place]
    while wrong == words[place]:
        wrong = _mistyped(words[place], rng)
    return " ".join([*words[:place], wrong, *words[place + 1 :]])


def _may_err(word: str) -> bool:
    return word.isalpha() and word.isascii() and len(word) >= SHORTEST and folded_words(word)[0] not in STOP_WORDS


def _mistyped(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    match rng.choice(("drop", "swap", "substitute", "insert")):
        case "drop":
            return word[:at] + word[at + 1 :]
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case "substitute":
            return word[:at] + _neighbour(word[at], rng) + word[at + 1 :]
        case _:
            return word[:at] + _neighbour(word[at], rng) + word[at:]


def _neighbour(letter: str, rng: random.Random) -> str:
    row = next(keys for keys in ROWS if letter.lower() in keys)
    at = row.index(letter.lower())
    return rng.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
