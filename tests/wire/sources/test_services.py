"""Each service as a source, answered with its own recorded bytes."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.sources import crossref_journal, openreview_venue, pubmed_search
from adapters.sources.crossref_journal import CrossrefJournal
from adapters.sources.feed import Feed
from adapters.sources.huggingface_lists import HuggingFaceDaily, HuggingFaceTrending
from adapters.sources.openreview_venue import OpenreviewVenue
from adapters.sources.polling import poll
from adapters.sources.preprint_server import PreprintServer
from adapters.sources.pubmed_search import PubmedSearch
from adapters.sources.semantic_scholar_ids import SemanticScholarIds
from adapters.sources.semantic_scholar_search import SemanticScholarSearch
from bot.announcements import SourceState
from bot.model import PaperId
from tests.wire.sources.hosts import Asked, Says, a_fetcher, a_host, always, in_turn
from tests.wire.sources.reading import NOW, Shelf, read


@pytest.fixture(scope="session")
def samples(shared_data: Path) -> Path:
    return shared_data / "sources"


def as_json(told: object, status: int = 200) -> Says:
    return Says(json.dumps(told).encode(), status, {"Content-Type": "application/json"})


async def test_hugging_face_s_lists_are_read_day_by_day_and_the_last_ones_again_for_their_votes(samples: Path) -> None:
    body = (samples / "huggingface" / "daily_papers_2026-06-12.json").read_bytes()
    now = datetime(2026, 6, 13, 8, tzinfo=UTC)

    def answer(asked: Asked) -> Says:
        return Says(body if asked.params["date"] == "2026-06-12" else b"[]")

    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        source = HuggingFaceDaily("huggingface", fetcher, host.address)
        source.state = SourceState(cursor="2026-06-12")
        reading = await read(source, now)
    assert [asked.params["date"] for asked in host.asked] == ["2026-06-10", "2026-06-11", "2026-06-12", "2026-06-13"]
    assert len(reading.papers) == 30
    assert source.state.cursor == "2026-06-13"
    assert source.state.newest == datetime(2026, 6, 12, tzinfo=UTC)


async def test_hugging_face_s_trending_papers_come_with_their_votes(samples: Path) -> None:
    body = (samples / "huggingface" / "daily_papers_2026-06-12.json").read_bytes()
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        reading = await read(HuggingFaceTrending("huggingface:trending", fetcher, host.address))
    assert host.asked[0].params["sort"] == "trending"
    assert {paper.upvotes for paper in reading.papers} >= {0, 5}


async def test_hugging_face_s_error_is_told(samples: Path) -> None:
    body = (samples / "huggingface" / "error_bad_request_400_by_hand.json").read_bytes()
    async with a_host(always(Says(body, 400))) as host, a_fetcher(host) as fetcher:
        reading = await read(HuggingFaceDaily("huggingface", fetcher, host.address))
    assert reading.why == '127.0.0.1 answered 400: {"error":"Invalid date"}'


def preprints(asked: Asked, total: int, size: int) -> Says:
    _, server, _, _, cursor, _ = asked.path.removeprefix("/").split("/")
    numbers = range(int(cursor), min(int(cursor) + size, total))
    records = [
        {"doi": f"10.64898/2026.11.2{n % 10}.70{n:04}", "title": f"Preprint number {n} of many", "abstract": "About.",
         "date": "2026-11-23", "version": "1", "category": "genomics" if n % 2 else "neuroscience", "server": server}
        for n in numbers
    ]  # fmt: skip
    message = {"status": "ok", "count": len(records), "total": str(total), "cursor": int(cursor)}
    return as_json({"messages": [message], "collection": records})


@pytest.mark.parametrize("size", [30, 100])
async def test_a_preprint_server_is_read_by_the_records_received_whatever_its_page_holds(size: int) -> None:
    shelf = Shelf()
    async with a_host(lambda asked: preprints(asked, 231, size)) as host, a_fetcher(host) as fetcher:
        source = PreprintServer("medrxiv", "medrxiv", [], fetcher, host.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (done.failed, done.report.added) == ("", 231)
    assert host.asked[0].path == "/details/medrxiv/2026-11-22/2026-11-24/0/json"
    assert host.asked[1].path == f"/details/medrxiv/2026-11-22/2026-11-24/{size}/json"
    assert shelf.states["medrxiv"].cursor == "2026-11-24"
    assert {paper.source for paper in shelf.papers.values()} == {"medrxiv"}


async def test_of_a_preprint_server_only_the_wanted_categories_are_taken() -> None:
    async with a_host(lambda asked: preprints(asked, 10, 100)) as host, a_fetcher(host) as fetcher:
        reading = await read(PreprintServer("biorxiv", "biorxiv", ["Neuro-Science", "Genomics"], fetcher, host.address))
    assert {paper.categories for paper in reading.papers} == {("genomics",)}


async def test_a_server_that_repeats_its_page_for_ever_is_a_failure() -> None:
    def stuck(asked: Asked) -> Says:
        first = asked.path.replace(f"/{asked.path.split('/')[-2]}/json", "/0/json")
        again = Asked(asked.method, first, asked.params, asked.headers, b"", asked.at)
        return preprints(again, 1000, 30)

    async with a_host(stuck) as host, a_fetcher(host) as fetcher:
        reading = await read(PreprintServer("biorxiv", "biorxiv", [], fetcher, host.address))
    assert reading.why == "biorxiv sends the same page again and again"
    assert len(host.asked) == 2


async def test_pubmed_is_searched_by_the_day_of_entry_and_fetched_from_its_history(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed_search, "PAGE", 2)
    record = (samples / "pubmed" / "biopython_pubmed1.xml").read_bytes()
    found = {"esearchresult": {"count": "4", "webenv": "MCID_1", "querykey": "1"}}

    def answer(asked: Asked) -> Says:
        return as_json(found) if asked.path.endswith("esearch.fcgi") else Says(record)

    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        source = PubmedSearch("pubmed:x", "gut AND brain", fetcher, "ana@lab.example", host.address)
        reading = await read(source)
    search, first, second = host.asked
    assert len(set(reading.ids)) == 2
    assert search.params["term"] == "gut AND brain"
    assert (search.params["datetype"], search.params["mindate"]) == ("edat", "2026/11/17")
    assert (search.params["tool"], search.params["email"]) == ("paperround", "ana@lab.example")
    assert (first.params["WebEnv"], first.params["retstart"], second.params["retstart"]) == ("MCID_1", "0", "2")
    assert source.state.cursor == "2026-11-22"


@pytest.mark.parametrize("name", ["error_rate_limit_429_by_hand.json", "wrong_format_html_page.html"])
async def test_what_pubmed_sends_instead_of_records_is_a_failure(name: str, samples: Path) -> None:
    body = (samples / "pubmed" / name).read_bytes()
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        reading = await read(PubmedSearch("pubmed:x", "x", fetcher, base=host.address))
    assert reading.papers == ()
    assert reading.why is not None


async def test_semantic_scholar_is_searched_by_date_with_the_host_s_key_and_tokens(samples: Path) -> None:
    page = json.loads((samples / "semantic_scholar" / "search_transformer.json").read_text("utf-8"))
    answers = in_turn(as_json({**page, "token": "t2"}), as_json({"total": 360715, "data": page["data"][:1]}))
    async with a_host(answers) as host, a_fetcher(host) as fetcher:
        source = SemanticScholarSearch("s", "vision transformer", fetcher, "key", host.address)
        reading = await read(source)
    assert len(reading.papers) == 6
    assert host.asked[0].headers["x-api-key"] == "key"
    assert host.asked[0].params["publicationDateOrYear"] == "2026-11-10:"
    assert [asked.params.get("token") for asked in host.asked] == [None, "t2"]
    assert source.state.cursor == "2026-11-10"


async def test_semantic_scholar_is_asked_for_the_other_names_of_known_papers(samples: Path) -> None:
    body = (samples / "semantic_scholar" / "batch_with_null_first.json").read_bytes()
    ids = [PaperId("arxiv:2103.14030"), PaperId("doi:10.2139/ssrn.288970"), PaperId("title:00"), PaperId("pmid:1")]
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        reading = await read(SemanticScholarIds("ids", lambda _: ids, fetcher, "the key", host.address))
    assert json.loads(host.asked[0].body) == {"ids": ["ARXIV:2103.14030", "DOI:10.2139/ssrn.288970", "PMID:1"]}
    assert (host.asked[0].method, host.asked[0].headers["x-api-key"]) == ("POST", "the key")
    assert (len(reading.papers), reading.rejected) == (3, ())


async def test_semantic_scholar_is_not_asked_when_no_paper_lacks_a_name() -> None:
    async with a_host(always(Says(b"[]"))) as host, a_fetcher(host) as fetcher:
        assert (await read(SemanticScholarIds("ids", lambda _: [], fetcher, "", host.address))).papers == ()
    assert host.asked == []


def a_note(known_as: str) -> dict[str, object]:
    return {"id": known_as, "forum": known_as, "content": {"title": {"value": f"The paper of {known_as}"}}}


async def test_openreview_is_read_page_by_page_and_then_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openreview_venue, "PAGE", 2)

    def answer(asked: Asked) -> Says:
        numbers = range(int(asked.params["offset"]), min(int(asked.params["offset"]) + 2, 13))
        notes = [
            {"id": f"note{n:04}", "forum": f"note{n:04}", "content": {"title": {"value": f"T {n}"}}} for n in numbers
        ]
        return as_json({"notes": notes, "count": 13})

    shelf = Shelf()
    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        source = OpenreviewVenue("o", "Example.cc/2025/Conference", fetcher, host.address)
        done = await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert (done.failed, done.report.added) == ("", 13)
    assert host.asked[0].params["invitation"] == "Example.cc/2025/Conference/-/Submission"
    assert shelf.states["o"].cursor == ""


async def test_crossref_is_read_by_its_cursor_until_a_page_is_not_full(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossref_journal, "ROWS", 2)
    page = json.loads((samples / "crossref" / "works_filter_jats_abstract_by_hand.json").read_text("utf-8"))
    last = {**page, "message": {**page["message"], "items": []}}
    async with a_host(in_turn(as_json(page), as_json(last))) as host, a_fetcher(host) as fetcher:
        source = CrossrefJournal("c", "0028-0836", fetcher, "ana@lab.example", host.address)
        reading = await read(source)
    assert len(reading.papers) == 2
    assert host.asked[0].params["filter"] == "issn:0028-0836,from-created-date:2026-11-17"
    assert host.asked[0].params["mailto"] == "ana@lab.example"
    assert [asked.params["cursor"] for asked in host.asked] == ["*", "AoJ4example=="]
    assert source.state.cursor == "2026-11-22"


async def test_a_feed_speaks_in_its_host_s_name_and_says_when_to_come_again(samples: Path) -> None:
    body = (samples / "rss_generic" / "publisher_rss20_no_abstract_by_hand.xml").read_bytes()
    body = body.replace(b"<channel>", b"<channel><ttl>360</ttl>")
    async with a_host(always(Says(body, headers={"ETag": '"a"'}))) as host, a_fetcher(host) as fetcher:
        source = Feed("feed:x", f"{host.address}/journal.rss", fetcher)
        reading = await read(source)
    assert {paper.source for paper in reading.papers} == {"127.0.0.1"}
    assert source.state.etag == '"a"'
    assert source.state.not_before == NOW.replace(hour=0, day=25)


async def test_a_feed_that_moved_for_good_is_asked_at_its_new_place() -> None:
    feed = b'<rss version="2.0"><channel><item><title>A paper on moving house</title></item></channel></rss>'

    def answer(asked: Asked) -> Says:
        return Says(feed) if asked.path == "/new" else Says(status=301, headers={"Location": "/new"})

    shelf = Shelf()
    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        source = Feed("feed:x", f"{host.address}/old", fetcher)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
        await poll(source, shelf, shelf.ingest, lambda: NOW)
    assert [asked.path for asked in host.asked] == ["/old", "/new", "/new"]
    assert urlsplit(shelf.states["feed:x"].moved_to).path == "/new"


async def test_a_backfill_from_a_day_asks_each_kind_from_that_day() -> None:
    day = date(2026, 9, 1)
    async with a_host(always(Says(b"{}"))) as host, a_fetcher(host) as fetcher:
        for source in (
            PreprintServer("biorxiv", "biorxiv", [], fetcher, host.address),
            PubmedSearch("p", "x", fetcher, base=host.address),
            SemanticScholarSearch("s", "x", fetcher, base=host.address),
            CrossrefJournal("c", "0028-0836", fetcher, base=host.address),
        ):
            await read(source.starting(day))
    told = [f"{asked.path} {dict(asked.params)}" for asked in host.asked]
    assert all("2026-09-01" in asked or "2026/09/01" in asked for asked in told), told
