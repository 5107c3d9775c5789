"""Why a pick was not for somebody: one tap more, optional, and each reason teaches what it says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.actions import Action, Verb, token_of
from bot.answers.tastes import taste_of
from bot.answers.why import DIGESTS_BACK
from bot.interests import parse_interest
from bot.learning import Judged, Taste
from bot.library import Library
from bot.model import Because, Digest, PaperId, Verdict
from bot.replies import FactsReply, NoticeReply, WhyReply
from tests.bot.conftest import House
from tests.bot.test_learning import IDS, PROTEIN, RETRIEVAL, library, verdicts
from tests.builders import MORNING, a_paper, a_pick

__all__ = ["library"]

INTEREST = parse_interest("retrieval")
LIKED = verdicts(RETRIEVAL[6:8], Verdict.LIKE)


def scores(library: Library, *judged: Judged) -> dict[PaperId, float]:
    return dict(library.rank(Taste((INTEREST,), judged=judged), MORNING, limit=len(IDS)))


def not_for_me(because: Because | None) -> Judged:
    return Judged(RETRIEVAL[0], Verdict.NOT_FOR_ME, MORNING, because)


def token(verb: Verb, paper: PaperId) -> str:
    made = token_of(Action(verb, paper))
    assert made is not None
    return made


def test_what_was_known_already_speaks_against_nothing(library: Library) -> None:
    assert scores(library, *LIKED, not_for_me(Because.READ)) == scores(library, *LIKED)


def test_a_dislike_for_the_topic_lowers_the_neighbours_more_than_a_plain_one(library: Library) -> None:
    plain, topic = (scores(library, *LIKED, not_for_me(because)) for because in (None, Because.TOPIC))
    # It shares the subject and most words with the disliked one.
    neighbour = RETRIEVAL[8]
    assert topic[neighbour] < plain[neighbour]


def test_a_dislike_for_the_method_spares_the_subject(library: Library) -> None:
    plain, method = (scores(library, *LIKED, not_for_me(because)) for because in (None, Because.METHOD))
    on_the_subject = [paper for paper in RETRIEVAL if paper not in {RETRIEVAL[0], *RETRIEVAL[6:8]}]
    assert sum(method[paper] for paper in on_the_subject) > sum(plain[paper] for paper in on_the_subject)
    # What has its own words still falls behind what has none of them.
    before = scores(library, *LIKED)
    assert method[RETRIEVAL[8]] / before[RETRIEVAL[8]] < method[RETRIEVAL[4]] / before[RETRIEVAL[4]]


@pytest.mark.parametrize("because", list(Because))
def test_no_reason_turns_against_what_is_followed(library: Library, because: Because) -> None:
    ranked = list(scores(library, not_for_me(because)))
    assert set(ranked[:8]) <= set(RETRIEVAL)
    assert ranked.index(RETRIEVAL[4]) < min(ranked.index(paper) for paper in PROTEIN)


async def test_not_for_me_offers_the_reasons_and_a_tap_on_one_is_kept(house: House) -> None:
    paper = a_paper(1)
    await house.bring(paper, a_paper(2))
    first = (await house.press(token(Verb.NOT_FOR_ME, paper.id))).reply
    assert isinstance(first, NoticeReply)
    assert [button.label for button in first.buttons] == ["Undo", "Topic", "Method", "Already read"]
    answer = await house.press(first.buttons[2].token)
    assert isinstance(answer.reply, NoticeReply)
    assert answer.changed
    assert "because of its method" in answer.reply.text
    judged = taste_of(house.stores, house.ana).judged
    assert [(one.verdict, one.because) for one in judged] == [(Verdict.NOT_FOR_ME, Because.METHOD)]
    told = (await house.ask("feedback")).reply
    assert isinstance(told, FactsReply)
    assert told.facts[0] == ("Not for you, because of its method", paper.title)
    assert len([fact for fact in told.facts if fact[1] == paper.title]) == 1


async def test_a_reason_told_twice_or_a_plain_not_for_me_after_it_changes_nothing(house: House) -> None:
    paper = a_paper(1)
    await house.bring(paper)
    assert (await house.press(token(Verb.NOT_TOPIC, paper.id))).changed
    assert not (await house.press(token(Verb.NOT_TOPIC, paper.id))).changed
    assert not (await house.press(token(Verb.NOT_FOR_ME, paper.id))).changed
    assert (await house.press(token(Verb.READ_ALREADY, paper.id))).changed


async def test_undo_takes_the_reason_back_and_then_the_verdict(house: House) -> None:
    paper = a_paper(1)
    await house.bring(paper)
    await house.press(token(Verb.NOT_FOR_ME, paper.id))
    plain = taste_of(house.stores, house.ana)
    await house.press(token(Verb.NOT_TOPIC, paper.id))
    assert taste_of(house.stores, house.ana) == replace(
        plain, judged=(replace(plain.judged[0], because=Because.TOPIC),)
    )
    await house.ask("undo")
    assert taste_of(house.stores, house.ana) == plain
    await house.ask("undo")
    assert taste_of(house.stores, house.ana).judged == ()


async def test_a_paper_known_already_is_not_shown_again(house: House) -> None:
    papers = [a_paper(number) for number in range(1, 4)]
    await house.bring(*papers)
    await house.press(token(Verb.READ_ALREADY, papers[0].id))
    await house.ask("follow question")
    assert papers[0].id not in [offered.pick.paper.id for offered in (await house.ask("today")).reply.offered]  # type: ignore[union-attr]  # there are picks


async def test_why_says_when_a_paper_was_shown_that_the_kept_digests_no_longer_tell_of(house: House) -> None:
    old = a_paper(1, "Sparse retrieval", "We study sparse retrieval.")
    house.stores.papers.upsert([old], MORNING)
    first = date(2026, 3, 3)
    house.stores.digests.keep(Digest(house.ana.profile, first, 0, 1, (a_pick(old),), MORNING))
    for number in range(1, DIGESTS_BACK + 1):
        house.stores.digests.keep(Digest(house.ana.profile, first + timedelta(number), 0, 1, (), MORNING))
    await house.bring(old)
    reply = (await house.ask(f"why {old.id}")).reply
    assert isinstance(reply, WhyReply)
    assert not reply.shown
    assert "It was shown on 3 March 2026 already; nothing is picked twice." in reply.lines


async def test_why_tells_a_machine_s_keywords_of_a_pick_and_of_any_other_paper(house: House) -> None:
    picked, other = (
        a_paper(n, "Sparse retrieval", "We study sparse retrieval.", keywords=("lexical matching",)) for n in (1, 2)
    )
    house.stores.digests.keep(Digest(house.ana.profile, date(2026, 3, 3), 0, 1, (a_pick(picked),), MORNING))
    await house.bring(picked, other)
    for paper, shown in ((picked, True), (other, False)):
        reply = (await house.ask(f"why {paper.id}")).reply
        assert isinstance(reply, WhyReply)
        assert reply.shown is shown
        assert "Keywords that a machine at its source found: lexical matching." in reply.lines
