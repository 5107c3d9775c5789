"""A PostgreSQL out of a dump does not know what was posted since: that is looked up before anything is posted."""

import os
import re
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.deliveries import PlannedPart, Sent
from bot.model import DeliveryKey, MessageId, destination_of
from storage.postgres import open_postgres
from storage.postgres.stores import PostgresStores
from tests.builders import MORNING, a_channel
from tests.postgres import a_database
from tests.storage.postgres.senders import LEASE

PAGE = Path(__file__).parents[3] / "docs" / "hosting" / "many.md"


def tool(name: str, *words: str | Path) -> None:
    """Run one of PostgreSQL's own programs, as a host would."""
    pgserver = pytest.importorskip("pgserver", reason="there is no wheel of PostgreSQL for this platform (pgserver)")
    program = Path(pgserver.__file__).parent / "pginstall" / "bin" / name
    subprocess.run([program, *words], check=True, capture_output=True, timeout=120, env={**os.environ, "LC_ALL": "C"})


def plan(stores: PostgresStores, name: str, day: int) -> None:
    channel, at = a_channel(name), MORNING + timedelta(days=day - 12)
    key = DeliveryKey(destination_of(channel), date(2026, 3, day))
    part = PlannedPart(0, "payload", "marker", None)
    assert stores.ledger.plan(key, channel.profile, channel, [part], late=False, digest=None, now=at)


def claimed(stores: PostgresStores, day: int) -> list[datetime | None]:
    """Send all that is due on a day; return since when each message was in doubt."""
    at, found = MORNING + timedelta(days=day - 12), []
    while claim := stores.ledger.claim(at, LEASE):
        found.append(claim.doubtful_since)
        stores.ledger.settle(claim, Sent(MessageId("m")), at)
    return found


@pytest.mark.parametrize("over", [False, True], ids=["into-a-new-database", "over-the-old-one"])
def test_after_pg_restore_the_first_digest_of_a_destination_is_looked_up_before_it_is_posted(
    tmp_path: Path,
    over: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    with a_database() as first, a_database("template0") as second:
        with open_postgres(first, tmp_path) as stores:
            plan(stores, "lab", 11)
            assert claimed(stores, 11) == [None]
            plan(stores, "open", 11)
        tool("pg_dump", "--format=custom", "--file", tmp_path / "dump", first)
        with open_postgres(first, tmp_path) as stores:
            plan(stores, "lab", 12)
            # An ordinary restart puts nothing in doubt.
            assert claimed(stores, 12) == [None, None]
            stores.index_cache.save([b"index"])
        address = first if over else second
        tool("pg_restore", "--clean", "--if-exists", "--no-owner", "--dbname", address, tmp_path / "dump")
        for _ in range(2):
            with open_postgres(address, tmp_path) as stores:
                assert stores.index_cache.load() is None
        with open_postgres(address, tmp_path) as stores:
            plan(stores, "lab", 12)
            assert claimed(stores, 12) == [MORNING - timedelta(days=1)] * 2
            plan(stores, "lab", 13)
            assert claimed(stores, 13) == [None]


def told_to_hosts(beginning: str) -> str:
    """Return the one statement of the page for hosts that begins so."""
    (said,) = re.findall(f'--command="({re.escape(beginning)}[^"]*)"', PAGE.read_text(encoding="utf-8"))
    return str(said)


def test_a_host_who_moved_a_database_and_lost_nothing_can_say_so(tmp_path: Path) -> None:
    with a_database() as address:
        with open_postgres(address, tmp_path) as stores:
            plan(stores, "lab", 11)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("UPDATE _paperround_place SET server = 'before', deliveries = '1'")
            connection.execute(told_to_hosts("UPDATE _paperround_place SET (server, deliveries)").encode())
        with open_postgres(address, tmp_path) as stores:
            assert claimed(stores, 11) == [None]


def test_a_host_who_put_back_the_files_of_the_server_can_say_so(tmp_path: Path) -> None:
    with a_database() as address:
        with open_postgres(address, tmp_path) as stores:
            plan(stores, "lab", 11)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(told_to_hosts("UPDATE _paperround_place SET server").encode())
        with open_postgres(address, tmp_path) as stores:
            assert claimed(stores, 11) == [MORNING - timedelta(days=1)]
