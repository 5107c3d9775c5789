"""Other processes, folders and small disks for tests of storage."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.sqlite import open_stores

ROOT = Path(__file__).resolve().parents[2]

# Starts a deed of tests/storage/children.py.
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as ends:

        def start_one(deed: str, folder: Path, *arguments: object) -> "subprocess.Popen[str]":
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.storage.children", deed, str(folder), *map(str, arguments)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            ends.callback(_end, child)
            return child

        yield start_one


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with a database, closed."""
    folder = tmp_path / "data"
    open_stores(folder).close()
    return folder


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mount a small file system in memory; skip the test where this is not permitted."""
    with ExitStack() as ends:

        def mount_one(options: str, place: Path | None = None) -> Path:
            folder = place or tmp_path / "disk"
            folder.mkdir(exist_ok=True)
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
            ends.callback(subprocess.run, ["umount", "--lazy", str(folder)], check=False)
            return folder

        yield mount_one


def _end(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        child.kill()
    child.communicate()
