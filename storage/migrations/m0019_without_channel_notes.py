"""Small choices of a channel stand among the preferences now; nothing was ever kept in the table for them."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0019_without_channel_notes(db: Database) -> None:
    db.execute("DROP TABLE channel_notes")
