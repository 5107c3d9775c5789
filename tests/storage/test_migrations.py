import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.ports import StorageUnusable
from storage.connections import open_connection
from storage.folder import DATABASE, STAMP
from storage.migrations import applied_steps, known_steps, migrate
from storage.migrations.registry import migrations
from storage.rotation import BACKUPS
from storage.sqlite import open_stores
from tests.storage.conftest import Start


def schema(database: Path) -> set[tuple[str, str]]:
    with closing(open_connection(database)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'").fetchall()
    return {(row["name"], row["sql"]) for row in found}


def empty_database(folder: Path) -> Path:
    folder.mkdir()
    (folder / DATABASE).touch()
    return folder / DATABASE


def test_the_steps_are_numbered_from_one_without_gaps() -> None:
    numbers = [re.fullmatch(r"m(\d{4})_\w+", name) for name in known_steps()]
    assert [int(found[1]) for found in numbers if found] == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("released", range(1, len(known_steps())))
def test_a_database_of_any_earlier_step_is_brought_up_to_date_after_a_backup(tmp_path: Path, released: int) -> None:
    database = empty_database(tmp_path / "data")
    with closing(open_connection(database)) as connection:
        migrations.apply(Database(connection), stop_before=known_steps()[released])
    open_stores(tmp_path / "data").close()
    with closing(open_connection(database)) as connection:
        assert applied_steps(connection) == known_steps()
    with closing(sqlite3.connect(tmp_path / "data" / "backups" / f"before-{known_steps()[-1]}.db")) as kept:
        assert kept.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (released,)


def test_s9_killed_at_any_statement_an_upgrade_leaves_the_old_schema_or_the_new(tmp_path: Path, start: Start) -> None:
    open_stores(tmp_path / "whole").close()
    whole = schema(tmp_path / "whole" / DATABASE)
    found: list[bool] = []
    statements = 0
    while True:
        folder = tmp_path / f"at{statements}"
        folder.mkdir()
        said = start("migrate_and_die", folder, statements).communicate()[0]
        if said:
            break
        left = schema(folder / DATABASE)
        assert left in (set(), whole)
        found.append(bool(left))
        open_stores(folder).close()
        assert schema(folder / DATABASE) == whole
        statements += 29
    assert len(found) > 4
    assert found == sorted(found)


def test_a_failing_step_leaves_the_file_as_it_was(data_dir: Path) -> None:
    def m9999_fails(db: Database) -> None:
        db.execute("CREATE TABLE half (id TEXT)")
        raise RuntimeError("half-way")

    before = schema(data_dir / DATABASE)
    migrations()(m9999_fails)
    try:
        with closing(open_connection(data_dir / DATABASE)) as connection, pytest.raises(RuntimeError):
            migrate(connection)
    finally:
        migrations._migrations.pop()  # noqa: SLF001  # there is no public way to take a step out again
    assert schema(data_dir / DATABASE) == before


def test_a_step_that_leaves_loose_ends_is_refused(data_dir: Path) -> None:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO paper_aliases (alias, paper) VALUES ('doi:10.1/x', 7)")
        with pytest.raises(StorageUnusable, match="lose rows"):
            migrate(connection)


def test_s9_a_database_of_a_newer_release_is_refused_by_name_and_left_alone(data_dir: Path) -> None:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('paperround', 'm0999_later', '')"
        )
    before = (data_dir / DATABASE).read_bytes()
    with pytest.raises(StorageUnusable, match=r"newer release.*m0999_later"):
        open_stores(data_dir)
    assert (data_dir / DATABASE).read_bytes() == before
    assert (data_dir / STAMP).exists()
    assert not (data_dir / BACKUPS).exists()
