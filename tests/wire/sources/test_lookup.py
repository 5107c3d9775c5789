"""One paper by its identifier."""

from pathlib import Path

import pytest

from adapters.sources.configured import Bases, Way
from adapters.sources.lookup import Lookup
from bot.announcements import SourceFailed
from bot.model import PaperId
from tests.wire.sources.hosts import Asked, Says, a_fetcher, a_host, always
from tests.wire.sources.reading import NOW


def bases(address: str) -> Bases:
    return Bases(arxiv_api=address, biorxiv=address, pubmed=address, openreview=address, crossref=address)


@pytest.mark.parametrize(
    ("paper", "sample", "place", "title"),
    [
        ("arxiv:2104.12255", "arxiv_atom/title_is_zero_2104.12255v1.xml", "/api/query", "0"),
        ("doi:10.1109/icdcsw.2003.1203662", "crossref/work_conference_10.1109_icdcsw.2003.1203662.json",
         "/works/10.1109/icdcsw.2003.1203662", "Accurate and explicit"),
        ("doi:10.64898/2026.03.30.700001", "biorxiv/details_page_by_hand.json",
         "/details/biorxiv/10.64898/2026.03.30.700001/na/json", "Sleep spindles"),
        ("openreview:rJl4v1XYZ0", "openreview/notes_v1_legacy_by_hand.json", "/notes", "An Older Submission"),
        ("pmid:12091962", "pubmed/biopython_pubmed1.xml", "/efetch.fcgi", "The treatment of AIDS"),
    ],
)  # fmt: skip
async def test_a_paper_is_asked_of_the_service_that_knows_it(
    paper: str, sample: str, place: str, title: str, shared_data: Path
) -> None:
    body = (shared_data / "sources" / sample).read_bytes()
    async with a_host(always(Says(body))) as host, a_fetcher(host) as fetcher:
        found = await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId(paper), NOW)
    assert host.asked[0].path == place
    assert found is not None
    assert found.title.startswith(title)
    assert found.id == paper


async def test_a_preprint_that_its_servers_do_not_know_is_asked_of_crossref(shared_data: Path) -> None:
    none = (shared_data / "sources" / "biorxiv" / "no_posts_found_by_hand.json").read_bytes()

    def answer(asked: Asked) -> Says:
        return Says(none) if asked.path.startswith("/details") else Says(b"Resource not found.", 404)

    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        found = await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId("doi:10.1101/gr.1"), NOW)
    assert found is None
    assert [asked.path.split("/")[1] for asked in host.asked] == ["details", "details", "works"]


async def test_what_no_service_has_ids_for_is_not_asked() -> None:
    async with a_host(always(Says(b""))) as host, a_fetcher(host) as fetcher:
        lookup = Lookup(Way(fetcher, bases=bases(host.address)))
        assert await lookup.paper(PaperId("title:0123456789abcdef01234567"), NOW) is None
        assert await lookup.paper(PaperId("doi:~00"), NOW) is None
    assert host.asked == []


async def test_a_service_that_is_down_is_not_taken_for_one_that_does_not_know() -> None:
    async with a_host(always(Says(b"down", 503, {"Retry-After": "600"}))) as host, a_fetcher(host) as fetcher:
        with pytest.raises(SourceFailed, match="503"):
            await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId("arxiv:2104.12255"), NOW)
