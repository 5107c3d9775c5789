"""The release after this one, invented: ``python -m tests.storage.postgres.next_release ADDRESS STEP…`` upgrades."""

import sys

from sqlite_utils import Database

from storage.migrations.registry import expands, migrations
from storage.postgres.scripts import SCRIPTS
from storage.postgres.stores import upgrade

# Only adds, to tables that every message is written to, so that whatever was prepared before returns more.
ADDS = "m9001_adds"
# Adds the index of a large table.
INDEXES = "m9002_indexes"
# Is none that a release could stand that does not know it.
CHANGES = "m9003_changes"


def take_on(*names: str) -> None:
    """Make this process one of a release with these steps."""
    for name in names:
        step = {ADDS: expands(m9001_adds), INDEXES: expands(m9002_indexes), CHANGES: m9003_changes}[name]
        migrations()(step)
    SCRIPTS[INDEXES] = "CREATE INDEX CONCURRENTLY IF NOT EXISTS deliveries_community ON deliveries (community)"


def m9001_adds(db: Database) -> None:
    db.executescript("""
        CREATE TABLE shelves (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
        ALTER TABLE deliveries ADD COLUMN shelf INTEGER;
        ALTER TABLE delivery_progress ADD COLUMN seen_at TEXT;
        ALTER TABLE papers ADD COLUMN shelf INTEGER;
    """)


def m9002_indexes(db: Database) -> None:
    db.execute("CREATE INDEX deliveries_community ON deliveries (community)")


def m9003_changes(db: Database) -> None:
    db.execute("ALTER TABLE delivery_progress ADD COLUMN waits INTEGER NOT NULL DEFAULT 0")


if __name__ == "__main__":
    take_on(*sys.argv[2:])
    print(*upgrade(sys.argv[1]))  # noqa: T201  # for whoever started it
