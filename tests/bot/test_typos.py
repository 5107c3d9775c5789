import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.typos import Spelling

WORDS = [
    "transformer",
    "transform",
    "retrieval",
    "quantum",
    "house",
    "horse",
    "cancer",
    "dancer",
    "übung",
    "fold",
    "gold",
]


def a_spelling(**counts: int) -> Spelling:
    return Spelling(WORDS, np.array([counts.get(word, 5) for word in WORDS], dtype=np.int32))


def meant(spelling: Spelling, typed: str) -> list[str]:
    return [WORDS[candidate.word] for candidate in spelling.candidates(typed)]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("tranformer", "transformer"),
        ("transfromer", "transformer"),
        ("retrievall", "retrieval"),
        ("retriebal", "retrieval"),
        ("quantim", "quantum"),
        ("ubung", "übung"),
    ],
)
def test_a_slip_of_the_keys_finds_the_word_that_was_meant(typed: str, word: str) -> None:
    assert meant(a_spelling(), typed)[0] == word


def test_a_neighbouring_key_is_likelier_than_a_far_one() -> None:
    assert meant(a_spelling(gold=90), "dold")[0] == "fold"


def test_of_equal_slips_the_more_frequent_word_is_meant() -> None:
    assert meant(a_spelling(house=90), "housr")[0] == "house"
    assert meant(a_spelling(horse=90), "hotse")[0] == "horse"


def test_words_that_occur_nowhere_are_not_offered() -> None:
    assert "retrieval" not in meant(a_spelling(retrieval=0), "retreival")


def test_short_words_and_far_ones_are_left_alone() -> None:
    assert meant(a_spelling(), "old") == []
    assert meant(a_spelling(), "zzzzzzzz") == []


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(a_spelling().candidates(text), list)


@settings(deadline=None)
@given(st.sampled_from(WORDS), st.data())
def test_every_word_with_one_letter_lost_is_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    typed = word[:place] + word[place + 1 :]
    assert len(typed) < 4 or word in meant(a_spelling(), typed) or typed in WORDS
