"""What an error of Discord or of the network means for a delivery.

Codes are those of "Opcodes and Status Codes" in Discord's developer documentation.
"""

import aiohttp
import discord

from adapters.discord.watch import Attempts
from bot.ports import ChannelGone, OutcomeUnknown, PlatformUnreachable
from bot.words import marked

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_INTERACTION = 10062
ALREADY_ANSWERED = 40060
EMPTY_MESSAGE = 50006
EXPIRED_INTERACTION = 50027
INVALID_FORM = 50035
ARCHIVED = 50083
HAS_THREAD = 160004

# The same place would say no again; for each, what whoever set it up can do.
GONE = {
    UNKNOWN_CHANNEL: marked("The channel was deleted"),
    10004: marked("The server is gone, or the bot was removed from it"),
    50001: marked("The bot may not see this channel: give it View Channel"),
    50013: marked("The bot may not post here: give it Send Messages and Embed Links"),
    50007: marked("Your direct messages are closed to me"),
    50278: marked("We share no server any more, so no direct message is possible"),
}
NO_HISTORY = marked("Discord does not show this channel's history")
NO_HISTORY_RIGHT = marked("the bot lacks Read Message History in this channel")
WAIT = {20016, 20028, 40062}
ASKED_TO_WAIT = marked("Discord asked to wait")
NOT_YET = marked("not connected to Discord yet")


def verdict_on(error: Exception, attempts: Attempts) -> Exception:
    """Return the port's error for one of discord.py or of the network; our own mistakes come back as they are."""
    if attempts.open > 0:
        return OutcomeUnknown(f"{marked('no answer says whether it was posted')}: {type(error).__name__}")
    match error:
        case discord.RateLimited():
            return PlatformUnreachable(ASKED_TO_WAIT, error.retry_after)
        case discord.HTTPException():
            return _answered(error)
        case aiohttp.ClientError() | OSError():
            return PlatformUnreachable(f"{marked('Discord could not be reached')}: {type(error).__name__}")
        case _:
            return error


def _answered(error: discord.HTTPException) -> Exception:
    if error.status == 429 or error.code in WAIT:
        return PlatformUnreachable(ASKED_TO_WAIT, _retry_after_s(error))
    if error.status == 401:
        return PlatformUnreachable(marked("Discord refused the bot's token"))
    if error.status >= 500:
        return PlatformUnreachable(f"{marked('Discord answered with an error')} ({error.status})")
    why = GONE.get(error.code, f"{marked('Discord refused the message')}: {error.text or error.status} ({error.code})")
    return ChannelGone(why)


def _retry_after_s(error: discord.HTTPException) -> float | None:
    try:
        return float(error.response.headers.get("Retry-After", ""))
    except ValueError:
        return None
