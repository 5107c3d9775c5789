"""What nearly every command begins with: settings, logs, and Paperround put together over the terminal."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from adapters.cli.endings import Misused
from adapters.clock import RunningClock
from adapters.edges import mail_edge
from adapters.logs import set_up_logs
from adapters.main import Opened, open_paperround
from adapters.network_when_asked import LookupWhenAsked, WordsWhenAsked, polls_when_asked
from adapters.settings import Settings, read_settings, secrets_of
from adapters.terminal.messenger import PLATFORM, TerminalMessenger
from bot.answers.asked import direct_channel
from bot.model import Channel, Member
from bot.ports import Clock, Messenger

COMMUNITY = "terminal"
HISTORY = "terminal-posts.jsonl"
NAME = re.compile(r"[\w.@+-]{1,64}")
# By which a terminal tells the language of its messages (POSIX 1-2017, base definitions, 8.2): the first that is set.
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
NO_LANGUAGE = frozenset({"", "C", "POSIX"})


def settings_for_a_command() -> Settings:
    """Return the settings, with logs set up so that only what is wrong shows, unless the host asked for more."""
    settings = read_settings()
    level = settings.log_level if "log" in settings.model_fields_set else "warning"
    set_up_logs(level, secrets_of(settings), as_json=settings.log_as_json)
    return settings


@contextmanager
def opened(
    settings: Settings,
    *,
    clock: Clock | None = None,
    write: Callable[[str], None] | None = None,
    messengers: Sequence[Messenger] = (),
) -> Iterator[Opened]:
    """Open Paperround with the terminal as its platform.

    Args:
        write: Takes each posted text; None writes it to standard output.
        messengers: Of other platforms; with any, the terminal is none.
    """
    running = clock or RunningClock(settings.clock)
    terminal = TerminalMessenger(write or write_text, settings.data_dir / HISTORY, running)
    mail = mail_edge(settings, running)
    mails = (mail.messenger,) if mail else ()
    by_platform = {messenger.platform: messenger for messenger in (*(messengers or (terminal,)), *mails)}
    polls = partial(polls_when_asked, settings)
    with open_paperround(
        settings,
        running,
        by_platform,
        lookup=LookupWhenAsked(settings),
        next_polls=polls,
        source_words=WordsWhenAsked(settings),
    ) as paperround:
        if mail:
            mail.use(paperround.stores)
        yield paperround


def member_named(name: str) -> Member:
    """Return a member of the terminal's community, who speaks its language; its people all may manage its channels.

    Raises:
        Misused: The name holds something else than letters, digits and ``_ . @ + -``.
    """
    named = _checked(name.removeprefix("@"), "--as")
    return Member(PLATFORM, COMMUNITY, named, name=named, language=terminal_locale(os.environ))


def terminal_locale(environment: Mapping[str, str]) -> str | None:
    """Return the locale of a terminal, ``de_DE`` of ``de_DE.UTF-8``; None where it tells none."""
    said = next((environment[name] for name in LOCALES if environment.get(name)), "")
    locale = said.partition(".")[0].partition("@")[0]
    return None if locale in NO_LANGUAGE else locale


def place_of(member: Member, channel: str | None) -> Channel:
    """Return the channel with that name, or the direct conversation with the member when none is named."""
    if channel is None:
        return direct_channel(member)
    name = _checked(channel.removeprefix("#"), "--channel")
    return Channel(PLATFORM, COMMUNITY, name, name=name)


def fresh_event() -> str:
    return uuid4().hex


def write_text(text: str) -> None:
    sys.stdout.write(f"{text}\n\n")
    sys.stdout.flush()


def write_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _checked(name: str, option: str) -> str:
    if not NAME.fullmatch(name):
        raise Misused(f"{option} {name[:40]!r} is no name: use letters, digits and _ . @ + - only.")
    return name
