"""`init`: asks what is needed, tests each token at once, and writes `.env` so that only its owner reads it."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dotenv import dotenv_values
from rich.console import Console

from adapters.checkup import look_over
from adapters.cli.endings import DONE, FAILED, Misused
from adapters.cli.wizard import Wizard
from adapters.env_file import env_text
from adapters.findings import State
from adapters.settings import ENV_FILE, Settings, read_settings, variables
from adapters.slack.manifest import install_link

PRIVATE = 0o600


def init(*, ask: bool) -> int:
    """Write `.env` from what it held, the environment and the answers; every step can be repeated.

    The status is 1 when a token was refused; `.env` is written all the same, so that nothing has to be typed again.
    """
    env, said = Path(ENV_FILE), known_values()
    if ask:
        try:
            said = Wizard(said, Console(), partial(write_env, env)).ask()
        except EOFError:
            raise Misused("There is nobody to ask; say --non-interactive to take what the environment says.") from None
    write_env(env, said)
    settings = read_settings()
    sys.stdout.write(f"Written to {env.resolve()}, readable by you alone.\n")
    return asyncio.run(_tested(settings))


def known_values() -> Mapping[str, str]:
    """Return the values of settings that stand in `.env` or in the environment, which counts more."""
    kept = {name: value for name, value in dotenv_values(ENV_FILE).items() if value}
    found = {**kept, **os.environ}
    return {name: found[name] for name in variables() if found.get(name)}


def write_env(path: Path, said: Mapping[str, str]) -> None:
    """Write a `.env` whole or not at all, with mode 0600 from its first byte on."""
    made = path.with_name(f"{path.name}.tmp")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="utf-8") as env:
        env.write(env_text(said))
    made.replace(path)


async def _tested(settings: Settings) -> int:
    findings = await look_over(settings, datetime.now(UTC))
    wrong = [found for found in findings if found.state is State.FAULT]
    for found in findings:
        if found.check in {"slack", "discord"} or found.state is not State.OK:
            sys.stdout.write(f"{found.check}: {found.means}{f' {found.do}' if found.do else ''}\n")
    sys.stdout.write(f"The Slack app, from its manifest: {install_link(public_url=settings.public_url)}\n")
    sys.stdout.write("Start it with: paperround run\n")
    return FAILED if wrong else DONE
