"""Papers from a source into the store, in batches, with a report that adds up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.announcements import Deletion, IngestReport, RejectedItem, SourceFailed
from bot.model import Paper, PaperId
from bot.ports import Papers, Source

# One transaction each: large enough to be fast, small enough that a kill loses seconds of work.
BATCH = 1000

# A journal's DOI is known weeks after the preprint, if at all.
ASKED_BACK = timedelta(days=60)

# A report lists so many bad items; a file that is wrong throughout is not worth a million lines.
REJECTED_CAP = 1000


def lacking_doi(papers: Papers, now: datetime) -> list[PaperId]:
    """Return the papers of the last `ASKED_BACK` that are known by no DOI, the newest first."""
    recent = papers.since(now - ASKED_BACK)
    known = papers.get(recent)
    return [paper for paper in recent if paper in known and not paper.startswith("doi:") and not known[paper].doi]


async def ingest(
    papers: Papers, source: Source, now: datetime, on_progress: Callable[[IngestReport], None]
) -> IngestReport:
    """Store what a source announces up to ``now``; stop anywhere and run it again, it completes without doubles.

    Raises:
        SourceFailed: The source gave up; what it had yielded before is stored.
    """
    report = IngestReport()
    batch: list[Paper | Deletion] = []
    try:
        async for item in source.papers(now):
            report = replace(report, read=report.read + 1)
            if isinstance(item, Paper | Deletion):
                batch.append(item)
            else:
                report = _rejected(report, item)
            if len(batch) == BATCH:
                report = await asyncio.to_thread(_stored, papers, batch, now, report)
                batch = []
                on_progress(report)
    except SourceFailed:
        await asyncio.to_thread(_stored, papers, batch, now, report)
        raise
    report = await asyncio.to_thread(_stored, papers, batch, now, report)
    on_progress(report)
    return report


def _rejected(report: IngestReport, item: RejectedItem) -> IngestReport:
    if len(report.rejected) >= REJECTED_CAP:
        return report
    return replace(report, rejected=(*report.rejected, item))


def _stored(papers: Papers, batch: list[Paper | Deletion], now: datetime, report: IngestReport) -> IngestReport:
    if arrived := [item for item in batch if isinstance(item, Paper)]:
        kept = papers.upsert(arrived, now)
        report = replace(
            report,
            added=report.added + kept.added,
            updated=report.updated + kept.updated,
            duplicates=report.duplicates + kept.duplicates,
        )
    if deleted := [item for item in batch if isinstance(item, Deletion)]:
        known = papers.get([item.paper for item in deleted])
        for item in deleted:
            if item.paper not in known:
                report = _rejected(report, item)
        withdrawn = papers.withdraw(list(known))
        report = replace(
            report, updated=report.updated + withdrawn, duplicates=report.duplicates + len(known) - withdrawn
        )
    return report
