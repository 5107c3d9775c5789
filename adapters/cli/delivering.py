"""`deliver`: sends what is due, once, and says what became of it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

from adapters.cli.endings import DONE, FAILED, Failed, Misused
from adapters.cli.opening import opened, settings_for_a_command, write_json, write_text
from adapters.clock import RunningClock, StoppedClock
from adapters.edges import connected
from adapters.settings import Settings
from adapters.terminal.render import plain_text
from bot.model import DeliveryKey, DeliveryState
from bot.paperround import Paperround
from bot.ports import Clock
from bot.round import DeliveryReport
from bot.words import spoken

Work = Callable[[Paperround], Awaitable[list[DeliveryReport]]]

ON_ITS_WAY = {DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.PLANNED, DeliveryState.SENDING}


def deliver(at: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Deliver everything due at an instant and not yet delivered; with ``dry_run`` only say what would be.

    The status is 1 when a digest was refused by its platform or nobody knows whether it arrived.
    """

    async def work(paperround: Paperround) -> list[DeliveryReport]:
        return await (paperround.what_is_due() if dry_run else paperround.deliver_due())

    return _reported(work, at, connecting=not dry_run, as_json=as_json)


def redo(destination: str, date_said: str, at: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Send what the digest of a destination and date still lacks: parts that were held, refused or too late.

    Args:
        date_said: A local date; after a slash the number of an extra digest or a notice of that date.

    Raises:
        Failed: There is no such digest, or it lacks nothing.
        Misused: The date is none, or the words contradict each other.
    """
    if dry_run:
        raise Misused("--redo sends; it does not go with --dry-run.")
    try:
        day, _, edition = date_said.partition("/")
        key = DeliveryKey(destination, date.fromisoformat(day), int(edition or 0))
    except ValueError as error:
        expected = "write it like 2026-03-12, or like 2026-03-12/1 as status names it"
        raise Misused(f"{date_said[:40]!r} is no date; {expected}.") from error

    async def work(paperround: Paperround) -> list[DeliveryReport]:
        reports = await paperround.redo(key)
        if reports is None:
            raise Failed(f"{destination} has nothing of {date_said} that lacks anything; see say status.")
        return reports

    return _reported(work, at, connecting=True, as_json=as_json)


def confirm_clock(at: str | None) -> int:
    """Have a clock believed that stands before the newest digest: the one that ran ahead then was wrong, not this one.

    Raises:
        Failed: The clock is not behind, so there is nothing to confirm.
        Misused: ``at`` is no instant.
    """

    async def work(paperround: Paperround) -> timedelta | None:
        return await paperround.confirm_clock()

    settings = settings_for_a_command()
    clock = StoppedClock(_instant(at)) if at else RunningClock(settings.clock)
    with opened(settings, clock=clock, write=_unseen) as house:
        behind = asyncio.run(work(house.paperround))
    if behind is None:
        raise Failed("The clock is not behind the newest digest, so nothing was changed.")
    days, hours = divmod(int(behind.total_seconds()) // 3600, 24)
    sys.stdout.write(
        f"The newest digest was written {days} days and {hours} hours ahead of this clock, which is believed from now "
        "on. Digests of dates that were posted already are not posted again. Start the bot: paperround run\n"
    )
    return DONE


def _reported(work: Work, at: str | None, *, connecting: bool, as_json: bool) -> int:
    settings = settings_for_a_command()
    clock = StoppedClock(_instant(at)) if at else RunningClock(settings.clock)
    reports = asyncio.run(_done(work, settings, clock, _unseen if as_json else write_text, connecting=connecting))
    if as_json:
        write_json({"deliveries": [told(report) for report in reports]})
    else:
        sys.stdout.write("".join(f"{line}\n" for line in in_words(reports, dry_run=not connecting)))
    return DONE if all(report.state in ON_ITS_WAY for report in reports) else FAILED


async def _done(
    work: Work, settings: Settings, clock: Clock, write: Callable[[str], None], *, connecting: bool
) -> list[DeliveryReport]:
    connections = connected(settings, clock)
    messengers = [one.edge.messenger for one in connections]
    with opened(settings, clock=clock, write=write, messengers=messengers) as house:
        if not connecting:
            return await work(house.paperround)
        try:
            for one in connections:
                one.use(house.stores)
                await one.edge.log_in()
            return await work(house.paperround)
        finally:
            for one in connections:
                await one.edge.stop()


def told(report: DeliveryReport) -> dict[str, object]:
    """Return one digest as `deliver --json` tells it; ``text`` is empty when it says nothing."""
    return {
        "destination": report.key.destination,
        "profile": report.profile,
        "local_date": report.key.local_date.isoformat(),
        "state": report.state.value,
        "late": report.late,
        "papers": list(report.papers),
        "text": _text(report),
    }


def in_words(reports: list[DeliveryReport], *, dry_run: bool) -> list[str]:
    """Return the digests as lines for a person; a dry run also shows what they would say."""
    if not reports:
        return ["Nothing is due."]
    lines = []
    for report in reports:
        why = f" ({report.why})" if report.why else ""
        papers = "1 paper" if len(report.papers) == 1 else f"{len(report.papers)} papers"
        lines.append(f"{report.key.destination}, {report.key.local_date}: {report.state.value}{why}, {papers}")
        if dry_run and report.reply is not None:
            lines += [_text(report), ""]
    return lines


def _text(report: DeliveryReport) -> str:
    if report.reply is None:
        return ""
    with spoken(report.language):
        return plain_text(report.reply)


def _instant(said: str) -> datetime:
    try:
        instant = datetime.fromisoformat(said)
    except ValueError as error:
        raise Misused(f"--at {said[:40]!r} is no instant; write it like 2026-03-12T09:00+01:00.") from error
    if instant.tzinfo is None:
        raise Misused(f"--at {said} needs a time zone; write it like {said}+01:00 or {said}Z.")
    return instant


def _unseen(text: str) -> None:
    """Take a posted text; with --json it stands in the document."""
