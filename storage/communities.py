"""What members were shown last, and everything about one member: to be handed over, or erased."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Channel, Member, PaperId
from storage.paper_rows import as_json
from storage.rows import member_columns, stamp, storable
from storage.sql import Connection, Readers, Writer

# The member column of a list that everybody in a place was shown.
EVERYBODY = ""

SHOWN = """
    INSERT INTO shown_lists (platform, community, member, channel, papers, shown_at)
    VALUES (:platform, :community, :member, :channel, :papers, :shown_at)
    ON CONFLICT (channel, member, community, platform) DO UPDATE
       SET papers = excluded.papers, shown_at = excluded.shown_at
"""

# Of two lists shown at the same instant, the member's own.
LAST_SHOWN = """
    SELECT papers
      FROM shown_lists
     WHERE channel = :channel AND member IN (:member, '') AND community = :community AND platform = :platform
     ORDER BY shown_at DESC, member DESC
     LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record about members.

    Attributes:
        table: Where its rows are.
        about: The condition that finds those of one member.
        tell: The question that hands them over, but for the condition.
        erase: What is done to them, but for the condition; empty: they are deleted.
    """

    name: str
    table: str
    about: str
    tell: str
    erase: str = ""

    @property
    def erasing(self) -> str:
        return self.erase or f"DELETE FROM {self.table}"  # noqa: S608  # of constants


BY_MEMBER = "member = :member AND community = :community AND platform = :platform"
BY_PROFILE = "profile = :profile"
THEIR_MAILS = f"destination IN (SELECT destination FROM mail_addresses WHERE {BY_MEMBER})"  # noqa: S608  # of constants
BY_PROFILE_OR_DIRECT = f"(profile = :profile OR destination = :direct OR {THEIR_MAILS})"
THEIR_DELIVERIES = f"delivery IN (SELECT number FROM deliveries WHERE {BY_PROFILE_OR_DIRECT})"  # noqa: S608  # of constants
THEIR_DIGESTS = f"digest IN (SELECT number FROM digests WHERE {BY_PROFILE})"  # noqa: S608  # of constants

# Every table with rows about a member, rows that name others before those others. A test compares with the schema.
KINDS = (
    Kind("interests", "interests", BY_PROFILE, "SELECT number, text, muted, since FROM interests"),
    Kind("preferences", "preferences", BY_PROFILE, "SELECT name, choice FROM preferences"),
    Kind("access", "access_grants", BY_PROFILE, "SELECT kind, granted_at FROM access_grants"),
    Kind("profile", "profiles", "id = :profile", "SELECT id, revision FROM profiles"),
    Kind(
        "verdicts",
        "feedback",
        BY_MEMBER,
        "SELECT event, channel, paper, verdict, because, at, undoes FROM feedback",
    ),
    Kind("saved", "saves", BY_MEMBER, "SELECT paper, saved_at FROM saves"),
    Kind(
        "picks",
        "digest_picks",
        THEIR_DIGESTS,
        """SELECT digests.local_date, digests.edition, papers.id AS paper, score, probability, strength, key_sentence,
                  stretch, reasons, sayings
             FROM digest_picks
             JOIN digests ON digests.number = digest_picks.digest
             JOIN papers ON papers.number = digest_picks.paper""",
    ),
    Kind(
        "picks_compared",
        "digest_teams",
        THEIR_DIGESTS,
        """SELECT digests.local_date, digests.edition, position, rival, team
             FROM digest_teams JOIN digests ON digests.number = digest_teams.digest""",
    ),
    Kind("digests", "digests", BY_PROFILE, "SELECT local_date, edition, revision, made_at FROM digests"),
    Kind(
        "shown_papers",
        "shown_papers",
        BY_PROFILE,
        """SELECT papers.id AS paper, first_date
             FROM shown_papers JOIN papers ON papers.number = shown_papers.paper""",
    ),
    Kind("brought", "submissions", BY_MEMBER, "SELECT paper, note, brought_at, pending FROM submissions"),
    Kind("sources_added", "source_adders", BY_MEMBER, "SELECT source, added_at FROM source_adders"),
    Kind("shown_lists", "shown_lists", BY_MEMBER, "SELECT channel, papers, shown_at FROM shown_lists"),
    Kind(
        "subscriptions",
        "subscriptions",
        BY_PROFILE_OR_DIRECT,
        "SELECT destination, cadence, at, zone, weekdays, since, count, quiet, paused FROM subscriptions",
    ),
    Kind("rounds_set", "round_setters", BY_MEMBER, "SELECT destination FROM round_setters"),
    # That a channel was changed stays told to its community; by whom does not.
    Kind(
        "managed",
        "manager_acts",
        BY_MEMBER,
        "SELECT place, said, at FROM manager_acts",
        "UPDATE manager_acts SET member = '', member_name = ''",
    ),
    Kind("club_votes", "club_votes", BY_MEMBER, "SELECT channel, week, paper, voted_at FROM club_votes"),
    Kind(
        "sendings",
        "delivery_progress",
        THEIR_DELIVERIES,
        """SELECT deliveries.destination, deliveries.local_date, deliveries.edition, part, state, attempt, message, why
             FROM delivery_progress JOIN deliveries ON deliveries.number = delivery_progress.delivery""",
    ),
    Kind(
        "messages",
        "delivery_parts",
        THEIR_DELIVERIES,
        """SELECT deliveries.destination, deliveries.local_date, deliveries.edition, part, payload, paper
             FROM delivery_parts JOIN deliveries ON deliveries.number = delivery_parts.delivery""",
    ),
    Kind(
        "deliveries",
        "deliveries",
        BY_PROFILE_OR_DIRECT,
        "SELECT destination, local_date, edition, late, planned_at FROM deliveries",
    ),
    Kind(
        "mail_addresses",
        "mail_addresses",
        BY_MEMBER,
        "SELECT destination, profile, address, schedule, asked_at, confirmed FROM mail_addresses",
    ),
)

JSON_COLUMNS = frozenset({"papers", "reasons", "sayings"})

# The rest holds no row about a member.
TABLES_ABOUT_NOBODY = frozenset(
    {
        "_sqlite_migrations",
        "communities_left",
        "community_sources",
        "installation",
        "installations",
        "mail_tries",
        "marks",
        "kept_secrets",
        "paper_aliases",
        "paper_merges",
        "paper_originals",
        "paper_texts",
        "paper_votes",
        "papers",
        "seen_events",
        "source_states",
    }
)


class SqlCommunities:
    """`bot.ports.Communities` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def shown(self, member: Member | None, channel: Channel, papers: Sequence[PaperId], now: datetime) -> None:
        row = {
            "platform": storable(channel.platform),
            "community": storable(channel.community),
            "member": EVERYBODY if member is None else storable(member.id),
            "channel": storable(channel.id),
            "papers": as_json(papers),
            "shown_at": stamp(now),
        }
        self._writer.write(lambda connection: connection.execute(SHOWN, row).rowcount)

    def last_shown(self, member: Member, channel: Channel) -> list[PaperId]:
        values = {
            "platform": storable(channel.platform),
            "community": storable(channel.community),
            "member": storable(member.id),
            "channel": storable(channel.id),
        }
        with self._readers.reading() as connection:
            row = connection.execute(LAST_SHOWN, values).fetchone()
        return [] if row is None else [PaperId(paper) for paper in json.loads(row["papers"])]

    def data_of(self, member: Member) -> dict[str, object]:
        values = _about(member)
        with self._readers.reading() as connection:
            return {kind.name: _told(connection, kind, values) for kind in KINDS}

    def forget(self, member: Member) -> int:
        rows = self._writer.write(lambda connection: erase_member(connection, member))
        self._writer.empty_the_log()
        return rows


def erase_member(connection: Connection, member: Member) -> int:
    """Erase what is kept about a member, in the caller's transaction; return how many rows."""
    values = _about(member)
    return sum(connection.execute(f"{kind.erasing} WHERE {kind.about}", values).rowcount for kind in KINDS)


def _about(member: Member) -> dict[str, str]:
    direct = f"{member.platform}:{member.community}:@{member.id}"
    return {**member_columns(member), "profile": storable(member.profile), "direct": storable(direct)}


def _told(connection: Connection, kind: Kind, values: dict[str, str]) -> list[dict[str, object]]:
    rows = connection.execute(f"{kind.tell} WHERE {kind.about}", values)
    return [{name: json.loads(row[name]) if name in JSON_COLUMNS else row[name] for name in row.keys()} for row in rows]  # noqa: SIM118  # a row iterates its values
