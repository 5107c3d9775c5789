"""The questions of `init`: each answer is tested at once, kept at once, and can be given again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from rich.console import Console
from rich.prompt import Confirm, Prompt

from adapters import checkup, checkup_discord, checkup_slack
from adapters.checkup_data import data_folder
from adapters.findings import Finding, State
from adapters.settings import BadSettings, Settings, read_settings
from adapters.slack.manifest import install_link

APPLICATIONS = "https://discord.com/developers/applications"
MARKS = {State.OK: "[green]✓[/green]", State.WARNING: "[yellow]![/yellow]", State.FAULT: "[red]✗[/red]"}

Test = Callable[[Settings, aiohttp.ClientSession], AsyncIterator[Finding]]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask for.

    Attributes:
        variable: The setting that the answer becomes.
        secret: What is typed is not shown.
        default: Taken for an empty answer where nothing is known yet.
        test: Tries the answer out; None where only its form can be looked at.
    """

    variable: str
    words: str
    secret: bool = False
    default: str = ""
    test: Test | None = None


async def _sources(settings: Settings, _: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    for finding in checkup.sources(settings, {}, (), datetime.now(UTC)):
        if finding.state is State.FAULT:
            yield finding


async def _folder(settings: Settings, _: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    for finding in data_folder(settings):
        if finding.state is not State.OK:
            yield finding


async def _mail(settings: Settings, _: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    async for finding in checkup.mail(settings):
        yield finding


SLACK_BOT = Question("SLACK_BOT_TOKEN", "Bot token (xoxb-…)", secret=True, test=checkup_slack.bot_token)
SLACK_APP = Question("SLACK_APP_TOKEN", "App-level token (xapp-…)", secret=True, test=checkup_slack.app_token)
SLACK_SIGNING = Question("SLACK_SIGNING_SECRET", "Signing secret", secret=True)
DISCORD = Question("DISCORD_TOKEN", "Token of its bot", secret=True, test=checkup_discord.discord)
SOURCES = Question(
    "PAPERROUND_SOURCES", "Sources, with blanks between them, such as arxiv:cs.LG huggingface", test=_sources
)
DATA_DIR = Question("PAPERROUND_DATA_DIR", "Folder for the data", default="data", test=_folder)
PUBLIC_URL = Question("PAPERROUND_PUBLIC_URL", "Address of the pages from outside, such as https://papers.example.org")
MAIL_FROM = Question("MAIL_FROM", "Sender, such as Paperround <papers@example.org>")
SMTP_URL = Question("SMTP_URL", "Mail server, such as smtps://user:password@host:465", secret=True, test=_mail)


class Wizard:
    """Asks on a console; every answer that is taken goes to ``keep`` with all the others, before the next is asked."""

    def __init__(self, known: Mapping[str, str], console: Console, keep: Callable[[Mapping[str, str]], None]) -> None:
        self._answers: Mapping[str, str] = dict(known)
        self._console = console
        self._keep = keep

    def ask(self) -> Mapping[str, str]:
        """Ask for everything and return what is known then; an empty answer leaves what was there."""
        self._console.print(
            "Without any token Paperround is a playground on this machine; each part can be added later, by this very "
            "command.\n"
        )
        if self._wanted("Connect Slack?", "SLACK_BOT_TOKEN"):
            self._slack()
        if self._wanted("Connect Discord?", "DISCORD_TOKEN"):
            self._console.print(f"Make the application here: {APPLICATIONS}", soft_wrap=True)
            self._take(DISCORD)
        self._take(SOURCES)
        self._take(DATA_DIR)
        if self._wanted("Send digests by e-mail too?", "SMTP_URL"):
            for question in (PUBLIC_URL, MAIL_FROM, SMTP_URL):
                self._take(question)
        return self._answers

    def _slack(self) -> None:
        has_address = "SLACK_SIGNING_SECRET" in self._answers
        called = Confirm.ask(
            "Shall Slack call this machine at a public address (else it needs none)?",
            default=has_address,
            console=self._console,
        )
        if called:
            self._take(PUBLIC_URL)
        link = install_link(public_url=self._answers.get("PAPERROUND_PUBLIC_URL", "") if called else "")
        self._console.print(f"Make the app here, install it, then copy its tokens: {link}", soft_wrap=True)
        self._take(SLACK_BOT)
        self._take(SLACK_SIGNING if called else SLACK_APP)

    def _wanted(self, words: str, variable: str) -> bool:
        return Confirm.ask(words, default=variable in self._answers, console=self._console)

    def _take(self, question: Question) -> None:
        """Ask until the answer passes its test, or is to be left as it is."""
        while not self._passes(question, self._typed(question)):
            if not Confirm.ask("Give it again?", default=True, console=self._console):
                return

    def _typed(self, question: Question) -> str:
        known = self._answers.get(question.variable, question.default)
        if not question.secret:
            return Prompt.ask(question.words, default=known, show_default=bool(known), console=self._console).strip()
        kept = " (empty: as it is)" if known else ""
        words = f"{question.words}{kept}"
        return Prompt.ask(words, password=True, default="", show_default=False, console=self._console).strip()

    def _passes(self, question: Question, typed: str) -> bool:
        """Keep an answer that can be read, try it out, and say what came of it."""
        tried = {**self._answers, question.variable: typed} if typed else self._answers
        if question.variable not in tried:
            return True
        try:
            settings = read_settings(tried)
        except BadSettings as bad:
            if bad.variable != question.variable:
                # Nothing that is answered here would put it right.
                raise
            self._say(Finding("settings", State.FAULT, f"{bad}."))
            return False
        # One that is refused is kept too: the service may be at fault, and then nothing has to be typed again.
        self._answers = tried
        self._keep(tried)
        findings = asyncio.run(tested(settings, question.test)) if question.test else []
        for finding in findings:
            self._say(finding)
        return not any(finding.state is State.FAULT for finding in findings)

    def _say(self, finding: Finding) -> None:
        self._console.print(MARKS[finding.state], end=" ")
        self._console.print(f"{finding.means} {finding.do}".rstrip(), markup=False, highlight=False, soft_wrap=True)


async def tested(settings: Settings, test: Test) -> list[Finding]:
    """Return what a test finds with these settings."""
    async with aiohttp.ClientSession(timeout=checkup.PATIENCE) as session:
        return [finding async for finding in test(settings, session)]
