"""Who was given an address or a token, and the key that signs links, in SQL."""

import secrets
from datetime import datetime

from bot.model import ProfileId
from bot.ports import Grant
from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Writer

SIGNING_KEY = "signing"

KEEP = """
    INSERT INTO access_grants (profile, kind, nonce, digest, granted_at)
    VALUES (:profile, :kind, :nonce, :digest, :granted_at)
    ON CONFLICT (profile, kind) DO UPDATE
       SET nonce = excluded.nonce, digest = excluded.digest, granted_at = excluded.granted_at
"""
OF = "SELECT * FROM access_grants WHERE profile = :profile AND kind = :kind"
BY_DIGEST = "SELECT * FROM access_grants WHERE kind = :kind AND digest = :digest AND digest <> ''"
REMOVE = "DELETE FROM access_grants WHERE profile = :profile AND kind = :kind"

SECRET = "SELECT value FROM kept_secrets WHERE name = :name"  # noqa: S105 - a question, no secret
KEEP_SECRET = "INSERT INTO kept_secrets (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING"  # noqa: S105 - likewise


class SqlAccess:
    """`bot.ports.Access` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def signing_key(self) -> bytes:
        values = {"name": SIGNING_KEY}
        with self._readers.reading() as connection:
            row = connection.execute(SECRET, values).fetchone()
        if row is not None:
            return bytes.fromhex(row["value"])
        fresh = {**values, "value": secrets.token_hex(32)}

        def make(connection: Connection) -> str:
            connection.execute(KEEP_SECRET, fresh)
            return str(connection.execute(SECRET, values).fetchone()["value"])

        return bytes.fromhex(self._writer.write(make))

    def keep(self, grant: Grant) -> None:
        row = {
            "profile": storable(grant.profile),
            "kind": grant.kind,
            "nonce": grant.nonce,
            "digest": grant.digest,
            "granted_at": stamp(grant.granted_at),
        }
        self._writer.write(lambda connection: connection.execute(KEEP, row).rowcount)

    def of(self, profile: ProfileId, kind: str) -> Grant | None:
        return self._one(OF, {"profile": storable(profile), "kind": kind})

    def by_digest(self, kind: str, digest: str) -> Grant | None:
        return self._one(BY_DIGEST, {"kind": kind, "digest": digest})

    def remove(self, profile: ProfileId, kind: str) -> bool:
        values = {"profile": storable(profile), "kind": kind}
        return self._writer.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    def _one(self, question: str, values: dict[str, str]) -> Grant | None:
        with self._readers.reading() as connection:
            row = connection.execute(question, values).fetchone()
        if row is None:
            return None
        granted_at = datetime.fromisoformat(row["granted_at"])
        return Grant(ProfileId(row["profile"]), row["kind"], row["nonce"], row["digest"], granted_at)
