"""A real PostgreSQL for tests, from the wheel `pgserver`: one server for all workers of a run, a database for a test.

Nothing is listened to but a socket in a folder of its own, which is removed when the last worker ends.
"""

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from filelock import FileLock

from storage.postgres.stores import upgrade

# All workers of one run have this in common.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
# The path of a socket may not be long, and the server's own user must get there.
FOLDER = Path(tempfile.gettempdir()) / f"pr-pg-{RUN[:12]}"
TEMPLATE = "upgraded"

_numbers = count()


def server() -> Any:  # noqa: ANN401  # the wheel has no types
    """Return the running server; skips the test where there is no wheel for this machine."""
    pgserver = pytest.importorskip("pgserver", reason="there is no wheel of PostgreSQL for this platform (pgserver)")
    lock = FOLDER.with_suffix(".lock")
    # It makes the folder before it takes its own lock.
    with FileLock(lock):
        atexit.register(lock.unlink, missing_ok=True)
        return pgserver.get_server(FOLDER, cleanup_mode="delete")


def address_of(database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(str(_socket()))}"


@contextmanager
def a_database(template: str | None = None) -> Iterator[str]:
    """Yield the address of a database of its own: an up-to-date one, or a copy of ``template``."""
    base = template or _template()
    name = f"t{os.getpid()}_{next(_numbers)}"
    _do(f'CREATE DATABASE "{name}" TEMPLATE "{base}" STRATEGY FILE_COPY')
    try:
        yield address_of(name)
    finally:
        _do(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _socket() -> Path:
    return Path(server().get_postmaster_info().socket_dir)


@cache
def _template() -> str:
    """Make the database that the others are copies of, once for all workers."""
    _socket()
    with FileLock(FOLDER / "template.lock"):
        known = _do("SELECT 1 FROM pg_database WHERE datname = %s", TEMPLATE)
        if not known:
            # What a test leaves behind need not outlive the machine; what the server promises is tested with it on.
            _do("ALTER SYSTEM SET fsync = off")
            _do("SELECT pg_reload_conf()")
            _do(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            upgrade(address_of(TEMPLATE))
    return TEMPLATE


def _do(statement: str, *values: str) -> list[Any]:
    with psycopg.connect(address_of("postgres"), autocommit=True) as connection:
        cursor = connection.execute(statement.encode(), values or None)
        return cursor.fetchall() if cursor.description else []
