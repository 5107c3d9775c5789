"""What others see of an installation: the pages from outside, and files that other users of the machine may read."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from adapters.findings import Finding, State
from adapters.settings import ENV_FILE, Settings

HEALTH = "/healthz"
OTHERS = 0o077
HERE = {"localhost", "127.0.0.1", "::1"}


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
