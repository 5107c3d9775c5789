"""Messages beside the digests, who set a round up, and two things that are remembered between starts."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0016_notes(db: Database) -> None:
    # `about` names a message beside the digests: a destination gets one about the same thing, ever. `under` is the
    # message that it answers. Who set a round up stands apart, so that it can be erased without the round.
    db.executescript("""
        ALTER TABLE deliveries ADD COLUMN about TEXT;
        ALTER TABLE deliveries ADD COLUMN under TEXT;
        CREATE UNIQUE INDEX deliveries_about ON deliveries (destination, about) WHERE about IS NOT NULL;
        CREATE TABLE round_setters (
            destination TEXT PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX round_setters_member ON round_setters (member, community, platform);
        CREATE TABLE marks (
            name TEXT PRIMARY KEY,
            number INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
    """)
