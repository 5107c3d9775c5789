"""Searches of pages when many are asked for at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import PaperId
from bot.pages.searching import HITS_A_PAGE
from bot.ports import SearchIndex
from bot.reading import SEARCHES_WAITING
from tests.bot.conftest import House
from tests.builders import MORNING, a_paper

AT_ONCE = 12


class QuickIndex:
    """The store's own index, said to be quick: the compiled one is for more papers than a test has."""

    quick = True

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        return self._index.search(words, limit)


@pytest.fixture
def stocked(house: House) -> House:
    papers = [
        a_paper(number, f"Entropy {number}", f"About gases. We measure entropy of machine {number}.")
        for number in range(1, HITS_A_PAGE + 5)
    ]
    house.stores.papers.upsert(papers, MORNING)
    return house


async def searched(house: House, typed: str) -> list[bool]:
    """Ask the same at once, and return for each answer whether it is the whole one; check what the others say."""
    reading = house.paperround.reading
    pages = await asyncio.gather(*(reading.search(typed) for _ in range(AT_ONCE)))
    for page, whole in pages:
        assert len(page.hits) == HITS_A_PAGE
        assert all(hit.reasons for hit in page.hits) == whole
        assert ("words alone" in " ".join(page.notes)) == (not whole)
        assert "entropy" in [piece.text for piece in page.hits[0].sentence if piece.marked]
    return [whole for _, whole in pages]


async def test_when_many_search_those_who_would_wait_long_are_answered_by_the_words_alone(
    stocked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    assert await searched(stocked, "entropy") == [True] * SEARCHES_WAITING + [False] * (AT_ONCE - SEARCHES_WAITING)
    assert (await stocked.paperround.reading.search("entropy"))[1]


@pytest.mark.parametrize(
    "typed", ["+entropy", "entropy -survey", '"entropy of machine"', "entropy sort:new", "title:entropy"]
)
async def test_what_a_plain_index_would_read_otherwise_waits(
    stocked: House, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    assert all(await searched(stocked, typed))


async def test_where_the_index_is_not_quick_everybody_waits(stocked: House) -> None:
    await stocked.paperround.warm_up()
    assert all(await searched(stocked, "entropy"))


async def test_before_the_papers_are_read_what_is_never_wanted_is_not_searched_for(house: House) -> None:
    house.stores.papers.upsert([a_paper(1, "Entropy"), a_paper(2, "A survey")], MORNING)
    page, whole = await house.paperround.reading.search("entropy -survey")
    assert [hit.paper.title for hit in page.hits] == ["Entropy"]
    assert not whole


async def test_a_space_fitted_anew_makes_kept_pages_old(stocked: House) -> None:
    reading = stocked.paperround.reading
    await stocked.paperround.warm_up()
    before = await reading.edition(timedelta(days=1))
    assert await reading.edition(timedelta(days=1)) == before
    await stocked.paperround.retrain()
    assert await reading.edition(timedelta(days=1)) != before
