"""Papers that members brought to their community, in SQLite."""

import sqlite3
from datetime import datetime

from bot.model import Member, PaperId
from bot.ports import Submission
from storage.connections import Readers
from storage.rows import member_columns, stamp, storable
from storage.writer import Writer

ADD = """
    INSERT INTO submissions (platform, community, member, member_name, paper, note, brought_at)
    VALUES (:platform, :community, :member, :member_name, :paper, :note, :at)
    ON CONFLICT (community, platform, paper) DO NOTHING
"""

SINCE = """
    SELECT * FROM submissions
     WHERE community = :community AND platform = :platform AND brought_at >= :since
     ORDER BY brought_at DESC, number DESC
"""

OF = "SELECT * FROM submissions WHERE community = :community AND platform = :platform AND paper = :paper"


class SqliteSubmissions:
    """`bot.ports.Submissions` on one SQLite file."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def add(self, submission: Submission) -> bool:
        row = {
            **member_columns(submission.member),
            "member_name": storable(submission.member.name),
            "paper": storable(submission.paper),
            "note": storable(submission.note),
            "at": stamp(submission.at),
        }
        return self._writer.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    def since(self, platform: str, community: str, instant: datetime) -> list[Submission]:
        row = {"platform": storable(platform), "community": storable(community), "since": stamp(instant)}
        with self._readers.reading() as connection:
            return [_submission(found) for found in connection.execute(SINCE, row)]

    def of(self, platform: str, community: str, paper: PaperId) -> Submission | None:
        row = {"platform": storable(platform), "community": storable(community), "paper": storable(paper)}
        with self._readers.reading() as connection:
            found = connection.execute(OF, row).fetchone()
        return None if found is None else _submission(found)


def _submission(row: sqlite3.Row) -> Submission:
    member = Member(row["platform"], row["community"], row["member"], name=row["member_name"])
    return Submission(member, PaperId(row["paper"]), row["note"], datetime.fromisoformat(row["brought_at"]))
