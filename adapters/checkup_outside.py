"""What stands between an installation and others: readable files, pages from outside, clocks and the network."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from adapters.findings import Finding, State
from adapters.settings import ENV_FILE, Settings

HEALTH = "/healthz"
OTHERS = 0o077
# Slack refuses requests that are five minutes off; digests come late by as much.
SKEW_WARNING = timedelta(seconds=30)
HERE = {"localhost", "127.0.0.1", "::1"}
USER = re.compile(r"//\S*@")


def env_file() -> Iterator[Finding]:
    """Look whether the file with the tokens is its owner's alone."""
    path = Path(ENV_FILE)
    if path.is_file() and path.stat().st_mode & OTHERS:
        means = f"{ENV_FILE} holds tokens and can be read by other users of this machine."
        yield Finding("settings", State.FAULT, means, f"chmod 600 {ENV_FILE}, or: paperround doctor --fix")


async def public_pages(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Look whether the pages answer at the address that people are given."""
    if not settings.public_url:
        return
    public = urlsplit(settings.public_url)
    if public.scheme == "http" and public.hostname not in HERE:
        yield Finding(
            "public address",
            State.WARNING,
            "PAPERROUND_PUBLIC_URL is not encrypted, so what people click can be read on the way.",
            "Put a reverse proxy with a certificate before it and write https://.",
        )
    address = f"{settings.public_url.rstrip('/')}{HEALTH}"
    do = "Is paperround run running, with the role web, and does the reverse proxy lead to it? See deploy/."
    try:
        async with session.get(address, allow_redirects=False) as response:
            status = response.status
    except (aiohttp.ClientError, TimeoutError) as error:
        means = f"Nothing answers at {address}: {str(error) or type(error).__name__}."
        yield Finding("public address", State.WARNING, means, do)
        return
    if status == 200:
        yield Finding("public address", State.OK, f"The pages answer at {settings.public_url}.")
    else:
        means = f"{address} answers with status {status}, so something else is there."
        yield Finding("public address", State.WARNING, means, do)


def skew(response: aiohttp.ClientResponse) -> Finding | None:
    """Compare this machine's clock with that of a platform; None when they agree."""
    theirs = None
    with suppress(ValueError):  # a proxy may send a date that is none; then there is nothing to compare
        theirs = parsedate_to_datetime(response.headers.get("Date", ""))
    if theirs is None or theirs.tzinfo is None or abs(datetime.now(UTC) - theirs) < SKEW_WARNING:
        return None
    off = abs(datetime.now(UTC) - theirs).total_seconds()
    return Finding(
        "clock", State.FAULT, f"This machine's clock is {off:.0f} s off.", "Turn on time synchronisation (NTP)."
    )


def unreachable(platform: str, host: str, error: Exception) -> Finding:
    # A proxy is named with the user and the password that it was given.
    why = USER.sub("//", str(error)) or type(error).__name__
    return Finding(
        platform, State.FAULT, f"{host} cannot be reached: {why}.", "Check this machine's network and proxy."
    )
