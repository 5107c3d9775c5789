"""`paperround run` as a process of its own, without tokens: the playground."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.wire.surroundings import PATIENCE_S, Surroundings, words

# A Wednesday morning, an hour before nine in UTC, at which the bundled sample begins.
START = "2026-03-11T08:00:00+00:00"


class RunningPlayground(Surroundings):
    """A context manager: leaves nothing running behind."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, **{"PAPERROUND_CLOCK": START, **settings})

    def __enter__(self) -> Self:
        self.log = self.folder / f"log-{time.monotonic_ns()}.txt"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                words("run"),
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.url = self._address()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)

    def interrupted(self) -> tuple[int, float]:
        """Press Ctrl-C; return the exit status and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S), time.monotonic() - began

    def _address(self) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            for line in self.said().splitlines():
                if line.startswith("Paperround is at "):
                    return line.split()[3]
            time.sleep(0.02)
        self.__exit__()
        raise AssertionError(f"the playground did not start:\n{self.said()}")
