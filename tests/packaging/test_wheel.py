"""What somebody gets who installs Paperround from a file, without the repository beside it."""

import os
import signal
import site
import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def paperround(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command out of a wheel that was made of the source archive, in an environment of its own."""
    made = tmp_path_factory.mktemp("made")
    uv = [sys.executable, "-m", "uv", "build", "--no-build-isolation", "--python", sys.executable]
    build: list[str | Path] = [*uv, "-o", made, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=True)
    wheel = next(made.glob("*.whl"))
    pip = environment / "bin" / "pip"
    install: list[str | Path] = [pip, "install", "--quiet", "--no-deps", "--disable-pip-version-check", wheel]
    subprocess.run(install, check=True, timeout=300)
    # What it depends on is that of this environment: the same files, without loading them all once more.
    packages = next((environment / "lib").glob("python*/site-packages"))
    own = Path(site.getsitepackages()[0])
    for found in own.iterdir():
        if "paperround" not in found.name and not (packages / found.name).exists():
            (packages / found.name).symlink_to(found)
    return environment / "bin" / "paperround"


def alone(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PAPERROUND_DATA_DIR": str(folder / "data")}


def test_the_wheel_runs_from_an_empty_folder_and_leaves_only_data(paperround: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [paperround, "run"],
        cwd=tmp_path,
        env={**alone(tmp_path), "PAPERROUND_WEB_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = next(word for word in said.split() if word.startswith("http://")).rstrip(".,")
        with urlopen(address, timeout=10) as page:  # noqa: S310  # the address that our own process said
            assert page.status == 200
            assert b"Paperround" in page.read()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert [found.name for found in tmp_path.iterdir()] == ["data"]


def test_it_answers_out_of_the_wheel_and_uninstalling_leaves_the_data(paperround: Path, tmp_path: Path) -> None:
    run = {"cwd": tmp_path, "env": alone(tmp_path), "capture_output": True, "text": True, "timeout": 120}
    said = subprocess.run([paperround, "say", "follow entropy"], check=True, **run)  # type: ignore[call-overload]
    assert "entropy" in said.stdout
    pip = paperround.with_name("pip")
    subprocess.run([pip, "uninstall", "--quiet", "--yes", "paperround"], check=True, **run)  # type: ignore[call-overload]
    assert not paperround.exists()
    assert (tmp_path / "data" / "paperround.db").stat().st_size > 0
