"""What every `bot.ports.Profiles` keeps."""

import pytest

from bot.interests import parse_interest
from bot.model import FollowedInterest, Profile
from bot.ports import Stores
from tests.builders import MORNING, a_channel, a_member

ANA = a_member("ana").profile


def test_an_unknown_profile_is_interested_in_nothing(stores: Stores) -> None:
    assert stores.profiles.get(ANA) == Profile(ANA)


def test_a_followed_interest_comes_back_parsed(stores: Stores) -> None:
    added = stores.profiles.follow(ANA, '+diffusion "black hole"', muted=False, now=MORNING)
    expected = FollowedInterest(
        1, '+diffusion "black hole"', parse_interest('+diffusion "black hole"'), muted=False, since=MORNING
    )
    assert added == expected
    assert stores.profiles.get(ANA).interests == (expected,)


def test_following_the_same_again_changes_nothing(stores: Stores) -> None:
    stores.profiles.follow(ANA, "entropy", muted=False, now=MORNING)
    before = stores.profiles.get(ANA)
    assert stores.profiles.follow(ANA, "entropy", muted=False, now=MORNING) is None
    assert stores.profiles.get(ANA) == before


def test_the_revision_grows_with_each_change(stores: Stores) -> None:
    revisions = [stores.profiles.get(ANA).revision]
    stores.profiles.follow(ANA, "entropy", muted=False, now=MORNING)
    revisions.append(stores.profiles.get(ANA).revision)
    stores.profiles.follow(ANA, "survey", muted=True, now=MORNING)
    revisions.append(stores.profiles.get(ANA).revision)
    stores.profiles.unfollow(ANA, 1)
    revisions.append(stores.profiles.get(ANA).revision)
    assert revisions == sorted(set(revisions))


def test_a_number_is_never_given_twice(stores: Stores) -> None:
    for text in ("entropy", "enthalpy"):
        stores.profiles.follow(ANA, text, muted=False, now=MORNING)
    removed = stores.profiles.unfollow(ANA, 2)
    assert removed is not None
    assert removed.text == "enthalpy"
    added = [stores.profiles.follow(ANA, text, muted=False, now=MORNING) for text in ("exergy", "anergy")]
    assert [found and found.number for found in added] == [3, 4]
    assert stores.profiles.unfollow(ANA, 2) is None


def test_profiles_do_not_see_each_other(stores: Stores) -> None:
    stores.profiles.follow(ANA, "entropy", muted=False, now=MORNING)
    for other in (a_member("ben"), a_channel("ana"), a_member("ana", community="other"), a_member("ana", platform="x")):
        assert stores.profiles.get(other.profile).interests == ()


@pytest.mark.parametrize("hostile", ["\ud800", "x\0y", "'); DROP TABLE interests; --", "\u202e"])
def test_hostile_text_is_only_text(stores: Stores, hostile: str) -> None:
    assert stores.profiles.follow(ANA, hostile, muted=False, now=MORNING) is not None
    assert stores.profiles.follow(ANA, hostile, muted=False, now=MORNING) is None
    assert len(stores.profiles.get(ANA).interests) == 1
