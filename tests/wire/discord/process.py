"""`paperround run` as a process of its own, connected to a fake Discord by nothing but its environment."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Self

from tests.wire.discord.server import FakeDiscord

OURS = ("PAPERROUND_", "SLACK_", "DISCORD_", "SMTP_", "MAIL_")
COMMAND = "from adapters.cli import main; main(['run'])"
ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
SUBJECTS = ("protein folding", "robot grasping", "graph neural networks", "speech recognition")


class BotProcess:
    """A context manager: leaves nothing running behind. `restart` is a crash and a new start on the same data."""

    def __init__(self, fake: FakeDiscord, folder: Path, **settings: str) -> None:
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
            "PAPERROUND_LOG": "debug",
            "DISCORD_TOKEN": fake.token,
            "DISCORD_API_URL": fake.api_url,
            **settings,
        }
        self.log = folder / "log.txt"
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()

    async def start(self, *, connected: bool = True) -> None:
        self.fake.gateway.connected.clear()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                COMMAND,
                cwd=self.folder,
                env={**inherited, "PYTHONPATH": str(ROOT), **self.settings},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if connected:
            running = self.process
            is_set = self.fake.gateway.connected.is_set
            await self.fake.eventually(lambda: is_set() or running.returncode is not None, PATIENCE_S)
            assert is_set(), self.said()[-2000:]

    async def kill(self) -> None:
        """Take the power: SIGKILL, as a machine that crashes."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.exit_status()

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def exit_status(self) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


def some_papers() -> list[dict[str, object]]:
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return [
        {
            "id": f"2603.{number:05}",
            "title": f"{subject.title()} for @everyone & *Beyond*, part {number}",
            "abstract": f"We study {subject}. Our method improves {subject} on many tasks. It is simple.",
            "authors": ["Ana B.", "Ben C."],
            "categories": ["cs.LG"],
            "published": today,
        }
        for number, subject in enumerate(SUBJECTS * 4, start=1)
    ]
