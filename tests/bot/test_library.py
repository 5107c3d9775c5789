from datetime import date, timedelta
from math import fsum, isclose, isfinite

import pytest

from adapters.held_papers import HeldPapers
from bot.interests import parse_interest
from bot.library import Found, Library, words_interest
from bot.model import Paper, PaperId, ReasonKind
from tests.builders import MORNING, a_paper

SPARSE = a_paper(
    1, "Sparse retrieval with learned terms", "We study sparse retrieval. Learned terms help search, e.g. ours."
)
DENSE = a_paper(2, "Dense retrieval", "Dense vectors for retrieval of passages. They need much memory.")
SURVEY = a_paper(3, "A survey of retrieval", "This survey reads sparse and dense retrieval methods of ten years.")
DIFFUSION = a_paper(4, "Diffusion models", "Diffusing noise makes images. Test-time guidance steers the diffusion.")
GRAPHS = a_paper(
    5,
    "Graph neural networks",
    "Message passing on graphs. A graph neural network learns from neighbours.",
    authors=("Yoshua Bengio", "A. Writer"),
    categories=("math.NA", "cs.LG"),
    source="huggingface",
)
MODELS = a_paper(6, "Large language models", "We train large language models (LLMs) on text. They talk.")
SHORT = a_paper(7, "Prompting", "An LLM is asked twice. The second answer is better, it seems.")
CHINESE = a_paper(8, "图神经网络综述", "我们研究图神经网络。它们从邻居学习。")
ARABIC = a_paper(9, "الشبكات العصبية", "ندرس الشبكات العصبية العميقة في هذا البحث.")
ACCENTS = a_paper(10, "Poincaré embeddings", "Hyperbolic spaces after Poincaré hold trees. Naïve ones do not.")
ALL = (SPARSE, DENSE, SURVEY, DIFFUSION, GRAPHS, MODELS, SHORT, CHINESE, ARABIC, ACCENTS)


def a_library(*papers: Paper) -> Library:
    library = Library(HeldPapers(papers))
    library.refresh()
    return library


@pytest.fixture(scope="module")
def library() -> Library:
    return a_library(*ALL)


def search(library: Library, text: str) -> Found:
    return library.search(parse_interest(text, allow_only_never=True), MORNING, limit=50)


def found(library: Library, text: str) -> list[PaperId]:
    return [hit.paper for hit in search(library, text).hits]


def test_words_are_ranked_by_how_much_of_them_a_paper_holds(library: Library) -> None:
    hits = found(library, "sparse retrieval")
    assert hits[0] == SPARSE.id
    assert {DENSE.id, SURVEY.id} <= set(hits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+retrieval +dense", {DENSE, SURVEY}),
        ("retrieval -survey", {SPARSE, DENSE}),
        ('retrieval -"sparse retrieval"', {DENSE, SURVEY}),
        ('"sparse retrieval"', {SPARSE}),
        ('"retrieval sparse"', set()),
        ('"test time"', {DIFFUSION}),
        ("+test-time", {DIFFUSION}),
        ("diffus*", {DIFFUSION}),
        ("+(dense OR diffusion)", {DENSE, SURVEY, DIFFUSION}),
        ('author:"Y. Bengio"', {GRAPHS}),
        ("author:bengio", {GRAPHS}),
        ('author:"Yann Bengio"', set()),
        ("cat:cs.LG", {GRAPHS}),
        ("cat:math.*", {GRAPHS}),
        ("cat:cs.NA", {GRAPHS}),
        ("cat:stat.ML", set()),
        ("source:huggingface", {GRAPHS}),
        ("title:survey", {SURVEY}),
        ("title:neighbours", set()),
        ("+poincare", {ACCENTS}),
        ("+NAÏVE", {ACCENTS}),
        ("+图神经网络", {CHINESE}),
        ("+العصبية", {ARABIC}),
        ("+diffused", {DIFFUSION}),
        ("+retrieval -retrieval", set()),
    ],
)
def test_the_interest_language_finds_just_what_it_says(library: Library, text: str, expected: set[Paper]) -> None:
    assert set(found(library, text)) == {paper.id for paper in expected}


def test_an_abbreviation_that_the_abstracts_explain_finds_its_long_form_and_the_other_way_round(
    library: Library,
) -> None:
    assert {MODELS.id, SHORT.id} <= set(found(library, "+LLM"))
    assert {MODELS.id, SHORT.id} <= set(found(library, '+"large language model"'))


def test_only_a_word_that_no_abstract_has_is_corrected_and_it_is_said(library: Library) -> None:
    said = search(library, "sparse retreival")
    assert [(one.typed, one.used) for one in said.corrections] == [("retreival", "retrieval")]
    assert said.hits[0].paper == SPARSE.id
    assert search(library, "sparse retrieval").corrections == ()


def test_two_words_run_together_are_taken_apart(library: Library) -> None:
    said = search(library, "graphneural")
    assert [(one.typed, one.used) for one in said.corrections] == [("graphneural", "graph neural")]
    assert said.hits[0].paper == GRAPHS.id


@pytest.mark.parametrize("text", ["the", "of and", "zzzzqqqq", "🦆", "…", ""])
def test_what_says_nothing_finds_nothing(library: Library, text: str) -> None:
    assert library.search(words_interest(text), MORNING) == Found((), 0)


def test_exclusions_alone_leave_everything_else_newest_first(library: Library) -> None:
    hits = found(library, "-retrieval")
    assert set(hits) == {paper.id for paper in ALL} - {SPARSE.id, DENSE.id, SURVEY.id}
    assert hits == sorted(hits)


def test_an_example_of_an_unknown_paper_finds_nothing(library: Library) -> None:
    assert found(library, "like:9901.99999") == []


def test_an_example_finds_papers_like_it(library: Library) -> None:
    assert found(library, "like:2603.00001")[:1] != []
    assert any(
        reason.kind is ReasonKind.EXAMPLE for hit in search(library, "like:2603.00001").hits for reason in hit.reasons
    )


def test_the_shares_of_the_reasons_sum_to_the_score(library: Library) -> None:
    for text in ("sparse retrieval", "+dense", 'author:"Y. Bengio" graph', "like:2603.00002 retrieval", "LLM"):
        hits = search(library, text).hits
        assert hits
        for hit in hits:
            assert isclose(fsum(reason.share for reason in hit.reasons), hit.score, rel_tol=1e-6, abs_tol=1e-6)


def test_a_score_is_that_of_the_ranking_it_explains(library: Library) -> None:
    interest = words_interest("sparse retrieval methods")
    scores = dict(library.ranked(interest))
    for hit in library.search(interest, MORNING, limit=50).hits:
        assert isclose(scores[hit.paper], hit.score, rel_tol=1e-4, abs_tol=1e-5)


def test_reasons_name_words_as_people_write_them(library: Library) -> None:
    hit = search(library, "learned retrieving").hits[0]
    assert hit.reasons[0].words.startswith("matches ")
    words = hit.reasons[0].words.removeprefix("matches ").replace(",", "").split()
    assert set(words) <= {"learned", "retrieving"}


def test_an_author_that_was_asked_for_is_a_reason(library: Library) -> None:
    hit = search(library, "author:bengio").hits[0]
    assert [reason.kind for reason in hit.reasons] == [ReasonKind.AUTHOR]


def test_the_key_sentence_is_an_untouched_sentence_that_holds_what_was_asked(library: Library) -> None:
    hit = search(library, "diffusion guidance").hits[0]
    assert hit.key_sentence == "Test-time guidance steers the diffusion."
    assert hit.key_sentence in DIFFUSION.abstract


def test_equal_scores_are_ordered_by_date_then_id() -> None:
    older = a_paper(1, "Entropy", "Entropy grows always.", announced=MORNING - timedelta(days=9))
    newer = [a_paper(n, "Entropy", "Entropy grows always.") for n in (4, 3, 2)]
    assert found(a_library(older, *newer), "entropy") == [newer[2].id, newer[1].id, newer[0].id, older.id]


def test_days_and_newest_first_narrow_and_order_a_search(library: Library) -> None:
    day = (MORNING - timedelta(days=1)).date()
    interest = parse_interest("retrieval")
    assert library.search(interest, MORNING, first_day=day).total >= 3
    assert library.search(interest, MORNING, first_day=day + timedelta(days=1)).total == 0
    assert library.search(interest, MORNING, last_day=day - timedelta(days=1)).total == 0
    newest = library.search(interest, MORNING, newest_first=True).hits
    assert [hit.paper for hit in newest][:3] == [SPARSE.id, DENSE.id, SURVEY.id]


def test_pages_of_a_search_neither_repeat_nor_lose_a_paper(library: Library) -> None:
    interest = parse_interest("retrieval dense sparse")
    whole = [hit.paper for hit in library.search(interest, MORNING, limit=50).hits]
    pages = [
        hit.paper
        for start in range(0, len(whole), 2)
        for hit in library.search(interest, MORNING, limit=2, offset=start).hits
    ]
    assert pages == whole


def test_a_withdrawn_paper_is_not_found() -> None:
    assert found(a_library(SPARSE, a_paper(11, "Sparse", "Sparse things.", withdrawn=True)), "sparse") == [SPARSE.id]


@pytest.mark.parametrize(
    "abstract",
    [
        "",
        "word",
        "ALL UPPER CASE RETRIEVAL OF SPARSE THINGS",
        "x " * 25_000,
        "a" * 50_000,
        "日本語の要約。とても短い。",
        "$x^2$ \\alpha {\\em y}",
    ],
)
def test_an_odd_abstract_is_read_and_found_by_its_title(abstract: str) -> None:
    odd = Paper(PaperId("title:odd"), "Quokka retrieval", abstract)
    library = a_library(SPARSE, DENSE, odd)
    hits = search(library, "quokka").hits
    assert hits[0].paper == odd.id
    assert all(isfinite(hit.score) for hit in hits)


def test_an_empty_library_answers_everything_with_nothing() -> None:
    library = Library(HeldPapers())
    assert library.refresh() == 0
    assert len(library) == 0
    assert search(library, "retrieval") == Found((), 0)
    assert library.similar(SPARSE.id, 5) == ()
    assert library.near_text("sparse retrieval", 5) == ()


def test_similar_papers_are_neighbours_and_never_the_paper_itself(library: Library) -> None:
    hits = [hit.paper for hit in library.similar(SPARSE.id, 3)]
    assert set(hits[:2]) <= {DENSE.id, SURVEY.id}
    assert SPARSE.id not in hits
    assert library.similar(PaperId("arxiv:9999.99999"), 3) == ()


def test_a_message_finds_the_papers_it_is_about(library: Library) -> None:
    assert library.near_text("has anybody read about sparse retrieval with learned terms?", 2)[0].paper == SPARSE.id
    assert library.near_text("lunch at noon?", 2) == ()


def test_matching_counts_the_fair_matches_among_some_papers(library: Library) -> None:
    interest = parse_interest("sparse retrieval")
    among = [SPARSE.id, DIFFUSION.id, CHINESE.id, PaperId("arxiv:9999.99999")]
    assert library.matching(interest, among) == [SPARSE.id]
    assert library.count_matching(interest, among) == 1


def test_a_day_is_the_day_a_paper_became_news() -> None:
    unknown = a_paper(1, "Entropy", "Entropy grows.", announced=None, published=None)
    known = a_paper(2, "Entropy too", "Entropy grows.", announced=None, published=date(2026, 1, 2))
    hits = a_library(unknown, known).search(parse_interest("entropy"), MORNING, first_day=date(2026, 1, 1)).hits
    assert [hit.paper for hit in hits] == [known.id]
