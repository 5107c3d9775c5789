"""Sources that communities added for themselves, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Member
from bot.ports import CommunitySource
from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Row, Writer

OF = """
    SELECT community_sources.number, community_sources.source, community_sources.added_at,
           source_adders.member, source_adders.member_name
      FROM community_sources
      LEFT JOIN source_adders ON source_adders.community = community_sources.community
                             AND source_adders.platform = community_sources.platform
                             AND source_adders.source = community_sources.source
     WHERE community_sources.community = :community AND community_sources.platform = :platform
     ORDER BY community_sources.number
"""

COUNTED = """
    SELECT count(*) AS sources, coalesce(max(number), 0) AS number
      FROM community_sources
     WHERE community = :community AND platform = :platform
"""

KNOWN = """
    SELECT count(*) AS known
      FROM community_sources
     WHERE community = :community AND platform = :platform AND source = :source
"""

ADD = """
    INSERT INTO community_sources (platform, community, number, source, added_at)
    VALUES (:platform, :community, :number, :source, :added_at)
"""

ADDER = """
    INSERT INTO source_adders (platform, community, member, member_name, source, added_at)
    VALUES (:platform, :community, :member, :member_name, :source, :added_at)
"""

REMOVE = """
    DELETE FROM community_sources
     WHERE community = :community AND platform = :platform AND number = :number
"""

FORGET_ADDER = "DELETE FROM source_adders WHERE community = :community AND platform = :platform AND source = :source"

NAMES = "SELECT DISTINCT source FROM community_sources ORDER BY source"


class SqlCommunitySources:
    """`bot.ports.CommunitySources` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def add(self, member: Member, sources: Sequence[str], cap: int, now: datetime) -> list[str] | None:
        place = {"platform": storable(member.platform), "community": storable(member.community)}

        def keep(connection: Connection) -> list[str] | None:
            counted = connection.execute(COUNTED, place).fetchone()
            added: list[str] = []
            for source in map(storable, sources):
                if connection.execute(KNOWN, {**place, "source": source}).fetchone()["known"]:
                    continue
                if counted["sources"] + len(added) >= cap:
                    raise _TooManyError
                added.append(source)
                row = {**place, "source": source, "added_at": stamp(now)}
                connection.execute(ADD, {**row, "number": counted["number"] + len(added)})
                connection.execute(ADDER, {**row, "member": storable(member.id), "member_name": storable(member.name)})
            return added

        try:
            return self._writer.write(keep)
        except _TooManyError:
            return None

    def of(self, platform: str, community: str) -> list[CommunitySource]:
        place = {"platform": storable(platform), "community": storable(community)}
        with self._readers.reading() as connection:
            return [_source(row) for row in connection.execute(OF, place)]

    def remove(self, platform: str, community: str, number: int) -> CommunitySource | None:
        place = {"platform": storable(platform), "community": storable(community)}

        def take(connection: Connection) -> CommunitySource | None:
            found = next((row for row in connection.execute(OF, place).fetchall() if row["number"] == number), None)
            if found is None:
                return None
            connection.execute(REMOVE, {**place, "number": number})
            connection.execute(FORGET_ADDER, {**place, "source": found["source"]})
            return _source(found)

        return self._writer.write(take)

    def names(self) -> list[str]:
        with self._readers.reading() as connection:
            return [row["source"] for row in connection.execute(NAMES)]


class _TooManyError(Exception):
    """The community would have more sources than it may; nothing is kept."""


def _source(row: Row) -> CommunitySource:
    return CommunitySource(
        row["number"], row["source"], row["member_name"] or row["member"] or "", datetime.fromisoformat(row["added_at"])
    )
