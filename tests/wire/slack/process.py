"""`paperround run` as a process of its own, connected to a fake Slack by nothing but its environment."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack
from tests.wire.slack.said import a_command
from tests.wire.surroundings import PATIENCE_S, Connected, words

ROOMS = 60
TOPICS = ("graph networks", "contrastive learning", "protein folding", "bandit learning", "diffusion models")


class BotProcess(Connected):
    """A context manager: leaves nothing running behind. A second `start` is a restart on the same data."""

    def __init__(self, fake: FakeSlack, folder: Path, **settings: str) -> None:
        tokens = {"SLACK_BOT_TOKEN": fake.home.token, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": fake.api_url}
        super().__init__(folder, some_papers(), **{**tokens, **settings})
        self.fake = fake
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE_S)

    def doctor(self) -> str:
        """Return what `paperround doctor` says, asked beside the running process."""
        ended = subprocess.run(
            words("doctor"),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return ended.stdout

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=bool(self.under),
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
        if self.process.poll() is None:
            self.end(self.process.pid)
        self.process.wait(PATIENCE_S)

    def restart(self) -> None:
        self.kill()
        self.fake.wait_until(lambda: not self.fake.connected())
        self.start()
        self.connected()

    def exit_status(self) -> int:
        assert self.process is not None
        return self.process.wait(PATIENCE_S)

    def address(self) -> str:
        """Return where its web server listens, once it does."""

        def listening() -> str:
            lines = [line for line in self.said().splitlines() if line.startswith("Paperround is at ")]
            return lines[-1].split()[3] if lines else ""

        return self.fake.wait_until(listening, PATIENCE_S)


def some_papers() -> Iterator[tuple[int, str, str]]:
    """Yield three papers for each room, which nothing else is about: one community counts all likes together."""
    for room in range(ROOMS):
        for number in range(3):
            topic = topic_of(room)
            yield room * 10 + number, f"{topic.title()} for <Science> & Beyond, part {number}", topic


def topic_of(room: int) -> str:
    return f"{TOPICS[room % len(TOPICS)]} of kind{room}"
