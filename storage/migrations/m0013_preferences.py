"""What members and channels chose beside their interests and their schedule."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0013_preferences(db: Database) -> None:
    db.execute("""
        CREATE TABLE preferences (
            profile TEXT NOT NULL,
            name TEXT NOT NULL,
            choice TEXT NOT NULL,
            PRIMARY KEY (profile, name)
        ) STRICT, WITHOUT ROWID
    """)
