"""What every `bot.ports.Digests` keeps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.identity import title_id
from bot.model import Digest, Draft, Pick, Reason, ReasonKind, Saying, Team
from bot.ports import ScoredPick, Stores
from tests.builders import MORNING, a_channel, a_member, a_paper, a_pick

ANA = a_member("ana").profile
TODAY = date(2026, 3, 12)
TOMORROW = date(2026, 3, 13)


def a_digest(*picks: Pick, local_date: date = TODAY, edition: int = 0, revision: int = 1) -> Digest:
    return Digest(ANA, local_date, edition, revision, picks, MORNING)


def stored(stores: Stores, number: int, **facts: object) -> Pick:
    stores.papers.upsert([a_paper(number)], MORNING)
    return a_pick(stores.papers.get([a_paper(number).id])[a_paper(number).id], **facts)


def test_a_kept_digest_shows_the_same_picks_again(stores: Stores) -> None:
    reasons = (
        Reason(ReasonKind.WORDS, "matches sparse retrieval", 0.75, Saying("matches", ("sparse retrieval",))),
        Reason(ReasonKind.STRETCH, "a stretch", 0.25),
        Reason(ReasonKind.TRENDING, "trending: 1 upvote", 0.0, Saying("counts", (1, 0, 0, 0))),
    )
    one = stored(stores, 1, score=2.5, reasons=reasons, probability=0.82, key_sentence="It is so.", stretch=True)
    two = stored(stores, 2, strength="loose match")
    digest = a_digest(two, one)
    stores.digests.keep(digest)
    assert stores.digests.get(ANA, TODAY, 0) == digest
    assert stores.digests.get(ANA, TODAY, 1) is None
    assert stores.digests.get(a_channel().profile, TODAY, 0) is None


def test_whose_each_pick_is_stays_beside_the_picks(stores: Stores) -> None:
    one, two, three = (stored(stores, number) for number in (1, 2, 3))
    gave = ((two.paper.id, Team.RIVAL), (one.paper.id, Team.SERVED))
    digest = replace(a_digest(two, one, three), draft=Draft("plain-words", gave))
    stores.digests.keep(digest)
    assert stores.digests.get(ANA, TODAY, 0) == digest
    assert stores.digests.recent(ANA, 1) == stores.digests.since(TODAY) == [digest]
    plain = replace(digest, draft=None)
    stores.digests.keep(plain)
    assert stores.digests.get(ANA, TODAY, 0) == plain


def test_a_digest_without_picks_is_a_digest_too(stores: Stores) -> None:
    stores.digests.keep(a_digest())
    assert stores.digests.get(ANA, TODAY, 0) == a_digest()


def test_a_digest_takes_the_place_of_the_one_of_the_same_day(stores: Stores) -> None:
    stores.digests.keep(a_digest(stored(stores, 1), stored(stores, 2)))
    newer = a_digest(stored(stores, 3), revision=2)
    stores.digests.keep(newer)
    assert stores.digests.get(ANA, TODAY, 0) == newer
    assert len(stores.digests.recent(ANA, 9)) == 1


def test_a_paper_once_picked_stays_shown_with_its_first_date(stores: Stores) -> None:
    one, two = stored(stores, 1), stored(stores, 2)
    stores.digests.keep(a_digest(two, local_date=TOMORROW))
    stores.digests.keep(a_digest(one, two))
    stores.digests.keep(a_digest())
    stores.digests.keep(a_digest(one, local_date=TOMORROW, edition=1))
    assert stores.digests.shown_to(ANA) == {one.paper.id: TODAY, two.paper.id: TODAY}
    assert stores.digests.shown_to(a_member("ben").profile) == {}


def test_the_papers_ever_shown_are_those_with_a_first_date(stores: Stores) -> None:
    stores.digests.keep(a_digest(stored(stores, 1), stored(stores, 2)))
    stores.digests.keep(a_digest(stored(stores, 3), local_date=TOMORROW))
    stores.digests.keep(replace(a_digest(stored(stores, 4)), profile=a_channel().profile))
    assert stores.digests.ever_shown(ANA) == stores.digests.shown_to(ANA).keys() == {a_paper(n).id for n in (1, 2, 3)}


def test_a_paper_that_got_another_id_was_shown_as_that_paper(stores: Stores) -> None:
    title = "The thermodynamics of forgetting in small machines"
    known = a_paper(1, title=title, id=title_id(title), source="file")
    stores.papers.upsert([known, a_paper(2, title=title)], MORNING)
    stores.digests.keep(a_digest(a_pick(a_paper(2, title=title))))
    assert stores.digests.shown_to(ANA).keys() == {known.id}


def test_the_paper_of_a_pick_is_kept_even_if_no_source_brought_it(stores: Stores) -> None:
    stores.digests.keep(a_digest(a_pick(a_paper(7))))
    kept = stores.digests.get(ANA, TODAY, 0)
    assert kept is not None
    assert kept.picks[0].paper == replace(a_paper(7), first_seen=MORNING)


def test_the_newest_digests_come_first(stores: Stores) -> None:
    days = [(TODAY, 0), (TODAY, 1), (TOMORROW, 0)]
    for number, (day, edition) in enumerate(days, 1):
        stores.digests.keep(a_digest(stored(stores, number), stored(stores, 9), local_date=day, edition=edition))
    newest = stores.digests.recent(ANA, 2)
    assert [(digest.local_date, digest.edition, len(digest.picks)) for digest in newest] == [
        (TOMORROW, 0, 2),
        (TODAY, 1, 2),
    ]


def test_digests_since_a_date_are_everybodys_oldest_first(stores: Stores) -> None:
    for day in (TOMORROW, TODAY, date(2026, 3, 11)):
        stores.digests.keep(a_digest(stored(stores, day.day), local_date=day))
    stores.digests.keep(replace(a_digest(), profile=a_channel().profile))
    found = stores.digests.since(TODAY)
    assert [(digest.local_date, digest.profile) for digest in found] == [
        (TODAY, a_channel().profile),
        (TODAY, ANA),
        (TOMORROW, ANA),
    ]


def test_the_digests_of_a_day_are_one_profiles_by_their_editions(stores: Stores) -> None:
    for number, (day, edition) in enumerate([(TODAY, 1), (TOMORROW, 0), (TODAY, 0)], 1):
        stores.digests.keep(a_digest(stored(stores, number), local_date=day, edition=edition))
    stores.digests.keep(replace(a_digest(stored(stores, 4)), profile=a_channel().profile))
    found = stores.digests.of_day(ANA, TODAY)
    assert [(digest.edition, [pick.paper.id for pick in digest.picks]) for digest in found] == [
        (0, [a_paper(3).id]),
        (1, [a_paper(1).id]),
    ]
    assert found == [stores.digests.get(ANA, TODAY, edition) for edition in (0, 1)]


def test_the_scores_of_picks_are_those_of_the_whole_digests_oldest_first(stores: Stores) -> None:
    days = [(TOMORROW, 0), (TODAY, 0), (TODAY, 1), (date(2026, 3, 11), 0)]
    for number, (day, edition) in enumerate(days, 1):
        picks = [replace(stored(stores, n), score=n / 8) for n in (number, 9)]
        stores.digests.keep(a_digest(*picks, local_date=day, edition=edition))
    stores.digests.keep(replace(a_digest(replace(stored(stores, 5), score=0.5)), profile=a_channel().profile))
    stores.digests.keep(a_digest(local_date=date(2026, 3, 14)))
    assert stores.digests.scores(ANA, 4) == _scored(stores.digests.recent(ANA, 4)[::-1])
    assert len(stores.digests.scores(ANA, 4)) == 6
    assert stores.digests.scores_since(TODAY) == _scored(stores.digests.since(TODAY))
    assert {pick.profile for pick in stores.digests.scores_since(TODAY)} == {ANA, a_channel().profile}


def _scored(digests: Sequence[Digest]) -> list[ScoredPick]:
    return [ScoredPick(digest.profile, pick.paper.id, pick.score) for digest in digests for pick in digest.picks]
