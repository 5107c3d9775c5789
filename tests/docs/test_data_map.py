"""The data map of docs/privacy.md names every table, and no other."""

import re
import sqlite3
from pathlib import Path

from storage.communities import KINDS
from storage.community_tables import KEPT
from storage.folder import DATABASE
from storage.sqlite import open_stores

PAGE = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"


def mapped() -> dict[str, list[str]]:
    """Return the cells after its name for each table of the map."""
    rows = [line.strip("|").split("|") for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    return {name: [cell.strip() for cell in cells] for first, *cells in rows for name in re.findall(r"`(\w+)`", first)}


def test_the_data_map_names_every_table_and_says_what_why_and_how_long(tmp_path: Path) -> None:
    open_stores(tmp_path).close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        found = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    tables = {name for name in found if not name.startswith(("sqlite_", "paper_texts_"))}
    assert set(mapped()) == tables
    assert all(len(cells) == 3 and all(cells) for cells in mapped().values())


def test_the_data_map_promises_what_forgetme_and_a_removal_do() -> None:
    told = {name: cells[2] for name, cells in mapped().items()}
    assert {name for name, how_long in told.items() if "forgetme" in how_long} == {kind.table for kind in KINDS}
    erased = {kept.name for kept in KEPT} - {"installations", "communities_left"}
    assert {name for name, how_long in told.items() if "removed" in how_long} == erased
