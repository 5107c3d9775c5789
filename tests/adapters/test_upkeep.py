"""What a running bot does for itself once a day."""

from datetime import UTC, datetime
from pathlib import Path

from adapters.clock import RunningClock
from adapters.email.returned import leave, waiting
from adapters.main import open_paperround
from adapters.settings import Settings
from adapters.upkeep import look_after
from bot.ports import ManagerAct
from storage.archives import manifest_of
from tests.builders import MORNING, a_channel, a_member


async def looked_after(folder: Path, clock: RunningClock, **settings: object) -> None:
    """Let the daily work be done once on a data folder in which a community was left and a list was shown."""
    with open_paperround(Settings(data_dir=folder, clock=MORNING, **settings), clock, {}) as house:  # type: ignore[arg-type]
        stores = house.stores
        stores.communities.shown(None, a_channel(), [], MORNING)
        stores.manager_acts.record(ManagerAct("ana", "ana", "papers", "follow here x", MORNING), "fake", "lab", "e1")
        stores.profiles.follow(a_member(community="gone").profile, "entropy", muted=False, now=MORNING)
        stores.departures.left("fake", "gone", MORNING)
        await look_after(house)
        later = clock.now().year > MORNING.year
        assert (stores.profiles.get(a_member(community="gone").profile).interests == ()) == later
        assert (stores.manager_acts.newest("fake", "lab", 1) == []) == later


async def test_a_running_bot_backs_itself_up_and_lets_go_of_what_is_due(tmp_path: Path) -> None:
    await looked_after(tmp_path, RunningClock(MORNING))
    (made,) = (tmp_path / "backups").iterdir()
    assert made.name == "daily-2026-03-12.zip"
    assert manifest_of(made).rows["manager_acts"] == 1
    await looked_after(tmp_path, RunningClock(datetime(2027, 6, 1, tzinfo=UTC)))
    assert {path.name for path in (tmp_path / "backups").iterdir()} == {"daily-2026-03-12.zip", "daily-2027-06-01.zip"}


async def test_no_backup_is_taken_where_none_is_wanted(tmp_path: Path) -> None:
    await looked_after(tmp_path, RunningClock(MORNING), backups=0)
    assert not (tmp_path / "backups").exists()


async def test_what_is_left_of_returned_mails_is_dealt_with(tmp_path: Path) -> None:
    leave(tmp_path, "ana@example.org")
    # What cannot be read comes first, and keeps nothing else from being read.
    unreadable = waiting(tmp_path)[0].with_name("0.txt")
    unreadable.write_bytes(b"\xff")
    await looked_after(tmp_path, RunningClock(MORNING), backups=0)
    assert waiting(tmp_path) == [unreadable]


async def test_a_member_who_uses_nothing_any_more_is_forgotten_where_the_host_wants_it(tmp_path: Path) -> None:
    later = RunningClock(datetime(2026, 6, 1, tzinfo=UTC))
    for days, kept in ((0, 1), (90, 1), (30, 0)):
        with open_paperround(Settings(data_dir=tmp_path, backups=0, keep_unused=days), later, {}) as house:
            if days == 0:
                house.stores.profiles.follow(a_member().profile, "entropy", muted=False, now=MORNING)
            await look_after(house)
            assert len(house.stores.profiles.get(a_member().profile).interests) == kept
