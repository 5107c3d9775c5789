"""What members want their journal club to read, in SQL."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.model import Channel, Member, PaperId
from storage.rows import member_columns, stamp, storable
from storage.sql import Readers, Writer

VOTE = """
    INSERT INTO club_votes (platform, community, channel, week, member, paper, voted_at)
    VALUES (:platform, :community, :channel, :week, :member, :paper, :voted_at)
    ON CONFLICT (channel, week, member, community, platform) DO UPDATE
       SET paper = excluded.paper, voted_at = excluded.voted_at
     WHERE club_votes.paper <> excluded.paper
"""

COUNTS = """
    SELECT paper, count(*) AS votes
      FROM club_votes
     WHERE channel = :channel AND week = :week AND community = :community AND platform = :platform
     GROUP BY paper
"""


class SqlClubVotes:
    """`bot.ports.ClubVotes` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def vote(self, member: Member, channel: Channel, week: date, paper: PaperId, now: datetime) -> bool:
        place = {"channel": storable(channel.id), "week": week.isoformat()}
        said = {"paper": storable(paper), "voted_at": stamp(now)}
        row = {**member_columns(member), **place, **said}
        return self._writer.write(lambda connection: connection.execute(VOTE, row).rowcount == 1)

    def counts(self, channel: Channel, week: date) -> Mapping[PaperId, int]:
        values = {
            "platform": storable(channel.platform),
            "community": storable(channel.community),
            "channel": storable(channel.id),
            "week": week.isoformat(),
        }
        with self._readers.reading() as connection:
            return {PaperId(row["paper"]): row["votes"] for row in connection.execute(COUNTS, values)}
