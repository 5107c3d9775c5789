"""Papers that were taken for one work: what is remembered of it, and how it is undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.merging import merged
from storage.paper_rows import as_json, columns_of, paper_of, told_of
from storage.rows import stamp
from storage.sql import Connection

REMEMBER = """
    INSERT INTO paper_merges (name, paper, own_row, names, record, before, merged_at)
    VALUES (:name, :paper, :own_row, :names, :record, :before, :merged_at)
    ON CONFLICT (name) DO UPDATE
       SET paper = excluded.paper, own_row = excluded.own_row, names = excluded.names, record = excluded.record,
           before = excluded.before, merged_at = excluded.merged_at, undone = 0
"""

OTHER_NAMES = "SELECT alias FROM paper_aliases WHERE paper = :paper ORDER BY alias"

PARTED = """
    SELECT count(*) AS parted
      FROM paper_merges
     WHERE undone = 1 AND (paper = :one AND own_row = :other OR paper = :other AND own_row = :one)
"""

# What followed the one paper follows the other from now on: its names, its picks, what was merged into it before.
FOLLOW = (
    "UPDATE papers SET merged_into = :paper WHERE number = :own_row OR merged_into = :own_row",
    "UPDATE paper_aliases SET paper = :paper WHERE paper = :own_row",
    "UPDATE paper_merges SET paper = :paper WHERE paper = :own_row AND undone = 0",
    "UPDATE digest_picks SET paper = :paper WHERE paper = :own_row",
    """INSERT INTO shown_papers (profile, paper, first_date)
       SELECT profile, :paper, first_date FROM shown_papers WHERE paper = :own_row
       ON CONFLICT (profile, paper) DO UPDATE SET first_date = min(shown_papers.first_date, excluded.first_date)""",
)
NAME = "INSERT INTO paper_aliases (alias, paper) VALUES (:alias, :paper) ON CONFLICT DO NOTHING"

FIND = "SELECT * FROM paper_merges WHERE name = :name AND undone = 0"

NEWEST = """
    SELECT paper_merges.name, paper_merges.merged_at, papers.id
      FROM paper_merges JOIN papers ON papers.number = paper_merges.paper
     WHERE paper_merges.undone = 0
     ORDER BY paper_merges.merged_at DESC, paper_merges.name
     LIMIT :limit
"""

KEPT = "SELECT * FROM papers WHERE number = :paper"
LAST_NUMBERS = "SELECT coalesce(max(number), 0) AS number, coalesce(max(change), 0) AS change FROM papers"
UNNAME = "DELETE FROM paper_aliases WHERE alias = :alias AND paper = :paper"
ALONE_AGAIN = "UPDATE papers SET merged_into = NULL, change = :change WHERE number = :own_row"
NAMES = "SELECT names FROM paper_merges WHERE name = :name"
UNDONE = "UPDATE paper_merges SET undone = 1, own_row = :own_row WHERE name = :name"

Columns = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Merge:
    """A record that was met as part of a stored paper.

    Attributes:
        paper: The number of the stored paper; ``own_row`` that of the record's own, if it was stored apart.
        names: The names that became the paper's, the record's id first.
        record: The record's columns, and ``before`` the paper's, as they were before they met.
    """

    paper: int
    own_row: int | None
    names: Sequence[str]
    record: Columns
    before: Columns


def other_names(connection: Connection, paper: int) -> list[str]:
    return [row["alias"] for row in connection.execute(OTHER_NAMES, {"paper": paper})]


def were_parted(connection: Connection, one: int, other: int) -> bool:
    """Tell whether somebody took two papers apart that had been taken for one."""
    return bool(connection.execute(PARTED, {"one": one, "other": other}).fetchone()["parted"])


def remember(connection: Connection, merges: Sequence[Merge], now: datetime) -> None:
    """Write merges down inside the open transaction, and let everything follow that pointed at a paper merged away."""
    rows = [
        {
            "name": merge.names[0],
            "paper": merge.paper,
            "own_row": merge.own_row,
            "names": as_json(merge.names),
            "record": json.dumps(dict(merge.record), ensure_ascii=False),
            "before": json.dumps(dict(merge.before), ensure_ascii=False),
            "merged_at": stamp(now),
        }
        for merge in merges
    ]
    connection.executemany(REMEMBER, rows)
    for merge in merges:
        if merge.own_row is not None:
            for statement in FOLLOW:
                connection.execute(statement, {"paper": merge.paper, "own_row": merge.own_row})
            connection.execute(NAME, {"alias": merge.names[0], "paper": merge.paper})


@dataclass(frozen=True, slots=True)
class Parting:
    """What a merge leaves to write when it is undone.

    Attributes:
        kept: The paper's columns without what it has from the record alone.
        record: The columns of the record's own paper, to be added; None when it has a row already.
    """

    paper: int
    own_row: int
    kept: Columns
    record: Columns | None
    change: int


def part(connection: Connection, name: str, now: datetime) -> Parting | None:
    """Take a record's names and row back from the paper that it was merged into; None when it is in none.

    A field goes back to what it was unless it changed again since. Picks and reading lists stay with the paper.
    """
    row = connection.execute(FIND, {"name": name}).fetchone()
    if row is None:
        return None
    names = json.loads(row["names"])
    for alias in names:
        connection.execute(UNNAME, {"alias": alias, "paper": row["paper"]})
    last = connection.execute(LAST_NUMBERS).fetchone()
    change = last["change"] + 1
    own_row = row["own_row"] or last["number"] + 1
    record, before = json.loads(row["record"]), json.loads(row["before"])
    if row["own_row"] is not None:
        connection.execute(ALONE_AGAIN, {"own_row": own_row, "change": change})
        change += 1
    kept = _without(connection, row["paper"], record, before, now)
    return Parting(row["paper"], own_row, kept, record if row["own_row"] is None else None, change)


def settle_parting(connection: Connection, name: str, own_row: int) -> None:
    """Give a parted record its other names back, and remember that it is apart for good, once its row is there."""
    connection.execute(UNDONE, {"name": name, "own_row": own_row})
    row = connection.execute(NAMES, {"name": name}).fetchone()
    connection.executemany(NAME, [{"alias": alias, "paper": own_row} for alias in json.loads(row["names"])[1:]])


def _without(connection: Connection, paper: int, record: Columns, before: Columns, now: datetime) -> Columns:
    # The rule by which they were merged tells what the paper has from the record.
    had = {"merged_into": None, **before}
    after = columns_of(merged(told_of(had), paper_of({"merged_into": None, **record})), now)
    stands = connection.execute(KEPT, {"paper": paper}).fetchone()
    return {name: before[name] if stands[name] == after[name] else stands[name] for name in after}
