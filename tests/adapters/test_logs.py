"""Logs never hold a secret, wherever in a line it stands, and traces only when they were asked for."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from adapters.logs import HIDDEN, set_up_logs

SECRET = "xoxb-very-secret"  # noqa: S105 - nobody's


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the logging of the other tests as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def say_it_everywhere() -> None:
    bound = structlog.get_logger().bind(bound=f"token {SECRET}")
    words = f"the words {SECRET}"
    bound.warning(words, action="x", nested={"deep": [SECRET]})
    library = logging.getLogger("some.library")
    library.warning("with %s as argument", SECRET)
    try:
        raise ValueError(f"refused {SECRET}")  # noqa: TRY301 - an error as it comes
    except ValueError:
        bound.exception("ours", action="y")
        library.exception("theirs")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_secret_reaches_the_log(level: str, as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a parameter of the test
    set_up_logs(level, [SECRET], as_json=as_json)
    say_it_everywhere()
    out, err = capsys.readouterr()
    assert SECRET not in err
    assert err.count(HIDDEN) >= 6
    assert out == ""


def test_attempts_at_an_answer_are_details(capsys: pytest.CaptureFixture[str]) -> None:
    for level in ("warning", "debug"):
        set_up_logs(level, [])
        structlog.get_logger().warning("stamina.retry_scheduled", retry_num=1)
        structlog.get_logger().warning("what came of them", action="x")
    assert capsys.readouterr().err.count("stamina.retry_scheduled") == 1


def test_a_trace_is_written_at_debug_only(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", [])
    say_it_everywhere()
    quiet = capsys.readouterr().err
    set_up_logs("debug", [])
    say_it_everywhere()
    loud = capsys.readouterr().err
    assert "Traceback" not in quiet
    assert f"ValueError: refused {SECRET}" in quiet
    assert loud.count("Traceback") == 2


def test_as_json_every_line_is_an_object_with_its_action(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", [], as_json=True)
    structlog.get_logger().info("digest posted", action="digest_posted", took_ms=3)
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["event"], said["action"], said["took_ms"], said["level"]) == (
        "digest posted",
        "digest_posted",
        3,
        "info",
    )


def test_the_loggers_of_the_platforms_stay_quiet_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("debug", [])
    logging.getLogger("slack_bolt.App").debug("a payload with somebody's words")
    logging.getLogger("discord.gateway").info("another")
    assert capsys.readouterr().err == ""
