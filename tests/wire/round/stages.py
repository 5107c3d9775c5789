"""The fake platforms as a kill test sees them: places with a round each, posts that came in, messages that stand."""

import asyncio
import json
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from aiohttp import web

from tests.wire.discord.faults import Fault as DiscordFault
from tests.wire.discord.process import BotProcess as DiscordBot
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.world import Channel as DiscordPlace
from tests.wire.round import storms
from tests.wire.slack.fake_slack import FakeSlack
from tests.wire.slack.fake_slack import Fault as SlackFault
from tests.wire.slack.process import BotProcess as SlackBot
from tests.wire.slack.said import a_command

FIRST_DAY = date(2026, 3, 9)
SUBJECT = "entropy"
THINGS = ("glass", "liquids", "codes", "networks", "markets", "genomes", "galaxies", "grammars", "proteins", "crowds")
WAYS = ("Measuring", "Bounding", "Estimating", "Explaining", "Simulating", "Learning", "Controlling", "Sampling")
FOLLOW = f"follow here +{SUBJECT}"
PATIENCE_S = 90
# While it is still being loaded it has begun nothing, and simply ends.
ENDED = {0, -signal.SIGTERM}


@dataclass(frozen=True)
class Slowness:
    """How a platform misbehaves: it stores a message up to ``commit_s`` late, cuts ``cut`` of the answers after that.

    With ``deaf`` it also stores some messages only after the connection was cut.
    """

    commit_s: float = 0.5
    cut: float = 0.1
    deaf: float = 0.1


class Stage(Protocol):
    """One platform with a bot process; its contents are the oracle."""

    name: str
    data: Path
    destinations: list[str]

    async def start(self, at: datetime) -> None:
        """Start the process, with its clock at an instant; return as soon as it was spawned."""

    async def kill(self) -> None: ...

    def watch(self, *words: str) -> None:
        """Let the next lives run under another program; without words they run by themselves again."""

    def ended(self) -> bool:
        """Tell whether the process has ended by itself, or by who watches it."""

    async def stop(self) -> float:
        """Tell the process to end; return how many seconds that took."""

    async def cut_power(self) -> None:
        """End the process and go on elsewhere: with the data folder as it was at that instant, copied."""

    def storm(self, dice: random.Random) -> int:
        """Let every second of the next posts go wrong, each in a way of its own; return how many do."""

    async def set_up(self, at: datetime) -> None:
        """Have each place follow something and want a round at nine, UTC."""

    def bring(self, day: date) -> None:
        """Announce papers of a date."""

    def tries(self) -> int:
        """How many posts came in so far."""

    def markers(self) -> Counter[str]:
        """How often each marker stands in the messages of all places."""

    def order(self) -> dict[str, list[str]]:
        """The markers of each destination in the order of their messages."""


def papers_of(day: date) -> list[dict[str, object]]:
    """Return five papers of a date about the subject, none like another."""
    number = (day - FIRST_DAY).days
    things = [THINGS[(number * 3 + each) % 10] for each in range(5)]
    return [
        {
            "id": f"{day:%y%m}.{number * 10 + each:05}",
            "title": f"{WAYS[(number + each) % 8]} entropy of {things[each]}, study {number}-{each}",
            "abstract": f"We study the entropy of {things[each]}. It is measured {number + each} times.",
            "authors": ["Ana B.", "Ben C."],
            "categories": ["cs.LG"],
            "published": day.isoformat(),
        }
        for each in range(5)
    ]


def copied(data: Path) -> Path:
    """Copy a data folder beside itself; return where."""
    elsewhere = data.with_name(f"{data.name}x")
    shutil.copytree(data, elsewhere)
    return elsewhere


class Told:
    """Keeps the file that the source reads, and the clock that the process is started with."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "announced.jsonl"
        self.file.touch()
        self.settings = {"PAPERROUND_SOURCES": f"file {self.file}", "PAPERROUND_LOG": "debug,json"}

    def bring(self, day: date) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(paper)}\n" for paper in papers_of(day))


class Uneven(DiscordFault):
    """A fault for some of the posts, with waits drawn anew each time."""

    def __init__(self, dice: random.Random, chance: float, longest_s: float, *, cut: bool = False) -> None:
        super().__init__("POST", r"/channels/\d+/messages", times=10**9, commit=True, cut=cut)
        self._dice, self._chance, self._longest_s = dice, chance, longest_s

    def fits(self, request: web.Request, path: str) -> bool:
        if not super().fits(request, path) or self._dice.random() >= self._chance:
            return False
        self.wait_before_s = self._dice.uniform(0, self._longest_s)
        return True


class OnDiscord:
    """A server with some channels; what the client sends twice is two messages, as if no nonce were ever compared."""

    name = "discord"

    def __init__(self, fake: FakeDiscord, bot: DiscordBot, told: Told, places: list[DiscordPlace]) -> None:
        self.data = bot.folder / "data"
        self.destinations = [f"discord:{place.guild}:{place.id}" for place in places]
        self.bring = told.bring
        self._fake, self._bot, self._places = fake, bot, places
        self._started_at = 0.0

    async def start(self, at: datetime) -> None:
        began = time.monotonic()
        self._fake.world.clock = lambda: at.timestamp() + time.monotonic() - began
        self._bot.settings["PAPERROUND_CLOCK"] = at.isoformat()
        await self._bot.start(connected=False)

    async def kill(self) -> None:
        await self._bot.kill()

    def watch(self, *words: str) -> None:
        self._bot.under = list(words)

    def ended(self) -> bool:
        return self._bot.process is not None and self._bot.process.returncode is not None

    async def stop(self) -> float:
        assert self._bot.process is not None
        began = time.monotonic()
        self._bot.process.send_signal(signal.SIGTERM)
        assert await self._bot.exit_status() in ENDED, self._bot.said()[-2000:]
        return time.monotonic() - began

    async def cut_power(self) -> None:
        assert self._bot.process is not None
        self._bot.process.send_signal(signal.SIGSTOP)
        self.data = await asyncio.to_thread(copied, self.data)
        self._bot.settings["PAPERROUND_DATA_DIR"] = str(self.data)
        await self._bot.kill()

    def storm(self, dice: random.Random) -> int:
        self._fake.world.nonce_window_s = 120.0
        self._fake.faults = storms.on_discord(dice)
        return len(self._fake.faults) // 2

    async def set_up(self, at: datetime) -> None:
        await self.start(at)
        await self._fake.eventually(self._fake.gateway.connected.is_set, PATIENCE_S)
        for place in self._places:
            for command, words in (
                ("follow", {"interest": f"+{SUBJECT}"}),
                ("digest", {"schedule": "daily 09:00 UTC count 3"}),
            ):
                said = await self._say(place, command, **words, for_="here")
                assert "Following" in said or "comes" in said, said
        await self.kill()

    async def _say(self, place: DiscordPlace, command: str, **options: str) -> str:
        while True:
            answer = await self._fake.members.command(place, "800000000000000001", command, manager=True, **options)
            if "still being read" not in answer.text:
                return answer.text
            await asyncio.sleep(0.1)

    def tries(self) -> int:
        return len(self._fake.posts())

    def markers(self) -> Counter[str]:
        return Counter(marker for markers in self.order().values() for marker in markers)

    def order(self) -> dict[str, list[str]]:
        found = {}
        for place, destination in zip(self._places, self.destinations, strict=True):
            own = self._fake.world.own_messages(place)
            texts = [message["embeds"][-1]["footer"]["text"] for message in own]
            found[destination] = [next(word for word in text.split() if word.startswith("pr-")) for text in texts]
        return found


class OnSlack:
    """A workspace with some channels."""

    name = "slack"

    def __init__(self, fake: FakeSlack, bot: SlackBot, told: Told, places: list[str]) -> None:
        self.data = bot.folder / "data"
        self.destinations = [f"slack:{fake.home.team}:{place}" for place in places]
        self.bring = told.bring
        self._fake, self._bot, self._places = fake, bot, places

    async def start(self, at: datetime) -> None:
        self._bot.settings["PAPERROUND_CLOCK"] = at.isoformat()
        await asyncio.to_thread(self._bot.start)

    async def kill(self) -> None:
        await asyncio.to_thread(self._bot.kill)

    def watch(self, *words: str) -> None:
        self._bot.under = list(words)

    def ended(self) -> bool:
        return self._bot.process is not None and self._bot.process.poll() is not None

    async def stop(self) -> float:
        assert self._bot.process is not None
        began = time.monotonic()
        self._bot.process.terminate()
        assert await asyncio.to_thread(self._bot.exit_status) in ENDED, self._bot.said()[-2000:]
        return time.monotonic() - began

    async def cut_power(self) -> None:
        assert self._bot.process is not None
        self._bot.process.send_signal(signal.SIGSTOP)
        self.data = await asyncio.to_thread(copied, self.data)
        self._bot.settings["PAPERROUND_DATA_DIR"] = str(self.data)
        await self.kill()

    def storm(self, dice: random.Random) -> int:
        self._fake.faults = storms.on_slack(dice)
        return len(self._fake.faults) // 2

    async def set_up(self, at: datetime) -> None:
        await self.start(at)
        await asyncio.to_thread(self._bot.connected)
        for place in self._places:
            for text in (FOLLOW, "digest here daily 09:00 UTC count 3"):
                command = a_command(self._fake, text, channel=place)
                said = (await asyncio.to_thread(self._fake.ask_by_socket, command))["text"]
                assert "Following" in said or "comes" in said, said
        await self.kill()

    def tries(self) -> int:
        return len(self._fake.calls_of("chat.postMessage"))

    def markers(self) -> Counter[str]:
        return Counter(marker for markers in self.order().values() for marker in markers)

    def order(self) -> dict[str, list[str]]:
        return {
            destination: [post["metadata"]["event_payload"]["delivery"] for post in self._fake.home.places[place].posts]
            for place, destination in zip(self._places, self.destinations, strict=True)
        }


@asynccontextmanager
async def on_discord(folder: Path, dice: random.Random, slow: Slowness, **settings: str) -> AsyncIterator[OnDiscord]:
    told = Told(folder)
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild()
        fake.world.nonce_window_s = 0.0
        places = [fake.world.add_channel(guild, f"reading-{number}") for number in range(3)]
        bot = DiscordBot(fake, folder, **told.settings, **settings)
        stage = OnDiscord(fake, bot, told, places)
        await stage.set_up(datetime.fromisoformat(f"{FIRST_DAY}T08:00Z"))
        fake.faults = [Uneven(dice, slow.cut, slow.commit_s, cut=True), Uneven(dice, 1.0, slow.commit_s)]
        try:
            yield stage
        finally:
            if bot.process is not None and bot.process.returncode is None:
                await bot.kill()


@asynccontextmanager
async def on_slack(folder: Path, dice: random.Random, slow: Slowness, **settings: str) -> AsyncIterator[OnSlack]:
    told = Told(folder)
    with FakeSlack() as fake:
        places = [f"C{number}" for number in range(2, 5)]
        for place in places:
            fake.home.add_place(place, f"reading-{place}", {"U1"})
        bot = SlackBot(fake, folder, **told.settings, **settings)
        stage = OnSlack(fake, bot, told, places)
        await stage.set_up(datetime.fromisoformat(f"{FIRST_DAY}T08:00Z"))
        fake.faults = [_uneven(dice, slow) for _ in range(20_000)]
        try:
            yield stage
        finally:
            if bot.process is not None and bot.process.poll() is None:
                await stage.kill()


def _uneven(dice: random.Random, slow: Slowness) -> SlackFault:
    drawn, wait_s = dice.random(), dice.uniform(0, slow.commit_s)
    if drawn < slow.deaf:
        return SlackFault("chat.postMessage", commits_after_s=wait_s, closes=True)
    return SlackFault("chat.postMessage", commits=True, delay_s=wait_s, closes=drawn < slow.deaf + slow.cut)
