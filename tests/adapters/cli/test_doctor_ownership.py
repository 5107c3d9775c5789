"""What root leaves in a data folder that is somebody else's: the bot can use it, or it is named and given back."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters import ownership
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


@root_only
def test_a_data_folder_that_is_a_link_itself_is_looked_through_too(data: Path) -> None:
    (data / "kept").touch(mode=0o600)
    link = data.parent / "link"
    link.symlink_to(data)
    assert unusable(link) == [link / "kept"]
    assert made_usable(link) == [link / "kept"]
    assert owners(data) == {(BOT, GROUP)}


@root_only
def test_what_was_put_in_its_place_after_the_look_is_not_given_away(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = ownership._unusable  # noqa: SLF001 - between it and the giving is the moment
    for name, make in LEADING_ELSEWHERE.items():
        outside = data.parent / f"{name} outside"
        outside.touch(mode=0o600)
        (data / name).touch(mode=0o600)

        def look_and_swap(
            folder: Path, name: str = name, make: Callable[[Path, Path], None] = make, outside: Path = outside
        ) -> Iterator[tuple[Path, int]]:
            for found in look(folder):
                (data / name).unlink()
                make(data / name, outside)
                yield found

        monkeypatch.setattr(ownership, "_unusable", look_and_swap)
        assert made_usable(data) == []
        assert outside.stat().st_uid == 0
        (data / name).unlink()


LEADING_ELSEWHERE: dict[str, Callable[[Path, Path], None]] = {
    "hard": lambda path, target: path.hardlink_to(target),
    "soft": lambda path, target: path.symlink_to(target),
}


def test_what_gives_no_rights_is_named_to_its_own_user(data: Path) -> None:
    (data / "kept").touch(mode=0o600)
    (data / "listed").mkdir()
    (data / "listed" / "kept").touch(mode=0o600)
    (data / "listed" / "link").symlink_to(data)
    (data / "shut").mkdir(mode=0o000)
    (data / "listed").chmod(0o400)  # its names can be read, and nothing of what they name
    bad = [data / "listed", data / "shut"]
    if os.geteuid() == 0:
        for name in ("kept", "listed", "shut"):
            os.chown(data / name, BOT, GROUP)
        with as_the_bot():
            assert unusable(data) == bad
    else:
        assert unusable(data) == bad
    (data / "listed").chmod(0o700)
