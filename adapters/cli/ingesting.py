"""`ingest`: papers from a source into the store, with progress for whoever watches."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.cli.endings import DONE, FAILED, Failed, Misused
from adapters.cli.opening import opened, settings_for_a_command, write_json
from adapters.clock import RunningClock
from adapters.known_sources import fetcher_of, kept_sample_start, way_of
from adapters.main import Opened
from adapters.sources.configured import BadSource, ConfiguredSource, Way, sources_among
from adapters.sources.network_source import NetworkSource
from adapters.sources.polling import Polled, added_up, backfill, poll
from bot.announcements import IngestReport, SourceState
from bot.ingest import ingest as take_in
from bot.ingest import lacking_doi
from bot.ports import Source, SourceStates
from bot.windows import BadWindow, window_from

# A log of a long run should be readable: a line every few seconds, not one for each batch.
LINE_EVERY_S = 2.0
REJECTED_SHOWN = 10


def ingest(words: Sequence[str], since: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Store what sources announce. Killed half-way and run again it completes; nothing is stored twice.

    The status is 1 when there was something to read and not one item of it was a paper, or a source failed; what it
    gave before is stored and told all the same.

    Args:
        since: A day, or a span such as ``7d``: what a source has from then on is read, whatever was read before.
        dry_run: Read and tell what would become of it, and change nothing.
    """
    settings = settings_for_a_command()
    clock = RunningClock(settings.clock)
    first_day = _day(since, clock.now())
    with (
        ShownProgress(" ".join(words)[:60]) as progress,
        opened(settings, clock=clock) as house,
        _taking(house, progress, dry_run=dry_run) as taking,
    ):
        done = asyncio.run(_ingested(house, words, first_day, progress, taking))
    if as_json:
        write_json({**told(done.report), **({"dry_run": True} if dry_run else {})})
    else:
        lines = [*in_words(done.report), *(["Nothing was changed: this was a dry run."] if dry_run else [])]
        sys.stdout.write("\n".join(lines) + "\n")
    if done.failed:
        raise Failed(f"{done.failed.rstrip('.')}.")
    return FAILED if done.report.rejected and len(done.report.rejected) == done.report.read else DONE


@dataclass(frozen=True, slots=True)
class _Taking:
    """Where papers go, and where it is kept how far a source was read.

    Attributes:
        sample_start: Called for the first day of the sample.
    """

    keep: Callable[[Source], Awaitable[IngestReport]]
    states: SourceStates
    sample_start: Callable[[], date]


class _UnkeptStates:
    """`bot.ports.SourceStates` that forgets at the end what it was told."""

    def __init__(self, kept: SourceStates) -> None:
        self._kept = kept
        self._told: dict[str, SourceState] = {}

    def get(self, source: str) -> SourceState:
        return self._told[source] if source in self._told else self._kept.get(source)

    def set(self, source: str, state: SourceState) -> None:
        self._told[source] = state

    def all(self) -> dict[str, SourceState]:
        return {**self._kept.all(), **self._told}


@contextmanager
def _taking(house: Opened, progress: "ShownProgress", *, dry_run: bool) -> Iterator[_Taking]:
    sample_start = partial(kept_sample_start, house.settings.data_dir, house.clock.now(), keep=not dry_run)
    if not dry_run:
        keep = partial(house.paperround.ingest, on_progress=progress.on_report)
        yield _Taking(keep, house.stores.source_states, sample_start)
        return
    with house.stores.rehearsal() as papers:

        async def rehearse(source: Source) -> IngestReport:
            return await take_in(papers, source, house.clock.now(), progress.on_report)

        yield _Taking(rehearse, _UnkeptStates(house.stores.source_states), sample_start)


async def _ingested(
    house: Opened, words: Sequence[str], first_day: date | None, progress: "ShownProgress", taking: _Taking
) -> Polled:
    async with fetcher_of(house.settings) as fetcher:
        lacking = partial(lacking_doi, house.stores.papers)
        sources = _sources(words, way_of(house.settings, fetcher, taking.sample_start, progress.on_bytes, lacking))
        whole, failed = IngestReport(), []
        for source in sources:
            done = await _read(house, source, first_day, taking)
            whole = added_up(whole, done.report)
            if done.failed:
                failed.append(f"{source.name}: {done.failed.rstrip('.')}")
    return Polled(whole, "; ".join(failed))


async def _read(house: Opened, source: ConfiguredSource, first_day: date | None, taking: _Taking) -> Polled:
    if not isinstance(source, NetworkSource):
        if first_day is not None:
            raise Misused(f"{source.name} is always read whole, so --since has no meaning for it.")
        return Polled(await taking.keep(source))
    if first_day is not None:
        return await backfill(source, first_day, taking.keep)
    return await poll(source, taking.states, taking.keep, house.clock.now)


def _sources(words: Sequence[str], way: Way) -> list[ConfiguredSource]:
    try:
        return sources_among(words, way)
    except BadSource as bad:
        raise Misused(str(bad)) from bad


def _day(since: str | None, now: datetime) -> date | None:
    if since is None:
        return None
    try:
        _, window = window_from([f"since:{since}"])
    except BadWindow as bad:
        raise Misused(f"--since {since[:40]!r} is no day: {bad.why}") from bad
    return window.first_day(now)


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
