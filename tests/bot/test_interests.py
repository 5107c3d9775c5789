"""The interest language: read, printed back, explained, and refused by the piece that is wrong."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.interests import BadInterest, explain_interest, meaning_of, parse_interest, print_interest
from bot.model import Clause, Example, FieldTest, Group, Interest, Node, Occur, PaperId, Phrase, Prefix, Word

PIECES = st.sampled_from(
    [
        *"+-()\"'*:,;.ab1 –|&é漢🚀\\/[]{}#",
        *(" OR ", " AND ", " NOT ", "OR", "AND-", " (", "word ", "“", "’", "：", "ﬁ", "\u200d", "\u0301"),
        *("author:", "cat:", "like:", "title:", "source:", "cs.LG", "math.*", "foo:bar", "terms:."),
        *("1706.03762", "https://arxiv.org/abs/1706.03762", "10.1000/a(b", "like:10.1000/x)y", "doi:10.1000/x"),
        *("hep-th/9901001", 'like:"10.1000/a;b."', "https://example.com", f"title:{'a' * 24}"),
    ]
)
TYPED = st.lists(PIECES, max_size=25).map("".join) | st.text()


def should(*nodes: Node) -> Interest:
    return Interest(tuple(Clause(Occur.SHOULD, node) for node in nodes))


def read(text: str) -> Interest | BadInterest:
    try:
        return parse_interest(text, allow_only_never=True)
    except BadInterest as bad:
        return bad


@settings(max_examples=800, deadline=None)
@given(TYPED)
@example("OR-")
@example("math.*-*")
@example("'1706.03762")
@example("：\u200d漢")
@example(",author:x")
@example("+OR -AND")
@example("a OR b OR (c d)")
def test_printing_a_read_interest_gives_the_same_interest_and_no_text_raises_anything_else(text: str) -> None:
    interest = read(text)
    if isinstance(interest, BadInterest):
        assert len(interest.why.split()) > 3
        return
    printed = print_interest(interest)
    assert parse_interest(printed, allow_only_never=True) == interest
    assert print_interest(parse_interest(printed, allow_only_never=True)) == printed
    assert len(explain_interest(interest)) in {len(interest.clauses), len(interest.clauses) + 1}
    assert all(line and "\n" not in line for line in explain_interest(interest))


LEAF: st.SearchStrategy[Node] = st.sampled_from(
    [
        *(Word("entropy"), Word("c++"), Word("GPT-4"), Word("α-helix"), Word("3D"), Word("🚀"), Word("don't")),
        *(Prefix("diffus"), Phrase("contrastive learning"), Phrase("OR"), Example(PaperId("arxiv:1706.03762"))),
        *(FieldTest("author", "Y. Bengio"), FieldTest("cat", "math.*"), FieldTest("title", "entropy")),
        *(FieldTest("source", "arxiv"), Example(PaperId("doi:10.1016/s0140-6736(20)30183-5"))),
    ]
)
OCCUR = st.sampled_from(list(Occur))


def rows_of(clauses: st.SearchStrategy[Clause]) -> st.SearchStrategy[Group]:
    row = st.lists(clauses, min_size=1, max_size=3, unique=True).map(tuple)
    return st.lists(row, min_size=2, max_size=3).map(lambda rows: Group(tuple(rows)))


NODES: st.SearchStrategy[Node] = st.recursive(
    LEAF, lambda nodes: rows_of(st.builds(Clause, OCCUR, nodes)), max_leaves=6
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.builds(Clause, OCCUR, NODES), min_size=1, max_size=4, unique=True))
def test_every_interest_that_can_be_built_is_read_from_its_print(clauses: list[Clause]) -> None:
    interest = Interest(tuple(clauses))
    assert parse_interest(print_interest(interest), allow_only_never=True) == interest


def test_the_designs_examples_mean_what_the_design_says() -> None:
    assert parse_interest("graph neural networks") == should(Word("graph"), Word("neural"), Word("networks"))
    assert parse_interest('"contrastive learning"') == should(Phrase("contrastive learning"))
    assert parse_interest("+diffusion").clauses == (Clause(Occur.MUST, Word("diffusion")),)
    assert parse_interest('x -survey -"medical imaging"').clauses[1:] == (
        Clause(Occur.NEVER, Word("survey")),
        Clause(Occur.NEVER, Phrase("medical imaging")),
    )
    rl = Group(((Clause(Occur.SHOULD, Word("rl")),), (Clause(Occur.SHOULD, Phrase("reinforcement learning")),)))
    assert parse_interest('(rl OR "reinforcement learning") robotics') == should(rl, Word("robotics"))
    assert parse_interest('author:"Y. Bengio"') == should(FieldTest("author", "Y. Bengio"))
    assert parse_interest("cat:cs.LG cat:math.*") == should(FieldTest("cat", "cs.LG"), FieldTest("cat", "math.*"))
    assert parse_interest("title:entropy source:arxiv") == should(
        FieldTest("title", "entropy"), FieldTest("source", "arxiv")
    )
    assert parse_interest("like:2301.00001") == should(Example(PaperId("arxiv:2301.00001")))
    assert parse_interest("diffus*") == should(Prefix("diffus"))


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("rl OR robotics", "rl OR robotics"),
        ("(rl OR robotics)", "rl OR robotics"),
        ("rl | robotics || arms", "rl OR robotics OR arms"),
        ("rl AND robotics & arms", "rl robotics arms"),
        ("rl NOT survey", "rl -survey"),
        ("rl or robotics", "rl or robotics"),
        ("x -(a OR b)", "x -(a OR b)"),
        ("((a b))", "a b"),
        ("(a (b OR (c d)))", "a (b OR (c d))"),
        ("+(a)", "+a"),
        ("a a A", "a A"),
        ("“smart quotes” «and these»", '"smart quotes" "and these"'),
        ("don’t", "don't"),
        ("author：Bengio", "author:Bengio"),
        ("（a OR b） ＋c", "(a OR b) +c"),
        ("−survey x", "-survey x"),
        ("–survey x", "-survey x"),
        ("x - y — z", "x y z"),
        ("graphs, trees,and; bushes.", "graphs trees and bushes"),
        ("1,000 samples", "1,000 samples"),
        ("what is RL?", "what is RL"),
        ("attention: a survey", "attention a survey"),
        ("large language models (LLMs)", "large language models LLMs"),
        ("A* search", "A* search"),
        (".NET C# c++ R&D +C++", ".NET C# c++ R&D +C++"),
        ("16:9 std::vector", "16:9 std::vector"),
        ("深度学习 التعلم العميق", "深度学习 التعلم العميق"),
        ("深度学习，图像", "深度学习 图像"),
        ("cat:CS.lg cat:Physics.Optics cat:MATH", "cat:cs.LG cat:physics.optics cat:math"),
        ("by:bengio category:cs.AI source:ArXiv", "author:bengio cat:cs.AI source:arxiv"),
        ("https://arxiv.org/abs/1706.03762v3", "like:1706.03762"),
        ("1706.03762", "like:1706.03762"),
        ("arXiv: 1706.03762", "like:1706.03762"),
        ("see https://arxiv.org/abs/1706.03762, please", "see like:1706.03762 please"),
        ("-1706.03762 x", "-like:1706.03762 x"),
        ("doi:10.1000/x", "like:doi:10.1000/x"),
        ("(like:1706.03762 OR x)", "like:1706.03762 OR x"),
        ("10.1016/S0140-6736(20)30183-5", 'like:"doi:10.1016/s0140-6736(20)30183-5"'),
        ("a\x00b \u202eevil", "ab evil"),
    ],
)
def test_what_people_type_is_read_kindly(typed: str, printed: str) -> None:
    assert print_interest(parse_interest(typed)) == printed


@pytest.mark.parametrize(
    ("typed", "piece", "why"),
    [
        ("", "", "no word"),
        ("*", "*", "no word"),
        ("- + , .", "- + , .", "no word"),
        ("rl (robots", "(robots", "never closed"),
        ("robots) rl", "robots)", "never opened"),
        ("rl () x", "()", "nothing between"),
        ('rl "robots', '"robots', "never closed"),
        ('rl "" x', '""', "no word"),
        ("rl OR", "OR", "between two"),
        ("OR rl", "OR", "between two"),
        ("rl OR OR x", "OR", "between two"),
        ("rl NOT", "NOT", "needs something"),
        ("-survey", "-survey", "do not want"),
        ("-a -(b OR c)", "-a -(b OR c)", "do not want"),
        ("auther:bengio x", "auther:bengio", "Did you mean author:?"),
        ("foo:bar x", "foo:bar", "no field foo:"),
        ("rl since:7d", "since:7d", "belongs to search"),
        ("author: bengio", "author:", "right after it"),
        ("cat:cs.LG,cs.CL", "cat:cs.LG,cs.CL", "one value"),
        ("like:foo x", "like:foo", "needs an arXiv id"),
        ("https://example.com/x rl", "https://example.com/x", "no paper"),
        ("x" * 513, "x" * 40 + "…", "512"),
        ("x" * 100_000, "x" * 40 + "…", "512"),
        (" ".join(f"w{n}" for n in range(33)), "33 terms", "32 terms"),
    ],
)
def test_a_refusal_names_the_piece_that_is_wrong(typed: str, piece: str, why: str) -> None:
    with pytest.raises(BadInterest) as refused:
        parse_interest(typed)
    assert refused.value.piece == piece
    assert why in refused.value.why


def test_the_caps_are_where_the_design_puts_them() -> None:
    assert len(parse_interest(" ".join(f"w{n}" for n in range(32))).clauses) == 32
    assert parse_interest("x" * 512) == should(Word("x" * 512))
    nested = "a OR b"
    for depth in range(1, 8):
        nested = f"x{depth} OR ({nested})"
    assert print_interest(parse_interest(nested)) == nested
    with pytest.raises(BadInterest, match="8 deep"):
        parse_interest(f"y OR ({nested})")
    with pytest.raises(BadInterest, match="8 deep"):
        parse_interest("(" * 9 + "a" + ")" * 9)


def test_what_is_only_not_wanted_is_an_interest_where_that_is_asked_for() -> None:
    assert parse_interest("-survey", allow_only_never=True).clauses == (Clause(Occur.NEVER, Word("survey")),)


def test_case_and_accents_do_not_make_another_meaning() -> None:
    assert meaning_of(parse_interest("Entropy NAÏVE")) == meaning_of(parse_interest("entropy naive"))
    assert meaning_of(parse_interest("entropy")) != meaning_of(parse_interest("+entropy"))


@pytest.mark.parametrize(
    "typed", ["+graph -graph", "graph -Graph", "+graph networks -graph", '"deep graph" -"deep graph"']
)
def test_who_wants_and_excludes_the_same_is_told_that_nothing_can_match(typed: str) -> None:
    assert "is wanted and excluded" in explain_interest(parse_interest(typed))[-1]


@pytest.mark.parametrize("typed", ["the", "the of and", "+the who -survey"])
def test_who_names_no_subject_is_told_so(typed: str) -> None:
    assert "names your subject" in explain_interest(parse_interest(typed))[-1]


@pytest.mark.parametrize("typed", ["graph networks -graph", "the graph", '"the who"', "🚀", "cat:math.* -the"])
def test_nothing_more_is_said_of_what_can_match(typed: str) -> None:
    interest = parse_interest(typed)
    assert len(explain_interest(interest)) == len(interest.clauses)


def test_an_interest_is_explained_line_by_line() -> None:
    typed = '+diffusion (rl OR "robot arms") -survey cat:math.* author:Bengio title:entropy source:arxiv '
    typed += "like:1706.03762 x*y ab*"
    assert explain_interest(parse_interest(typed)) == (
        "Must have: the word diffusion",
        "Better: the word rl, or the phrase “robot arms”",
        "Never: the word survey",
        "Only: any category of math",
        "Only: an author named Bengio",
        "Only: “entropy” in the title",
        "Only: the source arxiv",
        "Better: papers like 1706.03762",
        "Better: the word x*y",
        "Better: a word that begins with ab",
    )


@pytest.mark.parametrize(
    "text", ['"', "NEAR(", "*", "^", "\x00", "a" * 10_000, "\u202e", "(" * 4000, '"' * 4001, "-" * 4000]
)
def test_hostile_interests_are_refused_at_once(text: str) -> None:
    began = time.process_time()
    with pytest.raises(BadInterest):
        parse_interest(text)
    assert time.process_time() - began < 0.5


def test_every_title_of_the_seed_page_is_an_interest(shared_data: Path) -> None:
    papers = json.loads((shared_data / "seed" / "expected.json").read_text())["papers"]
    for paper in papers:
        interest = parse_interest(paper["title"])
        assert parse_interest(print_interest(interest)) == interest
    assert len(papers) == 92
