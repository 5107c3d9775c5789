"""What members ask by commands, buttons, menus and forms: translated, handed to Paperround, answered. No decisions."""

import asyncio
from dataclasses import replace
from typing import Any

import discord
import structlog
from discord import app_commands

from adapters.discord import limits
from adapters.discord.embeds import token_of
from adapters.discord.forms import InterestsForm, edit_of, written
from adapters.discord.links import Links
from adapters.discord.messenger import DiscordMessenger
from adapters.discord.people import Asker, Interaction, asker_of
from adapters.discord.places import direct, home_of
from adapters.discord.shown import Shown
from adapters.discord.talk import EDIT, POST, Talk, failed
from bot.answers.asked import Answer
from bot.interruptions import cause_in_words
from bot.languages import language_from
from bot.model import Channel
from bot.paperround import Paperround
from bot.replies import FactsReply, InterestsReply, NoticeReply, RefusalReply
from bot.suggestions import Suggestion, Typing
from bot.words import marked, say, spoken

log = structlog.get_logger()

# A form must be the first answer and come within 3 s; suggestions likewise, and late ones are worth nothing.
FORM_WAIT_S = 2.0
SUGGEST_WAIT_S = 2.0


class Conversation:
    def __init__(
        self, paperround: Paperround, messenger: DiscordMessenger, shown: Shown, talk: Talk, links: Links
    ) -> None:
        self._paperround = paperround
        self._messenger = messenger
        self._shown = shown
        self._talk = talk
        self._links = links

    async def answer(self, interaction: Interaction, text: str) -> None:
        """Answer a command, said as the text that a member would have typed."""
        if not self._talk.is_new(interaction):
            return
        asker = asker_of(interaction)
        may = interaction.app_permissions
        if text.startswith("digest") and not asker.channel.direct and may.send_messages and may.embed_links:
            # Whatever stopped the round here once, the bot may post again.
            await self._paperround.channel_back(asker.channel)
        await self._talk.answer(interaction, lambda: self._ask(text, asker, interaction), source=text)
        await self._tell_closed(interaction, asker)

    async def suggest(self, interaction: Interaction, typing: Typing) -> list[Suggestion]:
        asker = asker_of(interaction)
        try:
            async with asyncio.timeout(SUGGEST_WAIT_S):
                return await self._paperround.suggestions(
                    typing.command, typing.option, typing.text, asker.member, asker.channel, typing.beside
                )
        except TimeoutError:
            return []

    async def press(self, interaction: Interaction, custom_id: str) -> None:
        """Answer the press of a button; a message that shows one paper is then brought up to date."""
        if not self._talk.is_new(interaction):
            return
        asker = asker_of(interaction)
        _, said = home_of(custom_id)
        if said.startswith(EDIT):
            await self._open_form(interaction, asker, said.removeprefix(EDIT))
        elif said.startswith(POST):
            await self._post(interaction, asker, said.removeprefix(POST))
        else:
            token = token_of(said)
            answer = await self._talk.answer(interaction, lambda: self._do(token, asker, interaction), source=token)
            if answer and answer.changed and asker.message is not None:
                self._shown.refresh(asker.channel, asker.message)

    async def similar(self, interaction: Interaction, message: discord.Message) -> None:
        """Answer with papers like a message: like the paper that it links to, else like its words."""
        if not self._talk.is_new(interaction):
            return
        asker = asker_of(interaction)
        text = words_of(message)
        if not text:
            await self._refuse(interaction, "message", marked("This message has no words and no link to a paper."))
            return
        await self._talk.answer(interaction, lambda: self._paperround.like_text(text, asker.member, asker.channel))

    async def failed(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Tell that a command could not be done: it is of another release, or the mistake is ours."""
        known = isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch)
        log.error("a command failed", action="discord_command_failed", exc_info=None if known else error)
        if interaction.type is discord.InteractionType.application_command:
            with spoken(language_from(interaction.locale.value)):
                anew = say("This command is from another release of mine; please type it anew.")
                await self._talk.say(interaction, RefusalReply("", anew) if known else failed())

    async def _ask(self, text: str, asker: Asker, interaction: Interaction) -> Answer:
        answer = await self._paperround.answer(text, asker.member, asker.channel, str(interaction.id))
        return self._with_standstill(text, self._links.told(text, answer))

    def _with_standstill(self, text: str, answer: Answer) -> Answer:
        with spoken(answer.language):
            why, rounds = self._messenger.standstill(), say("Rounds")
        if why is None or not text.startswith("status") or not isinstance(answer.reply, FactsReply):
            return answer
        return replace(answer, reply=replace(answer.reply, facts=((rounds, why), *answer.reply.facts)))

    async def _do(self, token: str, asker: Asker, interaction: Interaction) -> Answer:
        return await self._paperround.press(token, asker.member, asker.channel, str(interaction.id))

    async def _post(self, interaction: Interaction, asker: Asker, source: str) -> None:
        """Say for everybody what only the asker saw; the same is asked again, so nothing foreign can be posted."""
        if not interaction.permissions.send_messages:
            await self._refuse(interaction, "post", marked("You may not write in this channel."))
            return
        again = self._do if source[:1].isdigit() else self._ask
        await self._talk.answer(interaction, lambda: again(source, asker, interaction), public=True)

    async def _open_form(self, interaction: Interaction, asker: Asker, whose: str) -> None:
        if whose == "here" and not asker.member.manager:
            why = marked("Only someone who manages this channel may edit its interests.")
            await self._refuse(interaction, "here", why)
            return
        try:
            async with asyncio.timeout(FORM_WAIT_S):
                listed = await self._interests(whose, asker, f"{interaction.id}:list")
        except TimeoutError:
            # There is no time left to ask the store for the language as well.
            why = marked("The list took too long; please press again.")
            await self._refuse(interaction, "Edit", why, language_from(interaction.locale.value))
            return
        text = written(listed)
        if len(text) > limits.MODAL_TEXT:
            why = marked("The list is too long for a form; use follow and unfollow.")
            await self._refuse(interaction, "Edit", why)
            return
        with spoken(await self._language(interaction)):
            form = InterestsForm(whose, text, self._submitted)
        await interaction.response.send_modal(form)

    async def _submitted(self, interaction: Interaction, whose: str, text: str) -> None:
        if self._talk.is_new(interaction):
            asker = asker_of(interaction)
            await self._talk.answer(interaction, lambda: self._edit(interaction, asker, whose, text))

    async def _edit(self, interaction: Interaction, asker: Asker, whose: str, text: str) -> Answer:
        before = await self._interests(whose, asker, f"{interaction.id}:list")
        lines = []
        changed = False
        for number, command in enumerate(edit_of(before, text, whose).commands):
            event = f"{interaction.id}:{number}"
            answer = await self._paperround.answer(command, asker.member, asker.channel, event)
            changed = changed or answer.changed
            if isinstance(answer.reply, NoticeReply):
                lines.append(answer.reply.text)
            elif isinstance(answer.reply, RefusalReply):
                with spoken(answer.language):
                    told = {"piece": answer.reply.piece, "why": answer.reply.why}
                    lines.append(say("Not changed: {piece}. {why}", **told))
        language = await self._language(interaction)
        with spoken(language):
            said = say("Interests saved.") if changed else say("Nothing was changed.")
        return Answer(NoticeReply(said, tuple(lines)), changed=changed, language=language)

    async def _refuse(self, interaction: Interaction, piece: str, why: str, language: str | None = None) -> None:
        """Refuse what this edge alone can tell.

        Args:
            piece: A key of the catalogues, like ``why``; a word that is typed is none and stays.
            language: In which; None asks the store for the member's.
        """
        with spoken(language or await self._language(interaction)):
            await self._talk.say(interaction, RefusalReply(say(piece), say(why)))

    async def _language(self, interaction: Interaction) -> str:
        return await self._paperround.language_of(asker_of(interaction).member)

    async def _interests(self, whose: str, asker: Asker, event: str) -> tuple[Any, ...]:
        answer = await self._paperround.answer(f"interests {whose}", asker.member, asker.channel, event)
        return answer.reply.lines if isinstance(answer.reply, InterestsReply) else ()

    async def _tell_closed(self, interaction: Interaction, asker: Asker) -> None:
        """Tell a member, once, that the last digest could not be sent to them, and let the next one come."""
        why = self._messenger.closed.pop(f"@{asker.member.id}", None)
        if why is None:
            return
        mine: Channel = direct(asker.member)
        await self._paperround.channel_back(mine)
        try:
            with spoken(await self._language(interaction)):
                await self._talk.say(interaction, closed_in_words(why))
        except discord.HTTPException as error:
            self._messenger.closed[mine.id] = why
            log.warning("could not tell", action="discord_answer_lost", code=error.code)


def closed_in_words(why: str) -> NoticeReply:
    """Return what a member is told whose digest could not be sent."""
    lines = (
        say("To let me in: in this server's menu choose Privacy Settings and switch Direct Messages on."),
        say("Your round comes again from its next date."),
    )
    return NoticeReply(say("I could not send you your digest. {why}.", why=cause_in_words(why)), lines)


def words_of(message: discord.Message) -> str:
    """Return what a message says, its embeds as well, since a post of ours is nothing else."""
    embeds = [f"{embed.url or ''} {embed.title or ''} {embed.description or ''}" for embed in message.embeds]
    return " ".join([message.content, *embeds]).strip()
