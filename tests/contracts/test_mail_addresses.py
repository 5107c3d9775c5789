"""What every `bot.ports.MailAddresses` keeps."""

from dataclasses import replace
from datetime import timedelta

from bot.ports import MailAddress, Stores
from tests.builders import MORNING, a_channel, a_member
from tests.contracts.conftest import Opener

ANA, BEN = a_member("ana"), a_member("ben")
LAB = a_channel("papers")
OWN = MailAddress("one", ANA, ANA.profile, "", "ana@example.org", "daily 09:00 UTC count 5", MORNING)
LISTED = MailAddress("two", ANA, LAB.profile, "papers", "ana@example.org", "weekly mon 09:00 UTC count 3", MORNING)
BENS = replace(LISTED, id="three", member=BEN, address="ben@example.org", asked_at=MORNING + timedelta(hours=1))
DAY = timedelta(days=1)


def test_an_address_is_found_by_its_name_also_by_others_who_opened_the_store(open_more: Opener) -> None:
    one, other = open_more(), open_more()
    one.mail_addresses.keep(OWN, "email:lab:one")
    assert other.mail_addresses.get("one") == OWN
    assert other.mail_addresses.get("two") is None


def test_a_member_has_addresses_for_each_profile_apart(stores: Stores) -> None:
    for row in (OWN, LISTED, BENS):
        stores.mail_addresses.keep(row, f"email:lab:{row.id}")
    assert stores.mail_addresses.of(ANA, ANA.profile) == [OWN]
    assert stores.mail_addresses.of(ANA, LAB.profile) == [LISTED]
    assert stores.mail_addresses.of(replace(ANA, community="other"), LAB.profile) == []
    assert stores.mail_addresses.for_profile(LAB.profile) == [LISTED, BENS]


def test_an_address_kept_again_is_the_newer_one(stores: Stores) -> None:
    stores.mail_addresses.keep(OWN, "email:lab:one")
    newer = replace(OWN, schedule="weekly fri 08:00 UTC count 2", confirmed=True)
    stores.mail_addresses.keep(newer, "email:lab:one")
    assert stores.mail_addresses.of(ANA, ANA.profile) == [newer]


def test_a_removed_address_is_gone(stores: Stores) -> None:
    stores.mail_addresses.keep(OWN, "email:lab:one")
    assert stores.mail_addresses.remove("one")
    assert not stores.mail_addresses.remove("one")
    assert stores.mail_addresses.get("one") is None


def test_tries_count_for_their_own_mark_and_not_for_ever(stores: Stores) -> None:
    stores.mail_addresses.tried(["a", "b"], MORNING, MORNING - DAY)
    stores.mail_addresses.tried(["a"], MORNING, MORNING - DAY)
    assert stores.mail_addresses.tries("a", MORNING - DAY) == 2
    assert stores.mail_addresses.tries("b", MORNING) == 1
    assert stores.mail_addresses.tries("a", MORNING + DAY) == 0
    stores.mail_addresses.tried(["c"], MORNING + DAY + timedelta(seconds=1), MORNING + timedelta(seconds=1))
    assert stores.mail_addresses.tries("a", MORNING - DAY) == 0


def test_a_forgotten_members_mails_are_forgotten_those_of_a_channels_list_too(stores: Stores) -> None:
    for row in (OWN, LISTED, BENS):
        stores.mail_addresses.keep(row, f"email:lab:{row.id}")
    told = stores.communities.data_of(ANA)["mail_addresses"]
    assert isinstance(told, list)
    assert sorted(row["address"] for row in told) == ["ana@example.org", "ana@example.org"]
    assert stores.communities.forget(ANA) == 2
    assert stores.mail_addresses.for_profile(LAB.profile) == [BENS]
    assert stores.mail_addresses.get("one") is None


def test_whoever_gave_an_address_is_found_by_it_in_any_case(stores: Stores) -> None:
    for row in (replace(OWN, address="Ana@example.org"), LISTED, BENS):
        stores.mail_addresses.keep(row, f"email:lab:{row.id}")
    assert [row.id for row in stores.mail_addresses.at("ANA@example.org")] == ["one", "two"]
    assert stores.mail_addresses.at("nobody@example.org") == []
