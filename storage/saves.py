"""Reading lists in SQL."""

from datetime import datetime

from bot.model import Member, PaperId
from storage.rows import member_columns, stamp, storable
from storage.sql import Readers, Writer

# Under whatever id it was saved, a paper stands once on a list.
ADD = """
    INSERT INTO saves (platform, community, member, paper, saved_at)
    VALUES (:platform, :community, :member, coalesce(
            (SELECT papers.id FROM paper_aliases JOIN papers ON papers.number = paper_aliases.paper
              WHERE paper_aliases.alias = :paper), :paper), :saved_at)
    ON CONFLICT DO NOTHING
"""

REMOVE = """
    DELETE FROM saves
     WHERE member = :member AND community = :community AND platform = :platform
       AND paper IN (:paper,
                     (SELECT papers.id FROM paper_aliases JOIN papers ON papers.number = paper_aliases.paper
                       WHERE paper_aliases.alias = :paper))
"""

OF = """
    SELECT coalesce(papers.id, saves.paper) AS paper
      FROM saves
      LEFT JOIN paper_aliases ON paper_aliases.alias = saves.paper
      LEFT JOIN papers ON papers.number = paper_aliases.paper
     WHERE saves.member = :member AND saves.community = :community AND saves.platform = :platform
     ORDER BY saves.saved_at DESC, saves.number DESC
"""


class SqlSaves:
    """`bot.ports.Saves` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def add(self, member: Member, paper: PaperId, now: datetime) -> bool:
        row = {**member_columns(member), "paper": storable(paper), "saved_at": stamp(now)}
        return self._writer.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    def remove(self, member: Member, paper: PaperId) -> bool:
        row = {**member_columns(member), "paper": storable(paper)}
        return self._writer.write(lambda connection: connection.execute(REMOVE, row).rowcount > 0)

    def of(self, member: Member) -> list[PaperId]:
        with self._readers.reading() as connection:
            papers = [PaperId(row["paper"]) for row in connection.execute(OF, member_columns(member))]
        return list(dict.fromkeys(papers))
