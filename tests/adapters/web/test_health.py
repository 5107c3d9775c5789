"""What a watcher is told, by a real process and by parts of one."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.main import Opened, open_paperround
from adapters.settings import Settings
from adapters.web.health import Watched
from adapters.web.site import Site, site
from tests.adapters.web.conftest import Announcements
from tests.builders import MovableClock, a_channel, a_member

Client = TestClient[web.Request, web.Application]
OUTSIDE = {"X-Forwarded-For": "203.0.113.9"}


class Watching:
    """A process's parts, of which the test breaks one after the other."""

    def __init__(self) -> None:
        self.platforms = {"one": True, "other": True}
        self.failing: list[str] = []

    async def failing_sources(self) -> list[str]:
        return self.failing


@pytest.fixture
async def watching() -> Watching:
    return Watching()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Opened]:
    with open_paperround(Settings(data_dir=tmp_path / "data"), MovableClock(), {}) as opened:
        yield opened


@pytest.fixture(params=[False, True], ids=["local", "open"])
async def client(request: pytest.FixtureRequest, house: Opened, watching: Watching) -> AsyncIterator[Client]:
    watched = Watched(lambda: watching.platforms, watching.failing_sources, house.meters, open_metrics=request.param)
    app = site(Site(house.paperround.reading, (), watched=watched))
    async with TestClient(TestServer(app)) as asking:
        yield asking


async def ready(client: Client) -> tuple[int, dict[str, object]]:
    async with client.get("/readyz") as response:
        return response.status, await response.json()


async def test_it_is_ready_once_papers_are_read_and_every_platform_is_connected(
    client: Client, house: Opened, watching: Watching
) -> None:
    assert (await ready(client))[0] == 503
    await house.paperround.ingest(Announcements())
    status, told = await ready(client)
    assert (status, told["ready"], told["platforms"]) == (200, True, {"one": True, "other": True})
    watching.platforms["other"] = False
    assert await ready(client) == (503, {**told, "ready": False, "platforms": {"one": True, "other": False}})
    watching.platforms["other"] = True
    watching.failing = ["feed:https://example.org/?key=secret"]
    status, told = await ready(client)
    assert (status, told["failing_sources"]) == (200, 1)
    assert "secret" not in str(told)


async def test_a_store_that_does_not_answer_is_not_ready_and_metrics_say_so(client: Client, house: Opened) -> None:
    house.stores.close()
    status, told = await ready(client)
    assert (status, told["database"]) == (503, False)
    assert "paperround_database_up 0.0" in await metrics(client)


async def metrics(client: Client) -> str:
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        return await response.text()


async def test_metrics_count_what_happened_and_name_nobody(client: Client, house: Opened) -> None:
    paperround = house.paperround
    await paperround.ingest(Announcements())
    for text in ("follow entropy", "today", "help", "confidential words"):
        await paperround.answer(text, a_member("ana"), a_channel("papers"), text)
    told = await metrics(client)
    for command in ("follow", "today", "help", "none"):
        assert f'paperround_command_seconds_count{{command="{command}"}} 1.0' in told
    assert "paperround_ranking_seconds_count 1.0" in told
    assert re.search(r"^paperround_papers [1-9]", told, re.MULTILINE)
    assert 'paperround_deliveries{state="sent"} 0.0' in told
    assert "paperround_lag_seconds 0.0" in told
    for private in ("ana", "confidential", "entropy"):
        assert private not in told


async def test_metrics_are_for_this_machine_unless_set(client: Client, request: pytest.FixtureRequest) -> None:
    is_open = "open" in request.node.name
    async with client.get("/metrics", headers=OUTSIDE) as response:
        assert response.status == (200 if is_open else 403)


async def test_a_live_process_says_so_by_whatever_name_it_is_called(client: Client) -> None:
    async with client.get("/healthz", headers={"Host": "10.0.0.7"}) as response:
        assert (response.status, await response.text()) == (200, "ok\n")
    async with client.get("/", headers={"Host": "evil.example"}) as response:
        assert response.status == 421
