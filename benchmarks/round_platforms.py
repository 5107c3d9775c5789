"""The platforms of the round benchmark: a Slack and a Discord on sockets that keep the real ones' limits.

Run by `benchmarks/round.py`: ``python -m benchmarks.round_platforms PLACES``, where PLACES is a file that names each
place. It prints where it listens, and for each line that it is sent, what stands in the places by then.
"""

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict, deque
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.wire.discord.faults import json_answer
from tests.wire.discord.server import BASE, FakeDiscord
from tests.wire.discord.world import TEXT, Guild
from tests.wire.discord.world import Channel as DiscordPlace
from tests.wire.slack.fake_slack import FakeSlack, _arguments
from tests.wire.slack.workspace import Workspace

# What Slack allows: a message a second in each channel. What Discord allows: 5 messages in 5 seconds in each channel,
# and 50 requests a second in all.
SLACK_POST = "chat.postMessage"
SLACK_EVERY_S = 1.0
DISCORD_BUCKET = 5
DISCORD_BUCKET_S = 5.0
DISCORD_GLOBAL = 50

Json = dict[str, Any]


class Told:
    """What happened, by the platforms' own clocks."""

    def __init__(self) -> None:
        self.posted: defaultdict[str, list[float]] = defaultdict(list)
        self.refused: Counter[str] = Counter()

    def post(self, community: str) -> None:
        self.posted[community].append(time.time())


class LimitedSlack(FakeSlack):
    def __init__(self, told: Told, *workspaces: Workspace) -> None:
        super().__init__(*workspaces)
        self._told = told
        self._last: dict[tuple[str, str], float] = {}

    async def _called(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["method"] != SLACK_POST:
            return await super()._called(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        place = (token, str((await _arguments(request)).get("channel")))
        now = time.monotonic()
        if now - self._last.get(place, -SLACK_EVERY_S) < SLACK_EVERY_S:
            self._told.refused["slack"] += 1
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(SLACK_EVERY_S)[:1]}
            )
        self._last[place] = now
        self._told.post(self.workspaces[token].team)
        return await super()._called(request)


class LimitedDiscord(FakeDiscord):
    def __init__(self, told: Told) -> None:
        super().__init__()
        self._told = told
        self._lately: deque[float] = deque()
        self._in_place: defaultdict[str, deque[float]] = defaultdict(deque)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(BASE)
        if path.startswith(("/interactions/", "/webhooks/")):
            return await super()._serve(request)
        now = time.monotonic()
        over = _over(self._lately, now, 1.0, DISCORD_GLOBAL)
        if over:
            return self._refused(over, everywhere=True)
        if request.method != "POST" or not path.endswith("/messages"):
            return await super()._serve(request)
        bucket = self._in_place[path]
        over = _over(bucket, now, DISCORD_BUCKET_S, DISCORD_BUCKET)
        if over:
            return self._refused(over, everywhere=False)
        self._told.post(self.world.channels[path.split("/")[2]].guild or "direct")
        answer = await super()._serve(request)
        answer.headers.update(
            {
                "X-RateLimit-Limit": str(DISCORD_BUCKET),
                "X-RateLimit-Remaining": str(DISCORD_BUCKET - len(bucket)),
                "X-RateLimit-Reset-After": f"{bucket[0] + DISCORD_BUCKET_S - now:.3f}",
                "X-RateLimit-Reset": f"{time.time() + bucket[0] + DISCORD_BUCKET_S - now:.3f}",
                "X-RateLimit-Bucket": "messages",
            }
        )
        return answer

    def _refused(self, wait_s: float, *, everywhere: bool) -> web.Response:
        self._told.refused["discord everywhere" if everywhere else "discord in a channel"] += 1
        headers = {"Retry-After": f"{wait_s:.3f}", "X-RateLimit-Scope": "global" if everywhere else "user"}
        headers |= {"X-RateLimit-Global": "true"} if everywhere else {}
        body = {"message": "You are being rate limited.", "retry_after": wait_s, "global": everywhere}
        return json_answer(body, 429, headers)


def _over(lately: deque[float], now: float, window_s: float, cap: int) -> float:
    """Count one more in a sliding window; return how long to wait when there is no room for it, else 0."""
    while lately and lately[0] <= now - window_s:
        lately.popleft()
    if len(lately) >= cap:
        return lately[0] + window_s - now
    lately.append(now)
    return 0.0


def _counted(told: Told, slack: FakeSlack, discord: FakeDiscord) -> Json:
    copies: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for home in slack.workspaces.values():
        for place in home.places.values():
            markers = [post["metadata"]["event_payload"]["delivery"] for post in place.posts]
            copies.update(markers)
            places["slack"] += bool(markers)
    for channel in discord.world.channels.values():
        footers = [message["embeds"][-1]["footer"]["text"] for message in channel.messages.values()]
        copies.update(next(word for word in text.split() if word.startswith("pr-")) for text in footers)
        places["discord"] += bool(footers) and channel.type == TEXT
    return {
        "posts": len(copies),
        "twice": sum(count > 1 for count in copies.values()),
        "places": places,
        "refused": told.refused,
        "at": {community: sorted(instants) for community, instants in told.posted.items()},
    }


async def serve(places: Json) -> None:
    told = Told()
    homes = [_home(team, channels) for team, channels in places["slack"].items()]
    with LimitedSlack(told, *homes) as slack:
        async with LimitedDiscord(told) as discord:
            for guild, channels in places["discord"].items():
                discord.world.guilds[guild] = Guild(guild, "Lab")
                for channel in channels:
                    discord.world.channels[channel] = DiscordPlace(channel, TEXT, guild, f"c{channel}")
            _say({"slack": slack.api_url, "discord": discord.api_url})
            loop = asyncio.get_running_loop()
            while await loop.run_in_executor(None, sys.stdin.readline):
                _say(_counted(told, slack, discord))


def _home(team: str, channels: list[str]) -> Workspace:
    home = Workspace(team, f"xoxb-{team}")
    for channel in channels:
        home.add_place(channel, channel.lower(), {"U1"})
    return home


def _say(told: Json) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
