"""What Slack says to an app: the payloads of commands, presses and events, with good defaults."""

import time
import uuid
from typing import Any

from tests.wire.slack.fake_slack import FakeSlack

Json = dict[str, Any]


def a_command(fake: FakeSlack, text: str, *, user: str = "U1", channel: str = "C1", **changes: str) -> Json:
    home = fake.home
    return {
        "command": "/papers",
        "text": text,
        "team_id": home.team,
        "user_id": user,
        "user_name": home.people[user]["name"],
        "channel_id": channel,
        "channel_name": home.places[channel].name,
        "trigger_id": uuid.uuid4().hex,
        "response_url": fake.response_url(),
        **changes,
    }


def an_event(fake: FakeSlack, event: Json, *, event_id: str | None = None) -> Json:
    return {
        "type": "event_callback",
        "team_id": fake.home.team,
        "event_id": event_id or f"Ev{uuid.uuid4().hex}",
        "event": event,
        "authorizations": [{"team_id": fake.home.team, "user_id": fake.home.bot_user, "is_bot": True}],
    }


def a_reaction(  # noqa: PLR0913
    fake: FakeSlack,
    emoji: str,
    ts: str,
    *,
    user: str = "U1",
    channel: str = "C1",
    removed: bool = False,
    event_id: str | None = None,
    at: float = 0.0,
) -> Json:
    event = {
        "event_ts": f"{at or time.time():.6f}",
        "type": "reaction_removed" if removed else "reaction_added",
        "user": user,
        "reaction": emoji,
        "item": {"type": "message", "channel": channel, "ts": ts},
        "item_user": fake.home.bot_user,
    }
    return an_event(fake, event, event_id=event_id)


def a_press(  # noqa: PLR0913
    fake: FakeSlack,
    token: str,
    *,
    action: str = "press:0",
    user: str = "U1",
    channel: str = "C1",
    ts: str | None = None,
    trigger: str | None = None,
) -> Json:
    """Return the press of a button on a posted message (with ``ts``) or on an answer that only one member sees."""
    return {
        "type": "block_actions",
        "team": {"id": fake.home.team},
        "user": {"id": user, "team_id": fake.home.team},
        "channel": {"id": channel, "name": fake.home.places[channel].name},
        "container": {"type": "message", "message_ts": ts or "1.0", "channel_id": channel, "is_ephemeral": ts is None},
        "trigger_id": trigger or uuid.uuid4().hex,
        "response_url": fake.response_url(),
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": token, "action_ts": "1.0"}],
    }


def token_of(message: Json, label: str) -> str:
    """Return the token of the first button with a label."""
    return next(
        str(element["value"])
        for block in message["blocks"]
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("type") == "button" and element["text"]["text"] == label
    )
