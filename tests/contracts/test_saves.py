"""What every `bot.ports.Saves` keeps."""

from datetime import timedelta

from bot.identity import title_id
from bot.model import PaperId
from bot.ports import Stores
from tests.builders import MORNING, a_member, a_paper

ANA = a_member("ana")
ONE, TWO = PaperId("arxiv:2603.00001"), PaperId("arxiv:2603.00002")


def test_the_newest_save_stands_first(stores: Stores) -> None:
    assert stores.saves.add(ANA, ONE, MORNING)
    assert stores.saves.add(ANA, TWO, MORNING + timedelta(minutes=1))
    assert stores.saves.of(ANA) == [TWO, ONE]


def test_saving_twice_is_saving_once(stores: Stores) -> None:
    stores.saves.add(ANA, ONE, MORNING)
    assert not stores.saves.add(ANA, ONE, MORNING + timedelta(minutes=1))
    assert stores.saves.of(ANA) == [ONE]


def test_a_removed_save_is_gone(stores: Stores) -> None:
    stores.saves.add(ANA, ONE, MORNING)
    assert stores.saves.remove(ANA, ONE)
    assert not stores.saves.remove(ANA, ONE)
    assert stores.saves.of(ANA) == []


def test_reading_lists_are_each_members_own(stores: Stores) -> None:
    stores.saves.add(ANA, ONE, MORNING)
    for other in (a_member("ben"), a_member("ana", community="other"), a_member("ana", platform="other")):
        assert stores.saves.of(other) == []
        assert not stores.saves.remove(other, ONE)


def test_a_paper_that_got_another_id_stands_once_and_can_be_removed_under_both(stores: Stores) -> None:
    title = "The thermodynamics of forgetting in small machines"
    known, again = a_paper(1, title=title, id=title_id(title), source="file"), a_paper(2, title=title)
    stores.saves.add(ANA, again.id, MORNING)
    stores.papers.upsert([known, again], MORNING)
    stores.saves.add(ANA, known.id, MORNING)
    assert stores.saves.of(ANA) == [known.id]
    assert stores.saves.remove(ANA, again.id)
    assert stores.saves.of(ANA) == []
