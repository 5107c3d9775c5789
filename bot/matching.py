"""Interest × abstracts → a score for each paper and the words that earned it (BM25F with phrases and proximity)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import sparse

from bot.facts import Rows
from bot.filters import field_rows, phrase_counts, prefix_words, variants
from bot.model import Clause, Example, FieldTest, Group, Interest, Node, Occur, PaperId, Phrase, Prefix, Word
from bot.postings import Floats, Ints, Mask
from bot.snapshot import Snapshot
from bot.tokens import STOP_WORDS, folded_words, stem

# What two neighbouring words of the interest add when they stand side by side in an abstract too: this share of what
# they are worth themselves. Sequential dependence (Metzler & Croft 2005).
_PAIR_SHARE = 0.12
# A phrase that was asked for as one counts like its words together.
_PHRASE_SHARE = 1.0
# Saturation of phrase counts, as k1 for words.
_PHRASE_K1 = 1.2
# What a paper gets for being by a followed author or in a followed category, in units of one rare word.
_FIELD_WORTH = 4.0


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing asked for and where it is.

    Attributes:
        words: As typed (or as corrected), for showing.
        rows: Ascending.
        values: What the clue adds to the score of each of the rows; above 0.
    """

    words: str
    rows: Rows
    values: Floats
    author: bool = False

    def where(self, asked: Mask) -> "Clue":
        """Return the clue of some of all rows."""
        here = asked[self.rows]
        return replace(self, rows=self.rows[here], values=self.values[here])


@dataclass(frozen=True, slots=True)
class Query:
    """What an interest asks of a snapshot.

    Attributes:
        stems: Wanted stems, ascending, each once.
        weights: How often each was asked for times its idf.
        clues: All that adds to the score.
        examples: Papers given as examples.
        loose: Some loose word is wanted, so related words may help; False where only exact things were asked.
    """

    stems: Ints
    weights: Floats
    typed: dict[int, str]
    clues: tuple[Clue, ...]
    examples: tuple[PaperId, ...]
    loose: bool

    def scores(self, n: int) -> Floats:
        """Return the score of each row, shape (n,): the sum of the clues."""
        total = np.zeros(n, dtype=np.float32)
        for clue in self.clues:
            total[clue.rows] += clue.values
        return total

    def row(self, n_stems: int) -> sparse.csr_matrix:
        """Return the wanted stems as one row of weights, shape (1, n_stems)."""
        return sparse.csr_matrix((self.weights, self.stems, [0, len(self.stems)]), shape=(1, n_stems))


def read_query(snapshot: Snapshot, interest: Interest) -> Query:
    """Look up everything positive that an interest asks for."""
    clauses = [clause for clause in interest.clauses if clause.occur is not Occur.NEVER]
    loose_words: list[str] = []
    clues: list[Clue] = []
    counts: dict[int, int] = {}
    typed: dict[int, str] = {}
    examples: list[PaperId] = []
    for clause in clauses:
        match clause.node:
            case Word(text=text):
                words = folded_words(text)
                loose_words += words
                _count(snapshot, words, text, counts, typed)
                clues += _variant_clues(snapshot, text, words)
            case Example(paper=paper):
                examples.append(paper)
            case node:
                clues += _node_clues(snapshot, node)
                _count_inside(snapshot, node, counts, typed)
    bag = _bag_clues(snapshot, clauses)
    clues = [*bag, *clues, *_pair_clues(snapshot, loose_words)]
    if not clues and len(loose_words) > 1:
        # Nothing but function words: together they may be a name (The Who); one alone says nothing.
        clues = _phrase_clue(snapshot, " ".join(loose_words), loose_words)
    stems = np.array(sorted(counts), dtype=np.int32)
    weights = np.array([counts[s] * snapshot.idf[s] for s in stems.tolist()], dtype=np.float32)
    return Query(stems, weights, typed, tuple(clues), tuple(examples), bool(bag))


def _count(snapshot: Snapshot, words: Sequence[str], text: str, counts: dict[int, int], typed: dict[int, str]) -> None:
    for word in words:
        number = snapshot.stem_id(word)
        if number is not None and not snapshot.ignored[number]:
            counts[number] = counts.get(number, 0) + 1
            typed.setdefault(number, text if len(words) == 1 else word)


def _count_inside(snapshot: Snapshot, node: Node, counts: dict[int, int], typed: dict[int, str]) -> None:
    match node:
        case Word(text=text) | Phrase(text=text):
            _count(snapshot, folded_words(text), text, counts, typed)
        case FieldTest(field="title", value=value):
            _count(snapshot, folded_words(value), value, counts, typed)
        case Group(alternatives=alternatives):
            for clause in (c for row in alternatives for c in row if c.occur is not Occur.NEVER):
                _count_inside(snapshot, clause.node, counts, typed)
        case _:
            pass


def _bag_clues(snapshot: Snapshot, clauses: Sequence[Clause]) -> list[Clue]:
    counts: dict[int, int] = {}
    typed: dict[int, str] = {}
    for clause in clauses:
        if isinstance(clause.node, Word):
            _count(snapshot, folded_words(clause.node.text), clause.node.text, counts, typed)
    clues = []
    for number, times in counts.items():
        rows, frequencies = snapshot.holding(number)
        clues.append(Clue(typed[number], rows, frequencies * np.float32(times * snapshot.idf[number])))
    return clues


def _variant_clues(snapshot: Snapshot, text: str, words: Sequence[str]) -> Iterator[Clue]:
    """Yield a word's other ways to be written: what they are worth beyond the words that were found already."""
    if len(words) == 1 and words[0] in STOP_WORDS:
        return
    for variant in variants(snapshot, words):
        for clue in _phrase_clue(snapshot, text, variant):
            own = np.zeros(len(snapshot), dtype=np.float32)
            for word in words:
                number = snapshot.stem_id(word)
                if number is not None:
                    rows, frequencies = snapshot.holding(number)
                    own[rows] += frequencies * snapshot.idf[number]
            more = clue.values - own[clue.rows]
            yield Clue(text, clue.rows[more > 0], more[more > 0])


def _node_clues(snapshot: Snapshot, node: Node) -> list[Clue]:
    match node:
        case Word(text=text):
            words = folded_words(text)
            return _merged(
                snapshot,
                text,
                [*_bag_clues(snapshot, [Clause(Occur.SHOULD, node)]), *_variant_clues(snapshot, text, words)],
            )
        case Phrase(text=text):
            words = folded_words(text)
            ways = [words, *variants(snapshot, words)]
            return _best_of(snapshot, text, [clue for way in ways for clue in _phrase_clue(snapshot, text, way)])
        case Prefix():
            return _prefix_clues(snapshot, node)
        case FieldTest(field=field, value=value):
            rows = field_rows(snapshot, node)
            worth = np.full(len(rows), _FIELD_WORTH, dtype=np.float32)
            return [Clue(value, rows, worth, author=field == "author")]
        case Group(alternatives=alternatives):
            return list(_group_clues(snapshot, alternatives))
        case _:
            return []


def _group_clues(snapshot: Snapshot, alternatives: Sequence[Sequence[Clause]]) -> Iterator[Clue]:
    """Yield for each alternative what it adds where it is the best of them: synonyms are not counted twice."""
    best = np.zeros(len(snapshot), dtype=np.float32)
    found: list[tuple[str, Floats]] = []
    for alternative in alternatives:
        clues = [
            clue
            for clause in alternative
            if clause.occur is not Occur.NEVER
            for clue in _node_clues(snapshot, clause.node)
        ]
        total = np.zeros(len(snapshot), dtype=np.float32)
        for clue in clues:
            total[clue.rows] += clue.values
        found.append((" ".join(dict.fromkeys(clue.words for clue in clues)), total))
        best = np.maximum(best, total)
    taken = np.zeros(len(snapshot), dtype=np.bool_)
    for words, total in found:
        rows = np.flatnonzero((total > 0) & (total == best) & ~taken).astype(np.int32)
        taken[rows] = True
        yield Clue(words, rows, total[rows])


def _phrase_clue(snapshot: Snapshot, text: str, words: Sequence[str]) -> list[Clue]:
    if len(words) == 1:
        number = snapshot.stem_id(words[0])
        if number is not None and not snapshot.ignored[number]:
            rows, frequencies = snapshot.holding(number)
            return [Clue(text, rows, frequencies * snapshot.idf[number])]
    rows, times = phrase_counts(snapshot, words)
    if not len(rows):
        return []
    idf = sum(float(snapshot.idf[n]) for word in words if (n := snapshot.stem_id(word)) is not None)
    worth = _PHRASE_SHARE * max(idf, 0.1) * times * (_PHRASE_K1 + 1) / (times + _PHRASE_K1)
    return [Clue(text, rows, worth.astype(np.float32))]


def _prefix_clues(snapshot: Snapshot, node: Prefix) -> list[Clue]:
    """Return a prefix as one word in many forms: its idf is that of all papers with any of them."""
    words = prefix_words(snapshot, node.text)
    parts, times = [], []
    for offset, batch in snapshot.offsets():
        rows, counts = np.unique(batch.postings.papers_at(batch.postings.places(words)), return_counts=True)
        parts.append((rows + offset).astype(np.int32))
        times.append(counts)
    if not parts or not sum(map(len, parts)):
        return []
    rows, count = np.concatenate(parts), np.concatenate(times)
    n, df = len(snapshot), len(rows)
    idf = float(np.log1p((n - df + 0.5) / (df + 0.5)))
    worth = idf * count * (_PHRASE_K1 + 1) / (count + _PHRASE_K1)
    return [Clue(node.text.rstrip("*") + "*", rows, worth.astype(np.float32))]


def _pair_clues(snapshot: Snapshot, words: Sequence[str]) -> Iterator[Clue]:
    """Yield a bonus for each two words that follow each other in the interest as in the abstract."""
    for left, right in dict.fromkeys(pairwise(words)):
        if left in STOP_WORDS or right in STOP_WORDS or stem(left) == stem(right):
            continue
        for clue in _phrase_clue(snapshot, f"{left} {right}", (left, right)):
            yield Clue(clue.words, clue.rows, clue.values * np.float32(_PAIR_SHARE))


def _merged(snapshot: Snapshot, text: str, clues: Sequence[Clue]) -> list[Clue]:
    total = np.zeros(len(snapshot), dtype=np.float32)
    for clue in clues:
        total[clue.rows] += clue.values
    rows = np.flatnonzero(total).astype(np.int32)
    return [Clue(text, rows, total[rows])] if len(rows) else []


def _best_of(snapshot: Snapshot, text: str, clues: Sequence[Clue]) -> list[Clue]:
    best = np.zeros(len(snapshot), dtype=np.float32)
    for clue in clues:
        best[clue.rows] = np.maximum(best[clue.rows], clue.values)
    rows = np.flatnonzero(best).astype(np.int32)
    return [Clue(text, rows, best[rows])] if len(rows) else []
