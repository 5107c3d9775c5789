"""Marking what a search asked for."""

from hypothesis import given
from hypothesis import strategies as st

from bot.interests import parse_interest
from bot.pages.marked import NOTHING_WANTED, marked, wanted_of

WANTED = wanted_of(parse_interest('entropy "sparse retrieval" diffus* -survey (rl OR robots)'))


def told(text: str) -> list[str]:
    return [piece.text for piece in marked(text, WANTED) if piece.marked]


def test_words_are_marked_in_every_form_and_case() -> None:
    assert told("Entropies, ENTROPY: diffusing Diffusion in RL for a robot") == [
        "Entropies",
        "ENTROPY",
        "diffusing",
        "Diffusion",
        "RL",
        "robot",
    ]


def test_what_is_not_wanted_is_not_marked() -> None:
    assert told("A survey of centroids") == []


def test_accents_do_not_hide_a_word() -> None:
    wanted = wanted_of(parse_interest("poincare"))
    assert [piece.text for piece in marked("On Poincaré maps", wanted) if piece.marked] == ["Poincaré"]


@given(st.text(max_size=200))
def test_the_pieces_are_the_text(text: str) -> None:
    for wanted in (WANTED, NOTHING_WANTED):
        assert "".join(piece.text for piece in marked(text, wanted)) == text


def test_a_wanted_word_is_never_marked_inside_of_another_before_it() -> None:
    for text in ("Start art", "Stärt art"):
        assert [piece.text for piece in marked(text, wanted_of(parse_interest("art"))) if piece.marked] == ["art"]
        assert marked(text, wanted_of(parse_interest("art")))[0].text == text[:6]
