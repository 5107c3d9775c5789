"""Odd interests over odd abstracts: every one ranks and picks, with a defined outcome and figures that are numbers."""

from datetime import timedelta
from math import isfinite

import pytest

from adapters.held_papers import HeldPapers
from bot.interests import parse_interest
from bot.learning import Judged, Taste
from bot.library import Library, words_interest
from bot.model import Interest, Paper, PaperId, Verdict
from tests.builders import MORNING, a_paper

PLAIN = [
    a_paper(n, f"Sparse retrieval of {word}", f"We study sparse retrieval of {word} with learned terms.")
    for n, word in enumerate(("passages", "tables", "images", "proteins", "songs", "maps", "laws", "code"), start=20)
]
ODD = {
    "nothing": a_paper(1, "Empty retrieval", ""),
    "one word": a_paper(2, "Single retrieval", "retrieval"),
    "upper case": a_paper(3, "UPPER CASE", "WE STUDY SPARSE RETRIEVAL IN UPPER CASE LETTERS ALONE."),
    "very long": a_paper(4, "Long retrieval", "sparse retrieval again " * 2_170),
    "one long word": a_paper(5, "Hash retrieval", "a" * 50_000),
    "Chinese": a_paper(6, "图神经网络综述", "我们研究图神经网络。它们从邻居学习。"),
    "Arabic": a_paper(7, "الشبكات العصبية", "ندرس الشبكات العصبية العميقة في هذا البحث."),
    "French": a_paper(8, "Recherche clairsemée", "Nous étudions la recherche d'images à l'aide de réseaux profonds."),
    "TeX": a_paper(9, r"$\alpha$-divergence", r"We bound $D_\alpha(P\|Q) \le \epsilon^{2}$ for {\em every} $\alpha$."),
    "emoji": a_paper(10, "🦆🦆", "🦆 🦢 🐦"),
}
PAPERS = [*PLAIN, *ODD.values()]
IDS = [paper.id for paper in PAPERS]

# What finds nothing, and what each of the others finds among others.
FINDS_NOTHING = {
    "only function words": words_interest("the of and"),
    "a contradiction": parse_interest("+retrieval -retrieval"),
    "a contradiction of phrases": parse_interest('+"sparse retrieval" -retrieval'),
    "emoji that no paper has as a word": words_interest("🦆"),
    "a script that no paper has": words_interest("ფიზიკა"),
    "an unknown example": parse_interest("like:9901.99999"),
    "a word that no paper has": words_interest("zzzzqqqq"),
}
FINDS = {
    "exclusions alone": (parse_interest("-sparse -songs", allow_only_never=True), "Chinese"),
    "thirty-two terms": (parse_interest(" ".join(["retrieval", *(f"missing{n}" for n in range(31))])), "one word"),
    "one word thirty-two times": (words_interest("retrieval " * 32), "one word"),
    "Chinese": (words_interest("图神经网络"), "Chinese"),
    "Arabic": (words_interest("الشبكات"), "Arabic"),
    "TeX": (words_interest(r"$\alpha$-divergence {\em every} \epsilon^{2}"), "TeX"),
    "a link to an unknown paper and a word": (parse_interest("like:9901.99999 retrieval"), "one word"),
    "upper case": (words_interest("UPPER LETTERS"), "upper case"),
    "accents left out": (words_interest("clairsemee"), "French"),
}
EVERY = {**FINDS_NOTHING, **{name: interest for name, (interest, _) in FINDS.items()}}


@pytest.fixture(scope="module")
def library() -> Library:
    made = Library(HeldPapers(PAPERS))
    made.refresh()
    return made


def taste_with(interest: Interest, liked: str = "", disliked: str = "") -> Taste:
    judged = [Judged(ODD[name].id, Verdict.LIKE, MORNING) for name in (liked,) if name]
    judged += [Judged(ODD[name].id, Verdict.NOT_FOR_ME, MORNING) for name in (disliked,) if name]
    return Taste((interest,), judged=tuple(judged))


@pytest.mark.parametrize("interest", FINDS_NOTHING.values(), ids=FINDS_NOTHING)
def test_what_asks_for_nothing_that_is_there_finds_and_picks_nothing(library: Library, interest: Interest) -> None:
    assert library.search(interest, MORNING).total == 0
    assert library.pick(Taste((interest,)), MORNING, candidates=IDS, count=5).picks == ()


@pytest.mark.parametrize(("interest", "found"), FINDS.values(), ids=FINDS)
def test_an_odd_interest_finds_what_it_means(library: Library, interest: Interest, found: str) -> None:
    hits = library.search(interest, MORNING, limit=50).hits
    assert ODD[found].id in [hit.paper for hit in hits]
    picks = library.pick(Taste((interest,)), MORNING, candidates=[ODD[found].id], count=5).picks
    assert [pick.paper.id for pick in picks] == [ODD[found].id]


@pytest.mark.parametrize("judged", ODD)
@pytest.mark.parametrize("interest", EVERY.values(), ids=EVERY)
def test_every_score_is_a_number_whatever_was_asked_liked_and_disliked(
    library: Library, interest: Interest, judged: str
) -> None:
    for taste in (taste_with(interest, liked=judged), taste_with(interest, disliked=judged)):
        ranking = library.rank(taste, MORNING)
        scores = [score for _, score in ranking]
        assert all(isfinite(score) for score in scores)
        assert scores == sorted(scores, reverse=True)
        picks = library.pick(taste, MORNING, candidates=IDS, count=5).picks
        assert all(isfinite(pick.score) and isfinite(reason.share) for pick in picks for reason in pick.reasons)
        assert ODD[judged].id not in [pick.paper.id for pick in picks]


def test_picks_of_equal_score_stand_by_date_then_id() -> None:
    def twin(number: int, days: int) -> Paper:
        return a_paper(
            number,
            f"Entropy {number}",
            "Entropy grows always.",
            announced=MORNING - timedelta(days=days),
            published=(MORNING - timedelta(days=40)).date(),
        )

    papers = [twin(4, 40), twin(3, 40), twin(2, 41), twin(1, 41)]
    library = Library(HeldPapers(papers))
    library.refresh()
    order = [paper for paper, _ in library.rank(Taste((parse_interest("entropy"),)), MORNING + timedelta(days=4_000))]
    assert order == [PaperId(f"arxiv:2603.{number:05}") for number in (3, 4, 1, 2)]
