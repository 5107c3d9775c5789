"""What one fake Slack workspace holds: people, channels, messages. The contents are the oracle of the tests."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from adapters.slack.manifest import scopes

Json = dict[str, Any]

ALL_SCOPES = frozenset(scopes(history=True))


@dataclass
class Place:
    """A channel or direct conversation."""

    id: str
    name: str
    members: set[str]
    archived: bool = False
    messages: list[Json] = field(default_factory=list)

    @property
    def posts(self) -> list[Json]:
        """The messages of apps, oldest first."""
        return [message for message in self.messages if message.get("bot_id")]


class Workspace:
    """A workspace with a bot in it."""

    def __init__(self, team: str = "T1", token: str = "xoxb-one") -> None:  # noqa: S107 - a made-up token
        self.team = team
        self.token = token
        self.bot_user = f"UBOT{team}"
        self.bot_id = f"BBOT{team}"
        self.scopes = set(ALL_SCOPES)
        self.revoked = False
        self.places: dict[str, Place] = {}
        self.people: dict[str, Json] = {}
        self.ephemeral: list[Json] = []
        self.homes: dict[str, Json] = {}
        self.opened_views: list[Json] = []
        self.unfurled: list[Json] = []
        self.files: list[Json] = []
        self._reacted: dict[tuple[str, str, str], float] = {}
        self._clock = 1_790_000_000.0
        self.add_person("U1", name="ana")
        self.add_person("U2", name="ben")
        self.add_place("C1", "reading", {"U1", "U2"})

    def add_person(self, user: str, *, name: str, zone: str = "Europe/Berlin", **more: bool | str) -> None:
        self.people[user] = {"id": user, "name": name, "tz": zone, "profile": {"display_name": name}, **more}

    def add_place(self, channel: str, name: str, members: set[str], *, bot: bool = True) -> Place:
        place = Place(channel, name, members | ({self.bot_user} if bot else set()))
        self.places[channel] = place
        return place

    def direct_with(self, user: str) -> Place:
        channel = f"D{user}"
        if channel not in self.places:
            self.add_place(channel, "directmessage", {user})
        return self.places[channel]

    def next_ts(self, at: float | None = None) -> str:
        self._clock = max(self._clock + 0.001, at or 0.0)
        return f"{self._clock:.6f}"

    def post(self, place: Place, said: Json, at: float) -> Json:
        """Store an app's message, as `chat.postMessage` does."""
        carried: Json = {key: said[key] for key in ("text", "blocks", "metadata", "thread_ts") if key in said}
        message: Json = {
            "type": "message",
            "ts": self.next_ts(at),
            "user": self.bot_user,
            "bot_id": self.bot_id,
            **carried,
        }
        place.messages.append(message)
        return message

    def react(self, message: Json, emoji: str, user: str, *, removed: bool = False, at: float = 0.0) -> None:
        """Put an emoji on a message, or take it away; nobody is told. What was done later than ``at`` stands."""
        key = (message["ts"], emoji, user)
        if at < self._reacted.get(key, 0.0):
            return
        self._reacted[key] = at
        found = {each["name"]: each["users"] for each in message.get("reactions", [])}
        users = found.setdefault(emoji, [])
        users[:] = [each for each in users if each != user] + ([] if removed else [user])
        message["reactions"] = [
            {"name": name, "users": people, "count": len(people)} for name, people in found.items() if people
        ]

    def replies_to(self, place: Place, ts: str) -> list[Json]:
        return [message for message in place.messages if message.get("thread_ts") == ts or message["ts"] == ts]

    def top_level(self, place: Place) -> list[Json]:
        """What a history shows: no replies, newest first, with how many replies each has."""
        answered = Counter(message["thread_ts"] for message in place.messages if message.get("thread_ts"))
        top = [dict(message) for message in reversed(place.messages) if not message.get("thread_ts")]
        for message in top:
            if message["ts"] in answered:
                message["reply_count"] = answered[message["ts"]]
        return top
