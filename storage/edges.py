"""What a platform's edge keeps of its own, in SQL: events seen, sealed credentials."""

from datetime import datetime, timedelta

from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Writer

# Platforms repeat an event for some minutes; an hour covers their slowest repetition many times over.
REMEMBERED = timedelta(hours=1)

SEE = "INSERT INTO seen_events (platform, event, seen_at) VALUES (:platform, :event, :now) ON CONFLICT DO NOTHING"
FORGET_OLD = "DELETE FROM seen_events WHERE seen_at < :before"

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
