"""Sources that communities add for themselves, and papers that members bring and a manager looks at first."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0022_community_sources(db: Database) -> None:
    # Who added a source stands apart: it goes when that member is forgotten, and the source stays.
    db.executescript("""
        CREATE TABLE community_sources (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            number INTEGER NOT NULL,
            source TEXT NOT NULL,
            added_at TEXT NOT NULL,
            PRIMARY KEY (community, platform, number),
            UNIQUE (community, platform, source)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE source_adders (
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            source TEXT NOT NULL,
            added_at TEXT NOT NULL,
            PRIMARY KEY (community, platform, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX source_adders_member ON source_adders (member, community, platform);
        ALTER TABLE submissions ADD COLUMN pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1));
    """)
