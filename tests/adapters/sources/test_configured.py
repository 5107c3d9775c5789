"""The words by which sources are set."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sources.arxiv_daily import ArxivDaily
from adapters.sources.arxiv_search import ArxivSearch
from adapters.sources.configured import BadSource, Way, source_kinds, sources_among, sources_from
from adapters.sources.feed import Feed
from adapters.sources.fetch import Fetcher
from adapters.sources.file import FileSource
from adapters.sources.opml import feeds_in
from adapters.sources.preprint_server import PreprintServer
from adapters.sources.pubmed_search import PubmedSearch
from tests.said import unsaid


@pytest.fixture
def way() -> Way:
    return Way(Fetcher("ana@lab.example"), contact="ana@lab.example")


def names(text: str, way: Way) -> list[str]:
    return [source.name for source in sources_from(text, way)]


def test_one_line_sets_many_sources(way: Way) -> None:
    text = 'arxiv:cs.LG,cs.CL huggingface biorxiv feed:https://www.nature.com/nature.rss pubmed:"gut microbiome"'
    sources = sources_from(text, way)
    assert [source.name for source in sources] == [
        "arxiv:cs.LG,cs.CL",
        "huggingface",
        "biorxiv",
        "feed:https://www.nature.com/nature.rss",
        'pubmed:"gut microbiome"',
    ]
    assert isinstance(sources[0], ArxivDaily)
    assert isinstance(sources[2], PreprintServer)
    assert isinstance(sources[4], PubmedSearch)


def test_the_name_of_a_source_sets_the_same_source_again(way: Way) -> None:
    examples = [example for kind, example in source_kinds().items() if kind not in {"opml", "file", "huggingface"}]
    first = names(" ".join(examples), way)
    assert len(first) == len(examples)
    assert names("\n".join(first), way) == first


def test_every_kind_is_made_as_its_example_says(way: Way) -> None:
    for kind, example in source_kinds().items():
        if kind not in {"opml", "huggingface"}:
            assert len(sources_from(example, way)) == 1, kind


def test_blanks_and_repeated_pieces_change_nothing(way: Way) -> None:
    assert names("  huggingface\n\thuggingface  ", way) == ["huggingface"]
    assert names("", way) == []


def test_a_kind_that_needs_more_may_have_it_as_the_next_piece(way: Way) -> None:
    apart = ["arxiv", "cs.LG,cs.CL", "pubmed", 'gut "microbiome"', "huggingface", "sample"]
    assert [source.name for source in sources_among(apart, way)] == [
        "arxiv:cs.LG,cs.CL",
        'pubmed:"gut "microbiome""',
        "huggingface",
        "sample",
    ]
    assert names('arxiv cs.LG pubmed "gut microbiome"', way) == ["arxiv:cs.LG", 'pubmed:"gut microbiome"']


def test_two_files_are_two_sources(way: Way) -> None:
    assert names("file:a.jsonl file b.jsonl file:a.jsonl", way) == ["file", "file"]


def test_arxiv_s_own_feeds_are_read_as_arxiv(way: Way) -> None:
    text = "feed:https://rss.arxiv.org/rss/cs.LG http://export.arxiv.org/rss/hep-th https://rss.arxiv.org/atom/stat.ML+cs.LG"
    sources = sources_from(text, way)
    assert [source.name for source in sources] == ["arxiv:cs.LG", "arxiv:hep-th", "arxiv:stat.ML,cs.LG"]
    assert all(isinstance(source, ArxivDaily) for source in sources)


@pytest.mark.parametrize(
    ("text", "piece", "why"),
    [
        ("arxiv", "arxiv", "it needs one or more categories, as in arxiv:cs.LG,cs.CL"),
        ("arxiv:cs.LG,CS", "arxiv:cs.LG,CS", "'CS' is no category of arXiv"),
        ("huggingface arxv:cs.LG", "arxv:cs.LG", "did you mean arxiv"),
        ("quux", "quux", "known are arxiv"),
        ("sample:2026", "sample:2026", "it takes nothing further"),
        ("huggingface file", "file", "it needs a path"),
        ("huggingface:weekly", "huggingface:weekly", "neither daily nor trending"),
        ("pubmed:", "pubmed:", "it needs a query"),
        ('huggingface pubmed:"gut', '"gut', "its quotation mark has no partner"),
        ("crossref:0028-0837", "crossref:0028-0837", "check digit"),
        ("crossref:nature", "crossref:nature", "ISSN"),
        ("openreview:iclr", "openreview:iclr", "it needs a venue"),
        ("feed:nature", "feed:nature", "a web address"),
        ("feed:javascript:alert(1)", "feed:javascript:alert(1)", "a web address"),
        ("opml:/nowhere/feeds.opml", "opml:/nowhere/feeds.opml", "cannot be read"),
        ("opml:https://x.example/a.opml", "opml:https://x.example/a.opml", "save it first"),
    ],
)
def test_a_wrong_piece_is_named_with_what_would_be_right(text: str, piece: str, why: str, way: Way) -> None:
    with pytest.raises(BadSource) as caught:
        sources_from(text, way)
    assert caught.value.piece == piece
    assert why in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize(
    "text",
    [
        *(
            "arxiv",
            "arxiv:CS",
            "arxiv-search",
            "arxiv-harvest:CS LG",
            "arxv:cs.LG",
            "quux",
            "file:papers.jsonl",
            "opml",
        ),
        *("huggingface:weekly", "pubmed:", '"gut', "crossref:0028-0837", "crossref:nature", "openreview:iclr"),
        *("feed:nature", "zotero:users/1", "semantic-scholar-ids:1", "semantic-scholar"),
    ],
)
def test_a_manager_is_told_in_their_language_what_is_no_source(text: str, way: Way) -> None:
    typed = [text, *source_kinds(), *source_kinds().values(), "paperround interests import"]
    with pytest.raises(BadSource) as caught:
        sources_from(text, replace(way, own_files=False))
    assert unsaid([str(caught.value)], typed) == []


def test_a_list_of_feeds_is_each_feed_once(shared_data: Path, way: Way) -> None:
    path = shared_data / "sources" / "opml" / "feeds_nested_by_hand.opml"
    assert feeds_in(path.read_bytes()) == (
        "http://rss.arxiv.org/rss/cs.CL",
        "https://rss.arxiv.org/atom/stat.ML+cs.LG",
        "http://export.arxiv.org/rss/hep-th",
        "https://www.nature.com/nature.rss",
    )
    sources = sources_from(f"opml:{path} https://www.nature.com/nature.rss", way)
    assert [source.name for source in sources] == [
        "arxiv:cs.CL",
        "arxiv:stat.ML,cs.LG",
        "arxiv:hep-th",
        "feed:https://www.nature.com/nature.rss",
    ]
    assert isinstance(sources[-1], Feed)


def test_a_file_and_a_search_are_sources_too(tmp_path: Path, way: Way) -> None:
    first, second = sources_from(f'file:"{tmp_path}/my papers.jsonl" arxiv-search:math.CO', way)
    assert isinstance(first, FileSource)
    assert isinstance(second, ArxivSearch)


@pytest.mark.parametrize(
    "document", [b"", b"<html></html>", b"<rss/>", b"<opml", b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>']
)
def test_what_is_no_list_of_feeds_is_refused(document: bytes, tmp_path: Path, way: Way) -> None:
    path = tmp_path / "feeds.opml"
    path.write_bytes(document)
    with pytest.raises(BadSource):
        sources_from(f"opml:{path}", way)


@pytest.mark.parametrize("piece", ["file:papers.jsonl", "opml:feeds.opml", "sample", "semantic-scholar-ids"])
def test_what_reads_this_installation_s_own_is_for_its_host_alone(piece: str, way: Way) -> None:
    with pytest.raises(BadSource, match="only its host may set it"):
        sources_from(piece, replace(way, own_files=False))


def test_a_library_is_sent_to_where_interests_come_from(way: Way) -> None:
    with pytest.raises(BadSource, match="paperround interests import zotero"):
        sources_from("zotero:users/123", way)
