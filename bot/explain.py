"""Why this paper: the parts of its score in words for people."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import sparse

from bot.abstracts import first_written, read_abstract
from bot.model import Paper, PaperId, Reason, ReasonKind, Saying
from bot.ranking import Ranking
from bot.reasons import Says, reason
from bot.scoring import Cause, Part, Rows
from bot.snapshot import Snapshot

# More words than these in one reason are noise; what they gave is counted with the shown ones.
_MOST_WORDS = 4
# A long title is told by its beginning.
_LONGEST_TITLE = 90

_CLOSE = Saying(Says.CLOSE)


class Names:
    """What papers and stems are called: in one answer each is looked up once."""

    def __init__(self, snapshot: Snapshot, title_of: Callable[[PaperId], str]) -> None:
        self.title = cache(title_of)
        self.stem = cache(snapshot.stems.__getitem__)


class _Cause(NamedTuple):
    """A reason that is not said yet: causes are added up and ordered alike in every language."""

    kind: ReasonKind
    saying: Saying

    @property
    def matched(self) -> bool:
        return self.saying.key == Says.MATCHES


class _Shares:
    """Adds up what each cause gave to one paper's score."""

    def __init__(self, snapshot: Snapshot, row: int, paper: Paper, names: Names) -> None:
        self._snapshot = snapshot
        self._row = row
        self._names = names
        self._paper = paper
        self._abstract = read_abstract(paper.abstract)
        self._nearest: dict[bytes, int | None] = {}
        stems, weights = snapshot.unit_row(row)
        idf = snapshot.idf[stems]
        # A unit row is frequency × idf × one factor; without the idf it is what parts are sums of, but for the factor.
        self._here = stems, np.where(idf > 0, weights / np.where(idf > 0, idf, 1), 0)
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
                self.others[_Cause(ReasonKind.AUTHOR, Saying(Says.AUTHOR, (words,)))] += share * worth / total
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
        beside = 0.0
        for number, worth in found:
            if number in own:
                self.words[own[number]] += share * worth / total
            elif part.cause is Cause.WORDS:
                self.related[self._written(number)] += share * worth / total
            else:
                beside += share * worth / total
        if beside:
            self.others[self._said(part)] += beside

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
                    return _Cause(ReasonKind.LIKED, Saying(Says.UNLIKE))
                title = _shortened(self._names.title(self._snapshot.ids[liked]))
                if part.cause is Cause.EXAMPLE:
                    return _Cause(ReasonKind.EXAMPLE, Saying(Says.LIKE, (title,)))
                return _Cause(ReasonKind.LIKED, Saying(Says.LIKED, (title,)))
            case Cause.COMPANY:
                return _Cause(ReasonKind.LIKED, Saying(Says.COMPANY))
            case Cause.TRENDING:
                return _Cause(ReasonKind.TRENDING, Saying(Says.TRENDING))
            case Cause.RECENT:
                return _Cause(ReasonKind.RECENT, Saying(Says.NEW))
            case _:
                return _Cause(ReasonKind.WORDS, _CLOSE)

    def _written(self, stem: int) -> str:
        """Return how the paper writes a stem, as it first writes it; empty where only its index knows."""
        name = self._names.stem(stem)
        written = self._abstract.written(name)
        return first_written(self._paper.title).get(name, "") if written is None else written

    def _nearest_of(self, rows: Rows) -> int | None:
        key = rows.tobytes()
        if key not in self._nearest:
            self._nearest[key] = nearest(self._snapshot, rows, self._row)
        return self._nearest[key]

    def reasons(self, words: Mapping[tuple[str, ...], float]) -> tuple[Reason, ...]:
        """Return the reasons: matched words, then the largest share first. ``words`` are the matched, with shares."""
        causes = dict(self.others)
        for matched, share in words.items():
            causes[_Cause(ReasonKind.WORDS, Saying(Says.MATCHES, matched))] = share
        if self.related:
            shown = _best_words(self.related)
            key = _Cause(ReasonKind.WORDS, Saying(Says.RELATED, shown) if shown else _CLOSE)
            causes[key] = causes.get(key, 0.0) + sum(self.related.values())
        # What was typed is understood at a glance; meaning and neighbours come after it even where they weigh more.
        ordered = sorted(causes.items(), key=lambda item: (not item[0].matched, -item[1], item[0]))
        return tuple(reason(cause.kind, cause.saying, share) for cause, share in ordered if share != 0.0)


def reasons(snapshot: Snapshot, ranking: Ranking, row: int, paper: Paper, names: Names) -> tuple[Reason, ...]:
    """Return the causes of a paper's score, matched words first; the shares sum to the score."""
    shares = _Shares(snapshot, row, paper, names)
    for part in ranking.parts:
        shares.add(part)
    words = {_best_words(shares.words): sum(shares.words.values())} if shares.words else {}
    return shares.reasons(words)


def itemised(snapshot: Snapshot, ranking: Ranking, row: int, paper: Paper, names: Names) -> tuple[Reason, ...]:
    """Return the same causes with each matched word on its own."""
    shares = _Shares(snapshot, row, paper, names)
    for part in ranking.parts:
        shares.add(part)
    return shares.reasons({(word,): share for word, share in shares.words.items()})


def _best_words(words: Mapping[str, float]) -> tuple[str, ...]:
    best = sorted(((word, share) for word, share in words.items() if word), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in best[:_MOST_WORDS])


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


def looked_for(ranking: Ranking, names: Names) -> dict[str, float]:
    """Return how much each stem is looked for by a ranking, for choosing key sentences; typed words count most."""
    weights: dict[str, float] = defaultdict(float)
    for part in ranking.parts:
        if part.stems is not None and part.stem_weights is not None and len(part.stems):
            top = max(float(np.abs(part.stem_weights).max()), 1e-9)
            for number, weight in zip(part.stems.tolist(), part.stem_weights.tolist(), strict=True):
                weights[names.stem(number)] += max(weight, 0.0) / top
        elif part.query is not None and part.cause is Cause.WORDS and len(part.query.weights):
            top = float(part.query.weights.max()) or 1.0
            for number, weight in zip(part.query.stems.tolist(), part.query.weights.tolist(), strict=True):
                weights[names.stem(number)] += 2.0 * weight / top
    return weights
