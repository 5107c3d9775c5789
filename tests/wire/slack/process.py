"""`paperround run` as a process of its own, connected to a fake Slack by nothing but its environment."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack
from tests.wire.slack.said import a_command

Json = dict[str, Any]

OURS = ("PAPERROUND_", "SLACK_", "DISCORD_", "SMTP_", "MAIL_")
COMMAND = "from adapters.cli import main; main(['run'])"
ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
ROOMS = 60
TOPICS = ("graph networks", "contrastive learning", "protein folding", "bandit learning", "diffusion models")


class BotProcess:
    """A context manager: leaves nothing running behind. A second `start` is a restart on the same data."""

    def __init__(self, fake: FakeSlack, folder: Path, **settings: str) -> None:
        """Run in ``folder``; ``settings`` are environment variables, an empty one counts as not set."""
        papers = folder / "papers.jsonl"
        papers.write_text("".join(f"{json.dumps(paper)}\n" for paper in some_papers()), encoding="utf-8")
        self.fake = fake
        self.folder = folder
        self.settings = {
            "PAPERROUND_DATA_DIR": str(folder / "data"),
            "PAPERROUND_WEB_PORT": "0",
            "PAPERROUND_SOURCES": f"file:{papers}",
            "PAPERROUND_SETTLE": "0.6",
            "PAPERROUND_POST_TIMEOUT": "3",
            "SLACK_BOT_TOKEN": fake.home.token,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": fake.api_url,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "log.txt"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)

    def doctor(self) -> str:
        """Return what `paperround doctor` says, asked beside the running process."""
        asked = [sys.executable, "-c", COMMAND.replace("run", "doctor")]
        ended = subprocess.run(
            asked, cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=60, check=False
        )
        return ended.stdout

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        return {**inherited, "PYTHONPATH": str(ROOT), **self.settings}

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", COMMAND],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def connected(self) -> None:
        """Wait until its socket is open and it has read the stored papers."""
        assert self.process is not None
        process = self.process
        self.fake.wait_until(lambda: self.fake.connected() or process.poll() is not None, PATIENCE_S)
        assert process.poll() is None, self.said()
        self.fake.wait_until(lambda: "being read" not in self._previewed(), PATIENCE_S)

    def _previewed(self) -> str:
        return str(self.fake.ask_by_socket(a_command(self.fake, "preview diffusion"))["text"])

    def kill(self) -> None:
        """Take the power: SIGKILL, as a machine that crashes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def restart(self) -> None:
        self.kill()
        self.fake.wait_until(lambda: not self.fake.connected())
        self.start()
        self.connected()

    def exit_status(self) -> int:
        assert self.process is not None
        return self.process.wait(PATIENCE_S)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def address(self) -> str:
        """Return where its web server listens, once it does."""

        def listening() -> str:
            lines = [line for line in self.said().splitlines() if line.startswith("Paperround is at ")]
            return lines[-1].split()[3] if lines else ""

        return self.fake.wait_until(listening, PATIENCE_S)


def some_papers() -> list[Json]:
    """Return three papers for each room, which nothing else is about: one community counts all likes together."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return [
        {
            "id": f"2603.{room * 10 + number:05}",
            "title": f"{topic_of(room).title()} for <Science> & Beyond, part {number}",
            "abstract": f"We study {topic_of(room)}. Our method improves {topic_of(room)} on many tasks. It is simple.",
            "authors": ["Ana B.", "Ben C."],
            "categories": ["cs.LG"],
            "published": today,
        }
        for room in range(ROOMS)
        for number in range(3)
    ]


def topic_of(room: int) -> str:
    return f"{TOPICS[room % len(TOPICS)]} of kind{room}"
