"""What somebody gets who installs Paperround from a file, without the repository beside it."""

import os
import signal
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a source archive, and of a wheel that was made of it."""
    made = tmp_path_factory.mktemp("made")
    uv = [sys.executable, "-m", "uv", "build", "--no-build-isolation", "--python", sys.executable]
    build: list[str | Path] = [*uv, "-o", made, ROOT]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    return made


@pytest.fixture(scope="module")
def paperround(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command out of the wheel, in an environment of its own."""
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


def test_the_wheel_has_every_file_of_its_packages_and_the_archive_what_tests_and_images_need(made: Path) -> None:
    with zipfile.ZipFile(next(made.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
    packages = ("bot", "storage", "adapters", "benchmarks")
    ours = [path for package in packages for path in (ROOT / package).rglob("*") if path.is_file()]
    lacking = {str(path.relative_to(ROOT)) for path in ours if "__pycache__" not in path.parts} - packed
    assert lacking == set()
    assert {Path(name).suffix for name in packed} >= {".po", ".html", ".txt", ".js", ".css", ".svg", ".json", ".jsonl"}
    with tarfile.open(next(made.glob("*.tar.gz"))) as archive:
        told = {name.partition("/")[2] for name in archive.getnames()}
    needed = {
        "Makefile",
        "Dockerfile",
        "compose.yaml",
        "requirements.txt",
        "mkdocs.yml",
        ".env.example",
        "deploy/nginx.conf",
    }
    assert needed <= told


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
        said = ""
        while "http://" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
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
