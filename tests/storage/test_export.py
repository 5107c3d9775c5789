from collections import Counter
from pathlib import Path

import pytest

from bot.ports import StorageUnusable
from storage.export import rows_of
from storage.folder import DATABASE
from storage.sqlite import open_stores
from tests.builders import a_member
from tests.contracts.test_communities import leave_traces


def test_every_row_is_exported_also_while_the_bot_runs(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        leave_traces(stores, a_member("ana"))
        rows = list(rows_of(tmp_path / DATABASE))
    tables = Counter(table for table, _ in rows)
    assert tables["papers"] == tables["feedback"] == tables["saves"] == tables["delivery_parts"] == 1
    assert not [table for table in tables if table.startswith(("paper_texts", "sqlite_", "_"))]
    assert {row["member"] for table, row in rows if table == "feedback"} == {"ana"}


def test_an_export_is_as_of_the_instant_it_began(tmp_path: Path) -> None:
    with open_stores(tmp_path) as stores:
        leave_traces(stores, a_member("ana"))
        rows = rows_of(tmp_path / DATABASE)
        begun = [next(rows)]
        leave_traces(stores, a_member("ben"))
        rest = list(rows)
    assert {row["member"] for _, row in begun + rest if "member" in row} == {"ana"}


def test_there_is_no_export_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageUnusable, match="nothing to export"):
        list(rows_of(tmp_path / DATABASE))
