"""The bundled sample: facts about its papers that readers and the playground rely on."""

import asyncio
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.sources.sample import DAYS, SampleSource, rows
from bot.identity import normal_title, paper_id_from, url_of
from bot.model import Paper
from bot.plain import clean, plain

START = date(2026, 3, 2)
AFTERWARDS = datetime(2026, 4, 1, 9, tzinfo=UTC)
PAPERS = 96
FIELDS = 8


def told(now: datetime, start: date = START) -> list[Paper]:
    async def gathered() -> list[Paper]:
        return [item async for item in SampleSource(start).papers(now) if isinstance(item, Paper)]

    return asyncio.run(gathered())


def test_the_sample_has_enough_papers_of_enough_fields_and_rejects_none_of_them() -> None:
    papers = told(AFTERWARDS)
    assert len(papers) == len(rows()) >= PAPERS
    assert len({row["field"] for row in rows()}) >= FIELDS


def test_no_two_papers_of_the_sample_share_an_id_a_title_or_a_summary() -> None:
    papers = told(AFTERWARDS)
    assert len({paper.id for paper in papers}) == len(papers)
    assert len({normal_title(paper.title) for paper in papers}) == len(papers)
    assert len({paper.abstract for paper in papers}) == len(papers)


def test_every_paper_has_an_identifier_a_link_from_it_authors_categories_and_a_date_in_the_past() -> None:
    for paper in told(AFTERWARDS):
        assert paper_id_from(paper.id) == paper.id
        assert paper.url == url_of(paper.id) != ""
        assert paper.authors
        assert paper.categories
        assert paper.published is not None
        assert paper.published < START
        assert paper.source == "sample"


def test_the_date_of_a_paper_agrees_with_the_month_in_its_arxiv_id() -> None:
    for paper in told(AFTERWARDS):
        number = paper.id.removeprefix("arxiv:").rsplit("/", 1)[-1]
        if not paper.id.startswith("arxiv:"):
            continue
        assert paper.published is not None
        # Sent at the end of a month, or on the Friday before it, a paper is numbered in the next one.
        months = {f"{paper.published + timedelta(days=late):%y%m}" for late in range(4)}
        assert number[:4] in months, paper.id


def test_every_summary_is_two_to_four_plain_sentences() -> None:
    for row in rows():
        assert 2 <= len(re.findall(r"[.!?](?=\s|$)", row["abstract"])) <= 4, row["title"]
        assert row["abstract"].endswith(".")
        for text in (row["title"], row["abstract"], *row["authors"]):
            assert plain(text) == text == clean(text, 2000)


@pytest.mark.parametrize("day", range(DAYS))
def test_every_day_announces_papers_of_several_fields(day: int) -> None:
    fields = {row["field"] for row in rows() if row["day"] == day}
    assert len(fields) >= 5


@pytest.mark.parametrize("word", ["entropy", "reinforcement learning"])
def test_the_interests_of_the_first_story_find_papers_on_many_days(word: str) -> None:
    days: defaultdict[int, int] = defaultdict(int)
    for row in rows():
        days[row["day"]] += word in f"{row['title']} {row['abstract']}".lower()
    assert sum(count > 0 for count in days.values()) >= DAYS - 4


def test_a_paper_is_not_there_before_its_day_and_is_there_on_the_morning_of_it() -> None:
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    before = {paper.id for paper in told(midnight)}
    after = {paper.id for paper in told(midnight + timedelta(hours=3))}
    assert before == {row["id"] for row in rows() if row["day"] < 9}
    assert after == {row["id"] for row in rows() if row["day"] <= 9}
    assert told(midnight - timedelta(days=30)) == []


def test_every_paper_says_when_it_was_announced() -> None:
    days = {paper.id: row["day"] for paper, row in zip(told(AFTERWARDS), rows(), strict=True)}
    for paper in told(AFTERWARDS):
        assert paper.announced is not None
        assert (paper.announced.date() - START).days == days[paper.id]
