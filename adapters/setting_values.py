"""The values of settings as they are written, read and checked. Each raises ValueError for what it cannot take."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

SECRET_KEY_CHARACTERS: Final = 16


def comma_words(value: object) -> object:
    return tuple(word for part in value.split(",") if (word := part.strip())) if isinstance(value, str) else value


def one_of(allowed: tuple[str, ...]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def check(said: tuple[str, ...]) -> tuple[str, ...]:
        lowered = tuple(word.lower() for word in said)
        if not lowered or not set(lowered) <= set(allowed):
            raise ValueError("not one of the known words")
        return lowered

    return check


def aware_instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    instant = datetime.fromisoformat(value.strip())
    if instant.tzinfo is None:
        raise ValueError("no time zone")
    return instant


def seconds(value: object) -> object:
    # Seconds only: pydantic alone would read "1:30" and "P1D" too, and nobody would know what they mean here.
    if not isinstance(value, str):
        return value
    try:
        return timedelta(seconds=float(value))
    except OverflowError as error:
        raise ValueError("longer than any wait") from error


def lower_case(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def long_enough(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and len(value.get_secret_value()) < SECRET_KEY_CHARACTERS:
        raise ValueError("too short to seal anything")
    return value


def positive(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("not above 0")
    return value


def web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("no web address")
    return value


def conversation(value: str) -> str:
    if value and not all(part.strip().removeprefix("@") for part in (*value.split(":", maxsplit=2), "", "")[:3]):
        raise ValueError("no platform:community:channel")
    return value


def host_ports(value: tuple[str, ...]) -> tuple[str, ...]:
    for said in value:
        host, _, port = said.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536 or "/" in host:
            raise ValueError("no host:port")
    return value


def scheme(*schemes: str) -> Callable[[SecretStr], SecretStr]:
    def check(value: SecretStr) -> SecretStr:
        said = value.get_secret_value()
        if said and urlsplit(said).scheme not in schemes:
            raise ValueError("another scheme")
        return value

    return check


def not_the_other_token(prefix: str) -> Callable[[SecretStr], SecretStr]:
    # Slack shows its two tokens on two pages, and pasting each into the other's place is the commonest mistake.
    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value().startswith(prefix):
            raise ValueError("the other token")
        return value

    return check


def comparison(value: object) -> object:
    """Return ``0.2:plain-words`` as a `Comparison`."""
    if not isinstance(value, str):
        return value
    # What the names stand for needs the whole engine, which a command that ranks nothing should not wait for.
    from bot.interleaving import Comparison  # noqa: PLC0415
    from bot.weights import RIVALS  # noqa: PLC0415

    share, _, rival = value.strip().partition(":")
    if rival not in RIVALS or not 0 <= float(share) <= 1:
        raise ValueError("no share of the digests with a known rival")
    return Comparison(float(share), rival)


def shards(value: object) -> object:
    """Return ``0-3/8`` as (8, (0, 1, 2, 3))."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})/(\d{1,5})", value.strip(), re.ASCII)
    if found is None or not int(found[1]) <= int(found[2]) < int(found[3]):
        raise ValueError("no range of shards")
    return int(found[3]), tuple(range(int(found[1]), int(found[2]) + 1))
