"""The engine's door: all stored papers, ready to be searched, ranked, picked from and explained.

Searches, rankings and reasons come from one `Snapshot`, which `refresh` swaps; readers are never made to wait.
"""

import threading
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from math import fsum

import numpy as np

from bot import indexing, keeping
from bot.abstracts import key_sentence
from bot.calibration import Calibration, strength
from bot.candidates import (
    Arrivals,
    Candidates,
    arrivals_in,
    in_focus,
    open_rows,
    rows_in,
    rows_whatever_was_shown,
)
from bot.choosing import BAR, POOL, STRETCH_FROM, Rows, chosen, near_the_top, stretch
from bot.corrections import Correction, corrected, words_interest
from bot.explain import Names, itemised, looked_for, reasons
from bot.feedback_scoring import learned_words_of
from bot.filters import exclusions_of, matched_at_all, missing_in
from bot.findings import Assessment, Found, Hit, Miss, Selection
from bot.interests import print_interest
from bot.interleaving import Opponent, team_draft
from bot.keeping import Piece
from bot.learning import Judged, Taste, lesson_of
from bot.model import Interest, Paper, PaperId, Pick, ReasonKind, Saying, Team
from bot.ports import PapersToRead
from bot.ranking import Ranking, order, rank_followed, rank_interest, rank_rows_like, rank_taste
from bot.reasons import Says, reason
from bot.snapshot import Snapshot
from bot.tokens import folded_words
from bot.typos import Spelling
from bot.weights import SERVED, Weights

__all__ = [
    "Assessment",
    "Correction",
    "Found",
    "Hit",
    "Judged",
    "Library",
    "Miss",
    "Selection",
    "Taste",
    "words_interest",
]

# What a fair match of an interest scores at least, of what the best ten score: the rule of "matched" and preview.
FAIR = 0.3
# Papers that stand word for word under two ids are told apart among so many of the best.
_TWINS_AMONG = 100
_READ_AT_ONCE = 5000
_STRETCH = Saying(Says.STRETCH)


class Library:
    """Thread-safe for readers; one refresh at a time.

    Attributes:
        taken: How often what answers see was changed in this process: by new papers, or by a space fitted anew.
    """

    def __init__(self, papers: PapersToRead) -> None:
        self._papers = papers
        self._refreshing = threading.Lock()
        self._snapshot = indexing.empty()
        self.taken = 0
        self._spelling: tuple[Snapshot, Spelling] | None = None
        self._arrivals: Arrivals | None = None

    def __len__(self) -> int:
        return int(self._snapshot.alive.sum())

    @property
    def change(self) -> int:
        """The number of the last change of the store that is folded in."""
        return self._snapshot.change

    @property
    def snapshot(self) -> Snapshot:
        """The store as it is seen at this moment; what a measurement looks into."""
        return self._snapshot

    def refresh(self, fresh_from: datetime | None = None) -> int:
        """Fold in what the store's change log tells; return how many papers changed. Cheap when nothing did.

        Args:
            fresh_from: Papers since then will be asked for: when they came is read now, not by the first who asks.
        """
        with self._refreshing:
            old = self._snapshot
            reading = indexing.Reading(old.vocabulary)
            change = old.change
            while True:
                papers, last = self._papers.changed_after(change, _READ_AT_ONCE)
                if not papers:
                    break
                change = last
                reading.add(papers)
            if len(reading):
                self._take(indexing.folded_in(old, reading, change), fresh_from)
            elif fresh_from is not None and (self._arrivals is None or self._arrivals.since > fresh_from):
                self._arrivals = arrivals_in(old, self._papers, fresh_from)
            return len(reading)

    def refit(self) -> None:
        """Fit the space of meaning anew on all papers: a matter of seconds, for the nightly batch."""
        with self._refreshing:
            self._take(indexing.refitted(self._snapshot))

    def dump(self) -> list[Piece]:
        """Return the index for `restore` in this or a later process, in pieces to be written one after the other."""
        return keeping.dumped(self._snapshot)

    def restore(self, kept: Piece) -> bool:
        """Take over an index that `dump` made; `refresh` then folds in what is newer.

        It stays where it lies: in a file that is mapped, several processes share it.

        False, and nothing changes, for one that is cut short, of another version, or older than what is here.
        """
        with self._refreshing:
            snapshot = keeping.restored(kept)
            if snapshot is None or snapshot.change < self._snapshot.change:
                return False
            self._take(snapshot)
            return True

    def _take(self, snapshot: Snapshot, fresh_from: datetime | None = None) -> None:
        """Let answers see a snapshot, once all is ready that each of them would have to wait for."""
        arrivals = self._arrivals
        if arrivals is not None and arrivals.snapshot.ids is snapshot.ids:
            # Fitted anew, with every paper in its place.
            arrivals = replace(arrivals, snapshot=snapshot)
        elif since := fresh_from or (arrivals.since if arrivals is not None else None):
            arrivals = arrivals_in(snapshot, self._papers, since)
        self._spelling_of(snapshot)
        self._snapshot, self._arrivals = snapshot, arrivals
        self.taken += 1

    def fresh(self, since: datetime) -> Candidates:
        """Return the papers announced or first stored since an instant that the library has read."""
        snapshot, arrivals = self._snapshot, self._arrivals
        if arrivals is None or arrivals.snapshot is not snapshot or since < arrivals.since:
            arrivals = self._arrivals = arrivals_in(snapshot, self._papers, since)
        return Candidates(arrivals.fresh(since))

    # -- answers --

    def search(  # noqa: PLR0913  # the options of one command
        self,
        interest: Interest,
        now: datetime,  # noqa: ARG002  # part of the promise: recency may come to count
        *,
        first_day: date | None = None,
        last_day: date | None = None,
        newest_first: bool = False,
        limit: int = 5,
        offset: int = 0,
    ) -> Found:
        """Find stored papers, best first; ties by date (newest first), then id."""
        snapshot = self._snapshot
        meant, corrections = corrected(snapshot, self._spelling_of(snapshot), interest)
        ranking = rank_interest(snapshot, meant)
        mask = ranking.allowed
        if first_day is not None:
            mask = mask & (snapshot.days >= first_day.toordinal())
        if last_day is not None:
            mask = mask & (snapshot.days <= last_day.toordinal())
        rows = np.flatnonzero(mask)
        if newest_first:
            ordered = rows[np.argsort(snapshot.tie_rank[rows])]
        else:
            ordered = order(snapshot, ranking.total, rows, offset + limit)
        return Found(self._hits(snapshot, ranking, ordered[offset : offset + limit]), len(rows), corrections)

    def ranked(self, interest: Interest, limit: int = 100, weights: Weights = SERVED) -> list[tuple[PaperId, float]]:
        """Return the same ranking as `search` as ids with scores, without reasons: what is measured."""
        snapshot = self._snapshot
        meant, _ = corrected(snapshot, self._spelling_of(snapshot), interest)
        ranking = rank_interest(snapshot, meant, weights=weights)
        rows = order(snapshot, ranking.total, np.flatnonzero(ranking.allowed))[:limit]
        return [(snapshot.ids[row], float(ranking.total[row])) for row in rows.tolist()]

    def rank(
        self,
        taste: Taste,
        now: datetime,
        *,
        candidates: Collection[PaperId] | None = None,
        excluded: Collection[PaperId] = (),
        limit: int = 100,
        weights: Weights = SERVED,
    ) -> list[tuple[PaperId, float]]:
        """Return the full ranking for a taste, best first: ids with scores.

        Args:
            candidates: Only these; None means every stored paper.
        """
        snapshot = self._snapshot
        focus = in_focus(snapshot, candidates)
        ranking = rank_taste(snapshot, self._read(snapshot, taste), now, focus, weights)
        rows = open_rows(snapshot, ranking.allowed, candidates, excluded)
        ordered = order(snapshot, ranking.total, rows)[:limit]
        return [(snapshot.ids[row], float(ranking.total[row])) for row in ordered.tolist()]

    def pick(  # noqa: PLR0913  # what one digest depends on
        self,
        taste: Taste,
        now: datetime,
        *,
        candidates: Collection[PaperId],
        count: int,
        calibration: Calibration | None = None,
        against: Opponent | None = None,
        among_many: bool = False,
    ) -> Selection:
        """Choose at most ``count`` candidates for a taste; fewer when not enough reach the bar.

        They are chosen for relevance and variety together and stand best first; at most one is a stretch, the last.

        Args:
            against: Whose picks are drafted among these; scores, reasons and chances stay those of the served weights.
            among_many: Thousands ask for the same candidates: what an interest comes to is kept for these alone, so
                that those of thousands have room. The picks are the same.
        """
        snapshot = self._snapshot
        read_taste = self._read(snapshot, taste)
        focus = in_focus(snapshot, candidates)
        among = rows_whatever_was_shown(snapshot, candidates) if among_many else None
        ranking = rank_taste(snapshot, read_taste, now, focus, among=among)
        rows = open_rows(snapshot, ranking.allowed, candidates, [judged.paper for judged in taste.judged])
        best, edge, missed = self._best_of(snapshot, ranking, rows, count, calibration)
        gave: dict[int, Team] = {}
        if against is not None:
            other = rank_taste(snapshot, read_taste, now, focus, against.weights, among)
            rival, _, _ = self._best_of(snapshot, other, rows, count, None)
            best, gave = self._drafted(snapshot, best, rival, count - (edge is not None), against)
        if edge is not None:
            best = np.append(best[best != edge][: count - 1], edge)
        picks = self._picks(snapshot, ranking, best, calibration, edge)
        miss = None if missed is None else Miss(snapshot.ids[missed], float(ranking.total[missed]))
        sides = tuple((snapshot.ids[row], gave[row]) for row in best.tolist() if row in gave and row != edge)
        return Selection(picks, len(candidates), BAR if ranking.known else 0.0, miss, sides)

    def _best_of(
        self, snapshot: Snapshot, ranking: Ranking, rows: Rows, count: int, calibration: Calibration | None
    ) -> tuple[Rows, int | None, int | None]:
        """Return the rows to pick, best first, then the one for a stretch and the best below the bar, where any is."""
        bar = BAR if ranking.known else 0.0
        rows = near_the_top(ranking.total, rows, bar, max(count * POOL, 2 * _TWINS_AMONG))
        rows = self._without_twins(snapshot, order(snapshot, ranking.total, rows))
        above = int(np.count_nonzero(ranking.total[rows] >= bar))
        pool = rows[: min(above, count * POOL)]
        places = sorted(chosen(ranking.total[pool], snapshot.vectors(pool), count))
        edge = None
        if ranking.known and count >= STRETCH_FROM and len(places) >= STRETCH_FROM - 1:
            edge = stretch(ranking.total[rows], set(places), bar, calibration)
        missed = int(rows[above]) if above < len(rows) else None
        return rows[places], None if edge is None else int(rows[edge]), missed

    def _drafted(
        self, snapshot: Snapshot, served: Rows, rival: Rows, count: int, against: Opponent
    ) -> tuple[Rows, dict[int, Team]]:
        """Return the rows drafted, and whose each is, without one work twice under two ids."""
        drafted = team_draft(served.tolist(), rival.tolist(), count, against.coin)
        rows = self._without_twins(snapshot, np.array([row for row, _ in drafted], dtype=np.int64))
        return rows, {row: team for row, team in drafted if team is not None}

    def assess(self, taste: Taste, paper: PaperId, now: datetime, *, candidates: Collection[PaperId]) -> Assessment:
        """Tell why a paper is picked for a taste, or why not."""
        snapshot = self._snapshot
        row = snapshot.row_of.get(paper)
        if row is None:
            return Assessment(0.0, BAR, None, (), (), ())
        read_taste = self._read(snapshot, taste)
        ranking = rank_taste(snapshot, read_taste, now, np.union1d(in_focus(snapshot, candidates), [row]))
        muted = tuple(
            print_interest(interest)
            for typed, interest in zip(taste.muted, read_taste.muted, strict=True)
            if matched_at_all(snapshot, interest)[row]
        ) + exclusions_of(snapshot, read_taste.interests, row)
        missing = missing_in(snapshot, read_taste.interests, row)
        rows = open_rows(snapshot, ranking.allowed, candidates, [judged.paper for judged in taste.judged])
        place = np.flatnonzero(order(snapshot, ranking.total, rows) == row)
        stored = self._papers.get([paper]).get(paper)
        said = itemised(snapshot, ranking, row, stored, Names(snapshot, self._title)) if stored else ()
        return Assessment(
            fsum(reason.share for reason in said),
            BAR if ranking.known else 0.0,
            int(place[0]) + 1 if len(place) else None,
            said,
            muted,
            missing,
        )

    def similar(self, paper: PaperId, limit: int, offset: int = 0) -> tuple[Hit, ...]:
        """Return the papers most like one, best first; nothing for a paper that is not stored."""
        snapshot = self._snapshot
        row = snapshot.row_of.get(paper)
        if row is None:
            return ()
        ranking = rank_rows_like(snapshot, np.array([row], dtype=np.int64))
        rows = order(snapshot, ranking.total, np.flatnonzero(ranking.allowed & (ranking.total > 0)))
        return self._hits(snapshot, ranking, rows[rows != row][offset : offset + limit])

    def near_text(self, text: str, limit: int) -> tuple[Hit, ...]:
        """Return papers like a message."""
        snapshot = self._snapshot
        ranking = rank_interest(snapshot, words_interest(text))
        rows = order(snapshot, ranking.total, np.flatnonzero(ranking.allowed & (ranking.total >= FAIR)))
        return self._hits(snapshot, ranking, rows[:limit])

    def matching(self, interest: Interest, papers: Collection[PaperId]) -> list[PaperId]:
        """Return those of some papers that are a fair match of an interest, best first."""
        snapshot = self._snapshot
        ranking, fair = self._fair(snapshot, interest, papers)
        return [snapshot.ids[row] for row in order(snapshot, ranking.total, fair).tolist()]

    def count_matching(self, interest: Interest, papers: Collection[PaperId]) -> int:
        """Return how many of some papers are a fair match of an interest."""
        snapshot = self._snapshot
        return len(self._fair(snapshot, interest, papers)[1])

    def categories(self, limit: int) -> list[tuple[str, int]]:
        """Return the categories of the stored papers and how many papers each has, those with most papers first."""
        counted: Counter[str] = Counter()
        for batch in self._snapshot.batches:
            counted.update({name: len(rows) for name, rows in batch.facts.by_category.items()})
        return sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:limit]

    def learned_words(self, taste: Taste, now: datetime, limit: int = 10) -> list[tuple[str, float]]:
        """Return words with the weight that verdicts gave them, the heaviest first: + more of, − less of."""
        snapshot = self._snapshot
        lesson = lesson_of(snapshot, taste.judged, now)
        direction = learned_words_of(snapshot, lesson, np.zeros(snapshot.n_stems, dtype=np.float32))
        heaviest = np.argsort(-np.abs(direction), kind="stable")[:limit]
        return [
            (snapshot.readable(number), float(direction[number]))
            for number in heaviest.tolist()
            if direction[number] != 0
        ]

    # -- inner --

    def _fair(self, snapshot: Snapshot, interest: Interest, papers: Collection[PaperId]) -> tuple[Ranking, Rows]:
        meant, _ = corrected(snapshot, self._spelling_of(snapshot), interest)
        ranking = rank_followed(snapshot, meant, in_focus(snapshot, papers))
        rows = rows_in(snapshot, papers)
        return ranking, rows[ranking.allowed[rows] & ((ranking.total[rows] >= FAIR) | (not ranking.known))]

    def _read(self, snapshot: Snapshot, taste: Taste) -> Taste:
        """Return the taste with typing errors corrected."""
        spelling = self._spelling_of(snapshot)

        def meant(interests: tuple[Interest, ...]) -> tuple[Interest, ...]:
            return tuple(corrected(snapshot, spelling, interest)[0] for interest in interests)

        prior = self._read(snapshot, taste.prior) if taste.prior is not None else None
        return Taste(meant(taste.interests), meant(taste.muted), taste.judged, prior)

    def _spelling_of(self, snapshot: Snapshot) -> Spelling:
        known = self._spelling
        if known is None or known[0] is not snapshot:
            known = snapshot, Spelling(snapshot.words, snapshot.word_counts(), snapshot.vocabulary.deletions)
            self._spelling = known
        return known[1]

    def _hits(self, snapshot: Snapshot, ranking: Ranking, rows: Rows) -> tuple[Hit, ...]:
        papers = self._papers.get([snapshot.ids[row] for row in rows.tolist()])
        names = Names(snapshot, self._title)
        wanted = looked_for(ranking, names)
        hits = []
        for row in rows.tolist():
            paper = papers.get(snapshot.ids[row])
            if paper is not None:
                said = reasons(snapshot, ranking, row, paper, names)
                score = fsum(reason.share for reason in said)
                hits.append(Hit(paper.id, score, said, key_sentence(paper.abstract, wanted)))
        return tuple(hits)

    def _picks(
        self, snapshot: Snapshot, ranking: Ranking, rows: Rows, calibration: Calibration | None, edge: int | None
    ) -> tuple[Pick, ...]:
        papers = self._papers.get([snapshot.ids[row] for row in rows.tolist()])
        names = Names(snapshot, self._title)
        wanted = looked_for(ranking, names)
        picks = []
        for row in rows.tolist():
            paper = papers.get(snapshot.ids[row])
            if paper is None:
                continue
            said = reasons(snapshot, ranking, row, paper, names)
            score = fsum(reason.share for reason in said)
            picks.append(
                Pick(
                    paper=paper,
                    score=score,
                    reasons=(reason(ReasonKind.STRETCH, _STRETCH), *said) if row == edge else said,
                    strength=strength(score),
                    probability=calibration.probability(score) if calibration and ranking.known else None,
                    key_sentence=key_sentence(paper.abstract, wanted),
                    stretch=row == edge,
                )
            )
        return tuple(picks)

    def _title(self, paper: PaperId) -> str:
        found = self._papers.get([paper]).get(paper)
        return found.title if found is not None else paper

    def _without_twins(self, snapshot: Snapshot, rows: Rows) -> Rows:
        """Return rows, best first, without a later one that has the title of an earlier one: one work, two ids."""
        head = rows[:_TWINS_AMONG].tolist()
        # Thousands of digests of one morning choose among the same papers.
        titles: dict[int, str] = snapshot.memory.recall("titles", dict)
        unread = [row for row in head if row not in titles]
        papers = self._papers.get([snapshot.ids[row] for row in unread]) if unread else {}
        titles.update({row: _folded_title(papers.get(snapshot.ids[row])) for row in unread})
        first: dict[str, int] = {}
        for row in head:
            first.setdefault(titles[row] or snapshot.ids[row], row)
        keep = list(first.values())
        return np.array([*keep, *rows[_TWINS_AMONG:].tolist()], dtype=np.int64)


def _folded_title(paper: Paper | None) -> str:
    return " ".join(folded_words(paper.title)) if paper is not None else ""
