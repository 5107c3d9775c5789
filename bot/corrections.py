"""Reads an interest with its typing errors corrected: only words that no abstract has are touched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.filters import phrase_rows
from bot.model import Clause, Group, Interest, Occur, Phrase, Word
from bot.snapshot import Snapshot
from bot.tokens import STOP_WORDS, folded_words
from bot.typos import SHORTEST, Candidate, Spelling

# How much meeting the other words of the interest weighs against one unlikely slip.
_COMPANY_WEIGHT = 2.0
# Beyond so many candidates the rest is hopeless; each costs a look at its papers.
_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Correction:
    """``typed`` occurs in no abstract; ``used`` was searched instead."""

    typed: str
    used: str


def corrected(snapshot: Snapshot, spelling: Spelling, interest: Interest) -> tuple[Interest, tuple[Correction, ...]]:
    """Return the interest with words that no abstract has replaced by what was probably meant."""
    typed = _typed_words(interest.clauses)
    unknown = [word for word in typed if snapshot.stem_id(word) is None]
    if not unknown:
        return interest, ()
    known = [word for word in typed if word not in unknown and word not in STOP_WORDS]
    meant: dict[str, str] = {}
    for word in dict.fromkeys(unknown):
        best = _best(snapshot, spelling, word, known)
        if best is not None:
            meant[word] = best
    if not meant:
        return interest, ()
    made: dict[str, str] = {}
    clauses = tuple(_rewritten(clause, meant, made) for clause in interest.clauses)
    return Interest(clauses), tuple(Correction(word, used) for word, used in made.items())


def _typed_words(clauses: Sequence[Clause]) -> list[str]:
    words: list[str] = []
    for clause in clauses:
        match clause.node:
            case Word(text=text) | Phrase(text=text):
                words += folded_words(text)
            case Group(alternatives=alternatives):
                for alternative in alternatives:
                    words += _typed_words(alternative)
            case _:
                pass
    return words


def _best(snapshot: Snapshot, spelling: Spelling, typed: str, known: Sequence[str]) -> str | None:
    candidates = spelling.candidates(typed)[:_MOST_CANDIDATES]
    split = _split(snapshot, typed)
    if not candidates:
        return split
    company = _company(snapshot, known)

    def worth(candidate: Candidate) -> tuple[float, str]:
        word = snapshot.words[candidate.word]
        number = snapshot.stem_id(word)
        together = 0.0
        if number is not None and company:
            rows, _ = snapshot.holding(number)
            together = sum(1 for row in rows[:2000].tolist() if row in company) / max(1, min(len(rows), 2000))
        return spelling.badness(candidate) - _COMPANY_WEIGHT * together, word

    best = min(candidates, key=worth)
    # Two words run together are the better guess only where no single word is one likely slip away.
    if split is not None and best.cost >= 1.0:
        return split
    return snapshot.words[best.word]


def _company(snapshot: Snapshot, known: Sequence[str]) -> set[int]:
    """Return the rows that hold the rarer of the other words."""
    rows: set[int] = set()
    for word in known:
        number = snapshot.stem_id(word)
        if number is not None and not snapshot.ignored[number]:
            found = snapshot.holding(number)[0]
            if len(found) <= max(50, len(snapshot) // 20):
                rows.update(found.tolist())
    return rows


def _split(snapshot: Snapshot, typed: str) -> str | None:
    """Return ``typed`` as the two known words that it runs together, where the abstracts have them side by side."""
    best: tuple[int, str] | None = None
    for i in range(2, len(typed) - 1):
        left, right = typed[:i], typed[i:]
        if snapshot.stem_id(left) is None or snapshot.stem_id(right) is None:
            continue
        times = len(phrase_rows(snapshot, (left, right)))
        if times and (best is None or times > best[0]):
            best = times, f"{left} {right}"
    return best[1] if best and len(typed) > SHORTEST else None


def _rewritten(clause: Clause, meant: dict[str, str], made: dict[str, str]) -> Clause:
    match clause.node:
        case Word(text=text) | Phrase(text=text):
            words = folded_words(text)
            if not any(word in meant for word in words):
                return clause
            used = " ".join(meant.get(word, word) for word in words)
            made[text] = used
            return replace(clause, node=replace(clause.node, text=used))
        case Group(alternatives=alternatives):
            return Clause(
                clause.occur, Group(tuple(tuple(_rewritten(c, meant, made) for c in row) for row in alternatives))
            )
        case _:
            return clause


def words_interest(text: str) -> Interest:
    """Return free text as an interest: each of its words is wanted, none must be there."""
    return Interest(tuple(Clause(Occur.SHOULD, Word(word)) for word in text.split() if folded_words(word)))
