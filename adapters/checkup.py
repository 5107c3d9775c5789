"""What a host can get wrong, looked for one thing at a time: each finding says what it means and what to do."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from adapters.checkup_data import Kept, data_folder, database
from adapters.checkup_discord import discord
from adapters.checkup_outside import env_file, public_pages
from adapters.checkup_slack import installed, slack
from adapters.clock import RunningClock
from adapters.edges import mail_edge
from adapters.env_file import unknown_variables
from adapters.findings import Finding, State
from adapters.network_when_asked import WordsWhenAsked, polls_when_asked
from adapters.settings import ENV_FILE, BadSettings, Settings
from bot.announcements import SourceState
from bot.ports import PlatformUnreachable

PATIENCE = aiohttp.ClientTimeout(total=10)
# Longer than the longest pause of arXiv over holidays and a weekend.
SOURCE_UNREAD = timedelta(days=5)


async def look_over(settings: Settings, now: datetime) -> list[Finding]:
    """Check everything that is set; what is not set is not asked after. Nothing is changed, also while the bot runs."""
    kept = Kept()
    findings = [*_settings(settings), *env_file(), *_zones(), *data_folder(settings)]
    findings += database(settings, now, kept)
    findings += installed(settings, kept.sealed)
    findings += sources(settings, kept.sources, kept.added_sources, now)
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        findings += [finding async for finding in slack(settings, session, kept.rounds)]
        findings += [finding async for finding in discord(settings, session, kept.rounds)]
        findings += [finding async for finding in public_pages(settings, session)]
    return [*findings, *[finding async for finding in mail(settings)]]


def _settings(settings: Settings) -> Iterator[Finding]:
    strange = unknown_variables()
    for name, meant in strange.items():
        do = f"Write {meant} instead." if meant else "Remove it, or see .env.example for the names."
        yield Finding("settings", State.WARNING, f"{name} is no setting and does nothing.", do)
    if settings.clock is not None:
        yield Finding(
            "clock",
            State.WARNING,
            "PAPERROUND_CLOCK is set, so this process does not follow the real time.",
            "Remove it unless you are trying things out.",
        )
    if not strange:
        source = "the environment and .env" if Path(ENV_FILE).is_file() else "the environment; there is no .env"
        yield Finding("settings", State.OK, f"The settings are readable, from {source}.")


def _zones() -> Iterator[Finding]:
    try:
        ZoneInfo.no_cache("Europe/Berlin")
    except ZoneInfoNotFoundError:
        yield Finding("time zones", State.FAULT, "This machine knows no time zones.", "Run: pip install tzdata")
    else:
        yield Finding("time zones", State.OK, "Time zones are known.")


def sources(
    settings: Settings, kept: Mapping[str, SourceState], added: Sequence[str], now: datetime
) -> Iterator[Finding]:
    """Tell of each source when it was read and will be; ``kept`` is where they stand, ``added`` are communities'."""
    try:
        polls = polls_when_asked(settings, kept, now)
    except BadSettings as bad:
        yield Finding("sources", State.FAULT, f"{bad}.", "Correct it in the environment or in .env.")
        return
    words = WordsWhenAsked(settings)
    own = {name: words.next_poll(name, kept.get(name, SourceState()), now) for name in added}
    for name, due in {**own, **polls}.items():
        yield _source(name, kept.get(name, SourceState()), due, now)


def _source(name: str, state: SourceState, due: datetime, now: datetime) -> Finding:
    def instant(at: datetime) -> str:
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    read = f"was last read {instant(state.succeeded_at)}" if state.succeeded_at else "was not read yet"
    coming = f"it is asked next {instant(due) if due > now else 'as soon as the bot runs'}."
    if state.failing_since is not None:
        failing = f"has failed since {instant(state.failing_since)} ({state.error.rstrip('.')})"
        do = "See whether its service is well and PAPERROUND_SOURCES names it rightly."
        return Finding("sources", State.WARNING, f"{name} {failing}; it {read}; {coming}", do)
    if state.succeeded_at is not None and now - state.succeeded_at > SOURCE_UNREAD:
        return Finding(
            "sources", State.WARNING, f"{name} {read}; {coming}", "Is paperround run running, with a worker?"
        )
    return Finding("sources", State.OK, f"{name} {read}; {coming}")


async def mail(settings: Settings) -> AsyncIterator[Finding]:
    """Speak to the mail server as for a mail, and send none."""
    try:
        edge = mail_edge(settings, RunningClock())
    except BadSettings as bad:
        yield Finding("mail", State.FAULT, f"{bad}.", "Set it in the environment or in .env.")
        return
    if edge is None:
        return
    try:
        how = await edge.probe()
    except PlatformUnreachable as error:
        do = "See SMTP_URL and MAIL_FROM; docs/mail.md says what each answer of a mail server means."
        yield Finding("mail", State.FAULT, f"The mail server takes no mail from here: {error}.", do)
    else:
        yield Finding("mail", State.OK, f"The mail server takes mail from {settings.mail_from}, {how}.")
