"""What every `bot.ports.Turns` keeps."""

from concurrent.futures import ThreadPoolExecutor

from bot.ports import Stores


def test_a_turn_is_one_callers_until_it_is_given_back(stores: Stores) -> None:
    assert stores.turns.take("source arxiv")
    assert not stores.turns.take("source arxiv")
    assert stores.turns.take("source feed")
    stores.turns.give_back("source arxiv")
    assert stores.turns.take("source arxiv")
    stores.turns.give_back("never taken")


def test_of_many_who_ask_at_once_one_has_the_turn(stores: Stores) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(stores.turns.take, ["source arxiv"] * 32)) == 1
