"""Faults of sources, named after the rows of the fault matrix (Q1 to Q9); Q6 has a file of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.sources.arxiv_daily import ArxivDaily
from adapters.sources.feed import Feed
from adapters.sources.feeds import FEED_ENTRIES
from adapters.sources.fetch import Fetcher, Limits
from adapters.sources.huggingface_lists import HuggingFaceDaily, HuggingFaceTrending
from adapters.sources.network_source import NetworkSource
from adapters.sources.polling import HostNews, news_for_host, next_poll_at, poll
from adapters.sources.preprint_server import PreprintServer
from adapters.sources.pubmed_search import PubmedSearch
from bot.announcements import SourceState
from tests.wire.sources.hosts import Host, Says, a_fetcher, a_host, always, in_turn
from tests.wire.sources.reading import NOW, Shelf, read

PAGE = b"<!DOCTYPE html><html><head><title>503 Service Unavailable</title></head><body>Sign in</body></html>"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 8))
    + ']><rss version="2.0"><channel><item><title>&a7;</title></item></channel></rss>'
).encode()


def every_kind(host: Host, fetcher: Fetcher) -> list[NetworkSource]:
    return [
        ArxivDaily("arxiv:cs.LG", ["cs.LG"], fetcher, base=host.address, search_base=host.address),
        HuggingFaceDaily("huggingface", fetcher, host.address),
        PreprintServer("biorxiv", "biorxiv", [], fetcher, host.address),
        PubmedSearch("pubmed:x", "x", fetcher, base=host.address),
        Feed("feed:x", f"{host.address}/feed", fetcher),
    ]


def items(*titles: str) -> bytes:
    inner = "".join(f"<item><title>{title}</title><description>About it.</description></item>" for title in titles)
    return f'<rss version="2.0"><channel><title>Journal</title>{inner}</channel></rss>'.encode()


@pytest.mark.parametrize("status", [200, 503])
async def test_q1_an_error_page_is_a_failure_and_never_an_empty_day(status: int) -> None:
    shelf = Shelf(states={"feed:x": SourceState(cursor="", etag='"old"', newest=NOW)})
    async with a_host(always(Says(PAGE, status, {"Content-Type": "text/html"}))) as host, a_fetcher(host) as fetcher:
        for source in every_kind(host, fetcher):
            done = await poll(source, shelf, shelf.ingest, lambda: NOW)
            assert done.failed, source.name
            assert shelf.states[source.name].error == done.failed
            assert shelf.states[source.name].succeeded_at is None
    # The last good state stays, so that nothing of it is passed over later.
    assert (shelf.states["feed:x"].etag, shelf.states["feed:x"].newest) == ('"old"', NOW)


async def test_q1_a_source_that_failed_is_well_again_with_its_next_good_answer() -> None:
    shelf = Shelf()
    answers = in_turn(Says(PAGE, 403), Says(items("A paper that was waited for")))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        source = Feed("feed:x", host.address, fetcher)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
        failed = shelf.states["feed:x"]
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (failed.failures, failed.failing_since) == (1, NOW)
    assert (shelf.states["feed:x"].failures, shelf.states["feed:x"].error) == (0, "")
    assert len(shelf.papers) == 1


async def test_q2_an_empty_body_is_a_failure_and_no_crash() -> None:
    async with a_host(always(Says(b""))) as host, a_fetcher(host) as fetcher:
        for source in every_kind(host, fetcher):
            assert (await read(source)).why, source.name


async def test_q2_of_a_cut_body_the_whole_entries_are_stored_and_the_poll_has_failed() -> None:
    whole = items(*(f"Paper number {n} of a feed" for n in range(50)))
    for cut in range(1, len(whole), 1024):
        shelf = Shelf()
        async with a_host(always(Says(whole[:cut], headers={"ETag": '"cut"'}))) as host, a_fetcher(host) as fetcher:
            done = await poll(Feed("feed:x", host.address, fetcher), shelf, shelf.ingest, lambda: NOW)
        assert done.failed
        assert len(shelf.papers) == whole[:cut].count(b"</item>")
        # With its etag kept, the rest would never be sent.
        assert shelf.states["feed:x"].etag == ""


async def test_q3_a_source_that_hangs_does_not_keep_the_others() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    async with (
        a_host(lambda _: Says(drip())) as slow,
        a_host(always(Says(items("A paper from elsewhere")))) as quick,
        a_fetcher(slow, quick, limits=Limits(deadline_s=3.0)) as fetcher,
    ):
        hanging = asyncio.create_task(read(Feed("feed:slow", slow.address, fetcher)))
        assert len((await read(Feed("feed:quick", quick.address, fetcher))).papers) == 1
        assert not hanging.done()
        assert "within 3 s" in str((await hanging).why)


async def test_q5_an_entity_bomb_is_refused_before_it_is_parsed() -> None:
    async with a_host(always(Says(LAUGHS))) as host, a_fetcher(host) as fetcher:
        for source in every_kind(host, fetcher):
            reading = await read(source)
            assert reading.papers == ()
            assert reading.why is not None
            if isinstance(source, Feed | ArxivDaily):
                assert "DOCTYPE" in reading.why


@pytest.mark.parametrize("junk", [b"", b"\xef\xbb\xbf", b"junk before ", b"<!-- c -->\n"])
async def test_q5_an_external_entity_is_neither_read_nor_fetched(
    junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text("the secret of the house")
    async with a_host(always(Says(b"the secret of the house"))) as canary:
        for target in (secret.as_uri(), canary.address):
            feed = (
                f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}"><!ENTITY % y SYSTEM "{target}">%y;]>'
                '<rss version="2.0"><channel><item><title>A paper on &x; things</title></item></channel></rss>'
            ).encode()
            async with a_host(always(Says(junk + feed))) as host, a_fetcher(host, canary) as fetcher:
                for source in every_kind(host, fetcher):
                    reading = await read(source)
                    assert "secret" not in repr(reading)
                    assert reading.why is not None
        assert canary.connections == 0


async def test_q7_a_dead_source_is_asked_less_and_less_and_the_host_is_told_once() -> None:
    shelf = Shelf()
    moment = [NOW]
    told: list[HostNews] = []
    polls: list[datetime] = []
    async with a_host(always(Says(b"down", 500))) as host, a_fetcher(host) as fetcher:
        source = Feed("feed:x", host.address, fetcher)
        while moment[0] < NOW + timedelta(days=3):
            polls.append(moment[0])
            await poll(source, shelf, shelf.ingest, lambda: moment[0])
            state = shelf.states["feed:x"]
            if news := news_for_host(source.name, state, moment[0]):
                told.append(news)
                shelf.states["feed:x"] = replace(state, told=True)
            moment[0] = next_poll_at(source.rhythm, shelf.states["feed:x"], moment[0])
    assert len(polls) < 20
    assert polls[1] - polls[0] == timedelta(minutes=15)
    assert polls[-1] - polls[-2] == timedelta(hours=6)
    assert len(told) == 1
    assert "feed:x has failed since 2026-11-24 18:00 UTC" in told[0].said
    assert "answered 500: down" in told[0].said


async def test_q7_a_source_that_asks_for_time_is_given_it() -> None:
    shelf = Shelf()
    async with (
        a_host(always(Says(b"Rate exceeded.", 429, {"Retry-After": "7200"}))) as host,
        a_fetcher(host) as fetcher,
    ):
        source = ArxivDaily("arxiv:cs.LG", ["cs.LG"], fetcher, base=host.address)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert len(host.asked) == 1
    assert next_poll_at(source.rhythm, shelf.states[source.name], NOW) == NOW + timedelta(hours=2)


async def test_q8_one_paper_from_many_places_is_one_and_knows_its_version_and_its_end() -> None:
    first = "<guid>oai:arXiv.org:2611.00001v1</guid><title>A paper that many announce</title>"
    second = first.replace("v1", "v2") + "<comment>This paper has been withdrawn</comment>"
    day = "<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>"

    def arxiv(item: str, kind: str) -> bytes:
        announce = f"<arxiv:announce_type>{kind}</arxiv:announce_type><description>About it.</description>"
        return (
            '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>'
            f"{day}<item>{item}{day}{announce}</item></channel></rss>"
        ).encode()

    listed = b'[{"paper": {"id": "2611.00001", "title": "A paper that many announce", "upvotes": 3}}]'
    blog = items("A paper that many announce").replace(
        b"</title><description>",
        b"</title><guid>blog-1</guid><link>https://arxiv.org/pdf/2611.00001v2</link><description>",
    )
    answers = [arxiv(first, "new"), arxiv(second, "replace"), listed, blog, blog.replace(b"blog-1", b"blog-2")]
    found = []
    for body in answers:
        async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
            if body is listed:
                found.append(await read(HuggingFaceTrending("huggingface:trending", fetcher, host.address)))
            elif b"arxiv:announce_type" in body:
                found.append(await read(ArxivDaily("arxiv:cs.LG", ["cs.LG"], fetcher, base=host.address)))
            else:
                found.append(await read(Feed("feed:x", host.address, fetcher)))
    papers = [reading.papers[0] for reading in found]
    assert {paper.id for paper in papers} == {"arxiv:2611.00001"}
    assert [paper.version for paper in papers] == [1, 2, 1, 1, 1]
    assert [paper.withdrawn for paper in papers] == [False, True, False, False, False]


async def test_q9_a_flooded_feed_takes_no_more_than_its_share() -> None:
    flood = items(*(f"Paper number {n} of a flood" for n in range(10_000)))
    shelf = Shelf()
    async with a_host(always(Says(flood))) as host, a_fetcher(host) as fetcher:
        done = await poll(Feed("feed:x", host.address, fetcher), shelf, shelf.ingest, lambda: NOW)
    assert len(shelf.papers) == FEED_ENTRIES
    assert "only the first 500 of 10000" in done.report.rejected[0].why
    assert done.failed == ""


async def test_q9_a_date_to_come_is_today_so_that_no_feed_stays_on_top() -> None:
    dated = items("A paper from the future").replace(
        b"</title>", b"</title><pubDate>Fri, 01 Jan 2099 00:00:00 GMT</pubDate>"
    )
    async with a_host(always(Says(dated))) as host, a_fetcher(host) as fetcher:
        source = Feed("feed:x", host.address, fetcher)
        (paper,) = (await read(source)).papers
    assert paper.announced == NOW
    assert paper.published == NOW.date()
    assert source.state.newest == NOW


async def test_q9_what_a_feed_says_about_another_s_paper_carries_the_feed_s_own_name() -> None:
    forged = items("A forged title").replace(b"</title>", b"</title><link>https://arxiv.org/abs/2611.00001</link>")
    async with a_host(always(Says(forged))) as host, a_fetcher(host) as fetcher:
        (paper,) = (await read(Feed("feed:x", host.address, fetcher))).papers
    assert (paper.id, paper.source) == ("arxiv:2611.00001", "127.0.0.1")
