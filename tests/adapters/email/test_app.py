"""Which settings e-mail needs, and that the host is told in words what is missing."""

from pathlib import Path

import pytest

from adapters.clock import RunningClock
from adapters.edges import mail_edge
from adapters.email.app import sender_of
from adapters.email.smtp import MailServer
from adapters.settings import BadSettings, Settings

WHOLE = {
    "SMTP_URL": "smtp://127.0.0.1:2525",
    "MAIL_FROM": "Paperround <papers@example.org>",
    "PAPERROUND_PUBLIC_URL": "https://papers.example.org",
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)  # where no `.env` is
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_with_all_three_settings_there_is_mail_and_without_a_server_there_is_none(said: pytest.MonkeyPatch) -> None:
    assert mail_edge(Settings(), RunningClock()) is not None
    said.delenv("SMTP_URL")
    assert mail_edge(Settings(), RunningClock()) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", ""),
        ("PAPERROUND_PUBLIC_URL", ""),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@example.org\r\nBcc: b@example.org"),
        ("SMTP_URL", "smtp://:25"),
        ("SMTP_URL", "smtp://host:port"),
    ],
)
def test_what_is_missing_or_wrong_is_named(said: pytest.MonkeyPatch, name: str, value: str) -> None:
    said.setenv(name, value)
    with pytest.raises(BadSettings, match=name) as wrong:
        mail_edge(Settings(), RunningClock())
    assert wrong.value.variable == name


def test_a_server_is_read_from_its_address() -> None:
    server = MailServer.at("smtps://papers%40example.org:p%2Fw@mail.example.org")
    assert server == MailServer("mail.example.org", 465, "papers@example.org", "p/w", encrypted=True)
    assert "p/w" not in repr(server)
    assert MailServer.at("smtp://mail.example.org").port == 25
    assert not server.is_here
    assert MailServer.at("smtp://[::1]").is_here


def test_a_sender_may_have_a_name_in_any_script() -> None:
    sender = sender_of("Zeitungsausträger <papers@Example.org>")
    assert (sender.display_name, sender.addr_spec) == ("Zeitungsausträger", "papers@example.org")
