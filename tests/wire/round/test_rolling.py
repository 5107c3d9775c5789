"""A newer release joins, and upgrades the database, in the middle of an older one's round."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.storage.postgres.next_release import ADDS, CHANGES, INDEXES
from tests.wire.round.stages import OnSlack
from tests.wire.round.test_kill import SCALED
from tests.wire.round.test_two_workers import PARTS_EACH, PATIENCE_S, PLACES, two_on_one_database
from tests.wire.slack.fake_slack import FakeSlack, Fault
from tests.wire.slack.process import BotProcess
from tests.wire.slack.said import a_command

UNUSABLE = 4
DUE = len(PLACES) * PARTS_EACH
HELD_UP = Fault("chat.postMessage", times=10_000, status=429, error="ratelimited", headers={"Retry-After": "1"})
SLOWLY = Fault("chat.postMessage", commits=True, delay_s=0.2)
TAKEN = "SELECT 1 FROM _paperround_steps WHERE name = %s"


class NextRelease(BotProcess):
    """`paperround run` of a release with further steps."""

    steps: tuple[str, ...] = ()

    def command(self) -> list[str]:
        next_release = f"from tests.storage.postgres.next_release import take_on; take_on(*{self.steps!r})"
        return [sys.executable, "-c", f"{next_release}; from adapters.cli import main; main(['run'])"]


def of_next_release(bot: BotProcess, *steps: str) -> NextRelease:
    newer = NextRelease(bot.fake, bot.folder)
    newer.settings, newer.steps = bot.settings, steps
    return newer


async def upgraded_in_the_middle(fake: FakeSlack, stage: OnSlack, older: BotProcess, newer: NextRelease) -> None:
    """Let the older process post two messages and no more until the newer one has upgraded the database."""
    fake.faults = [replace(HELD_UP, skips=2)]
    older.start()
    await asyncio.to_thread(fake.wait_until, lambda: len(stage.markers()) == 2, PATIENCE_S)
    newer.start()
    with psycopg.connect(older.settings["PAPERROUND_DATABASE_URL"], autocommit=True) as connection:
        await asyncio.to_thread(
            fake.wait_until, lambda: connection.execute(TAKEN, [newer.steps[-1]]).fetchall(), PATIENCE_S
        )
    assert len(stage.markers()) == 2
    fake.faults = [replace(SLOWLY) for _ in range(1_000)]


async def test_beside_a_release_that_only_adds_the_older_one_goes_on_sending_and_answering(tmp_path: Path) -> None:
    async with two_on_one_database(tmp_path) as (fake, stage, bots):
        older, newer = bots[0], of_next_release(bots[1], ADDS, INDEXES)
        bots.append(newer)
        await upgraded_in_the_middle(fake, stage, older, newer)
        await asyncio.to_thread(fake.wait_until, lambda: len(stage.markers()) == DUE, PATIENCE_S)
        await asyncio.to_thread(fake.wait_until, lambda: "Connecting to" in newer.said(), PATIENCE_S)
        said = await asyncio.to_thread(fake.ask_by_socket, a_command(fake, "follow bandit learning"))
        assert "bandit" in str(said["text"])
        await asyncio.sleep(2 * float(SCALED["PAPERROUND_SETTLE"]))
        assert stage.markers().total() == len(stage.markers()) == DUE
        assert [bot.process and bot.process.poll() for bot in (older, newer)] == [None, None]
        # It may also come back beside the newer one.
        await asyncio.to_thread(older.restart)


@pytest.mark.parametrize("steps", [(CHANGES,), (ADDS, CHANGES)])
async def test_a_release_that_changes_what_is_there_ends_the_older_one_and_finishes_its_round(
    tmp_path: Path, steps: tuple[str, ...]
) -> None:
    async with two_on_one_database(tmp_path) as (fake, stage, bots):
        older, newer = bots[0], of_next_release(bots[1], *steps)
        bots.append(newer)
        await upgraded_in_the_middle(fake, stage, older, newer)
        assert await asyncio.to_thread(older.exit_status) == UNUSABLE
        assert f"its step {CHANGES} is unknown here). Install that release." in older.said()
        await asyncio.to_thread(fake.wait_until, lambda: len(stage.markers()) == DUE, PATIENCE_S)
        await asyncio.sleep(2 * float(SCALED["PAPERROUND_SETTLE"]))
        assert stage.markers().total() == len(stage.markers()) == DUE
