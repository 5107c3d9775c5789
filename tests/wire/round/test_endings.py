"""Other ends than `kill -9`, and platforms in a storm: what is counted is what stands in the channels."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.wire.round.killing import Ending, cut, killed_over, stopped
from tests.wire.round.stages import Slowness
from tests.wire.round.test_kill import SCALED, STAGES, each_once, run

# A supervisor's patience, for a process that has a core to itself.
GRACE_S = 10.0
CALM = Slowness(commit_s=0.05, cut=0.0, deaf=0.0)


def grace_s() -> float:
    """Return the patience, as much longer as the machine has more to do than it can."""
    return GRACE_S * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize("platform", sorted(STAGES))
async def test_d10_stopped_in_the_middle_of_a_round_it_drains_in_time_and_the_rest_comes_at_the_next_start(
    tmp_path: Path, platform: str
) -> None:
    count = await run(tmp_path, platform, kills=1, seed=11, end=stopped)
    assert each_once(count), count.troubles
    assert 0.0 < count.stop_s < grace_s()


async def test_s10_what_was_on_the_disk_when_the_power_went_is_enough_to_go_on_elsewhere(tmp_path: Path) -> None:
    count = await run(tmp_path, "discord", kills=1, seed=11, end=cut)
    assert each_once(count), count.troubles


@pytest.mark.parametrize("platform", sorted(STAGES))
async def test_d5_in_a_storm_of_refusals_errors_and_cut_connections_every_part_stands_once(
    tmp_path: Path, platform: str
) -> None:
    dice = random.Random(5)  # noqa: S311 - to be repeated
    opened: Callable[..., Any] = STAGES[platform]
    async with opened(tmp_path, dice, CALM, **SCALED) as stage:
        wrong = stage.storm(dice)
        count = await killed_over(stage, dice, kills=0, dates=1, seed=5, slowest_s=0.0)
        assert stage.tries() >= count.parts + wrong / 2
    assert each_once(count), count.troubles


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("platform", sorted(STAGES))
@pytest.mark.parametrize("end", [stopped, cut])
async def test_d10_many_ends_over_many_dates(tmp_path: Path, platform: str, end: Ending) -> None:
    kills = int(os.environ.get("KILLS", "30"))
    count = await run(tmp_path, platform, kills=kills, seed=random.SystemRandom().randrange(1, 10**6), end=end)
    assert each_once(count), count.troubles
    assert count.stop_s < grace_s()
