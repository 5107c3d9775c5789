"""A channel with two people in it, in which a test has the bot to itself."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

from tests.wire.slack.fake_slack import Call, FakeSlack
from tests.wire.slack.process import BotProcess
from tests.wire.slack.said import a_command, a_press, a_reaction, an_event
from tests.wire.slack.workspace import Place

Json = dict[str, Any]

PARTS = 4  # a parent and three picks


@dataclass
class Room:
    fake: FakeSlack
    bot: BotProcess
    channel: str
    ana: str
    ben: str
    topic: str
    paper: str

    @classmethod
    def new(cls, fake: FakeSlack, bot: BotProcess, number: int) -> Self:
        room = cls(
            fake, bot, f"C{number}", f"U{number}A", f"U{number}B", f"kind{number}", f"arxiv:2603.{number * 10:05}"
        )
        fake.home.add_person(room.ana, name=f"ana-{number}")
        fake.home.add_person(room.ben, name=f"ben-{number}")
        fake.home.add_place(room.channel, f"reading-{number}", {room.ana, room.ben})
        return room

    @property
    def place(self) -> Place:
        return self.fake.home.places[self.channel]

    @property
    def told(self) -> list[Json]:
        """What the bot wrote to ana, who sets everything up."""
        return self.fake.home.direct_with(self.ana).posts

    @property
    def tried(self) -> list[Call]:
        """Every attempt to post here."""
        return [call for call in self.fake.calls_of("chat.postMessage") if call.args["channel"] == self.channel]

    def say(self, text: str, user: str = "") -> str:
        command = a_command(self.fake, text, user=user or self.ana, channel=self.channel)
        return str(self.fake.ask_by_socket(command)["text"])

    def heard(self, text: str) -> str:
        """Say something that may be lost on its way; return the answer, empty when it was."""
        command = a_command(self.fake, text, user=self.ana, channel=self.channel)
        acknowledged = self.fake.say_by_socket("slash_commands", command)
        return (
            ""
            if acknowledged is None
            else str((acknowledged or self.fake.answered_at(command["response_url"]))["text"])
        )

    def set_up(self) -> None:
        assert "Following" in self.say(f"follow here +{self.topic}")
        assert "comes" in self.say("digest here daily 09:00 Europe/Berlin count 3")

    def posted_pick(self) -> Json:
        """Have a round posted; return its first pick."""
        self.set_up()
        self.say("digest here now")
        self.fake.wait_until(self.each_once)
        return self.place.posts[1]

    def markers(self) -> Counter[str]:
        return Counter(post["metadata"]["event_payload"]["delivery"] for post in self.place.posts)

    def each_once(self) -> bool:
        """Tell whether every part is there, and make sure that none is there twice."""
        found = self.markers()
        assert not found or max(found.values()) == 1, f"posted twice: {found}\n{self.bot.said()}"
        return len(found) == PARTS

    def react(
        self, emoji: str, message: Json, event_id: str | None = None, *, removed: bool = False, at: float = 0.0
    ) -> Json | None:
        self.fake.home.react(message, emoji, self.ana, removed=removed, at=at or time.time())
        payload = a_reaction(
            self.fake,
            emoji,
            message["ts"],
            user=self.ana,
            channel=self.channel,
            removed=removed,
            event_id=event_id,
            at=at,
        )
        return self.fake.say_by_socket("events_api", payload)

    def press(self, token: str, *, user: str = "", message: Json | None = None) -> Json:
        """Press a button; return what was shown to the one who pressed it."""
        ts = message["ts"] if message else None
        payload = a_press(self.fake, token, user=user or self.ana, channel=self.channel, ts=ts)
        assert self.fake.say_by_socket("interactive", payload) == {}
        return self.fake.answered_at(payload["response_url"])

    def event(self, **event: object) -> None:
        assert self.fake.say_by_socket("events_api", an_event(self.fake, {"channel": self.channel, **event})) == {}
