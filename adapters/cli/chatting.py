"""`chat`: one ask after another on a terminal, with history and completion from the command table."""

import asyncio
import sys
from collections.abc import AsyncGenerator, AsyncIterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory

from adapters.cli.asking import answered, show
from adapters.cli.endings import DONE
from adapters.cli.opening import member_named, opened, place_of, settings_for_a_command
from adapters.main import Opened
from bot.commands import BY_NAME
from bot.model import Channel, Member
from bot.paperround import Paperround
from bot.words import say, spoken

HISTORY = "chat-history"
LEAVING = {"exit", "quit", "bye"}
EXAMPLES = ("follow entropy", "today", "help")


class CommandCompleter(Completer):
    """Completes commands and what they take, from the same suggestions that the chats offer."""

    def __init__(self, paperround: Paperround, member: Member, channel: Channel) -> None:
        self._paperround = paperround
        self._member = member
        self._channel = channel

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> list[Completion]:  # noqa: ARG002
        """Return nothing: suggestions come from the store, so only the asynchronous way is served."""
        return []

    async def get_completions_async(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the port's shape
    ) -> AsyncGenerator[Completion, None]:
        command, blank, typed = document.text_before_cursor.lstrip().partition(" ")
        option = BY_NAME[command].argument if command in BY_NAME else ""
        if blank and not option:
            return
        asked, said = (command, typed) if blank else ("", command)
        for found in await self._paperround.suggestions(asked, option, said, self._member, self._channel):
            yield Completion(found.value, start_position=-len(said), display=found.label)


def chat(member: str, channel: str | None) -> int:
    """Answer one line after another until the end of the input."""
    settings = settings_for_a_command()
    who = member_named(member)
    where = place_of(who, channel)
    with opened(settings) as house:
        asyncio.run(_converse(house, who, where))
    return DONE


def greeting() -> str:
    return say("Type a command such as: {examples}. Ctrl-D leaves.", examples=", ".join(EXAMPLES))


async def _converse(house: Opened, who: Member, where: Channel) -> None:
    reading = asyncio.create_task(house.paperround.warm_up())
    if not sys.stdin.isatty():
        await reading  # nobody waits at a prompt, and a script wants the same answers every time
    if sys.stdin.isatty():
        with spoken(await house.paperround.language_of(who)):
            sys.stdout.write(f"{greeting()}\n")
    async for line in _typed(house, who, where) if sys.stdin.isatty() else _piped():
        if line.strip().lower() in LEAVING:
            break
        if not line.strip():
            continue
        answer = await answered(house, line, who, where)
        show(answer)
        if answer.planned:
            await house.paperround.deliver_due()
    await reading


async def _typed(house: Opened, who: Member, where: Channel) -> AsyncIterator[str]:
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(house.settings.data_dir / HISTORY)),
        completer=CommandCompleter(house.paperround, who, where),
        complete_while_typing=False,
    )
    while True:
        try:
            yield await session.prompt_async("/papers ")
        except (EOFError, KeyboardInterrupt):
            return


async def _piped() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line.rstrip("\n")
