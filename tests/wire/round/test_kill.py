"""`kill -9` at random moments of the daily round: D1 of the fault table, against platforms on sockets that are slow.

Every run prints its seed and its count; ``pytest -s`` shows them. ``SEED`` repeats a run, ``KILLS`` makes the long one
longer or shorter.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.wire.round.killing import Count, Ending, killed, killed_over
from tests.wire.round.stages import Slowness, on_discord, on_slack

STAGES = {"discord": on_discord, "slack": on_slack}
SCALED = {"PAPERROUND_SETTLE": "1.0", "PAPERROUND_POST_TIMEOUT": "1.5"}
# Looks into the history at once, on a platform that stores a message seconds after the client gave up.
HASTY = {"PAPERROUND_SETTLE": "0.01", "PAPERROUND_POST_TIMEOUT": "0.5"}
UNEVEN = Slowness(commit_s=0.5)
SLOW = Slowness(commit_s=4.0)


async def run(  # noqa: PLR0913 - what a run is made of
    folder: Path,
    platform: str,
    *,
    kills: int,
    seed: int,
    slow: Slowness = UNEVEN,
    settings: dict[str, str] = SCALED,
    end: Ending = killed,
    calls: bool = False,
) -> Count:
    dice = random.Random(seed)  # noqa: S311 - to be repeated
    stage: Callable[..., Any] = STAGES[platform]
    async with stage(folder, dice, slow, **settings) as on:
        count = await killed_over(on, dice, kills=kills, seed=seed, slowest_s=slow.commit_s, end=end, calls=calls)
    print(f"\n{platform}: {count.told()}")  # noqa: T201 - the figure is what the run is for
    return count


def each_once(count: Count) -> bool:
    return (count.once, count.lost, count.twice, count.held) == (count.parts, 0, 0, 0) and count.disordered == 0


@pytest.mark.parametrize("platform", sorted(STAGES))
async def test_d1_killed_in_the_middle_of_a_round_every_part_stands_once(tmp_path: Path, platform: str) -> None:
    count = await run(tmp_path, platform, kills=2, seed=11)
    assert each_once(count), count.troubles
    assert count.parts >= 12


@pytest.fixture
def watched() -> None:
    """Skip where no system call can be watched."""
    if shutil.which("strace") is None or subprocess.run(["strace", "-qq", "true"], check=False).returncode:
        pytest.skip("system calls cannot be watched here (no strace, or not permitted)")


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("platform", sorted(STAGES))
async def test_d1_many_kills_at_commits_and_messages(tmp_path: Path, platform: str) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    kills = int(os.environ.get("KILLS", "40"))
    count = await run(tmp_path, platform, kills=kills, seed=seed, calls=True)
    assert each_once(count), count.troubles
    assert not count.troubles
    assert count.at_calls >= kills * 0.3


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("platform", sorted(STAGES))
async def test_d1_a_hundred_kills_over_many_dates(tmp_path: Path, platform: str) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    kills = int(os.environ.get("KILLS", "100"))
    count = await run(tmp_path, platform, kills=kills, seed=seed)
    assert each_once(count), count.troubles
    assert not count.troubles
    # Else the kills came at moments that prove nothing.
    assert count.in_flight >= kills * 0.3


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_d3_without_the_settle_time_a_slow_platform_gets_posts_twice_so_these_counts_can_fail(
    tmp_path: Path,
) -> None:
    count = await run(tmp_path, "discord", kills=2, seed=3, slow=SLOW, settings=HASTY)
    assert count.twice > 0
