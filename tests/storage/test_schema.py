from contextlib import closing
from pathlib import Path

from storage.communities import KINDS, TABLES_ABOUT_NOBODY
from storage.connections import open_connection
from storage.folder import DATABASE
from storage.sqlite import open_stores
from tests.builders import MORNING, a_member, a_paper
from tests.contracts.test_communities import leave_traces

TABLES = r"""
    SELECT name, sql FROM sqlite_schema
     WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE 'paper\_texts\_%' ESCAPE '\'
"""


def tables(data_dir: Path) -> dict[str, str]:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        return {row["name"]: row["sql"] for row in connection.execute(TABLES)}


def test_every_table_of_ours_is_strict(data_dir: Path) -> None:
    loose = [name for name, sql in tables(data_dir).items() if "STRICT" not in sql]
    assert sorted(loose) == ["_sqlite_migrations", "paper_texts"]


def test_every_table_is_either_handed_over_and_erased_or_about_nobody(data_dir: Path) -> None:
    erased = {kind.table for kind in KINDS}
    assert erased | TABLES_ABOUT_NOBODY == tables(data_dir).keys()
    assert not erased & TABLES_ABOUT_NOBODY
    telling = {"member", "profile", "destination", "payload"}
    with closing(open_connection(data_dir / DATABASE)) as connection:
        for table in TABLES_ABOUT_NOBODY:
            columns = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
            assert not columns & telling, table


def test_a_connection_loses_nothing_in_a_power_cut_and_no_row_its_parent(data_dir: Path) -> None:
    with closing(open_connection(data_dir / DATABASE)) as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_the_index_of_texts_is_in_step_after_additions_updates_and_merges(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        stores.papers.upsert([a_paper(number) for number in range(1, 60)], MORNING)
        changed = [a_paper(number, version=2, title=f"Retitled {number}", abstract="Anew.") for number in range(30, 90)]
        stores.papers.upsert([*changed, *changed], MORNING)
    with closing(open_connection(tmp_path / DATABASE)) as connection:
        connection.execute("INSERT INTO paper_texts (paper_texts, rank) VALUES ('integrity-check', 1)")
        assert connection.execute("SELECT count(*) FROM paper_texts WHERE paper_texts MATCH 'anew'").fetchone()[0] == 60


def test_nothing_of_a_forgotten_member_is_left_in_any_file(tmp_path: Path) -> None:
    member = a_member("zyxwvutsrq-canary")
    with open_stores(tmp_path) as stores:
        leave_traces(stores, a_member("ben"))
        leave_traces(stores, member)
        assert any(b"zyxwvutsrq-canary" in path.read_bytes() for path in tmp_path.iterdir())
        stores.communities.forget(member)
        assert not [path for path in tmp_path.iterdir() if b"zyxwvutsrq-canary" in path.read_bytes()]


def test_the_database_is_nobodys_but_its_users(data_dir: Path) -> None:
    assert (data_dir / DATABASE).stat().st_mode & 0o077 == 0
    assert data_dir.stat().st_mode & 0o077 == 0
