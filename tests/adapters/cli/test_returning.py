"""What a mail server, or the host, says of mails that came back."""

import io
import sys
from pathlib import Path

import pytest

from adapters.email.returned import waiting
from tests.adapters.cli.conftest import Run
from tests.adapters.email.test_returned import TOKEN, a_report


def left() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in waiting(Path("data"))]


@pytest.fixture(autouse=True)
def data() -> None:
    Path("data").mkdir()


def test_a_host_names_an_address(run: Run) -> None:
    assert run("mail", "bounced", "Ana@Example.org").status == 0
    assert left() == ["Ana@example.org"]
    wrong = run("mail", "bounced", "ana")
    assert wrong.status == 2
    assert "no e-mail address" in wrong.err


def test_a_report_comes_through_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for report, tokens in ((b"Subject: lunch\n\nToday?", []), (a_report(), [TOKEN])):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report)))
        assert run("mail", "bounced").status == 0
        assert left() == tokens


def test_where_no_bot_ever_ran_nothing_is_left_for_one(run: Run) -> None:
    Path("data").rmdir()
    ended = run("mail", "bounced", "ana@example.org")
    assert (ended.status, ended.out) == (1, "")
    assert "data: No such file or directory" in ended.err
    assert not Path("data").exists()
