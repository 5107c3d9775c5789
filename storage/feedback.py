"""Acts of members in SQL: rows are added and never changed."""

from collections.abc import Sequence
from datetime import datetime

from bot.model import Because, Channel, Feedback, Member, PaperId, Verdict
from storage.rows import member_columns, stamp, storable
from storage.sql import Readers, Row, Writer

RECORD = """
    INSERT INTO feedback (platform, event, community, member, channel_platform, channel_community, channel,
                          paper, verdict, because, at, undoes)
    VALUES (:platform, :event, :community, :member, :channel_platform, :channel_community, :channel,
            :paper, :verdict, :because, :at, :undoes)
    ON CONFLICT (platform, event) DO NOTHING
"""

# A paper that was merged into another is told by the id of that other. The order is that of recording: a platform's
# own instants may be equal, or older than those of the acts before.
SELECT = """
    SELECT feedback.*, coalesce(papers.id, feedback.paper) AS paper_now
      FROM feedback
      LEFT JOIN paper_aliases ON paper_aliases.alias = feedback.paper
      LEFT JOIN papers ON papers.number = paper_aliases.paper
"""

OF_MEMBER = f"""{SELECT}
     WHERE feedback.member = :member AND feedback.community = :community AND feedback.platform = :platform
     ORDER BY feedback.number
"""

IN_CHANNEL = f"""{SELECT}
     WHERE feedback.number IN (
           SELECT number
             FROM feedback
            WHERE channel = :channel AND channel_community = :community AND channel_platform = :platform
            UNION
           SELECT undo.number
             FROM feedback AS act JOIN feedback AS undo ON undo.undoes = act.event AND undo.platform = act.platform
            WHERE act.channel = :channel AND act.channel_community = :community AND act.channel_platform = :platform)
     ORDER BY feedback.number
"""  # noqa: S608  # of constants

# All names of the paper: acts recorded before a merge hold another one than acts recorded after it.
OF_PAPER = f"""
    WITH meant (number) AS (
         SELECT number FROM papers WHERE id = :paper
          UNION
         SELECT paper FROM paper_aliases WHERE alias = :paper),
         names (name) AS (
         SELECT :paper
          UNION
         SELECT id FROM papers WHERE number IN (SELECT number FROM meant)
          UNION
         SELECT alias FROM paper_aliases WHERE paper IN (SELECT number FROM meant)),
         acts (number, event) AS (
         SELECT number, event
           FROM feedback
          WHERE paper IN (SELECT name FROM names) AND community = :community AND platform = :platform)
    {SELECT}
     WHERE feedback.number IN (
           SELECT number FROM acts
            UNION
           SELECT undo.number
             FROM acts JOIN feedback AS undo ON undo.undoes = acts.event AND undo.platform = :platform)
     ORDER BY feedback.number
"""  # noqa: S608  # of constants

SINCE = f"""{SELECT}
     WHERE feedback.at >= :instant
     ORDER BY feedback.at, feedback.number
"""


class SqlFeedback:
    """`bot.ports.FeedbackLog` in SQL."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def record(self, feedback: Feedback) -> bool:
        row = _columns(feedback)
        return self._writer.write(lambda connection: connection.execute(RECORD, row).rowcount == 1)

    def record_all(self, acts: Sequence[Feedback]) -> int:
        rows = [_columns(act) for act in acts]
        return self._writer.write(lambda connection: max(connection.executemany(RECORD, rows).rowcount, 0))

    def of_member(self, member: Member) -> list[Feedback]:
        return self._acts(OF_MEMBER, member_columns(member))

    def in_channel(self, channel: Channel) -> list[Feedback]:
        place = {"channel": channel.id, "community": channel.community, "platform": channel.platform}
        return self._acts(IN_CHANNEL, {name: storable(value) for name, value in place.items()})

    def of_paper(self, paper: PaperId, community: str, platform: str) -> list[Feedback]:
        values = {"paper": paper, "community": community, "platform": platform}
        return self._acts(OF_PAPER, {name: storable(value) for name, value in values.items()})

    def since(self, instant: datetime) -> list[Feedback]:
        return self._acts(SINCE, {"instant": stamp(instant)})

    def _acts(self, question: str, values: dict[str, str]) -> list[Feedback]:
        with self._readers.reading() as connection:
            return [_feedback(row) for row in connection.execute(question, values)]


def _columns(feedback: Feedback) -> dict[str, str | None]:
    channel = feedback.channel
    return {
        **member_columns(feedback.member),
        "event": storable(feedback.event),
        "channel_platform": None if channel is None else storable(channel.platform),
        "channel_community": None if channel is None else storable(channel.community),
        "channel": None if channel is None else storable(channel.id),
        "paper": None if feedback.paper is None else storable(feedback.paper),
        "verdict": feedback.verdict.value,
        "because": None if feedback.because is None else feedback.because.value,
        "at": stamp(feedback.at),
        "undoes": None if feedback.undoes is None else storable(feedback.undoes),
    }


def _feedback(row: Row) -> Feedback:
    channel = row["channel"]
    paper = row["paper_now"]
    return Feedback(
        event=row["event"],
        member=Member(row["platform"], row["community"], row["member"]),
        channel=None if channel is None else Channel(row["channel_platform"], row["channel_community"], channel),
        paper=None if paper is None else PaperId(paper),
        verdict=Verdict(row["verdict"]),
        at=datetime.fromisoformat(row["at"]),
        undoes=row["undoes"],
        because=None if row["because"] is None else Because(row["because"]),
    )
