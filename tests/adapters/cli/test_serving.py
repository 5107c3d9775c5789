"""`run` as a process: it serves, it holds its folder, and it stops at once with nothing lost."""

import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Run, begin, process

# It takes a second on a machine with nothing else to do; that ten are enough is tested with a platform that is slow.
PATIENCE_S = 120


class Served:
    """A running playground."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self.process = running
        self.told: list[str] = []
        assert running.stdout is not None
        for line in running.stdout:
            self.told.append(line)
            if line.startswith(("  3.", "Connecting")):
                break

    @property
    def address(self) -> str:
        found = re.search(r"http://\S+", "".join(self.told))
        assert found, self.told
        return found[0]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as response:  # noqa: S310 - our own server
            return str(response.read().decode())

    def stopped_by(self, number: int) -> int:
        """Return the status with which it stopped."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def served(papers: Path) -> Iterator[Served]:
    running = begin("run", PAPERROUND_WEB_PORT="0", PAPERROUND_SOURCES=f"file:{papers}")
    try:
        yield Served(running)
    finally:
        running.kill()
        running.communicate(timeout=20)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_stops_when_it_is_told_to(served: Served, number: int, run: Run) -> None:
    assert "<!doctype html>" in served.get("/")
    assert served.get("/healthz") == "ok\n"
    assert served.stopped_by(number) == 0
    assert run("search", "entropy", "--json").document["papers"] != []


def test_it_says_where_it_is_and_the_three_next_steps(served: Served) -> None:
    told = "".join(served.told)
    assert "Ctrl-C stops it" in told
    assert [line[2] for line in served.told if line.startswith("  ")] == ["1", "2", "3"]
    assert all(word in told for word in ("Slack", "Discord", "PAPERROUND_SOURCES"))


def test_while_it_runs_nobody_else_opens_its_folder(served: Served, run: Run) -> None:
    refused = run("say", "today")
    assert refused.status == 3
    assert str(served.process.pid) in refused.err


def test_a_killed_bot_leaves_its_folder_to_the_next(served: Served, run: Run) -> None:
    served.stopped_by(signal.SIGKILL)
    assert run("say", "follow entropy").status == 0


def test_a_bot_without_sources_goes_on_while_its_platform_is_away() -> None:
    away = {"DISCORD_TOKEN": "a-token-of-nobody", "DISCORD_API_URL": "http://127.0.0.1:9/api/v10"}
    running = begin("run", PAPERROUND_WEB_PORT="0", **away)
    try:
        bot = Served(running)
        assert bot.told[-1] == "Connecting to Discord.\n"
        time.sleep(1)
        assert bot.get("/healthz") == "ok\n"
        assert bot.stopped_by(signal.SIGTERM) == 0
    finally:
        running.kill()
        _, err = running.communicate(timeout=20)
    assert "a-token-of-nobody" not in err


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = process("run", PAPERROUND_WEB_PORT=port)
    assert refused.status == 2
    assert refused.out == ""
    assert "PAPERROUND_WEB_PORT" in refused.err
    assert port in refused.err
    assert len(refused.err.splitlines()) == 1


def test_an_unknown_source_in_the_settings_is_named() -> None:
    refused = process("run", PAPERROUND_WEB_PORT="0", PAPERROUND_SOURCES="arxvi cs.LG")
    assert refused.status == 2
    assert refused.err.startswith("PAPERROUND_SOURCES should be sources with blanks between them")
    assert "'arxvi' cannot be used" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_half_of_slack_is_refused_with_the_other_half() -> None:
    refused = process("run", PAPERROUND_WEB_PORT="0", SLACK_BOT_TOKEN="xoxb-1")  # noqa: S106 - nobody's
    assert refused.status == 2
    assert "SLACK_APP_TOKEN" in refused.err
    assert "xoxb-1" not in refused.err
