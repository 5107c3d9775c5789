"""Which implementations keep the contracts. PostgreSQL joins `KINDS`; no test changes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.ports import Stores
from storage.folder import DATABASE, INDEX
from storage.sqlite import SqliteStores, open_stores

# Opens one more handle on the same data, as a second process would.
Opener = Callable[[], Stores]


def sqlite(folder: Path) -> Opener:
    (folder / DATABASE).write_bytes(_fresh_database())
    return lambda: SqliteStores(folder / DATABASE, folder / INDEX)


@cache
def _fresh_database() -> bytes:
    # Made once: more than a hundred tests begin with one.
    with TemporaryDirectory() as folder:
        open_stores(Path(folder)).close()
        return (Path(folder) / DATABASE).read_bytes()


KINDS = (sqlite,)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def open_more(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    opener: Opener = request.param(tmp_path)
    with ExitStack() as opened:

        def open_one() -> Stores:
            stores = opener()
            opened.callback(stores.close)
            return stores

        yield open_one


@pytest.fixture
def stores(open_more: Opener) -> Stores:
    return open_more()
