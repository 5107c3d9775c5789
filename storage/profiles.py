"""Interests of members and channels in SQL."""

from datetime import datetime
from functools import lru_cache

from bot.interests import BadInterest, parse_interest
from bot.model import Clause, FollowedInterest, Interest, Occur, Profile, ProfileId, Word
from storage.rows import stamp, storable
from storage.sql import Connection, Readers, Row, Writer

PROFILE = """
    SELECT profiles.revision, interests.number, interests.text, interests.muted, interests.since
      FROM profiles LEFT JOIN interests ON interests.profile = profiles.id
     WHERE profiles.id = :profile
     ORDER BY interests.number
"""

KNOWN = "INSERT INTO profiles (id, revision, next_number) VALUES (:profile, 0, 1) ON CONFLICT DO NOTHING"

FOLLOW = """
    INSERT INTO interests (profile, number, text, muted, since)
    SELECT id, next_number, :text, :muted, :since FROM profiles WHERE id = :profile
    ON CONFLICT (profile, text, muted) DO NOTHING
    RETURNING number, text, muted, since
"""

FOLLOWED = "UPDATE profiles SET revision = revision + 1, next_number = next_number + 1 WHERE id = :profile"

UNFOLLOW = """
    DELETE FROM interests
     WHERE profile = :profile AND number = :number
    RETURNING number, text, muted, since
"""

UNFOLLOWED = "UPDATE profiles SET revision = revision + 1 WHERE id = :profile"


class SqlProfiles:
    """`bot.ports.Profiles` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def get(self, profile: ProfileId) -> Profile:
        with self._readers.reading() as connection:
            rows = connection.execute(PROFILE, {"profile": storable(profile)}).fetchall()
        interests = tuple(_followed(row) for row in rows if row["number"] is not None)
        return Profile(profile, interests, rows[0]["revision"] if rows else 0)

    def follow(self, profile: ProfileId, text: str, *, muted: bool, now: datetime) -> FollowedInterest | None:
        values = {"profile": storable(profile), "text": storable(text), "muted": int(muted), "since": stamp(now)}

        def add(connection: Connection) -> Row | None:
            connection.execute(KNOWN, values)
            rows = connection.execute(FOLLOW, values).fetchall()
            if rows:
                connection.execute(FOLLOWED, values)
            return rows[0] if rows else None

        added = self._writer.write(add)
        return None if added is None else _followed(added)

    def unfollow(self, profile: ProfileId, number: int) -> FollowedInterest | None:
        values = {"profile": storable(profile), "number": number}

        def remove(connection: Connection) -> Row | None:
            rows = connection.execute(UNFOLLOW, values).fetchall()
            if rows:
                connection.execute(UNFOLLOWED, values)
            return rows[0] if rows else None

        removed = self._writer.write(remove)
        return None if removed is None else _followed(removed)


def _followed(row: Row) -> FollowedInterest:
    muted = bool(row["muted"])
    return FollowedInterest(
        row["number"], row["text"], _parsed(row["text"], muted), muted, datetime.fromisoformat(row["since"])
    )


# A round reads every profile, and the interests of many are the same few.
@lru_cache(maxsize=16384)
def _parsed(text: str, muted: bool) -> Interest:  # noqa: FBT001  # a cache's key has no names
    try:
        return parse_interest(text, allow_only_never=muted)
    except BadInterest:
        # It was accepted once, by a release whose language took it. Its words still say what is wanted.
        return Interest(tuple(Clause(Occur.SHOULD, Word(word)) for word in text.split()))
