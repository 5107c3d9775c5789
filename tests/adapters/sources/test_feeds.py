"""Feeds of journals and blogs."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.sources.feeds import FEED_ENTRIES, papers_of, without_tracking
from adapters.sources.intake import Unreadable
from bot.model import Paper
from tests.adapters.sources.reading import NOW, read_path


def a_feed(*items: str) -> bytes:
    channel = "<title>Journal</title><link>https://journal.example/</link>"
    return f'<rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>'.encode()


def an_item(title: str = "A paper on feeds", **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item><title>{title}</title>{inner}</item>"


def titles(document: bytes) -> list[str]:
    return [item.title for item in papers_of(document, NOW) if isinstance(item, Paper)]


def test_markup_entities_and_tracking_go(shared_data: Path) -> None:
    samples = shared_data / "sources" / "rss_generic"
    nature = read_path(samples / "nature_rdf_rss10_by_hand.xml").paper
    assert (nature.title, nature.abstract) == (
        "A research article with markup in its title",
        "One sentence of summary.",
    )
    assert nature.id == "doi:10.1038/s00000-026-00001-1"
    assert nature.published == date(2026, 4, 24)
    first, second = read_path(samples / "publisher_rss20_no_abstract_by_hand.xml").papers
    assert first.title == "Chaos & order: a title escaped twice"
    assert first.url == "https://publisher.example/science/article/pii/S0000000026000011"
    assert first.abstract == ""
    assert first.authors == ("Ada Example", "Bo Sample")
    assert second.url == "https://publisher.example/science/article/pii/S0000000026000022"


def test_a_day_stays_that_of_its_own_zone(shared_data: Path) -> None:
    paper = read_path(shared_data / "sources" / "rss_generic" / "atom_journal_by_hand.xml").paper
    assert paper.published == date(2026, 4, 20)
    assert paper.announced == datetime(2026, 4, 19, 22, tzinfo=UTC)
    assert paper.abstract == "We learn with few labels. Code: here."


@pytest.mark.parametrize(
    "title",
    [
        "Author Correction: On feeds",
        "Correction to: On feeds",
        "Erratum",
        "Retraction Note: On feeds",
        "Editorial Board",
    ],
)
def test_corrections_and_editorials_are_no_papers(title: str) -> None:
    assert titles(a_feed(an_item(title), an_item("Correcting codes and their cost"))) == [
        "Correcting codes and their cost"
    ]


def test_a_date_to_come_is_today() -> None:
    (paper,) = papers_of(a_feed(an_item(pubDate="Thu, 01 Jan 2099 00:00:00 GMT")), NOW)
    assert isinstance(paper, Paper)
    assert paper.announced == NOW
    assert paper.published == NOW.date()


def test_a_flooded_feed_is_read_up_to_its_share() -> None:
    flood = a_feed(*(an_item(f"Paper number {n} of a flood") for n in range(3 * FEED_ENTRIES)))
    assert len(titles(flood)) == FEED_ENTRIES
    *_, last = papers_of(flood, NOW)
    assert "only the first 500 of 1500" in repr(last)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>503 Service Temporarily Unavailable</body></html>",
        b"<!DOCTYPE html><html>",
        b"<opml/>",
        b'{"error": 1}',
        b'junk<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>',
    ],
)
def test_what_is_no_feed_is_a_failure_and_not_an_empty_day(document: bytes) -> None:
    with pytest.raises(Unreadable):
        list(papers_of(document, NOW))


def test_an_empty_feed_is_an_empty_day() -> None:
    assert list(papers_of(a_feed(), NOW)) == []


def test_of_a_feed_that_was_cut_the_whole_entries_are_kept_and_no_half_one() -> None:
    whole = a_feed(*(an_item(f"Paper number {n} of a feed", description=f"Abstract {n}. " * 30) for n in range(9)))
    complete = titles(whole)
    with pytest.raises(Unreadable):
        list(papers_of(whole[:200], NOW))
    for cut in range(whole.index(b"</item>") + 7, len(whole) - 1, 97):
        told = list(papers_of(whole[:cut], NOW))
        assert [item.title for item in told if isinstance(item, Paper)] == complete[: whole[:cut].count(b"</item>")]
        assert "the text ends before" in repr(told[-1])


def test_parameters_that_say_only_where_one_came_from_are_dropped() -> None:
    address = "https://journal.example/a?id=7&utm_source=rss&dgcid=raven"
    assert without_tracking(address) == "https://journal.example/a?id=7"
    assert without_tracking("http://[broken") == "http://[broken"
