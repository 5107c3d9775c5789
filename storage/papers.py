"""Stored papers in SQL."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime

from bot.identity import normal_title
from bot.model import Paper, PaperId
from bot.ports import MergedRecord, Upserted
from storage.paper_intake import arriving, take_in, write_parted
from storage.paper_merges import NEWEST, part
from storage.paper_rows import BY_NAME, as_json, paper_of
from storage.rows import instant_or_none, stamp, storable
from storage.sql import Connection, Readers, Row, Writer

COUNT = "SELECT count(*) AS papers FROM papers WHERE merged_into IS NULL"

SINCE = """
    SELECT id, max(coalesce(announced, ''), first_seen) AS came
      FROM papers
     WHERE max(coalesce(announced, ''), first_seen) >= :instant AND merged_into IS NULL
     ORDER BY max(coalesce(announced, ''), first_seen) DESC, number DESC
"""

DATES = """
    SELECT papers.announced, papers.first_seen
      FROM json_each(:names) AS named
      JOIN papers ON papers.id = named.value AND papers.merged_into IS NULL
"""

CHANGED_AFTER = "SELECT * FROM papers WHERE change > :change ORDER BY change LIMIT :limit"

PER_SOURCE = """
    SELECT source, count(*) AS papers
      FROM papers
     WHERE coalesce(announced, first_seen) >= :since AND merged_into IS NULL
     GROUP BY source
     ORDER BY source
"""

WITH_TITLE = """
    SELECT *
      FROM papers
     WHERE normal_title = :title AND normal_title <> '' AND merged_into IS NULL
     ORDER BY number
     LIMIT 1
"""

PAGE = "SELECT * FROM papers WHERE number > :number AND merged_into IS NULL ORDER BY number LIMIT :limit"

ORIGINAL = """
    SELECT coalesce(paper_originals.abstract, papers.abstract) AS abstract
      FROM papers LEFT JOIN paper_originals ON paper_originals.paper = papers.number
     WHERE papers.number = :number
"""

ORIGINALS = """
    SELECT papers.number, papers.abstract, paper_originals.abstract AS original
      FROM paper_originals JOIN papers ON papers.number = paper_originals.paper
     WHERE papers.number > :number
     ORDER BY papers.number
     LIMIT :limit
"""

CLEANED = """
    UPDATE papers
       SET abstract = :abstract, change = (SELECT max(change) + 1 FROM papers)
     WHERE number = :number AND abstract = :before
"""

# Under its own id alone: what arXiv deletes of a work that a journal printed says nothing about the article.
WITHDRAW = """
    UPDATE papers
       SET withdrawn = 1, change = (SELECT max(change) + 1 FROM papers)
     WHERE id = :id AND withdrawn = 0 AND merged_into IS NULL
"""

VOTES_BEFORE = """
    SELECT papers.id, paper_votes.upvotes
      FROM json_each(:names) AS named
      JOIN papers ON papers.id = named.value
      JOIN paper_votes ON paper_votes.paper = papers.number
     WHERE paper_votes.day <= :day
       AND paper_votes.day = (
           SELECT max(day) FROM paper_votes AS earlier WHERE earlier.paper = papers.number AND earlier.day <= :day)
"""

# Few enough to hold in memory, many enough that a question for each page costs nothing.
PAGE_SIZE = 500


class SqlPapers:
    """`bot.ports.Papers` in SQL."""

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
            return int(connection.execute(COUNT).fetchone()["papers"])

    def since(self, instant: datetime) -> list[PaperId]:
        with self._readers.reading() as connection:
            return [PaperId(row["id"]) for row in connection.execute(SINCE, {"instant": stamp(instant)})]

    def arrivals(self, since: datetime) -> tuple[list[PaperId], list[datetime]]:
        ids: list[PaperId] = []
        came: list[datetime] = []
        with self._readers.reading() as connection:
            # One after the other: taken all at once a hundred thousand rows keep every other thread waiting.
            for row in connection.execute(SINCE, {"instant": stamp(since)}):
                ids.append(PaperId(row["id"]))
                came.append(datetime.fromisoformat(row["came"]))
        return ids, came

    def dates(self, papers: Collection[PaperId]) -> list[tuple[datetime | None, datetime]]:
        rows = self._rows(DATES, {"names": as_json(papers)})
        return [(instant_or_none(row["announced"]), datetime.fromisoformat(row["first_seen"])) for row in rows]

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

    def original_abstract(self, paper: PaperId) -> str | None:
        with self._readers.reading() as connection:
            known = connection.execute(BY_NAME, {"names": as_json([paper])}).fetchone()
            if known is None:
                return None
            return str(connection.execute(ORIGINAL, {"number": known["number"]}).fetchone()["abstract"])

    def clean_anew(self, reading: Callable[[str], str]) -> int:
        changed = 0
        rows = self._rows(ORIGINALS, {"number": 0, "limit": PAGE_SIZE})
        while rows:
            cleaned = [
                {"number": row["number"], "before": row["abstract"], "abstract": storable(reading(row["original"]))}
                for row in rows
            ]
            changed += self._each(CLEANED, [row for row in cleaned if row["abstract"] != row["before"]])
            rows = self._rows(ORIGINALS, {"number": rows[-1]["number"], "limit": PAGE_SIZE})
        return changed

    def withdraw(self, papers: Sequence[PaperId]) -> int:
        return self._each(WITHDRAW, [{"id": storable(paper)} for paper in papers])

    def votes_on(self, papers: Collection[PaperId], day: date) -> dict[PaperId, int]:
        rows = self._rows(VOTES_BEFORE, {"names": as_json(papers), "day": day.isoformat()})
        return {PaperId(row["id"]): row["upvotes"] for row in rows}

    def merges(self, limit: int) -> list[MergedRecord]:
        return [
            MergedRecord(PaperId(row["name"]), PaperId(row["id"]), datetime.fromisoformat(row["merged_at"]))
            for row in self._rows(NEWEST, {"limit": limit})
        ]

    def unmerge(self, record: PaperId, now: datetime) -> bool:
        name = storable(record)

        def undo(connection: Connection) -> bool:
            parting = part(connection, name, now)
            if parting is not None:
                write_parted(connection, parting, name)
            return parting is not None

        return self._writer.write(undo)

    def _each(self, statement: str, rows: Sequence[dict[str, str | int]]) -> int:
        # One after the other: each row's change must be the newest when it is written.
        return self._writer.write(
            lambda connection: sum(max(connection.execute(statement, row).rowcount, 0) for row in rows)
        )

    def _rows(self, question: str, values: dict[str, str | int]) -> list[Row]:
        with self._readers.reading() as connection:
            return connection.execute(question, values).fetchall()
