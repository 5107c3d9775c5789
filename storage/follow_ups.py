"""Picks whose papers have news since they were posted, in SQL, and which news was told."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.deliveries import ChangedPick, Known, Note
from bot.model import DeliveryKey, MessageId, ProfileId
from storage.deliveries import plan_note
from storage.paper_rows import paper_of
from storage.rows import channel_of, storable
from storage.sql import Connection, Readers, Row, Writer

READ_UP_TO = "SELECT coalesce((SELECT number FROM marks WHERE name = 'follow-ups'), 0) AS number"

NEWEST_CHANGE = "SELECT coalesce(max(change), 0) AS number FROM papers"

KEEP_MARK = """
    INSERT INTO marks (name, number) VALUES ('follow-ups', :number)
    ON CONFLICT (name) DO UPDATE SET number = excluded.number
"""

# A paper that was merged into another since then was posted under a name that is an alias now.
CHANGED = """
    SELECT papers.*, digests.profile, digests.local_date, digests.edition, picks.known_version, picks.known_withdrawn,
           picks.known_code, picks.known_upvotes, deliveries.platform, deliveries.community, deliveries.channel,
           deliveries.channel_name, deliveries.direct, progress.message, first.message AS first_message
      FROM papers
      JOIN digest_picks AS picks ON picks.paper = papers.number
      JOIN digests ON digests.number = picks.digest
      JOIN deliveries ON deliveries.profile = digests.profile AND deliveries.local_date = digests.local_date
                     AND deliveries.edition = digests.edition
      JOIN delivery_parts AS frozen ON frozen.delivery = deliveries.number
      JOIN delivery_progress AS progress ON progress.delivery = frozen.delivery AND progress.part = frozen.part
      LEFT JOIN delivery_progress AS first ON first.delivery = deliveries.number AND first.part = 0
     WHERE papers.change > :after AND papers.change <= :until AND digests.local_date >= :first
       AND (papers.withdrawn > picks.known_withdrawn OR papers.version > picks.known_version
            OR (papers.code_url IS NOT NULL AND picks.known_code = 0)
            OR coalesce(papers.upvotes, 0) > picks.known_upvotes)
       AND progress.message IS NOT NULL
       AND (frozen.paper = papers.id
            OR frozen.paper IN (SELECT alias FROM paper_aliases WHERE paper_aliases.paper = papers.number))
     ORDER BY deliveries.number, frozen.part
"""

NOW_KNOWN = """
    UPDATE digest_picks
       SET known_version = :version, known_withdrawn = :withdrawn, known_code = :code, known_upvotes = :upvotes
     WHERE digest = (SELECT number
                       FROM digests
                      WHERE profile = :profile AND local_date = :local_date AND edition = :edition)
       AND paper = (SELECT number FROM papers WHERE id = :paper)
"""


class SqlFollowUps:
    """`bot.ports.FollowUps` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def changed(self, first: date) -> tuple[list[ChangedPick], int]:
        with self._readers.reading() as connection:
            after: int = connection.execute(READ_UP_TO).fetchall()[0]["number"]
            until: int = connection.execute(NEWEST_CHANGE).fetchall()[0]["number"]
            if until <= after:
                return [], after
            values = {"after": after, "until": until, "first": first.isoformat()}
            found = [_changed_pick(row) for row in connection.execute(CHANGED, values)]
        # A pick that takes several messages is told under its first.
        picks: dict[tuple[ProfileId, date, int, str], ChangedPick] = {}
        for pick in found:
            picks.setdefault((pick.profile, pick.day, pick.edition, pick.paper.id), pick)
        return list(picks.values()), until

    def plan(self, note: Note, told: Sequence[ChangedPick], now: datetime) -> DeliveryKey | None:
        rows = [_columns(pick) for pick in told]

        def write_down(connection: Connection) -> DeliveryKey | None:
            connection.executemany(NOW_KNOWN, rows)
            return plan_note(connection, note, now)

        return self._writer.write(write_down)

    def read_up_to(self, change: int) -> None:
        self._writer.write(lambda connection: connection.execute(KEEP_MARK, {"number": change}).rowcount)


def _columns(pick: ChangedPick) -> dict[str, str | int]:
    return {
        "profile": storable(pick.profile),
        "local_date": pick.day.isoformat(),
        "edition": pick.edition,
        "paper": storable(pick.paper.id),
        "version": pick.known.version,
        "withdrawn": int(pick.known.withdrawn),
        "code": int(pick.known.code),
        "upvotes": pick.known.upvotes,
    }


def _changed_pick(row: Row) -> ChangedPick:
    first = row["first_message"]
    return ChangedPick(
        paper=paper_of(row),
        known=Known(
            row["known_version"], bool(row["known_withdrawn"]), bool(row["known_code"]), upvotes=row["known_upvotes"]
        ),
        profile=ProfileId(row["profile"]),
        channel=channel_of(row),
        day=date.fromisoformat(row["local_date"]),
        edition=row["edition"],
        message=MessageId(row["message"]),
        first=None if first is None else MessageId(first),
    )
