"""Papers held in memory and read from JSON lines: what evaluation and benchmarks give the engine."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from adapters.sources.dates import day_of
from bot.announcements import SourceFailed
from bot.model import Paper, PaperId
from bot.plain import clean, plain
from bot.ports import Upserted

ABSTRACT_CAP = 20_000
TITLE_CAP = 500


class HeldPapers:
    """`bot.ports.PapersToRead` over a list. Ids are kept as they are: a judged set names its papers by them."""

    def __init__(self, papers: Sequence[Paper] = ()) -> None:
        self._papers = {paper.id: paper for paper in papers}
        self._log = list(self._papers)

    def upsert(self, papers: Sequence[Paper], now: datetime) -> Upserted:  # noqa: ARG002 - nothing here is dated by its storing
        known = [paper for paper in papers if paper.id in self._papers]
        changed = [paper for paper in known if self._papers[paper.id] != paper]
        for paper in papers:
            if self._papers.get(paper.id) != paper:
                self._papers[paper.id] = paper
                self._log.append(paper.id)
        return Upserted(len(papers) - len(known), len(changed), len(known) - len(changed))

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        return {paper: self._papers[paper] for paper in ids if paper in self._papers}

    def count(self) -> int:
        return len(self._papers)

    def since(self, instant: datetime) -> list[PaperId]:
        return self.arrivals(instant)[0]

    def arrivals(self, since: datetime) -> tuple[list[PaperId], list[datetime]]:
        announced = [(paper.announced, paper.id) for paper in self._papers.values() if paper.announced is not None]
        newest_first = [(when, paper) for when, paper in sorted(announced, reverse=True) if when >= since]
        return [paper for _, paper in newest_first], [when for when, _ in newest_first]

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        last = min(change + limit, len(self._log))
        newest = {paper: place for place, paper in enumerate(self._log)}
        changed = [paper for place, paper in enumerate(self._log[change:last], change) if newest[paper] == place]
        return [self._papers[paper] for paper in changed], last

    def per_source(self, since: datetime) -> dict[str, int]:
        counts: dict[str, int] = {}
        for paper in self.get(self.since(since)).values():
            counts[paper.source] = counts.get(paper.source, 0) + 1
        return counts

    def by_title(self, title: str) -> Paper | None:
        return next((paper for paper in self._papers.values() if paper.title == title), None)

    def all(self) -> Iterator[Paper]:
        yield from self._papers.values()


def papers_in(path: Path) -> list[Paper]:
    """Return the papers of a file of ``{"id", "title", "abstract", "authors", "categories", "published"}`` lines.

    Raises:
        SourceFailed: A line is no such object; named by its number.
    """
    return [_paper(line, path, number) for number, line in json_lines_of(path)]


def paper_of_line(line: bytes, path: Path, number: int) -> Paper:
    """Return the paper of one such line.

    Raises:
        SourceFailed: It is no such object.
    """
    try:
        return _paper(json.loads(line), path, number)
    except (json.JSONDecodeError, TypeError) as error:
        raise SourceFailed(f"{path}, line {number}: it is no JSON object") from error


def json_lines_of(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of a file of JSON lines, each with its line's number.

    Raises:
        SourceFailed: The file cannot be read, or a line is no JSON object.
    """
    number = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                said = json.loads(line)
                if not isinstance(said, dict):
                    raise SourceFailed(f"{path}, line {number}: it is no JSON object")
                yield number, said
    except OSError as error:
        raise SourceFailed(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceFailed(f"{path} is no text in UTF-8 from line {number + 1} on") from error
    except json.JSONDecodeError as error:
        raise SourceFailed(f"{path}, line {number}: it is no JSON ({error.msg})") from error


def texts_of(said: object) -> list[str]:
    """Return the texts of a JSON list; of anything else none."""
    return [str(text) for text in said] if isinstance(said, list) else []


def _paper(said: dict[str, object], path: Path, number: int) -> Paper:
    if "id" not in said:
        raise SourceFailed(f"{path}, line {number}: it has no id")
    published = str(said.get("published") or "")
    try:
        day = day_of(published) if published else None
    except ValueError:
        day = None  # a set's year may be a guess such as "19??"; no measure depends on it
    return Paper(
        id=PaperId(str(said["id"])),
        title=_readable(said.get("title"), TITLE_CAP),
        abstract=_readable(said.get("abstract"), ABSTRACT_CAP),
        authors=tuple(texts_of(said.get("authors"))),
        categories=tuple(texts_of(said.get("categories"))),
        published=day,
    )


def _readable(said: object, cap: int) -> str:
    # As members' papers are read when they come in.
    return clean(plain(str(said or "")), cap)
