"""A real process that is killed in the middle of a harvest, and the next one that goes on."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from adapters.settings import variables
from storage.sqlite import open_stores
from tests.wire.sources.hosts import Asked, Host, Says, a_host

ROOT = Path(__file__).resolve().parents[3]
PAGES = 9
PER_PAGE = 30
# Five pages are a leg; the kill comes within the second.
KILLED_AT = 7

HARVEST = """
from functools import partial
from adapters import known_sources
from adapters.sources.configured import Bases, Way
known_sources.Way = partial(Way, bases=Bases(arxiv_oai={address!r}))
from adapters.cli import main
main()
"""


def a_page(asked: Asked) -> Says:
    page = int(asked.params.get("resumptionToken", "0"))
    numbers = range(page * PER_PAGE, (page + 1) * PER_PAGE)
    records = "".join(
        f"<record><header><identifier>oai:arXiv.org:2611.{number:05}</identifier></header><metadata><arXiv>"
        f"<id>2611.{number:05}</id><title>Record number {number} of a harvest</title></arXiv></metadata></record>"
        for number in numbers
    )
    further = f"<resumptionToken>{page + 1}</resumptionToken>" if page + 1 < PAGES else "<resumptionToken/>"
    return Says(f"<OAI-PMH><ListRecords>{records}{further}</ListRecords></OAI-PMH>".encode())


async def begin(folder: Path, host: Host) -> asyncio.subprocess.Process:
    inherited = {name: value for name, value in os.environ.items() if name not in variables()}
    settings = {"PAPERROUND_DATA_DIR": str(folder / "data"), "PAPERROUND_ALLOW_HOSTS": host.place}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HARVEST.format(address=host.address), "ingest", "arxiv-harvest:cs"),
        env={**inherited, **settings, "PYTHONPATH": str(ROOT)},
        cwd=folder,
    )


@pytest.mark.long
async def test_a_harvest_whose_process_is_killed_goes_on_from_its_token_without_a_gap_or_a_double(
    tmp_path: Path,
) -> None:
    async with a_host(a_page) as host:
        first = await begin(tmp_path, host)
        while len(host.asked) < KILLED_AT:  # noqa: ASYNC110 - what another process does
            await asyncio.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        assert await first.wait() == -signal.SIGKILL
        asked = len(host.asked)
        second = await begin(tmp_path, host)
        assert await asyncio.wait_for(second.wait(), 120) == 0
    tokens = [request.params.get("resumptionToken", "0") for request in host.asked]
    # It went on from the page that its kept place names, and read what came after the kill, to the end.
    assert tokens[asked:] == [str(page) for page in range(5, PAGES)]
    with open_stores(tmp_path / "data") as stores:
        ids = [paper.id for paper in stores.papers.all()]
        assert ids == [f"arxiv:2611.{number:05}" for number in range(PAGES * PER_PAGE)]
        assert stores.source_states.get("arxiv-harvest:cs").failures == 0
