"""Which words of a text an interest asked for, so that a page can mark them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.model import Clause, FieldTest, Group, Interest, Occur, Phrase, Prefix, Word
from bot.tokens import STOP_WORDS, beginning, fold, folded_words, stem, surface_words


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
    if wanted == NOTHING_WANTED:
        return (Piece(text),) if text else ()
    pieces: list[Piece] = []
    read = end = 0
    words = surface_words(text)
    for word, meant in zip(words, _are_wanted(text, words, wanted), strict=True):
        at = text.find(word, read)
        if at < 0:
            continue  # a word that is spelled otherwise after cleaning is left unmarked, never put in the wrong place
        read = at + len(word)
        if meant:
            pieces += [Piece(text[end:at]), Piece(text[at:read], marked=True)]
            end = read
    return tuple(piece for piece in (*pieces, Piece(text[end:])) if piece.text)


def _are_wanted(text: str, words: Sequence[str], wanted: Wanted) -> list[bool]:
    """Return for each word of a text whether it is asked for; of plain text each word is one when folded, too."""
    beginnings = wanted.beginnings or ("\0",)
    if text.isascii():
        folded = [word.lower() for word in words]
        # Most words are out by how they begin, without a look for their stem.
        likely = tuple(set(map(beginning, wanted.stems)))
        return [
            (word.startswith(likely) and stem(word) in wanted.stems) or word.startswith(beginnings) for word in folded
        ]
    return [
        any(stem(each) in wanted.stems or each.startswith(beginnings) for each in folded_words(word)) for word in words
    ]


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
