"""Kills a bot again and again over a sequence of dates, then counts what stands in the channels."""

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.wire.round.stages import FIRST_DAY, PATIENCE_S, Stage

# How many of each call a life makes, about: the one at which it is killed is drawn from these.
CALLS = {"fdatasync": 35, "sendto": 35, "recvfrom": 150}
LONGEST_LIFE_S = 30

OPEN = "SELECT count(*) FROM delivery_progress WHERE state IN ('planned', 'sending', 'ambiguous')"
PARTS = """
    SELECT destination, local_date, part, marker, state, message
      FROM deliveries
      JOIN delivery_parts ON delivery_parts.delivery = deliveries.number
      JOIN delivery_progress USING (delivery, part)
     ORDER BY destination, local_date, part
"""


@dataclass
class Count:
    """What became of every part that was due, by what stands in the channels and not by what the ledger says.

    Attributes:
        in_flight: Kills at which a part was being sent.
        at_calls: Kills by the very call that was drawn; the other lives made fewer of them.
        lies: Parts that the ledger calls sent and that stand nowhere.
        disordered: Destinations and dates whose parts do not stand in their order.
        recovery_s: The longest time from a start to the last part of the date.
        stop_s: The longest time from being told to stop to the end of the process.
    """

    parts: int = 0
    once: int = 0
    lost: int = 0
    twice: int = 0
    held: int = 0
    lies: int = 0
    disordered: int = 0
    kills: int = 0
    in_flight: int = 0
    at_calls: int = 0
    recovery_s: float = 0.0
    stop_s: float = 0.0
    seed: int = 0
    troubles: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"seed {self.seed}: {self.kills} kills, {self.in_flight} in flight, {self.at_calls} at calls, "
            f"{self.parts} parts: {self.once} once, {self.lost} lost, {self.twice} twice, {self.held} held, "
            f"{self.lies} lies, {self.disordered} out of order; "
            f"recovery {self.recovery_s:.1f} s, stop {self.stop_s:.1f} s at most"
        )


Ending = Callable[[Stage, Count], Awaitable[None]]


async def killed(stage: Stage, _: Count) -> None:
    """End a life at once, with nothing said."""
    await stage.kill()


async def stopped(stage: Stage, count: Count) -> None:
    """End a life as a supervisor does."""
    count.stop_s = max(count.stop_s, await stage.stop())


async def cut(stage: Stage, _: Count) -> None:
    """End a life with its machine; the next one is elsewhere, on what was written by then."""
    await stage.cut_power()


def at_a_call(dice: random.Random) -> list[str]:
    """Return what to run a life under, for it to be killed just before a commit or a message in or out."""
    call = dice.choice(sorted(CALLS))
    when = dice.randint(1, CALLS[call])
    watching = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
    return [*watching, "-e", f"inject={call}:signal=SIGKILL:when={when}"]


async def killed_over(  # noqa: PLR0913 - what a run is made of
    stage: Stage,
    dice: random.Random,
    *,
    kills: int,
    seed: int,
    slowest_s: float,
    end: Ending = killed,
    dates: int = 0,
    calls: bool = False,
) -> Count:
    """Kill the process ``kills`` times, one to four times on each date, and let each date come to its end.

    Args:
        calls: Each of those lives is killed at the n-th system call of a kind, instead of at a moment.
        end: How each of those lives ends.
        dates: At least so many.
        slowest_s: How late the platform may store a message: the count waits for that.
    """
    count = Count(seed=seed)
    day = FIRST_DAY
    while count.kills < kills or (day - FIRST_DAY).days < dates:
        stage.bring(day)
        morning = datetime.fromisoformat(f"{day}T09:00:01Z")
        began = time.monotonic()
        for _ in range(min(dice.randint(1, 4), kills - count.kills)):
            stage.watch(*(at_a_call(dice) if calls else ()))
            await stage.start(morning + timedelta(seconds=time.monotonic() - began))
            await (_dead_or_done(stage, str(day)) if calls else _a_moment(stage, dice, str(day)))
            count.at_calls += calls and stage.ended()
            await end(stage, count)
            stage.watch()
            count.kills += 1
            count.in_flight += bool(_asked(stage, "SELECT 1 FROM delivery_progress WHERE state = 'sending' LIMIT 1"))
        last = time.monotonic()
        await stage.start(morning + timedelta(seconds=time.monotonic() - began))
        await _settled(stage, str(day))
        count.recovery_s = max(count.recovery_s, time.monotonic() - last)
        await stage.kill()
        day += timedelta(days=1)
    await asyncio.sleep(slowest_s + 0.5)
    _counted(stage, count, days=(day - FIRST_DAY).days)
    return count


async def _a_moment(stage: Stage, dice: random.Random, day: str) -> None:
    """Wait for a random moment: in one of five lives at the start, else after the first post of this life."""
    if dice.random() < 0.2:
        await asyncio.sleep(dice.uniform(0.0, 3.0))
        return
    before = stage.tries()
    until = time.monotonic() + LONGEST_LIFE_S
    # Where the lives before left nothing to post, there is no first post to wait for.
    while stage.tries() == before and not _is_settled(stage, day) and time.monotonic() < until:  # noqa: ASYNC110 - from outside
        await asyncio.sleep(0.02)
    await asyncio.sleep(dice.uniform(0.0, 1.5))


async def _dead_or_done(stage: Stage, day: str) -> None:
    """Wait until a life was killed, or has done all that there was to do without coming so far, or long enough."""
    until = time.monotonic() + LONGEST_LIFE_S
    while not stage.ended() and not _is_settled(stage, day) and time.monotonic() < until:  # noqa: ASYNC110 - likewise
        await asyncio.sleep(0.05)


def _is_settled(stage: Stage, day: str) -> bool:
    planned = f"SELECT count(*) FROM deliveries WHERE local_date = '{day}'"  # noqa: S608 - a date of ours
    return bool(_asked(stage, planned)[0][0] >= len(stage.destinations)) and not _asked(stage, OPEN)[0][0]


async def _settled(stage: Stage, day: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not _is_settled(stage, day):
        assert time.monotonic() < until, f"{day} did not come to its end: {_asked(stage, PARTS)[-12:]}"
        await asyncio.sleep(0.05)


def _asked(stage: Stage, question: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(f"file:{stage.data / 'paperround.db'}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def _counted(stage: Stage, count: Count, days: int) -> None:
    standing = stage.markers()
    rows = _asked(stage, PARTS)
    for destination, day, part, marker, state, _ in rows:
        copies = standing.pop(str(marker), 0)
        count.parts += 1
        count.once += copies == 1
        count.lost += copies == 0
        count.twice += copies > 1
        count.held += state == "held"
        count.lies += state == "sent" and copies == 0
        if copies != 1:
            count.troubles.append(f"{destination} {day} part {part}: {state}, {copies} times")
    dates = Counter(str(row[0]) for row in {(row[0], row[1]) for row in rows})
    for destination in stage.destinations:
        if dates[destination] != days:
            count.lost += days - dates[destination]
            count.troubles.append(f"{destination} has {dates[destination]} of {days} dates")
    if standing:
        count.troubles.append(f"messages that no ledger knows: {standing}")
    count.disordered = _disordered(stage, rows)
    (sound,) = _asked(stage, "PRAGMA integrity_check")
    if sound != ("ok",):
        count.troubles.append(f"integrity_check: {sound}")


def _disordered(stage: Stage, rows: list[tuple[Any, ...]]) -> int:
    number = {row[3]: (row[0], row[1], row[2]) for row in rows}
    found = 0
    for markers in stage.order().values():
        first_seen: dict[tuple[str, str], list[int]] = {}
        for marker in dict.fromkeys(markers):
            destination, day, part = number[marker]
            first_seen.setdefault((destination, day), []).append(part)
        found += sum(parts != sorted(parts) for parts in first_seen.values())
    return found
