"""Clicks count only where they were chosen, weakly, and through links that lead where the store says."""

from bot.answers.tastes import taste_of
from bot.learning import Judged, Taste
from bot.library import Library
from bot.model import Because, Channel, Member, PaperId, Verdict
from bot.replies import FactsReply, PicksReply, Reply
from tests.bot.conftest import House
from tests.bot.test_learning import PROTEIN, ROBOT, library, ranked
from tests.builders import MORNING, a_paper

__all__ = ["library"]

PAPER = a_paper(1)


def counted(paper: PaperId, owner: Member | Channel) -> str:
    return f"https://bot.example/go/{paper}/{owner.id}"


def links(reply: Reply) -> list[str]:
    assert isinstance(reply, PicksReply)
    return [offered.pick.paper.url for offered in reply.offered]


async def test_nothing_is_counted_and_no_link_is_changed_unless_it_was_chosen(house: House) -> None:
    house.paperround._desk.click_link = counted  # noqa: SLF001 - as the facade is given it
    await house.bring(PAPER)
    assert links((await house.ask("search question")).reply) == [PAPER.url]
    assert await house.paperround.clicked(PAPER.id, house.ana, None, "c1") == PAPER.url
    assert house.stores.feedback.of_member(house.ana) == []


async def test_a_member_who_chose_it_gets_counted_links_and_a_click_is_a_weak_act(house: House) -> None:
    house.paperround._desk.click_link = counted  # noqa: SLF001 - likewise
    await house.bring(PAPER)
    await house.ask("set clicks on")
    assert links((await house.ask("search question")).reply) == [counted(PAPER.id, house.ana)]
    for _ in range(2):
        assert await house.paperround.clicked(PAPER.id, house.ana, None, "c1") == PAPER.url
    assert [one.verdict for one in taste_of(house.stores, house.ana).judged] == [Verdict.CLICK]
    told = (await house.ask("feedback")).reply
    assert isinstance(told, FactsReply)
    assert told.facts[0] == ("Opened", PAPER.title)


async def test_without_a_public_address_links_stay_as_they_are(house: House) -> None:
    await house.bring(PAPER)
    await house.ask("set clicks on")
    assert links((await house.ask("search question")).reply) == [PAPER.url]


async def test_a_click_in_a_channel_teaches_the_channel_and_names_nobody(house: House) -> None:
    await house.bring(PAPER)
    await house.ask("set here clicks on", channel=house.papers)
    assert await house.paperround.clicked(PAPER.id, None, house.papers, "c1") == PAPER.url
    assert [one.verdict for one in taste_of(house.stores, house.papers).judged] == [Verdict.CLICK]
    assert house.stores.feedback.of_member(house.ana) == []
    assert [act.member.id for act in house.stores.feedback.in_channel(house.papers)] == [""]


async def test_a_link_to_a_paper_that_is_not_stored_leads_nowhere(house: House) -> None:
    assert await house.paperround.clicked(PaperId("arxiv:0704.0001"), house.ana, None, "c1") is None


async def test_undo_takes_back_what_was_said_and_not_what_was_opened(house: House) -> None:
    await house.bring(PAPER, a_paper(2))
    await house.ask("set clicks on")
    await house.ask("like https://arxiv.org/abs/2603.00002")
    await house.paperround.clicked(PAPER.id, house.ana, None, "c1")
    await house.ask("undo")
    assert [one.verdict for one in taste_of(house.stores, house.ana).judged] == [Verdict.CLICK]
    await house.ask("undo")
    assert [one.verdict for one in taste_of(house.stores, house.ana).judged] == [Verdict.CLICK]


def test_a_click_draws_less_than_a_like(library: Library) -> None:
    def nearby(verdict: Verdict) -> int:
        judged = (Judged(ROBOT[0], Verdict.LIKE, MORNING), Judged(PROTEIN[0], verdict, MORNING))
        return len(set(ranked(library, Taste(judged=judged))[:12]) & set(PROTEIN[1:]))

    assert nearby(Verdict.CLICK) < nearby(Verdict.LIKE)


def test_a_click_takes_nothing_away_from_what_was_said(library: Library) -> None:
    for verdict, because in ((Verdict.LIKE, None), (Verdict.NOT_FOR_ME, None), (Verdict.NOT_FOR_ME, Because.TOPIC)):
        said = Judged(PROTEIN[0], verdict, MORNING, because)
        both = (said, Judged(PROTEIN[0], Verdict.CLICK, MORNING))
        assert ranked(library, Taste(judged=both)) == ranked(library, Taste(judged=(said,)))
