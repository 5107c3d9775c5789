"""Stored papers in SQLite."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from bot.identity import normal_title
from bot.model import Paper, PaperId
from bot.ports import Upserted
from storage.connections import Readers
from storage.paper_intake import arriving, take_in
from storage.paper_rows import BY_NAME, as_json, paper_of
from storage.rows import stamp, storable
from storage.writer import Writer

COUNT = "SELECT count(*) FROM papers"

SINCE = """
    SELECT id
      FROM papers
     WHERE max(coalesce(announced, ''), first_seen) >= :instant
     ORDER BY max(coalesce(announced, ''), first_seen) DESC, number DESC
"""

CHANGED_AFTER = "SELECT * FROM papers WHERE change > :change ORDER BY change LIMIT :limit"

PER_SOURCE = """
    SELECT source, count(*) AS papers
      FROM papers
     WHERE coalesce(announced, first_seen) >= :since
     GROUP BY source
     ORDER BY source
"""

WITH_TITLE = "SELECT * FROM papers WHERE normal_title = :title AND normal_title <> '' ORDER BY number LIMIT 1"

PAGE = "SELECT * FROM papers WHERE number > :number ORDER BY number LIMIT :limit"

# Few enough to hold in memory, many enough that a question for each page costs nothing.
PAGE_SIZE = 500


class SqlitePapers:
    """`bot.ports.Papers` on one SQLite file."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def upsert(self, papers: Sequence[Paper], now: datetime) -> Upserted:
        batch = arriving(papers, now)
        return self._writer.write(lambda connection: take_in(connection, batch, now))

    def get(self, ids: Collection[PaperId]) -> dict[PaperId, Paper]:
        asked = {storable(paper): paper for paper in ids}
        with self._readers.reading() as connection:
            rows = connection.execute(BY_NAME, {"names": as_json(asked)}).fetchall()
        return {asked[row["name"]]: paper_of(row) for row in rows}

    def count(self) -> int:
        with self._readers.reading() as connection:
            return int(connection.execute(COUNT).fetchone()[0])

    def since(self, instant: datetime) -> list[PaperId]:
        with self._readers.reading() as connection:
            return [PaperId(row["id"]) for row in connection.execute(SINCE, {"instant": stamp(instant)})]

    def changed_after(self, change: int, limit: int = 5000) -> tuple[list[Paper], int]:
        rows = self._rows(CHANGED_AFTER, {"change": change, "limit": limit})
        return [paper_of(row) for row in rows], rows[-1]["change"] if rows else change

    def per_source(self, since: datetime) -> dict[str, int]:
        return {row["source"]: row["papers"] for row in self._rows(PER_SOURCE, {"since": stamp(since)})}

    def by_title(self, title: str) -> Paper | None:
        rows = self._rows(WITH_TITLE, {"title": storable(normal_title(title))})
        return paper_of(rows[0]) if rows else None

    def all(self) -> Iterator[Paper]:
        # Page by page instead of one long read: a reader that stays pins the write-ahead log, and it grows and grows.
        rows = self._rows(PAGE, {"number": 0, "limit": PAGE_SIZE})
        while rows:
            yield from map(paper_of, rows)
            rows = self._rows(PAGE, {"number": rows[-1]["number"], "limit": PAGE_SIZE})

    def _rows(self, question: str, values: dict[str, str | int]) -> list[sqlite3.Row]:
        with self._readers.reading() as connection:
            return connection.execute(question, values).fetchall()
