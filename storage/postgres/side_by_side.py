"""Releases side by side on one database: which may stay when the schema changes, and how the others are shut out.

Every connection that serves holds one lock in common with the others, as long as it lives. An upgrade that an older
release could not stand takes this lock for itself: it ends their connections and waits until none is left. Whoever
comes back waits for the upgrade, and then finds a step that it does not know. So no transaction of an older release
is open while the schema changes, and none begins after.
"""

import psycopg
from psycopg.rows import DictRow

from bot.ports import StorageUnavailable
from storage.migrations import known_steps
from storage.postgres.errors import VARIABLE

SERVE = "SELECT pg_advisory_lock_shared(hashtext('paperround'), hashtext('serving'))"
SHUT = "SELECT pg_advisory_xact_lock(hashtext('paperround'), hashtext('serving'))"
END_OTHERS = """
    SELECT pg_terminate_backend(pid)
      FROM pg_catalog.pg_locks
     WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid() AND objsubid = 2
       AND classid = CAST(hashtext('paperround') AS oid) AND objid = CAST(hashtext('serving') AS oid)
       AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""
# Somebody may have come in between the two; then those are ended as well.
TRIES = 20
WAITED_FOR = "SET LOCAL lock_timeout = '1s'"
FOR_AS_LONG_AS_IT_TAKES = "SET LOCAL lock_timeout = 0"

TOO_NEW = "SELECT name FROM _paperround_steps WHERE NOT expands AND name <> ALL(%(known)s) ORDER BY name DESC LIMIT 1"


def serve(connection: psycopg.Connection[DictRow]) -> str | None:
    """Let a connection serve until it ends, or return the name of the step that has overtaken this release."""
    connection.execute(SERVE)
    return overtaken_by(connection)


def overtaken_by(connection: psycopg.Connection[DictRow]) -> str | None:
    """Return the newest step that this release does not know and cannot stand, None when there is none."""
    found = connection.execute(TOO_NEW, {"known": known_steps()}).fetchone()
    return None if found is None else str(found["name"])


def in_words(step: str) -> str:
    return (
        f"The database of {VARIABLE} was written by a newer release of Paperround "
        f"(its step {step} is unknown here). Install that release."
    )


def shut_others_out(connection: psycopg.Connection[DictRow]) -> None:
    """End the connections of all who serve, and keep them out until the open transaction ends.

    Raises:
        StorageUnavailable: They came back each time.
    """
    for _ in range(TRIES):
        connection.execute(END_OTHERS)
        try:
            with connection.transaction():
                connection.execute(WAITED_FOR)
                connection.execute(SHUT)
        except psycopg.errors.LockNotAvailable:
            continue
        connection.execute(FOR_AS_LONG_AS_IT_TAKES)
        return
    raise StorageUnavailable("Processes of an older release would not let go of the database. Stop them first.")
