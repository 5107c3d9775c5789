"""What root leaves in a data folder that is somebody else's: the bot can use it, or it is named and given back."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.email.returned import leave, taken, waiting
from adapters.ownership import made_usable, unusable
from tests.adapters.cli.conftest import Run
from tests.adapters.cli.test_doctor import findings

BOT, GROUP = 65534, 65533
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave something to somebody else")


@contextmanager
def as_the_bot() -> Iterator[None]:
    """Do something as the user whom the data folder belongs to."""
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(GROUP)
    os.seteuid(BOT)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of the bot's, where every user of the machine finds the way to it."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "data"
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(folder, BOT, GROUP)
        yield folder


def owners(folder: Path) -> set[tuple[int, int]]:
    return {(found.st_uid, found.st_gid) for path in folder.rglob("*") for found in (path.lstat(),)}


@root_only
def test_what_root_says_of_a_mail_that_came_back_is_read_by_the_bot(data: Path) -> None:
    leave(data, "ana@example.org")
    # As an earlier release left it, and once more since.
    os.chown(data / "returned-mail", 0, 0)
    leave(data, "ben@example.org")
    assert owners(data) == {(BOT, GROUP)}
    with as_the_bot():
        assert unusable(data) == []
        told = []
        for path in waiting(data):
            with taken(path) as what:
                told.append(what)
        assert (sorted(told), waiting(data)) == (["ana@example.org", "ben@example.org"], [])


@root_only
def test_root_follows_no_link_that_stands_where_returned_mail_is_left(data: Path, tmp_path: Path) -> None:
    (data / "returned-mail").symlink_to(tmp_path)
    with pytest.raises(OSError, match="returned-mail"):
        leave(data, "ana@example.org")
    assert list(tmp_path.iterdir()) == []


@root_only
def test_doctor_names_what_the_bot_cannot_use_and_gives_it_back(
    run: Run, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setenv("PAPERROUND_DATA_DIR", str(data))
    (data / "backups").mkdir(mode=0o700)
    (data / "backups" / "old.zip").touch(mode=0o600)
    told = f"The bot's user cannot read and write all in {data}: backups, backups/old.zip."
    assert findings(run, 1)[told] == ("data folder", "fault")
    with as_the_bot():
        assert unusable(data) == [data / "backups"]
        assert made_usable(data) == []
    fixed = run("doctor", "--fix", "--json").document["fixed"]
    assert fixed == [f"{data / name} belongs to the owner of {data} now." for name in ("backups", "backups/old.zip")]
    assert owners(data) == {(BOT, GROUP)}
    assert not [means for means in findings(run, 0) if means.startswith("The bot's user")]


@root_only
def test_neither_a_link_nor_what_has_another_name_is_given_away(data: Path) -> None:
    for name, make in LEADING_ELSEWHERE.items():
        outside = data.parent / f"{name} outside"
        outside.touch(mode=0o600)
        make(data / name, outside)
    assert unusable(data) == [data / "hard"]
    assert made_usable(data) == []
    assert {path.lstat().st_uid for path in data.parent.glob("*outside")} == {0}


LEADING_ELSEWHERE: dict[str, Callable[[Path, Path], None]] = {
    "hard": lambda path, target: path.hardlink_to(target),
    "soft": lambda path, target: path.symlink_to(target),
}


def test_a_file_without_rights_is_named_to_its_own_user(data: Path) -> None:
    (data / "kept").touch(mode=0o600)
    (data / "shut").mkdir(mode=0o000)
    if os.geteuid() == 0:
        for name in ("kept", "shut"):
            os.chown(data / name, BOT, GROUP)
        with as_the_bot():
            assert unusable(data) == [data / "shut"]
    else:
        assert unusable(data) == [data / "shut"]
