"""What a process under test is given: a folder, an environment of nothing but its settings, a log, papers to read."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

OURS = ("PAPERROUND_", "SLACK_", "DISCORD_", "SMTP_", "MAIL_")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


def words(*said: str) -> list[str]:
    """Return what to execute for `paperround` and these words."""
    return [sys.executable, "-c", f"from adapters.cli import main; main({list(said)!r})"]


class Surroundings:
    """Where one process runs, and runs again; `settings` can be changed in between."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Let it run in ``folder``, where no `.env` is; ``settings`` are environment variables, empty is not set."""
        self.folder = folder
        self.settings = {"PAPERROUND_DATA_DIR": str(folder / "data"), "PAPERROUND_WEB_PORT": "0", **settings}
        self.log = folder / "log.txt"
        # A program that runs it and watches it, with its words.
        self.under: list[str] = []

    def command(self) -> list[str]:
        return [*self.under, *words("run")]

    def end(self, pid: int) -> None:
        """Send SIGKILL to the process that was started as ``pid``, together with whoever watches it."""
        with suppress(ProcessLookupError):  # it ended a moment ago
            if self.under:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {**inherited, "PYTHONPATH": str(ROOT), **self.settings}

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


class Connected(Surroundings):
    """Of a bot on a platform: papers to read, and times for posting and settling that no test waits long for."""

    def __init__(self, folder: Path, papers: Iterable[tuple[int, str, str]], **settings: str) -> None:
        """Let it read ``papers``: number, title and subject of each."""
        file = folder / "papers.jsonl"
        file.write_text("".join(f"{json.dumps(_paper(*paper))}\n" for paper in papers), encoding="utf-8")
        usual = {
            "PAPERROUND_SOURCES": f"file:{file}",
            "PAPERROUND_SETTLE": "0.6",
            "PAPERROUND_POST_TIMEOUT": "3",
        }
        super().__init__(folder, **{**usual, **settings})


def _paper(number: int, title: str, subject: str) -> dict[str, object]:
    return {
        "id": f"2603.{number:05}",
        "title": title,
        "abstract": f"We study {subject}. Our method improves {subject} on many tasks. It is simple.",
        "authors": ["Ana B.", "Ben C."],
        "categories": ["cs.LG"],
        "published": time.strftime("%Y-%m-%d", time.gmtime()),
    }
