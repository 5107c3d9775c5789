"""Pages: how long a day and a search take while many ask at once. `python -m benchmarks.pages [PAPERS]`."""

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import aiohttp
from aiohttp import web

from adapters.clock import RunningClock
from adapters.held_papers import json_lines_of, papers_in
from adapters.logs import set_up_logs
from adapters.web.site import Site, site
from benchmarks.corpus import write_corpus
from benchmarks.figures import percentiles, rss_mb
from bot.library import Library
from bot.paperround import Paperround
from storage.sqlite import open_stores

PAPERS = 100_000
AT_ONCE = 20
REQUESTS = 2_000
DAYS = 10_000
LAST = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260312
STORED_AT_ONCE = 5_000
FOLDER = "paperround-benchmarks"


def made_store(folder: Path, papers: int) -> tuple[Path, list[str]]:
    """Store made-up papers over `DAYS` days; return the data folder and the queries to ask."""
    corpus, queries = write_corpus(folder, papers)
    data = folder / f"pages-{papers}"
    found = papers_in(corpus)
    with open_stores(data) as stores:
        if stores.papers.count() != len(found):
            spread = [
                replace(paper, announced=LAST - timedelta(days=number % DAYS, minutes=1), upvotes=number % 50)
                for number, paper in enumerate(found)
            ]
            for start in range(0, len(spread), STORED_AT_ONCE):
                stores.papers.upsert(spread[start : start + STORED_AT_ONCE], LAST)
    return data, [str(said["text"]) for _, said in json_lines_of(queries)]


async def measured(data: Path, queries: Sequence[str]) -> dict[str, float]:
    """Return percentiles of days and of searches, each asked `AT_ONCE` at a time, in milliseconds."""
    with open_stores(data) as stores:
        paperround = Paperround(stores, Library(stores.papers), RunningClock(LAST), {})
        await paperround.warm_up()
        runner = web.AppRunner(site(Site(paperround.reading, {"pages"})), access_log=None)
        await runner.setup()
        place = web.TCPSite(runner, "127.0.0.1", 0)
        await place.start()
        port = runner.addresses[0][1]
        choose = random.Random(SEED)  # noqa: S311 - a choice of pages, no secret
        days = [f"/day/{(LAST - timedelta(days=choose.randrange(1, DAYS))).date()}" for _ in range(REQUESTS)]
        searches = [f"/search?q={quote(choose.choice(queries))}" for _ in range(REQUESTS)]
        headers = {"Host": "pages"}
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=headers) as session:
            figures = percentiles("day_", await _asked(session, days))
            figures |= percentiles("search_", await _asked(session, searches))
        await runner.cleanup()
        return {**figures, "rss_mb": rss_mb()}


async def _asked(session: aiohttp.ClientSession, paths: Sequence[str]) -> list[float]:
    waiting = iter(paths)
    taken: list[float] = []

    async def visitor() -> None:
        for path in waiting:
            began = time.perf_counter()
            async with session.get(path) as response:
                await response.read()
                response.raise_for_status()
            taken.append(1000 * (time.perf_counter() - began))

    await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
    return taken


def main() -> int:
    set_up_logs("warning", ())  # as a host runs it: a line for each request is not part of the figure
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else PAPERS
    data, queries = made_store(Path(gettempdir()) / FOLDER, papers)
    print(json.dumps({"papers": papers, "days": DAYS, "at_once": AT_ONCE, **asyncio.run(measured(data, queries))}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
