"""Searches of pages when many are asked for at once."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.model import PaperId
from bot.pages.searching import HITS_A_PAGE
from bot.ports import SearchIndex
from bot.reading import SEARCHES_WAITING
from tests.bot.conftest import House
from tests.builders import MORNING, a_paper

AT_ONCE = 12
PATIENCE_S = 60


class QuickIndex:
    """The store's own index, said to be quick: the compiled one is for more papers than a test has."""

    quick = True

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self.asked = 0

    def search(self, words: Sequence[str], limit: int) -> list[tuple[PaperId, float]]:
        self.asked += 1
        return self._index.search(words, limit)


@pytest.fixture
def stocked(house: House) -> House:
    papers = [
        a_paper(number, f"Entropy {number}", f"About gases. We measure entropy of machine {number}.")
        for number in range(1, HITS_A_PAGE + 5)
    ]
    house.stores.papers.upsert(papers, MORNING)
    return house


async def searched_in_a_crowd(house: House, typed: str) -> bool:
    """Return whether the answer is the whole one; check what it says."""
    reading = house.paperround.reading
    with ExitStack() as crowd:
        for _ in range(SEARCHES_WAITING):
            crowd.enter_context(reading.waiting_for_search())
        page, whole = await reading.search(typed)
    assert len(page.hits) == HITS_A_PAGE
    assert all(hit.reasons for hit in page.hits) == whole
    assert ("words alone" in " ".join(page.notes)) == (not whole)
    # What was not looked for is not counted.
    assert (page.total is None) == (not whole)
    assert "entropy" in [piece.text for piece in page.hits[0].sentence if piece.marked]
    return whole


def test_those_who_would_wait_long_for_a_search_are_told_apart(house: House) -> None:
    reading = house.paperround.reading
    with ExitStack() as crowd:
        came = [crowd.enter_context(reading.waiting_for_search()) for _ in range(AT_ONCE)]
    assert came == [False] * SEARCHES_WAITING + [True] * (AT_ONCE - SEARCHES_WAITING)
    with reading.waiting_for_search() as many:
        assert not many


async def test_whoever_would_wait_long_is_answered_by_the_words_alone(
    stocked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    assert not await searched_in_a_crowd(stocked, "entropy")
    assert (await stocked.paperround.reading.search("entropy"))[1]


async def test_one_long_search_holds_up_nobody_in_a_crowd(stocked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    async with stocked.paperround.reading._searches:  # noqa: SLF001 - what a search of the whole engine holds
        assert not await asyncio.wait_for(searched_in_a_crowd(stocked, "entropy"), PATIENCE_S)


async def test_what_the_whole_engine_alone_answers_waits_for_it_in_a_crowd_too(
    stocked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    async with stocked.paperround.reading._searches:  # noqa: SLF001 - what a search of the whole engine holds
        sorted_ = asyncio.create_task(searched_in_a_crowd(stocked, "entropy sort:new"))
        await asyncio.sleep(0)
        # Whoever comes after it is answered, and it is not yet.
        assert not await asyncio.wait_for(searched_in_a_crowd(stocked, "entropy"), PATIENCE_S)
        assert not sorted_.done()
    assert await asyncio.wait_for(sorted_, PATIENCE_S)


async def test_a_function_word_chooses_no_sentence(stocked: House, monkeypatch: pytest.MonkeyPatch) -> None:
    wordy = "This is about all of the gases that are here. We measure entropy."
    papers = [a_paper(number, f"Entropy {number}", wordy) for number in range(1, HITS_A_PAGE + 5)]
    stocked.stores.papers.upsert(papers, MORNING)
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    assert not await searched_in_a_crowd(stocked, "about all of the entropy")


@pytest.mark.parametrize(
    "typed", ["+entropy", "entropy -survey", '"entropy of machine"', "entropy sort:new", "title:entropy"]
)
async def test_what_a_plain_index_would_read_otherwise_waits(
    stocked: House, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(stocked.stores, "index", QuickIndex(stocked.stores.index))
    await stocked.paperround.warm_up()
    assert await searched_in_a_crowd(stocked, typed)


async def test_where_the_index_is_not_quick_everybody_waits(stocked: House) -> None:
    await stocked.paperround.warm_up()
    assert await searched_in_a_crowd(stocked, "entropy")


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
