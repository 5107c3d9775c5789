"""What a host hears of a source that fails for a day: one message, from a real process to a chat; then one more."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.wire.slack.fake_slack import FakeSlack
from tests.wire.slack.process import BotProcess
from tests.wire.sources.hosts import Asked, Host, Says, a_host
from tests.wire.surroundings import PATIENCE_S

BEGIN = datetime.now(UTC)
EMPTY = Says(b"<?xml version='1.0'?><rss version='2.0'><channel><title>cs.LG updates on arXiv</title></channel></rss>")
DOWN = Says(b"down", 500)
PARAMETER = "key=of-the-host"


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


class Watching:
    """A bot that is started for a moment at one instant after the other, and what its host was told by then."""

    def __init__(self, fake: FakeSlack, host: Host, folder: Path, host_channel: str) -> None:
        self._fake = fake
        self._bot = BotProcess(
            fake,
            folder,
            PAPERROUND_SOURCES=f"feed:{host.address}/rss?{PARAMETER}",
            PAPERROUND_ALLOW_HOSTS=host.place,
            PAPERROUND_HOST_CHANNEL=host_channel,
            PAPERROUND_LOG="info,json",
        )

    async def polled(self, after: timedelta) -> None:
        """Let it poll once, and give what it says of it the time to arrive."""
        self._bot.log.unlink(missing_ok=True)

        def polled() -> bool:
            self._bot.connected()
            return self._has_polled()

        await asyncio.to_thread(self._run_until, after, polled)

    def _has_polled(self) -> bool:
        return any(f'"action": "{action}"' in self._bot.said() for action in ("source_failed", "source_polled"))

    async def polled_until(self, after: timedelta, told: Callable[[], int], count: int) -> None:
        """Let it poll and wait until so many messages arrived."""
        await asyncio.to_thread(self._run_until, after, lambda: told() >= count)

    def _run_until(self, after: timedelta, seen: Callable[[], bool]) -> None:
        self._bot.settings["PAPERROUND_CLOCK"] = (BEGIN + after).isoformat()
        with self._bot:
            self._fake.wait_until(seen, PATIENCE_S)
            # Stopped as a supervisor does it: what is being posted is finished, and no doubt is left about it.
            assert self._bot.process is not None
            self._bot.process.terminate()
            assert self._bot.exit_status() == 0, self._bot.said()


@pytest.mark.long
async def test_a_source_that_fails_for_a_day_is_told_once_and_once_more_when_it_works_again(
    fake: FakeSlack, tmp_path: Path
) -> None:
    down = True

    def answer(_: Asked) -> Says:
        return DOWN if down else EMPTY

    def told() -> int:
        return len(fake.home.places["C1"].posts)

    async with a_host(answer) as host:
        bot = Watching(fake, host, tmp_path, "slack:T1:C1")
        await bot.polled(timedelta(0))
        assert told() == 0
        await bot.polled_until(timedelta(hours=25), told, 1)
        await bot.polled(timedelta(hours=40))
        assert told() == 1
        down = False
        await bot.polled_until(timedelta(hours=60), told, 2)
        await bot.polled(timedelta(hours=70))
    silent, works = [post["text"] for post in fake.home.places["C1"].posts]
    assert "has failed since" in silent
    assert "answered 500" in silent
    assert "works again" in works
    assert PARAMETER not in silent + works


def test_a_conversation_on_a_platform_that_is_not_connected_is_refused_at_the_start(
    fake: FakeSlack, tmp_path: Path
) -> None:
    bot = BotProcess(fake, tmp_path, PAPERROUND_HOST_CHANNEL="discord:1:2")
    with bot:
        assert bot.exit_status() == 2
    assert "PAPERROUND_HOST_CHANNEL should be on a platform that is connected here (slack)" in bot.said()
