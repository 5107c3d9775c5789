"""What managers changed for everybody: who, what, when."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0026_manager_acts(db: Database) -> None:
    # Rows are added and never changed, but for the name, which goes when its owner is forgotten. The unique pair makes
    # an event that a platform delivers again count once.
    db.executescript("""
        CREATE TABLE manager_acts (
            number INTEGER PRIMARY KEY,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            event TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            place TEXT NOT NULL,
            said TEXT NOT NULL,
            at TEXT NOT NULL,
            UNIQUE (platform, event)
        ) STRICT;
        CREATE INDEX manager_acts_newest ON manager_acts (community, platform, at);
        CREATE INDEX manager_acts_member ON manager_acts (member, community, platform);
    """)
