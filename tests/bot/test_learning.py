from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import fsum, isclose, isfinite

import pytest

from adapters.held_papers import HeldPapers
from bot.calibration import Calibration
from bot.interests import parse_interest
from bot.learning import Judged, Taste
from bot.library import Library, Selection
from bot.model import Paper, PaperId, ReasonKind, Verdict
from tests.builders import MORNING, a_paper

TOPICS = {
    "retrieval": ("sparse", "dense", "index", "passage", "query", "ranking", "corpus", "recall"),
    "diffusion": ("noise", "image", "guidance", "sampler", "score", "denoise", "video", "latent"),
    "protein": ("fold", "residue", "structure", "binding", "sequence", "enzyme", "mutation", "docking"),
    "robot": ("grasp", "arm", "policy", "torque", "gripper", "motion", "walking", "camera"),
}


def papers_of(topic: str, first: int, count: int = 12) -> list[Paper]:
    words = TOPICS[topic]
    made = []
    for i in range(count):
        own = [words[(i + j) % len(words)] for j in range(4)]
        abstract = f"We study {topic} with {own[0]} and {own[1]}. The {topic} {own[2]} helps the {own[3]}, as we show."
        made.append(a_paper(first + i, f"{topic.title()} by {own[0]} {own[1]} {i}", abstract))
    return made


PAPERS = [paper for place, topic in enumerate(TOPICS) for paper in papers_of(topic, 100 * place)]
IDS = [paper.id for paper in PAPERS]
RETRIEVAL, DIFFUSION, PROTEIN, ROBOT = ([paper.id for paper in PAPERS[i : i + 12]] for i in range(0, 48, 12))


@pytest.fixture(scope="module")
def library() -> Library:
    made = Library(HeldPapers(PAPERS))
    made.refresh()
    return made


def verdicts(papers: Sequence[PaperId], verdict: Verdict, days_ago: int = 0) -> tuple[Judged, ...]:
    return tuple(Judged(paper, verdict, MORNING - timedelta(days=days_ago)) for paper in papers)


def liking(papers: Sequence[PaperId], *interests: str, days_ago: int = 0) -> Taste:
    read = tuple(parse_interest(text) for text in interests)
    return Taste(read, judged=verdicts(papers, Verdict.LIKE, days_ago))


def ranked(library: Library, taste: Taste) -> list[PaperId]:
    return [paper for paper, _ in library.rank(taste, MORNING, limit=len(PAPERS))]


def picked(library: Library, taste: Taste, count: int = 5, calibration: Calibration | None = None) -> Selection:
    return library.pick(taste, MORNING, candidates=IDS, count=count, calibration=calibration)


def test_one_like_brings_its_neighbours_up(library: Library) -> None:
    assert set(ranked(library, liking(PROTEIN[:1]))[1:6]) <= set(PROTEIN)


def test_a_taken_back_verdict_leaves_the_very_same_ranking(library: Library) -> None:
    before = library.rank(liking(PROTEIN[:2], "retrieval"), MORNING)
    with_more = liking(PROTEIN[:2], "retrieval")
    with_more = replace(with_more, judged=(*with_more.judged, *verdicts(ROBOT[:1], Verdict.LIKE)))
    assert library.rank(with_more, MORNING) != before
    assert library.rank(replace(with_more, judged=with_more.judged[:-1]), MORNING) == before


def test_a_dislike_lowers_what_is_special_to_that_paper_and_not_the_whole_interest(library: Library) -> None:
    plain = Taste((parse_interest("retrieval"),))
    disliking = replace(plain, judged=verdicts(RETRIEVAL[:1], Verdict.NOT_FOR_ME))
    before, after = dict(library.rank(plain, MORNING, limit=99)), dict(library.rank(disliking, MORNING, limit=99))
    assert after[RETRIEVAL[8]] / before[RETRIEVAL[8]] < after[RETRIEVAL[4]] / before[RETRIEVAL[4]]
    assert set(ranked(library, disliking)[:8]) <= set(RETRIEVAL)


def test_the_last_verdict_on_a_paper_counts(library: Library) -> None:
    changed_mind = (*verdicts(PROTEIN[:1], Verdict.LIKE, 2), *verdicts(PROTEIN[:1], Verdict.DISLIKE))
    only_dislike = verdicts(PROTEIN[:1], Verdict.DISLIKE)
    assert library.rank(Taste(judged=changed_mind), MORNING) == library.rank(Taste(judged=only_dislike), MORNING)


def test_an_old_verdict_counts_less_than_a_fresh_one(library: Library) -> None:
    old = verdicts(PROTEIN[:2], Verdict.LIKE, days_ago=900)
    fresh = verdicts(ROBOT[:2], Verdict.LIKE)
    assert set(ranked(library, Taste(judged=(*old, *fresh)))[:8]) <= set(ROBOT)


def test_a_new_member_begins_with_the_taste_of_the_channel_and_leaves_it_with_each_verdict(library: Library) -> None:
    channel = liking(ROBOT[:3], "robot")
    assert set(ranked(library, Taste(prior=channel))[:6]) <= set(ROBOT)
    weights = [Taste(judged=verdicts(PROTEIN[:n], Verdict.LIKE), prior=channel).prior_weight for n in range(6)]
    assert weights == sorted(weights, reverse=True)
    settled = Taste(judged=verdicts(PROTEIN[:6], Verdict.LIKE), prior=channel)
    assert set(ranked(library, settled)[:6]) <= set(PROTEIN)


def test_a_verdict_on_a_paper_that_is_not_stored_changes_nothing(library: Library) -> None:
    unknown = verdicts([PaperId("arxiv:0000.00000")], Verdict.LIKE)
    taste = liking(PROTEIN[:1], "protein")
    assert library.rank(replace(taste, judged=(*taste.judged, *unknown)), MORNING) == library.rank(taste, MORNING)


def test_several_interests_each_find_their_papers(library: Library) -> None:
    taste = Taste((parse_interest("protein"), parse_interest("robot")))
    found = ranked(library, taste)[:20]
    assert len(set(found) & set(PROTEIN)) >= 8
    assert len(set(found) & set(ROBOT)) >= 8


def test_picks_come_from_the_candidates_reach_the_bar_and_were_not_judged(library: Library) -> None:
    taste = liking(PROTEIN[:2], "protein")
    selection = library.pick(taste, MORNING, candidates=PROTEIN[:5] + ROBOT[:5], count=3)
    picks = [pick.paper.id for pick in selection.picks]
    assert set(picks) == set(PROTEIN[2:5])
    assert selection.read == 10
    assert all(pick.score >= selection.bar for pick in selection.picks)
    assert selection.nearest_miss is not None
    assert selection.nearest_miss.score < selection.bar


def test_nothing_good_among_the_candidates_gives_no_pick(library: Library) -> None:
    selection = library.pick(Taste((parse_interest("protein"),)), MORNING, candidates=ROBOT, count=5)
    assert selection.picks == ()
    assert selection.nearest_miss is not None


def test_a_mute_and_an_exclusion_keep_papers_out_of_the_picks(library: Library) -> None:
    muting = Taste((parse_interest("protein"),), muted=(parse_interest("enzyme"),))
    excluding = Taste((parse_interest("protein -enzyme"), parse_interest("protein")))
    holding = {paper.id for paper in PAPERS if "enzyme" in f"{paper.title} {paper.abstract}".lower()}
    for taste in (muting, excluding):
        picks = {pick.paper.id for pick in picked(library, taste, 20).picks}
        assert picks
        assert not picks & holding


def test_the_shares_of_a_picks_reasons_sum_to_its_score(library: Library) -> None:
    channel = liking(ROBOT[:1], "robot")
    for taste in (
        liking(PROTEIN[:3], "protein fold"),
        Taste(prior=channel),
        replace(liking(DIFFUSION[:2]), prior=channel),
    ):
        picks = picked(library, taste).picks
        assert picks
        for pick in picks:
            assert isclose(fsum(reason.share for reason in pick.reasons), pick.score, abs_tol=1e-6)
            assert isfinite(pick.score)


def test_a_liked_neighbour_is_named_by_its_title(library: Library) -> None:
    pick = picked(library, liking(PROTEIN[:1])).picks[0]
    liked = [reason for reason in pick.reasons if reason.kind is ReasonKind.LIKED]
    assert PAPERS[24].title in liked[0].words


def test_at_most_one_pick_is_a_stretch_it_is_last_and_says_so(library: Library) -> None:
    picks = picked(library, liking(PROTEIN[:2], "protein structure"), 5).picks
    stretches = [pick for pick in picks if pick.stretch]
    assert len(stretches) <= 1
    assert all(pick.reasons[0].kind is ReasonKind.STRETCH for pick in stretches)
    assert not any(pick.stretch for pick in picks[:-1])


def test_a_calibration_turns_scores_into_chances_and_none_leaves_words(library: Library) -> None:
    taste = liking(PROTEIN[:2], "protein")
    assert all(pick.probability is None and pick.strength for pick in picked(library, taste).picks)
    told = picked(library, taste, calibration=Calibration(2.0, -1.0)).picks
    assert all(pick.probability is not None and 0 < pick.probability < 1 for pick in told)


def test_one_work_under_two_ids_is_picked_once() -> None:
    twin = replace(PAPERS[24], id=PaperId("doi:10.1000/twin"))
    library = Library(HeldPapers([*PAPERS, twin]))
    library.refresh()
    selection = library.pick(Taste((parse_interest("protein"),)), MORNING, candidates=[*PROTEIN, twin.id], count=20)
    titles = [pick.paper.title for pick in selection.picks]
    assert len(titles) == len(set(titles))


def test_a_withdrawn_paper_is_never_picked() -> None:
    gone = replace(PAPERS[24], withdrawn=True)
    library = Library(HeldPapers([gone if paper.id == gone.id else paper for paper in PAPERS]))
    library.refresh()
    assert gone.id not in {pick.paper.id for pick in picked(library, Taste((parse_interest("protein"),)), 20).picks}


def test_an_assessment_says_rank_and_reasons_and_what_mutes_or_is_missing(library: Library) -> None:
    taste = Taste((parse_interest("protein +binding -enzyme"),), muted=(parse_interest("mutation"),))
    best = ranked(library, taste)[0]
    assessed = library.assess(taste, best, MORNING, candidates=IDS)
    assert assessed.rank == 1
    assert assessed.missing == ()
    assert isclose(fsum(reason.share for reason in assessed.reasons), assessed.score)
    other = library.assess(taste, ROBOT[0], MORNING, candidates=IDS)
    assert (other.rank, other.missing) == (None, ("binding",))
    enzyme = next(paper.id for paper in PAPERS if "enzyme" in paper.abstract and "mutation" in paper.abstract)
    assert set(library.assess(taste, enzyme, MORNING, candidates=IDS).muted_by) == {"mutation", "-enzyme"}
    assert library.assess(taste, PaperId("arxiv:9999.99999"), MORNING, candidates=IDS).rank is None


def test_learned_words_are_words_of_the_papers_with_their_direction(library: Library) -> None:
    taste = Taste(judged=(*verdicts(PROTEIN[:2], Verdict.LIKE), *verdicts(ROBOT[:1], Verdict.DISLIKE)))
    learned = dict(library.learned_words(taste, MORNING, limit=30))
    assert learned["protein"] > 0
    assert learned["robot"] < 0


def test_an_interest_that_no_paper_meets_gives_no_pick_rather_than_the_newest(library: Library) -> None:
    selection = picked(library, Taste((parse_interest("ornithology"),)))
    assert selection.picks == ()
    assert selection.bar > 0


def test_a_taste_that_knows_nothing_ranks_by_date_and_id_and_picks_without_a_bar(library: Library) -> None:
    assert ranked(library, Taste()) == sorted(IDS)
    assert picked(library, Taste()).bar == 0.0
