"""One judged set measured: the quality of each method, query by query."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from adapters.evaluation_contenders import OURS, Contender, Ours, OursInParts, Ranking, peers_over
from adapters.evaluation_measures import Gains, average_precision, ndcg, recall
from adapters.evaluation_members import stated
from adapters.evaluation_sets import Grades, JudgedSet, Task, set_in, temporal_split
from adapters.evaluation_variety import Variety, varieties
from bot.quality import Outcome

ByMethod = dict[str, Gains]


@dataclass(slots=True)
class SetFigures:
    """nDCG@10 of each query, by method; every method has the same queries in the same order.

    Attributes:
        past: Of the temporal split; empty where the papers have no dates.
        average_precision, recall: Means of our search, the recall at 100.
        parts_search, parts_stages: Of ours with each of its parts taken out in turn.
        stated: The percentages that simulated members were shown, and what they said.
        variety: Five picks by stage, as ranked and as chosen for variety.
    """

    name: str
    papers: int
    queries: int
    topics: int
    search: ByMethod
    typos: ByMethod
    stages: dict[int, ByMethod]
    past: ByMethod
    average_precision: float = 0.0
    recall: float = 0.0
    parts_search: ByMethod = field(default_factory=dict)
    parts_stages: dict[int, ByMethod] = field(default_factory=dict)
    stated: list[Outcome] = field(default_factory=list)
    variety: dict[int, tuple[Variety, Variety]] = field(default_factory=dict)


def measure(folder: Path, *, whole: bool = False) -> SetFigures:
    """Measure one set.

    Args:
        whole: Also take each part of ours out in turn, which takes most of the time, and measure the picks of simulated
            members.
    """
    known = set_in(folder)
    ours, peers = Ours(known.papers), peers_over(known.papers)
    both = [ours, *([peers] if peers is not None else [])]
    queries = [query for query in known.queries if query.id in known.judged]
    typos = [query for query in known.typos if query.id in known.judged]
    past_tasks, past_grades = temporal_split(known)
    figures = SetFigures(
        known.name,
        len(known.papers),
        len(queries),
        len({task.topic for task in known.tasks}),
        _gains([one.search for one in both], queries, known.judged),
        _gains([one.search for one in both], typos, known.judged),
        _by_stage(both, known),
        _gains([one.learn for one in both], past_tasks, past_grades),
    )
    if queries:
        found = [(known.judged[query.id], ours.search(query)[OURS]) for query in queries]
        figures.average_precision = float(np.mean([average_precision(*one) for one in found]))
        figures.recall = float(np.mean([recall(*one) for one in found]))
    if whole:
        figures.stated = stated(known, ours.library)
        figures.variety = varieties(known, ours.library)
        taken_out = OursInParts(known.papers)
        figures.parts_search = _gains([taken_out.search], queries, known.judged)
        figures.parts_stages = _by_stage([taken_out], known)
    return figures


def _by_stage(contenders: Sequence[Contender], known: JudgedSet) -> dict[int, ByMethod]:
    return {
        stage: _gains([one.learn for one in contenders], [t for t in known.tasks if t.stage == stage], known.judged)
        for stage in known.stages
    }


def _gains(
    ways: Iterable[Callable[[Task], Mapping[str, Ranking]]], tasks: Sequence[Task], judged: Mapping[str, Grades]
) -> ByMethod:
    gains: dict[str, list[float]] = {}
    for way in ways:
        for task in tasks:
            for method, ranking in way(task).items():
                gains.setdefault(method, []).append(ndcg(judged[task.id], ranking))
    return {method: np.array(values) for method, values in gains.items()}
