"""One community as rows: written for another installation, and taken in there without doubles; in SQL."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import Paper, PaperId
from bot.ports import StorageUnusable
from storage.community_tables import BY_NAME, IN_COMMUNITY, KEPT, OF_DELIVERY, OF_DIGEST, OF_PROFILE, Kept, of_one
from storage.paper_rows import BY_NAME as PAPER_BY_NAME
from storage.paper_rows import as_json, paper_of
from storage.rows import storable
from storage.sql import Connection, Readers, Writer

Line = dict[str, Any]

# Papers belong to everybody; those that the community said or was shown something of come along.
PAPERS = f"""
    SELECT * FROM papers
     WHERE number IN (SELECT paper FROM shown_papers WHERE {OF_PROFILE}
                      UNION SELECT paper FROM digest_picks WHERE {OF_DIGEST})
        OR id IN (SELECT paper FROM feedback WHERE {IN_COMMUNITY}
                  UNION SELECT paper FROM saves WHERE {IN_COMMUNITY}
                  UNION SELECT paper FROM submissions WHERE {IN_COMMUNITY}
                  UNION SELECT paper FROM club_votes WHERE {IN_COMMUNITY}
                  UNION SELECT paper FROM delivery_parts WHERE {OF_DELIVERY})
     ORDER BY number
"""  # noqa: S608  # of constants

# The rows are numbered otherwise where they go; what they are called is the same everywhere.
PAPER_IN_WORDS = {"shown_papers", "digest_picks"}
NUMBER = {
    "digests": """
        SELECT number FROM digests WHERE profile = :profile AND local_date = :local_date AND edition = :edition
    """,
    "deliveries": """
        SELECT number FROM deliveries
         WHERE destination = :destination AND local_date = :local_date AND edition = :edition
    """,
}
PARENT = {
    "digest_picks": ("digest", "digests"),
    "digest_teams": ("digest", "digests"),
    "delivery_parts": ("delivery", "deliveries"),
    "delivery_progress": ("delivery", "deliveries"),
}

# What was not settled when it was written down may have been sent since: it is looked up before it is sent.
IN_DOUBT = """
    UPDATE delivery_progress
       SET doubtful_since = coalesce(
           doubtful_since, (SELECT planned_at FROM deliveries WHERE number = delivery_progress.delivery))
     WHERE delivery = :delivery AND state IN ('planned', 'sending', 'ambiguous')
"""
# And so may the first digest of a place after it. (Not found is one that the other installation posts after the export:
# its markers are made with its own key.)
RESTORED = "UPDATE installation SET restored_after = (SELECT coalesce(max(number), 0) FROM deliveries)"

HAS_INTEREST = "SELECT 1 AS found FROM interests WHERE profile = :profile AND text = :text AND muted = :muted"
NUMBER_TAKEN = "SELECT 1 AS found FROM interests WHERE profile = :profile AND number = :number"
NEXT_NUMBER = "SELECT next_number AS number FROM profiles WHERE id = :profile"
GROWN = """
    UPDATE profiles
       SET revision = revision + 1,
           next_number = CASE WHEN next_number <= :number THEN :number + 1 ELSE next_number END
     WHERE id = :profile
"""


class SqlCommunityMoves:
    """Callers: `export` and `import` of the host."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def rows_of(self, platform: str, community: str) -> Iterator[tuple[str, Line]]:
        """Yield each row of a community with the name of its table; papers are named, not numbered.

        Raises:
            StorageUnavailable: It cannot be read now.
        """
        values = of_one(platform, community)
        with self._readers.reading() as connection:
            ids = {}
            for row in connection.execute(PAPERS, values):
                ids[row["number"]] = row["id"]
                yield "papers", {name: row[name] for name in row.keys()}  # noqa: SIM118  # a row iterates its values
            for kept in KEPT:
                if kept.columns:
                    for row in connection.execute(f"SELECT * FROM {kept.name} WHERE {kept.of_one}", values):  # noqa: S608  # ours
                        yield kept.name, _exported(kept, row, ids)

    @staticmethod
    def papers_in(rows: Sequence[Line]) -> list[Paper]:
        """Return the papers that lines of an export tell.

        Raises:
            StorageUnusable: A line is none that this release knows.
        """
        try:
            return [paper_of({**row, "merged_into": None}) for row in rows]
        except (KeyError, ValueError, TypeError) as error:
            raise StorageUnusable(
                f"A paper in it cannot be read ({error}); was it exported by another release?"
            ) from error

    def take_in(self, lines: Sequence[tuple[str, Line]], names: Mapping[int, str]) -> dict[str, int]:
        """Take rows in, all of them or none; what is there already stays as it is.

        Args:
            names: The ids of papers by their number where the rows come from.

        Returns:
            How many rows were new, by table.

        Raises:
            StorageUnusable: A row is none that this release knows; nothing was taken in.
            StorageUnavailable: The database did not answer; nothing was taken in.
        """
        rows: dict[str, list[Line]] = {}
        for table, row in lines:
            if table in BY_NAME and BY_NAME[table].columns:
                rows.setdefault(table, []).append(row)
        return self._writer.write(lambda connection: _Intake(connection, names).of(rows))


def _exported(kept: Kept, row: Any, ids: Mapping[int, str]) -> Line:  # noqa: ANN401  # a row of any table
    line = {name: row[name] for name in kept.columns}
    if kept.name in PAPER_IN_WORDS:
        line["paper"] = ids[row["paper"]]
    if kept.name in NUMBER:
        line["number"] = row["number"]
    return line


class _Intake:
    def __init__(self, connection: Connection, names: Mapping[int, str]) -> None:
        self._connection = connection
        self._names = names
        self._papers: dict[str, int | None] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._fresh: set[int] = set()
        self._new_profiles: set[str] = set()

    def of(self, rows: Mapping[str, Sequence[Line]]) -> dict[str, int]:
        added: Counter[str] = Counter()
        for kept in KEPT:
            for row in rows.get(kept.name, ()):
                added[kept.name] += self._taken(kept, row)
        for delivery in self._fresh:
            self._connection.execute(IN_DOUBT, {"delivery": delivery})
        if self._fresh:
            self._connection.execute(RESTORED)
        return {table: count for table, count in added.items() if count}

    def _taken(self, kept: Kept, row: Line) -> int:
        values = _values(kept, row)
        if kept.name in PAPER_IN_WORDS and not self._named(values):
            return 0
        if kept.name in PARENT:
            column, parent = PARENT[kept.name]
            number = self._numbers.get((parent, values[column]))
            # What another import brought before is whole: nothing is mixed into it.
            if number is None or (parent == "deliveries" and number not in self._fresh):
                return 0
            values[column] = number
        if kept.name == "interests":
            return self._interest(kept, values)
        added = self._connection.execute(_insert(kept), values).rowcount
        if kept.name == "profiles" and added:
            self._new_profiles.add(values["id"])
        if kept.name in NUMBER:
            found = int(self._connection.execute(NUMBER[kept.name], values).fetchone()["number"])
            self._numbers[kept.name, row["number"]] = found
            if added and kept.name == "deliveries":
                self._fresh.add(found)
        return added

    def _named(self, values: Line) -> bool:
        """Put the number that a paper has here into a row; False when it is not stored."""
        said = values["paper"]
        name = self._names.get(said, "") if isinstance(said, int) else str(said)
        if name not in self._papers:
            row = self._connection.execute(PAPER_BY_NAME, {"names": as_json([PaperId(name)])}).fetchone()
            self._papers[name] = None if row is None else int(row["number"])
        values["paper"] = self._papers[name]
        return values["paper"] is not None

    def _interest(self, kept: Kept, values: Line) -> int:
        """Keep an interest under its number, or under the next one where another has it."""
        if self._connection.execute(HAS_INTEREST, values).fetchone():
            return 0
        if self._connection.execute(NUMBER_TAKEN, values).fetchone():
            values["number"] = self._connection.execute(NEXT_NUMBER, values).fetchone()["number"]
        added = self._connection.execute(_insert(kept), values).rowcount
        if values["profile"] not in self._new_profiles:
            self._connection.execute(GROWN, values)
        return added


def _values(kept: Kept, row: Line) -> Line:
    missing = [name for name in kept.columns if name not in row]
    if missing or (kept.name in NUMBER and not isinstance(row.get("number"), int)):
        raise StorageUnusable(
            f"A row of {kept.name} has no {', '.join(missing) or 'number'}; was it exported by another release?"
        )
    values = {name: row[name] for name in kept.columns}
    if strange := [name for name, value in values.items() if not isinstance(value, str | int | float | None)]:
        raise StorageUnusable(f"In a row of {kept.name}, {strange[0]} is no single value.")
    return {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}


def _insert(kept: Kept) -> str:
    columns = ", ".join(kept.columns)
    values = ", ".join(f":{name}" for name in kept.columns)
    return f"INSERT INTO {kept.name} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"  # noqa: S608  # of constants
