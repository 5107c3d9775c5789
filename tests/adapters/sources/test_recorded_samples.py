"""Every recorded answer gives the papers that the page beside the recordings counts."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.arxiv_atom import total_results
from adapters.sources.arxiv_oai import resumption_token
from adapters.sources.dates import instant_of
from tests.adapters.sources.reading import read_path

# Papers, bad items; a word of the sentence when the file as a whole is refused.
COUNTS: dict[str, tuple[int, int, str | None]] = {
    "arxiv_atom/query_page_0.xml": (10, 0, None),
    "arxiv_atom/query_page_1.xml": (10, 0, None),
    "arxiv_atom/old_id_astro-ph_0601001.xml": (1, 0, None),
    "arxiv_atom/old_id_versioned_quant-ph_0201082v1.xml": (1, 0, None),
    "arxiv_atom/partial_id_list.xml": (1, 0, None),
    "arxiv_atom/title_is_zero_2104.12255v1.xml": (1, 0, None),
    "arxiv_atom/error_incorrect_id_http400.xml": (0, 0, "incorrect id format"),
    "arxiv_atom/empty_unknown_id.xml": (0, 0, None),
    "arxiv_atom/empty_page_beyond_start_by_hand.xml": (0, 0, "ask it again"),
    "arxiv_atom/http429_rate_exceeded_by_hand.txt": (0, 0, "none of the forms"),
    "arxiv_rss/daily_cs_AI_new_only.xml": (3, 0, None),
    "arxiv_rss/daily_cs_CL_new_only.xml": (3, 0, None),
    "arxiv_rss/mixed_types_cs.SE+cs.LG_constructed.xml": (8, 0, None),
    "arxiv_rss/atom_form_cs.SE_constructed.xml": (2, 0, None),
    "arxiv_rss/weekend_empty_cs_CL.xml": (0, 0, None),
    "arxiv_rss/error_bad_category_http400_by_hand.xml": (0, 0, "Bad subject class"),
    "arxiv_rss/http503_html_page_by_hand.html": (0, 0, "web page"),
    "arxiv_oai/listrecords_oai_dc_cs.xml": (5, 0, None),
    "arxiv_oai/listrecords_arXiv_with_deleted_by_hand.xml": (3, 1, None),
    "arxiv_oai/listrecords_last_page_by_hand.xml": (1, 0, None),
    "arxiv_oai/error_badResumptionToken_by_hand.xml": (0, 0, "badResumptionToken"),
    "arxiv_oai/error_noRecordsMatch_by_hand.xml": (0, 0, None),
    "arxiv_kaggle/arxiv-metadata-first40.jsonl": (40, 0, None),
    "huggingface/daily_papers_2026-06-12.json": (30, 0, None),
    "huggingface/empty_day_by_hand.json": (0, 0, None),
    "huggingface/error_bad_request_400_by_hand.json": (0, 0, "no papers"),
    "semantic_scholar/search_transformer.json": (5, 0, None),
    "semantic_scholar/batch_with_null_first.json": (3, 1, None),
    "semantic_scholar/recommendations.json": (100, 0, None),
    "semantic_scholar/search_match_title.json": (1, 0, None),
    "semantic_scholar/search_empty.json": (0, 0, None),
    "semantic_scholar/error_not_found_404.json": (0, 0, "no papers"),
    "semantic_scholar/error_bad_fields_400.json": (0, 0, "no papers"),
    "semantic_scholar/error_rate_limit_429_by_hand.json": (0, 0, "no papers"),
    "openreview/notes_v2_by_hand.json": (4, 0, None),
    "openreview/notes_v1_legacy_by_hand.json": (1, 0, None),
    "openreview/error_forbidden_403_by_hand.json": (0, 0, "no papers"),
    "biorxiv/details_page_by_hand.json": (4, 0, None),
    "biorxiv/no_posts_found_by_hand.json": (0, 0, None),
    "pubmed/biopython_pubmed1.xml": (2, 0, None),
    "pubmed/efetch_markup_by_hand.xml": (3, 0, None),
    "pubmed/wrong_format_html_page.html": (0, 0, "web page"),
    "pubmed/error_rate_limit_429_by_hand.json": (0, 0, "no papers"),
    "crossref/works_sample_mixed_types.json": (3, 0, None),
    "crossref/work_conference_10.1109_icdcsw.2003.1203662.json": (1, 0, None),
    "crossref/work_no_abstract_10.3892_ijo_00000353.json": (1, 0, None),
    "crossref/works_filter_jats_abstract_by_hand.json": (2, 0, None),
    "crossref/error_unknown_doi_404.txt": (0, 0, "none of the forms"),
    "rss_generic/nature_rdf_rss10_by_hand.xml": (1, 1, None),
    "rss_generic/publisher_rss20_no_abstract_by_hand.xml": (2, 0, None),
    "rss_generic/atom_journal_by_hand.xml": (1, 0, None),
    "rss_generic/malformed_unescaped_ampersand_by_hand.xml": (1, 0, None),
    "bibtex/jabref_complex.bib": (20, 0, None),
    "bibtex/google_scholar_by_hand.bib": (4, 0, None),
    "bibtex/zotero_export_by_hand.bib": (3, 0, None),
    "bibtex/mendeley_export_by_hand.bib": (3, 1, None),
    "bibtex/crossref_content_negotiation.bib": (1, 0, None),
    "bibtex/broken_unclosed_brace_by_hand.bib": (2, 1, None),
    "ris/scopus_export.ris": (1, 0, None),
    "ris/sciencedirect_export.ris": (1, 0, None),
    "ris/zotero_export_by_hand.ris": (2, 0, None),
    "csl_json/crossref_csl_json_single_object.json": (1, 0, None),
    "csl_json/zotero_export_by_hand.json": (3, 0, None),
    "opml/feeds_nested_by_hand.opml": (0, 0, "list of feeds"),
}


@pytest.fixture(scope="session")
def samples(shared_data: Path) -> Path:
    return shared_data / "sources"


@pytest.fixture(scope="session")
def expected(samples: Path) -> dict[str, Any]:
    return dict(json.loads((samples / "expected.json").read_text("utf-8"))["samples"])


@pytest.mark.parametrize("name", COUNTS)
def test_a_recorded_answer_gives_its_papers_and_no_more(name: str, samples: Path) -> None:
    papers, rejected, refusal = COUNTS[name]
    reading = read_path(samples / name)
    assert (len(reading.papers), len(reading.rejected)) == (papers, rejected), reading.rejected
    assert (reading.why is None) == (refusal is None), reading.why
    assert refusal is None or refusal in str(reading.why)


def test_every_recording_is_among_the_counts(samples: Path) -> None:
    folders = [path for path in samples.iterdir() if path.is_dir()]
    recorded = {f"{folder.name}/{path.name}" for folder in folders for path in folder.iterdir()}
    assert recorded == set(COUNTS)


@pytest.mark.parametrize("name", [name for name in COUNTS if name.startswith("arxiv_") and COUNTS[name][0]])
def test_ids_versions_titles_and_dois_are_those_expected(name: str, samples: Path, expected: dict[str, Any]) -> None:
    told = expected[name]["papers"]
    papers = read_path(samples / name).papers
    assert [paper.id for paper in papers] == [f"arxiv:{paper['id']}" for paper in told]
    for paper, wanted in zip(papers, told, strict=True):
        version = wanted.get("version") or wanted.get("versions")
        assert version is None or paper.version == version
        if "doi" in wanted:
            assert paper.doi == (wanted["doi"].lower() if wanted["doi"] else None)
        if isinstance(wanted.get("authors"), int):
            assert len(paper.authors) == wanted["authors"]
        # The words of a title; its LaTeX is read, which `bot/plain.py` has tests of its own for.
        if not set(wanted["title"]) & set("$\\{}^_~`-'"):
            assert paper.title == " ".join(wanted["title"].split())


def test_arxiv_search_pages_tell_the_submission_day_and_the_primary_category(
    samples: Path, expected: dict[str, Any]
) -> None:
    for page in ("query_page_0.xml", "query_page_1.xml"):
        told = expected[f"arxiv_atom/{page}"]
        for paper, wanted in zip(read_path(samples / "arxiv_atom" / page).papers, told["papers"], strict=True):
            assert str(paper.published) == wanted["published"][:10]
            assert paper.categories[0] == wanted["primary"]
            assert paper.announced is not None
            assert paper.announced > datetime.fromisoformat(wanted["published"])
        assert total_results((samples / "arxiv_atom" / page).read_bytes()) == told["total_results"]


@pytest.mark.parametrize("name", [name for name in COUNTS if name.startswith("arxiv_rss/") and COUNTS[name][0]])
def test_a_daily_feed_tells_authors_categories_and_the_announcement_day(
    name: str, samples: Path, expected: dict[str, Any]
) -> None:
    for paper, wanted in zip(read_path(samples / name).papers, expected[name]["papers"], strict=True):
        assert list(paper.categories) == wanted["categories"]
        assert len(paper.authors) == len(wanted["authors"])
        assert paper.abstract.replace("–", "--").startswith(wanted["abstract_starts"][:20])
        assert not paper.abstract.startswith("arXiv:")
        of_the_feed = instant_of(wanted["announced"])
        assert paper.announced is not None
        if wanted["type"] == "new":
            assert paper.announced == of_the_feed
        else:
            assert paper.announced <= of_the_feed


def test_a_brand_new_paper_that_comes_as_a_cross_list_is_new(samples: Path, expected: dict[str, Any]) -> None:
    name = "arxiv_rss/mixed_types_cs.SE+cs.LG_constructed.xml"
    papers = read_path(samples / name).papers
    told = expected[name]["papers"]
    fresh = {f"arxiv:{paper['id']}" for paper in told if paper["type"] == "cross" and paper["id"].startswith("2604")}
    days = {str(paper.id): paper.announced for paper in papers}
    assert fresh
    for paper in told:
        of_the_feed = instant_of(paper["announced"])
        old = paper["type"] != "new" and f"arxiv:{paper['id']}" not in fresh
        announced = days[f"arxiv:{paper['id']}"]
        assert announced is not None
        assert (announced < of_the_feed) == old, paper


def test_the_daily_papers_have_the_inner_date_the_list_s_day_votes_and_code(
    samples: Path, expected: dict[str, Any]
) -> None:
    name = "huggingface/daily_papers_2026-06-12.json"
    for paper, wanted in zip(read_path(samples / name).papers, expected[name]["papers"], strict=True):
        assert paper.id == f"arxiv:{wanted['id']}"
        assert str(paper.published) == wanted["published"][:10]
        assert paper.announced == datetime.fromisoformat(wanted["submitted_on_daily"])
        assert paper.upvotes == wanted["upvotes"]
        assert paper.code_url == wanted["code"]


@pytest.mark.parametrize("name", ["oai_dc_cs", "arXiv_with_deleted_by_hand", "last_page_by_hand"])
def test_a_harvest_page_tells_how_to_ask_for_the_next(name: str, samples: Path, expected: dict[str, Any]) -> None:
    path = samples / "arxiv_oai" / f"listrecords_{name}.xml"
    wanted = expected[f"arxiv_oai/{path.name}"]
    assert resumption_token(path.read_bytes()) == wanted["next_token"]
    gone = [item.why for item in read_path(path).rejected]
    assert gone == [f"arXiv deleted {known_as}" for known_as in wanted["deleted"]]
