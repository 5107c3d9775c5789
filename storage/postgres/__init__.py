"""Everything that is kept, in PostgreSQL: the same stores, behind the same ports, for several processes at once."""

from storage.postgres.inspection import inspect, rows_of
from storage.postgres.mending import mend
from storage.postgres.moving import move
from storage.postgres.stores import open_postgres

__all__ = ["inspect", "mend", "move", "open_postgres", "rows_of"]
