"""One JSON object a line."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sources.intake import BadEntry
from adapters.sources.json_lines import LINE_BYTES, paper_of
from bot.model import Paper, PaperId
from tests.adapters.sources.reading import read_path, read_text


def a_line(**fields: object) -> str:
    return json.dumps({"id": "12", "title": "On entropy", "abstract": "We measure it.", **fields})


def test_every_field_of_a_line_is_kept() -> None:
    paper = paper_of(
        a_line(
            authors=["Ada Example", "Bo Sample"],
            categories=["cs.LG", "stat.ML"],
            published="2026-03-11",
            url="https://journal.example/12",
            doi="10.5555/JOURNAL.12",
            upvotes=7,
        )
    )
    assert paper == Paper(
        id=PaperId("12"),
        title="On entropy",
        abstract="We measure it.",
        authors=("Ada Example", "Bo Sample"),
        categories=("cs.LG", "stat.ML"),
        published=date(2026, 3, 11),
        url="https://doi.org/10.5555/journal.12",
        doi="10.5555/journal.12",
        upvotes=7,
    )


@pytest.mark.parametrize(
    ("given_id", "id_"),
    [
        ("12", "12"),
        (12, "12"),
        ("cul0", "cul0"),
        ("1706.03762", "arxiv:1706.03762"),
        ("arXiv:1706.03762v5", "arxiv:1706.03762"),
        ("http://arxiv.org/abs/hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("math.GT/0309136", "arxiv:math/0309136"),
        ("10.1038/NATURE14539", "doi:10.1038/nature14539"),
        ("title:0123456789abcdef01234567", "title:0123456789abcdef01234567"),
    ],
)
def test_an_id_stays_as_it_is_unless_it_is_an_identifier(given_id: object, id_: str) -> None:
    assert paper_of(a_line(id=given_id)).id == id_


def test_an_arxiv_id_written_as_a_number_keeps_its_last_zero() -> None:
    assert paper_of('{"id": 1412.6980, "title": "Adam"}').id == "arxiv:1412.6980"


def test_a_line_without_an_id_is_known_by_its_title() -> None:
    assert paper_of('{"title": "Locally Typical Sampling"}').id.startswith("title:")


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (["A. One", "B. Two"], ("A. One", "B. Two")),
        ("A. One, B. Two and C. Three", ("A. One", "B. Two", "C. Three")),
        ("One, A.; Two, B.", ("One, A.", "Two, B.")),
        ([{"name": "A. One"}], ("A. One",)),
        ("A. One", ("A. One",)),
        (None, ()),
        ("", ()),
    ],
)
def test_authors_may_be_a_list_or_a_text(authors: object, names: tuple[str, ...]) -> None:
    assert paper_of(a_line(authors=authors)).authors == names


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "1", "title": "cut', "not JSON: Unterminated string starting at at column 22"),
        ("[1]", "a list, not an object"),
        ("17", "a number, not an object"),
        ("null", "empty, not an object"),
        ('{"id": "1"}', "neither title nor abstract"),
        ('{"id": "1", "title": "", "abstract": " "}', "neither title nor abstract"),
        (a_line(title=["x"]), '"title" is a list, not text'),
        (a_line(abstract={"text": "x"}), '"abstract" is an object, not text'),
        (a_line(id=True), '"id" is true or false, not text'),
        (a_line(authors=7), '"authors" is a number, not a list of names'),
        (a_line(authors=["A", 7]), '"authors" holds a number where a name should be'),
        (a_line(categories={"a": 1}), '"categories" is neither text nor a list of texts'),
        (a_line(published="yesterday"), "\"published\" is 'yesterday', which is no date like 2026-03-11"),
        (a_line(published="2026-02-30"), "no date like 2026-03-11"),
        (a_line(upvotes="many"), "\"upvotes\" is 'many', not a whole number"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_exactly(line: str, why: str) -> None:
    with pytest.raises(BadEntry) as caught:
        paper_of(line)
    assert why in caught.value.why


ANY_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
ANY_OBJECT = st.dictionaries(st.sampled_from(["id", "title", "abstract", "authors", "published", "versions"]), ANY_JSON)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | (ANY_JSON | ANY_OBJECT).map(json.dumps))
def test_no_line_whatever_raises_anything_else(line: str) -> None:
    try:
        told = paper_of(line).id
    except BadEntry as error:
        told = PaperId(error.why)
    assert told


def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_kept(tmp_path: Path) -> None:
    text = "\n".join([a_line(id="1"), "", "{broken", a_line(id="2"), '{"id": "3"}', a_line(id="4")])
    reading = read_text(tmp_path, text)
    assert reading.ids == ["1", "2", "4"]
    assert [item.where for item in reading.rejected] == ["line 3", "line 5"]


def test_a_first_line_that_is_broken_costs_only_itself(tmp_path: Path) -> None:
    reading = read_text(tmp_path, '{"id": "1", "ti\n' + a_line(id="2") + "\n" + a_line(id="3"))
    assert reading.ids == ["2", "3"]
    assert [item.where for item in reading.rejected] == ["line 1"]


def test_an_endless_line_is_passed_over_without_being_held(tmp_path: Path) -> None:
    reading = read_text(tmp_path, a_line(id="1") + "\n{" + "x" * (2 * LINE_BYTES) + "\n" + a_line(id="2"))
    assert reading.ids == ["1", "2"]
    assert [item.why for item in reading.rejected] == ["it is longer than 16 MB"]


def test_a_list_of_papers_in_one_document_is_read_too(tmp_path: Path) -> None:
    text = json.dumps([json.loads(a_line(id="1")), {"title": []}, json.loads(a_line(id="2"))], indent=1)
    reading = read_text(tmp_path, text)
    assert reading.ids == ["1", "2"]
    assert [(item.where, item.why) for item in reading.rejected] == [("entry 2", '"title" is a list, not text')]


def test_hostile_characters_go_at_the_door_and_texts_are_capped() -> None:
    dirty = "a\x00b\u202e\ud800c\u200b"
    paper = paper_of(a_line(title=dirty, abstract="word " * 100_000, authors=[dirty] * 3, id="i" * 5000))
    assert paper.title == "abc"
    assert paper.authors == ("abc",)
    assert len(paper.abstract) <= 20_000
    assert len(paper.id) <= 72


def test_the_dump_tells_first_day_versions_and_names_in_order(shared_data: Path) -> None:
    papers = read_path(shared_data / "sources" / "arxiv_kaggle" / "arxiv-metadata-first40.jsonl").papers
    first = papers[0]
    assert first.authors[0] == "C. Balázs"
    assert first.published == date(2007, 4, 2)
    assert first.announced == datetime(2007, 4, 4, 0, 0, tzinfo=UTC)
    assert first.version == 2
    assert first.categories == ("hep-ph",)
    assert first.url == "https://arxiv.org/abs/0704.0001"
    assert "\n" not in first.title
    assert {paper.source for paper in papers} == {"arxiv"}


def test_a_withdrawn_paper_of_the_dump_is_marked() -> None:
    told = {"id": "0704.0001", "title": "T", "abstract": "A", "versions": [], "update_date": "2008-01-01"}
    assert paper_of(json.dumps({**told, "comments": "This paper has been withdrawn by the author"})).withdrawn
    assert not paper_of(json.dumps({**told, "comments": "11 pages"})).withdrawn
