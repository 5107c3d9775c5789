"""The recipes of comparable systems, rebuilt in a few lines each, to be measured beside ours on the same words.

All cut texts up as ours do (`bot.tokens`), so that a difference is one of ranking. Scores have the shape (n,).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.sparse.linalg import svds

from adapters.evaluation_contenders import DEPTH
from adapters.evaluation_sets import Task
from bot.model import Paper
from bot.tokens import STOP_WORDS, folded_words, stems_of

Scores = NDArray[np.float64]
Rows = list[int]

K1, B = 1.2, 0.75
RM3_PAPERS, RM3_WORDS, RM3_SHARE = 10, 20, 0.5
ROCCHIO_TYPED, ROCCHIO_LIKED, ROCCHIO_DISLIKED = 1.0, 0.75, 0.15
ROCCHIO_WORDS = 40
LSA_DIMENSIONS = 200
FUSION_CONSTANT = 60.0
SVM_FEATURES, SVM_LEAST_PAPERS, SVM_MOST_SHARE, SVM_C = 20_000, 5, 0.1, 0.01


class Recipes:
    """Every recipe over one set of papers."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.ids = [str(paper.id) for paper in papers]
        self._row_of = {name: row for row, name in enumerate(self.ids)}
        self._words = [[w for w in folded_words(f"{p.title} {p.abstract}") if w not in STOP_WORDS] for p in papers]
        self._stems, self._counts = counted([stems_of(words) for words in self._words])

    # -- what is asked --

    def search(self, asked: Task) -> Mapping[str, Sequence[str]]:
        """Rank by each recipe that reads a query."""
        words = self._asked(asked.words)
        found = {
            "BM25": scored(self.bm25, words),
            "TF-IDF cosine": self._cosine(words),
            "BM25 + RM3": self._rm3(words),
        }
        return {name: self._ranked(scores, asked) for name, scores in found.items()}

    def learn(self, task: Task) -> Mapping[str, Sequence[str]]:
        """Rank by each recipe that reads keywords, likes, or both; what reads likes alone ranks nothing without."""
        return {name: self._ranked(scores, task) for name, scores in self._learnt(task).items()}

    def _learnt(self, task: Task) -> dict[str, Scores]:
        asked = self._asked(task.words)
        liked, disliked = ([self._row_of[paper] for paper in some] for some in (task.liked, task.disliked))
        keywords, related = scored(self.bm25, asked), self._rm3(asked)
        mean, lsa = (self._mean_cosine(rows, liked) for rows in (self.tf_idf, self.lsa))
        svm = self._linear_svm(liked)
        on_bm25 = self._rocchio_bm25(asked, liked, disliked)
        return {
            "BM25": keywords,
            "BM25 + RM3": related,
            "Rocchio, TF-IDF": self._rocchio(asked, liked, disliked),
            "Rocchio, BM25": on_bm25,
            "arxiv-sanity-lite": svm,
            "averaged cosine": mean,
            "averaged cosine, LSA": lsa,
            "fused: BM25, arxiv-sanity-lite": fused(keywords, svm),
            "fused: BM25, averaged cosine": fused(keywords, mean),
            "fused: RM3, averaged cosine LSA": fused(related, lsa),
            "fused: Rocchio BM25, arxiv-sanity-lite": fused(on_bm25, svm),
        }

    def _ranked(self, scores: Scores, task: Task) -> list[str]:
        """Return the best papers that may be ranked; what scores exactly 0 was not found."""
        ranked: list[str] = []
        for row in np.argsort(-scores, kind="stable").tolist():
            if scores[row] != 0 and task.may_rank(self.ids[row]):
                ranked.append(self.ids[row])
                if len(ranked) == DEPTH:
                    break
        return ranked

    # -- what is known of the papers --

    @cached_property
    def bm25(self) -> sparse.csr_matrix:
        """Weights of Robertson et al. (1994) with the idf that is never negative; shape (n, stems)."""
        weights = self._counts.astype(np.float64).copy()
        lengths = np.asarray(weights.sum(axis=1)).ravel()
        owners = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
        norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1e-9))
        weights.data = weights.data * (K1 + 1) / (weights.data + norm[owners]) * self._idf[weights.indices]
        return weights

    @cached_property
    def tf_idf(self) -> sparse.csr_matrix:
        """(1 + log tf) × idf, rows of unit length; shape (n, stems)."""
        weights = self._counts.astype(np.float64).copy()
        weights.data = (1 + np.log(weights.data)) * self._smooth_idf[weights.indices]
        return at_unit_length(weights)

    @cached_property
    def lsa(self) -> sparse.csr_matrix:
        """Latent semantic analysis of `tf_idf` (Deerwester et al. 1990), rows of unit length."""
        dimensions = min(LSA_DIMENSIONS, min(self.tf_idf.shape) - 1)
        start = np.ones(min(self.tf_idf.shape))
        _, _, directions = svds(self.tf_idf, k=dimensions, v0=start)
        return at_unit_length(sparse.csr_matrix(self.tf_idf @ directions.T))

    @cached_property
    def _svm_rows(self) -> sparse.csr_matrix:
        """Words and pairs, as arxiv-sanity-lite's ``compute.py`` reads them, and a column of ones for the bias."""
        texts = [[*words, *map(" ".join, pairwise(words))] for words in self._words]
        _, counts = counted(texts)
        held = np.asarray((counts > 0).sum(axis=0)).ravel()
        usual = np.flatnonzero((held >= SVM_LEAST_PAPERS) & (held <= SVM_MOST_SHARE * len(texts)))
        often = np.asarray(counts.sum(axis=0)).ravel()[usual]
        columns = usual[np.argsort(-often, kind="stable")[:SVM_FEATURES]]
        weights = counts[:, np.sort(columns)].astype(np.float64)
        idf = np.log((1 + len(texts)) / (1 + held[np.sort(columns)])) + 1
        weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
        return sparse.hstack([at_unit_length(weights), np.ones((len(texts), 1))], format="csr")

    @cached_property
    def _held(self) -> Scores:
        return np.asarray((self._counts > 0).sum(axis=0), dtype=np.float64).ravel()

    @cached_property
    def _idf(self) -> Scores:
        return np.log1p((len(self.ids) - self._held + 0.5) / (self._held + 0.5))

    @cached_property
    def _smooth_idf(self) -> Scores:
        return np.log((1 + len(self.ids)) / (1 + self._held)) + 1

    # -- the recipes --

    def _asked(self, text: str) -> Scores:
        counts = Counter(stems_of([word for word in folded_words(text) if word not in STOP_WORDS]))
        asked = np.zeros(len(self._stems))
        for stem, count in counts.items():
            if stem in self._stems:
                asked[self._stems[stem]] = count
        return asked

    def _cosine(self, asked: Scores) -> Scores:
        return scored(self.tf_idf, self._as_tf_idf(asked))

    def _as_tf_idf(self, asked: Scores) -> Scores:
        weights: Scores = np.where(asked > 0, 1 + np.log(np.maximum(asked, 1)), 0) * self._smooth_idf
        return np.asarray(weights / max(float(np.linalg.norm(weights)), 1e-9))

    def _rm3(self, asked: Scores) -> Scores:
        """Relevance model of the ten best, mixed with the query (Abdul-Jaleel et al. 2004)."""
        first = scored(self.bm25, asked)
        best = [row for row in np.argsort(-first, kind="stable")[:RM3_PAPERS].tolist() if first[row] > 0]
        if not best:
            return first
        counts = self._counts[best].astype(np.float64)
        lengths = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
        model = np.asarray((first[best] / first[best].sum() / lengths) @ counts).ravel()
        model = heaviest(model, RM3_WORDS)
        return scored(self.bm25, RM3_SHARE * asked / asked.sum() + (1 - RM3_SHARE) * model / model.sum())

    def _rocchio(self, asked: Scores, liked: Rows, disliked: Rows) -> Scores:
        """Rocchio (1971) on TF-IDF with the usual weights 1, .75, .15."""
        return scored(self.tf_idf, self._moved(self.tf_idf, self._as_tf_idf(asked), liked, disliked))

    def _rocchio_bm25(self, asked: Scores, liked: Rows, disliked: Rows) -> Scores:
        """The same, the liked papers' 40 heaviest words being asked of BM25."""
        if not liked:
            return scored(self.bm25, asked)
        moved = self._moved(self.tf_idf, self._as_tf_idf(asked), liked, disliked)
        moved = heaviest(np.maximum(moved, 0), ROCCHIO_WORDS)
        return scored(self.bm25, moved / self._smooth_idf)

    @staticmethod
    def _moved(rows: sparse.csr_matrix, asked: Scores, liked: Rows, disliked: Rows) -> Scores:
        moved: Scores = ROCCHIO_TYPED * asked
        for some, worth in ((liked, ROCCHIO_LIKED), (disliked, -ROCCHIO_DISLIKED)):
            if some:
                moved = moved + worth * np.asarray(rows[some].mean(axis=0)).ravel()
        return moved

    def _mean_cosine(self, rows: sparse.csr_matrix, liked: Rows) -> Scores:
        """zotero-arxiv-daily: the mean of the cosines to every liked paper."""
        if not liked:
            return np.zeros(len(self.ids))
        return scored(rows, np.asarray(rows[liked].mean(axis=0)).ravel())

    def _linear_svm(self, liked: Rows) -> Scores:
        """arxiv-sanity-lite's classifier: the liked against all other papers; all 0 without likes.

        LinearSVC(C=.01, class_weight="balanced"): squared hinge loss, the bias regularised as any other weight.
        """
        n = len(self.ids)
        if not liked:
            return np.zeros(n)
        rows = self._svm_rows
        sign = np.full(n, -1.0)
        sign[liked] = 1.0
        cost = np.where(sign > 0, n / (2 * len(liked)), n / (2 * (n - len(liked)))) * SVM_C

        def loss(weights: Scores) -> tuple[float, Scores]:
            short = np.maximum(0, 1 - sign * (rows @ weights))
            gradient = weights - 2 * (rows.T @ (cost * sign * short))
            return 0.5 * float(weights @ weights) + float(cost @ short**2), gradient

        start = np.zeros(rows.shape[1])
        found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-7})
        return scored(rows, found.x)


def scored(rows: sparse.csr_matrix, weights: Scores) -> Scores:
    return np.asarray(rows @ weights, dtype=np.float64)


def counted(texts: Sequence[Sequence[str]]) -> tuple[dict[str, int], sparse.csr_matrix]:
    """Return the column of each word and how often each text has it; shape (texts, words)."""
    columns: dict[str, int] = {}
    indices = [columns.setdefault(word, len(columns)) for text in texts for word in text]
    starts = np.cumsum([0, *map(len, texts)])
    ones = np.ones(len(indices), dtype=np.int64)
    counts = sparse.csr_matrix((ones, indices, starts), shape=(len(texts), len(columns)))
    counts.sum_duplicates()
    return columns, counts


def at_unit_length(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.maximum(lengths, 1e-12)).tocsr() @ rows


def heaviest(weights: Scores, count: int) -> Scores:
    """Return the weights with all but the ``count`` greatest set to 0."""
    if count >= len(weights):
        return weights
    return np.asarray(np.where(weights >= np.partition(weights, -count)[-count], weights, 0))


def fused(first: Scores, second: Scores) -> Scores:
    """Reciprocal rank fusion (Cormack et al. 2009) of what scores anything."""
    total = np.zeros(len(first))
    for scores in (first, second):
        places = np.empty(len(scores))
        places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        total += np.where(scores != 0, 1 / (FUSION_CONSTANT + places), 0)
    return total
