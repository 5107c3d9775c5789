"""A page of papers as one copies it from a browser."""

import hashlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.sources.page_text import page_of
from bot.identity import title_id
from tests.adapters.sources.reading import NOW, read_path, read_text

MARCH = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
LONG = "We study how papers reach their readers and find that most of them never do. " * 6


def a_page(*blocks: str, end: str = "\n\n") -> str:
    return end.join(blocks)


def test_all_92_papers_of_the_page_are_read_exactly(shared_data: Path) -> None:
    text = (shared_data / "seed" / "huggingface_papers_page.txt").read_text("utf-8")
    wanted = json.loads((shared_data / "seed" / "expected.json").read_text("utf-8"))["papers"]
    page = page_of(text, MARCH)
    assert page.lonely == ()
    assert [item.title for item in page.items] == [paper["title"] for paper in wanted]
    for item, paper in zip(page.items, wanted, strict=True):
        abstract = " ".join(item.abstract.split())
        assert len(abstract) == paper["abstract_chars"]
        assert hashlib.sha256(abstract.encode()).hexdigest() == paper["abstract_sha256"]


def test_the_page_s_papers_have_ids_from_their_titles_and_the_list_s_day(shared_data: Path) -> None:
    reading = read_path(shared_data / "seed" / "huggingface_papers_page.txt", MARCH)
    wanted = json.loads((shared_data / "seed" / "expected.json").read_text("utf-8"))["papers"]
    assert reading.ids == [title_id(paper["title"]) for paper in wanted]
    assert len(set(reading.ids)) == 92
    assert reading.rejected == ()
    assert {paper.announced for paper in reading.papers} == {datetime(2026, 3, 11, tzinfo=UTC)}
    assert {paper.source for paper in reading.papers} == {"huggingface"}
    assert read_path(shared_data / "seed" / "huggingface_papers_page.txt", MARCH) == reading


def test_links_in_abstracts_stay_as_they_are(shared_data: Path) -> None:
    wanted = json.loads((shared_data / "seed" / "expected.json").read_text("utf-8"))["papers"]
    papers = read_path(shared_data / "seed" / "huggingface_papers_page.txt", MARCH).papers
    for paper, told in zip(papers, wanted, strict=True):
        for link in told["links"]:
            assert link in paper.abstract


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n"])
def test_line_ends_of_every_system_read_the_same(ends: str, tail: str, shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "seed" / "huggingface_papers_page.txt").read_text("utf-8")
    reading = read_text(tmp_path, text.replace("\n", ends) + tail, MARCH)
    assert len(reading.papers) == 92
    assert reading.rejected == ()


def test_a_page_without_its_header_is_still_a_page(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "seed" / "huggingface_papers_page.txt").read_text("utf-8")
    bare = text[text.index("Spatiotemporal Entropy") :]
    reading = read_text(tmp_path, bare, MARCH)
    assert len(reading.papers) == 92
    assert reading.papers[0].announced is None


def test_each_day_on_the_page_is_that_of_the_papers_under_it(tmp_path: Path) -> None:
    text = a_page("new", "Subscribe", "Mar 11", "First of all", LONG, "new", "Mar 10", "Second", LONG, "Third", LONG)
    papers = read_text(tmp_path, text, MARCH).papers
    assert [(paper.title, paper.announced) for paper in papers] == [
        ("First of all", datetime(2026, 3, 11, tzinfo=UTC)),
        ("Second", datetime(2026, 3, 10, tzinfo=UTC)),
        ("Third", datetime(2026, 3, 10, tzinfo=UTC)),
    ]


@pytest.mark.parametrize(
    ("told", "now", "day"),
    [
        ("Mar 11", datetime(2026, 3, 11, 0, 0, tzinfo=UTC), date(2026, 3, 11)),
        ("Mar 11", datetime(2026, 3, 10, 23, 59, tzinfo=UTC), date(2025, 3, 11)),
        ("Dec 31", datetime(2027, 1, 1, tzinfo=UTC), date(2026, 12, 31)),
        ("Feb 29", datetime(2027, 3, 1, tzinfo=UTC), date(2024, 2, 29)),
        ("March 11, 2024", datetime(2026, 3, 11, tzinfo=UTC), date(2024, 3, 11)),
        ("11 Mar", datetime(2026, 3, 12, tzinfo=UTC), date(2026, 3, 11)),
        ("Wed, Mar 11", datetime(2026, 3, 12, tzinfo=UTC), date(2026, 3, 11)),
    ],
)
def test_a_day_without_a_year_is_the_last_one_that_is_not_to_come(told: str, now: datetime, day: date) -> None:
    page = page_of(a_page(told, "A title", LONG), now)
    assert [item.day for item in page.items] == [day]


def test_badges_counts_and_buttons_between_papers_are_no_papers(tmp_path: Path) -> None:
    text = a_page(
        *("new", "Subscribe", "new", "12", "A title", LONG, "· 5 authors", "38", "Submitted by ana", "new", "1.2k"),
        *("Another title", "38", "· 3 authors", "new", LONG, "Upvote", "7"),
    )
    reading = read_text(tmp_path, text, MARCH)
    assert [paper.title for paper in reading.papers] == ["A title", "Another title"]
    assert reading.rejected == ()


def test_a_title_without_an_abstract_is_reported_by_its_line(tmp_path: Path) -> None:
    text = a_page("Subscribe", "A title", LONG, "Left alone", "Another title", LONG, "A third", LONG)
    reading = read_text(tmp_path, text, MARCH)
    assert [paper.title for paper in reading.papers] == ["A title", "Another title", "A third"]
    assert [(item.where, "Left alone" in item.why) for item in reading.rejected] == [("line 7", True)]


def test_a_short_abstract_under_a_title_is_an_abstract(tmp_path: Path) -> None:
    short = "We show in a few words that short abstracts exist and can be read."
    reading = read_text(tmp_path, a_page("Subscribe", "On brevity", short, "Another", LONG), MARCH)
    assert (reading.papers[0].title, reading.papers[0].abstract) == ("On brevity", short)


def test_a_second_paragraph_belongs_to_the_abstract(tmp_path: Path) -> None:
    reading = read_text(tmp_path, a_page("Subscribe", "A title", LONG, LONG, "Another", LONG), MARCH)
    assert [len(re.findall("never do", paper.abstract)) for paper in reading.papers] == [12, 6]


def test_wrapped_lines_are_joined(tmp_path: Path) -> None:
    wrapped = re.sub(r"(.{60,70}) ", "\\1\n", LONG.strip())
    reading = read_text(tmp_path, a_page("Subscribe", "A title\nin two lines", wrapped, "Another", LONG), MARCH)
    assert reading.papers[0].title == "A title in two lines"
    assert reading.papers[0].abstract == LONG.strip()


def test_lines_without_blank_ones_between_are_told_apart_by_their_length(tmp_path: Path) -> None:
    text = f"Subscribe\nA title\n{LONG.strip()}\nAnother\n{LONG.strip()}"
    assert [paper.title for paper in read_text(tmp_path, text, MARCH).papers] == ["A title", "Another"]


@pytest.mark.parametrize(
    "text",
    [
        "Dear all,\n\nthe meeting is at nine.\n\nAna",
        "# Notes\n\n" + LONG + "\n\n## More\n\n" + LONG,
        "One title\n\n" + LONG,
        "new\n\nSubscribe\n\nMar 11\n",
    ],
)
def test_other_texts_are_not_taken_for_a_page(text: str, tmp_path: Path) -> None:
    reading = read_text(tmp_path, text, NOW)
    assert reading.papers == ()
    assert "none of the forms" in str(reading.why)
