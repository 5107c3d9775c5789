"""What a running bot does for itself: once a day a backup, and what is due to be erased; always a look at the store."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

import structlog

from adapters.email import returned
from adapters.main import Opened, back_up_daily
from bot.ports import StorageOvertaken
from storage.retention import Kept

log = structlog.get_logger()

# Machines sleep and clocks are set, so the day is looked at again each hour; what was done today is not done again.
LOOKED_AT_EVERY = timedelta(hours=1)
# A process that is started only for the morning gets its backup too, but not before what people wait for.
FIRST_LOOK = timedelta(minutes=2)
# How long a process that a newer release has shut out may go on with nothing to do.
OVERTAKEN_SEEN_AFTER = timedelta(seconds=5)


async def run_upkeep(house: Opened, first: timedelta = FIRST_LOOK) -> None:
    """See to the daily work; ends only when cancelled. What fails is logged and tried again in an hour."""
    await asyncio.sleep(first.total_seconds())
    while True:
        await look_after(house)
        await asyncio.sleep(LOOKED_AT_EVERY.total_seconds())


async def until_overtaken(house: Opened) -> None:
    """Ask the store now and then; a newer release that shut this one out ends the process, whatever it does.

    Raises:
        StorageOvertaken: The text is a sentence for the host.
    """
    while True:
        try:
            await asyncio.to_thread(house.stores.ledger.newest)
        except StorageOvertaken:
            raise
        except Exception:  # others met it as well, and say so
            log.debug("the store did not answer", action="store_away", exc_info=True)
        await asyncio.sleep(OVERTAKEN_SEEN_AFTER.total_seconds())


async def look_after(house: Opened) -> None:
    """Do what is due now; one that fails does not keep the next from being done."""
    for work in (_backed_up, _erased, _let_go, _came_back):
        await asyncio.to_thread(_tried, work, house)


def _tried(work: Callable[[Opened], None], house: Opened) -> None:
    try:
        work(house)
    except Exception:  # the top of this task: a full disk today must not end tomorrow's backup
        log.exception("daily work failed", action="upkeep_failed")


def _backed_up(house: Opened) -> None:
    begun = perf_counter()
    if path := back_up_daily(house.settings, house.clock.now()):
        took_s = round(perf_counter() - begun, 1)
        log.info("backed up", action="backed_up", path=str(path), bytes=path.stat().st_size, took_s=took_s)


def _erased(house: Opened) -> None:
    for gone in house.paperround.erase_gone():
        log.info("erased", action="community_erased", platform=gone.platform, community=gone.community, rows=gone.rows)


def _let_go(house: Opened) -> None:
    settings, now = house.settings, house.clock.now()
    kept = Kept(
        acts=timedelta(days=settings.keep_acts),
        clicks=timedelta(days=settings.keep_clicks),
        unused=timedelta(days=settings.keep_unused) if settings.keep_unused else None,
    )
    if rows := house.stores.retention.let_go(now, kept):
        log.info("old rows let go", action="old_rows_let_go", rows=rows)
    if members := house.stores.retention.forget_unused(now, kept):
        log.info("members forgotten who used nothing for long", action="unused_forgotten", members=members)


def _came_back(house: Opened) -> None:
    for path in returned.waiting(house.settings.data_dir):
        _tried(partial(_stopped, path), house)


def _stopped(path: Path, house: Opened) -> None:
    with returned.taken(path) as what:
        addresses = house.paperround.mailing.came_back(what)
    log.info("a mail came back", action="mail_came_back", addresses=addresses)
