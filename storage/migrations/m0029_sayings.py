"""What the reasons of a pick say, as keys with values, so that it is said in the language of whoever reads it.

The reasons of older picks are words in English alone, and are shown as they stand.
"""

from sqlite_utils import Database

from storage.migrations.registry import expands, migrations


@migrations()
@expands
def m0029_sayings(db: Database) -> None:
    db.execute("ALTER TABLE digest_picks ADD COLUMN sayings TEXT NOT NULL DEFAULT '[]'")
