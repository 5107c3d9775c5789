"""Where things are on Discord, in the core's words: channels, direct conversations, threads, and message ids.

A message under a thread is ``<thread>/<message>``, any other its own number. A direct message carries the community
that it belongs to in its buttons (``<community>@<token>``), since Discord itself tells none there.
"""

import re
from dataclasses import dataclass

from bot.model import Channel, Member, MessageId

PLATFORM = "discord"

# The community of whoever talks to the bot outside any server.
ALONE = "dm"

EPOCH_MS = 1_420_070_400_000
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HOME = re.compile(r"(?P<home>[0-9a-z]{1,13})@(?P<custom_id>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spot:
    """The very place of a message: the channel or thread, and the message in it."""

    channel: str
    message: str


def spot_of(channel: str, message: MessageId) -> Spot:
    thread, slash, number = message.rpartition("/")
    return Spot(thread if slash else channel, number)


def thread_under(message: MessageId) -> str:
    """Return the thread that belongs to a posted message: Discord gives it the message's number; a post is its own."""
    return spot_of(message, message).channel


def message_id(message: int | str, thread: int | str | None = None) -> MessageId:
    return MessageId(f"{thread}/{message}" if thread is not None else str(message))


def direct(member: Member) -> Channel:
    return Channel(member.platform, member.community, f"@{member.id}", name=member.name, direct=True)


def snowflake_at(milliseconds: int) -> int:
    """Return the smallest id that Discord can have given at an instant (milliseconds of the Unix epoch)."""
    return max(milliseconds - EPOCH_MS, 0) << 22


def with_home(custom_id: str, community: str, cap: int) -> str:
    """Return a custom id that names a community too; unchanged where there is none to name or no room for it."""
    if not community.isdigit():
        return custom_id
    told = f"{_base36(int(community))}@{custom_id}"
    return told if len(told) <= cap else custom_id


def home_of(custom_id: str) -> tuple[str, str]:
    """Return the community that a custom id names (`ALONE` when it names none), and the rest of it."""
    found = HOME.fullmatch(custom_id)
    return (str(int(found["home"], 36)), found["custom_id"]) if found else (ALONE, custom_id)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"
