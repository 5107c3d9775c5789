"""The form in which a member edits interests, one a line, and what sending it changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.people import Interaction
from bot.replies import InterestLine
from bot.words import say

MUTE = "mute "


@dataclass(frozen=True, slots=True)
class Edit:
    """The commands that turn one list of interests into another; removals first, so that the cap is not met."""

    commands: tuple[str, ...]


def written(lines: tuple[InterestLine, ...]) -> str:
    """Return interests as the form shows them."""
    return "\n".join(f"{MUTE if line.muted else ''}{line.text}" for line in lines)


def edit_of(before: tuple[InterestLine, ...], text: str, whose: str) -> Edit:
    """Return what to do so that the interests are those in ``text``; lines that stay are not touched."""
    wanted = list(dict.fromkeys(line for raw in text.splitlines() if (line := " ".join(raw.split()))))
    kept = {f"{MUTE if line.muted else ''}{line.text}": line for line in before}
    removals = [f"unfollow {whose} {line.number}" for said, line in kept.items() if said not in wanted]
    additions = [
        f"mute {whose} {line.removeprefix(MUTE)}" if line.startswith(MUTE) else f"follow {whose} {line}"
        for line in wanted
        if line not in kept
    ]
    return Edit((*removals, *additions))


class InterestsForm(discord.ui.Modal):
    """Shows the interests as text to edit; hands over what was sent."""

    def __init__(self, whose: str, shown: str, submit: Callable[[Interaction, str, str], Awaitable[None]]) -> None:
        title = say("Your interests") if whose == "me" else say("Interests of this channel")
        super().__init__(title=title[: limits.MODAL_TITLE], timeout=900)
        self._whose = whose
        self._submit = submit
        self.lines: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=say("One a line; mute … hides")[: limits.MODAL_TITLE],
            style=discord.TextStyle.paragraph,
            default=shown,
            required=False,
            max_length=limits.MODAL_TEXT,
        )
        self.add_item(self.lines)

    async def on_submit(self, interaction: Interaction) -> None:
        await self._submit(interaction, self._whose, self.lines.value)
