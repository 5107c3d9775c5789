"""Where members want mails, and how many were asked to confirm of late."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0025_mail(db: Database) -> None:
    # `mail_tries` names nobody: its marks cannot be read back, and a day later they are gone.
    db.executescript("""
        CREATE TABLE mail_addresses (
            id TEXT PRIMARY KEY,
            destination TEXT NOT NULL,
            platform TEXT NOT NULL,
            community TEXT NOT NULL,
            member TEXT NOT NULL,
            member_name TEXT NOT NULL,
            profile TEXT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            schedule TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            confirmed INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mail_addresses_member ON mail_addresses (member, community, platform);
        CREATE INDEX mail_addresses_profile ON mail_addresses (profile);
        CREATE TABLE mail_tries (
            mark TEXT NOT NULL,
            tried_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX mail_tries_mark ON mail_tries (mark, tried_at);
    """)
