"""The command line as a person uses it: words in, status and two texts out."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from adapters.cli import main
from adapters.settings import variables

PAPERS = (
    {"id": "2603.00001", "title": "Entropy of small machines", "abstract": "We measure entropy. It grows with time."},
    {
        "id": "2603.00002",
        "title": "Maximum entropy reinforcement learning",
        "abstract": "Entropy helps agents explore.",
    },
    {"id": "2603.00003", "title": "Reinforcement learning for robots", "abstract": "Robots learn by reward."},
    {"id": "2603.00004", "title": "Transformers for proteins", "abstract": "A transformer folds proteins well."},
    {"id": "2603.00005", "title": "A survey of gardens", "abstract": "We count the flowers of many gardens."},
    {"id": "2603.00006", "title": "Entropy in thermodynamics", "abstract": "The entropy of gases, measured once more."},
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended; ``out`` and ``err`` are what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output; anything else there is an error."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Ended]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An empty folder to work in, an environment that sets nothing, and the logging of the other tests kept."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PAPERROUND_CLOCK", "2026-03-12T08:00+00:00")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def command(*words: str) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        return Ended(int(ended.value.code or 0), out, err)

    return command


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A file of six papers."""
    path = tmp_path / "papers.jsonl"
    lines = [json.dumps({**paper, "authors": ["Ana B."], "published": "2026-03-11"}) for paper in PAPERS]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def stocked(run: Run, papers: Path) -> Run:
    """Run commands over a store that holds the six papers."""
    assert run("ingest", "file", str(papers)).status == 0
    return run


def begin(*words: str, **changes: str) -> subprocess.Popen[str]:
    """Start a command as a process of its own, in the present folder."""
    return subprocess.Popen(
        [sys.executable, "-c", "from adapters.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3]), **changes},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def process(*words: str, said: str = "", **changes: str) -> Ended:
    """Run a command as a process of its own to its end."""
    running = begin(*words, **changes)
    out, err = running.communicate(said, timeout=60)
    return Ended(running.returncode, out, err)
