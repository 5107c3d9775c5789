"""What every `bot.ports.Preferences` keeps."""

from bot.ports import Stores
from tests.builders import a_channel, a_member

ANA = a_member("ana").profile
PAPERS = a_channel("papers").profile


def test_a_choice_stands_until_another_takes_its_place(stores: Stores) -> None:
    stores.preferences.set(PAPERS, "layout", "apart")
    stores.preferences.set(PAPERS, "layout", "thread")
    assert stores.preferences.of(PAPERS) == {"layout": "thread"}


def test_a_choice_taken_back_is_no_choice(stores: Stores) -> None:
    stores.preferences.set(PAPERS, "layout", "apart")
    stores.preferences.set(PAPERS, "layout", None)
    stores.preferences.set(PAPERS, "never-set", None)
    assert stores.preferences.of(PAPERS) == {}


def test_choices_are_each_profiles_own(stores: Stores) -> None:
    stores.preferences.set(PAPERS, "layout", "apart")
    assert stores.preferences.of(ANA) == {}
    assert stores.preferences.of(a_channel("papers", community="other").profile) == {}


def test_who_chose_something_is_found(stores: Stores) -> None:
    for profile in (PAPERS, ANA, a_channel("other").profile):
        stores.preferences.set(profile, "layout", "apart")
    stores.preferences.set(ANA, "layout", "thread")
    assert stores.preferences.profiles_with("layout", "apart") == sorted([PAPERS, a_channel("other").profile])


def test_a_forgotten_members_choices_go_too(stores: Stores) -> None:
    stores.preferences.set(ANA, "layout", "apart")
    assert stores.communities.data_of(a_member("ana"))["preferences"] == [{"name": "layout", "choice": "apart"}]
    stores.communities.forget(a_member("ana"))
    assert stores.preferences.of(ANA) == {}
