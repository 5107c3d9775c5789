"""What a Discord keeps: servers, channels, messages, reactions, and who may do what. Its contents are the oracle."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH_MS = 1_420_070_400_000
BOT = "900000000000000001"
OWNER = "900000000000000002"

VIEW, SEND, EMBED, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 16
MAKE_THREADS, SEND_IN_THREADS, MANAGE_CHANNELS = 1 << 35, 1 << 38, 1 << 4
USUAL = VIEW | SEND | EMBED | HISTORY | MAKE_THREADS | SEND_IN_THREADS | (1 << 31) | (1 << 6)

TEXT, DIRECT, THREAD, FORUM = 0, 1, 11, 15

Json = dict[str, Any]
_serial = itertools.count()


def new_id(at: float | None = None) -> str:
    """An id as Discord makes them: the time in milliseconds, then a counter."""
    milliseconds = int((time.time() if at is None else at) * 1000) - EPOCH_MS
    return str((milliseconds << 22) | (next(_serial) & 0x3FFFFF))


@dataclass
class Channel:
    id: str
    type: int
    guild: str | None = None
    name: str = ""
    parent: str | None = None
    denied: int = 0  # permissions taken from the bot here
    archived: bool = False
    messages: dict[str, Json] = field(default_factory=dict)
    reactions: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # message → emoji → people
    nonces: dict[str, tuple[str, float]] = field(default_factory=dict)
    person: str | None = None

    def json(self) -> Json:
        newest = max(self.messages, key=int, default=None)
        told: Json = {"id": self.id, "type": self.type, "last_message_id": newest, "flags": 0}
        if self.type == DIRECT:
            return told | {"recipients": [user_json(self.person or "")]}
        told |= {"guild_id": self.guild, "name": self.name, "parent_id": self.parent, "position": 0}
        if self.type == THREAD:
            meta: Json = {"archived": self.archived, "auto_archive_duration": 1440, "locked": False}
            meta["archive_timestamp"] = datetime.now(UTC).isoformat()
            return told | {"owner_id": BOT, "message_count": 1, "member_count": 1, "thread_metadata": meta}
        overwrites = [{"id": self.guild, "type": 0, "allow": "0", "deny": str(self.denied)}]
        return told | {"permission_overwrites": overwrites, "nsfw": False, "topic": None, "available_tags": []}


@dataclass
class Guild:
    id: str
    name: str
    permissions: int = USUAL
    present: bool = True


@dataclass
class World:
    guilds: dict[str, Guild] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    closed_to_bot: set[str] = field(default_factory=set)  # people whose direct messages are closed
    nonce_window_s: float = 120.0
    clock: Callable[[], float] = time.time  # of messages' ids; tests with a clock of their own set it

    def add_guild(self, name: str = "Lab") -> Guild:
        guild = Guild(new_id(), name)
        self.guilds[guild.id] = guild
        return guild

    def add_channel(self, guild: Guild, name: str = "papers", kind: int = TEXT) -> Channel:
        channel = Channel(new_id(), kind, guild.id, name)
        self.channels[channel.id] = channel
        return channel

    def add_thread(self, parent: Channel, thread_id: str, name: str) -> Channel:
        thread = Channel(thread_id, THREAD, parent.guild, name, parent.id)
        self.channels[thread.id] = thread
        return thread

    def direct_with(self, person: str) -> Channel:
        found = next((each for each in self.channels.values() if each.person == person), None)
        if found is None:
            found = Channel(new_id(), DIRECT, person=person)
            self.channels[found.id] = found
        return found

    def may(self, channel: Channel, permission: int) -> bool:
        if channel.type == DIRECT:
            return True
        guild = self.guilds.get(channel.guild or "")
        ruling = self.channels.get(channel.parent or "", channel) if channel.type == THREAD else channel
        return guild is not None and guild.present and bool(guild.permissions & ~ruling.denied & permission)

    def add_message(self, channel: Channel, body: Json, author: str = BOT, at: float | None = None) -> Json:
        message: Json = {
            "id": new_id(self.clock() if at is None else at),
            "channel_id": channel.id,
            "author": user_json(author, bot=author == BOT),
            "content": body.get("content") or "",
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "attachments": body.get("attachments") or [],
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": pings(body),
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
            "type": 0,
            "flags": body.get("flags", 0),
            "nonce": body.get("nonce"),
        }
        channel.messages[message["id"]] = message
        return message

    def shown(self, channel: Channel, message: Json) -> Json:
        counted = [
            {"emoji": {"id": None, "name": emoji}, "count": len(people), "me": False, "burst_colors": []}
            for emoji, people in channel.reactions.get(message["id"], {}).items()
            if people
        ]
        return message | ({"reactions": counted} if counted else {})

    def own_messages(self, channel: Channel) -> list[Json]:
        """The bot's messages in a channel and in the threads under it, oldest first."""
        places = [channel, *(each for each in self.channels.values() if each.parent == channel.id)]
        found = [message for place in places for message in place.messages.values() if message["author"]["id"] == BOT]
        return sorted(found, key=lambda message: int(message["id"]))


def user_json(person: str, *, bot: bool = False) -> Json:
    name = "paperround" if bot else f"member{person[-4:]}"
    return {"id": person, "username": name, "discriminator": "0", "avatar": None, "global_name": name, "bot": bot}


def member_json(person: str, *, bot: bool = False, permissions: int = USUAL) -> Json:
    return {
        "user": user_json(person, bot=bot),
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": str(permissions),
    }


def guild_json(world: World, guild: Guild) -> Json:
    everyone = {"id": guild.id, "name": "@everyone", "permissions": str(guild.permissions), "position": 0}
    everyone |= {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
    places = [each for each in world.channels.values() if each.guild == guild.id]
    return {
        "id": guild.id,
        "name": guild.name,
        "owner_id": OWNER,
        "roles": [everyone],
        "members": [member_json(BOT, bot=True)],
        "member_count": 3,
        "channels": [each.json() for each in places if each.type != THREAD],
        "threads": [each.json() for each in places if each.type == THREAD and not each.archived],
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "icon": None,
        "splash": None,
        "banner": None,
        "description": None,
        "large": False,
        "unavailable": False,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def pings(body: Json) -> bool:
    """Whether a message would call everybody: Discord does unless the message itself forbids it."""
    allowed = body.get("allowed_mentions")
    calls = "@everyone" in (body.get("content") or "") or "@here" in (body.get("content") or "")
    return calls and (allowed is None or "everyone" in allowed.get("parse", []))
