"""Kernels that turn words in reading order into postings. Loaded by `storage.compiled.segment` alone.

Each paper's words stand one after the other: title, abstract, then marks (author, category, source).
"""

import numpy as np
from numpy.typing import NDArray

from storage.compiled.machine_code import compiled

Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]
Codes = NDArray[np.uint8]
Floats = NDArray[np.float32]

# One code is this share of the most that a word can count.
FULL = 255


@compiled
def counted(words: Ints, starts: Offsets, term_of: Ints, held_by: Offsets) -> None:
    """Add to ``held_by`` in how many of the papers each term is."""
    seen = np.full(len(held_by), -1, np.int32)
    for paper in range(len(starts) - 1):
        for place in range(starts[paper], starts[paper + 1]):
            term = term_of[words[place]]
            if seen[term] != paper:
                seen[term] = paper
                held_by[term] += 1


@compiled
def filled(  # noqa: PLR0913, PLR0917 - arrays are all that a kernel can be given
    words: Ints,
    starts: Offsets,
    title_ends: Offsets,
    text_ends: Offsets,
    term_of: Ints,
    lengths: Floats,
    title_weight: int,
    k1: float,
    first_paper: int,
    cursor: Offsets,
    papers: Ints,
    codes: Codes,
) -> None:
    """Write the postings of some papers where ``cursor`` points for each term, and move it on.

    Args:
        lengths: What each paper's frequencies are tamed by: 1 - b + b * length / mean length.
        first_paper: The number of the first of these papers among all.
    """
    times = np.zeros(len(cursor), np.int32)
    touched = np.empty(len(cursor), np.int32)
    for paper in range(len(starts) - 1):
        n_touched = 0
        for place in range(starts[paper], text_ends[paper]):
            term = term_of[words[place]]
            if times[term] == 0:
                touched[n_touched] = term
                n_touched += 1
            times[term] += title_weight if place < title_ends[paper] else 1
        for i in range(n_touched):
            term = touched[i]
            often = times[term]
            times[term] = 0
            papers[cursor[term]] = first_paper + paper
            codes[cursor[term]] = max(1, int(FULL * often / (often + k1 * lengths[paper]) + 0.5))
            cursor[term] += 1
        for place in range(text_ends[paper], starts[paper + 1]):
            term = term_of[words[place]]
            last = cursor[term]
            # A mark stands once, however often it was said; its own paper is the last that was written.
            if times[term] == 0:
                times[term] = 1
                papers[last] = first_paper + paper
                codes[last] = 0
                cursor[term] += 1
        for place in range(text_ends[paper], starts[paper + 1]):
            times[term_of[words[place]]] = 0
