"""Kernel that picks a day's papers for many profiles. Loaded by `storage.compiled.batch` alone."""

import numpy as np
from numpy.typing import NDArray

from storage.compiled.building import Floats, Offsets
from storage.compiled.machine_code import compiled, compiled_loosely

Ints = NDArray[np.int32]
Keys = NDArray[np.int64]
Places = NDArray[np.uint16]

# Scores stand in so many lanes, one after the other: the best of each lane tell where the best of all are.
LANES = 64
_FEW = 16
# The cut is the best but so many of `_FEW` groups of lanes: thirteen papers or more reach it, mostly about twenty-five.
_SKIPPED = 3
# Where no more papers than this reach the bar, all of them are compared at once.
_AT_ONCE = 64
# Papers that come next are looked for at least this share of the best score further down.
_LEAST_STEP = np.float32(1e-3)

_NOWHERE = np.float32(-np.inf)


@compiled_loosely
def _best_of_lanes(scores: Floats, prior: Floats, lanes: Floats) -> None:
    """Add the prior, and find the best score of each lane. No score is NaN, so the compiler may use vectors."""
    for i in range(LANES):
        scores[i] += prior[i]
        lanes[i] = scores[i]
    for first in range(LANES, len(scores), LANES):
        for i in range(LANES):
            scores[first + i] += prior[first + i]
            lanes[i] = max(lanes[i], scores[first + i])


@compiled_loosely
def _cut_of(lanes: Floats, few: Floats) -> tuple[np.float32, np.float32]:
    """Return a score that some papers surely reach and not many do, and the best score."""
    for i in range(_FEW):
        few[i] = max(lanes[i], lanes[i + _FEW], lanes[i + 2 * _FEW], lanes[i + 3 * _FEW])
    none = np.float32(np.inf)
    top = few[0]
    cut = few[0]
    for i in range(_FEW):
        top = max(top, few[i])
        cut = min(cut, few[i])
    for _ in range(_SKIPPED):
        above = none
        for i in range(_FEW):
            above = min(above, few[i] if few[i] > cut else none)
        cut = min(above, top)
    return cut, top


@compiled
def _count_from(scores: Floats, least: np.float32) -> np.int32:
    count = np.int32(0)
    for i in range(len(scores)):
        count += np.int32(scores[i] >= least)
    return count


@compiled
def _found_from(scores: Floats, lanes: Floats, least: np.float32, good_lanes: Keys, found: Keys, keys: Keys) -> int:
    """Put the papers with such a score or a better one first in ``found``; return how many there are.

    Their keys are the higher the better a paper, above 0, is: by its score, then the earlier one.
    """
    bits = scores.view(np.int32)
    n_good = 0
    for i in range(LANES):
        good_lanes[n_good] = i
        n_good += lanes[i] >= least
    n_found = 0
    for i in range(n_good):
        for paper in range(good_lanes[i], len(scores), LANES):
            found[n_found] = paper
            n_found += scores[paper] >= least
    for i in range(n_found):
        keys[i] = (np.int64(bits[found[i]]) << 16) | (0xFFFF - found[i])
    return n_found


@compiled_loosely
def _best_worth(relevance: Floats, nearest: Floats, other: np.float32, worths: Floats) -> np.float32:
    """Fill in what each paper is worth beside those that are picked; return the most."""
    best = _NOWHERE
    for i in range(len(relevance)):
        worths[i] = relevance[i] - other * nearest[i]
        best = max(best, worths[i])
    return best


@compiled
def cleared_and_added(  # noqa: PLR0913, PLR0917 - arrays are all that a kernel can be given
    starts: Offsets, words: Ints, weights: Floats, day_starts: Offsets, papers: Places, impacts: Floats, scores: Floats
) -> np.float32:
    """Only clear an accumulator and add each profile's postings into it: the bound that `pick` is held against."""
    kept = np.float32(0)
    for profile in range(len(starts) - 1):
        scores[:] = 0
        for j in range(starts[profile], starts[profile + 1]):
            for k in range(day_starts[words[j]], day_starts[words[j] + 1]):
                scores[papers[k]] += weights[j] * impacts[k]
        kept += scores[profile % len(scores)]
    return kept


@compiled
def pick(  # noqa: C901, PLR0912, PLR0913, PLR0915, PLR0917 - one loop after the other over arrays
    starts: Offsets,
    words: Ints,
    weights: Floats,
    seen_starts: Offsets,
    seen: Places,
    day_starts: Offsets,
    papers: Places,
    impacts: Floats,
    prior: Floats,
    likeness: Floats,
    bar: float,
    pool: int,
    lambda_: float,
    picked: Ints,
    picked_scores: Floats,
) -> None:
    """Pick for every profile, one after the other: what `bot.batch.picking.pick_all` does, but for chances.

    A paper's worth is at most its score's part of it. So only some twenty of the best are compared, and others join
    them when the best worth is no longer above all that a paper below them can be worth.

    Args:
        prior: A multiple of `LANES` long, -inf for places that no paper has.
        picked, picked_scores: Where the result goes, shape (n, count).
    """
    n = len(prior)
    count = picked.shape[1]
    low = np.float32(bar)
    share = np.float32(lambda_)
    other = np.float32(1) - share
    scores = np.empty(n, np.float32)
    lanes = np.empty(LANES, np.float32)
    few = np.empty(_FEW, np.float32)
    good_lanes = np.empty(LANES + 1, np.int64)
    # Of those that are compared; the picked ones are taken out.
    found = np.empty(n + 1, np.int64)
    keys = np.empty(n + 1, np.int64)
    relevance = np.empty(n, np.float32)
    nearest = np.empty(n, np.float32)
    worths = np.empty(n, np.float32)
    picked_keys = np.empty(count, np.int64)
    for profile in range(len(starts) - 1):
        scores[:] = 0
        for j in range(starts[profile], starts[profile + 1]):
            weight = weights[j]
            for k in range(day_starts[words[j]], day_starts[words[j] + 1]):
                scores[papers[k]] += weight * impacts[k]
        for j in range(seen_starts[profile], seen_starts[profile + 1]):
            scores[seen[j]] = _NOWHERE
        _best_of_lanes(scores, prior, lanes)
        cut, top = _cut_of(lanes, few)
        taken = 0
        if top >= low:
            if cut < low or _count_from(scores, low) <= _AT_ONCE:
                cut = low
            scale = share / top
            n_found = _found_from(scores, lanes, cut, good_lanes, found, keys)
            n_above = n_found
            for i in range(n_found):
                relevance[i] = scale * scores[found[i]]
                nearest[i] = 0
            while taken < count:
                best_worth = _best_worth(relevance[:n_found], nearest[:n_found], other, worths)
                if best_worth < scale * cut and cut > low and n_above < pool:
                    # Twice as far down from the top, and never by less than a score can tell.
                    cut = max(cut - max(top - cut, low, top * _LEAST_STEP), low)
                    n_found = _found_from(scores, lanes, cut, good_lanes, found, keys)
                    n_above = n_found + taken
                    for i in range(n_found):
                        relevance[i] = scale * scores[found[i]]
                        nearest[i] = 0
                        for j in range(taken):
                            nearest[i] = max(nearest[i], likeness[picked[profile, j], found[i]])
                    continue
                if n_found == 0:
                    break
                best = 0
                key = np.int64(-1)
                for i in range(n_found):
                    if worths[i] == best_worth and keys[i] > key:
                        key = keys[i]
                        best = i
                paper = found[best]
                place = 0
                if n_above > pool:
                    for i in range(n_found):
                        place += keys[i] > key
                    for i in range(taken):
                        place += picked_keys[i] > key
                n_found -= 1
                found[best] = found[n_found]
                keys[best] = keys[n_found]
                relevance[best] = relevance[n_found]
                nearest[best] = nearest[n_found]
                if place >= pool:
                    continue
                picked[profile, taken] = paper
                picked_scores[profile, taken] = scores[paper]
                scores[paper] = _NOWHERE
                picked_keys[taken] = key
                taken += 1
                if taken < count:
                    for i in range(n_found):
                        nearest[i] = max(nearest[i], likeness[paper, found[i]])
        for i in range(taken, count):
            picked[profile, i] = -1
            picked_scores[profile, i] = 0
