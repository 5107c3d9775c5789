"""Sources on sockets into a real database: once, in whatever order, and safe from one another."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from adapters.sources.arxiv_daily import ArxivDaily
from adapters.sources.arxiv_harvest import ArxivHarvest
from adapters.sources.feed import Feed
from adapters.sources.huggingface_lists import HuggingFaceTrending
from adapters.sources.polling import poll
from adapters.sources.semantic_scholar_ids import SemanticScholarIds
from bot.announcements import IngestReport, SourceState
from bot.ingest import ingest, lacking_doi
from bot.model import Paper, PaperId
from bot.ports import Source
from storage.sqlite import SqliteStores, open_stores
from tests.wire.sources.hosts import Answer, Asked, Says, a_fetcher, a_host, always
from tests.wire.sources.reading import NOW

ID = PaperId("arxiv:2611.00001")
DAY = "<pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate>"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[SqliteStores]:
    with open_stores(tmp_path / "data") as opened:
        yield opened


def arxiv_feed(version: int, title: str, kind: str = "new", comment: str = "") -> bytes:
    item = (
        f"<guid>oai:arXiv.org:2611.00001v{version}</guid><title>{title}</title>"
        f"<description>What it is about.</description>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type><comment>{comment}</comment>{DAY}"
    )
    channel = f"<channel>{DAY}<item>{item}</item></channel>"
    return f'<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0">{channel}</rss>'.encode()


def blog(title: str, link: str, guid: str = "1") -> bytes:
    item = f"<title>{title}</title><link>{link}</link><guid>{guid}</guid><description>Words of a blog.</description>"
    return f'<rss version="2.0"><channel><title>Blog</title><item>{item}</item></channel></rss>'.encode()


async def take(stores: SqliteStores, kind: str, body: bytes) -> IngestReport:
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        sources: dict[str, Source] = {
            "arxiv": ArxivDaily("arxiv:cs.LG", ["cs.LG"], fetcher, base=host.address),
            "huggingface": HuggingFaceTrending("huggingface:trending", fetcher, host.address),
            "blog": Feed("feed:blog", host.address, fetcher),
        }
        return await ingest(stores.papers, sources[kind], NOW, lambda _: None)


def the_paper(stores: SqliteStores) -> Paper:
    assert stores.papers.count() == 1
    return stores.papers.get([ID])[ID]


async def test_q8_versions_lists_and_changed_guids_of_one_paper_make_one_paper(stores: SqliteStores) -> None:
    listed = b'[{"paper": {"id": "2611.00001", "title": "On the entropy of paper rounds", "upvotes": 41}}]'
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    await take(stores, "huggingface", listed)
    await take(stores, "blog", blog("On the entropy of paper rounds", "https://arxiv.org/abs/2611.00001"))
    await take(stores, "blog", blog("On the entropy of paper rounds", "https://arxiv.org/pdf/2611.00001v1", guid="2"))
    await take(stores, "arxiv", arxiv_feed(2, "On the entropy of paper rounds, revised", "replace"))
    paper = the_paper(stores)
    assert (paper.version, paper.title) == (2, "On the entropy of paper rounds, revised")
    assert (paper.upvotes, paper.withdrawn) == (41, False)


async def test_q8_a_withdrawn_paper_is_marked_and_stays_known(stores: SqliteStores) -> None:
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    gone = arxiv_feed(2, "On the entropy of paper rounds", "replace", "This paper has been withdrawn by the authors")
    await take(stores, "arxiv", gone)
    assert the_paper(stores).withdrawn


async def test_q8_a_replacement_does_not_make_an_old_paper_new(stores: SqliteStores) -> None:
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    before = the_paper(stores)
    await take(stores, "arxiv", arxiv_feed(2, "On the entropy of paper rounds", "replace"))
    assert the_paper(stores).announced == before.announced
    assert replace(the_paper(stores), version=1) == before


@pytest.mark.parametrize("link", ["https://arxiv.org/abs/2611.00001", "https://arxiv.org/abs/2611.00001v99"])
async def test_q9_a_feed_cannot_change_what_arxiv_said_about_a_paper(link: str, stores: SqliteStores) -> None:
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    before = the_paper(stores)
    await take(stores, "blog", blog("Buy this instead", link))
    assert the_paper(stores) == before


async def test_q9_what_a_feed_said_first_gives_way_to_arxiv_s_own_words(stores: SqliteStores) -> None:
    await take(stores, "blog", blog("Buy this instead", "https://arxiv.org/abs/2611.00001v99"))
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    assert the_paper(stores).title == "On the entropy of paper rounds"
    assert the_paper(stores).abstract == "What it is about."


def harvest(pages: int, *, fails_at: int | None = None) -> Answer:
    """Answer as arXiv's harvest does; from the request ``fails_at`` on the service is down."""
    count = 0

    def answer(asked: Asked) -> Says:
        nonlocal count
        count += 1
        if fails_at is not None and count >= fails_at:
            return Says(b"down", 500)
        page = int(asked.params.get("resumptionToken", "0"))
        records = "".join(
            f"<record><header><identifier>oai:arXiv.org:2611.{number:05}</identifier></header><metadata><arXiv>"
            f"<id>2611.{number:05}</id><title>Record number {number} of a harvest</title></arXiv></metadata></record>"
            for number in range(page * 40, page * 40 + 40)
        )
        further = f"<resumptionToken>{page + 1}</resumptionToken>" if page + 1 < pages else "<resumptionToken/>"
        return Says(f"<OAI-PMH><ListRecords>{records}{further}</ListRecords></OAI-PMH>".encode())

    return answer


async def test_a_harvest_that_breaks_off_and_is_taken_up_by_another_process_has_no_gap_and_no_double(
    tmp_path: Path,
) -> None:
    async def harvested(answer: Answer) -> tuple[str, int]:
        with open_stores(tmp_path / "data") as stores:  # each time as after a restart
            async with a_host(answer) as host, a_fetcher(host) as fetcher:
                source = ArxivHarvest("arxiv-harvest:cs", "cs", fetcher, host.address)
                done = await poll(
                    source,
                    stores.source_states,
                    lambda leg: ingest(stores.papers, leg, NOW, lambda _: None),
                    lambda: NOW,
                )
            return done.failed, await asyncio.to_thread(stores.papers.count)

    failed, so_far = await harvested(harvest(23, fails_at=8))
    assert "answered 500" in failed
    assert 0 < so_far < 920
    failed, whole = await harvested(harvest(23))
    assert (failed, whole) == ("", 920)
    with open_stores(tmp_path / "data") as stores:
        state = stores.source_states.get("arxiv-harvest:cs")
        assert isinstance(state, SourceState)
        assert (state.cursor, state.failures, state.succeeded_at) == ("2026-11-23", 0, NOW)


async def test_q8_what_arxiv_deletes_is_withdrawn_here_and_a_deletion_of_the_unknown_is_told(
    stores: SqliteStores,
) -> None:
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    gone = "".join(
        f"<record><header status='deleted'><identifier>oai:arXiv.org:{name}</identifier></header></record>"
        for name in ("2611.00001", "2611.00009")
    )
    body = f"<OAI-PMH><ListRecords>{gone}<resumptionToken/></ListRecords></OAI-PMH>".encode()

    async def harvested() -> IngestReport:
        async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
            source = ArxivHarvest("arxiv-harvest:cs", "cs", fetcher, host.address)
            return await ingest(stores.papers, source, NOW, lambda _: None)

    report = await harvested()
    assert (report.read, report.updated, report.added, report.duplicates) == (2, 1, 0, 0)
    assert [found.why for found in report.rejected] == ["arXiv deleted 2611.00009"]
    assert the_paper(stores).withdrawn
    again = await harvested()
    assert (again.updated, again.duplicates, len(again.rejected)) == (0, 1, 1)
    assert not stores.papers.since(NOW + timedelta(days=1))


async def test_hugging_face_s_comments_and_keywords_are_kept_beside_arxiv_s_own_words(stores: SqliteStores) -> None:
    listed = (
        b'[{"paper": {"id": "2611.00001", "title": "T", "upvotes": 41, "ai_keywords": ["paper rounds", "entropy"], '
        b'"githubRepo": "https://github.com/lab/rounds"}, "numComments": 3}]'
    )
    await take(stores, "huggingface", listed)
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    paper = the_paper(stores)
    assert (paper.title, paper.upvotes, paper.comments) == ("On the entropy of paper rounds", 41, 3)
    assert (paper.keywords, paper.code_url) == (("paper rounds", "entropy"), "https://github.com/lab/rounds")


async def test_a_paper_known_by_arxiv_alone_gains_its_doi_and_is_one_with_the_journal_s_record(
    stores: SqliteStores,
) -> None:
    doi = "10.1000/rounds.7"
    await take(stores, "arxiv", arxiv_feed(1, "On the entropy of paper rounds"))
    before = the_paper(stores)
    printed = Paper(PaperId(f"doi:{doi}"), "Entropy, measured", "Printed.", doi=doi, source="crossref")
    stores.papers.upsert([printed], NOW)
    assert stores.papers.count() == 2
    told = {"paperId": "0" * 40, "externalIds": {"ArXiv": "2611.00001", "DOI": doi}, "title": "Entropy", "year": 2020}
    async with a_host(always(Says(json.dumps([told]).encode()))) as host, a_fetcher(host) as fetcher:
        source = SemanticScholarIds("ids", partial(lacking_doi, stores.papers), fetcher, base=host.address)
        report = await ingest(stores.papers, source, NOW, lambda _: None)
        again = await ingest(stores.papers, source, NOW, lambda _: None)
    assert json.loads(host.asked[0].body) == {"ids": ["ARXIV:2611.00001"]}
    assert (report.read, again.read) == (1, 0)
    known = stores.papers.get([ID, printed.id])
    assert known[ID] == known[printed.id]
    assert (known[ID].doi, known[ID].title, known[ID].announced) == (doi, before.title, before.announced)
