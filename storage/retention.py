"""What is let go when it is old: lists that nobody answers any more, who changed what, who opened what. In SQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.model import Member
from storage.communities import BY_MEMBER, erase_member
from storage.rows import member_columns, stamp
from storage.sql import Connection, Readers, Writer

# `like 2` means the newest list that somebody saw; whoever comes back after that long asks anew.
LISTS_KEPT = timedelta(days=90)
# Each is a transaction of its own, and the next look comes within the hour.
MEMBERS_AT_ONCE = 200

OLD_LISTS = "DELETE FROM shown_lists WHERE shown_at < :before"
OLD_ACTS = "DELETE FROM manager_acts WHERE at < :before"
OLD_CLICKS = "DELETE FROM feedback WHERE at < :before AND verdict = 'click'"

OF_MEMBERS = "'member:' || platform || ':' || community || ':' || member"
# Also what comes without a round: a pick of the channel that suits a member better, word of a round that they set.
ARRIVED = """
    (SELECT profile, planned_at FROM deliveries
      WHERE EXISTS (SELECT 1 FROM delivery_progress WHERE delivery = deliveries.number AND state = 'sent')) AS arrived
"""


def _traces(members: str, profiles: str) -> str:
    """Return the question for every dated trace of members, those of the two conditions."""
    dated = {
        "feedback": "at",
        "saves": "saved_at",
        "shown_lists": "shown_at",
        "submissions": "brought_at",
        "club_votes": "voted_at",
        "source_adders": "added_at",
        "manager_acts": "at",
    }
    of_members = (
        f"SELECT {OF_MEMBERS} AS profile, {at} AS newest FROM {name} WHERE {members}"  # noqa: S608  # of constants
        for name, at in dated.items()
    )
    of_profiles = (
        f"SELECT profile, {at} AS newest FROM {name} WHERE {profiles}"  # noqa: S608  # of constants
        for name, at in (("interests", "since"), ("digests", "made_at"), (ARRIVED, "planned_at"))
    )
    return " UNION ALL ".join((*of_members, *of_profiles))


# Who is sent something, or opens it without asking here, uses it whatever they last did.
SERVED = f"""
    SELECT profile FROM subscriptions WHERE paused IS NULL
     UNION ALL SELECT profile FROM access_grants
     UNION ALL SELECT {OF_MEMBERS} FROM mail_addresses
"""  # noqa: S608  # of constants
# A list shown to everybody is nobody's, and of a forgotten manager only the act is left: there the member is ''.
UNUSED = f"""
    SELECT profile
      FROM ({_traces("member <> ''", "substr(profile, 1, 7) = 'member:'")}) AS traces
     WHERE profile NOT IN ({SERVED})
     GROUP BY profile
    HAVING max(newest) < :before
     LIMIT :limit
"""  # noqa: S608  # of constants
USED_SINCE = f"""
    SELECT 1 AS found FROM ({_traces(BY_MEMBER, "profile = :profile")}) AS traces WHERE newest >= :before
     UNION ALL SELECT 1 AS found FROM ({SERVED}) AS served WHERE profile = :profile
     LIMIT 1
"""  # noqa: S608  # of constants


@dataclass(frozen=True, slots=True)
class Kept:
    """How long things are kept.

    Attributes:
        acts: What managers changed for everybody.
        clicks: Which paper a member opened by a link of a digest.
        unused: Everything of a member who did nothing and is sent nothing; None keeps it for ever.
    """

    acts: timedelta
    clicks: timedelta
    unused: timedelta | None = None


class SqlRetention:
    """Callers: the daily work. Every method can raise `StorageUnavailable`."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def let_go(self, now: datetime, kept: Kept) -> int:
        """Erase lists shown 90 days ago, and acts and clicks older than they are kept; return how many rows."""
        old = ((OLD_LISTS, LISTS_KEPT), (OLD_ACTS, kept.acts), (OLD_CLICKS, kept.clicks))

        def erase(connection: Connection) -> int:
            return sum(connection.execute(words, {"before": stamp(now - age)}).rowcount for words, age in old)

        return self._writer.write(erase)

    def forget_unused(self, now: datetime, kept: Kept) -> int:
        """Erase, as *forgetme* does, members who used nothing for as long as that is kept; return how many."""
        if kept.unused is None:
            return 0
        before = stamp(now - kept.unused)
        with self._readers.reading() as connection:
            rows = connection.execute(UNUSED, {"before": before, "limit": MEMBERS_AT_ONCE}).fetchall()
        erased = sum(self._writer.write(partial(_forget, profile=row["profile"], before=before)) for row in rows)
        if erased:
            self._writer.empty_the_log()
        return erased


def _forget(connection: Connection, profile: str, before: str) -> bool:
    """Erase a member; False when they came back since they were looked for."""
    _, platform, community, member_id = profile.split(":", 3)
    member = Member(platform, community, member_id)
    if connection.execute(USED_SINCE, {**member_columns(member), "profile": profile, "before": before}).fetchone():
        return False
    erase_member(connection, member)
    return True
