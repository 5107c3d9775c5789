"""Where each source of papers stands, in SQL."""

from bot.announcements import SourceState
from storage.rows import instant_or_none, stamp_or_none, storable
from storage.sql import Connection, Readers, Row, Writer

SET = """
    INSERT INTO source_states (source, cursor, etag, last_modified, moved_to, newest, polled_at, succeeded_at,
                               not_before, failures, failing_since, error, told)
    VALUES (:source, :cursor, :etag, :last_modified, :moved_to, :newest, :polled_at, :succeeded_at,
            :not_before, :failures, :failing_since, :error, :told)
    ON CONFLICT (source) DO UPDATE
       SET cursor = excluded.cursor, etag = excluded.etag, last_modified = excluded.last_modified,
           moved_to = excluded.moved_to, newest = excluded.newest, polled_at = excluded.polled_at,
           succeeded_at = excluded.succeeded_at, not_before = excluded.not_before, failures = excluded.failures,
           failing_since = excluded.failing_since, error = excluded.error, told = excluded.told
"""

GET = "SELECT * FROM source_states WHERE source = :source"

ALL = "SELECT * FROM source_states ORDER BY source"


class SqlSourceStates:
    """`bot.ports.SourceStates` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def get(self, source: str) -> SourceState:
        with self._readers.reading() as connection:
            row = connection.execute(GET, {"source": storable(source)}).fetchone()
        return SourceState() if row is None else _state(row)

    def set(self, source: str, state: SourceState) -> None:
        row = {"source": storable(source), **_columns(state)}
        self._writer.write(lambda connection: connection.execute(SET, row).rowcount)

    def all(self) -> dict[str, SourceState]:
        with self._readers.reading() as connection:
            return states_in(connection)


def states_in(connection: Connection) -> dict[str, SourceState]:
    """Return every state that a database keeps, by the source's name."""
    return {row["source"]: _state(row) for row in connection.execute(ALL)}


def _columns(state: SourceState) -> dict[str, str | int | None]:
    return {
        "cursor": storable(state.cursor),
        "etag": storable(state.etag),
        "last_modified": storable(state.last_modified),
        "moved_to": storable(state.moved_to),
        "newest": stamp_or_none(state.newest),
        "polled_at": stamp_or_none(state.polled_at),
        "succeeded_at": stamp_or_none(state.succeeded_at),
        "not_before": stamp_or_none(state.not_before),
        "failures": state.failures,
        "failing_since": stamp_or_none(state.failing_since),
        "error": storable(state.error),
        "told": int(state.told),
    }


def _state(row: Row) -> SourceState:
    return SourceState(
        cursor=row["cursor"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        moved_to=row["moved_to"],
        newest=instant_or_none(row["newest"]),
        polled_at=instant_or_none(row["polled_at"]),
        succeeded_at=instant_or_none(row["succeeded_at"]),
        not_before=instant_or_none(row["not_before"]),
        failures=row["failures"],
        failing_since=instant_or_none(row["failing_since"]),
        error=row["error"],
        told=bool(row["told"]),
    )
