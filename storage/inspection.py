"""The condition of a database, looked at without holding the data folder: also while the bot runs."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.announcements import SourceState
from storage.community_sources import NAMES
from storage.connections import open_connection
from storage.migrations import applied_steps, known_steps
from storage.rows import stamp
from storage.source_states import states_in
from storage.sql import Connection

# An open part that could have been claimed so long ago was left by a worker that is not there.
STUCK_AFTER = timedelta(minutes=15)

STUCK = "SELECT count(*) AS found FROM delivery_progress WHERE free_from IS NOT NULL AND free_from < :before"
# An installation for many communities may have hundreds; whoever puts the first right reads the next.
PAUSED_TOLD = 10
PAUSED = """
    SELECT platform || ' ' || community || ' ' || coalesce(nullif('#' || channel_name, '#'), channel) AS place, paused
      FROM subscriptions
     WHERE paused IS NOT NULL
     ORDER BY destination
     LIMIT :limit
"""
HELD = "SELECT count(*) AS found FROM delivery_progress WHERE state = 'held'"
PAPERS = "SELECT count(*) AS found FROM papers"
TEXTS_MISSING = "SELECT (SELECT count(*) FROM papers) - (SELECT count(*) FROM paper_texts_docsize) AS found"


@dataclass(frozen=True, slots=True)
class Condition:
    """What was found.

    Attributes:
        damage: SQLite's own words for the first fault in the file; empty when it is whole.
        loose_rows: Rows that name another row which is not there.
        texts_missing: Papers more (or, below 0, fewer) than the full-text index knows.
        pending: Steps of the schema that this release would take; ``unknown`` ones are of a newer release.
        stuck: Parts of digests that wait although nothing keeps them; ``held`` ones wait for the host's word.
        paused: Channels whose round has stopped, each with why; a few of them.
        sources: Where each source stands, by its name; empty when the schema is of another release.
        added_sources: Those that communities added.
    """

    damage: str
    loose_rows: int
    texts_missing: int
    pending: tuple[str, ...]
    unknown: tuple[str, ...]
    stuck: int
    held: int
    papers: int
    paused: tuple[tuple[str, str], ...]
    sources: dict[str, SourceState]
    added_sources: tuple[str, ...]


def inspect(database: Path, now: datetime) -> Condition:
    """Look a database over; nothing is changed.

    Raises:
        sqlite3.Error: It cannot be opened or is no database.
    """
    with closing(open_connection(database)) as connection:
        connection.execute("PRAGMA query_only = ON")
        damage = next((row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"), "")
        found = condition_in(connection, applied_steps(connection), counted(connection, TEXTS_MISSING), now)
        loose_rows = len(connection.execute("PRAGMA foreign_key_check").fetchall())
        return replace(found, damage=damage.splitlines()[0] if damage else "", loose_rows=loose_rows)


def condition_in(connection: Connection, done: Sequence[str], texts_missing: int, now: datetime) -> Condition:
    """Return what any database of ours tells of itself; whether it is damaged only its own tools can tell."""
    known = known_steps()
    same_release = set(done) == set(known)
    paused = connection.execute(PAUSED, {"limit": PAUSED_TOLD}).fetchall() if same_release else ()
    return Condition(
        damage="",
        loose_rows=0,
        texts_missing=texts_missing,
        pending=tuple(step for step in known if step not in done),
        unknown=tuple(step for step in done if step not in known),
        stuck=counted(connection, STUCK, before=stamp(now - STUCK_AFTER)),
        held=counted(connection, HELD),
        papers=counted(connection, PAPERS),
        paused=tuple((row["place"], row["paused"]) for row in paused),
        sources=states_in(connection) if same_release else {},
        added_sources=tuple(row["source"] for row in connection.execute(NAMES)) if same_release else (),
    )


def counted(connection: Connection, question: str, **values: str) -> int:
    return int(connection.execute(question, values).fetchone()["found"])
