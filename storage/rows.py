"""How the core's values stand in columns, and back: instants, days, text, channels, members."""

from datetime import UTC, datetime

from bot.model import Channel, Member
from storage.sql import Row


def stamp(instant: datetime) -> str:
    """Write an instant at fixed width and in UTC, so that the text sorts as the instants do.

    Raises:
        ValueError: It has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone, got {instant.isoformat()}")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def stamp_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else stamp(instant)


def instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def storable(text: str) -> str:
    """Return text as every database can store it: a lone surrogate, which no encoding holds, and a NUL become ``?``."""
    text = text.replace("\0", "?")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def channel_columns(channel: Channel) -> dict[str, str | int]:
    return {
        "platform": storable(channel.platform),
        "community": storable(channel.community),
        "channel": storable(channel.id),
        "channel_name": storable(channel.name),
        "direct": int(channel.direct),
    }


def channel_of(row: Row) -> Channel:
    return Channel(row["platform"], row["community"], row["channel"], row["channel_name"], direct=bool(row["direct"]))


def member_columns(member: Member) -> dict[str, str]:
    return {
        "platform": storable(member.platform),
        "community": storable(member.community),
        "member": storable(member.id),
    }
