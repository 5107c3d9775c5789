"""Three years of a channel with a journal club and follow-ups, refused now and then, on a clock that people set."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.library import Library
from bot.model import Cadence, Channel, Paper, PaperId, Subscription
from bot.paperround import Paperround
from bot.ports import ChannelGone
from bot.preferences import CLUB_DAYS
from storage.sqlite import open_stores
from tests.bot.conftest import House
from tests.bot.test_three_years import JUMPS, STARTS, TIMES, ZONES, Jumps, expected
from tests.builders import a_member, a_paper

YEARS = timedelta(days=3 * 365)
MONTHS = timedelta(days=120)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ANA, BEN = a_member("ana"), a_member("ben")
CLUBS = st.sampled_from(sorted(CLUB_DAYS))
# Of the digests so many go by between two that a platform refuses, and then whoever set the round sets it again.
REFUSALS = st.sets(st.integers(0, 150), max_size=6)


@dataclass(frozen=True)
class Plan:
    """What happens in three years: a weekly round at a time of a zone, a club, a clock that is set, refusals."""

    zone: ZoneInfo
    at: datetime
    weekday: int
    club: str
    start: datetime
    jumps: Jumps
    refused: frozenset[int]


PLANS = st.builds(
    Plan,
    zone=ZONES,
    at=TIMES.map(lambda at: datetime.combine(date(2000, 1, 1), at)),
    weekday=st.integers(1, 7),
    club=CLUBS,
    start=STARTS,
    jumps=JUMPS,
    refused=REFUSALS.map(frozenset),
)


class Life:
    """A real ledger under a real round; every waking it sleeps until something is due, as `run` does."""

    def __init__(self, house: House, plan: Plan, span: timedelta) -> None:
        self.house = house
        self.plan = plan
        self.end = plan.start + span
        self.left_out: list[tuple[datetime, datetime]] = []
        self.refused_on: list[datetime] = []
        self.revised: Counter[PaperId] = Counter()
        self.papers = 0

    async def live(self) -> None:
        house, plan = self.house, self.plan
        house.clock.move_to(plan.start)
        await house.ask("follow here entropy", channel=house.papers)
        await house.ask(f"set here club {plan.club}", channel=house.papers)
        self.set_round()
        waking = 0
        while house.clock.now() < self.end:
            await self.wake(waking)
            before = house.clock.now() + timedelta(seconds=1)
            house.clock.move_to(await house.paperround.next_due_at() or before + DAY)
            if waking in plan.jumps:
                house.clock.move(plan.jumps[waking])
                if plan.jumps[waking] > timedelta(0):
                    self.left_out.append((before, house.clock.now()))
            waking += 1

    def set_round(self) -> None:
        plan = self.plan
        self.house.stores.subscriptions.set(
            Subscription(
                profile=self.house.papers.profile,
                channel=self.house.papers,
                cadence=Cadence.WEEKLY,
                at=plan.at.time(),
                zone=plan.zone,
                weekdays=frozenset({plan.weekday}),
                since=self.house.clock.now(),
                set_by=ANA,
                count=2,
            )
        )

    async def wake(self, waking: int) -> None:
        """Let a round run, twice with another process in between; then people like, and papers change."""
        house = self.house
        if waking % 4 == 0:
            await house.bring(*(self.new_paper() for _ in range(4)))
        house.messenger.before = self.refuse if waking in self.plan.refused else lambda _: None
        await house.paperround.deliver_due()
        house.messenger.before = lambda _: None
        if waking % 10 == 0:
            house.paperround = Paperround(
                house.stores, Library(house.stores.papers), house.clock, {"fake": house.messenger}
            )
        await house.paperround.deliver_due()
        [subscription] = house.stores.subscriptions.all()
        if subscription.paused is not None:
            self.refused_on.append(house.clock.now())
            house.clock.move(MINUTE)
            self.set_round()
        for digest in house.stores.digests.recent(house.papers.profile, 1):
            for pick in digest.picks[: waking % 3]:
                await house.press(f"1:like:{pick.paper.id}", BEN, house.papers)
            if waking % 7 == 0 and digest.picks:
                await self.revise(digest.picks[0].paper.id)

    def new_paper(self) -> Paper:
        self.papers += 1
        return self.told(self.papers, version=1)

    async def revise(self, paper: PaperId) -> None:
        self.revised[paper] += 1
        await self.house.bring(self.told(int(paper.rpartition(".")[2]), version=1 + self.revised[paper]))
        await self.house.paperround.deliver_due()

    def told(self, number: int, version: int) -> Paper:
        now = self.house.clock.now()
        facts = {"announced": now, "published": now.date(), "version": version}
        return a_paper(number, f"Entropy {number}", f"Entropy grows, {number}.", **facts)

    def refuse(self, channel: Channel) -> None:
        if not channel.direct:
            raise ChannelGone("is_archived")


async def lived(plan: Plan, span: timedelta) -> None:
    with TemporaryDirectory() as folder, open_stores(Path(folder) / "data") as stores:
        house = House(stores)
        life = Life(house, plan, span)
        await life.live()
        check(life, house)


def check(life: Life, house: House) -> None:
    plan = life.plan
    everything = house.stores.ledger.recent(None, 1_000_000)
    markers = Counter(found.marker for found in house.messenger.posted)
    assert not markers or max(markers.values()) == 1
    digests = {record.key.local_date for record in everything if record.key.edition == 0}
    end = min(life.end, house.clock.now())
    wanted = expected(plan.zone, plan.at.time(), frozenset({plan.weekday}), plan.start, end)
    missed = [day for day in wanted if day not in digests]
    # What a clock was set over is left out, and what fell due while a round was being set again.
    excused = [
        *life.left_out,
        *((refused - MINUTE, refused + 2 * MINUTE) for refused in life.refused_on),
    ]
    assert [day for day in missed if not any(since <= wanted[day] <= until for since, until in excused)] == []
    notes = Counter((record.key.destination, record.about) for record in everything if record.about and not record.part)
    assert not notes or max(notes.values()) == 1
    clubs = Counter(record.key.local_date for record in everything if (record.about or "").startswith("club "))
    assert all(day.isoweekday() == CLUB_DAYS[plan.club] for day in clubs)
    paused = [about for _, about in notes if about.startswith("paused ")]
    assert len(paused) == len(life.refused_on)


# The same examples each time: what is drawn anew is the long one's.
@settings(max_examples=2, deadline=None, derandomize=True)
@given(PLANS)
async def test_months_of_digests_come_once_a_date_and_what_comes_beside_them_at_most_once(plan: Plan) -> None:
    await lived(plan, MONTHS)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=30, deadline=None)
@given(PLANS)
async def test_three_years_of_digests_come_once_a_date_and_what_comes_beside_them_at_most_once(plan: Plan) -> None:
    await lived(plan, YEARS)
