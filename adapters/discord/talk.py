"""An interaction answered: in time, to the asker alone unless posted, and told plainly when it came too late."""

import asyncio
import io
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import aiohttp
import discord
import structlog

from adapters.discord import limits
from adapters.discord.embeds import Message, message
from adapters.discord.marks import plain_form
from adapters.discord.people import Interaction
from adapters.discord.refusals import ALREADY_ANSWERED, EXPIRED_INTERACTION, INVALID_FORM, UNKNOWN_INTERACTION
from adapters.discord.render import answered
from adapters.pictures import png
from bot.answers.asked import Answer
from bot.languages import language_from
from bot.replies import (
    FactsReply,
    HelpReply,
    InterestsReply,
    PicksReply,
    Plot,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
)
from bot.words import say, spoken

log = structlog.get_logger()

# Discord waits 3 s for the first answer; the rest is for the way there.
DEFER_AFTER_S = 1.5

POST = "post:"
EDIT = "edit:"
SHOWABLE = (PicksReply, PreviewReply, WhyReply, FactsReply, HelpReply, InterestsReply)
TOO_LATE = {UNKNOWN_INTERACTION, EXPIRED_INTERACTION, ALREADY_ANSWERED}
SEEN_CAP = 2_000

LOST = discord.HTTPException | aiohttp.ClientError | OSError
LOST_KINDS = (discord.HTTPException, aiohttp.ClientError, OSError)


def failed() -> RefusalReply:
    return RefusalReply("", say("Something went wrong here; it was logged. Please try again."))


class Talk:
    """Answers interactions; the same one delivered twice is answered once."""

    def __init__(self, defer_after_s: float = DEFER_AFTER_S) -> None:
        self._defer_after_s = defer_after_s
        self._seen: OrderedDict[int, None] = OrderedDict()

    def is_new(self, interaction: Interaction) -> bool:
        if interaction.id in self._seen:
            return False
        self._seen[interaction.id] = None
        if len(self._seen) > SEEN_CAP:
            self._seen.popitem(last=False)
        return True

    async def answer(
        self, interaction: Interaction, deed: Callable[[], Awaitable[Answer]], *, source: str = "", public: bool = False
    ) -> Answer | None:
        """Do a deed and say what came of it.

        Args:
            source: The text or token that asks for the same again; buttons to post or to edit are made of it.
            public: For everybody in the channel instead of the asker alone.

        Returns:
            What was answered; None when the deed failed, which is logged and told.
        """
        task = asyncio.ensure_future(deed())
        lost: LOST | None = None
        await asyncio.wait({task}, timeout=self._defer_after_s)
        if not task.done():
            try:
                await interaction.response.defer(ephemeral=not public, thinking=True)
            except LOST_KINDS as error:
                lost = error
        try:
            answer = await task
        except Exception:  # the top of this interaction: the member is told, the others live on
            log.exception("an interaction failed", action="discord_interaction_failed")
            answer = None
        if lost is None:
            try:
                with spoken(answer.language if answer else language_from(interaction.locale.value)):
                    reply = answer.reply if answer else failed()
                    await self.say(interaction, reply, source=source, public=public)
            except LOST_KINDS as error:
                lost = error
        if lost is not None:
            await self._too_late(interaction, answer, lost)
        return answer

    async def say(self, interaction: Interaction, reply: Reply, *, source: str = "", public: bool = False) -> None:
        """Send a reply as the answer to an interaction, or after the first answer as its follow-up."""
        messages = list(answered(without_verdicts(reply) if public else reply))
        if not public:
            messages = with_extras(messages, extras(interaction, reply, source))
        for each in messages:
            try:
                await _send(interaction, each, public=public)
            except discord.HTTPException as error:
                if error.code != INVALID_FORM:
                    raise
                # Our own mistake: the words at least arrive.
                log.exception("Discord refused an answer", action="discord_bad_form", text=error.text)
                await _send(interaction, plain_form(each), public=public)

    async def _too_late(self, interaction: Interaction, answer: Answer | None, error: LOST) -> None:
        code = getattr(error, "code", None)
        late = code in TOO_LATE
        log.warning(
            "an answer came too late" if late else "an answer did not arrive",
            action="discord_answer_lost",
            code=code,
            error=type(error).__name__,
        )
        if code == ALREADY_ANSWERED or answer is None or not answer.changed:
            return
        # Something was changed, so whoever asked must know of it, by another way.
        try:
            with spoken(answer.language):
                messages = answered(answer.reply)
            for each in messages:
                await interaction.user.send(**await sendable(each))
        except LOST_KINDS as closed:
            log.warning("nor by direct message", action="discord_answer_lost", error=type(closed).__name__)


async def _send(interaction: Interaction, each: Message, *, public: bool) -> None:
    if interaction.response.is_done():
        await interaction.followup.send(ephemeral=not public, wait=True, **await sendable(each))
    else:
        await interaction.response.send_message(ephemeral=not public, **await sendable(each))


def extras(interaction: Interaction, reply: Reply, source: str) -> list[dict[str, Any]]:
    """Return the buttons that only Discord has: edit the interests in a form, post what only the asker sees."""
    buttons = []
    if isinstance(reply, InterestsReply) and source.startswith("interests"):
        whose = "here" if source.endswith(" here") else "me"
        buttons.append({"type": 2, "style": 2, "label": say("Edit"), "custom_id": f"{EDIT}{whose}"})
    custom_id = f"{POST}{source}"
    in_server = interaction.guild_id is not None
    if source and in_server and isinstance(reply, SHOWABLE) and len(custom_id) <= limits.CUSTOM_ID:
        buttons.append({"type": 2, "style": 2, "label": say("Post to channel"), "custom_id": custom_id})
    return buttons


def with_extras(messages: list[Message], buttons: Sequence[dict[str, Any]]) -> list[Message]:
    """Return messages with further buttons in a row of the last one, or below it where it has no room."""
    if not buttons:
        return messages
    last = messages[-1]
    rows = last["components"]
    if rows and len(rows[-1]["components"]) + len(buttons) <= limits.BUTTONS_IN_A_ROW and len(messages) > 1:
        rows = [*rows[:-1], {"type": 1, "components": [*rows[-1]["components"], *buttons]}]
    elif len(rows) < limits.ROWS:
        rows = [*rows, {"type": 1, "components": list(buttons)}]
    else:
        return [
            *messages,
            message(f"-# {say('Only you can see this.')}", rows=[{"type": 1, "components": list(buttons)}]),
        ]
    return [*messages[:-1], {**last, "components": rows}]


def without_verdicts(reply: Reply) -> Reply:
    """Return what everybody may see: what the asker thinks of the papers is nobody else's."""
    if isinstance(reply, PicksReply | PreviewReply):
        return replace(reply, offered=tuple(replace(each, verdict="") for each in reply.offered))
    return reply


async def sendable(each: Message) -> dict[str, Any]:
    """Return a message of `render.py` as arguments of discord.py's ``send``."""
    arguments: dict[str, Any] = {
        "content": each["content"] or None,
        "embeds": [discord.Embed.from_dict(embed) for embed in each["embeds"]],
        "allowed_mentions": discord.AllowedMentions.none(),
    }
    if each["components"]:
        arguments["view"] = carrier(each["components"])
    if "file" in each:
        file = each["file"]
        arguments["file"] = discord.File(io.BytesIO(file["content"].encode()), filename=file["name"])
    if "picture" in each:
        picture = each["picture"]
        bars = tuple((date.fromisoformat(day), value) for day, value in picture["bars"])
        drawn = await asyncio.to_thread(png, Plot(bars, picture["unit"], picture["description"]))
        arguments["file"] = discord.File(
            io.BytesIO(drawn), filename=picture["name"], description=picture["description"]
        )
    return arguments


def carrier(rows: Sequence[dict[str, Any]]) -> discord.ui.View:
    """Return a view that only carries buttons: presses are heard by their custom id, so nothing is kept in memory."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for component in row["components"]:
            button: discord.ui.Button[discord.ui.View] = discord.ui.Button(
                style=discord.ButtonStyle(component["style"]),
                label=component["label"],
                custom_id=component["custom_id"],
                emoji=component.get("emoji", {}).get("name"),
                row=number,
            )
            view.add_item(button)
    view.stop()
    return view
