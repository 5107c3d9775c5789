"""Who asked for which digest, in SQL."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.model import Cadence, Member, ProfileId, Subscription, destination_of
from storage.rows import channel_columns, channel_of, member_columns, stamp, storable
from storage.sql import Connection, Readers, Row, Writer

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

SELECT = """
    SELECT subscriptions.*, round_setters.platform AS setter_platform, round_setters.community AS setter_community,
           round_setters.member AS setter, round_setters.member_name AS setter_name
      FROM subscriptions
      LEFT JOIN round_setters ON round_setters.destination = subscriptions.destination
"""

GET = f"{SELECT} WHERE subscriptions.destination = :destination"

REMOVE = "DELETE FROM subscriptions WHERE destination = :destination"

ALL = f"{SELECT} ORDER BY subscriptions.destination"

SET_BY = """
    INSERT INTO round_setters (destination, platform, community, member, member_name)
    VALUES (:destination, :platform, :community, :member, :member_name)
    ON CONFLICT (destination) DO UPDATE
       SET platform = excluded.platform, community = excluded.community, member = excluded.member,
           member_name = excluded.member_name
"""

ANY_OF = """
    SELECT 1 AS found FROM subscriptions WHERE profile = :profile
    UNION ALL
    SELECT 1 AS found FROM round_setters WHERE platform = :platform AND community = :community AND member = :member
    LIMIT 1
"""

SET_BY_NOBODY = "DELETE FROM round_setters WHERE destination = :destination"


class SqlSubscriptions:
    """`bot.ports.Subscriptions` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def set(self, subscription: Subscription) -> None:
        row = _columns(subscription)
        setter = subscription.set_by

        def set_down(connection: Connection) -> None:
            connection.execute(SET, row)
            if setter is None:
                connection.execute(SET_BY_NOBODY, row)
            else:
                name = {"destination": row["destination"], "member_name": storable(setter.name)}
                connection.execute(SET_BY, {**member_columns(setter), **name})

        self._writer.write(set_down)

    def get(self, destination: str) -> Subscription | None:
        with self._readers.reading() as connection:
            row = connection.execute(GET, {"destination": storable(destination)}).fetchone()
        return None if row is None else _subscription(row)

    def remove(self, destination: str) -> bool:
        values = {"destination": storable(destination)}

        def take_away(connection: Connection) -> bool:
            connection.execute(SET_BY_NOBODY, values)
            return connection.execute(REMOVE, values).rowcount == 1

        return self._writer.write(take_away)

    def all(self) -> list[Subscription]:
        with self._readers.reading() as connection:
            return [_subscription(row) for row in connection.execute(ALL)]

    def any_of(self, member: Member) -> bool:
        values = {**member_columns(member), "profile": storable(member.profile)}
        with self._readers.reading() as connection:
            return connection.execute(ANY_OF, values).fetchone() is not None


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


def _subscription(row: Row) -> Subscription:
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
        set_by=_setter(row),
    )


def _setter(row: Row) -> Member | None:
    if row["setter"] is None:
        return None
    return Member(row["setter_platform"], row["setter_community"], row["setter"], name=row["setter_name"])
