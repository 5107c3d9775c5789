"""One paper by its identifier, from the service that knows it best: for the links that members bring."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from urllib.parse import quote

from adapters.sources import arxiv_atom, bibtex, biorxiv, crossref, openreview, pubmed
from adapters.sources.configured import Way
from adapters.sources.fetched import NotThere
from adapters.sources.json_document import json_of, text_at
from adapters.sources.network_source import each
from bot.announcements import RejectedItem
from bot.identity import paper_id_from
from bot.model import Paper, PaperId

# Cold Spring Harbor's prefixes, before and since December 2025; other things than preprints have them too.
_PREPRINTS = ("10.1101/", "10.64898/")


class Lookup:
    """Asks arXiv, bioRxiv and medRxiv, Crossref, OpenReview, PubMed, PMC and the ACL Anthology for single papers."""

    def __init__(self, way: Way) -> None:
        self._fetcher = way.fetcher
        self._bases = way.bases

    async def paper(self, paper: PaperId, now: datetime) -> Paper | None:
        """Return a paper as its own service tells it; None when none of them knows it, or no service has such ids.

        Raises:
            SourceFailed: The service gave no good answer.
        """
        kind, _, name = paper.partition(":")
        try:
            match kind:
                case "arxiv":
                    return await self._arxiv(name, now)
                case "doi" if not name.startswith("~"):
                    return await self._doi(name, now)
                case "openreview":
                    asked = await self._fetcher.get(f"{self._bases.openreview}/notes", {"id": name})
                    return await _first(openreview.read_document(json_of(asked.body), now))
                case "pmid":
                    asked = await self._fetcher.get(
                        f"{self._bases.pubmed}/efetch.fcgi",
                        {"db": "pubmed", "id": name, "retmode": "xml", "tool": "paperround"},
                    )
                    return await _first(pubmed.read(BytesIO(asked.body), now))
                case "pmcid":
                    known_as = await self._by_pmcid(name)
                    return None if known_as is None else await self.paper(known_as, now)
                case "acl":
                    asked = await self._fetcher.get(f"{self._bases.acl}/{quote(name)}.bib")
                    return await _first(bibtex.read(BytesIO(asked.body), now))
                case _:
                    return None
        except NotThere:
            return None

    async def _arxiv(self, name: str, now: datetime) -> Paper | None:
        asked = await self._fetcher.get(f"{self._bases.arxiv_api}/api/query", {"id_list": name, "max_results": "1"})
        return await _first(arxiv_atom.read(BytesIO(asked.body), now))

    async def _by_pmcid(self, name: str) -> PaperId | None:
        """Return the name under which PubMed or a publisher has an article of PMC; None when PMC does not know it."""
        params = {"ids": name, "format": "json", "tool": "paperround"}
        document = json_of((await self._fetcher.get(f"{self._bases.pmc}/tools/idconv/api/v1/articles/", params)).body)
        pmid, doi = text_at(document, "records", 0, "pmid"), text_at(document, "records", 0, "doi")
        return paper_id_from(f"pmid:{pmid}") or paper_id_from(doi)

    async def _doi(self, doi: str, now: datetime) -> Paper | None:
        place = quote(doi, safe="/:;()._-")
        if doi.startswith(_PREPRINTS):
            for server in ("biorxiv", "medrxiv"):
                asked = await self._fetcher.get(f"{self._bases.biorxiv}/details/{server}/{place}/na/json")
                if found := await _first(biorxiv.read_document(json_of(asked.body), now)):
                    return found
        asked = await self._fetcher.get(f"{self._bases.crossref}/works/{place}")
        return await _first(crossref.read_document(json_of(asked.body), now))


async def _first(items: Iterator[Paper | RejectedItem]) -> Paper | None:
    async for item in each(items):
        if isinstance(item, Paper):
            return item
    return None
