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
    return Bases(
        arxiv_api=address,
        biorxiv=address,
        pubmed=address,
        openreview=address,
        crossref=address,
        pmc=address,
        acl=address,
    )


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


ANTHOLOGY = b"""@inproceedings{lab-2023-rounds,
    title = "On the Entropy of {P}aper Rounds",
    author = "Bo, Ana  and
      Do, Cy",
    booktitle = "Proceedings of the 61st Annual Meeting",
    month = jul,
    year = "2023",
    url = "https://aclanthology.org/2023.acl-long.1/",
    doi = "10.18653/v1/2023.acl-long.1",
    abstract = "What it is about."
}
"""


async def test_a_paper_of_the_acl_anthology_is_asked_of_its_bibliography() -> None:
    async with a_host(always(Says(ANTHOLOGY))) as host, a_fetcher(host) as fetcher:
        found = await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId("acl:2023.acl-long.1"), NOW)
    assert host.asked[0].path == "/2023.acl-long.1.bib"
    assert found is not None
    assert (found.title, found.authors) == ("On the Entropy of Paper Rounds", ("Ana Bo", "Cy Do"))
    assert (found.id, found.doi) == ("doi:10.18653/v1/2023.acl-long.1", "10.18653/v1/2023.acl-long.1")
    assert found.abstract == "What it is about."


async def test_an_article_of_pmc_is_asked_of_pubmed_under_the_number_that_pmc_tells(shared_data: Path) -> None:
    body = (shared_data / "sources" / "pubmed" / "biopython_pubmed1.xml").read_bytes()
    known = b'{"status": "ok", "records": [{"pmcid": "PMC1234567", "pmid": 12091962, "requested-id": "PMC1234567"}]}'

    def answer(asked: Asked) -> Says:
        return Says(known) if asked.path.startswith("/tools/idconv") else Says(body)

    async with a_host(answer) as host, a_fetcher(host) as fetcher:
        found = await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId("pmcid:PMC1234567"), NOW)
    assert found is not None
    assert found.title.startswith("The treatment of AIDS")
    assert host.asked[1].params["id"] == "12091962"


async def test_an_article_that_pmc_does_not_know_is_unknown() -> None:
    unknown = b'{"status": "ok", "records": [{"requested-id": "PMC9", "status": "error", "errmsg": "not found"}]}'
    async with a_host(always(Says(unknown))) as host, a_fetcher(host) as fetcher:
        assert await Lookup(Way(fetcher, bases=bases(host.address))).paper(PaperId("pmcid:PMC9"), NOW) is None
