"""The stores that are the same in every database, together."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Self

from bot.ports import IndexCache, Papers, SearchIndex, Turns
from storage.access import SqlAccess
from storage.club_votes import SqlClubVotes
from storage.communities import SqlCommunities
from storage.community_moves import SqlCommunityMoves
from storage.community_sources import SqlCommunitySources
from storage.deliveries import SqlLedger
from storage.departures import SqlDepartures
from storage.digests import SqlDigests
from storage.edges import SqlInstallations, SqlSeenEvents
from storage.feedback import SqlFeedback
from storage.follow_ups import SqlFollowUps
from storage.gauges import SqlGauges
from storage.mail_addresses import SqlMailAddresses
from storage.manager_acts import SqlManagerActs
from storage.paper_days import SqlPaperDays
from storage.papers import SqlPapers
from storage.preferences import SqlPreferences
from storage.profiles import SqlProfiles
from storage.retention import SqlRetention
from storage.saves import SqlSaves
from storage.source_states import SqlSourceStates
from storage.sql import Readers, Writer
from storage.submissions import SqlSubmissions
from storage.subscriptions import SqlSubscriptions


class SqlStores(ABC):
    """`bot.ports.Stores` but for what each database has of its own: the plain index, the kept one, and the end."""

    index: SearchIndex
    index_cache: IndexCache
    turns: Turns

    def __init__(self, writer: Writer, readers: Readers, ledger: SqlLedger) -> None:
        self.papers = SqlPapers(writer, readers)
        self.paper_days = SqlPaperDays(readers)
        self.profiles = SqlProfiles(writer, readers)
        self.preferences = SqlPreferences(writer, readers)
        self.feedback = SqlFeedback(writer, readers)
        self.digests = SqlDigests(writer, readers)
        self.subscriptions = SqlSubscriptions(writer, readers)
        self.ledger = ledger
        self.follow_ups = SqlFollowUps(writer, readers)
        self.club_votes = SqlClubVotes(writer, readers)
        self.saves = SqlSaves(writer, readers)
        self.submissions = SqlSubmissions(writer, readers)
        self.community_sources = SqlCommunitySources(writer, readers)
        self.communities = SqlCommunities(writer, readers)
        self.community_moves = SqlCommunityMoves(writer, readers)
        self.manager_acts = SqlManagerActs(writer, readers)
        self.departures = SqlDepartures(writer, readers)
        self.retention = SqlRetention(writer, readers)
        self.seen_events = SqlSeenEvents(writer)
        self.installations = SqlInstallations(writer, readers)
        self.gauges = SqlGauges(readers)
        self.access = SqlAccess(writer, readers)
        self.mail_addresses = SqlMailAddresses(writer, readers)
        self.source_states = SqlSourceStates(writer, readers)

    @abstractmethod
    def rehearsal(self) -> AbstractContextManager[Papers]:
        """Lend papers that can be taken in as if for good; at the end all of it is undone."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was asked, then let go of the database; a second call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
