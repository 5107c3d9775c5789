"""`paperround ingest` as a host types it, a process each time, against the services' own answers on the loopback."""

import asyncio
import json
import os
import pty
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from adapters.settings import variables
from storage.sqlite import open_stores
from tests.wire.sources.hosts import Answer, Asked, Host, Says, a_host

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
# Soon after the papers of the recordings, so that a span of days reaches them.
CLOCK = "2026-11-24T12:00+00:00"

TYPED = """
from functools import partial
from adapters import known_sources
from adapters.sources.configured import Bases, Way
here = {address!r}
bases = Bases(here + "/feeds", here + "/api", here + "/oai", here + "/hf", here + "/biorxiv", here + "/pubmed",
              here + "/s2", here + "/openreview", here + "/crossref")
known_sources.Way = partial(Way, bases=bases)
from adapters.cli import main
main()
"""

SIBLINGS = {
    "arxiv-search:cs.LG --since 2d": ("/api", "arxiv_atom/partial_id_list.xml", 1),
    "arxiv-harvest:cs --since 2026-11-01": ("/oai", "arxiv_oai/listrecords_last_page_by_hand.xml", 1),
    "huggingface:trending": ("/hf", "huggingface/daily_papers_2026-06-12.json", 30),
    "biorxiv:neuroscience --since 7d": ("/biorxiv", "biorxiv/no_posts_found_by_hand.json", 0),
    "medrxiv": ("/biorxiv", "biorxiv/details_page_by_hand.json", 4),
    'semantic-scholar "graph networks" --since 30d': ("/s2", "semantic_scholar/search_transformer.json", 5),
    "crossref 0028-0836 --since 2d": ("/crossref", "crossref/works_sample_mixed_types.json", 3),
    "openreview ICLR.cc/2026/Conference": ("/openreview", "openreview/notes_v2_by_hand.json", 4),
}


class Typed:
    """Runs what is typed after ``paperround``."""

    def __init__(self, folder: Path, host: Host) -> None:
        self._folder = folder
        self._host = host

    async def __call__(self, *words: str, terminal: int | None = None) -> tuple[int, str, str]:
        """Return the status, what was written, and what was said beside it; on a terminal the latter is its own."""
        inherited = {name: value for name, value in os.environ.items() if name not in variables()}
        settings = {
            "PAPERROUND_DATA_DIR": str(self._folder / "data"),
            "PAPERROUND_ALLOW_HOSTS": self._host.place,
            "PAPERROUND_CLOCK": CLOCK,
            "PYTHONPATH": str(ROOT),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", TYPED.format(address=self._host.address), *words),
            env={**inherited, **settings},
            cwd=self._folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE if terminal is None else terminal,
        )
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE_S)
        return process.returncode or 0, out.decode(), (err or b"").decode()

    async def told(self, *words: str) -> dict[str, Any]:
        status, out, err = await self(*words, "--json")
        assert status == 0, err
        document: dict[str, Any] = json.loads(out)
        return document


def answering(samples: Path, name: str) -> Says:
    return Says((samples / name).read_bytes())


def arxiv_today(samples: Path) -> Answer:
    """Answer as arXiv on a day without an announcement: its search knows a paper."""
    found = answering(samples, "arxiv_atom/partial_id_list.xml")
    empty = answering(samples, "arxiv_rss/weekend_empty_cs_CL.xml")
    return lambda asked: found if asked.path.startswith("/api") else empty


def stored(folder: Path) -> int:
    with open_stores(folder / "data") as stores:
        return stores.papers.count()


async def test_categories_and_a_span_are_read_as_they_are_typed_in_both_forms(
    shared_data: Path, tmp_path: Path
) -> None:
    async with a_host(arxiv_today(shared_data / "sources")) as host:
        typed = Typed(tmp_path, host)
        dry = await typed.told("ingest", "arxiv", "--categories", "cs.LG,cs.CL", "--since", "2d", "--dry-run")
        assert stored(tmp_path) == 0
        first = await typed.told("ingest", "arxiv", "--categories", "cs.LG,cs.CL", "--since", "2d")
        status, out, err = await typed("ingest", "arxiv:cs.LG,cs.CL", "--since", "2d")
    assert dry == {**first, "dry_run": True}
    assert (first["read"], first["added"], stored(tmp_path)) == (1, 1, 1)
    assert (status, out.splitlines()[0]) == (0, "Read 1: 0 new, 0 updated, 1 known already, 0 rejected.")
    assert err == ""
    # From two days ago on by the search, and then what was announced today.
    assert {request.path for request in host.asked} == {"/api/api/query", "/feeds/rss/cs.LG+cs.CL"}
    (query,) = {request.params["search_query"] for request in host.asked if request.path.startswith("/api")}
    assert "cat:cs.LG" in query
    assert "cat:cs.CL" in query
    assert "20261122" in query


@pytest.mark.long
async def test_on_a_terminal_progress_is_shown_beside_what_is_told(shared_data: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    async with a_host(arxiv_today(shared_data / "sources")) as host:
        words = ("ingest", "arxiv", "--categories", "cs.LG,cs.CL", "--since", "2d", "--json")
        status, out, _ = await Typed(tmp_path, host)(*words, terminal=theirs)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert (status, json.loads(out)["read"]) == (0, 1)
    assert "arxiv cs.LG,cs.CL: " in shown


@pytest.mark.long
@pytest.mark.parametrize("line", SIBLINGS)
async def test_every_sibling_reads_its_service(line: str, shared_data: Path, tmp_path: Path) -> None:
    where, name, count = SIBLINGS[line]
    page, nothing = (answering(shared_data / "sources", one) for one in (name, "biorxiv/no_posts_found_by_hand.json"))

    def answer(asked: Asked) -> Says:
        assert asked.path.startswith(where)
        # A preprint server is asked on from the records received until it has no more.
        return nothing if where == "/biorxiv" and not asked.path.endswith("/0/json") else page

    words = [piece.strip('"') for piece in re.findall(r'"[^"]+"|\S+', line)]
    async with a_host(answer) as host:
        report = await Typed(tmp_path, host).told("ingest", *words)
    assert (report["read"] - len(report["rejected"]), report["added"]) == (count, count)
    assert stored(tmp_path) == count
