"""Presses of buttons, however old the message is: the custom id alone says what is meant."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord

from adapters.discord.people import Interaction

Button = discord.ui.Button[discord.ui.View]

ANY = re.compile(r"(?P<custom_id>.+)", re.DOTALL)


def buttons_for(press: Callable[[Interaction, str], Awaitable[None]]) -> type[discord.ui.DynamicItem[Button]]:
    """Return the class that hears every button of one client, also those of an older release or before a restart.

    discord.py makes the items by itself, so who hears them stands in the class.
    """

    class Pressed(discord.ui.DynamicItem[Button], template=ANY):
        @classmethod
        async def from_custom_id(
            cls,
            interaction: Interaction,  # noqa: ARG003 - discord.py passes it
            item: discord.ui.Item[Any],
            match: re.Match[str],  # noqa: ARG003 - the custom id stands in the item
            /,
        ) -> Self:
            if not isinstance(item, discord.ui.Button):
                raise TypeError(f"no button: {type(item).__name__}")
            return cls(item)

        async def callback(self, interaction: Interaction) -> None:
            await press(interaction, self.custom_id)

    return Pressed
