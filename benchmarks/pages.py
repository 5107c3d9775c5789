"""Pages: how long days and searches take while many ask at once. `python -m benchmarks.pages [PAPERS] [days]`.

Each page is asked for the first time, when it has to be made, and again, when it is kept. Visitors are a process of
their own. With ``days`` no search is measured, and the index of the engine is not needed.
"""

import asyncio
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import aiohttp
from aiohttp import web

from adapters.clock import RunningClock
from adapters.garbage import survivors_set_aside
from adapters.held_papers import json_lines_of, paper_of_line
from adapters.logs import set_up_logs
from adapters.web.site import Site, site
from benchmarks.corpus import write_corpus
from benchmarks.figures import percentiles, rss_mb
from bot.library import Library
from bot.model import Paper
from bot.paperround import Paperround
from bot.ports import SearchIndex
from storage.compiled.serving import FasterIndex
from storage.sqlite import open_stores

PAPERS = 100_000
AT_ONCE = 20
# So many different pages of each kind, each asked for once; then again at random.
PAGES = 1_000
DAYS = 10_000
LAST = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 20260312
STORED_AT_ONCE = 5_000
FOLDER = "paperround-benchmarks"
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def made_store(folder: Path, papers: int) -> tuple[Path, list[str]]:
    """Store made-up papers over `DAYS` days; return the data folder and the queries to ask."""
    corpus, queries = write_corpus(folder, papers)
    data = folder / f"day-pages-{papers}"
    with open_stores(data) as stores:
        if stores.papers.count() != papers:
            spread = _spread(corpus)
            while batch := list(islice(spread, STORED_AT_ONCE)):
                stores.papers.upsert(batch, LAST)
    return data, [str(said["text"]) for _, said in json_lines_of(queries)]


def _spread(corpus: Path) -> Iterator[Paper]:
    with corpus.open("rb") as lines:
        for number, line in enumerate(lines):
            paper = paper_of_line(line, corpus, number)
            yield replace(
                paper,
                # The made sentences begin in small letters, which would make the whole abstract one of them.
                abstract=". ".join(sentence[:1].upper() + sentence[1:] for sentence in paper.abstract.split(". ")),
                announced=LAST - timedelta(days=number % DAYS, minutes=1),
                upvotes=number % 50,
            )


def serve(data: Path, line: Connection, *, with_engine: bool) -> None:
    """Serve the pages of a store: tell the port, and once anything is said the memory in megabytes."""
    set_up_logs("warning", ())  # as a host runs it: a line for each request is not part of the figure

    async def run() -> None:
        with open_stores(data) as stores:
            paperround = Paperround(stores, Library(stores.papers), RunningClock(LAST), {})
            if with_engine:
                await paperround.warm_up()
                await asyncio.to_thread(_compile, stores.index)
            runner = web.AppRunner(site(Site(paperround.reading, {"pages"})), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            line.send(runner.addresses[0][1])
            with survivors_set_aside():
                await asyncio.to_thread(line.recv)
            line.send(rss_mb())
            await runner.cleanup()

    asyncio.run(run())


def _compile(index: SearchIndex) -> None:
    """Let the compiled index be built first, as it is on a host that was searched before."""
    if not index.quick and isinstance(index, FasterIndex):
        index.wait()


async def measured(port: int, process: int, kinds: dict[str, Sequence[str]]) -> dict[str, float]:
    """Return percentiles in milliseconds and the server's processor time for a page, for each kind of path."""
    choose = random.Random(SEED)  # noqa: S311 - a choice of pages, no secret
    figures: dict[str, float] = {}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"Host": "pages"}) as session:
        for name, paths in kinds.items():
            for when, asked in (("first", paths), ("again", choose.choices(paths, k=2 * len(paths)))):
                began = _processor_s(process)
                figures |= percentiles(f"{name}_{when}_", await _asked(session, asked))
                spent = _processor_s(process) - began
                figures[f"{name}_{when}_processor_ms"] = round(1000 * spent / len(asked), 2)
    return figures


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


def _processor_s(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def _paths(queries: Sequence[str], *, with_searches: bool) -> dict[str, Sequence[str]]:
    choose = random.Random(SEED)  # noqa: S311 - likewise
    days = [f"/day/{(LAST - timedelta(days=back)).date()}" for back in choose.sample(range(1, DAYS), PAGES)]
    if not with_searches:
        return {"day": days}
    # The words of each query in as many orders: to the pages, and to the engine's memory, each is a search of its own.
    orders = {" ".join((*words[at:], *words[:at])) for words in map(str.split, queries) for at in range(len(words))}
    searches = [f"/search?q={quote(order)}" for order in sorted(orders)]
    return {"day": days, "search": choose.sample(searches, min(PAGES, len(searches)))}


def main() -> int:
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else PAPERS
    with_searches = "days" not in sys.argv[2:]
    data, queries = made_store(Path(gettempdir()) / FOLDER, papers)
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=serve, args=(data, there), kwargs={"with_engine": with_searches})
    server.start()
    port, process = here.recv(), server.pid or 0
    figures = asyncio.run(measured(port, process, _paths(queries, with_searches=with_searches)))
    here.send("enough")
    figures["rss_mb"] = here.recv()
    server.join()
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"papers": papers, "days": DAYS, "at_once": AT_ONCE, "load": load, **figures}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
