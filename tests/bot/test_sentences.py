import pytest

from bot.explain import key_sentence
from bot.sentences import sentences

TEXTS = [
    ["We use tools, e.g. hammers.", "They help."],
    ["As in Smith et al. (2020), it works.", "So does ours."],
    ["As shown by Smith et al. the bound holds.", "It is tight."],
    ["The gain is 3.5 percent.", "That is much, i.e. more than 1.2 before."],
    ["See Fig. 3 and Eq. 4 for this.", "Done."],
    ["We bound $f(x) = 0. 5x$ from above.", "The rest follows."],
    ["Let $x$ be real.", "Then $y$ is too."],
    ["J. Smith and A. B. Jones showed it.", "We extend it."],
    ["Does it help?", "Yes!", "It does."],
    ["The code is at https://example.org/a.b.", "Use it."],
    ['He said "it works."', "Then it did."],
    ["我们研究图。", "它们很小。"],
    ["One without an end"],
    ["Vitamin C. We measured it."],
]


@pytest.mark.parametrize("expected", TEXTS[:-1], ids=lambda expected: expected[0][:20])
def test_a_text_is_cut_into_its_sentences(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize("text", ["", "   ", "...", "a. b. c.", "$1. 2$ and $3.", "x" * 50_000, "e.g. e.g. e.g."])
def test_cutting_loses_nothing_and_adds_nothing(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_the_key_sentence_holds_most_of_what_is_looked_for() -> None:
    abstract = "Graphs are common. We learn diffusion on graphs without labels. It is fast and it is small as well."
    assert key_sentence(abstract, {"diffus": 2.0, "label": 1.0}) == "We learn diffusion on graphs without labels."


def test_without_anything_looked_for_the_first_whole_sentence_is_taken() -> None:
    assert key_sentence("Yes. We learn diffusion on graphs. It is fast too, we think.", {}) in {
        "Yes.",
        "We learn diffusion on graphs.",
    }
    assert key_sentence("", {"diffus": 1.0}) == ""
