import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.abstracts import Abstract, key_sentence
from bot.sentences import sentences
from bot.tokens import beginning, folded_words, stem, stems_in

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


# Suffixes that the stemmer cuts off or changes, and the irregular words that it knows.
SUFFIXES = ("s", "es", "ies", "ied", "ed", "eedly", "ing", "ying", "ly", "y", "ization", "ational", "ability", "ously")
IRREGULAR = ("dying", "lying", "tying", "skies", "skis", "idly", "gently", "ugly", "early", "only", "singly", "news")


@given(
    st.sampled_from(IRREGULAR)
    | st.builds(
        lambda root, ends: root + "".join(ends),
        st.text("abdeghilnorstuy", min_size=1),
        st.lists(st.sampled_from(SUFFIXES), max_size=3),
    )
)
def test_every_word_begins_as_its_stem_promises(word: str) -> None:
    assert word.startswith(beginning(stem(word)))


TEXT = "Graphs are common. We study diffusing of graphs. Labels cost much, we label few. The diffusion is fast here."


@given(st.sets(st.sampled_from([*stems_in(TEXT), "absent", "éclair"]), min_size=1))
def test_few_words_choose_the_sentence_that_many_would(wanted: set[str]) -> None:
    few = dict.fromkeys(wanted, 1.0)
    many = few | {f"never{number}": 1.0 for number in range(20)}
    assert key_sentence(TEXT, few) == key_sentence(TEXT, many)


def test_an_abstract_tells_how_it_first_writes_a_stem() -> None:
    plain = Abstract("Entropies grow. The entropy of gases is measured.")
    assert [plain.written(each) for each in ("entropi", "gase", "measur", "absent")] == [
        "Entropies",
        "gases",
        "measured",
        None,
    ]
    assert Abstract("").written("entropi") is None
    accented = Abstract("Poincaré maps. POINCARE again.")
    assert accented.written(stem(folded_words("Poincaré")[0])) == "Poincaré"
