"""What every `bot.ports.Digests` keeps."""

from dataclasses import replace
from datetime import date

from bot.identity import title_id
from bot.model import Digest, Draft, Pick, Reason, ReasonKind, Team
from bot.ports import Stores
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
        Reason(ReasonKind.WORDS, "matches sparse retrieval", 0.75),
        Reason(ReasonKind.STRETCH, "a stretch", 0.25),
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
