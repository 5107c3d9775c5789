"""What a store needs of a database: the stores are written once, and SQLite and PostgreSQL stand behind these.

Statements are plain SQL with values by name (``:name``); what PostgreSQL says in other words is told in
`storage.postgres.dialect`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Row(Protocol):
    """One row, its values by the names of their columns."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401  # a column's type is the schema's to know

    def keys(self) -> Iterable[str]: ...


class Cursor(Protocol):
    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...  # noqa: ANN401  # a `Row` or None

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    def execute(self, sql: str, parameters: Mapping[str, Any] = ..., /) -> Cursor: ...

    def executemany(self, sql: str, parameters: Iterable[Mapping[str, Any]], /) -> Cursor: ...


class Writer(Protocol):
    def write(self, act: Callable[[Connection], T]) -> T:
        """Run ``act`` inside a transaction and return what it returned, after the commit.

        It may be run more than once, all but the last time without effect: it must change nothing but the database.

        Raises:
            StorageUnavailable: The database did not answer; whoever tries again does nothing twice.
            Exception: Whatever ``act`` raised; then nothing of it was changed.
        """

    def empty_the_log(self) -> None:
        """See to it that what was erased is not left in the database's own log, as far as that is in our hands."""


class Readers(Protocol):
    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection that sees all that was committed before.

        Raises:
            StorageUnavailable: The database cannot be read now.
        """
