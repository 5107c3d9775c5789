"""What managers changed for everybody, in SQL: rows are added and never changed, but to forget who it was."""

from datetime import datetime

from bot.ports import ManagerAct
from storage.rows import stamp, storable
from storage.sql import Readers, Writer

RECORD = """
    INSERT INTO manager_acts (platform, community, event, member, member_name, place, said, at)
    VALUES (:platform, :community, :event, :member, :member_name, :place, :said, :at)
    ON CONFLICT (platform, event) DO NOTHING
"""

NEWEST = """
    SELECT member, member_name, place, said, at
      FROM manager_acts
     WHERE community = :community AND platform = :platform
     ORDER BY at DESC, number DESC
     LIMIT :limit
"""


class SqlManagerActs:
    """`bot.ports.ManagerActs` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def record(self, act: ManagerAct, platform: str, community: str, event: str) -> bool:
        row = {
            "platform": storable(platform),
            "community": storable(community),
            "event": storable(event),
            "member": storable(act.member),
            "member_name": storable(act.name),
            "place": storable(act.place),
            "said": storable(act.said),
            "at": stamp(act.at),
        }
        return self._writer.write(lambda connection: connection.execute(RECORD, row).rowcount == 1)

    def newest(self, platform: str, community: str, limit: int) -> list[ManagerAct]:
        values = {"platform": storable(platform), "community": storable(community), "limit": limit}
        with self._readers.reading() as connection:
            return [
                ManagerAct(
                    row["member"], row["member_name"], row["place"], row["said"], datetime.fromisoformat(row["at"])
                )
                for row in connection.execute(NEWEST, values)
            ]
