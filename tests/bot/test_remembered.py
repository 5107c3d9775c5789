"""What is kept between answers changes how long they take, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pytest

import bot.scoring
import bot.snapshot
from adapters.held_papers import HeldPapers
from bot.candidates import Candidates
from bot.interests import parse_interest
from bot.learning import Taste
from bot.library import Library
from bot.model import Paper, PaperId, Verdict
from bot.ranking import Ranking, rank_followed, rank_interest, rank_taste
from bot.scoring import Cause, Part
from bot.snapshot import Memory
from tests.bot.test_learning import DIFFUSION, PAPERS, PROTEIN, RETRIEVAL, ROBOT, liking, verdicts
from tests.builders import MORNING, a_paper

DAY = timedelta(days=1)
INTERESTS = ("retrieval -ranking", "protein fold", "robot | diffusion", "like:arxiv:2603.00103", '"dense index"')


def a_library(papers: list[Paper] = PAPERS) -> Library:
    library = Library(HeldPapers(papers))
    library.refresh()
    return library


def numbers(ranking: Ranking) -> list[bytes]:
    """Return all that a ranking says, to the last bit."""
    each = [part.scores.tobytes() + (b"" if part.rows is None else part.rows.tobytes()) for part in ranking.parts]
    return [ranking.total.tobytes(), ranking.allowed.tobytes(), *each]


def tastes() -> list[Taste]:
    followed = liking([], *INTERESTS)
    once = replace(followed, judged=verdicts(PROTEIN[:2], Verdict.LIKE))
    twice = replace(once, judged=(*once.judged, *verdicts(ROBOT[:1], Verdict.NOT_FOR_ME)))
    beside = replace(liking(DIFFUSION[:3], "diffusion"), prior=once)
    return [followed, once, twice, beside, once, followed]


@pytest.fixture(params=[True, False], ids=["pools", "whole"])
def in_pools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare meaning in a pool of some papers, as in a large store, and in all of them."""
    if request.param:
        monkeypatch.setattr(bot.scoring, "_WHOLE", 0)
        monkeypatch.setattr(bot.scoring, "_POOL", 10)


@pytest.mark.usefixtures("in_pools")
def test_answers_one_after_the_other_are_bit_by_bit_those_of_a_fresh_start() -> None:
    kept = a_library().snapshot
    focus = kept.rows_of(RETRIEVAL[:5])
    for taste in tastes():
        fresh = replace(kept, memory=Memory())
        assert numbers(rank_taste(kept, taste, MORNING, focus)) == numbers(rank_taste(fresh, taste, MORNING, focus))


@pytest.mark.usefixtures("in_pools")
@pytest.mark.parametrize("text", INTERESTS)
def test_a_remembered_interest_ranks_as_one_that_is_searched_for(text: str) -> None:
    snapshot = a_library().snapshot
    interest = parse_interest(text)
    searched = numbers(rank_interest(snapshot, interest))
    assert numbers(rank_followed(snapshot, interest)) == searched
    assert numbers(rank_followed(snapshot, interest)) == searched


def test_what_was_used_longest_ago_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.snapshot, "MOST_REMEMBERED", 3 * (bot.snapshot.EACH_TAKES + 10))
    memory, made = Memory(), list[str]()

    def work_out(key: str) -> str:
        made.append(key)
        return key

    for key in "abcabdc":
        assert memory.recall(key, partial(work_out, key), lambda _: 10) == key
    assert made == ["a", "b", "c", "d", "c"]


def test_what_has_hardly_any_numbers_takes_room_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.snapshot, "MOST_REMEMBERED", 20_000)
    memory, made = Memory(), list[int]()
    for key in [*range(10), 0]:
        memory.recall(key, partial(made.append, key), lambda _: 1)
    assert made == [*range(10), 0]


def test_what_is_larger_than_all_room_is_worked_out_each_time_and_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.snapshot, "MOST_REMEMBERED", 5)
    memory = Memory()
    assert [memory.recall(key, partial(str.upper, key), lambda _: 10) for key in "aba"] == ["A", "B", "A"]


def test_a_part_of_some_rows_is_the_same_as_one_of_all_rows() -> None:
    rng = np.random.default_rng(3)
    rows = np.array([1, 4, 7], dtype=np.int64)
    few = Part(Cause.MEANING, rng.standard_normal(3).astype(np.float32), rows=rows)
    whole = Part(Cause.MEANING, np.zeros(9, dtype=np.float32))
    whole.scores[rows] = few.scores
    by = rng.standard_normal(9).astype(np.float32)
    for a, b in ((few, whole), (few.scaled(0.3), whole.scaled(0.3)), (few.scaled(by), whole.scaled(by))):
        totals = [np.ones(9, dtype=np.float32) for _ in range(2)]
        a.add_to(totals[0])
        b.add_to(totals[1])
        assert totals[0].tobytes() == totals[1].tobytes()
        assert [a.at(row) for row in range(9)] == [b.at(row) for row in range(9)]
        assert a.above_zero(9).tolist() == b.above_zero(9).tolist()


class CountedPapers(HeldPapers):
    """Papers that came one a day, and how often somebody asked when they came."""

    asked = 0

    def arrivals(self, since: datetime) -> tuple[list[PaperId], list[datetime]]:
        self.asked += 1
        return super().arrivals(since)


def daily(count: int, first: int = 0) -> list[Paper]:
    return [
        a_paper(n, f"Paper {n}", f"Words of paper {n}.", announced=MORNING - n * DAY)
        for n in range(first, first + count)
    ]


@pytest.fixture
def stored() -> CountedPapers:
    return CountedPapers(daily(20))


def numbered(papers: Candidates) -> list[int]:
    return sorted(int(paper[-5:]) for paper in papers)


def test_the_first_answer_after_a_full_hour_does_not_read_when_papers_came(stored: CountedPapers) -> None:
    library = Library(stored)
    library.refresh(MORNING - 31 * DAY)
    read = stored.asked
    assert numbered(library.fresh(MORNING - 7 * DAY)) == list(range(8))
    assert numbered(library.fresh(MORNING - 7 * DAY + timedelta(hours=1))) == list(range(7))
    assert numbered(library.fresh(MORNING - 14 * DAY)) == list(range(15))
    assert stored.asked == read


def test_when_older_papers_came_is_read_once_a_shorter_span_was_asked_for(stored: CountedPapers) -> None:
    library = Library(stored)
    library.refresh()
    assert numbered(library.fresh(MORNING - 2 * DAY)) == [0, 1, 2]
    for later in (0, 1):
        library.refresh(MORNING + later * DAY - 31 * DAY)
    read = stored.asked
    assert numbered(library.fresh(MORNING - 9 * DAY)) == list(range(10))
    assert (read, stored.asked) == (2, 2)


def test_papers_older_than_what_was_read_are_found_all_the_same(stored: CountedPapers) -> None:
    library = Library(stored)
    library.refresh(MORNING - 3 * DAY)
    assert numbered(library.fresh(MORNING - 7 * DAY)) == list(range(8))


@pytest.mark.parametrize("change", [Library.refit, lambda library: library.restore(b"".join(library.dump()))])
def test_a_changed_index_knows_when_its_papers_came(stored: CountedPapers, change: Callable[[Library], object]) -> None:
    library = Library(stored)
    library.refresh(MORNING - 31 * DAY)
    stored.upsert([a_paper(50, announced=MORNING), *daily(1, first=3)], MORNING)
    library.refresh(MORNING - 31 * DAY)
    before = library.snapshot
    change(library)
    assert library.snapshot is not before
    read = stored.asked
    assert numbered(library.fresh(MORNING - 4 * DAY)) == [0, 1, 2, 3, 4, 50]
    assert stored.asked == read


def test_candidates_are_what_they_say_they_are(stored: CountedPapers) -> None:
    library = Library(stored)
    library.refresh()
    ids = [paper.id for paper in daily(20)]
    fresh = library.fresh(MORNING - 3 * DAY)
    candidates = replace(fresh, also=frozenset({ids[9], PaperId("not stored")}), without=frozenset({ids[1], ids[12]}))
    assert list(candidates) == [ids[n] for n in (0, 2, 3, 9)]
    assert len(candidates) == 4
    assert [paper for paper in [*ids, "not stored"] if paper in candidates] == list(candidates)
