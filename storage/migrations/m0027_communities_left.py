"""Communities that the bot was removed from: what is kept of them goes a month later."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0027_communities_left(db: Database) -> None:
    db.executescript("""
        CREATE TABLE communities_left (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            left_at TEXT NOT NULL,
            PRIMARY KEY (community, platform)
        ) STRICT, WITHOUT ROWID;
    """)
