"""A database with a row in every table, as text: one of each release is kept, so that its upgrade is tested for good.

Before a release: ``python -m tests.storage.released 1.2.0`` writes ``tests/storage/releases/1.2.0.sql``.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.announcements import SourceState
from bot.deliveries import Sent
from bot.model import MessageId, PaperId
from storage.folder import DATABASE
from storage.sqlite import SqliteStores, open_stores
from tests.builders import MORNING, a_channel, a_member, a_paper
from tests.contracts.test_communities import leave_traces

RELEASES = Path(__file__).with_name("releases")
ANA, LAB = a_member("ana"), a_channel("lab")
ONE = a_paper(1, title="On entropy", upvotes=3, original="We <i>study</i> question number 1.")
# One work under two names, until a record says so.
PREPRINT = a_paper(2, title="The thermodynamics of forgetting", authors=("Ana Bo",))
ARTICLE = replace(PREPRINT, id=PaperId("doi:10.1000/2"), title="Forgetting", source="crossref", doi="10.1000/2")


def fill(stores: SqliteStores) -> None:
    """Use everything once."""
    stores.papers.upsert([ONE, PREPRINT, ARTICLE], MORNING)
    stores.papers.upsert([replace(PREPRINT, doi="10.1000/2")], MORNING)
    leave_traces(stores, ANA)
    stores.profiles.follow(LAB.profile, "diffusion", muted=True, now=MORNING)
    while claim := stores.ledger.claim(MORNING, timedelta(minutes=2)):
        stores.ledger.settle(claim, Sent(MessageId("m-1")), MORNING)
    stores.mail_addresses.tried(["a-mark"], MORNING, MORNING)
    stores.source_states.set("arxiv:cs.LG", SourceState(polled_at=MORNING, succeeded_at=MORNING))
    stores.installations.keep("fake", "lab", b"\x00sealed\xff", MORNING)
    stores.access.signing_key()
    stores.seen_events.first("fake", "event-1", MORNING)
    stores.departures.left("fake", "gone", MORNING)


def tables_in(database: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that are ours, in the order in which they were made; an index of words is none."""
    found = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").fetchall()
    return [name for (name,) in found if not name.startswith(("sqlite_", "paper_texts"))]


def told(database: sqlite3.Connection) -> Iterator[str]:
    """Yield the statements that make a database again: tables, rows, and then what watches over the rows."""
    tables = tables_in(database)
    rest = "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid"
    for table in (*tables, "paper_texts"):
        yield database.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    for table in tables:
        columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        quoted = ", ".join(f'quote("{column}")' for column in columns)
        for row in database.execute(f"SELECT {quoted} FROM {table}"):  # noqa: S608  # of our own schema
            yield f"INSERT INTO {table} VALUES ({', '.join(row)})"  # noqa: S608  # likewise
    yield "INSERT INTO paper_texts (paper_texts) VALUES ('rebuild')"
    yield from (sql for (sql,) in database.execute(rest))


def write(release: str) -> Path:
    """Write the text of a filled database of this code."""
    with TemporaryDirectory() as folder:
        with open_stores(Path(folder)) as stores:
            fill(stores)
        with closing(sqlite3.connect(Path(folder) / DATABASE)) as database:
            path = RELEASES / f"{release}.sql"
            RELEASES.mkdir(exist_ok=True)
            path.write_text(";\n".join(told(database)) + ";\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.stdout.write(f"{write(sys.argv[1])}\n")
