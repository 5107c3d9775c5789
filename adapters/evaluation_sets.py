"""Judged sets on the disk: papers, queries, tasks of keywords and verdicts, and what was judged relevant."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from adapters.held_papers import json_lines_of, papers_in, texts_of
from bot.announcements import SourceFailed
from bot.model import Paper

# Likes of the temporal split: the first so many relevant papers in time.
PAST_LIKES = 3

Grades = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a ranking: words, and the verdicts so far.

    Attributes:
        within: The papers that may be ranked; None means all.
        excluded: Papers that are never ranked.
    """

    id: str
    words: str
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    within: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()

    @property
    def topic(self) -> str:
        return self.id.rpartition("@s")[0] or self.id

    @property
    def stage(self) -> int:
        """How many verdicts it has: its id ends with it."""
        _, at, stage = self.id.rpartition("@s")
        return int(stage) if at else len(self.liked) + len(self.disliked)

    def may_rank(self, paper: str) -> bool:
        return paper not in self.excluded and (self.within is None or paper in self.within)


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One set; ``judged`` has the grades of the queries and of the tasks, by id.

    Attributes:
        typos: The queries, each with one typing error.
        tasks: Those of the topics that have every stage, so that a curve is over the same topics.
    """

    name: str
    papers: tuple[Paper, ...]
    queries: tuple[Task, ...]
    typos: tuple[Task, ...]
    tasks: tuple[Task, ...]
    judged: Mapping[str, Grades]

    @property
    def stages(self) -> tuple[int, ...]:
        return tuple(sorted({task.stage for task in self.tasks}))


def sets_in(folder: Path) -> list[Path]:
    """Return the folders of judged sets in a folder, by name.

    Raises:
        SourceFailed: There are none.
    """
    folders = sorted(path.parent for path in folder.glob("*/corpus.jsonl"))
    if not folders:
        raise SourceFailed(f"{folder} has no folder with a corpus.jsonl")
    return folders


def set_in(folder: Path) -> JudgedSet:
    """Read a judged set; files that it does not have count as empty.

    Raises:
        SourceFailed: A file cannot be read, or a line of it is wrong.
    """
    tasks = [_task(said) for said in _lines(folder / "tasks.jsonl")]
    pool = folder / "pool.txt"
    within = frozenset(pool.read_text(encoding="utf-8").split()) if pool.exists() else None
    # A query made of a topic's liked papers is not to find those; only sets with a pool have such queries.
    shown = {task.topic: task.excluded for task in tasks} if within is not None else {}

    def queries(name: str) -> tuple[Task, ...]:
        asked = [Task(str(said["id"]), str(said["text"]), within=within) for said in _lines(folder / name)]
        return tuple(replace(task, excluded=shown.get(task.topic, frozenset())) for task in asked)

    judged = {**_judgements(folder / "tasks_qrels.txt"), **_judgements(folder / "qrels.txt")}
    return JudgedSet(
        folder.name,
        tuple(papers_in(folder / "corpus.jsonl")),
        queries("queries.jsonl"),
        queries("typos.jsonl"),
        _of_whole_topics([task for task in tasks if task.id in judged]),
        judged,
    )


def temporal_split(known: JudgedSet) -> tuple[list[Task], dict[str, Grades]]:
    """Return tasks that are asked at one instant: likes from before it, everything to be ranked from after it.

    Of each topic with dated papers the first three relevant ones are liked, and later years are ranked. The second
    value has the grades of the papers that may be ranked.
    """
    year = {str(paper.id): paper.published.year for paper in known.papers if paper.published is not None}
    relevant: dict[str, set[str]] = defaultdict(set)
    allowed: dict[str, Task] = {}
    for task in known.tasks:
        relevant[task.topic].update(task.liked, (p for p, grade in known.judged[task.id].items() if grade > 0))
        allowed[task.topic] = task
    tasks: list[Task] = []
    judged: dict[str, Grades] = {}
    for topic, papers in relevant.items():
        dated = sorted((paper for paper in papers if paper in year), key=lambda paper: (year[paper], paper))
        if len(dated) <= PAST_LIKES:
            continue
        now = year[dated[PAST_LIKES - 1]]
        pool = allowed[topic].within
        later = frozenset(paper for paper, when in year.items() if when > now and (pool is None or paper in pool))
        grades = {paper: 1 for paper in dated if paper in later}
        if grades:
            tasks.append(Task(topic, allowed[topic].words, tuple(dated[:PAST_LIKES]), within=later))
            judged[topic] = grades
    return tasks, judged


def _task(said: Mapping[str, object]) -> Task:
    within = said.get("candidates")
    return Task(
        str(said["id"]),
        " ".join(texts_of(said.get("keywords"))),
        tuple(texts_of(said.get("liked"))),
        tuple(texts_of(said.get("disliked"))),
        None if within is None else frozenset(texts_of(within)),
        frozenset(texts_of(said.get("exclude"))),
    )


def _of_whole_topics(tasks: list[Task]) -> tuple[Task, ...]:
    stages = {task.stage for task in tasks}
    found: dict[str, set[int]] = defaultdict(set)
    for task in tasks:
        found[task.topic].add(task.stage)
    return tuple(task for task in tasks if found[task.topic] == stages)


def _lines(path: Path) -> list[dict[str, object]]:
    return [said for _, said in json_lines_of(path)] if path.exists() else []


def _judgements(path: Path) -> dict[str, Grades]:
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            query, _, paper, grade = line.split()
            judged[query][paper] = int(grade)
    return {query: grades for query, grades in judged.items() if any(grade > 0 for grade in grades.values())}
