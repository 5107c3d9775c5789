"""Where members want mails, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Member, ProfileId
from bot.ports import MailAddress
from storage.rows import member_columns, stamp, storable
from storage.sql import Connection, Readers, Row, Writer

KEEP = """
    INSERT INTO mail_addresses (id, destination, platform, community, member, member_name, profile, name, address,
                                schedule, asked_at, confirmed)
    VALUES (:id, :destination, :platform, :community, :member, :member_name, :profile, :name, :address,
            :schedule, :asked_at, :confirmed)
    ON CONFLICT (id) DO UPDATE
       SET member_name = excluded.member_name, name = excluded.name, address = excluded.address,
           schedule = excluded.schedule, asked_at = excluded.asked_at, confirmed = excluded.confirmed
"""
GET = "SELECT * FROM mail_addresses WHERE id = :id"
OF = """
    SELECT *
      FROM mail_addresses
     WHERE member = :member AND community = :community AND platform = :platform AND profile = :profile
     ORDER BY asked_at DESC, id
"""
FOR_PROFILE = "SELECT * FROM mail_addresses WHERE profile = :profile ORDER BY asked_at, id"
AT = "SELECT * FROM mail_addresses WHERE lower(address) = :address ORDER BY asked_at, id"
REMOVE = "DELETE FROM mail_addresses WHERE id = :id"

TRIES = "SELECT COUNT(*) AS tries FROM mail_tries WHERE mark = :mark AND tried_at >= :since"
TRY = "INSERT INTO mail_tries (mark, tried_at) VALUES (:mark, :tried_at)"
LET_GO = "DELETE FROM mail_tries WHERE tried_at < :since"


class SqlMailAddresses:
    """`bot.ports.MailAddresses` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def keep(self, row: MailAddress, destination: str) -> None:
        values = {
            **member_columns(row.member),
            "id": storable(row.id),
            "destination": storable(destination),
            "member_name": storable(row.member.name),
            "profile": storable(row.profile),
            "name": storable(row.name),
            "address": storable(row.address),
            "schedule": storable(row.schedule),
            "asked_at": stamp(row.asked_at),
            "confirmed": int(row.confirmed),
        }
        self._writer.write(lambda connection: connection.execute(KEEP, values).rowcount)

    def get(self, name: str) -> MailAddress | None:
        with self._readers.reading() as connection:
            row = connection.execute(GET, {"id": storable(name)}).fetchone()
        return None if row is None else _address(row)

    def of(self, member: Member, profile: ProfileId) -> list[MailAddress]:
        values = {**member_columns(member), "profile": storable(profile)}
        with self._readers.reading() as connection:
            return [_address(row) for row in connection.execute(OF, values)]

    def for_profile(self, profile: ProfileId) -> list[MailAddress]:
        with self._readers.reading() as connection:
            return [_address(row) for row in connection.execute(FOR_PROFILE, {"profile": storable(profile)})]

    def at(self, address: str) -> list[MailAddress]:
        with self._readers.reading() as connection:
            return [_address(row) for row in connection.execute(AT, {"address": storable(address.lower())})]

    def remove(self, name: str) -> bool:
        values = {"id": storable(name)}
        return self._writer.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    def tries(self, mark: str, since: datetime) -> int:
        with self._readers.reading() as connection:
            return int(connection.execute(TRIES, {"mark": mark, "since": stamp(since)}).fetchone()["tries"])

    def tried(self, marks: Sequence[str], now: datetime, since: datetime) -> None:
        def count(connection: Connection) -> None:
            connection.execute(LET_GO, {"since": stamp(since)})
            for mark in marks:
                connection.execute(TRY, {"mark": mark, "tried_at": stamp(now)})

        self._writer.write(count)


def _address(row: Row) -> MailAddress:
    return MailAddress(
        id=row["id"],
        member=Member(row["platform"], row["community"], row["member"], name=row["member_name"]),
        profile=ProfileId(row["profile"]),
        name=row["name"],
        address=row["address"],
        schedule=row["schedule"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        confirmed=bool(row["confirmed"]),
    )
