"""What the edges keep: each event once, a channel's choices, credentials that vanish when removed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.folder import DATABASE
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[SqliteStores]:
    with open_stores(tmp_path) as opened:
        yield opened


def test_an_event_is_the_first_once_on_each_platform(stores: SqliteStores) -> None:
    seen = [stores.seen_events.first(platform, "Ev1", MORNING) for platform in ("one", "one", "other")]
    assert seen == [True, False, True]


def test_an_event_is_remembered_for_an_hour(stores: SqliteStores) -> None:
    stores.seen_events.first("one", "Ev1", MORNING)
    assert not stores.seen_events.first("one", "Ev1", MORNING + timedelta(minutes=59))
    assert stores.seen_events.first("one", "Ev1", MORNING + timedelta(minutes=61))


def test_removed_credentials_leave_no_trace_in_the_files(stores: SqliteStores, tmp_path: Path) -> None:
    stores.installations.keep("one", "T1", b"sealed-secret", MORNING)
    assert stores.installations.get("one", "T1") == b"sealed-secret"
    assert stores.installations.get("one", "T2") is None
    assert stores.installations.remove("one", "T1")
    assert not stores.installations.remove("one", "T1")
    stores.close()
    assert b"sealed-secret" not in (tmp_path / DATABASE).read_bytes()
