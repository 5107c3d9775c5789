"""What a platform's edge keeps of its own, in SQL: events seen, small choices of a channel, sealed credentials."""

from datetime import datetime, timedelta

from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Writer

# Platforms repeat an event for some minutes; an hour covers their slowest repetition many times over.
REMEMBERED = timedelta(hours=1)

SEE = "INSERT INTO seen_events (platform, event, seen_at) VALUES (:platform, :event, :now) ON CONFLICT DO NOTHING"
FORGET_OLD = "DELETE FROM seen_events WHERE seen_at < :before"

NOTE = """
    SELECT value
      FROM channel_notes
     WHERE channel = :channel AND name = :name AND community = :community AND platform = :platform
"""
PUT_NOTE = """
    INSERT INTO channel_notes (platform, community, channel, name, value)
    VALUES (:platform, :community, :channel, :name, :value)
    ON CONFLICT (channel, name, community, platform) DO UPDATE SET value = excluded.value
"""
REMOVE_NOTE = """
    DELETE FROM channel_notes
     WHERE channel = :channel AND name = :name AND community = :community AND platform = :platform
"""

INSTALLED = "SELECT sealed FROM installations WHERE community = :community AND platform = :platform"
INSTALL = """
    INSERT INTO installations (platform, community, sealed, kept_at) VALUES (:platform, :community, :sealed, :now)
    ON CONFLICT (community, platform) DO UPDATE SET sealed = excluded.sealed, kept_at = excluded.kept_at
"""
UNINSTALL = "DELETE FROM installations WHERE community = :community AND platform = :platform"


class SqlSeenEvents:
    """Which events of a platform were taken already."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def first(self, platform: str, event: str, now: datetime) -> bool:
        """Remember an event durably; False when it was remembered before. Those older than an hour are dropped."""
        row = {"platform": storable(platform), "event": storable(event), "now": stamp(now)}
        before = {"before": stamp(now - REMEMBERED)}

        def remember(connection: Connection) -> bool:
            connection.execute(FORGET_OLD, before)
            return connection.execute(SEE, row).rowcount == 1

        return self._writer.write(remember)


class SqlChannelNotes:
    """Small choices of a channel that only its platform's edge understands."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def get(self, platform: str, community: str, channel: str, name: str) -> str | None:
        with self._readers.reading() as connection:
            row = connection.execute(NOTE, _note(platform, community, channel, name)).fetchone()
        return None if row is None else str(row["value"])

    def put(self, platform: str, community: str, channel: str, name: str, value: str | None) -> None:
        """Keep a note in place of the former one; None removes it."""
        row: dict[str, str | None] = {**_note(platform, community, channel, name)}
        statement = REMOVE_NOTE
        if value is not None:
            statement, row = PUT_NOTE, row | {"value": storable(value)}
        self._writer.write(lambda connection: connection.execute(statement, row).rowcount)


class SqlInstallations:
    """Sealed credentials of communities; what is removed is overwritten in the file (``secure_delete``)."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def keep(self, platform: str, community: str, sealed: bytes, now: datetime) -> None:
        row = {**_community(platform, community), "sealed": sealed, "now": stamp(now)}
        self._writer.write(lambda connection: connection.execute(INSTALL, row).rowcount)

    def get(self, platform: str, community: str) -> bytes | None:
        with self._readers.reading() as connection:
            row = connection.execute(INSTALLED, _community(platform, community)).fetchone()
        return None if row is None else bytes(row["sealed"])

    def remove(self, platform: str, community: str) -> bool:
        row = _community(platform, community)
        return self._writer.write(lambda connection: connection.execute(UNINSTALL, row).rowcount == 1)


def _community(platform: str, community: str) -> dict[str, str]:
    return {"platform": storable(platform), "community": storable(community)}


def _note(platform: str, community: str, channel: str, name: str) -> dict[str, str]:
    return {**_community(platform, community), "channel": storable(channel), "name": storable(name)}
