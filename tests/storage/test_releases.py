"""A database of every release so far becomes one of this release, with all that was in it, on SQLite and PostgreSQL."""

import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from psycopg import sql
from sqlite_utils import Database

from bot.model import ReasonKind
from bot.ports import Stores
from storage.folder import DATABASE
from storage.migrations import known_steps
from storage.migrations.registry import migrations
from storage.postgres import open_postgres
from storage.postgres.connections import connect
from storage.postgres.migrations import STEPS, TAKEN, StepRunner
from storage.postgres.scripts import SCRIPTS
from storage.sqlite import open_stores
from tests.builders import MORNING
from tests.postgres import a_database
from tests.storage.released import ANA, ARTICLE, LAB, ONE, RELEASES, fill, tables_in, told

RELEASED = sorted(RELEASES.glob("*.sql"))


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The data folder of a release, as its users have it."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        database.executescript(f"BEGIN;\n{request.param.read_text(encoding='utf-8')}\nCOMMIT;")
    return folder


def rows_in(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608  # of our own schema
            for table in tables_in(database)
        }


def everything_is_there(stores: Stores) -> None:
    assert stores.papers.get([ONE.id, ARTICLE.id]).keys() == {ONE.id, ARTICLE.id}
    assert stores.papers.original_abstract(ONE.id)
    assert stores.index.search(["entropy"], 5)[0][0] == ONE.id
    assert all(stores.communities.data_of(ANA).values())
    assert stores.profiles.get(LAB.profile).interests
    assert stores.feedback.of_member(ANA)
    (pick,) = stores.digests.recent(ANA.profile, 1)[0].picks
    assert [(reason.kind, reason.words) for reason in pick.reasons] == [(ReasonKind.WORDS, "matches entropy")]
    assert stores.subscriptions.all()
    assert stores.ledger.recent(None, 9)
    assert stores.mail_addresses.get("m-ana")
    assert stores.source_states.get("arxiv:cs.LG").succeeded_at == MORNING


def test_the_release_that_this_becomes_is_among_those_that_are_kept() -> None:
    assert version("paperround") in {path.stem for path in RELEASED}


def test_a_kept_database_has_a_row_in_every_table(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        fill(stores)
    assert [table for table, rows in rows_in(tmp_path).items() if not rows] == []


def test_a_database_told_as_text_is_the_same_again(tmp_path: Path) -> None:
    with open_stores(tmp_path / "one") as stores:
        fill(stores)
    with (
        closing(sqlite3.connect(tmp_path / "one" / DATABASE)) as one,
        closing(sqlite3.connect(tmp_path / "other.db")) as other,
    ):
        said = list(told(one))
        other.executescript(";\n".join(said))
        assert list(told(other)) == said


def test_an_old_database_is_brought_up_to_date_with_all_that_was_in_it(old: Path) -> None:
    before = rows_in(old)
    with open_stores(old) as stores:
        everything_is_there(stores)
    after = rows_in(old)
    assert {table: rows for table, rows in before.items() if after.get(table, 0) < rows} == {}


def test_an_old_postgresql_is_brought_up_to_date_with_all_that_was_in_it(old: Path, tmp_path: Path) -> None:
    with a_database("template0") as address:
        with closing(sqlite3.connect(old / DATABASE)) as database:
            database.row_factory = sqlite3.Row
            copy_as_it_was(database, address)
        with open_postgres(address, tmp_path / "new") as stores:
            everything_is_there(stores)


def copy_as_it_was(database: sqlite3.Connection, address: str) -> None:
    """Make the PostgreSQL that the same release would have made, with the same rows."""
    taken = {row["name"] for row in database.execute("SELECT name FROM _sqlite_migrations")}
    with connect(address) as target:
        target.execute(STEPS)
        for step in migrations.pending(Database(memory=True, execute_plugins=False)):
            if step.name in taken:
                script = SCRIPTS.get(step.name)
                if script is None:
                    step.fn(StepRunner(target))  # type: ignore[arg-type]  # as much of it as steps use
                else:
                    target.execute(script.encode())
                target.execute(TAKEN, {"name": step.name, "expands": False})
        # Rows that others name come in any order.
        target.execute("SET session_replication_role = replica")
        for table in (name for name in tables_in(database) if not name.startswith("_")):
            target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608  # of our own schema
                insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
                    sql.Identifier(table),
                    sql.SQL(", ").join(map(sql.Identifier, row.keys())),
                    sql.SQL(", ").join([sql.Placeholder()] * len(row.keys())),
                )
                target.execute(insert, tuple(row))
        target.execute("INSERT INTO paper_texts SELECT number, paperround_words(title, abstract) FROM papers")


def test_no_kept_database_is_of_a_step_that_is_gone() -> None:
    for path in RELEASED:
        with closing(sqlite3.connect(":memory:")) as database:
            database.executescript(path.read_text(encoding="utf-8"))
            names = [name for (name,) in database.execute("SELECT name FROM _sqlite_migrations ORDER BY name")]
        assert names == known_steps()[: len(names)], path.name
