"""Which words of a text an interest asked for, so that a page can mark them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.model import Clause, FieldTest, Group, Interest, Occur, Phrase, Prefix, Word
from bot.tokens import STOP_WORDS, fold, folded_words, stem, surface_words


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; joined in order the pieces are the text."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The stems and the beginnings of words that an interest asks for, wherever they may stand."""

    stems: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()


NOTHING_WANTED = Wanted()


def wanted_of(interest: Interest, corrections: Iterable[str] = ()) -> Wanted:
    """Return what to mark for an interest.

    Args:
        corrections: Words that were searched in place of mistyped ones.
    """
    stems: set[str] = set()
    beginnings: list[str] = []
    _gather(interest.clauses, stems, beginnings)
    stems |= {stem(word) for text in corrections for word in folded_words(text)}
    return Wanted(frozenset(stems), tuple(beginnings))


def marked(text: str, wanted: Wanted) -> tuple[Piece, ...]:
    """Return a text with the wanted words apart."""
    pieces: list[Piece] = []
    end = 0
    for word in surface_words(text) if wanted != NOTHING_WANTED else ():
        at = text.find(word, end)
        if at < 0 or not _is_wanted(word, wanted):
            continue  # a word that is spelled otherwise after cleaning is left unmarked, never put in the wrong place
        pieces += [Piece(text[end:at]), Piece(text[at : at + len(word)], marked=True)]
        end = at + len(word)
    return tuple(piece for piece in (*pieces, Piece(text[end:])) if piece.text)


# The words of a page's papers are much the same ones.
@lru_cache(maxsize=4096)
def _is_wanted(word: str, wanted: Wanted) -> bool:
    folded = folded_words(word)
    return any(stem(each) in wanted.stems or each.startswith(wanted.beginnings or ("\0",)) for each in folded)


def _gather(clauses: Iterable[Clause], stems: set[str], beginnings: list[str]) -> None:
    for clause in clauses:
        if clause.occur is Occur.NEVER:
            continue
        match clause.node:
            case Word(text=text):
                stems |= {stem(word) for word in folded_words(text)}
            case Phrase(text=text) | FieldTest(field="title" | "author", value=text):
                stems |= {stem(word) for word in folded_words(text) if word not in STOP_WORDS}
            case Prefix(text=text):
                beginnings.append(fold(text.rstrip("*")))
            case Group(alternatives=alternatives):
                for row in alternatives:
                    _gather(row, stems, beginnings)
            case _:
                pass
