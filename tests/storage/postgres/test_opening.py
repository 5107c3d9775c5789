"""Whether a PostgreSQL may be used, and how it is brought up to date."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from bot.ports import StorageUnusable
from storage.inspection import Condition
from storage.migrations import known_steps
from storage.postgres import inspect, open_postgres, rows_of
from storage.postgres.migrations import applied_steps
from storage.postgres.stores import upgrade
from tests.builders import MORNING, a_member, a_paper
from tests.contracts.test_communities import leave_traces
from tests.postgres import a_database
from tests.storage.conftest import ROOT


@pytest.fixture
def empty() -> Iterator[str]:
    with a_database("template0") as address:
        yield address


def steps_of(address: str) -> list[str]:
    with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as connection:
        return sorted(applied_steps(connection))


def test_processes_that_start_together_upgrade_an_empty_database_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(upgrade, [empty] * 4))
    assert sorted(map(len, taken)) == [0, 0, 0, len(known_steps())]
    assert steps_of(empty) == sorted(known_steps())


def test_an_upgrade_that_fails_leaves_the_old_schema_whole(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        # The last step but a few finds its place taken.
        connection.execute("CREATE SCHEMA hidden")
        connection.execute("CREATE FUNCTION paperround_bare(TEXT) RETURNS TEXT LANGUAGE sql AS 'SELECT $1'")
        with pytest.raises(psycopg.errors.DuplicateFunction):
            upgrade(empty)
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        connection.execute("DROP FUNCTION paperround_bare(TEXT)")
    assert upgrade(empty) == known_steps()


def test_a_database_of_a_newer_release_is_refused_by_the_name_of_its_step(tmp_path: Path) -> None:
    with a_database() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("INSERT INTO _paperround_steps VALUES ('m9999_what_comes', now())")
        with pytest.raises(StorageUnusable, match="m9999_what_comes"):
            open_postgres(address, tmp_path)


def test_a_database_of_another_program_or_encoding_is_refused(empty: str, tmp_path: Path) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE TABLE theirs (id int)")
    with pytest.raises(StorageUnusable, match="PAPERROUND_DATABASE_URL has tables of another program"):
        open_postgres(empty, tmp_path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"/t": "/no_such_"}, "does not exist"),
        ({"postgres@": "nobody:hunter2@"}, 'role "nobody" does not exist'),
        ({"pr-pg-": "no-server-"}, "does not answer at"),
        ({"postgresql://": "postgresql://hunter2@["}, "is no address of PostgreSQL"),
    ],
    ids=["database", "role", "server", "address"],
)
def test_what_cannot_be_opened_is_said_with_the_variable_and_without_the_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, change: dict[str, str], says: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with a_database() as address:
        for old, new in change.items():
            address = address.replace(old, new, 1)  # noqa: PLW2901  # it is changed on purpose
        with pytest.raises(StorageUnusable, match=says) as refused:
            open_postgres(address, tmp_path)
    assert "PAPERROUND_DATABASE_URL" in str(refused.value)
    assert "hunter2" not in str(refused.value) + caplog.text


def test_a_database_tells_its_condition_and_its_rows(tmp_path: Path, empty: str) -> None:
    assert inspect(empty, MORNING) is None
    with pytest.raises(StorageUnusable, match="nothing to export"):
        list(rows_of(empty))
    with a_database() as address:
        with open_postgres(address, tmp_path) as stores:
            stores.papers.upsert([a_paper(number) for number in range(9)], MORNING)
            leave_traces(stores, a_member("ana"))
            stores.access.signing_key()
        found = inspect(address, MORNING)
        assert isinstance(found, Condition)
        assert (found.papers, found.texts_missing, found.pending, found.unknown) == (9, 0, (), ())
        tables = [table for table, _ in rows_of(address)]
        assert tables.count("papers") == 9
        assert {"saves", "deliveries", "interests"} <= set(tables)
        assert not {"kept_secrets", "paper_texts", "_paperround_steps"} & set(tables)


def test_every_statement_survives_a_server_that_would_not_wait_for_the_disk(tmp_path: Path) -> None:
    with a_database() as address:
        name = address.partition("@/")[2].partition("?")[0]
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
        with open_postgres(address, tmp_path) as stores:
            said = stores.communities._writer.write(  # noqa: SLF001  # the session is the writer's own
                lambda connection: connection.execute("SELECT current_setting('synchronous_commit') AS on").fetchone()
            )
        assert said == {"on": "on"}


def test_without_an_address_nothing_of_postgresql_is_loaded() -> None:
    code = (
        "import sys, adapters.main, adapters.serving; "
        "print(sorted(name for name in sys.modules if name.startswith(('psycopg', 'storage.postgres'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
