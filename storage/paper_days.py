"""Stored papers by the day on which they came, in SQL."""

from datetime import date, datetime

from bot.model import Paper, PaperId
from bot.ports import Voted
from storage.paper_rows import paper_of
from storage.rows import stamp
from storage.sql import Readers, Row

CAME = "coalesce(announced, first_seen)"

# A paper that was merged into another is shown as that other.
BETWEEN = f"{CAME} >= :first AND {CAME} < :last AND merged_into IS NULL"

ANNOUNCED = f"""
    SELECT * FROM papers
     WHERE {BETWEEN}
     ORDER BY {CAME} DESC, number DESC
     LIMIT :limit OFFSET :offset
"""  # noqa: S608 - of constants
COUNT = f"SELECT count(*) AS papers FROM papers WHERE {BETWEEN}"  # noqa: S608 - of constants
VOTED = f"""
    SELECT id, upvotes, {CAME} AS came FROM papers
     WHERE {BETWEEN} AND upvotes > 0 AND withdrawn = 0
     ORDER BY upvotes DESC, {CAME} DESC, number
     LIMIT :limit
"""  # noqa: S608 - of constants
BEFORE = f"SELECT max({CAME}) AS came FROM papers WHERE {CAME} < :instant AND merged_into IS NULL"  # noqa: S608 - of constants
FROM = f"SELECT min({CAME}) AS came FROM papers WHERE {CAME} >= :instant AND {CAME} < :last AND merged_into IS NULL"  # noqa: S608 - of constants
NEWEST_CHANGE = "SELECT coalesce(max(change), 0) AS number FROM papers"
PER_DAY = f"""
    SELECT substr({CAME}, 1, 10) AS day, source, count(*) AS papers
      FROM papers
     WHERE {BETWEEN}
     GROUP BY substr({CAME}, 1, 10), source
     ORDER BY day, source
"""  # noqa: S608 - of constants


class SqlPaperDays:
    """`bot.ports.PaperDays` in SQL."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def announced(self, first: datetime, last: datetime, limit: int, offset: int = 0) -> list[Paper]:
        values: dict[str, str | int] = {
            "first": stamp(first),
            "last": stamp(last),
            "limit": limit,
            "offset": offset,
        }
        return [paper_of(row) for row in self._rows(ANNOUNCED, values)]

    def count(self, first: datetime, last: datetime) -> int:
        return int(self._rows(COUNT, {"first": stamp(first), "last": stamp(last)})[0]["papers"])

    def most_voted(self, first: datetime, last: datetime, limit: int) -> list[Voted]:
        rows = self._rows(VOTED, {"first": stamp(first), "last": stamp(last), "limit": limit})
        return [Voted(PaperId(row["id"]), row["upvotes"], datetime.fromisoformat(row["came"])) for row in rows]

    def last_before(self, instant: datetime) -> datetime | None:
        return _came(self._rows(BEFORE, {"instant": stamp(instant)}))

    def first_from(self, instant: datetime, last: datetime) -> datetime | None:
        return _came(self._rows(FROM, {"instant": stamp(instant), "last": stamp(last)}))

    def per_day(self, first: datetime, last: datetime) -> dict[tuple[date, str], int]:
        rows = self._rows(PER_DAY, {"first": stamp(first), "last": stamp(last)})
        return {(date.fromisoformat(row["day"]), row["source"]): row["papers"] for row in rows}

    def newest_change(self) -> int:
        return int(self._rows(NEWEST_CHANGE, {})[0]["number"])

    def _rows(self, question: str, values: dict[str, str | int]) -> list[Row]:
        with self._readers.reading() as connection:
            return connection.execute(question, values).fetchall()


def _came(rows: list[Row]) -> datetime | None:
    return None if rows[0]["came"] is None else datetime.fromisoformat(rows[0]["came"])
