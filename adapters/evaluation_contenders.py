"""Who is measured: the engine that serves members, the same with each of its parts taken out, and peers' recipes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from adapters.evaluation import JUDGED_AT
from adapters.evaluation_sets import Task
from adapters.held_papers import HeldPapers
from bot.learning import Judged, Taste
from bot.library import Library, words_interest
from bot.model import Paper, PaperId, Verdict
from bot.weights import SERVED, Weights

OURS = "Paperround"
ALONE = "Paperround, keywords alone"
DEPTH = 100

Ranking = Sequence[str]


class Contender(Protocol):
    """Ranks papers for a task in one way or in several; the names are the methods'."""

    def search(self, asked: Task) -> Mapping[str, Ranking]:
        """Rank for the words alone."""
        ...

    def learn(self, task: Task) -> Mapping[str, Ranking]:
        """Rank for the words and the verdicts."""
        ...


class Ours:
    """The engine as it serves members."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.library = Library(HeldPapers(papers))
        self.library.refresh()
        self._alone: dict[Task, Ranking] = {}

    def search(self, asked: Task) -> Mapping[str, Ranking]:
        return {OURS: self._searched(asked)}

    def learn(self, task: Task) -> Mapping[str, Ranking]:
        # All stages of a topic have the same keywords, and are ranked over the same papers.
        words = replace(task, id=task.topic, liked=(), disliked=())
        if words not in self._alone:
            self._alone[words] = self._learnt(words)
        return {
            OURS: self._learnt(task) if task.liked or task.disliked else self._alone[words],
            ALONE: self._alone[words],
        }

    def _searched(self, asked: Task, weights: Weights = SERVED) -> Ranking:
        found = self.library.ranked(words_interest(asked.words), len(self.library), weights)
        return [str(paper) for paper, _ in found if asked.may_rank(str(paper))][:DEPTH]

    def _learnt(self, task: Task, weights: Weights = SERVED) -> Ranking:
        ranked = self.library.rank(
            taste_of_task(task),
            JUDGED_AT,
            candidates=None if task.within is None else [PaperId(paper) for paper in task.within],
            excluded=[PaperId(paper) for paper in task.excluded],
            limit=DEPTH,
            weights=weights,
        )
        return [str(paper) for paper, _ in ranked]


class OursInParts(Ours):
    """The engine with one weight of its tables at nothing, in turn."""

    def search(self, asked: Task) -> Mapping[str, Ranking]:
        return {name: self._searched(asked, weights) for name, weights in _taken_out(("keywords",))}

    def learn(self, task: Task) -> Mapping[str, Ranking]:
        tables = ("keywords", "feedback") if task.stage else ("keywords",)
        return {name: self._learnt(task, weights) for name, weights in _taken_out(tables)}


def _taken_out(tables: Sequence[str]) -> Iterator[tuple[str, Weights]]:
    for table in tables:
        for name in weights_of(table):
            yield part_name(table, name), without(table, name)


def weights_of(table: str) -> list[str]:
    """Return the names of the weights in a table of `Weights`: what is a number of papers is none."""
    weights = getattr(SERVED, table)
    return [field.name for field in fields(weights) if not isinstance(getattr(weights, field.name), int)]


def part_name(table: str, name: str) -> str:
    return f"without {'the interest’s' if table == 'keywords' else 'the verdicts’'} `{name}`"


def without(table: str, name: str) -> Weights:
    """Return the weights that serve, but for one at nothing."""
    weights = getattr(SERVED, table)
    changed = replace(weights, **{name: _nothing_like(getattr(weights, name))})
    return replace(SERVED, **{table: changed})


def _nothing_like(weight: Any) -> Any:  # noqa: ANN401 - a number, or a weight that grows or fades
    if not is_dataclass(weight) or isinstance(weight, type):
        return 0.0
    # How soon a weight grows or fades divides, and is no weight itself.
    return replace(weight, **{field.name: 0.0 for field in fields(weight) if field.name != "half"})


def taste_of_task(task: Task) -> Taste:
    """Return a task's member: one interest of its words, and verdicts of one instant."""
    liked = [Judged(PaperId(paper), Verdict.LIKE, JUDGED_AT) for paper in task.liked]
    disliked = [Judged(PaperId(paper), Verdict.NOT_FOR_ME, JUDGED_AT) for paper in task.disliked]
    return Taste((words_interest(task.words),) if task.words else (), judged=(*liked, *disliked))


def peers_over(papers: Sequence[Paper]) -> Contender | None:
    """Return the peers' recipes over some papers; None outside a clone, which alone has them."""
    if find_spec("tests") is None or find_spec("tests.quality") is None:
        return None
    recipes: Contender = import_module("tests.quality.peers").Recipes(papers)
    return recipes
