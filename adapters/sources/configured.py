"""The words by which sources are set: ``arxiv:cs.LG,cs.CL huggingface pubmed:"gut microbiome" feed:https://…``.

Pieces stand apart by blanks or line ends. A piece is a kind, and after a colon what the kind needs; that is put in
quotation marks when it has blanks within. A kind that cannot do without may have it as the next piece: ``arxiv cs.LG``.
A web address alone is a feed.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from rapidfuzz import fuzz, process
from yarl import URL

from adapters.sources.arxiv_daily import ARXIV_FEEDS, ArxivDaily
from adapters.sources.arxiv_harvest import ARXIV_OAI, ArxivHarvest
from adapters.sources.arxiv_search import ARXIV_API, ArxivSearch
from adapters.sources.crossref_journal import CROSSREF_API, CrossrefJournal
from adapters.sources.feed import Feed
from adapters.sources.fetch import Fetcher
from adapters.sources.file import FileSource, unwatched
from adapters.sources.huggingface_lists import HUGGING_FACE, HuggingFaceDaily, HuggingFaceTrending
from adapters.sources.intake import Unreadable, document_of, web_address
from adapters.sources.network_source import NetworkSource
from adapters.sources.openreview_venue import OPENREVIEW_API, OpenreviewVenue
from adapters.sources.opml import feeds_in
from adapters.sources.preprint_server import BIORXIV_API, PreprintServer
from adapters.sources.pubmed_search import E_UTILITIES, PubmedSearch
from adapters.sources.sample import SampleSource
from adapters.sources.semantic_scholar_ids import SemanticScholarIds
from adapters.sources.semantic_scholar_search import SEMANTIC_SCHOLAR, SemanticScholarSearch
from bot.model import PaperId
from bot.words import say

# Installations that were set up alike do not all ask in the same minute.
LARGEST_OFFSET_S = 15 * 60
QUERY_CHARACTERS = 500
LIBRARIES = "paperround interests import zotero"
A_FEED = "feed:https://www.nature.com/nature.rss"

_PIECE = re.compile(r'(?:[^\s"]|"[^"]*")+')
_CATEGORY = re.compile(r"[a-z]{2,8}(?:-[a-z]{2,5})?(?:\.[A-Za-z][A-Za-z-]{1,16})?")
_OAI_SET = re.compile(r"[a-z-]{2,10}(?::[a-z-]{2,10}){0,2}(?::[A-Za-z-]{2,17})?")
_VENUE = re.compile(r"[\w.-]{2,60}(?:/[\w.-]{1,60}){1,5}", re.ASCII)
_ARXIV_FEED = re.compile(r"(?:rss|export)\.arxiv\.org/(?:rss|atom)/(?P<categories>[\w.+-]+)$", re.ASCII)


class BadSource(ValueError):
    """A piece of the words is no source; the text is one sentence that names it."""

    def __init__(self, piece: str, why: str) -> None:
        super().__init__(say("The source {source} cannot be used: {why}.", source=f"{piece[:80]!r}", why=why))
        self.piece = piece
        self.why = why


@dataclass(frozen=True, slots=True)
class Bases:
    """Where the services are; others than the real ones for a mirror or a test."""

    arxiv_feeds: str = ARXIV_FEEDS
    arxiv_api: str = ARXIV_API
    arxiv_oai: str = ARXIV_OAI
    hugging_face: str = HUGGING_FACE
    biorxiv: str = BIORXIV_API
    pubmed: str = E_UTILITIES
    semantic_scholar: str = SEMANTIC_SCHOLAR
    openreview: str = OPENREVIEW_API
    crossref: str = CROSSREF_API
    pmc: str = "https://pmc.ncbi.nlm.nih.gov"
    acl: str = "https://aclanthology.org"


def long_ago() -> date:
    """Return a day from which on the whole sample has been announced by now."""
    return date(2000, 1, 1)


def none_lacking(_: datetime) -> list[PaperId]:
    """Return no paper: where nothing is read, nobody is asked about what is stored."""
    return []


@dataclass(frozen=True, slots=True)
class Way:
    """What sources need to ask: the fetcher, a contact, the host's key for Semantic Scholar, the services' places.

    Attributes:
        sample_start: Called for the first day of the sample, only when the sample is named.
        on_bytes: Told the bytes read so far and the size, by those sources that know their size.
        own_files: Whoever names the sources may name files of this machine as well.
        lacking: Returns which stored papers lack a DOI, the newest first.
    """

    fetcher: Fetcher
    contact: str = ""
    semantic_scholar_key: str = ""
    bases: Bases = Bases()
    sample_start: Callable[[], date] = long_ago
    on_bytes: Callable[[int, int], None] = unwatched
    own_files: bool = True
    lacking: Callable[[datetime], Sequence[PaperId]] = none_lacking

    @property
    def offset(self) -> timedelta:
        return timedelta(seconds=zlib.crc32(self.contact.encode()) % LARGEST_OFFSET_S)


ConfiguredSource = NetworkSource | FileSource | SampleSource


def sources_from(text: str, way: Way) -> list[ConfiguredSource]:
    """Return the sources that the words name, each once, in their order.

    Raises:
        BadSource: Which piece is wrong, and what would be right.
    """
    if text.count('"') % 2:
        raise BadSource(text[text.rindex('"') :], say("its quotation mark has no partner"))
    return sources_among([piece.replace('"', "") for piece in _PIECE.findall(text)], way)


def sources_among(pieces: Sequence[str], way: Way) -> list[ConfiguredSource]:
    """Return the sources that pieces name which are apart already, such as the words after `paperround ingest`.

    Raises:
        BadSource: As `sources_from`.
    """
    sources: dict[str, ConfiguredSource] = {}
    left = iter(pieces)
    for piece in left:
        following = next(left, "") if piece.lower() in _UNFINISHED else ""
        whole = f"{piece}:{following}" if following else piece
        for source in _sources(whole, way):
            sources.setdefault(whole if isinstance(source, FileSource) else source.name, source)
    return list(sources.values())


def source_kinds() -> dict[str, str]:
    """Return each kind with an example, for help texts."""
    return {kind: example for kind, (_, example) in _KINDS.items()}


def _sources(piece: str, way: Way) -> Sequence[ConfiguredSource]:
    if re.match(r"https?://", piece, re.IGNORECASE):
        return [_feed(piece, piece, way)]
    kind, _, argument = piece.partition(":")
    made = _KINDS.get(kind.lower())
    if kind.lower() == "zotero":
        raise BadSource(piece, say("a library tells what somebody wants, so it is for {command}", command=LIBRARIES))
    if made is None:
        near = process.extractOne(kind.lower(), list(_KINDS), scorer=fuzz.ratio, score_cutoff=60)
        told = {"kind": f"{kind[:40]!r}", "known": ", ".join(_KINDS)}
        if near is None:
            raise BadSource(piece, say("there is no kind of source {kind}; known are {known}", **told))
        meant = say("there is no kind of source {kind} (did you mean {near}?); known are {known}", near=near[0], **told)
        raise BadSource(piece, meant)
    make, example = made
    if not way.own_files and kind.lower() in _OF_THE_HOST:
        why = say("{kind} reads what this installation keeps, so only its host may set it", kind=kind.lower())
        raise BadSource(piece, why)
    try:
        return make(argument.strip(), way)
    except _Wrong as wrong:
        raise BadSource(piece, say("{wrong}, as in {example}", wrong=wrong, example=example)) from None


class _Wrong(Exception):
    """What is missing or wrong after the colon, as the beginning of a sentence."""


def _categories(argument: str) -> list[str]:
    categories = [category for category in re.split(r"[,+]", argument) if category]
    if not categories:
        raise _Wrong(say("it needs one or more categories"))
    for category in categories:
        if _CATEGORY.fullmatch(category) is None:
            raise _Wrong(say("{category} is no category of arXiv", category=f"{category[:40]!r}"))
    return categories


def _arxiv(argument: str, way: Way) -> list[ConfiguredSource]:
    categories = _categories(argument)
    name = f"arxiv:{','.join(categories)}"
    bases = way.bases
    return [
        ArxivDaily(
            name, categories, way.fetcher, offset=way.offset, base=bases.arxiv_feeds, search_base=bases.arxiv_api
        )
    ]


def _arxiv_search(argument: str, way: Way) -> list[ConfiguredSource]:
    categories = _categories(argument)
    return [ArxivSearch(f"arxiv-search:{','.join(categories)}", categories, way.fetcher, way.bases.arxiv_api)]


def _arxiv_harvest(argument: str, way: Way) -> list[ConfiguredSource]:
    if argument and _OAI_SET.fullmatch(argument) is None:
        raise _Wrong(say("{name} is no set of arXiv's", name=f"{argument[:40]!r}"))
    return [ArxivHarvest(_named("arxiv-harvest", argument), argument, way.fetcher, way.bases.arxiv_oai)]


def _huggingface(argument: str, way: Way) -> list[ConfiguredSource]:
    if argument in {"", "daily"}:
        return [HuggingFaceDaily("huggingface", way.fetcher, way.bases.hugging_face)]
    if argument == "trending":
        return [HuggingFaceTrending("huggingface:trending", way.fetcher, way.bases.hugging_face)]
    raise _Wrong(say("{word} is neither daily nor trending", word=f"{argument[:40]!r}"))


def _preprints(server: str) -> Callable[[str, Way], list[ConfiguredSource]]:
    def make(argument: str, way: Way) -> list[ConfiguredSource]:
        categories = [category.strip() for category in argument.split(",") if category.strip()]
        name = _named(server, ",".join(categories))
        return [PreprintServer(name, server, categories, way.fetcher, way.bases.biorxiv)]

    return make


def _pubmed(argument: str, way: Way) -> list[ConfiguredSource]:
    query = _query(argument)
    return [PubmedSearch(_named("pubmed", query), query, way.fetcher, way.contact, way.bases.pubmed)]


def _semantic_scholar(argument: str, way: Way) -> list[ConfiguredSource]:
    query, key = _query(argument), way.semantic_scholar_key
    name = _named("semantic-scholar", query)
    return [SemanticScholarSearch(name, query, way.fetcher, key, way.bases.semantic_scholar)]


def _semantic_scholar_ids(argument: str, way: Way) -> list[ConfiguredSource]:
    if argument:
        raise _Wrong(say("it takes nothing further"))
    base, key = way.bases.semantic_scholar, way.semantic_scholar_key
    return [SemanticScholarIds("semantic-scholar-ids", way.lacking, way.fetcher, key, base)]


def _openreview(argument: str, way: Way) -> list[ConfiguredSource]:
    if _VENUE.fullmatch(argument) is None:
        raise _Wrong(say("it needs a venue"))
    return [OpenreviewVenue(_named("openreview", argument), argument, way.fetcher, way.bases.openreview)]


def _crossref(argument: str, way: Way) -> list[ConfiguredSource]:
    issn = argument.upper().replace("-", "")
    if not re.fullmatch(r"[0-9]{7}[0-9X]", issn):
        raise _Wrong(say("it needs a journal's ISSN"))
    digits = [10 if digit == "X" else int(digit) for digit in issn]
    if sum(digit * weight for digit, weight in zip(digits, range(8, 0, -1), strict=True)) % 11:
        raise _Wrong(say("{issn} is no ISSN, its check digit is wrong", issn=argument[:20]))
    issn = f"{issn[:4]}-{issn[4:]}"
    return [CrossrefJournal(f"crossref:{issn}", issn, way.fetcher, way.contact, way.bases.crossref)]


def _feeds(argument: str, way: Way) -> list[ConfiguredSource]:
    return [_feed(f"feed:{argument}", argument, way)]


def _feed(piece: str, address: str, way: Way) -> NetworkSource:
    address = web_address(address)
    if not address:
        raise BadSource(piece, say("a feed needs a web address, as in {example}", example=A_FEED))
    url = URL(address)
    if found := _ARXIV_FEED.match(f"{url.host}{url.path}"):
        # arXiv's own feeds say more than others do, and are asked by arXiv's calendar.
        (source,) = _arxiv(found["categories"], way)
        if isinstance(source, NetworkSource):
            return source
    return Feed(f"feed:{address}", address, way.fetcher)


def _opml(argument: str, way: Way) -> list[ConfiguredSource]:
    path = Path(argument).expanduser()
    if re.match(r"https?:", argument):
        raise _Wrong("a list of feeds is read from a file; save it first")
    try:
        with path.open("rb") as stream:
            addresses = feeds_in(document_of(stream))
    except OSError as error:
        raise _Wrong(f"the file {argument[:200]} cannot be read ({error.strerror})") from error
    except Unreadable as error:
        raise _Wrong(f"{argument[:200]}: {error.why}") from error
    return [_feed(f"opml:{argument}", address, way) for address in addresses]


def _file(argument: str, way: Way) -> list[ConfiguredSource]:
    if not argument:
        raise _Wrong("it needs a path")
    return [FileSource(Path(argument).expanduser(), way.on_bytes)]


def _sample(argument: str, way: Way) -> list[ConfiguredSource]:
    if argument:
        raise _Wrong(say("it takes nothing further"))
    return [SampleSource(way.sample_start())]


def _query(argument: str) -> str:
    if not argument or len(argument) > QUERY_CHARACTERS:
        raise _Wrong(say("it needs a query of at most {number} characters", number=QUERY_CHARACTERS))
    return argument


def _named(kind: str, argument: str) -> str:
    quoted = f'"{argument}"' if re.search(r"\s", argument) else argument
    return f"{kind}:{quoted}" if argument else kind


_KINDS: dict[str, tuple[Callable[[str, Way], list[ConfiguredSource]], str]] = {
    "arxiv": (_arxiv, "arxiv:cs.LG,cs.CL"),
    "arxiv-search": (_arxiv_search, "arxiv-search:math.CO"),
    "arxiv-harvest": (_arxiv_harvest, "arxiv-harvest:cs"),
    "huggingface": (_huggingface, "huggingface or huggingface:trending"),
    "biorxiv": (_preprints("biorxiv"), "biorxiv:neuroscience,genomics"),
    "medrxiv": (_preprints("medrxiv"), "medrxiv"),
    "pubmed": (_pubmed, 'pubmed:"gut microbiome"'),
    "semantic-scholar": (_semantic_scholar, 'semantic-scholar:"sparse retrieval"'),
    "semantic-scholar-ids": (_semantic_scholar_ids, "semantic-scholar-ids"),
    "openreview": (_openreview, "openreview:ICLR.cc/2026/Conference"),
    "crossref": (_crossref, "crossref:0028-0836"),
    "feed": (_feeds, A_FEED),
    "opml": (_opml, "opml:feeds.opml"),
    "file": (_file, "file:papers.jsonl"),
    "sample": (_sample, "sample"),
}

_OF_THE_HOST = frozenset({"opml", "file", "sample", "semantic-scholar-ids"})
_ALONE = frozenset({"arxiv-harvest", "huggingface", "biorxiv", "medrxiv", "semantic-scholar-ids", "sample"})
_UNFINISHED = frozenset(_KINDS) - _ALONE
