"""`ingest`: papers from a source into the store, with progress for whoever watches."""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.cli.endings import DONE, FAILED, Misused
from adapters.cli.opening import opened, settings_for_a_command, write_json
from adapters.clock import RunningClock
from adapters.known_sources import BadSource, Circumstances, source_from
from bot.ports import IngestReport, Source

# A log of a long run should be readable: a line every few seconds, not one for each batch.
LINE_EVERY_S = 2.0
REJECTED_SHOWN = 10


def ingest(words: Sequence[str], *, as_json: bool) -> int:
    """Store what a source announces. Killed half-way and run again it completes; nothing is stored twice.

    The status is 1 when there was something to read and not one item of it was a paper.
    """
    settings = settings_for_a_command()
    clock = RunningClock(settings.clock)
    with ShownProgress(" ".join(words)[:60]) as progress, opened(settings, clock=clock) as house:
        source = _source(words, Circumstances(clock.now(), settings.data_dir, progress.on_bytes))
        report = asyncio.run(house.paperround.ingest(source, progress.on_report))
    if as_json:
        write_json(told(report))
    else:
        sys.stdout.write("\n".join(in_words(report)) + "\n")
    return FAILED if report.rejected and len(report.rejected) == report.read else DONE


def _source(words: Sequence[str], at: Circumstances) -> Source:
    try:
        return source_from(words, at)
    except BadSource as bad:
        raise Misused(str(bad)) from bad


def told(report: IngestReport) -> dict[str, object]:
    """Return a report as `ingest --json` tells it."""
    return {
        "read": report.read,
        "added": report.added,
        "updated": report.updated,
        "duplicates": report.duplicates,
        "rejected": [{"where": item.where, "why": item.why} for item in report.rejected],
    }


def in_words(report: IngestReport) -> list[str]:
    """Return a report as lines for a person; of many rejected items the first few."""
    kept = f"{report.added:,} new, {report.updated:,} updated, {report.duplicates:,} known already"
    lines = [f"Read {report.read:,}: {kept}, {len(report.rejected):,} rejected."]
    lines += [f"  {item.where}: {item.why}" for item in report.rejected[:REJECTED_SHOWN]]
    if (more := len(report.rejected) - REJECTED_SHOWN) > 0:
        lines.append(f"  and {more:,} more; --json lists them")
    return lines


class ShownProgress:
    """Progress on standard error: a bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last_line = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True) if sys.stderr.isatty() else None
        # Without a known size the bar pulses, and the words count.
        self._task = self._bar.add_task(f"{what}: reading", total=None) if self._bar else None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def on_bytes(self, read: int, size: int) -> None:
        """Take how far a source of known size has been read."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=read, total=size)

    def on_report(self, report: IngestReport) -> None:
        """Take what has been stored so far."""
        said = f"{self._what}: {report.read:,} read, {report.added:,} new"
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=said)
        elif time.monotonic() - self._last_line >= LINE_EVERY_S:
            self._last_line = time.monotonic()
            sys.stderr.write(f"{said}\n")
