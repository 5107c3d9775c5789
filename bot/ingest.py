"""Papers from a source into the store, in batches, with a report that adds up."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.announcements import IngestReport, RejectedItem, SourceFailed
from bot.model import Paper
from bot.ports import Papers, Source

# One transaction each: large enough to be fast, small enough that a kill loses seconds of work.
BATCH = 1000

# A report lists so many bad items; a file that is wrong throughout is not worth a million lines.
REJECTED_CAP = 1000


async def ingest(
    papers: Papers, source: Source, now: datetime, on_progress: Callable[[IngestReport], None]
) -> IngestReport:
    """Store what a source announces up to ``now``; stop anywhere and run it again, it completes without doubles.

    Raises:
        SourceFailed: The source gave up; what it had yielded before is stored.
    """
    report = IngestReport()
    batch: list[Paper] = []
    try:
        async for item in source.papers(now):
            report = _counted(report, item)
            if not isinstance(item, RejectedItem):
                batch.append(item)
            if len(batch) == BATCH:
                report = await _stored(papers, batch, now, report)
                batch = []
                on_progress(report)
    except SourceFailed:
        await _stored(papers, batch, now, report)
        raise
    report = await _stored(papers, batch, now, report)
    on_progress(report)
    return report


def _counted(report: IngestReport, item: Paper | RejectedItem) -> IngestReport:
    report = replace(report, read=report.read + 1)
    if isinstance(item, RejectedItem) and len(report.rejected) < REJECTED_CAP:
        report = replace(report, rejected=(*report.rejected, item))
    return report


async def _stored(papers: Papers, batch: list[Paper], now: datetime, report: IngestReport) -> IngestReport:
    if not batch:
        return report
    kept = await asyncio.to_thread(papers.upsert, batch, now)
    return replace(
        report,
        added=report.added + kept.added,
        updated=report.updated + kept.updated,
        duplicates=report.duplicates + kept.duplicates,
    )
