"""What the page says of picks: whether their percentages are honest, and how unlike one another they are."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from adapters.evaluation_figures import SetFigures
from adapters.evaluation_members import DAYS, TAUGHT_BY
from adapters.evaluation_tables import table
from adapters.evaluation_variety import Variety
from bot.quality import BINS, Outcome, reliability

# The error of the percentages that was set out to be stayed below, on each set and in the mean.
CALIBRATION_GOAL = 0.05
# What variety was set out to add to the distance of five picks, and what it may cost of nDCG@5.
DISTANCE_GOAL, LOSS_GOAL = 0.15, 0.02

CALIBRATION = f"""\
## Honest percentages

Each topic as a member who likes what was judged relevant to it and nothing else. The papers of a set are announced over
{DAYS} days, each once and in an order of chance; a digest has five picks at most, and each is judged. Once a member has
judged {TAUGHT_BY}, what is stated of each further pick is held against what is said of it. The curve is fitted on the
first verdicts of all members of the set and moved by each member's own, as the product does. ECE is the expected
calibration error over {BINS} bins, a Brier score the mean square of the gap between percentage and outcome; in the last
column it is that of stating the set's own rate of likes, known afterwards, for every pick.

"""

VARIETY = """\
## Variety

Five picks of each task as they stand in the ranking, and five chosen by maximal marginal relevance as members' are,
over all stages. Distance is 1 - cosine, the mean over pairs of picks, of their vectors and of their words; entropy is
that of the picks' subjects in bits (30 clusters of each set).

"""

TRIED = """\
What else was measured, before the last change of the ranking, at three verdicts: picks chosen by a determinantal point
process kept less distance for the same loss (+5.6 % at -1.3 %); exchanging only near copies of a better pick gave
+4.5 % at -1.2 %; exchanges that look for the greatest distance within a budget of score gave +5.9 % at -1.2 % and
+14.7 % only at -4.1 %; squared scores with the mean instead of the greatest likeness gave +6.5 % at -1.5 %. On these
sets what is relevant to one topic lies close together, and farther picks are mostly worse ones.
"""


def calibration(sets: Sequence[SetFigures]) -> str:
    """Return the errors of each set, and the reliability table of all together; nothing without outcomes."""
    rows = []
    errors = []
    for one in sets:
        measured = reliability(one.stated)
        if measured is None:
            continue
        liked = np.array([outcome.liked for outcome in one.stated], dtype=np.float64)
        errors.append(measured.ece)
        figures = (liked.mean(), measured.ece, measured.brier, liked.var())
        rows.append([one.name, f"{measured.count:,}", *(f"{figure:.3f}" for figure in figures)])
    if not rows:
        return ""
    rows.append(["mean", "", "", f"{np.mean(errors):.3f}", "", ""])
    reached = "yes" if max(errors) <= CALIBRATION_GOAL else "**not on every set**"
    head = ["set", "picks", "liked", "ECE", "Brier", "Brier of the mean rate"]
    told = CALIBRATION + table(head, rows) + f"\nECE at most {CALIBRATION_GOAL}: {reached}. All sets together:\n\n"
    return told + table(["stated", "picks", "mean stated", "liked"], _bins([o for one in sets for o in one.stated]))


def _bins(outcomes: Sequence[Outcome]) -> list[list[str]]:
    told = np.array([(outcome.probability, outcome.liked) for outcome in outcomes], dtype=np.float64)
    places = np.minimum((told[:, 0] * BINS).astype(np.int64), BINS - 1)
    rows = []
    for place in np.unique(places).tolist():
        here = told[places == place]
        stated, liked = here.mean(axis=0)
        low, high = (round(100 * edge / BINS) for edge in (place, place + 1))
        rows.append([f"{low}-{high} %", f"{len(here):,}", f"{stated:.1%}", f"{liked:.1%}"])
    return rows


def variety(sets: Sequence[SetFigures]) -> str:
    """Return what choosing for variety changes on each set and in the mean; nothing where it was not measured."""
    measured = [(one.name, list(one.variety.values())) for one in sets if one.variety]
    if not measured:
        return ""
    each = [_means(pairs) for _, pairs in measured]
    names = [name for name, _ in measured]
    rows = [[name, *_changes(*means)] for name, means in zip(names, each, strict=True)]
    mean = np.mean([plain for plain, _ in each], axis=0), np.mean([varied for _, varied in each], axis=0)
    rows.append(["mean", *_changes(*mean)])
    loss, distance = 1 - mean[1][0] / mean[0][0], mean[1][1] / mean[0][1] - 1
    reached = "yes" if distance >= DISTANCE_GOAL and loss <= LOSS_GOAL else "**no**"
    goal = f"\nDistance {DISTANCE_GOAL:+.0%} at a loss of at most {LOSS_GOAL:.0%} of nDCG@5: {reached}.\n\n"
    head = ["set", "nDCG@5", "distance in meaning", "distance in words", "entropy of subjects"]
    return VARIETY + table(head, rows) + goal + TRIED


Means = np.ndarray[tuple[int], np.dtype[np.float64]]


def _means(pairs: Sequence[tuple[Variety, Variety]]) -> tuple[Means, Means]:
    """Return the four figures, ranked and chosen, as the mean of the stages; shape (4,) each."""
    plain, varied = (
        np.mean([[float(getattr(way, field.name).mean()) for field in fields(way)] for way in ways], axis=0)
        for ways in zip(*pairs, strict=True)
    )
    return plain, varied


def _changes(plain: Means, varied: Means) -> list[str]:
    return [f"{a:.4f} → {b:.4f} ({b / a - 1:+.1%})" for a, b in zip(plain.tolist(), varied.tolist(), strict=True)]
