"""What the tests of sources read with."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.sources.file import FileSource
from adapters.sources.intake import Unreadable
from bot.announcements import RejectedItem
from bot.model import Paper

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a source: its papers, its bad items, and why it stopped before its end."""

    papers: tuple[Paper, ...]
    rejected: tuple[RejectedItem, ...]
    why: str | None

    @property
    def ids(self) -> list[str]:
        return [str(paper.id) for paper in self.papers]

    @property
    def paper(self) -> Paper:
        assert len(self.papers) == 1, self
        return self.papers[0]


async def read_file(path: Path, now: datetime = NOW) -> Reading:
    papers: list[Paper] = []
    rejected: list[RejectedItem] = []
    try:
        async for item in FileSource(path).papers(now):
            if isinstance(item, Paper):
                papers.append(item)
            else:
                rejected.append(item)
    except Unreadable as error:
        return Reading(tuple(papers), tuple(rejected), error.why)
    return Reading(tuple(papers), tuple(rejected), None)


def read_text(folder: Path, text: str | bytes, now: datetime = NOW) -> Reading:
    path = folder / "given"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return asyncio.run(read_file(path, now))


def read_path(path: Path, now: datetime = NOW) -> Reading:
    return asyncio.run(read_file(path, now))
