"""`init`: asks what is needed, tests each token at once, and writes `.env` so that only its owner reads it."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from dotenv import dotenv_values
from rich.console import Console
from rich.prompt import Confirm, Prompt

from adapters.checkup import look_over
from adapters.cli.endings import DONE, FAILED
from adapters.env_file import env_text
from adapters.findings import State
from adapters.settings import ENV_FILE, Settings, read_settings, variables
from adapters.slack.manifest import install_link

PRIVATE = 0o600


def init(*, ask: bool) -> int:
    """Write `.env` from what it held, the environment and the answers; every step can be repeated.

    The status is 1 when a token was refused; `.env` is written all the same, so that nothing has to be typed again.
    """
    said = known_values()
    if ask:
        said = asked(said, Console())
    write_env(Path(ENV_FILE), said)
    settings = read_settings()
    sys.stdout.write(f"Written to {Path(ENV_FILE).resolve()}, readable by you alone.\n")
    return asyncio.run(_tested(settings))


def known_values() -> dict[str, str]:
    """Return the values of settings that stand in `.env` or in the environment, which counts more."""
    kept = {name: value for name, value in dotenv_values(ENV_FILE).items() if value}
    found = {**kept, **os.environ}
    return {name: found[name] for name in variables() if found.get(name)}


def asked(said: Mapping[str, str], console: Console) -> dict[str, str]:
    """Ask for what Slack and Discord need, and for sources; an empty answer keeps what was there."""
    answers = dict(said)
    console.print("Without any token Paperround is a playground on this machine; each part can be added later.\n")
    if Confirm.ask("Connect Slack?", default="SLACK_BOT_TOKEN" in said, console=console):
        console.print(f"Make the app here, install it, then copy its tokens: {install_link()}", soft_wrap=True)
        _secret(answers, "SLACK_BOT_TOKEN", "Bot token (xoxb-…)", console)
        _secret(answers, "SLACK_APP_TOKEN", "App-level token (xapp-…)", console)
    if Confirm.ask("Connect Discord?", default="DISCORD_TOKEN" in said, console=console):
        console.print("Make the application here: https://discord.com/developers/applications", soft_wrap=True)
        _secret(answers, "DISCORD_TOKEN", "Token of its bot", console)
    _text(answers, "PAPERROUND_SOURCES", "Sources, with blanks between them", console)
    _text(answers, "PAPERROUND_DATA_DIR", "Folder for the data", console)
    return answers


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


def _secret(answers: dict[str, str], variable: str, question: str, console: Console) -> None:
    kept = " (empty: as it is)" if variable in answers else ""
    _keep(
        answers,
        variable,
        Prompt.ask(f"{question}{kept}", password=True, default="", show_default=False, console=console),
    )


def _text(answers: dict[str, str], variable: str, question: str, console: Console) -> None:
    _keep(answers, variable, Prompt.ask(question, default=answers.get(variable, ""), console=console))


def _keep(answers: dict[str, str], variable: str, said: str) -> None:
    if said.strip():
        answers[variable] = said.strip()
