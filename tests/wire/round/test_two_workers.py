"""Two processes beside each other on one PostgreSQL: what is counted is what stands in the channels."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from tests.postgres import a_database
from tests.wire.round.stages import FIRST_DAY, OnSlack, Told
from tests.wire.round.test_kill import SCALED
from tests.wire.slack.fake_slack import FakeSlack, Fault
from tests.wire.slack.process import BotProcess

PATIENCE_S = 60
PLACES = [f"C{number}" for number in range(2, 6)]
PARTS_EACH = 4


@asynccontextmanager
async def two_on_one_database(folder: Path) -> AsyncIterator[tuple[FakeSlack, OnSlack, list[BotProcess]]]:
    """Yield two processes that are not started yet, with a round in each of some channels that is due when they are."""
    told = Told(folder)
    with a_database() as address, FakeSlack() as fake:
        for place in PLACES:
            fake.home.add_place(place, f"reading-{place}", {"U1"})
        bots = []
        for name, roles in (("one", "all"), ("other", "worker")):
            (folder / name).mkdir()
            own = {"PAPERROUND_DATABASE_URL": address, "PAPERROUND_ROLES": roles}
            bots.append(BotProcess(fake, folder / name, **told.settings, **SCALED, **own))
        stage = OnSlack(fake, bots[0], told, PLACES)
        await stage.set_up(datetime.fromisoformat(f"{FIRST_DAY}T08:00Z"))
        told.bring(FIRST_DAY)
        for bot in bots:
            bot.settings["PAPERROUND_CLOCK"] = f"{FIRST_DAY}T09:00:01+00:00"
        fake.faults = [Fault("chat.postMessage", commits=True, delay_s=0.2) for _ in range(1_000)]
        try:
            yield fake, stage, bots
        finally:
            for bot in bots:
                bot.__exit__()


@pytest.mark.parametrize("killed", [None, 0])
async def test_two_processes_send_every_part_once_also_when_one_of_them_is_killed(
    tmp_path: Path, killed: int | None
) -> None:
    async with two_on_one_database(tmp_path) as (fake, stage, bots):
        for bot in bots:
            bot.start()
        await asyncio.to_thread(fake.wait_until, lambda: stage.tries() >= 2, PATIENCE_S)
        if killed is not None:
            await asyncio.to_thread(bots[killed].kill)
        due = len(PLACES) * PARTS_EACH
        await asyncio.to_thread(fake.wait_until, lambda: len(stage.markers()) == due, PATIENCE_S)
        # Whoever thought that it was missing would post it by then.
        await asyncio.sleep(2 * float(SCALED["PAPERROUND_SETTLE"]))
        assert set(stage.markers().values()) == {1}
        assert len(stage.markers()) == due
