"""Who asks and from where, in the core's words; asked of each interaction anew, nothing is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord

from adapters.discord.places import ALONE, PLATFORM, direct, home_of, message_id
from adapters.discord.zones import likely_zones
from bot.model import Channel, Member, MessageId

Interaction = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class Asker:
    """A member in a place.

    Attributes:
        message: The message whose button was pressed; None for a command.
    """

    member: Member
    channel: Channel
    message: MessageId | None = None


def asker_of(interaction: Interaction) -> Asker:
    """Return who asks. Outside a server that added the bot, everything is the member's own."""
    user = interaction.user
    data: Mapping[str, Any] = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    zones, locale = likely_zones(interaction.locale), interaction.locale.value
    if interaction.guild_id is None or not interaction.is_guild_integration():
        home, _ = home_of(custom_id)
        member = Member(PLATFORM, home, str(user.id), name=user.display_name, likely_zones=zones, language=locale)
        return Asker(member, direct(member), message_id(interaction.message.id) if interaction.message else None)
    may = interaction.permissions
    manager = may.manage_channels or may.administrator
    community = str(interaction.guild_id)
    member = Member(
        PLATFORM,
        community,
        str(user.id),
        name=user.display_name,
        manager=manager,
        likely_zones=zones,
        language=locale,
    )
    thread, channel = place_of(interaction.channel, community, str(interaction.channel_id))
    message = message_id(interaction.message.id, thread) if interaction.message else None
    return Asker(member, channel, message)


def place_of(found: object, guild: str, channel_id: str) -> tuple[str | None, Channel]:
    """Return the thread, if it is one, and the channel that counts: a thread belongs to its parent."""
    if isinstance(found, discord.Thread):
        parent = found.parent
        name = parent.name if parent else ""
        return str(found.id), Channel(PLATFORM, guild, str(found.parent_id), name=name)
    return None, Channel(PLATFORM, guild, channel_id, name=getattr(found, "name", "") or "")


def is_alone(asker: Asker) -> bool:
    return asker.member.community == ALONE
