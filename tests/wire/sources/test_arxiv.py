"""arXiv's three services as sources: paging, gaps, tokens, kills in the middle."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from adapters.sources import arxiv_search
from adapters.sources.arxiv_daily import ArxivDaily
from adapters.sources.arxiv_harvest import ArxivHarvest
from adapters.sources.arxiv_search import ArxivSearch
from adapters.sources.polling import backfill, poll
from bot.announcements import SourceState
from tests.wire.sources.hosts import Answer, Asked, Says, a_fetcher, a_host, always, in_turn
from tests.wire.sources.reading import NOW, Shelf, read

ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
RSS = (
    '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel><title>cs.LG updates on arXiv.org</title>'
)


def search_page(first: int, count: int, total: int, start: int) -> bytes:
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/2611.{n:05}v1</id><title>Paper number {n} of many</title>"
        f"<summary>About {n}.</summary><published>2026-11-2{n % 4}T10:00:00Z</published></entry>"
        for n in range(first, first + count)
    )
    counts = (
        f"<opensearch:totalResults>{total}</opensearch:totalResults><opensearch:startIndex>{start}</opensearch:startIndex>"
        f"<opensearch:itemsPerPage>{count or 10}</opensearch:itemsPerPage>"
    )
    return f'<?xml version="1.0"?>{ATOM}{counts}{entries}</feed>'.encode()


def a_search(total: int) -> Answer:
    """Answer as the search does, for a result of ``total`` papers."""

    def answer(asked: Asked) -> Says:
        start, size = int(asked.params["start"]), int(asked.params["max_results"])
        return Says(search_page(start, max(min(size, total - start), 0), total, start))

    return answer


def a_feed(day: str, *numbers: int, kind: str = "new") -> bytes:
    items = "".join(
        f"<item><guid>oai:arXiv.org:2611.{n:05}v1</guid><title>Paper number {n} of many</title>"
        f"<description>arXiv:2611.{n:05}v1 Announce Type: {kind}\nAbstract: About {n}.</description>"
        f"<pubDate>{day} 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
        for n in numbers
    )
    return f"{RSS}<pubDate>{day} 00:00:00 -0500</pubDate>{items}</channel></rss>".encode()


def a_harvest(pages: int, *, expired: Callable[[str], bool] = lambda _: False) -> Answer:
    """Answer as the harvest does, three records a page, with tokens that tell the page."""

    def answer(asked: Asked) -> Says:
        token = asked.params.get("resumptionToken", "")
        if token and expired(token):
            return Says(b'<OAI-PMH><error code="badResumptionToken">expired</error></OAI-PMH>')
        page = int(token.removeprefix("page-") or 0)
        records = "".join(
            f"<record><header><identifier>oai:arXiv.org:2611.{n:05}</identifier></header><metadata>"
            f"<arXiv><id>2611.{n:05}</id><title>Record number {n} of many</title><abstract>About.</abstract></arXiv>"
            f"</metadata></record>"
            for n in range(page * 3, page * 3 + 3)
        )
        further = f"<resumptionToken>page-{page + 1}</resumptionToken>" if page + 1 < pages else "<resumptionToken/>"
        return Says(f"<OAI-PMH><ListRecords>{records}{further}</ListRecords></OAI-PMH>".encode())

    return answer


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arxiv_search, "PAGE", 10)


@pytest.mark.usefixtures("small_pages")
async def test_a_search_reads_all_pages_oldest_first_and_keeps_where_it_ended() -> None:
    shelf = Shelf()
    async with a_host(a_search(73)) as host, a_fetcher(host) as fetcher:
        source = ArxivSearch("arxiv-search:cs.LG,cs.CL", ["cs.LG", "cs.CL"], fetcher, host.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (done.failed, done.report.added) == ("", 73)
    assert [asked.params["start"] for asked in host.asked] == [str(start) for start in range(0, 80, 10)]
    query = host.asked[0].params
    assert query["search_query"] == "(cat:cs.LG OR cat:cs.CL) AND submittedDate:[202611221800 TO 202611241800]"
    assert (query["sortBy"], query["sortOrder"]) == ("submittedDate", "ascending")
    assert shelf.states[source.name].cursor == "202611241800"


@pytest.mark.usefixtures("small_pages")
async def test_the_next_search_begins_a_day_before_the_end_of_the_last() -> None:
    shelf = Shelf(states={"s": SourceState(cursor="202611231800")})
    async with a_host(a_search(5)) as host, a_fetcher(host) as fetcher:
        await poll(ArxivSearch("s", ["cs.LG"], fetcher, host.address), shelf, shelf.ingest, lambda: NOW)
    assert "submittedDate:[202611221800 TO 202611241800]" in host.asked[0].params["search_query"]


@pytest.mark.usefixtures("small_pages")
async def test_a_search_that_is_killed_goes_on_from_its_place_without_a_gap_or_a_double() -> None:
    shelf = Shelf()
    async with a_host(a_search(95)) as host, a_fetcher(host) as fetcher:
        killed = ArxivSearch("s", ["cs.LG"], fetcher, host.address)
        first = await shelf.ingest(killed)
        shelf.set("s", killed.state)
        assert (first.added, killed.more) == (50, True)
        # The second leg is read, but its place is not kept: it comes again, as after a kill.
        await shelf.ingest(killed)
        rerun = ArxivSearch("s", ["cs.LG"], fetcher, host.address)
        await poll(rerun, shelf, shelf.ingest, lambda: NOW)
    assert sorted(shelf.papers) == [f"arxiv:2611.{n:05}" for n in range(95)]
    assert not rerun.more


@pytest.mark.usefixtures("small_pages")
async def test_an_empty_page_in_the_middle_is_asked_for_again() -> None:
    answer, failed = a_search(30), [False]

    def sometimes_empty(asked: Asked) -> Says:
        if asked.params["start"] == "10" and not failed[0]:
            failed[0] = True
            return Says(search_page(0, 0, 30, 10))
        return answer(asked)

    async with a_host(sometimes_empty) as host, a_fetcher(host) as fetcher:
        reading = await read(ArxivSearch("s", ["cs.LG"], fetcher, host.address))
    assert len(set(reading.ids)) == 30
    assert reading.why is None


@pytest.mark.usefixtures("small_pages")
async def test_beyond_what_the_service_counts_a_new_window_begins_with_the_day_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arxiv_search, "REACH", 30)
    async with a_host(a_search(100)) as host, a_fetcher(host) as fetcher:
        source = ArxivSearch("s", ["cs.LG"], fetcher, host.address)
        await read(source)
    starts = [asked.params["start"] for asked in host.asked]
    assert starts[:4] == ["0", "10", "20", "0"]
    assert "submittedDate:[20261121" in host.asked[3].params["search_query"]


async def test_an_error_of_the_search_is_told_in_its_words() -> None:
    body = f"{ATOM}<entry><title>Error</title><summary>incorrect id format for abc</summary></entry></feed>".encode()
    async with a_host(always(Says(body, 400))) as host, a_fetcher(host) as fetcher:
        reading = await read(ArxivSearch("s", ["cs.LG"], fetcher, host.address))
    assert reading.why == "127.0.0.1 answered 400: incorrect id format for abc"


async def test_the_daily_feed_is_read_once_and_then_only_when_it_changed() -> None:
    shelf = Shelf()
    answers = in_turn(Says(a_feed("Tue, 24 Nov 2026", 1, 2), headers={"ETag": '"tue"'}), Says(status=304))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        source = ArxivDaily("arxiv:cs.LG,cs.CL", ["cs.LG", "cs.CL"], fetcher, base=host.address)
        first = await poll(source, shelf, shelf.ingest, lambda: NOW)
        second = await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (first.report.added, second.report.read, second.failed) == (2, 0, "")
    assert host.asked[0].path == "/rss/cs.LG+cs.CL"
    assert host.asked[1].headers["if-none-match"] == '"tue"'
    state = shelf.states[source.name]
    assert (state.cursor, state.newest) == ("2026-11-24", datetime(2026, 11, 24, 5, tzinfo=UTC))


async def test_announcements_that_were_missed_are_filled_in_from_the_search() -> None:
    shelf = Shelf(states={"s": SourceState(cursor="2026-11-18")})
    async with (
        a_host(a_search(3)) as search,
        a_host(always(Says(a_feed("Tue, 24 Nov 2026", 7)))) as feeds,
        a_fetcher(search, feeds) as fetcher,
    ):
        source = ArxivDaily("s", ["cs.LG"], fetcher, base=feeds.address, search_base=search.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert done.report.added == 4
    assert len(search.asked) == 1
    assert "submittedDate:[202611130000 TO" in search.asked[0].params["search_query"]


@pytest.mark.parametrize(
    ("cursor", "day", "missed"),
    [
        ("2026-11-23", "Tue, 24 Nov 2026", False),
        ("2026-11-20", "Mon, 23 Nov 2026", False),
        ("2026-11-20", "Tue, 24 Nov 2026", True),
        ("2026-11-24", "Tue, 24 Nov 2026", False),
        # No announcement on the evening of Thanksgiving, hence no feed on Friday.
        ("2026-11-26", "Mon, 30 Nov 2026", False),
        ("", "Tue, 24 Nov 2026", False),
    ],
)
async def test_a_gap_is_told_by_the_calendar_of_announcements(cursor: str, day: str, missed: bool) -> None:  # noqa: FBT001
    shelf = Shelf(states={"s": SourceState(cursor=cursor)})
    async with (
        a_host(a_search(0)) as search,
        a_host(always(Says(a_feed(day, 7)))) as feeds,
        a_fetcher(search, feeds) as fetcher,
    ):
        source = ArxivDaily("s", ["cs.LG"], fetcher, base=feeds.address, search_base=search.address)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert bool(search.asked) == missed


async def test_a_day_without_an_announcement_is_no_failure_and_loses_no_missed_one() -> None:
    shelf = Shelf(states={"s": SourceState(cursor="2026-11-19")})
    async with (
        a_host(a_search(2)) as search,
        a_host(always(Says(a_feed("Sat, 21 Nov 2026")))) as feeds,
        a_fetcher(search, feeds) as fetcher,
    ):
        source = ArxivDaily("s", ["cs.LG"], fetcher, base=feeds.address, search_base=search.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (done.failed, done.report.added) == ("", 2)
    assert len(search.asked) == 1
    assert shelf.states["s"].cursor == "2026-11-20"


async def test_a_backfill_reads_from_its_day_and_leaves_the_state_alone() -> None:
    shelf = Shelf()
    async with (
        a_host(a_search(4)) as search,
        a_host(always(Says(a_feed("Sat, 21 Nov 2026")))) as feeds,
        a_fetcher(search, feeds) as fetcher,
    ):
        source = ArxivDaily("s", ["cs.LG"], fetcher, base=feeds.address, search_base=search.address)
        done = await backfill(source, date(2026, 11, 1), shelf.ingest)
    assert done.report.added == 4
    assert "submittedDate:[202611010000 TO" in search.asked[0].params["search_query"]
    assert shelf.states == {}
    assert source.state == SourceState()


async def test_a_harvest_follows_its_tokens_to_the_end() -> None:
    shelf = Shelf()
    async with a_host(a_harvest(12)) as host, a_fetcher(host) as fetcher:
        source = ArxivHarvest("arxiv-harvest:cs", "cs", fetcher, host.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (done.report.added, len(host.asked)) == (36, 12)
    assert host.asked[0].params == {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "from": "2026-11-22",
        "set": "cs",
    }
    assert host.asked[1].params == {"verb": "ListRecords", "resumptionToken": "page-1"}
    assert shelf.states[source.name].cursor == "2026-11-23"


async def test_a_harvest_that_is_killed_goes_on_from_its_token_without_a_gap_or_a_double() -> None:
    shelf = Shelf()
    async with a_host(a_harvest(12)) as host, a_fetcher(host) as fetcher:
        killed = ArxivHarvest("s", "cs", fetcher, host.address)
        await shelf.ingest(killed)
        shelf.set("s", killed.state)
        await shelf.ingest(killed)
        asked_before = len(host.asked)
        await poll(ArxivHarvest("s", "cs", fetcher, host.address), shelf, shelf.ingest, lambda: NOW)
    assert host.asked[asked_before].params["resumptionToken"] == "page-5"
    assert sorted(shelf.papers) == [f"arxiv:2611.{n:05}" for n in range(36)]


async def test_a_harvest_whose_token_has_expired_begins_its_list_again() -> None:
    shelf = Shelf(states={"s": SourceState(cursor="2026-11-01 2026-11-22 page-5")})
    answer = a_harvest(3, expired=lambda given: given == "page-5")
    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        done = await poll(ArxivHarvest("s", "cs", fetcher, host.address), shelf, shelf.ingest, lambda: NOW)
    assert (done.failed, done.report.added) == ("", 9)
    assert host.asked[1].params["from"] == "2026-11-01"


async def test_a_harvest_with_nothing_new_is_no_failure() -> None:
    body = b'<OAI-PMH><error code="noRecordsMatch">nothing</error></OAI-PMH>'
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        reading = await read(ArxivHarvest("s", "cs", fetcher, host.address))
    assert (reading.papers, reading.why) == ((), None)
