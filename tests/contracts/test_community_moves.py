"""A community that goes to another installation takes everything along, once, and nothing that opens anything."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, MessageId, destination_of
from bot.ports import Grant, StorageUnusable, Stores
from storage.community_tables import KEPT, NEVER_EXPORTED, OF_NO_COMMUNITY
from storage.folder import DATABASE
from storage.sqlite import SqliteStores, open_stores
from storage.stores import SqlStores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.contracts.test_communities import ANA, BEN, DAY, leave_traces

OTHER = a_member("ana", community="other")


@pytest.fixture
def home(tmp_path: Path) -> SqliteStores:
    """An installation in which two communities used everything."""
    stores = open_stores(tmp_path / "home")
    stores.papers.upsert([a_paper(number) for number in (3, 2, 1)], MORNING)
    leave_traces(stores, ANA)
    leave_traces(stores, BEN)
    stores.installations.keep("fake", "lab", b"a sealed token", MORNING)
    stores.access.keep(Grant(ANA.profile, "token", "", "digest-of-a-token", MORNING))
    stores.profiles.follow(OTHER.profile, "a secret of others", muted=False, now=MORNING)
    stores.saves.add(OTHER, a_paper(2).id, MORNING)
    return stores


def taken_along(stores: SqlStores) -> list[tuple[str, dict[str, Any]]]:
    """Return the lines of the community as they are after they were written to a file and read."""
    return [(table, json.loads(json.dumps(row))) for table, row in stores.community_moves.rows_of("fake", "lab")]


def take_in(stores: SqlStores, lines: list[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    stores.papers.upsert(stores.community_moves.papers_in([row for table, row in lines if table == "papers"]), MORNING)
    return stores.community_moves.take_in(lines, {})


def test_every_table_is_some_communitys_or_none(tmp_path: Path) -> None:
    open_stores(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        found = {
            name
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if not name.startswith(("sqlite_", "paper_texts_"))
        }
        for kept in KEPT:
            columns = {row[1] for row in database.execute(f"PRAGMA table_info({kept.name})")}
            if kept.columns:
                assert columns - {"number"} == set(kept.columns) - {"number"}, kept.name
            else:
                assert kept.name in NEVER_EXPORTED | {"mail_addresses"}, kept.name
    assert {kept.name for kept in KEPT} | OF_NO_COMMUNITY == found
    assert not {kept.name for kept in KEPT} & OF_NO_COMMUNITY


def test_what_a_community_keeps_arrives_whole(home: SqliteStores, stores: SqlStores) -> None:
    # Another numbering over there, so that a number taken along as it is would be seen.
    stores.papers.upsert([a_paper(9)], MORNING)
    added = take_in(stores, taken_along(home))
    assert added["feedback"] == added["saves"] == added["interests"] == 2
    for member in (ANA, BEN):
        here, there = home.communities.data_of(member), stores.communities.data_of(member)
        # What opens something, and where mails go, is given anew.
        here["access"] = here["mail_addresses"] = []
        assert there == here | {"sendings": there["sendings"]}
    assert stores.ledger.planned_since(DAY) == home.ledger.planned_since(DAY)


def test_what_was_taken_in_twice_is_there_once(home: SqliteStores, stores: SqlStores) -> None:
    lines = taken_along(home)
    take_in(stores, lines)
    before = stores.communities.data_of(ANA)
    assert take_in(stores, lines) == {}
    assert stores.communities.data_of(ANA) == before


def test_nothing_of_others_and_nothing_that_opens_anything_is_taken_along(home: SqliteStores) -> None:
    told = json.dumps(taken_along(home))
    for secret in ("a secret of others", "sealed token", "digest-of-a-token", "other"):
        assert secret not in told
    papers = [row["id"] for table, row in taken_along(home) if table == "papers"]
    assert papers == [a_paper(1).id]


def test_interests_of_both_are_kept_under_numbers_of_their_own(home: SqliteStores, stores: SqlStores) -> None:
    stores.profiles.follow(ANA.profile, "gardens", muted=False, now=MORNING)
    take_in(stores, taken_along(home))
    found = stores.profiles.get(ANA.profile)
    assert found is not None
    assert {(each.number, each.text) for each in found.interests} == {(1, "gardens"), (2, "entropy")}


def test_what_was_to_be_sent_is_looked_up_before_it_is_sent(home: SqliteStores, stores: SqlStores) -> None:
    take_in(stores, taken_along(home))
    claims = []
    while claim := stores.ledger.claim(MORNING, timedelta(minutes=2)):
        claims.append(claim)
        stores.ledger.settle(claim, Sent(MessageId(claim.marker)), MORNING)
    assert len(claims) == 2
    assert all(claim.doubtful_since is not None for claim in claims)
    # And the first one that is planned here: it may have been sent from there in the meantime.
    place = a_channel("@ana", direct=True)
    key = DeliveryKey(destination_of(place), DAY + timedelta(days=1))
    later = MORNING + timedelta(days=1)
    part = PlannedPart(0, "payload", "marker", None)
    assert stores.ledger.plan(key, ANA.profile, place, [part], late=False, digest=None, now=later)
    claim = stores.ledger.claim(later, timedelta(minutes=2))
    assert claim is not None
    assert claim.doubtful_since is not None


@pytest.mark.parametrize(
    "row", [{}, {"profile": "member:fake:lab:ana", "name": ["a"], "choice": "b"}, {"profile": "p", "name": "n"}]
)
def test_a_row_of_another_shape_takes_nothing_in(stores: Stores, row: dict[str, Any]) -> None:
    good = {"profile": "member:fake:lab:ana", "name": "layout", "choice": "apart"}
    with pytest.raises(StorageUnusable):
        stores.community_moves.take_in([("preferences", good), ("preferences", row)], {})  # type: ignore[attr-defined]  # SQL
    assert stores.preferences.of(ANA.profile) == {}


def test_a_table_that_is_no_communitys_is_not_written(stores: SqlStores) -> None:
    assert stores.community_moves.take_in([("kept_secrets", {"name": "signing", "value": "x"})], {}) == {}
