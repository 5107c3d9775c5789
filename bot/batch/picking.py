"""The picks of a day for many profiles at once: a sparse product, the seen filter, the bar, variety, chances.

What `bot.choosing` does for one profile, in blocks of profiles. Where the compiler is installed,
`storage.compiled.batch` chooses the same a hundred times faster.
"""

import numpy as np
from scipy import sparse

from bot.batch.day import Day, Picked, Profiles, Rules
from bot.calibration import LEAST, MOST
from bot.postings import Floats, Ints

# A block's scores fit into the processor's cache.
_BLOCK = 256


def pick_all(day: Day, profiles: Profiles, rules: Rules) -> Picked:
    """Choose by maximal marginal relevance among the best of each profile; see `BatchPicker`."""
    profiles.check(day)
    picked = Picked.none(len(profiles), rules.count)
    if not len(day):
        return picked
    by_word = sparse.csr_matrix(
        (day.impacts, day.papers.astype(np.int32), day.starts), shape=(len(day.starts) - 1, len(day))
    )
    for first in range(0, len(profiles), _BLOCK):
        last = min(first + _BLOCK, len(profiles))
        _pick_block(day, rules, _scores(day, by_word, profiles, first, last), picked, first)
    add_chances(picked, profiles)
    return picked


def add_chances(picked: Picked, profiles: Profiles) -> None:
    """Fill in the chances of picks by each profile's calibration."""
    odds = np.clip(profiles.slopes[:, None] * picked.scores + profiles.intercepts[:, None], -30, 30)
    picked.chances[:] = np.where(picked.papers >= 0, np.clip(1 / (1 + np.exp(-odds)), LEAST, MOST), 0)


def _scores(day: Day, by_word: sparse.csr_matrix, profiles: Profiles, first: int, last: int) -> Floats:
    """Return the scores of some profiles for each paper, -inf for what they saw; shape (last - first, n)."""
    starts = profiles.starts[first : last + 1]
    here = slice(int(starts[0]), int(starts[-1]))
    wanted = sparse.csr_matrix(
        (profiles.weights[here], profiles.words[here], starts - starts[0]), shape=(last - first, by_word.shape[0])
    )
    scores: Floats = (wanted @ by_word).toarray() + day.prior
    seen_starts = profiles.seen_starts[first : last + 1]
    seen = profiles.seen[int(seen_starts[0]) : int(seen_starts[-1])]
    scores[np.repeat(np.arange(last - first), np.diff(seen_starts)), seen] = -np.inf
    return scores


def _pick_block(day: Day, rules: Rules, scores: Floats, picked: Picked, first: int) -> None:
    n = np.arange(len(scores))
    pool: Ints = np.argsort(-scores, axis=1, kind="stable")[:, : rules.pool].astype(np.int32)
    best = np.take_along_axis(scores, pool, axis=1)
    open_ = best >= np.float32(rules.bar)
    lambda_ = np.float32(rules.lambda_)
    scale = lambda_ / np.where(open_[:, 0], best[:, 0], 1)
    relevance = scale[:, None] * np.where(open_, best, 0)
    nearest = np.zeros_like(best)
    for place in range(min(rules.count, pool.shape[1])):
        worth = np.where(open_, relevance - (1 - lambda_) * nearest, -np.inf)
        chosen = worth.argmax(axis=1)
        some = open_[n, chosen]
        picked.papers[first + n[some], place] = pool[n, chosen][some]
        picked.scores[first + n[some], place] = best[n, chosen][some]
        open_[n, chosen] = False
        nearest = np.maximum(nearest, day.likeness[pool[n, chosen][:, None], pool])
