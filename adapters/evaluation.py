"""Runs over judged sets, with the very engine that serves members, as TREC lines."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from adapters.held_papers import HeldPapers, json_lines_of, papers_in, texts_of
from bot.learning import Judged, Taste
from bot.library import Library, words_interest
from bot.model import PaperId, Verdict

TAG = "paperround"
# A judged set has no dates of its verdicts: they are all of one instant, so none counts less for its age.
JUDGED_AT = datetime(2026, 1, 1, tzinfo=UTC)

Ranking = Sequence[tuple[PaperId, float]]


def write_search_run(corpus: Path, queries: Path, out: Path, depth: int) -> int:
    """Rank the papers of a set for each of its queries; return how many queries there were.

    The text of a query is read as words, whatever marks are in it: "what is …?" asks for no operator.

    Raises:
        SourceFailed: A file cannot be read, or a line of it is wrong.
    """
    library = library_of(corpus)
    asked = [(str(said["id"]), str(said["text"])) for _, said in json_lines_of(queries)]
    return write_run(out, ((name, library.ranked(words_interest(text), depth)) for name, text in asked))


def write_feedback_run(corpus: Path, tasks: Path, out: Path, depth: int) -> int:
    """Rank the papers of a set for each task of keywords, likes and dislikes; return how many tasks there were.

    Raises:
        SourceFailed: A file cannot be read, or a line of it is wrong.
    """
    library = library_of(corpus)
    return write_run(out, ((str(task["id"]), _ranked(library, task, depth)) for _, task in json_lines_of(tasks)))


def library_of(corpus: Path) -> Library:
    """Return a library that has read the papers of a file of JSON lines."""
    library = Library(HeldPapers(papers_in(corpus)))
    library.refresh()
    return library


def taste_of(task: dict[str, object]) -> Taste:
    """Return what a task says of its member: one interest of the keywords, and the verdicts."""
    words = " ".join(texts_of(task.get("keywords")))
    liked = [Judged(PaperId(paper), Verdict.LIKE, JUDGED_AT) for paper in texts_of(task.get("liked"))]
    disliked = [Judged(PaperId(paper), Verdict.NOT_FOR_ME, JUDGED_AT) for paper in texts_of(task.get("disliked"))]
    return Taste((words_interest(words),) if words else (), judged=(*liked, *disliked))


def write_run(out: Path, rankings: Iterable[tuple[str, Ranking]]) -> int:
    """Write rankings as TREC lines ``query Q0 paper rank score tag``; return how many rankings there were."""
    count = 0
    with out.open("w", encoding="utf-8") as run:
        for name, ranking in rankings:
            count += 1
            run.writelines(_lines(name, ranking))
    return count


def _ranked(library: Library, task: dict[str, object], depth: int) -> Ranking:
    within = task.get("candidates")
    return library.rank(
        taste_of(task),
        JUDGED_AT,
        candidates=None if within is None else [PaperId(paper) for paper in texts_of(within)],
        excluded=[PaperId(paper) for paper in texts_of(task.get("exclude"))],
        limit=depth,
    )


def _lines(name: str, ranking: Ranking) -> Iterator[str]:
    last = math.inf
    for rank, (paper, score) in enumerate(ranking, start=1):
        # Scorers sort by score alone and break ties by name; ours are broken already, so each score must be lower.
        last = min(score, math.nextafter(last, -math.inf))
        yield f"{name} Q0 {paper} {rank} {last!r} {TAG}\n"
