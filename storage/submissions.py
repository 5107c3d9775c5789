"""Papers that members brought to their community, in SQL."""

from datetime import datetime

from bot.model import Member, PaperId
from bot.ports import Submission
from storage.rows import member_columns, stamp, storable
from storage.sql import Connection, Readers, Row, Writer

ADD = """
    INSERT INTO submissions (platform, community, member, member_name, paper, note, brought_at, pending)
    VALUES (:platform, :community, :member, :member_name, :paper, :note, :at, :pending)
    ON CONFLICT (community, platform, paper) DO NOTHING
"""

SINCE = """
    SELECT * FROM submissions
     WHERE community = :community AND platform = :platform AND brought_at >= :since AND pending = 0
     ORDER BY brought_at DESC, number DESC
"""

OF = """
    SELECT * FROM submissions
     WHERE community = :community AND platform = :platform AND paper = :paper AND pending = :pending
"""

PENDING = """
    SELECT * FROM submissions
     WHERE community = :community AND platform = :platform AND pending = 1
     ORDER BY brought_at, number
"""

ACCEPT = """
    UPDATE submissions SET pending = 0
     WHERE community = :community AND platform = :platform AND paper = :paper AND pending = 1
"""

DROP = """
    DELETE FROM submissions
     WHERE community = :community AND platform = :platform AND paper = :paper AND pending = 1
"""


class SqlSubmissions:
    """`bot.ports.Submissions` in SQL."""

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
            "pending": int(submission.pending),
        }
        return self._writer.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    def since(self, platform: str, community: str, instant: datetime) -> list[Submission]:
        row = {"platform": storable(platform), "community": storable(community), "since": stamp(instant)}
        with self._readers.reading() as connection:
            return [_submission(found) for found in connection.execute(SINCE, row)]

    def of(self, platform: str, community: str, paper: PaperId) -> Submission | None:
        row = {"platform": storable(platform), "community": storable(community), "paper": storable(paper)}
        with self._readers.reading() as connection:
            found = connection.execute(OF, {**row, "pending": 0}).fetchone()
        return None if found is None else _submission(found)

    def pending(self, platform: str, community: str) -> list[Submission]:
        with self._readers.reading() as connection:
            rows = connection.execute(PENDING, {"platform": storable(platform), "community": storable(community)})
            return [_submission(found) for found in rows]

    def decide(self, platform: str, community: str, paper: PaperId, *, accept: bool) -> Submission | None:
        row = {"platform": storable(platform), "community": storable(community), "paper": storable(paper)}

        def settle(connection: Connection) -> Submission | None:
            found = connection.execute(OF, {**row, "pending": 1}).fetchone()
            connection.execute(ACCEPT if accept else DROP, row)
            return None if found is None else _submission(found)

        return self._writer.write(settle)


def _submission(row: Row) -> Submission:
    member = Member(row["platform"], row["community"], row["member"], name=row["member_name"])
    brought_at = datetime.fromisoformat(row["brought_at"])
    return Submission(member, PaperId(row["paper"]), row["note"], brought_at, bool(row["pending"]))
