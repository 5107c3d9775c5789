"""What the tests of the network's sources read and keep with."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.announcements import IngestReport, RejectedItem, SourceFailed, SourceState
from bot.model import Paper
from bot.ports import Source

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """A store of papers that keeps what it is given by id, and states of sources by name."""

    papers: dict[str, Paper] = field(default_factory=dict)
    states: dict[str, SourceState] = field(default_factory=dict)
    reads: int = 0

    def get(self, source: str) -> SourceState:
        return self.states.get(source, SourceState())

    def set(self, source: str, state: SourceState) -> None:
        self.states[source] = state

    def all(self) -> dict[str, SourceState]:
        return dict(self.states)

    async def ingest(self, source: Source) -> IngestReport:
        """Store what a source yields only when it has ended, as a batch that was not yet full is stored."""
        added: list[Paper] = []
        rejected: list[RejectedItem] = []
        async for item in source.papers(NOW):
            self.reads += 1
            if isinstance(item, Paper):
                added.append(item)
            else:
                rejected.append(item)
        new = [paper for paper in added if paper.id not in self.papers]
        self.papers.update({str(paper.id): paper for paper in added})
        return IngestReport(read=len(added) + len(rejected), added=len(new), rejected=tuple(rejected))


@dataclass(frozen=True, slots=True)
class Reading:
    papers: tuple[Paper, ...]
    rejected: tuple[RejectedItem, ...]
    why: str | None
    retry_after_s: float | None = None

    @property
    def ids(self) -> list[str]:
        return [str(paper.id) for paper in self.papers]


async def read(source: Source, now: datetime = NOW) -> Reading:
    """Read one leg of a source."""
    papers: list[Paper] = []
    rejected: list[RejectedItem] = []
    try:
        async for item in source.papers(now):
            if isinstance(item, Paper):
                papers.append(item)
            else:
                rejected.append(item)
    except SourceFailed as failed:
        return Reading(tuple(papers), tuple(rejected), failed.why, failed.retry_after_s)
    return Reading(tuple(papers), tuple(rejected), None)
