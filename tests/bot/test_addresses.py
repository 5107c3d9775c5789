"""What opens archives, feeds and data: nothing but what was handed out, for as long as it stands."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.render import answered
from bot.addresses import ARCHIVE, ARCHIVE_LASTS, Addresses, owner_of
from bot.model import ProfileId
from bot.replies import NoticeReply
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_channel, a_member

ANA = a_member("ana")
PAPERS = a_channel("papers")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStores]:
    with open_stores(tmp_path_factory.mktemp("data")) as opened:
        yield opened


@pytest.fixture
def addresses(stores: SqliteStores) -> Addresses:
    return Addresses(stores.access, "https://papers.example/")


def token_in(address: str) -> str:
    return address.rpartition("/")[2].removesuffix(".atom")


def test_an_archives_link_opens_its_profile_until_it_ends(addresses: Addresses) -> None:
    link = addresses.archive(PAPERS, MORNING)
    assert link.startswith("https://papers.example/archive/")
    opened = addresses.archive_opened(token_in(link), MORNING)
    assert opened is not None
    assert opened.profile == PAPERS.profile
    assert opened.until == MORNING + ARCHIVE_LASTS
    assert addresses.archive_opened(token_in(link), MORNING + ARCHIVE_LASTS - timedelta(seconds=1))
    assert addresses.archive_opened(token_in(link), MORNING + ARCHIVE_LASTS) is None


def test_a_link_for_one_profile_opens_no_other_and_no_later_day(addresses: Addresses) -> None:
    until, profile, signature = token_in(addresses.archive(PAPERS, MORNING)).split(".")
    _, of_ana, signed_for_ana = token_in(addresses.archive(ANA, MORNING)).split(".")
    later = str(int(until) + 86400)
    for forged in (
        f"{until}.{of_ana}.{signature}",
        f"{until}.{profile}.{signed_for_ana}",
        f"{later}.{profile}.{signature}",
        f"{until}.{profile}.",
        f"{until}.{profile}",
        f"{until}.{profile}.{signature}x",
    ):
        assert addresses.archive_opened(forged, MORNING) is None, forged


def test_revoked_links_open_nothing_and_new_ones_do(addresses: Addresses) -> None:
    old = [addresses.archive(PAPERS, MORNING + timedelta(hours=hour)) for hour in range(3)]
    assert addresses.revoke(PAPERS, ARCHIVE)
    assert not addresses.revoke(PAPERS, ARCHIVE)
    new = addresses.archive(PAPERS, MORNING)
    assert [addresses.archive_opened(token_in(link), MORNING) for link in old] == [None, None, None]
    assert addresses.archive_opened(token_in(new), MORNING)


def test_a_feeds_address_stays_until_another_is_asked_for(addresses: Addresses) -> None:
    first = addresses.feed(ANA, MORNING)
    assert re.fullmatch(r"https://papers\.example/feed/[\w-]{22}\.atom", first)
    assert addresses.feed(ANA, MORNING + timedelta(days=400)) == first
    second = addresses.feed(ANA, MORNING, new=True)
    assert addresses.feed_opened(token_in(first)) is None
    opened = addresses.feed_opened(token_in(second))
    assert opened is not None
    assert opened.profile == ANA.profile


def test_a_token_has_no_sign_that_a_chat_takes_for_a_mark(addresses: Addresses) -> None:
    tokens = {addresses.give_token(ANA, MORNING) for _ in range(50)}
    assert len(tokens) == 50
    assert all(re.fullmatch("[A-Za-z0-9]{43}", token) for token in tokens)


def test_no_sign_of_an_address_is_changed_by_a_chat(addresses: Addresses) -> None:
    shown = [addresses.archive(PAPERS, MORNING + timedelta(hours=number)) for number in range(150)]
    shown += [addresses.feed(ANA, MORNING, new=True) for _ in range(150)]
    assert len(set(shown)) == len(shown)
    for address in shown:
        assert answered(NoticeReply(address))[0]["text"] == address
        opened = addresses.archive_opened(token_in(address), MORNING) if "/archive/" in address else None
        assert opened or "/feed/" in address
    assert addresses.feed_opened(token_in(shown[-1]))


def test_a_token_opens_only_as_a_token_and_the_newest_alone(addresses: Addresses) -> None:
    first, second = addresses.give_token(ANA, MORNING), addresses.give_token(ANA, MORNING)
    assert addresses.token_opened(first) is None
    opened = addresses.token_opened(second)
    assert opened is not None
    assert opened.profile == ANA.profile
    assert addresses.feed_opened(second) is None


def test_what_is_kept_does_not_open_anything(addresses: Addresses, stores: SqliteStores) -> None:
    address, token = addresses.feed(ANA, MORNING), addresses.give_token(ANA, MORNING)
    for kind in ("feed", "token"):
        grant = stores.access.of(ANA.profile, kind)
        assert grant is not None
        for kept in (grant.nonce, grant.digest):
            assert addresses.feed_opened(kept) is None
            assert addresses.token_opened(kept) is None
        assert token_in(address) not in repr(grant)
        assert token not in repr(grant)


def test_the_hosts_secret_signs_in_place_of_the_kept_key(stores: SqliteStores) -> None:
    kept, hosts = Addresses(stores.access), Addresses(stores.access, secret="a secret of the host")  # noqa: S106 - a test's
    token = token_in(hosts.archive(PAPERS, MORNING))
    assert hosts.archive_opened(token, MORNING)
    assert kept.archive_opened(token, MORNING) is None


@given(text=st.text(max_size=80) | st.from_regex(r"\d{10}\.[\w-]{4,40}\.[\w-]{22}", fullmatch=True))
def test_no_guess_opens_or_breaks_anything(stores: SqliteStores, text: str) -> None:
    addresses = Addresses(stores.access)
    assert addresses.archive_opened(text, MORNING) is None
    assert addresses.feed_opened(text) is None
    assert addresses.token_opened(text) is None


def test_a_profile_names_its_owner() -> None:
    assert owner_of(ANA.profile) == ANA
    assert owner_of(PAPERS.profile) == PAPERS
    assert owner_of(ProfileId("channel:fake:lab:a:b")).id == "a:b"
    with pytest.raises(ValueError, match="no profile"):
        owner_of(ProfileId("nobody:fake:lab:x"))


def test_nothing_is_kept_before_anything_is_asked_for(tmp_path: Path) -> None:
    with open_stores(tmp_path) as fresh:
        Addresses(fresh.access, "https://papers.example")
        assert fresh.access.of(ANA.profile, "feed") is None
