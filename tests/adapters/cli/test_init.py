"""`init` as somebody at a terminal meets it: questions, secrets that are not shown, tests at once, a private file."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from dotenv import dotenv_values

from tests.adapters.cli.conftest import process
from tests.wire.mail.server import Mailbox, MailHost
from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack

PATIENCE_S = 120
PRESSED_AGAIN_S = 10
# What runs in the background has Ctrl-C ignored, and hands that on to its children; at a terminal it is not.
COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from adapters.cli import main; main()"
)
ROOT = Path(__file__).resolve().parents[3]
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A terminal on which a command runs: it shows what is written, and types as a person does."""

    def __init__(self, *words: str) -> None:
        self._ours, theirs = pty.openpty()
        self._seen = 0
        self.shown = ""
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *words],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def answer(self, question: str, answer: str, *, hidden: bool = False) -> None:
        """Wait for a question; type the answer once it is read, for a hidden one once nothing typed is shown."""
        self._until(lambda: question in self.shown[self._seen :])
        self._seen = self.shown.index(question, self._seen) + len(question)
        self._until(lambda: not hidden or not termios.tcgetattr(self._ours)[3] & termios.ECHO)
        os.write(self._ours, f"{answer}\n".encode())

    def status(self) -> int:
        self._until(lambda: self._process.poll() is not None)
        self._read()
        return self._process.returncode

    def status_after_ctrl_c(self) -> int:
        # One that comes between a question and the reading of its answer is lost, here as anywhere: people press again.
        pressed = float("-inf")

        def ended() -> bool:
            nonlocal pressed
            if self._process.poll() is None and time.monotonic() - pressed > PRESSED_AGAIN_S:
                pressed = time.monotonic()
                os.killpg(self._process.pid, signal.SIGINT)
            return self._process.poll() is not None

        self._until(ended)
        return self.status()

    def _until(self, met: object) -> None:
        until = time.monotonic() + PATIENCE_S
        while not met():  # type: ignore[operator]  # a function without arguments
            self._read()
            assert time.monotonic() < until, self.shown[-2000:]

    def _read(self) -> None:
        while select.select([self._ours], [], [], 0.05)[0]:
            try:
                self.shown += COLOURS.sub("", os.read(self._ours, 65536).decode(errors="replace"))
            except OSError:  # whoever wrote there has gone
                return


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        monkeypatch.setenv("SLACK_API_URL", fake.api_url)
        yield fake


def kept() -> dict[str, str | None]:
    return {name: value for name, value in dotenv_values(".env").items() if value}


def test_a_refused_token_is_told_at_once_and_can_be_given_again(slack: FakeSlack) -> None:
    with Terminal("init") as terminal:
        terminal.answer("Connect Slack?", "y")
        terminal.answer("Shall Slack call this machine", "")
        assert "api.slack.com/apps?new_app=1" not in terminal.shown[: terminal.shown.index("Connect Slack?")]
        terminal.answer("Bot token (xoxb-…)", "xapp-mistaken", hidden=True)
        terminal.answer("Give it again?", "y")
        terminal.answer("Bot token (xoxb-…)", "xoxb-revoked", hidden=True)
        terminal.answer("Give it again?", "y")
        terminal.answer("Bot token (xoxb-…)", slack.home.token, hidden=True)
        terminal.answer("App-level token (xapp-…)", APP_TOKEN, hidden=True)
        terminal.answer("Connect Discord?", "n")
        terminal.answer("Sources", "arxvi:cs.LG")
        terminal.answer("Give it again?", "y")
        terminal.answer("Sources", "sample")
        Path("a-file").write_text("")
        terminal.answer("Folder for the data", "a-file")
        terminal.answer("Give it again?", "y")
        terminal.answer("Folder for the data", "kept")
        terminal.answer("Send digests by e-mail", "")
        assert terminal.status() == 0
    shown = " ".join(terminal.shown.split())
    assert "SLACK_BOT_TOKEN should be the Slack app's bot token, which begins with xoxb-." in shown
    assert "Slack refuses the bot token: invalid_auth." in shown
    assert "Slack takes the app-level token." in shown
    assert "'arxvi:cs.LG' cannot be used" in shown
    assert "a-file is a file." in shown
    assert "api.slack.com/apps?new_app=1" in shown
    for secret in (slack.home.token, APP_TOKEN, "xoxb-revoked", "xapp-mistaken"):
        assert secret not in terminal.shown
    assert kept() == {
        "SLACK_BOT_TOKEN": slack.home.token,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": slack.api_url,
        "PAPERROUND_SOURCES": "sample",
        "PAPERROUND_DATA_DIR": "kept",
        "PAPERROUND_CLOCK": "2026-03-12T08:00+00:00",
    }
    assert Path(".env").stat().st_mode & 0o777 == 0o600


def test_what_was_given_before_an_interruption_is_kept_and_offered_the_next_time(slack: FakeSlack) -> None:
    with Terminal("init") as terminal:
        terminal.answer("Connect Slack?", "y")
        terminal.answer("Shall Slack call this machine", "n")
        terminal.answer("Bot token (xoxb-…)", slack.home.token, hidden=True)
        terminal.answer("App-level token (xapp-…)", "xapp-of-another", hidden=True)
        terminal.answer("Give it again?", "n")
        terminal.answer("Connect Discord?", "n")
        terminal._until(lambda: "Sources" in terminal.shown)  # noqa: SLF001  # nothing is answered there
        assert terminal.status_after_ctrl_c() == 130
    assert kept()["SLACK_BOT_TOKEN"] == slack.home.token
    with Terminal("init") as again:
        again.answer("Connect Slack?", "")
        again.answer("Shall Slack call this machine", "")
        again.answer("Bot token (xoxb-…) (empty: as it is)", "", hidden=True)
        again.answer("App-level token (xapp-…) (empty: as it is)", APP_TOKEN, hidden=True)
        for question in ("Connect Discord?", "Sources", "Folder for the data", "Send digests by e-mail"):
            again.answer(question, "")
        assert again.status() == 0
    assert kept()["SLACK_BOT_TOKEN"] == slack.home.token
    assert kept()["SLACK_APP_TOKEN"] == APP_TOKEN


def test_a_machine_with_an_address_gets_a_manifest_with_it_and_mail_is_tried_out(slack: FakeSlack) -> None:
    with MailHost(Mailbox()) as host, Terminal("init") as terminal:
        terminal.answer("Connect Slack?", "y")
        terminal.answer("Shall Slack call this machine", "y")
        terminal.answer("Address of the pages from outside", "papers.example.org")
        terminal.answer("Give it again?", "y")
        terminal.answer("Address of the pages from outside", "http://127.0.0.1:9")
        terminal.answer("Bot token (xoxb-…)", slack.home.token, hidden=True)
        terminal.answer("Signing secret", "0123456789abcdef", hidden=True)
        for question in ("Connect Discord?", "Sources", "Folder for the data"):
            terminal.answer(question, "")
        terminal.answer("Send digests by e-mail", "y")
        terminal.answer("Address of the pages from outside", "")
        terminal.answer("Sender, such as", "papers@example.org")
        terminal.answer("Mail server, such as", f"smtp://127.0.0.1:{host.port}", hidden=True)
        assert terminal.status() == 0
    shown = " ".join(terminal.shown.split())
    assert "http%3A%2F%2F127.0.0.1%3A9%2Fslack%2Fevents" in shown
    assert "The mail server takes mail from papers@example.org" in shown
    assert kept()["SLACK_SIGNING_SECRET"] == "0123456789abcdef"  # noqa: S105  # nobody's


def test_a_setting_that_no_answer_can_put_right_ends_it_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_WEB_PORT", "eighty")
    with Terminal("init") as terminal:
        terminal.answer("Connect Slack?", "n")
        terminal.answer("Connect Discord?", "n")
        terminal.answer("Sources", "sample")
        assert terminal.status() == 2
    assert "PAPERROUND_WEB_PORT should be a whole number from 0 to 65535" in " ".join(terminal.shown.split())


def test_where_nobody_can_be_asked_the_way_without_questions_is_named() -> None:
    ended = process("init")
    assert ended.status == 2
    assert "--non-interactive" in ended.err
