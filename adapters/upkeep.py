"""What a running bot does for itself once a day: a backup."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter

import structlog

from adapters.main import Opened, back_up_daily

log = structlog.get_logger()

# Machines sleep and clocks are set, so the day is looked at again each hour; what was done today is not done again.
LOOKED_AT_EVERY = timedelta(hours=1)
# A process that is started only for the morning gets its backup too, but not before what people wait for.
FIRST_LOOK = timedelta(minutes=2)


async def run_upkeep(house: Opened, first: timedelta = FIRST_LOOK) -> None:
    """See to the daily work; ends only when cancelled. What fails is logged and tried again in an hour."""
    await asyncio.sleep(first.total_seconds())
    while True:
        await asyncio.to_thread(_tried, lambda now: _backed_up(house, now), house.clock.now())
        await asyncio.sleep(LOOKED_AT_EVERY.total_seconds())


def _tried(work: Callable[[datetime], None], now: datetime) -> None:
    try:
        work(now)
    except Exception:  # the top of this task: a full disk today must not end tomorrow's backup
        log.exception("daily work failed", action="upkeep_failed")


def _backed_up(house: Opened, now: datetime) -> None:
    begun = perf_counter()
    if path := back_up_daily(house.settings, now):
        took_s = round(perf_counter() - begun, 1)
        log.info("backed up", action="backed_up", path=str(path), bytes=path.stat().st_size, took_s=took_s)
