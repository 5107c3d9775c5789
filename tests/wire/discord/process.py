"""`paperround run` as a process of its own, connected to a fake Discord by nothing but its environment."""

import asyncio
from pathlib import Path
from typing import Self

from tests.wire.discord.server import FakeDiscord
from tests.wire.surroundings import PATIENCE_S, Connected

SUBJECTS = ("protein folding", "robot grasping", "graph neural networks", "speech recognition")


class BotProcess(Connected):
    """A context manager: leaves nothing running behind. `restart` is a crash and a new start on the same data."""

    def __init__(self, fake: FakeDiscord, folder: Path, **settings: str) -> None:
        papers = [
            (number, f"{subject.title()} for @everyone & *Beyond*, part {number}", subject)
            for number, subject in enumerate(SUBJECTS * 4, start=1)
        ]
        own = {"PAPERROUND_LOG": "debug", "DISCORD_TOKEN": fake.token, "DISCORD_API_URL": fake.api_url}
        super().__init__(folder, papers, **{**own, **settings})
        self.fake = fake
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()

    async def start(self, *, connected: bool = True) -> None:
        self.fake.gateway.connected.clear()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                cwd=self.folder,
                env=self.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=bool(self.under),
            )
        if connected:
            running = self.process
            is_set = self.fake.gateway.connected.is_set
            await self.fake.eventually(lambda: is_set() or running.returncode is not None, PATIENCE_S)
            assert is_set(), self.said()[-2000:]

    async def kill(self) -> None:
        """Take the power: SIGKILL, as a machine that crashes."""
        assert self.process is not None
        if self.process.returncode is None:
            self.end(self.process.pid)
        await self.exit_status()

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def exit_status(self) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)
