"""A database that pg_restore made, recognised when it is opened, so that nothing is posted twice.

A table keeps its number as long as it lives, through restarts and on standbys; one out of a dump has a new one, most
likely, and a new server another identity for certain. A copy of the server's files has both as they were: there the
host says so (docs/hosting/many.md).
"""

import psycopg
from psycopg.rows import DictRow

from storage.postgres.connections import Session
from storage.restored import mark_restored

# Which server and table the database was last opened as. It begins with an underscore: no export and no move takes it.
PLACES = "CREATE TABLE IF NOT EXISTS _paperround_place (server TEXT NOT NULL, deliveries TEXT NOT NULL)"
HERE = """
    SELECT system_identifier::text AS server, 'deliveries'::regclass::oid::text AS deliveries FROM pg_control_system()
"""
BEFORE = "SELECT server, deliveries FROM _paperround_place"
FORGET = "DELETE FROM _paperround_place"
KEEP = "INSERT INTO _paperround_place (server, deliveries) VALUES (%(server)s, %(deliveries)s)"


def look_for_restore(connection: psycopg.Connection[DictRow]) -> bool:
    """Put what is still to be sent in doubt when this is not the database that was last opened; return whether it is.

    Called in the transaction that upgrades the database, which one process at a time is in.
    """
    connection.execute(PLACES)
    (here,) = connection.execute(HERE).fetchall()
    before = connection.execute(BEFORE).fetchall()
    if before == [here]:
        return False
    if before:
        mark_restored(Session(connection))
    connection.execute(FORGET)
    connection.execute(KEEP, here)
    return bool(before)
