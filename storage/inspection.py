"""The condition of a database, looked at without holding the data folder: also while the bot runs."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.announcements import SourceState
from storage.connections import open_connection
from storage.migrations import applied_steps, known_steps
from storage.rows import stamp
from storage.source_states import states_in

# An open part that could have been claimed so long ago was left by a worker that is not there.
STUCK_AFTER = timedelta(minutes=15)

STUCK = "SELECT count(*) FROM delivery_progress WHERE free_from IS NOT NULL AND free_from < ?"
HELD = "SELECT count(*) FROM delivery_progress WHERE state = 'held'"
TEXTS_MISSING = "SELECT (SELECT count(*) FROM papers) - (SELECT count(*) FROM paper_texts_docsize)"


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found.

    Attributes:
        damage: SQLite's own words for the first fault in the file; empty when it is whole.
        loose_rows: Rows that name another row which is not there.
        texts_missing: Papers more (or, below 0, fewer) than the full-text index knows.
        pending: Steps of the schema that this release would take; ``unknown`` ones are of a newer release.
        stuck: Parts of digests that wait although nothing keeps them; ``held`` ones wait for the host's word.
        sources: Where each source stands, by its name; empty when the schema is of another release.
    """

    damage: str
    loose_rows: int
    texts_missing: int
    pending: tuple[str, ...]
    unknown: tuple[str, ...]
    stuck: int
    held: int
    papers: int
    sources: dict[str, SourceState]


def inspect(database: Path, now: datetime) -> Condition:
    """Look a database over; nothing is changed.

    Raises:
        sqlite3.Error: It cannot be opened or is no database.
    """
    with closing(open_connection(database)) as connection:
        connection.execute("PRAGMA query_only = ON")
        damage = next((row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"), "")
        done, known = applied_steps(connection), known_steps()
        same_release = set(done) == set(known)
        return Condition(
            damage=damage.splitlines()[0] if damage else "",
            loose_rows=len(connection.execute("PRAGMA foreign_key_check").fetchall()),
            texts_missing=_one(connection, TEXTS_MISSING),
            pending=tuple(step for step in known if step not in done),
            unknown=tuple(step for step in done if step not in known),
            stuck=_one(connection, STUCK, stamp(now - STUCK_AFTER)),
            held=_one(connection, HELD),
            papers=_one(connection, "SELECT count(*) FROM papers"),
            sources=states_in(connection) if same_release else {},
        )


def _one(connection: sqlite3.Connection, sql: str, *values: str) -> int:
    return int(connection.execute(sql, values).fetchone()[0])
