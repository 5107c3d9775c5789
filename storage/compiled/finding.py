"""Kernels that read postings: the best of any, all of some, phrases. Loaded by `storage.compiled.matching` alone."""

import numpy as np
from numpy.typing import NDArray

from storage.compiled.building import Codes, Floats, Ints, Offsets
from storage.compiled.machine_code import compiled

Mask = NDArray[np.uint8]

# Sums in another order differ in their last digits: what is this close to the least is kept too.
_ROUNDED = np.float32(1 - 1e-5)


@compiled
def _lifted(heap: Floats, score: np.float32) -> None:
    """Replace the least of a heap by something higher."""
    place = 0
    while True:
        child = 2 * place + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= score:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = score


@compiled
def _place(papers: Ints, paper: int, first: int, last: int) -> int:
    """Return where a paper stands, or would, from ``first`` on: steps that double, then halves."""
    step = 1
    low = first
    high = first
    while high < last and papers[high] < paper:
        low = high + 1
        high += step
        step *= 2
    high = min(high, last)
    while low < high:
        middle = (low + high) >> 1
        if papers[middle] < paper:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def best_of_any(  # noqa: C901, PLR0912, PLR0913, PLR0917 - one loop after the other over arrays
    papers: Ints,
    codes: Codes,
    firsts: Offsets,
    lasts: Offsets,
    weights: Floats,
    most: Floats,
    open_: Mask,
    sums: Floats,
    found: Ints,
    scores: Floats,
    limit: int,
) -> int:
    """Score the papers that hold any of some terms; return how many may be among the best ``limit``.

    Terms stand with the one that can add most first. Once the ``limit``-th best cannot be overtaken by what the terms
    that are left can add, these are only looked up for papers that may still come among the best: MaxScore (Turtle &
    Flood 1995), a term at a time.

    Args:
        weights, most: What one code of a term counts, and the most that the term can add.
        open_: 0 for papers that must not be found; empty when all may.
        sums: Zeros, one for each paper; zeros again afterwards.
        found, scores: Where the result goes, at least as long as ``sums``; in no order.
    """
    n_terms = len(firsts)
    left = np.zeros(n_terms + 1, np.float32)
    for term in range(n_terms - 1, -1, -1):
        left[term] = left[term + 1] + most[term]
    heap = np.zeros(limit, np.float32)
    least = np.float32(0)
    masked = len(open_) > 0
    read = 0
    while read < n_terms and left[read] >= least * _ROUNDED:
        heap[:] = 0
        weight = weights[read]
        for place in range(firsts[read], lasts[read]):
            paper = papers[place]
            if masked and open_[paper] == 0:
                continue
            score = np.float32(sums[paper] + weight * np.float32(codes[place]))
            sums[paper] = score
            if score > heap[0]:
                _lifted(heap, score)
        # One list has each paper once, so its best are different papers.
        least = max(least, heap[0])
        read += 1
    n_found = 0
    for term in range(read):
        for place in range(firsts[term], lasts[term]):
            paper = papers[place]
            score = sums[paper]
            if score != 0:
                sums[paper] = 0
                if score + left[read] >= least * _ROUNDED:
                    found[n_found] = paper
                    scores[n_found] = score
                    n_found += 1
    for term in range(read, n_terms + 1):
        heap[:] = 0
        for i in range(n_found):
            if term < n_terms:
                place = _place(papers, found[i], firsts[term], lasts[term])
                if place < lasts[term] and papers[place] == found[i]:
                    scores[i] += weights[term] * codes[place]
            if scores[i] > heap[0]:
                _lifted(heap, scores[i])
        least = max(least, heap[0])
        later = left[min(term + 1, n_terms)]
        kept = 0
        for i in range(n_found):
            if scores[i] + later >= least * _ROUNDED:
                found[kept] = found[i]
                scores[kept] = scores[i]
                kept += 1
        n_found = kept
    return n_found


@compiled
def in_both(one: Ints, papers: Ints, first: int, last: int) -> Ints:
    """Return the papers of ``one``, ascending, that stand in a part of ``papers`` too."""
    kept = np.empty(len(one), np.int32)
    n_kept = 0
    place = first
    for i in range(len(one)):
        place = _place(papers, one[i], place, last)
        if place == last:
            break
        if papers[place] == one[i]:
            kept[n_kept] = one[i]
            n_kept += 1
    return kept[:n_kept].copy()


@compiled
def added(  # noqa: PLR0913, PLR0917 - arrays are all that a kernel can be given
    rows: Ints, papers: Ints, codes: Codes, first: int, last: int, weight: float, scores: Floats
) -> None:
    """Add to the scores of some papers, ascending, what one term counts in each."""
    place = first
    for i in range(len(rows)):
        place = _place(papers, rows[i], place, last)
        if place == last:
            break
        if papers[place] == rows[i]:
            scores[i] += np.float32(weight) * codes[place]


@compiled
def phrases_counted(  # noqa: PLR0913, PLR0917 - arrays are all that a kernel can be given
    rows: Ints, words: Ints, starts: Offsets, title_ends: Offsets, ends: Offsets, term_of: Ints, terms: Ints
) -> Ints:
    """Return how often each of some papers has the terms one after the other, within its title or its abstract.

    Args:
        ends: Where each paper's abstract ends; its title's end to look in titles alone.
    """
    counts = np.zeros(len(rows), np.int32)
    length = len(terms)
    for i in range(len(rows)):
        paper = rows[i]
        for first in range(starts[paper], ends[paper] - length + 1):
            if first < title_ends[paper] < first + length:
                continue
            same = 0
            while same < length and term_of[words[first + same]] == terms[same]:
                same += 1
            counts[i] += same == length
    return counts


@compiled
def words_counted(rows: Ints, words: Ints, starts: Offsets, ends: Offsets, wanted: Mask) -> Ints:
    """Return how many words of each of some papers are wanted ones."""
    counts = np.zeros(len(rows), np.int32)
    for i in range(len(rows)):
        for place in range(starts[rows[i]], ends[rows[i]]):
            counts[i] += wanted[words[place]]
    return counts
