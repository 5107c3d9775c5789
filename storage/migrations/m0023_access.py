"""What opens pages that are not for everybody: grants by their digests, and the key that signs links."""

from sqlite_utils import Database

from storage.migrations.registry import migrations


@migrations()
def m0023_access(db: Database) -> None:
    # `kept_secrets` is not exported: whoever has the key can make links.
    db.executescript("""
        CREATE TABLE access_grants (
            profile TEXT NOT NULL,
            kind TEXT NOT NULL,
            nonce TEXT NOT NULL,
            digest TEXT NOT NULL,
            granted_at TEXT NOT NULL,
            PRIMARY KEY (profile, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX access_grants_digest ON access_grants (kind, digest) WHERE digest <> '';
        CREATE TABLE kept_secrets (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    """)
