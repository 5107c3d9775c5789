"""What every `bot.ports.CommunitySources` keeps."""

from datetime import timedelta

from bot.ports import Stores
from tests.builders import MORNING, a_member

ANA = a_member("ana")
ZOE = a_member("zoe", community="elsewhere")


def kept(stores: Stores, community: str = "lab") -> list[tuple[int, str, str]]:
    return [(found.number, found.source, found.added_by) for found in stores.community_sources.of("fake", community)]


def test_a_community_has_sources_of_its_own_each_once(stores: Stores) -> None:
    assert stores.community_sources.add(ANA, ["arxiv:cs.LG", "huggingface"], 20, MORNING) == [
        "arxiv:cs.LG",
        "huggingface",
    ]
    assert stores.community_sources.add(a_member("bo"), ["huggingface", "medrxiv"], 20, MORNING) == ["medrxiv"]
    assert stores.community_sources.add(ZOE, ["huggingface"], 20, MORNING) == ["huggingface"]
    assert kept(stores) == [(1, "arxiv:cs.LG", "ana"), (2, "huggingface", "ana"), (3, "medrxiv", "bo")]
    assert kept(stores, "elsewhere") == [(1, "huggingface", "zoe")]
    assert stores.community_sources.names() == ["arxiv:cs.LG", "huggingface", "medrxiv"]
    assert stores.community_sources.of("fake", "lab")[0].at == MORNING


def test_a_source_is_removed_by_its_number_from_its_own_community_only(stores: Stores) -> None:
    stores.community_sources.add(ANA, ["arxiv:cs.LG", "huggingface"], 20, MORNING)
    stores.community_sources.add(ZOE, ["huggingface"], 20, MORNING)
    removed = stores.community_sources.remove("fake", "lab", 2)
    assert removed is not None
    assert (removed.source, removed.added_by) == ("huggingface", "ana")
    assert stores.community_sources.remove("fake", "lab", 2) is None
    assert (kept(stores), kept(stores, "elsewhere")) == ([(1, "arxiv:cs.LG", "ana")], [(1, "huggingface", "zoe")])
    assert stores.community_sources.add(ANA, ["huggingface"], 20, MORNING + timedelta(days=1)) == ["huggingface"]


def test_more_sources_than_a_community_may_have_are_refused_as_a_whole(stores: Stores) -> None:
    assert stores.community_sources.add(ANA, ["arxiv:cs.LG"], 2, MORNING) == ["arxiv:cs.LG"]
    assert stores.community_sources.add(ANA, ["medrxiv", "biorxiv"], 2, MORNING) is None
    assert [source for _, source, _ in kept(stores)] == ["arxiv:cs.LG"]
    assert stores.community_sources.add(ANA, ["arxiv:cs.LG", "medrxiv"], 2, MORNING) == ["medrxiv"]


def test_a_source_stays_when_whoever_added_it_is_forgotten(stores: Stores) -> None:
    stores.community_sources.add(ANA, ["arxiv:cs.LG"], 20, MORNING)
    stores.communities.forget(ANA)
    assert kept(stores) == [(1, "arxiv:cs.LG", "")]
