"""Communities that the bot was removed from, and their erasure a month later; in SQL."""

from datetime import datetime, timedelta
from functools import partial

from bot.ports import Erased
from storage.community_tables import KEPT, of_one
from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Writer

# Long enough for an app that was removed by mistake, or whose token was revoked while somebody was away.
KEPT_AFTER = timedelta(days=30)

LEFT = """
    INSERT INTO communities_left (platform, community, left_at) VALUES (:platform, :community, :now)
    ON CONFLICT (community, platform) DO NOTHING
"""
BACK = "DELETE FROM communities_left WHERE community = :community AND platform = :platform"
GONE = "SELECT platform, community FROM communities_left WHERE left_at < :before ORDER BY left_at"

# It is asked again in the transaction that erases: the bot may have come back in between. Whoever still asks, reacts
# or is sent something has the bot, however it came back.
STILL_GONE = """
    SELECT left_at
      FROM communities_left
     WHERE community = :community AND platform = :platform AND left_at < :before
"""
USED_SINCE = """
    SELECT 1 AS found FROM shown_lists
     WHERE community = :community AND platform = :platform AND shown_at > :left_at
     UNION ALL
    SELECT 1 AS found FROM feedback WHERE community = :community AND platform = :platform AND at > :left_at
     UNION ALL
    SELECT 1 AS found FROM deliveries WHERE community = :community AND platform = :platform AND planned_at > :left_at
     LIMIT 1
"""


class SqlDepartures:
    """`bot.ports.Departures` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def left(self, platform: str, community: str, now: datetime) -> None:
        row = {**_community(platform, community), "now": stamp(now)}
        self._writer.write(lambda connection: connection.execute(LEFT, row).rowcount)

    def back(self, platform: str, community: str) -> bool:
        row = _community(platform, community)
        return self._writer.write(lambda connection: connection.execute(BACK, row).rowcount == 1)

    def erase_gone(self, now: datetime) -> list[Erased]:
        before = stamp(now - KEPT_AFTER)
        with self._readers.reading() as connection:
            gone = connection.execute(GONE, {"before": before}).fetchall()
        erased = []
        for row in gone:
            platform, community = row["platform"], row["community"]
            rows = self._writer.write(partial(_erase, platform=platform, community=community, before=before))
            if rows is not None:
                erased.append(Erased(platform, community, rows))
        if erased:
            self._writer.empty_the_log()
        return erased


def _erase(connection: Connection, platform: str, community: str, before: str) -> int | None:
    """Erase a community; return how many rows, None when it is not gone after all."""
    values = of_one(platform, community)
    found = connection.execute(STILL_GONE, {**_community(platform, community), "before": before}).fetchone()
    if found is None:
        return None
    if connection.execute(USED_SINCE, {**_community(platform, community), "left_at": found["left_at"]}).fetchone():
        connection.execute(BACK, _community(platform, community))
        return None
    return sum(
        connection.execute(f"DELETE FROM {kept.name} WHERE {kept.whose}", values).rowcount  # noqa: S608  # of constants
        for kept in reversed(KEPT)
    )


def _community(platform: str, community: str) -> dict[str, str]:
    return {"platform": storable(platform), "community": storable(community)}
