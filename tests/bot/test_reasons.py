"""Reasons are the score taken apart: whatever the taste, their shares sum to it."""

from dataclasses import replace
from datetime import timedelta
from math import fsum, isclose, isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.held_papers import HeldPapers
from bot.interests import parse_interest
from bot.learning import Judged, Taste
from bot.library import Library
from bot.model import Because, ReasonKind, Verdict
from tests.bot.test_learning import IDS, PAPERS, PROTEIN, RETRIEVAL, ROBOT
from tests.builders import MORNING

TEXTS = (
    "retrieval",
    '"sparse dense"',
    "+protein -enzyme fold",
    "robot arm (grasp OR torque)",
    "diffus* noise",
    'author:"Grace Hopper"',
    "author:hopper video",
    f"like:{PROTEIN[0].removeprefix('arxiv:')}",
    f"robot like:{RETRIEVAL[3].removeprefix('arxiv:')}",
    "title:diffusion",
    "ornithology",
)


@pytest.fixture(scope="module")
def library() -> Library:
    written = [
        replace(paper, authors=("Grace Hopper", "B. Writer"), upvotes=place)
        if place % 5 == 0
        else replace(paper, upvotes=None)
        for place, paper in enumerate(PAPERS)
    ]
    made = Library(HeldPapers(written))
    made.refresh()
    return made


def acts() -> st.SearchStrategy[Judged]:
    verdicts = st.sampled_from([Verdict.LIKE, Verdict.SAVE, Verdict.CLICK, Verdict.DISLIKE, Verdict.NOT_FOR_ME])
    days = st.integers(0, 900).map(lambda days: MORNING - timedelta(days=days))
    plain = st.builds(Judged, st.sampled_from(IDS), verdicts, days)
    why = st.builds(Judged, st.sampled_from(IDS), st.just(Verdict.NOT_FOR_ME), days, st.sampled_from(list(Because)))
    return st.one_of(plain, why)


def tastes() -> st.SearchStrategy[Taste]:
    interests = st.lists(st.sampled_from(TEXTS), max_size=3, unique=True).map(
        lambda texts: tuple(parse_interest(text) for text in texts)
    )
    judged = st.lists(acts(), max_size=6).map(tuple)
    alone = st.builds(Taste, interests=interests, judged=judged)
    return st.one_of(alone, st.builds(Taste, interests=interests, judged=judged, prior=alone))


@settings(max_examples=60, deadline=None)
@given(tastes())
def test_the_shares_of_every_pick_sum_to_its_score_whatever_the_taste(library: Library, taste: Taste) -> None:
    ranked = dict(library.rank(taste, MORNING, candidates=IDS, limit=len(IDS)))
    for pick in library.pick(taste, MORNING, candidates=IDS, count=8).picks:
        assert isfinite(pick.score)
        assert isclose(fsum(reason.share for reason in pick.reasons), pick.score, abs_tol=1e-9)
        # The ranking adds up in single precision.
        assert isclose(pick.score, ranked[pick.paper.id], abs_tol=2e-4)


def test_a_followed_author_is_a_reason_with_a_share(library: Library) -> None:
    picks = library.pick(Taste((parse_interest('author:"G. Hopper"'),)), MORNING, candidates=IDS, count=5).picks
    assert picks
    for pick in picks:
        assert "Grace Hopper" in pick.paper.authors
        share = fsum(reason.share for reason in pick.reasons if reason.kind is ReasonKind.AUTHOR)
        assert share > 0.5 * pick.score


def test_a_followed_paper_is_a_reason_with_a_share_and_named_by_its_title(library: Library) -> None:
    taste = Taste((parse_interest(f"like:{PROTEIN[0].removeprefix('arxiv:')}"),))
    picks = library.pick(taste, MORNING, candidates=[*PROTEIN[1:], *ROBOT], count=3).picks
    assert picks
    for pick in picks:
        assert pick.paper.id in PROTEIN
        example = [reason for reason in pick.reasons if reason.kind is ReasonKind.EXAMPLE]
        assert example
        assert PAPERS[IDS.index(PROTEIN[0])].title in example[0].words
        assert fsum(reason.share for reason in example) > 0


def test_what_is_muted_is_out_however_well_it_fits(library: Library) -> None:
    taste = Taste((parse_interest("protein"),), muted=(parse_interest("author:hopper"),))
    picks = library.pick(taste, MORNING, candidates=IDS, count=20).picks
    assert picks
    assert not any("Grace Hopper" in pick.paper.authors for pick in picks)
