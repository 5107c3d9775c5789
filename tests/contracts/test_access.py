"""What every `bot.ports.Access` keeps."""

from bot.ports import Grant, Stores
from tests.builders import MORNING, a_channel, a_member
from tests.contracts.conftest import Opener

ANA = a_member("ana")
FEED = Grant(ANA.profile, "feed", "one", "digest-one", MORNING)


def test_the_signing_key_is_drawn_once_and_is_the_same_for_everybody(open_more: Opener) -> None:
    one, other = open_more(), open_more()
    key = one.access.signing_key()
    assert len(key) == 32
    assert other.access.signing_key() == key


def test_a_newer_grant_takes_the_place_of_the_older(stores: Stores) -> None:
    stores.access.keep(FEED)
    newer = Grant(ANA.profile, "feed", "two", "digest-two", MORNING)
    stores.access.keep(newer)
    assert stores.access.of(ANA.profile, "feed") == newer
    assert stores.access.by_digest("feed", "digest-one") is None
    assert stores.access.by_digest("feed", "digest-two") == newer


def test_a_grant_opens_only_its_own_kind_and_profile(stores: Stores) -> None:
    stores.access.keep(FEED)
    assert stores.access.of(ANA.profile, "token") is None
    assert stores.access.of(a_channel("papers").profile, "feed") is None
    assert stores.access.by_digest("token", "digest-one") is None


def test_a_grant_without_a_digest_is_never_found_by_one(stores: Stores) -> None:
    stores.access.keep(Grant(ANA.profile, "archive", "nonce", "", MORNING))
    stores.access.keep(Grant(a_member("ben").profile, "archive", "nonce", "", MORNING))
    assert stores.access.by_digest("archive", "") is None


def test_a_grant_taken_back_is_gone(stores: Stores) -> None:
    stores.access.keep(FEED)
    assert stores.access.remove(ANA.profile, "feed")
    assert not stores.access.remove(ANA.profile, "feed")
    assert stores.access.by_digest("feed", "digest-one") is None


def test_a_forgotten_members_grants_open_nothing(stores: Stores) -> None:
    stores.access.keep(FEED)
    stores.communities.forget(ANA)
    assert stores.access.of(ANA.profile, "feed") is None
