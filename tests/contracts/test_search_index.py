"""What every `bot.ports.SearchIndex` keeps."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.ports import Stores
from tests.builders import MORNING, a_paper

HOSTILE = [
    '"', "NEAR(", "NEAR(a b, 2)", "*", 'a*b"', "^", "col:x", "title:", "-x", "AND", "OR", "NOT", "(", "{a b}: c",
    "\0", "a\0b", "\ud800", "a\ud800b", "x" * 10_000, "\u202eabc", "\n", "", " ",
    "'; DROP TABLE papers; --", "🙂", "e\u0301",
]  # fmt: skip


def test_the_paper_with_the_rarer_words_comes_first(stores: Stores) -> None:
    stores.papers.upsert([a_paper(number, title=f"Networks {number}") for number in range(1, 9)], MORNING)
    stores.papers.upsert([a_paper(9, title="Networks of entropy")], MORNING)
    found = stores.index.search(["networks", "entropy"], 3)
    assert found[0][0] == a_paper(9).id
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert len(found) == 3


def test_words_match_by_stem_whatever_case_and_accents(stores: Stores) -> None:
    stores.papers.upsert([a_paper(title="Naïve diffusing particles")], MORNING)
    assert all(stores.index.search([word], 5) for word in ("diffuses", "PARTICLE", "naive"))


def test_what_was_stored_a_moment_ago_is_found(stores: Stores) -> None:
    assert stores.index.search(["entropy"], 5) == []
    stores.papers.upsert([a_paper(title="Entropy")], MORNING)
    assert [paper for paper, _ in stores.index.search(["entropy"], 5)] == [a_paper().id]


def test_words_that_stand_in_every_text_are_looked_for_only_where_there_is_nothing_else(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1, title="The entropy of it"), a_paper(2, title="The who of the bees")], MORNING)
    assert [paper for paper, _ in stores.index.search(["the", "entropy", "of"], 5)] == [a_paper(1).id]
    assert {paper for paper, _ in stores.index.search(["the"], 5)} == {a_paper(1).id, a_paper(2).id}


def test_operators_of_the_engine_below_are_only_words(stores: Stores) -> None:
    stores.papers.upsert([a_paper(1, title="Near the black hole"), a_paper(2, title="White dwarfs")], MORNING)
    assert [paper for paper, _ in stores.index.search(["near"], 5)] == [a_paper(1).id]
    assert stores.index.search(["title:dwarfs NOT white"], 5) == []


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_words_find_what_they_say_or_nothing(stores: Stores, text: str) -> None:
    stores.papers.upsert([a_paper(title="Entropy")], MORNING)
    assert [paper for paper, _ in stores.index.search([text, "entropy"], 5)] == [a_paper().id]
    assert len(stores.index.search([text], 5)) <= 1


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(st.characters(), max_size=200), max_size=50))
@example(words=["entropy"] * 10_000)
def test_no_text_at_all_raises(stores: Stores, words: list[str]) -> None:
    assert stores.index.search(words, 5) is not None
