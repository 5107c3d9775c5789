"""What is let go when it is old: lists that nobody answers any more, and who changed what. In SQL."""

from datetime import datetime, timedelta

from storage.rows import stamp
from storage.sql import Connection, Writer

# `like 2` means the newest list that somebody saw; whoever comes back after that long asks anew.
LISTS_KEPT = timedelta(days=90)

OLD_LISTS = "DELETE FROM shown_lists WHERE shown_at < :before"
OLD_ACTS = "DELETE FROM manager_acts WHERE at < :before"


class SqlRetention:
    """Callers: the daily work. It can raise `StorageUnavailable`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def let_go(self, now: datetime, acts_kept: timedelta) -> int:
        """Erase lists shown 90 days ago, and managers' acts older than ``acts_kept``; return how many rows."""
        lists, acts = {"before": stamp(now - LISTS_KEPT)}, {"before": stamp(now - acts_kept)}

        def erase(connection: Connection) -> int:
            return connection.execute(OLD_LISTS, lists).rowcount + connection.execute(OLD_ACTS, acts).rowcount

        return self._writer.write(erase)
