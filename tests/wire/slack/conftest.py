"""One fake Slack and one bot for a module, since a process takes seconds to start; each test has its own channel."""

import itertools
from collections.abc import Iterator

import pytest

from tests.wire.slack.fake_slack import FakeSlack
from tests.wire.slack.process import BotProcess
from tests.wire.slack.room import Room

numbers = itertools.count(10)


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture(scope="module")
def bot(fake: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    with BotProcess(fake, tmp_path_factory.mktemp("bot")) as process:
        process.connected()
        yield process


@pytest.fixture
def room(fake: FakeSlack, bot: BotProcess) -> Iterator[Room]:
    made = Room.new(fake, bot, next(numbers))
    yield made
    fake.faults.clear()
