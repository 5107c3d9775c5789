"""Which implementations keep the contracts: each test runs once for each of `KINDS`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.ports import Stores
from storage.folder import DATABASE, INDEX
from storage.postgres.stores import PostgresStores
from storage.sqlite import SqliteStores, open_stores
from tests.postgres import a_database

# Opens one more handle on the same data, as a second process would.
Opener = Callable[[], Stores]


@contextmanager
def sqlite(folder: Path) -> Iterator[Opener]:
    (folder / DATABASE).write_bytes(_fresh_database())
    yield lambda: SqliteStores(folder / DATABASE, folder / INDEX)


@contextmanager
def postgres(folder: Path) -> Iterator[Opener]:
    with a_database() as address:
        yield lambda: PostgresStores(address, folder / INDEX)


@cache
def _fresh_database() -> bytes:
    # Made once: more than a hundred tests begin with one.
    with TemporaryDirectory() as folder:
        open_stores(Path(folder)).close()
        return (Path(folder) / DATABASE).read_bytes()


KINDS = (sqlite, postgres)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def open_more(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    kind: Callable[[Path], AbstractContextManager[Opener]] = request.param
    with kind(tmp_path) as opener, ExitStack() as opened:

        def open_one() -> Stores:
            stores = opener()
            opened.callback(stores.close)
            return stores

        yield open_one


@pytest.fixture
def stores(open_more: Opener) -> Stores:
    return open_more()
