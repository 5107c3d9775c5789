"""Two rankers in one digest: fair turns, the same draft each time, and a test that sees what is really better."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from bot.interleaving import Comparison, Score, opponent_of, score_by_rival, team_draft
from bot.library import Library
from bot.model import Digest, Draft, Feedback, PaperId, ProfileId, Team, Verdict
from bot.paperround import Paperround
from bot.replies import FactsReply, PicksReply
from bot.weights import RIVALS, SERVED
from tests.bot.conftest import House
from tests.builders import MORNING, a_paper, a_pick

DAY = date(2026, 3, 12)
ANA = ProfileId("member:web:home:ana")


def tosses(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # fair, not secret


def digests_compared(served_noise: float, rival_noise: float, digests: int = 200) -> Score:
    """Let two rankers that blur a member's true order this much share digests, and the member like the best papers."""
    rng = tosses(7)
    results = []
    for _ in range(digests):
        worth = {PaperId(f"p{n}"): rng.random() for n in range(40)}
        served, rival = (
            sorted(worth, key=lambda paper: -worth[paper] - rng.gauss(0, noise))[:5]
            for noise in (served_noise, rival_noise)
        )
        drafted = team_draft(served, rival, 5, rng)
        liked = {paper for paper, _ in drafted if rng.random() < worth[paper] ** 4}
        results.append((Draft("x", tuple((paper, team) for paper, team in drafted if team is not None)), liked))
    return score_by_rival(results)["x"]


def test_a_ranker_that_is_really_better_wins_significantly() -> None:
    score = digests_compared(0.1, 0.6)
    assert score.wins > score.losses
    assert score.p_value < 0.01


def test_a_ranker_that_is_really_worse_loses_significantly() -> None:
    score = digests_compared(0.6, 0.1)
    assert score.losses > score.wins
    assert score.p_value < 0.01


@pytest.mark.parametrize("noise", [0.05, 0.3, 0.6])
def test_between_equals_nobody_wins_significantly(noise: float) -> None:
    assert digests_compared(noise, noise).p_value > 0.05


def test_the_sign_test_is_exact_and_holds_for_thousands_of_digests() -> None:
    assert Score(5, 1).p_value == pytest.approx(2 * (1 + 6) / 64)
    assert Score(1, 5) != Score(5, 1)
    assert Score(1, 5).p_value == Score(5, 1).p_value
    assert Score(0, 0, ties=9).p_value == 1
    assert Score(3, 3).p_value == 1
    assert 0 <= Score(4000, 3000).p_value < 1e-9


def test_the_teams_take_turns_and_no_paper_is_drafted_twice() -> None:
    drafted = team_draft("abcdef", "fabxyz", 6, tosses(1))
    assert len({item for item, _ in drafted}) == 6
    turns = [team for _, team in drafted]
    assert all(set(turns[at : at + 2]) == set(Team) for at in (0, 2, 4))


def test_each_side_gives_its_best_that_is_not_taken() -> None:
    drafted = team_draft("abcd", "badc", 4, tosses(3))
    taken: list[str] = []
    for item, team in drafted:
        ranking = "abcd" if team is Team.SERVED else "badc"
        assert item == next(other for other in ranking if other not in taken)
        taken.append(item)


def test_agreement_favours_neither_side() -> None:
    firsts = [team_draft("abc", "abc", 3, tosses(seed))[0][1] for seed in range(400)]
    assert 160 < firsts.count(Team.RIVAL) < 240


def test_what_is_left_when_one_side_has_no_more_is_nobodys() -> None:
    drafted = team_draft("abcd", "", 3, tosses(1))
    assert [item for item, _ in drafted] == ["a", "b", "c"]
    assert drafted[-1] == ("c", None)
    assert team_draft("", "", 5, tosses(1)) == []


def test_the_same_digest_is_drafted_the_same_each_time_and_only_the_wanted_share_is() -> None:
    asked = Comparison(0.25, "plain-words")
    days = [DAY + timedelta(days=n) for n in range(400)]
    found = [opponent_of(asked, ANA, day, 0) for day in days]
    again = [opponent_of(asked, ANA, day, 0) for day in days]
    assert [each and each.coin.getstate() for each in found] == [each and each.coin.getstate() for each in again]
    assert 70 < sum(each is not None for each in found) < 130
    assert opponent_of(Comparison(0, "plain-words"), ANA, DAY, 0) is None
    assert opponent_of(Comparison(1, "plain-words"), ANA, DAY, 0) is not None


def test_the_named_rivals_differ_from_what_serves_and_from_each_other() -> None:
    assert len({SERVED, *RIVALS.values()}) == 1 + len(RIVALS)


async def compared_digest(house: House, comparison: Comparison | None) -> tuple[Digest, PicksReply]:
    """Have `today` answered in a house that compares, after some papers came that two rankers order differently."""
    house.paperround = Paperround(
        house.stores, Library(house.stores.papers), house.clock, {"fake": house.messenger}, comparison=comparison
    )
    subjects = (
        "sparse retrieval of passages",
        "dense retrieval",
        "graph neural networks",
        "protein folds",
    )
    papers = [
        a_paper(
            number, f"{subjects[number % 4]} {number}", f"We study {subjects[number % 4]} and {subjects[-number % 3]}."
        )
        for number in range(1, 41)
    ]
    await house.bring(*papers)
    await house.ask("follow sparse retrieval")
    reply = (await house.ask("today")).reply
    assert isinstance(reply, PicksReply)
    return house.stores.digests.recent(house.ana.profile, 1)[0], reply


async def test_a_compared_digest_keeps_whose_each_pick_is_and_shows_nothing_of_it(house: House) -> None:
    digest, reply = await compared_digest(house, Comparison(1, "plain-words"))
    assert digest.draft is not None
    assert digest.draft.rival == "plain-words"
    gave = dict(digest.draft.gave)
    assert set(gave) == {pick.paper.id for pick in digest.picks if not pick.stretch}
    assert set(gave.values()) == set(Team)
    assert len(digest.picks) == 5
    shown = repr(reply).lower()
    assert not any(word in shown for word in ("rival", "plain-words", "served", "draft"))


async def test_without_the_setting_nothing_is_compared(house: House) -> None:
    digest, _ = await compared_digest(house, None)
    assert digest.draft is None
    reply = (await house.ask("quality")).reply
    assert isinstance(reply, FactsReply)
    assert not any("against" in label for label, _ in reply.facts)


async def test_quality_says_who_won_and_whether_that_may_be_chance(house: House) -> None:
    for number in range(1, 8):
        one, two = a_paper(2 * number), a_paper(2 * number + 1)
        house.stores.papers.upsert([one, two], MORNING)
        gave = ((one.id, Team.SERVED), (two.id, Team.RIVAL))
        digest = Digest(house.ana.profile, DAY, number, 1, (a_pick(one), a_pick(two)), MORNING)
        house.stores.digests.keep(replace(digest, draft=Draft("no-company", gave)))
        if number < 7:
            liked = Feedback(f"e{number}", house.ana, None, one.id, Verdict.LIKE, MORNING - timedelta(hours=1))
            house.stores.feedback.record(liked)
    reply = (await house.ask("quality")).reply
    assert isinstance(reply, FactsReply)
    told = dict(reply.facts)["The usual ranking against no-company"]
    assert told.startswith("6 digests won, 0 lost, 1 tied; p = 0.031")
