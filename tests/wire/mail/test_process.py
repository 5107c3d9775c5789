"""A real process, a real mail server, and a person between them: asked, confirmed, delivered once, left."""

import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.wire.mail.server import Mailbox, MailHost
from tests.wire.web.running import RunningPlayground
from tests.wire.web.test_run import post

PATIENCE_S = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def visit(url: str, form: bytes | None = None) -> str:
    """Get a page, or post to it as a mail program does: without a word on where that comes from."""
    with urllib.request.urlopen(urllib.request.Request(url, form), timeout=10) as response:  # noqa: S310 - our own process
        return str(response.read().decode())


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    assert true()


def text_of(mailbox: Mailbox, number: int) -> str:
    body = mailbox.messages[number].get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(text: str, page: str) -> str:
    found = re.search(rf"https?://\S+/mail/{page}\?t=\S+", text)
    assert found, text
    return found[0]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_settings(mailbox: Mailbox) -> Iterator[dict[str, str]]:
    port = free_port()
    with MailHost(mailbox) as host:
        yield {
            "SMTP_URL": f"smtp://127.0.0.1:{host.port}",
            "MAIL_FROM": "Paperround <papers@example.org>",
            "PAPERROUND_WEB_PORT": str(port),
            "PAPERROUND_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PAPERROUND_SETTLE": "1",
        }


def test_a_round_by_mail_from_the_first_word_to_the_last(
    tmp_path: Path, mailbox: Mailbox, mail_settings: dict[str, str]
) -> None:
    with RunningPlayground(tmp_path, **mail_settings) as running:
        post(running.url, "/say", place="direct", text="follow entropy")
        post(running.url, "/say", place="direct", text="mail you@example.net daily 09:00 UTC count 3")
        until(lambda: len(mailbox.taken) == 1)
        assert mailbox.recipients == ["you@example.net"]
        confirm = link_in(text_of(mailbox, 0), "confirm")
        assert "Yes, send them" in visit(confirm)  # as a scanner does: nothing begins
        with ThreadPoolExecutor(8) as impatient:
            assert all("Confirmed" in page for page in impatient.map(visit, [confirm] * 8, [b""] * 8))

        mailbox.once_taken = running.process.kill  # it has the mail, and nobody hears of it
        with suppress(OSError):
            post(running.url, "/clock", place="direct", to="tomorrow")
        running.process.wait(PATIENCE_S)
        mailbox.once_taken = lambda: None
    assert len(mailbox.taken) == 2
    digest = text_of(mailbox, 1)
    assert digest.startswith("Your paper round of ")
    assert " match: " in digest

    with RunningPlayground(tmp_path, **mail_settings) as again:
        like = link_in(digest, "tell")
        assert "I like it" in visit(like)
        assert "Noted" in visit(like, b"")
        post(again.url, "/clock", place="direct", to="tomorrow")
        until(lambda: len(mailbox.taken) >= 3)
        until(lambda: "is not known whether" in again_page(again.url))
        subjects = [message["Subject"] for message in mailbox.messages]
        assert len(set(subjects)) == len(subjects) == 3, subjects

        one_click = mailbox.messages[2]["List-Unsubscribe"].strip("<>")
        assert "No more of these mails" in visit(one_click)
        visit(one_click, b"List-Unsubscribe=One-Click")
        post(again.url, "/clock", place="direct", to="tomorrow")
        post(again.url, "/clock", place="direct", to="tomorrow")
        assert len(mailbox.taken) == 3
        assert "No mail with your picks" in said(again.url, "mail")
        assert "Traceback" not in again.said()
        assert "you@example.net" not in again.said()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            visit(confirm, b"")


def again_page(url: str) -> str:
    return visit(f"{url}/playground?place=direct")


def said(url: str, text: str) -> str:
    post(url, "/say", place="direct", text=text)
    return again_page(url)
