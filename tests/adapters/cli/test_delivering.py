"""`deliver`: what is due goes out once, and is told as promised."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.cli.conftest import Run

AT = "2026-03-13T09:00+01:00"
LATER = "2026-03-13T12:00+01:00"


@pytest.fixture
def subscribed(stocked: Run) -> Run:
    """Run commands where somebody who follows entropy has a digest at nine."""
    stocked("say", "follow entropy")
    stocked("say", "digest daily 09:00 Europe/Berlin")
    return stocked


def deliveries(run: Run, *words: str) -> list[dict[str, Any]]:
    ended = run("deliver", *words, "--json")
    assert ended.status == 0
    found: list[dict[str, Any]] = ended.document["deliveries"]
    return found


def test_a_due_digest_is_delivered_once(subscribed: Run) -> None:
    (digest,) = deliveries(subscribed, "--at", AT)
    assert list(digest) == ["destination", "profile", "local_date", "state", "late", "papers", "text"]
    assert digest["destination"] == "terminal:terminal:@me"
    assert digest["profile"] == "member:terminal:terminal:me"
    assert (digest["local_date"], digest["state"], digest["late"]) == ("2026-03-13", "sent", False)
    assert "arxiv:2603.00001" in digest["papers"]
    assert "Entropy of small machines" in str(digest["text"])
    assert deliveries(subscribed, "--at", AT) == []


def test_nothing_is_due_before_its_time(subscribed: Run) -> None:
    assert deliveries(subscribed, "--at", "2026-03-13T08:59+01:00") == []


def test_a_dry_run_tells_the_same_and_changes_nothing(subscribed: Run) -> None:
    (foretold,) = deliveries(subscribed, "--at", AT, "--dry-run")
    assert foretold["state"] == "planned"
    (again,) = deliveries(subscribed, "--at", AT, "--dry-run")
    (real,) = deliveries(subscribed, "--at", AT)
    assert again == foretold
    assert real["papers"] == foretold["papers"]


def test_for_a_person_the_digest_is_shown_and_what_became_of_it(subscribed: Run) -> None:
    shown = subscribed("deliver", "--at", AT)
    assert "1. " in shown.out
    assert "terminal:terminal:@me, 2026-03-13: sent" in shown.out
    assert subscribed("deliver", "--at", AT).out == "Nothing is due.\n"


def test_no_paper_comes_twice_to_one_destination(subscribed: Run) -> None:
    (first,) = deliveries(subscribed, "--at", AT)
    (second,) = deliveries(subscribed, "--at", "2026-03-14T09:00+01:00")
    assert not set(first["papers"]) & set(second["papers"])


def test_an_hour_late_it_says_so(subscribed: Run) -> None:
    (digest,) = deliveries(subscribed, "--at", "2026-03-13T10:30+01:00")
    assert digest["late"] is True
    assert "(late)" in str(digest["text"])


def test_a_channel_gets_its_own(stocked: Run) -> None:
    stocked("say", "follow here robots", "--channel", "lab")
    stocked("say", "digest here daily 09:00 UTC", "--channel", "lab")
    (digest,) = deliveries(stocked, "--at", "2026-03-13T09:00Z")
    assert digest["destination"] == "terminal:terminal:lab"
    assert digest["profile"] == "channel:terminal:terminal:lab"


@pytest.mark.parametrize("at", ["tomorrow", "2026-03-13T09:00", "2026-02-30T09:00Z"])
def test_an_instant_that_is_none_is_refused(run: Run, at: str) -> None:
    refused = run("deliver", "--at", at)
    assert refused.status == 2
    assert "2026-03" in refused.err


def test_without_at_the_clock_of_the_settings_counts(subscribed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERROUND_CLOCK", AT)
    (digest,) = deliveries(subscribed)
    assert digest["local_date"] == "2026-03-13"


def test_an_extra_digest_is_posted_at_once(subscribed: Run) -> None:
    assert "Entropy of small machines" in subscribed("say", "digest now").out


def test_a_digest_that_lacks_nothing_or_is_not_there_cannot_be_sent_once_more(subscribed: Run) -> None:
    deliveries(subscribed, "--at", AT)
    for destination, day in (("terminal:terminal:@me", "2026-03-13"), ("terminal:terminal:lab", "2026-03-13")):
        refused = subscribed("deliver", "--redo", destination, day)
        assert refused.status == 1
        assert "lacks anything" in refused.err


@pytest.mark.parametrize("words", [("@me", "yesterday"), ("@me", "2026-03-13/two"), ("@me", "2026-03-13", "--dry-run")])
def test_words_for_sending_once_more_that_make_no_sense_are_refused(run: Run, words: tuple[str, ...]) -> None:
    assert run("deliver", "--redo", *words).status == 2


def test_a_held_digest_is_sent_once_more_by_name(subscribed: Run, tmp_path: Path) -> None:
    (digest,) = deliveries(subscribed, "--at", AT)
    with closing(sqlite3.connect(tmp_path / "data" / "paperround.db")) as database, database:
        database.execute("UPDATE delivery_progress SET state = 'held', message = NULL")
    (again,) = deliveries(subscribed, "--at", LATER, "--redo", "terminal:terminal:@me", "2026-03-13")
    assert (again["state"], again["papers"], again["text"]) == ("sent", digest["papers"], digest["text"])


def test_c3_a_clock_behind_the_newest_digest_is_believed_once_the_host_says_so(subscribed: Run) -> None:
    deliveries(subscribed, "--at", "2027-09-01T09:00+02:00")
    confirmed = subscribed("deliver", "--at", AT, "--clock-is-right")
    assert confirmed.status == 0
    assert "536 days" in confirmed.out
    again = subscribed("deliver", "--at", AT, "--clock-is-right")
    assert again.status == 1
    assert "nothing was changed" in again.err
    (digest,) = deliveries(subscribed, "--at", LATER)
    assert (digest["local_date"], digest["state"]) == ("2026-03-13", "sent")
