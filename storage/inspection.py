"""The condition of a database, looked at without holding the data folder: also while the bot runs."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.announcements import SourceState
from bot.model import Channel
from storage.community_sources import NAMES
from storage.connections import open_connection
from storage.deliveries import WAITS, claimable_at
from storage.migrations import applied_steps, known_steps
from storage.rows import stamp
from storage.source_states import states_in
from storage.sql import Connection

# An open part that could have been claimed so long ago was left by a worker that is not there.
STUCK_AFTER = timedelta(minutes=15)

STUCK = f"SELECT count(*) AS found FROM delivery_progress AS free WHERE free_from < :before AND NOT {WAITS}"  # noqa: S608  # of constants
# An installation for many communities may have hundreds; whoever puts the first right reads the next.
PAUSED_TOLD = 10
PAUSED = """
    SELECT platform || ' ' || community || ' ' || coalesce(nullif('#' || channel_name, '#'), channel) AS place, paused
      FROM subscriptions
     WHERE paused IS NOT NULL
     ORDER BY destination
     LIMIT :limit
"""
# As many as can be asked after one by one; in a larger installation the running bot hears of the others.
ROUNDS_TOLD = 20
ROUNDS = """
    SELECT platform, community, channel, channel_name
      FROM subscriptions
     WHERE paused IS NULL AND direct = 0
     ORDER BY since DESC, destination
     LIMIT :limit
"""
SEALED = "SELECT sealed FROM installations WHERE platform = 'slack' ORDER BY kept_at DESC LIMIT :limit"
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
        rounds: Channels to which a round goes, the newest first; a few of them.
        sealed: What workspaces gave when they installed the app, sealed; the newest.
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
    rounds: tuple[Channel, ...]
    sealed: tuple[bytes, ...]
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
    rounds = connection.execute(ROUNDS, {"limit": ROUNDS_TOLD}).fetchall() if same_release else ()
    sealed = connection.execute(SEALED, {"limit": ROUNDS_TOLD}).fetchall() if same_release else ()
    return Condition(
        damage="",
        loose_rows=0,
        texts_missing=texts_missing,
        pending=tuple(step for step in known if step not in done),
        unknown=tuple(step for step in done if step not in known),
        stuck=counted(connection, STUCK, before=stamp(now - STUCK_AFTER), since=claimable_at(now)["since"]),
        held=counted(connection, HELD),
        papers=counted(connection, PAPERS),
        paused=tuple((row["place"], row["paused"]) for row in paused),
        rounds=tuple(
            Channel(row["platform"], row["community"], row["channel"], name=row["channel_name"]) for row in rounds
        ),
        sealed=tuple(bytes(row["sealed"]) for row in sealed),
        sources=states_in(connection) if same_release else {},
        added_sources=tuple(row["source"] for row in connection.execute(NAMES)) if same_release else (),
    )


def counted(connection: Connection, question: str, **values: str) -> int:
    return int(connection.execute(question, values).fetchone()["found"])
