"""What a database that came out of a backup is told: what was done after the backup it does not know."""

import secrets

from storage.sql import Connection

RESTORED = """
    UPDATE installation SET id = :id, restored_after = (SELECT coalesce(max(number), 0) FROM deliveries)
"""

IN_DOUBT = """
    UPDATE delivery_progress
       SET doubtful_since = coalesce(
           doubtful_since, (SELECT planned_at FROM deliveries WHERE number = delivery_progress.delivery))
     WHERE state = 'planned'
"""


def mark_restored(connection: Connection) -> str:
    """Make a database an installation of its own, in the caller's transaction; return that installation.

    What the database did after the backup is lost, so what it has still to send may have been sent: that is in doubt.
    """
    installation = secrets.token_hex(16)
    connection.execute(RESTORED, {"id": installation})
    connection.execute(IN_DOUBT)
    return installation
