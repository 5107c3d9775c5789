"""The schema, as numbered steps. A step that was released is never edited; a mistake gets a new number."""

import sqlite3
from importlib import import_module
from pkgutil import iter_modules

from sqlite_utils import Database

from bot.ports import StorageUnusable
from storage.migrations.registry import migrations

# The files are named after their steps, so their order is that of the steps.
for _module in sorted(found.name for found in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Bring the schema up to date, all steps in one transaction; return the steps that were taken.

    Killed half-way it leaves the old schema. sqlite-utils opens its transactions with a plain BEGIN, which fails at
    once when another process wrote since the first read; inside ours, begun with IMMEDIATE, they are savepoints.

    Raises:
        StorageUnusable: The database was written by a newer release, or a step left a row without the one it names.
    """
    db = Database(connection, execute_plugins=False)
    connection.execute("BEGIN IMMEDIATE")
    try:
        refuse_newer(connection)
        pending = [step.name for step in migrations.pending(db)]
        migrations.apply(db)
        _refuse_loose_ends(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return pending


def _refuse_loose_ends(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        raise StorageUnusable("The upgrade of the database would lose rows; nothing was changed. Please report it.")


def applied_steps(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the steps that a database has behind it; none when it is none of ours."""
    db = Database(connection, execute_plugins=False)
    return [step.name for step in migrations.applied(db)]


def known_steps() -> list[str]:
    return [step.name for step in migrations.pending(Database(memory=True, execute_plugins=False))]


def refuse_newer(connection: sqlite3.Connection) -> None:
    """Refuse a database with steps that this release does not know.

    Raises:
        StorageUnusable: Naming the newest of those steps.
    """
    unknown = [name for name in applied_steps(connection) if name not in known_steps()]
    if unknown:
        raise StorageUnusable(
            f"The database was written by a newer release of Paperround (its step {unknown[-1]} is unknown here). "
            "Install that release, or restore a backup made by this one."
        )
