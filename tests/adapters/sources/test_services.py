"""What the answers of single services mean, where the recordings' counts do not tell it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.sources import biorxiv, crossref, openreview, pubmed, semantic_scholar
from adapters.sources.intake import Unreadable
from adapters.sources.recognise import reader_of
from bot.announcements import RejectedItem
from bot.model import Paper
from tests.adapters.sources.reading import NOW, read_path, read_text


@pytest.fixture(scope="session")
def samples(shared_data: Path) -> Path:
    return shared_data / "sources"


def test_pubmed_keeps_the_words_within_markup_and_labels_of_sections(samples: Path) -> None:
    first, second, third = read_path(samples / "pubmed" / "efetch_markup_by_hand.xml").papers
    assert first.title == "Effect of CO₂ on Escherichia coli growth at 10⁶ cells & above"
    assert first.abstract == (
        "BACKGROUND: Growth of E. coli under CO₂ is known. METHODS: We grew 10⁶ cells. RESULTS: Growth fell (P < 0.05)."
    )
    assert first.authors == ("José M García", "EXAMPLE Study Group")
    assert (first.id, first.published) == ("doi:10.1000/example.0001", date(2026, 3, 9))
    assert first.announced == datetime(2026, 3, 10, tzinfo=UTC)
    assert (second.title, second.id) == ("A title translated from French", "pmid:90000002")
    assert second.published == date(1998, 12, 1)
    assert (third.title, third.published) == ("A Chapter in a Book", date(2024, 1, 1))


def test_pubmed_never_takes_the_doi_of_a_cited_paper(samples: Path) -> None:
    papers = read_path(samples / "pubmed" / "efetch_markup_by_hand.xml").papers
    assert [paper.doi for paper in papers] == ["10.1000/example.0001", None, None]


def test_a_document_type_with_a_body_is_refused_even_under_pubmed_s_name(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD X//EN" "u" [<!ENTITY a "b">]>'
    reading = read_text(tmp_path, f'<?xml version="1.0"?>{bomb}<PubmedArticleSet></PubmedArticleSet>')
    assert reading.why is not None
    assert reading.papers == ()


def test_of_a_preprint_s_versions_the_highest_is_kept_with_its_first_day(samples: Path) -> None:
    document = json.loads((samples / "biorxiv" / "details_page_by_hand.json").read_text("utf-8"))
    second = document["collection"][1]
    document["collection"].append({**second, "version": "1", "title": "An older title"})
    papers = [item for item in biorxiv.read_document(document, NOW) if isinstance(item, Paper)]
    assert len(papers) == 4
    assert (papers[1].title, papers[1].version) == (second["title"], 2)
    assert papers[1].published == date(2025, 11, 2)
    assert papers[0].authors == ("A. B. Example", "C. Sample")
    # The journal's DOI is how the same work comes from elsewhere.
    assert (papers[2].id, papers[2].doi) == ("doi:10.1101/2025.09.09.640003", "10.1038/s41477-026-00000-1")


def test_openreview_tells_what_became_of_a_submission(samples: Path) -> None:
    accepted, rejected, reviewed, withdrawn = read_path(samples / "openreview" / "notes_v2_by_hand.json").papers
    assert [paper.withdrawn for paper in (accepted, rejected, reviewed, withdrawn)] == [False, False, False, True]
    assert accepted.published == date(2025, 1, 21)
    assert accepted.id == "openreview:aB3dE5fG7h"
    assert accepted.abstract.endswith("A second paragraph of the abstract follows after an empty line.")
    assert reviewed.authors == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"forum": "another"}, "a reply"),
        ({"ddate": 1727400000000}, "deleted"),
        ({"content": {"venueid": {"value": "X/Desk_Rejected_Submission"}, "title": {"value": "T"}}}, "without review"),
        ({"content": {}}, "neither title nor abstract"),
    ],
)
def test_notes_that_are_no_papers_are_told(change: dict[str, object], why: str) -> None:
    note = {"id": "n", "forum": "n", "content": {"title": {"value": "A title"}}, **change}
    (item,) = openreview.read_document({"notes": [note]}, NOW)
    assert isinstance(item, RejectedItem)
    assert why in item.why


def test_crossref_reads_jats_and_knows_the_work_by_its_preprint(samples: Path) -> None:
    first, second = read_path(samples / "crossref" / "works_filter_jats_abstract_by_hand.json").papers
    assert first.title == "On the E. coli clock & its CO₂ sensor"
    assert first.abstract == "We show that E. coli senses CO₂. Second paragraph."
    assert first.authors == ("Ada Example", "The Example Consortium")
    assert (first.id, first.doi) == ("doi:10.64898/2026.03.30.700001", "10.5555/example.2026.001")
    assert second.published == date(2026, 1, 1)


def test_crossref_s_null_day_is_the_day_of_registration(samples: Path) -> None:
    paper = read_path(samples / "crossref" / "work_conference_10.1109_icdcsw.2003.1203662.json").paper
    assert paper.published == date(2004, 6, 22)


def test_crossref_s_components_are_no_papers() -> None:
    work = {"type": "component", "title": ["Figure 1"], "DOI": "10.1/x"}
    document = {"status": "ok", "message-type": "work-list", "message": {"items": [work]}}
    (item,) = crossref.read_document(document, NOW)
    assert isinstance(item, RejectedItem)
    assert "component" in item.why


def test_semantic_scholar_joins_by_arxiv_id_and_has_days_without_dates(samples: Path) -> None:
    paper = read_path(samples / "semantic_scholar" / "search_transformer.json").papers[0]
    assert (paper.id, paper.doi) == ("arxiv:2103.14030", "10.1109/iccv48922.2021.00986")
    assert paper.published == date(2021, 1, 1)
    assert paper.announced is None


@pytest.mark.parametrize(
    ("read", "document"),
    [
        (biorxiv.read_document, {"messages": [{"status": "error"}], "collection": []}),
        (crossref.read_document, {"status": "failed", "message": "no"}),
        (openreview.read_document, {"name": "ForbiddenError", "message": "You do not have permission"}),
        (semantic_scholar.read_document, {"error": "Paper with id 0 not found"}),
    ],
)
def test_a_service_s_error_is_a_failure(read: object, document: object) -> None:
    assert callable(read)
    with pytest.raises(Unreadable):
        list(read(document, NOW))


def test_pubmed_is_recognised_under_its_document_type() -> None:
    head = b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "x">\n<PubmedArticleSet>'
    assert reader_of(head, NOW) is pubmed.read
