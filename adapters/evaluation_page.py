"""The figures of judged sets as a page in Markdown."""

from collections.abc import Callable, Sequence

import numpy as np

from adapters.evaluation_contenders import ALONE, OURS
from adapters.evaluation_figures import ByMethod, SetFigures
from adapters.evaluation_measures import RESAMPLES, SEED, mean_of
from adapters.evaluation_picks_page import calibration, variety
from adapters.evaluation_tables import difference, share, table, told, yes

# What was set out to be reached on the four public sets, as the mean of nDCG@10: search, and each stage of feedback.
FOUR = ("cisi", "citeulike", "cranfield", "vaswani")
SEARCH_GOAL = 0.405
STAGE_GOALS = {0: 0.350, 1: 0.375, 3: 0.395, 6: 0.412, 10: 0.450}
KEPT_GOAL, KEPT_GOAL_EACH = 0.98, 0.96
# Recipes of whole systems; ours may be below neither, nor below its own keywords, on any set at any stage.
SYSTEMS = ("arxiv-sanity-lite", "averaged cosine")
SEARCHES = ("BM25", "BM25 + RM3")

INTRODUCTION = f"""\
# Quality

How well Paperround finds papers for keywords, and how much it learns from likes and dislikes, on judged sets of
abstracts. Made by one command, with the very code that serves members; the sets are no part of Paperround:

    paperround eval report --data FOLDER --out docs/quality.md

Figures are nDCG@10 unless another measure is named. One configuration serves all sets. ± is half of the 95 % interval
of a bootstrap over queries ({RESAMPLES:,} resamples, seed {SEED}); the mean counts each set alike. The peers' recipes
are rebuilt in `tests/quality/peers.py` on the same words as ours, so that a difference is one of ranking. The sets are
old and their figures say little about a feed of new preprints: trust a difference that shows on several sets with its
interval off zero. **Bold** differences are off zero.
"""

CURVE = """\
## Learning curve

Mean of the sets after so many verdicts (none; one like; two likes and one dislike; three and three; five and five),
over the topics that have every stage. What reads no keywords ranks nothing before the first like.

"""

BEST = """\
## Against the best recipe

Ours minus the recipe that is best there, chosen anew for each set with its judgements known, as nobody could choose who
has only a feed. Paired by query.

"""

PARTS = """\
## Each part taken out

What changes in the mean of the sets when one weight is set to nothing and everything else stays as it is. A part whose
loss costs little here may be carried by its neighbours, which look at the same papers in another way.

"""

PAST = """\
## Past and future

The first three relevant papers of a topic are liked, and only papers of later years are ranked, so nothing is learned
from the future. Only some sets have dates: """


def page_of(sets: Sequence[SetFigures]) -> str:
    """Return the page; sets in the order given."""
    blocks = [INTRODUCTION, _sets(sets)]
    if tuple(sorted(one.name for one in sets)) == FOUR:
        blocks.append(_reached(sets))
    if any(one.search for one in sets):
        blocks.append(_search(sets))
    if stages_of(sets):
        blocks += [_curve(sets), _curve_of_each(sets)]
    blocks.append(_against_the_best(sets))
    if any(one.past for one in sets):
        blocks.append(_past([one for one in sets if one.past]))
    blocks += [calibration(sets), variety(sets)]
    if any(one.parts_search for one in sets):
        blocks.append(_parts(sets))
    return "\n".join(block for block in blocks if block)


def stages_of(sets: Sequence[SetFigures]) -> list[int]:
    """Return the stages that every set has."""
    return sorted(set.intersection(*(set(one.stages) for one in sets)))


def kept(one: SetFigures) -> float:
    """Return which share of the ranking quality is left when each query has a typing error."""
    return float(one.typos[OURS].mean() / one.search[OURS].mean())


def below(sets: Sequence[SetFigures]) -> list[str]:
    """Return where ours falls below its own keywords, BM25, RM3 or a whole system's recipe, in words."""
    found = []
    for one in sets:
        compared: list[tuple[str, ByMethod, tuple[str, ...]]] = [("search", one.search, SEARCHES)]
        compared += [(f"after {stage} verdicts", gains, (ALONE, *SYSTEMS)) for stage, gains in one.stages.items()]
        for name, gains, others in compared:
            for other in others:
                if other in gains and gains[OURS].mean() < gains[other].mean() - 5e-5:
                    values = f"{gains[OURS].mean():.4f} against {gains[other].mean():.4f} of {other}"
                    found.append(f"{one.name}, {name}: {values}")
    return found


def _sets(sets: Sequence[SetFigures]) -> str:
    rows = []
    for one in sets:
        counts = (f"{count:,}" for count in (one.papers, one.queries, one.topics))
        rows.append([one.name, *counts, share(one.average_precision), share(one.recall)])
    return table(["set", "papers", "queries", "topics with every stage", "our MAP", "our Recall@100"], rows)


def _reached(sets: Sequence[SetFigures]) -> str:
    goals = [("search, mean of the sets", SEARCH_GOAL, mean_of([one.search[OURS] for one in sets]))]
    goals += [
        (f"after {stage} verdicts, mean of the sets", goal, mean_of([one.stages[stage][OURS] for one in sets]))
        for stage, goal in STAGE_GOALS.items()
    ]
    goals += [
        ("kept of search with one typing error, mean", KEPT_GOAL, _mean_kept(sets)),
        ("kept, on each set", KEPT_GOAL_EACH, min(kept(one) for one in sets)),
    ]
    rows = [[name, f"at least {share(goal)}", f"{value:.4f}", yes(value >= goal)] for name, goal, value in goals]
    wrong = below(sets)
    rows.append(
        ["below keywords alone, BM25, RM3 or a whole system's recipe", "nowhere", str(len(wrong)), yes(not wrong)]
    )
    means = [mean_of([one.stages[stage][OURS] for one in sets]) for stage in stages_of(sets)]
    rows.append(["more verdicts, better picks", "every stage", "", yes(means == sorted(means))])
    said = "## What is reached\n\n" + table(["goal", "to reach", "reached", ""], rows)
    return said + ("\nBelow: " + "; ".join(wrong) + ".\n" if wrong else "")


def _search(sets: Sequence[SetFigures]) -> str:
    head = ["method", *(one.name for one in sets), "mean"]
    said = "## Search\n\nThe queries as written:\n\n" + table(head, _rows(sets, lambda one: one.search))
    if not all(one.typos for one in sets):
        return said
    said += "\nThe same queries with one typing error each:\n\n" + table(head, _rows(sets, lambda one: one.typos))
    shares = ", ".join(f"{one.name} {kept(one):.1%}" for one in sets)
    return said + f"\nKept of the clean queries by {OURS}: {shares}; in the mean {_mean_kept(sets):.1%}.\n"


def _curve(sets: Sequence[SetFigures]) -> str:
    stages = stages_of(sets)
    rows = [
        [method, *(told([one.stages[stage][method] for one in sets]) for stage in stages)]
        for method in _methods(sets, lambda one: one.stages[stages[0]])
    ]
    return CURVE + table(["method", *(f"after {stage}" for stage in stages)], rows)


def _curve_of_each(sets: Sequence[SetFigures]) -> str:
    stages = stages_of(sets)
    rows = []
    for one in sets:
        first = one.stages[stages[0]]
        methods = [method for method in (OURS, ALONE, *SYSTEMS) if method in first]
        rows += [[one.name, m, *(f"{one.stages[stage][m].mean():.4f}" for stage in stages)] for m in methods]
        if peers := _peers(first):
            best = [max(float(one.stages[stage][peer].mean()) for peer in peers) for stage in stages]
            rows.append([one.name, "*best recipe for the set and stage*", *(f"{value:.4f}" for value in best)])
    return "Each set:\n\n" + table(["set", "method", *map(str, stages)], rows)


def _against_the_best(sets: Sequence[SetFigures]) -> str:
    rows = []
    for name, gains_of in _measured(sets):
        found = [(one.name, gains_of(one)) for one in sets if _peers(gains_of(one))]
        if not found:
            continue
        best = [_best_peer(gains) for _, gains in found]
        differences = [gains[OURS] - gains[peer] for (_, gains), peer in zip(found, best, strict=True)]
        chosen = "; ".join(f"{set_name}: {peer}" for (set_name, _), peer in zip(found, best, strict=True))
        rows.append([name, difference(differences), chosen])
    return BEST + table(["measured", "difference [95 %]", "best recipe"], rows) if rows else ""


def _past(sets: Sequence[SetFigures]) -> str:
    counts = ", ".join(f"{one.name} {len(one.past[OURS])} topics" for one in sets)
    head = ["method", *(one.name for one in sets), "mean"]
    return f"{PAST}{counts}.\n\n" + table(head, _rows(sets, lambda one: one.past))


def _parts(sets: Sequence[SetFigures]) -> str:
    columns: list[tuple[str, list[tuple[ByMethod, ByMethod]]]] = [
        ("search", [(one.search, one.parts_search) for one in sets if one.parts_search])
    ]
    columns += [
        (f"after {stage}", [(one.stages[stage], one.parts_stages[stage]) for one in sets]) for stage in stages_of(sets)
    ]
    names = dict.fromkeys(name for _, pairs in columns for _, parts in pairs for name in parts)
    rows = [
        [
            name,
            *(
                difference([parts[name] - whole[OURS] for whole, parts in pairs if name in parts])
                for _, pairs in columns
            ),
        ]
        for name in names
    ]
    return PARTS + table(["part", *(name for name, _ in columns)], rows)


def _measured(sets: Sequence[SetFigures]) -> list[tuple[str, Callable[[SetFigures], ByMethod]]]:
    def at(stage: int) -> Callable[[SetFigures], ByMethod]:
        return lambda one: one.stages[stage]

    return [("search", lambda one: one.search), *((f"after {stage}", at(stage)) for stage in stages_of(sets))]


def _mean_kept(sets: Sequence[SetFigures]) -> float:
    return float(np.mean([kept(one) for one in sets]))


def _methods(sets: Sequence[SetFigures], gains_of: Callable[[SetFigures], ByMethod]) -> list[str]:
    return [method for method in gains_of(sets[0]) if all(method in gains_of(one) for one in sets)]


def _peers(gains: ByMethod) -> list[str]:
    return [method for method in gains if method not in (OURS, ALONE)]


def _best_peer(gains: ByMethod) -> str:
    return max(_peers(gains), key=lambda method: float(gains[method].mean()))


def _rows(sets: Sequence[SetFigures], gains_of: Callable[[SetFigures], ByMethod]) -> list[list[str]]:
    return [
        [method, *(told([gains_of(one)[method]]) for one in sets), told([gains_of(one)[method] for one in sets])]
        for method in _methods(sets, gains_of)
    ]
