"""Which of two rankers gave each pick of a digest in which they are compared."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0015_teams(db: Database) -> None:
    db.executescript("""
        CREATE TABLE digest_teams (
            digest INTEGER NOT NULL REFERENCES digests (number),
            position INTEGER NOT NULL,
            rival TEXT NOT NULL,
            team TEXT NOT NULL CHECK (team IN ('served', 'rival')),
            PRIMARY KEY (digest, position)
        ) STRICT, WITHOUT ROWID;
    """)
