"""Papers as rows of term weights at unit length, worked out for those that are asked for: whole, they fill memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.postings import Floats, Halves, Ints, Offsets, Postings

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class UnitRows:
    """`Postings` the other way round: the stems of each of ``n`` papers. Immutable.

    Attributes:
        starts: Where each paper's stems begin in ``stems``, and the end; shape (n + 1,).
        stems: Ascending for each paper.
        frequencies: As in `Postings`.
        idf: As it was when the papers were indexed, shape (n_stems then,).
        lengths: Of each row before it is brought to unit length, shape (n,); 1 for a row of zeros.
    """

    starts: Offsets
    stems: Ints
    frequencies: Halves
    idf: Floats
    lengths: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.lengths)

    def of(self, papers: Numbers, n_stems: int) -> sparse.csr_matrix:
        """Return BM25 weights with idf of some papers, each row at unit length; shape (len(papers), n_stems)."""
        counts = self.starts[papers + 1] - self.starts[papers]
        ends = np.cumsum(counts)
        starts = np.concatenate([[0], ends])
        places = np.arange(starts[-1]) + np.repeat(self.starts[papers] - starts[:-1], counts)
        stems = self.stems[places]
        weights = self.frequencies[places].astype(np.float32) * self.idf[stems]
        data = (weights / np.repeat(self.lengths[papers], counts)).astype(np.float32)
        return sparse.csr_matrix((data, stems, starts), shape=(len(papers), n_stems))

    def one(self, paper: int) -> tuple[Ints, Floats]:
        """Return the same of one paper: its stems, ascending, and their weights."""
        here = slice(self.starts.item(paper), self.starts.item(paper + 1))
        stems = self.stems[here]
        weights = self.frequencies[here].astype(np.float32) * self.idf[stems]
        return stems, (weights / self.lengths[paper]).astype(np.float32)


def unit_rows(postings: Postings, idf: Floats) -> UnitRows:
    n, n_stems = len(postings), len(postings.stem_starts) - 1
    frequencies = postings.frequencies.astype(np.float32)
    rows = sparse.csc_matrix((frequencies, postings.papers, postings.stem_starts), shape=(n, n_stems)).tocsr()
    weights = rows.data * idf[rows.indices]
    owners = np.repeat(np.arange(n), np.diff(rows.indptr))
    lengths = np.sqrt(np.bincount(owners, weights=weights.astype(np.float64) ** 2, minlength=n))
    lengths[lengths == 0] = 1
    return UnitRows(
        rows.indptr.astype(np.int64), rows.indices.astype(np.int32), rows.data.astype(np.float16), idf, lengths
    )
