"""Who is measured: the engine that serves members, the same with each of its parts taken out, and peers' recipes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from adapters.evaluation import JUDGED_AT
from adapters.evaluation_sets import Task
from adapters.held_papers import HeldPapers
from bot.feedback_scoring import FEEDBACK
from bot.learning import Judged, Taste
from bot.library import Library, words_interest
from bot.model import Paper, PaperId, Verdict
from bot.scoring import KEYWORDS

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

    def _searched(self, asked: Task) -> Ranking:
        found = self.library.ranked(words_interest(asked.words), len(self.library))
        return [str(paper) for paper, _ in found if asked.may_rank(str(paper))][:DEPTH]

    def _learnt(self, task: Task) -> Ranking:
        ranked = self.library.rank(
            taste_of_task(task),
            JUDGED_AT,
            candidates=None if task.within is None else [PaperId(paper) for paper in task.within],
            excluded=[PaperId(paper) for paper in task.excluded],
            limit=DEPTH,
        )
        return [str(paper) for paper, _ in ranked]


class OursInParts(Ours):
    """The engine with one weight of its tables at nothing, in turn. Not for threads: the tables are its own."""

    def search(self, asked: Task) -> Mapping[str, Ranking]:
        return dict(_taken_out(asked, self._searched, (KEYWORDS,)))

    def learn(self, task: Task) -> Mapping[str, Ranking]:
        return dict(_taken_out(task, self._learnt, (KEYWORDS, FEEDBACK) if task.stage else (KEYWORDS,)))


def _taken_out(task: Task, rank: Callable[[Task], Ranking], tables: Sequence[object]) -> Iterator[tuple[str, Ranking]]:
    for table in tables:
        for name in weights_of(table):
            with without(table, name):
                yield part_name(table, name), rank(task)


def weights_of(table: object) -> list[str]:
    """Return the names of a table's weights: what is a number of papers is none."""
    return [field.name for field in fields(table) if not isinstance(getattr(table, field.name), int)]  # type: ignore[arg-type]  # always a dataclass


def part_name(table: object, name: str) -> str:
    return f"without {'the interest’s' if table is KEYWORDS else 'the verdicts’'} `{name}`"


@contextmanager
def without(table: object, name: str) -> Iterator[None]:
    """Set one weight of a frozen table to nothing for a while: members have no such switch, a measurement needs it."""
    kept: Any = getattr(table, name)
    object.__setattr__(table, name, _nothing_like(kept))
    try:
        yield
    finally:
        object.__setattr__(table, name, kept)


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
