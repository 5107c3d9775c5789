"""Links to papers that people paste, answered where a channel chose so, and what Discord shows the bot of them.

Without the privileged intent Discord tells the words of those messages only that mention the bot.
"""

from dataclasses import replace
from enum import StrEnum

import aiohttp
import discord
import structlog

from adapters.discord.messenger import DiscordMessenger
from adapters.discord.people import place_of
from adapters.discord.places import PLATFORM, Spot
from bot.answers.asked import Answer
from bot.model import Member
from bot.paperround import Paperround
from bot.replies import FactsReply, NoticeReply
from bot.words import marked, say, spoken

log = structlog.get_logger()


class Reads(StrEnum):
    """Which messages the bot asks Discord to show it."""

    NOTHING = "nothing"
    MENTIONS = "mentions"
    MESSAGES = "messages"


SEEN = {
    Reads.NOTHING: marked("not seen: whoever runs this bot has it read no messages"),
    Reads.MENTIONS: marked("seen where a message mentions me beside the link; Discord shows me no other messages"),
    Reads.MESSAGES: marked("seen in every message"),
}
LINKS_SEEN = {
    Reads.NOTHING: marked("Pasted links are not seen: whoever runs this bot has it read no messages."),
    Reads.MENTIONS: marked(
        "Pasted links are seen where a message mentions me beside the link; Discord shows me no other messages."
    ),
    Reads.MESSAGES: marked("Pasted links are seen in every message."),
}


def intents_for(reads: Reads) -> discord.Intents:
    """Return what is asked of the gateway: nothing privileged unless the host wants all messages read."""
    intents = discord.Intents(guilds=True, guild_reactions=True, dm_reactions=True)
    intents.guild_messages = reads is not Reads.NOTHING
    intents.message_content = reads is Reads.MESSAGES
    return intents


class Links:
    def __init__(self, paperround: Paperround, messenger: DiscordMessenger, reads: Reads) -> None:
        self._paperround = paperround
        self._messenger = messenger
        self._reads = reads

    async def written(self, message: discord.Message) -> None:
        """Take a message that somebody wrote; what bots write, and what Discord shows no words of, is passed over."""
        if message.guild is None or message.author.bot or message.webhook_id is not None or not message.content:
            return
        community = str(message.guild.id)
        _, channel = place_of(message.channel, community, str(message.channel.id))
        member = Member(PLATFORM, community, str(message.author.id), name=message.author.display_name, manager=False)
        answer = await self._paperround.linked(message.content, member, channel, str(message.id))
        if answer is None:
            return
        try:
            with spoken(answer.language):
                await self._messenger.reply(Spot(str(message.channel.id), str(message.id)), answer.reply)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            # Nobody asked for anything, so nobody misses it.
            log.warning("a pasted link was not answered", action="discord_link_unanswered", error=type(error).__name__)

    def told(self, text: str, answer: Answer) -> Answer:
        """Add to the answers about pasted links what Discord lets the bot see of them."""
        reply = answer.reply
        if text.startswith("status") and isinstance(reply, FactsReply):
            with spoken(answer.language):
                seen = (say("pasted links"), say(SEEN[self._reads]))
            return replace(answer, reply=replace(reply, facts=(*reply.facts, seen)))
        if text.startswith("set here links on") and isinstance(reply, NoticeReply):
            with spoken(answer.language):
                line = say(LINKS_SEEN[self._reads])
            return replace(answer, reply=replace(reply, lines=(*reply.lines, line)))
        return answer
