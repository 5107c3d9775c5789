"""Why this paper: the parts of its score in words for people, and the sentence of its abstract that shows it best."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import sparse

from bot.model import Paper, PaperId, Reason, ReasonKind
from bot.ranking import Ranking
from bot.scoring import Cause, Part, Rows
from bot.sentences import sentences
from bot.snapshot import Snapshot
from bot.tokens import folded_words, stem, stems_in, surface_words
from bot.words import marked, say

# More words than these in one reason are noise; what they gave is counted with the shown ones.
_MOST_WORDS = 4
# A sentence shorter than this says too little to stand alone.
_SHORTEST_SENTENCE = 5
# A long title is told by its beginning.
_LONGEST_TITLE = 90
# Thousands of digests of one morning choose among the same papers: so many of them need not be read again.
_READ_LATELY = 512

TitleOf = Callable[[PaperId], str]

_CLOSE = marked("close in meaning to the interest")
_MATCHES = marked("matches {words}")


class _Cause(NamedTuple):
    """A reason that is not said yet: causes are added up and ordered alike in every language.

    Attributes:
        text: The key of its words.
        words: What stands in them for ``{words}``: a name, a title, matched words.
    """

    kind: ReasonKind
    text: str
    words: str = ""

    @property
    def matched(self) -> bool:
        return self.text == _MATCHES

    def english(self) -> str:
        return self.text.format(words=self.words)

    def said(self) -> str:
        return say(self.text, words=self.words)


class _Shares:
    """Adds up what each cause gave to one paper's score."""

    def __init__(self, snapshot: Snapshot, row: int, paper: Paper, title_of: TitleOf) -> None:
        self._snapshot = snapshot
        self._row = row
        self._title_of = title_of
        self._surfaces = _surfaces(f"{paper.abstract} {paper.title}")
        self._nearest: dict[bytes, int | None] = {}
        unit = _unit_row(snapshot, row)
        idf = snapshot.idf[unit.indices]
        # A unit row is frequency × idf × one factor; without the idf it is what parts are sums of, but for the factor.
        worth = np.where(idf > 0, unit.data / np.where(idf > 0, idf, 1), 0)
        self._here = unit.indices, worth
        self.words: dict[str, float] = defaultdict(float)
        self.related: dict[str, float] = defaultdict(float)
        self.others: dict[_Cause, float] = defaultdict(float)

    def add(self, part: Part) -> None:
        share = part.at(self._row)
        if share == 0.0:
            return
        if part.cause is Cause.WORDS and part.stems is None:
            self._add_clues(part, share)
        elif part.stems is not None:
            self._add_stems(part, share)
        else:
            self.others[self._said(part)] += share

    def _add_clues(self, part: Part, share: float) -> None:
        """Share a sum of clues out in proportion to what each clue added."""
        found: list[tuple[str, bool, float]] = []
        for clue in part.query.clues if part.query is not None else ():
            place = int(np.searchsorted(clue.rows, self._row))
            if place < len(clue.rows) and clue.rows[place] == self._row:
                found.append((clue.words, clue.author, float(clue.values[place])))
        total = sum(worth for _, _, worth in found)
        for words, author, worth in found:
            if author:
                self.others[_Cause(ReasonKind.AUTHOR, marked("by {words}"), words)] += share * worth / total
            else:
                self.words[words] += share * worth / total

    def _add_stems(self, part: Part, share: float) -> None:
        """Share a sum over stems out: what was typed, and what came with it (or with the liked papers)."""
        own = part.query.typed if part.query is not None else {}
        found = [(number, worth) for number, worth in self._stems_here(part) if worth > 0]
        total = sum(worth for _, worth in found)
        if total <= 0:
            self.others[self._said(part)] += share
            return
        said = None
        for number, worth in found:
            if number in own:
                self.words[own[number]] += share * worth / total
            elif part.cause is Cause.WORDS:
                self.related[self._surfaces.get(self._snapshot.stems[number], "")] += share * worth / total
            else:
                said = said or self._said(part)
                self.others[said] += share * worth / total

    def _stems_here(self, part: Part) -> list[tuple[int, float]]:
        """Return the part's stems that the paper has, with what each added, but for one common factor."""
        stems, worth = self._here
        if part.stems is None or part.stem_weights is None:
            return []
        places = np.minimum(np.searchsorted(part.stems, stems), max(len(part.stems) - 1, 0))
        both = part.stems[places] == stems if len(part.stems) else np.zeros(len(stems), dtype=np.bool_)
        return list(zip(stems[both].tolist(), (worth[both] * part.stem_weights[places[both]]).tolist(), strict=True))

    def _said(self, part: Part) -> _Cause:
        match part.cause:
            case Cause.LIKED | Cause.EXAMPLE:
                liked = self._nearest_of(part.liked)
                if liked is None:
                    return _Cause(ReasonKind.LIKED, marked("unlike what was not for you"))
                title = _shortened(self._title_of(self._snapshot.ids[liked]))
                if part.cause is Cause.EXAMPLE:
                    return _Cause(ReasonKind.EXAMPLE, marked("like “{words}”"), title)
                return _Cause(ReasonKind.LIKED, marked("like “{words}”, which you liked"), title)
            case Cause.COMPANY:
                return _Cause(ReasonKind.LIKED, marked("how well the papers nearest to it fit"))
            case Cause.TRENDING:
                return _Cause(ReasonKind.TRENDING, marked("trending"))
            case Cause.RECENT:
                return _Cause(ReasonKind.RECENT, marked("new"))
            case _:
                return _Cause(ReasonKind.WORDS, _CLOSE)

    def _nearest_of(self, rows: Rows) -> int | None:
        key = rows.tobytes()
        if key not in self._nearest:
            self._nearest[key] = nearest(self._snapshot, rows, self._row)
        return self._nearest[key]

    def reasons(self, words: Mapping[str, float]) -> tuple[Reason, ...]:
        """Return the reasons: matched words, then the largest share first. ``words`` are the matched, with shares."""
        causes = dict(self.others)
        for matched, share in words.items():
            causes[_Cause(ReasonKind.WORDS, _MATCHES, matched)] = share
        if self.related:
            shown = _best_words(self.related)
            text = marked("has related words: {words}") if shown else _CLOSE
            key = _Cause(ReasonKind.WORDS, text, shown)
            causes[key] = causes.get(key, 0.0) + sum(self.related.values())
        # What was typed is understood at a glance; meaning and neighbours come after it even where they weigh more.
        ordered = sorted(
            causes.items(), key=lambda item: (not item[0].matched, -item[1], item[0].kind, item[0].english())
        )
        return tuple(Reason(cause.kind, cause.said(), share) for cause, share in ordered if share != 0.0)


def reasons(snapshot: Snapshot, ranking: Ranking, row: int, paper: Paper, title_of: TitleOf) -> tuple[Reason, ...]:
    """Return the causes of a paper's score, matched words first; the shares sum to the score."""
    shares = _Shares(snapshot, row, paper, title_of)
    for part in ranking.parts:
        shares.add(part)
    words = {_best_words(shares.words): sum(shares.words.values())} if shares.words else {}
    return shares.reasons(words)


def itemised(snapshot: Snapshot, ranking: Ranking, row: int, paper: Paper, title_of: TitleOf) -> tuple[Reason, ...]:
    """Return the same causes with each matched word on its own."""
    shares = _Shares(snapshot, row, paper, title_of)
    for part in ranking.parts:
        shares.add(part)
    return shares.reasons(shares.words)


def _best_words(words: Mapping[str, float]) -> str:
    best = sorted(((word, share) for word, share in words.items() if word), key=lambda item: (-item[1], item[0]))
    return ", ".join(word for word, _ in best[:_MOST_WORDS])


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"


def nearest(snapshot: Snapshot, rows: Rows, row: int) -> int | None:
    """Return the one of some rows that is most like a row, None when there is none."""
    if not len(rows):
        return None
    # All picks of an answer are compared with the same liked papers.
    unit_rows, vectors = snapshot.memory.recall(
        ("liked", rows.tobytes()),
        lambda: (snapshot.unit_rows(rows), snapshot.vectors(rows)),
        lambda made: int(made[0].data.nbytes + made[0].indices.nbytes + made[1].nbytes),
    )
    here = np.array([row], dtype=np.int64)
    words = np.asarray((unit_rows @ _unit_row(snapshot, row).T).todense()).ravel()
    return int(rows[int((vectors @ snapshot.vectors(here)[0] + words).argmax())])


def _unit_row(snapshot: Snapshot, row: int) -> sparse.csr_matrix:
    return snapshot.memory.recall(
        ("unit row", row),
        lambda: snapshot.unit_rows(np.array([row], dtype=np.int64)),
        lambda made: int(made.data.nbytes + made.indices.nbytes),
    )


@lru_cache(maxsize=_READ_LATELY)
def _surfaces(text: str) -> Mapping[str, str]:
    """Return how a text writes each stem, as it first writes it."""
    words = surface_words(text)
    if text.isascii():
        # From the last to the first: of words with one stem the first is what stays.
        return dict(zip(stems_in(text)[::-1], words[::-1], strict=True))
    surfaces: dict[str, str] = {}
    for word in words:
        for folded in folded_words(word):
            surfaces.setdefault(stem(folded), word)
    return surfaces


@lru_cache(maxsize=_READ_LATELY)
def _sentences_read(abstract: str) -> tuple[tuple[str, frozenset[str], int], ...]:
    """Return each sentence with its stems and how many words it has."""
    read = [(sentence, stems_in(sentence)) for sentence in sentences(abstract)]
    return tuple((sentence, frozenset(stems), len(stems)) for sentence, stems in read)


def key_sentence(abstract: str, weights: Mapping[str, float]) -> str:
    """Return the sentence of an abstract that holds most of what a profile looks for, untouched.

    Args:
        weights: How much each stem is looked for. Without any the first sentence that says something is taken.
    """
    found = _sentences_read(abstract)
    best, best_worth = "", -1.0
    for place, (sentence, stems, length) in enumerate(found):
        worth = sum(weights.get(s, 0.0) for s in stems) / sqrt(8 + length)
        if length < _SHORTEST_SENTENCE:
            worth *= 0.3
        worth += 1e-6 * (len(found) - place)
        if worth > best_worth:
            best, best_worth = sentence, worth
    return best


def looked_for(snapshot: Snapshot, ranking: Ranking) -> dict[str, float]:
    """Return how much each stem is looked for by a ranking, for choosing key sentences; typed words count most."""
    weights: dict[str, float] = defaultdict(float)
    for part in ranking.parts:
        if part.stems is not None and part.stem_weights is not None and len(part.stems):
            top = max(float(np.abs(part.stem_weights).max()), 1e-9)
            for number, weight in zip(part.stems.tolist(), part.stem_weights.tolist(), strict=True):
                weights[snapshot.stems[number]] += max(weight, 0.0) / top
        elif part.query is not None and part.cause is Cause.WORDS and len(part.query.weights):
            top = float(part.query.weights.max()) or 1.0
            for number, weight in zip(part.query.stems.tolist(), part.query.weights.tolist(), strict=True):
                weights[snapshot.stems[number]] += 2.0 * weight / top
    return weights
