"""Who asked for which digest, in SQLite."""

import sqlite3
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.model import Cadence, ProfileId, Subscription, destination_of
from storage.connections import Readers
from storage.rows import channel_columns, channel_of, stamp, storable
from storage.writer import Writer

SET = """
    INSERT INTO subscriptions (destination, profile, platform, community, channel, channel_name, direct, cadence, at,
                               zone, weekdays, since, count, quiet, paused)
    VALUES (:destination, :profile, :platform, :community, :channel, :channel_name, :direct, :cadence, :at,
            :zone, :weekdays, :since, :count, :quiet, :paused)
    ON CONFLICT (destination) DO UPDATE
       SET profile = excluded.profile, channel_name = excluded.channel_name, direct = excluded.direct,
           cadence = excluded.cadence, at = excluded.at, zone = excluded.zone, weekdays = excluded.weekdays,
           since = excluded.since, count = excluded.count, quiet = excluded.quiet, paused = excluded.paused
"""

GET = "SELECT * FROM subscriptions WHERE destination = :destination"

REMOVE = "DELETE FROM subscriptions WHERE destination = :destination"

ALL = "SELECT * FROM subscriptions ORDER BY destination"


class SqliteSubscriptions:
    """`bot.ports.Subscriptions` on one SQLite file."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def set(self, subscription: Subscription) -> None:
        row = _columns(subscription)
        self._writer.write(lambda connection: connection.execute(SET, row).rowcount)

    def get(self, destination: str) -> Subscription | None:
        with self._readers.reading() as connection:
            row = connection.execute(GET, {"destination": storable(destination)}).fetchone()
        return None if row is None else _subscription(row)

    def remove(self, destination: str) -> bool:
        values = {"destination": storable(destination)}
        return self._writer.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    def all(self) -> list[Subscription]:
        with self._readers.reading() as connection:
            return [_subscription(row) for row in connection.execute(ALL)]


def _columns(subscription: Subscription) -> dict[str, str | int | None]:
    if not subscription.weekdays:
        raise ValueError("a subscription needs at least one weekday")
    return {
        **channel_columns(subscription.channel),
        "destination": storable(destination_of(subscription.channel)),
        "profile": storable(subscription.profile),
        "cadence": subscription.cadence.value,
        "at": subscription.at.isoformat(timespec="minutes"),
        "zone": subscription.zone.key,
        "weekdays": "".join(str(day) for day in sorted(subscription.weekdays)),
        "since": stamp(subscription.since),
        "count": subscription.count,
        "quiet": int(subscription.quiet),
        "paused": None if subscription.paused is None else storable(subscription.paused),
    }


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        profile=ProfileId(row["profile"]),
        channel=channel_of(row),
        cadence=Cadence(row["cadence"]),
        at=time.fromisoformat(row["at"]),
        zone=ZoneInfo(row["zone"]),
        weekdays=frozenset(int(day) for day in row["weekdays"]),
        since=datetime.fromisoformat(row["since"]),
        count=row["count"],
        quiet=bool(row["quiet"]),
        paused=row["paused"],
    )
