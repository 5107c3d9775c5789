"""What a host can get wrong, looked for one thing at a time: each finding says what it means and what to do."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp

from adapters.checkup_outside import env_file, public_pages
from adapters.clock import RunningClock
from adapters.discord.invitation import invite_link
from adapters.discord.standstill import standstill_in
from adapters.edges import mail_edge
from adapters.env_file import unknown_variables
from adapters.findings import Finding, State
from adapters.main import address_of, condition_of
from adapters.network_when_asked import WordsWhenAsked, polls_when_asked
from adapters.settings import ENV_FILE, BadSettings, Settings
from adapters.slack.manifest import scopes
from bot.announcements import SourceState
from bot.ports import PlatformUnreachable, StorageUnavailable, StorageUnusable

PATIENCE = aiohttp.ClientTimeout(total=10)
# A day's papers, their index and a backup need far less; below this a night's ingest may fill the disk.
DISK_WARNING_BYTES = 500 * 2**20
DISK_FAULT_BYTES = 50 * 2**20
# Slack refuses requests that are five minutes off; digests come late by as much.
SKEW_WARNING = timedelta(seconds=30)
# Longer than the longest pause of arXiv over holidays and a weekend.
SOURCE_UNREAD = timedelta(days=5)
SLACK_API = "https://slack.com/api/"
DISCORD_API = "https://discord.com/api/v10"


async def look_over(settings: Settings, now: datetime) -> list[Finding]:
    """Check everything that is set; what is not set is not asked after. Nothing is changed, also while the bot runs."""
    sources: dict[str, SourceState] = {}
    added: list[str] = []
    findings = [*_settings(settings), *env_file(), *_zones(), *_folder(settings)]
    findings += _database(settings, now, sources, added)
    findings += _sources(settings, sources, added, now)
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        findings += [finding async for finding in _slack(settings, session)]
        findings += [finding async for finding in _discord(settings, session)]
        findings += [finding async for finding in public_pages(settings, session)]
    return [*findings, *[finding async for finding in _mail(settings)]]


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


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("data folder", State.OK, f"{folder} is not there yet; the first start makes it.")
        return
    if not folder.is_dir():
        yield Finding(
            "data folder", State.FAULT, f"{folder} is a file.", "Set PAPERROUND_DATA_DIR to a folder, or move the file."
        )
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            "data folder",
            State.FAULT,
            f"Nothing can be written in {folder}.",
            "Give the bot's user the right to write.",
        )
    mode = folder.stat().st_mode & 0o077
    if mode:
        yield Finding(
            "data folder",
            State.WARNING,
            f"{folder} can be read by other users of this machine.",
            f"chmod 700 {folder}, or: paperround doctor --fix",
        )
    free = shutil.disk_usage(folder).free
    said = f"{free / 2**20:,.0f} MB are free beside {folder}."
    if free < DISK_FAULT_BYTES:
        yield Finding("disk", State.FAULT, said, "Free some space before the database cannot be written.")
    elif free < DISK_WARNING_BYTES:
        yield Finding("disk", State.WARNING, said, "Free some space soon.")
    else:
        yield Finding("disk", State.OK, said)


def _database(
    settings: Settings, now: datetime, sources: dict[str, SourceState], added: list[str]
) -> Iterator[Finding]:
    """Look the database over; where the sources stand goes into ``sources``, those of communities into ``added``."""
    served = bool(address_of(settings))
    try:
        found = condition_of(settings, now)
    except (StorageUnusable, StorageUnavailable) as error:
        do = "See whether the server runs and the address is right." if served else "Restore a backup."
        yield Finding("database", State.FAULT, str(error), do)
        return
    if found is None:
        yield Finding("database", State.OK, "There is no database yet; the first start makes it.")
        return
    upgraded = "the next start upgrades it" if served else "the next start upgrades it after a backup"
    faults = (
        (
            found.damage,
            f"The database is damaged: {found.damage}.",
            "Stop the bot; paperround restore the newest backup.",
        ),
        (found.loose_rows, f"{found.loose_rows} rows name rows that are gone.", "Restore a backup, and report it."),
        (found.unknown, "The database was written by a newer release.", "Install that release, or restore a backup."),
    )
    warnings = (
        (
            found.texts_missing,
            "The full-text index is out of step with the papers.",
            "Stop the bot, then: paperround doctor --fix",
        ),
        (found.pending, "The database is of an older release.", f"Nothing: {upgraded}."),
        (
            found.stuck,
            f"{found.stuck} messages of digests wait to be sent.",
            "Is paperround run running, with a worker?",
        ),
        (
            found.held,
            f"{found.held} messages are held: nobody knows whether they arrived.",
            "Look into their channels.",
        ),
    )
    yield from (Finding("database", State.FAULT, means, do) for wrong, means, do in faults if wrong)
    yield from (Finding("database", State.WARNING, means, do) for wrong, means, do in warnings if wrong)
    for place, why in found.paused:
        do = "Put that right; then set it again in the channel: digest here …"
        yield Finding("rounds", State.WARNING, f"The round of {place} has stopped: {why.rstrip('.')}.", do)
    if not any(wrong for wrong, _, _ in faults + warnings):
        yield Finding("database", State.OK, f"The database is whole; it holds {found.papers:,} papers.")
    sources.update(found.sources)
    added += found.added_sources


def _sources(
    settings: Settings, kept: Mapping[str, SourceState], added: Sequence[str], now: datetime
) -> Iterator[Finding]:
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


async def _slack(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return
    base = settings.slack_api_url or SLACK_API
    try:
        async with session.post(
            f"{base.rstrip('/')}/auth.test", headers={"Authorization": f"Bearer {token}"}
        ) as response:
            said = await response.json(content_type=None)
            skew = _skew(response)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield _unreachable("slack", urlsplit(base).netloc, error)
        return
    if skew:
        yield skew
    if said.get("ok") is True:
        yield Finding("slack", State.OK, f"Slack knows the bot as {said.get('user')} in {said.get('team')}.")
        granted = {scope.strip() for scope in response.headers.get("x-oauth-scopes", "").split(",")} - {""}
        if granted and (missing := [scope for scope in scopes() if scope not in granted]):
            do = "Add them under OAuth & Permissions and reinstall the app; docs/slack.md says what each is for."
            yield Finding("slack", State.WARNING, f"The Slack app lacks permissions: {', '.join(missing)}.", do)
    else:
        do = "Copy the bot token of the app again: OAuth & Permissions, Bot User OAuth Token, into SLACK_BOT_TOKEN."
        yield Finding("slack", State.FAULT, f"Slack refuses the bot token: {said.get('error', 'no reason')}.", do)
    if not (settings.slack_app_token.get_secret_value() or settings.slack_signing_secret.get_secret_value()):
        yield Finding(
            "slack", State.FAULT, "Slack has no way to reach the bot.", "Set SLACK_APP_TOKEN or SLACK_SIGNING_SECRET."
        )


async def _discord(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    token = settings.discord_token.get_secret_value()
    if not token:
        return
    if still := standstill_in(settings.data_dir, datetime.now(UTC)):
        means = (
            f"Nothing is posted to Discord until {still.until:%H:%M} UTC: {still.refused:,} requests were refused in "
            "ten minutes, and many more would get this machine's address banned."
        )
        do = "Look for what was refused in the log; it goes on by itself."
        yield Finding("discord", State.WARNING, means, do)
    base = (settings.discord_api_url or DISCORD_API).rstrip("/")
    way: dict[str, Any] = {
        "headers": {"Authorization": f"Bot {token}"},
        "proxy": settings.proxy.get_secret_value() or None,
    }
    try:
        async with session.get(f"{base}/users/@me", **way) as response:
            said = await response.json(content_type=None)
            status = response.status
            skew = _skew(response)
        async with session.get(f"{base}/applications/@me", **way) as response:
            application = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield _unreachable("discord", urlsplit(base).netloc, error)
        return
    if skew:
        yield skew
    if status == 200:
        yield Finding("discord", State.OK, f"Discord knows the bot as {said.get('username')}.")
        invite = f"Invite {application.get('name')} to a server: {invite_link(application.get('id', ''))}"
        yield Finding("discord", State.OK, invite)
    else:
        do = "Make a new token on the Bot page of the application and put it into DISCORD_TOKEN."
        yield Finding("discord", State.FAULT, f"Discord refuses the token (status {status}).", do)


async def _mail(settings: Settings) -> AsyncIterator[Finding]:
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


def _skew(response: aiohttp.ClientResponse) -> Finding | None:
    theirs = None
    with suppress(ValueError):  # a proxy may send a date that is none; then there is nothing to compare
        theirs = parsedate_to_datetime(response.headers.get("Date", ""))
    if theirs is None or abs(datetime.now(UTC) - theirs) < SKEW_WARNING:
        return None
    off = abs(datetime.now(UTC) - theirs).total_seconds()
    return Finding(
        "clock", State.FAULT, f"This machine's clock is {off:.0f} s off.", "Turn on time synchronisation (NTP)."
    )


def _unreachable(platform: str, host: str, error: Exception) -> Finding:
    why = str(error) or type(error).__name__
    return Finding(
        platform, State.FAULT, f"{host} cannot be reached: {why}.", "Check this machine's network and proxy."
    )
