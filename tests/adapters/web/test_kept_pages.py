"""Pages that are made once for all who ask for the same."""

import asyncio
from contextlib import ExitStack

import pytest

from adapters.web.kept_pages import MOST_KEPT, KeptPages, Made
from bot.reading import SEARCHES_WAITING
from tests.adapters.web.conftest import Playground
from tests.bot.test_quick_search import QuickIndex
from tests.builders import a_paper


class Maker:
    """Makes a page when it is let, and counts."""

    def __init__(self, status: int = 200, *, lasting: bool = True) -> None:
        self.made = 0
        self.begun, self.may = asyncio.Event(), asyncio.Event()
        self._status, self._lasting = status, lasting

    async def make(self) -> Made:
        self.made += 1
        self.begun.set()
        await self.may.wait()
        return Made.of(f"page {self.made}", self._status, lasting=self._lasting)


async def test_a_page_is_made_once_for_all_who_ask_while_it_is_made_and_afterwards() -> None:
    kept, maker = KeptPages(), Maker()
    asking = [asyncio.create_task(kept.get("key", maker.make)) for _ in range(20)]
    await maker.begun.wait()
    asking[0].cancel()  # whoever began goes away
    maker.may.set()
    assert len({made.tag for made in await asyncio.gather(*asking[1:])}) == 1
    await kept.get("key", maker.make)
    assert maker.made == 1
    await kept.get("other", maker.make)
    assert maker.made == 2


async def test_what_does_not_last_is_made_again_and_an_error_reaches_everybody_who_waits() -> None:
    kept, maker = KeptPages(), Maker(lasting=False)
    maker.may.set()
    for times in (1, 2):
        await kept.get("key", maker.make)
        assert maker.made == times

    async def fail() -> Made:
        raise RuntimeError("no")

    for said in await asyncio.gather(*(kept.get("broken", fail) for _ in range(3)), return_exceptions=True):
        assert isinstance(said, RuntimeError)
    assert not Made.of("not found", 404).lasting


@pytest.mark.parametrize(("status", "made"), [(200, 1), (404, 2)])
async def test_where_passing_pages_are_kept_too_errors_are_not(status: int, made: int) -> None:
    kept, maker = KeptPages(passing=True), Maker(status, lasting=False)
    maker.may.set()
    for _ in range(2):
        await kept.get("key", maker.make)
    assert maker.made == made


async def test_the_pages_asked_for_last_are_kept() -> None:
    kept, maker = KeptPages(), Maker()
    maker.may.set()
    for number in range(MOST_KEPT):
        await kept.get(number, maker.make)
    await kept.get(0, maker.make)
    await kept.get(MOST_KEPT, maker.make)
    await kept.get(0, maker.make)
    assert maker.made == MOST_KEPT + 1
    await kept.get(1, maker.make)
    assert maker.made == MOST_KEPT + 2


async def test_in_a_crowd_a_search_is_answered_quickly_says_so_and_is_whole_as_soon_as_there_is_room(
    room: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [a_paper(6000 + n, f"Lichen growth {n}", "Lichen grows slowly.") for n in range(30)]
    room.stores.papers.upsert(many, room.clock.now())
    await room.paperround.warm_up()
    index = QuickIndex(room.stores.index)
    monkeypatch.setattr(room.stores, "index", index)

    async def asked() -> tuple[str, str]:
        async with room.visitor.get("/search?q=lichen") as response:
            return await response.text(), response.headers["Cache-Control"]

    with ExitStack() as crowd:
        for _ in range(SEARCHES_WAITING):
            crowd.enter_context(room.paperround.reading.waiting_for_search())
        quick, kept = await asked()
        assert "<h1>Papers for <q>lichen</q></h1>" in quick
        assert "words alone" in quick
        assert kept == "no-store"
        assert (await asked())[0] == quick
        assert index.asked == 1
    whole, kept = await asked()
    assert "<h1>30 papers for <q>lichen</q></h1>" in whole
    assert "words alone" not in whole
    assert kept != "no-store"
    with ExitStack() as crowd:
        for _ in range(SEARCHES_WAITING):
            crowd.enter_context(room.paperround.reading.waiting_for_search())
        assert (await asked())[0] == whole


@pytest.mark.parametrize("path", ["/", "/search?q=entropy", "/plots/sources"])
async def test_a_reader_who_has_a_page_is_sent_it_again_only_when_papers_came(room: Playground, path: str) -> None:
    async with room.visitor.get(path) as first:
        tag = first.headers["ETag"]
    async with room.visitor.get(path, headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read()) == (304, b"")
    paper = a_paper(9003, "Fresh entropy", "Entropy.", announced=room.clock.now(), source="list")
    room.stores.papers.upsert([paper], room.clock.now())
    await room.paperround.warm_up()
    async with room.visitor.get(path, headers={"If-None-Match": tag}) as later:
        assert later.status == 200


async def test_a_reader_who_takes_no_gzip_gets_the_page_plain(room: Playground) -> None:
    for taken in ("identity", "", "br, gzip;q=0", "gzip ; q=0.000, br"):
        async with room.visitor.get("/", headers={"Accept-Encoding": taken}) as plain:
            assert "Content-Encoding" not in plain.headers, taken
            assert "<!doctype html>" in await plain.text()
    for taken in ("gzip", "br;q=1.0, GZIP;q=0.8, *;q=0.1", "gzip, deflate", "gzip;q=0.01"):
        async with room.visitor.get("/", headers={"Accept-Encoding": taken}) as zipped:
            assert zipped.headers["Content-Encoding"] == "gzip", taken
            assert "Accept-Encoding" in zipped.headers["Vary"]
