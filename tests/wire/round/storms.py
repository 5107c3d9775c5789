"""Storms: of the next posts every second one goes wrong, in all the ways that a platform and a network have."""

import random
from collections.abc import Sequence
from typing import TypeVar

from tests.wire.discord.faults import Fault as DiscordFault
from tests.wire.discord.faults import too_many
from tests.wire.slack.fake_slack import Fault as SlackFault

AnyFault = TypeVar("AnyFault")

PLACES = r"/channels/\d+/messages"
SLACK_POST = "chat.postMessage"


def on_slack(dice: random.Random) -> list[SlackFault]:
    ways = [
        *(SlackFault(SLACK_POST, status=429, error="ratelimited", headers={"Retry-After": "1"}) for _ in range(3)),
        *(SlackFault(SLACK_POST, status=500, body="oops", commits=stored) for stored in (True, False)),
        *(SlackFault(SLACK_POST, closes=True, commits=stored) for stored in (True, False)),
        SlackFault(SLACK_POST, error="internal_error", commits=True),
        SlackFault(SLACK_POST, error="fatal_error"),
    ]
    return _between(dice, ways, [SlackFault(SLACK_POST, commits=True) for _ in ways])


def on_discord(dice: random.Random) -> list[DiscordFault]:
    ways = [
        *(too_many(0.5) for _ in range(2)),
        too_many(0.5, everywhere=True),
        *(DiscordFault("POST", PLACES, status=502, body="oops", commit=stored) for stored in (True, False)),
        *(DiscordFault("POST", PLACES, cut=True, commit=stored) for stored in (True, False)),
        *(DiscordFault("POST", PLACES, status=500, body="oops", commit=stored) for stored in (True, False)),
    ]
    return _between(dice, ways, [DiscordFault("POST", PLACES) for _ in ways])


def _between(dice: random.Random, ways: Sequence[AnyFault], well: Sequence[AnyFault]) -> list[AnyFault]:
    """Return the ways in an order that is drawn, and a post that goes well after each."""
    drawn = dice.sample(list(ways), len(ways))
    return [fault for pair in zip(drawn, well, strict=True) for fault in pair]
