"""A stranger's path on the real process: installed, used, backed up, lost with its machine, restored, gone on with."""

import json
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack, Fault
from tests.wire.slack.process import BotProcess
from tests.wire.slack.room import Room
from tests.wire.surroundings import ROOT

DEPLOY = ROOT / "deploy"
SECRETS = {
    "PAPERROUND_SECRET_KEY": "a-key-of-the-host-1234",
    "SLACK_SIGNING_SECRET": "signing-secret-5678",
    "SEMANTIC_SCHOLAR_API_KEY": "scholar-key-9012",
    "ZOTERO_API_KEY": "zotero-key-3456",
}
# A supervisor's patience.
GRACE_S = 10.0

# A process that is lost and started thrice takes most of half a minute.
pytestmark = pytest.mark.long


def command(bot: BotProcess, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the host with the settings of the process."""
    return subprocess.run(
        [sys.executable, "-c", "from adapters.cli import main; main()", *words],
        cwd=bot.folder,
        env=bot.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture(scope="module")
def bot(fake: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    folder = tmp_path_factory.mktemp("stranger")
    with BotProcess(fake, folder, PAPERROUND_LOG="debug,json", PAPERROUND_POST_TIMEOUT="40", **SECRETS) as process:
        process.connected()
        yield process


def told_metrics(bot: BotProcess) -> set[str]:
    with urllib.request.urlopen(f"{bot.address()}/metrics", timeout=10) as response:  # noqa: S310 - our own process
        text = response.read().decode()
    return set(re.findall(r"^(paperround_\w+)", text, re.MULTILINE))


def at(days: int) -> str:
    """Return the instant five minutes after the round of a day, in the form of the setting."""
    day = datetime.now(UTC).date() + timedelta(days=days)
    return f"{day}T08:05+00:00"


def test_a_stranger_installs_likes_loses_the_machine_and_goes_on_with_nothing_twice(
    fake: FakeSlack, bot: BotProcess
) -> None:
    room = Room.new(fake, bot, 20)
    room.say(f"follow here +{room.topic}")
    room.say("digest here daily 08:00 UTC count 1")
    room.say("digest here now")
    first = fake.wait_until(lambda: room.place.posts[1:2])[0]
    room.react("+1", first)
    fake.wait_until(lambda: "1 like" in json.dumps(room.place.posts))
    named = told_metrics(bot)
    for file in (DEPLOY / "alerts.yml", DEPLOY / "grafana-dashboard.json"):
        asked = set(re.findall(r"\bpaperround_\w+", file.read_text(encoding="utf-8")))
        assert asked - named <= {"paperround_source_age_seconds", "paperround_source_failures"}, file
        assert len(asked) >= 6
    assert command(bot, "backup", "kept.zip").returncode == 0
    bot.kill()
    shutil.rmtree(bot.folder / "data")
    bot.settings["PAPERROUND_DATA_DIR"] = str(bot.folder / "elsewhere")
    assert command(bot, "restore", "kept.zip").returncode == 0
    before = [post["ts"] for post in room.place.posts]
    bot.settings["PAPERROUND_CLOCK"] = at(1)
    fake.wait_until(lambda: not fake.connected())
    bot.start()
    bot.connected()
    fake.wait_until(lambda: len(room.place.posts) >= len(before) + 2, 30)
    bot.kill()
    fake.wait_until(lambda: not fake.connected())
    # The same morning once more, on the same data: nothing is left to be said.
    bot.start()
    bot.connected()
    posts = room.place.posts
    assert [post["ts"] for post in posts[: len(before)]] == before
    assert len(posts) == len(before) + 2
    assert max(room.markers().values()) == 1
    papers = [re.findall(r"2603\.\d{5}", json.dumps(post)) for post in posts]
    shown = [set(found) for found in papers if found]
    assert len(shown) == 2
    assert not shown[0] & shown[1]
    assert "like" in room.say("feedback").lower()


def test_told_to_stop_while_the_platform_is_slow_it_ends_within_ten_seconds(fake: FakeSlack, bot: BotProcess) -> None:
    room = Room.new(fake, bot, 21)
    room.say(f"follow here +{room.topic}")
    room.say("digest here daily 08:00 UTC count 1")
    fake.faults.append(Fault("chat.postMessage", times=9, delay_s=60.0))
    tries = len(fake.calls_of("chat.postMessage"))
    room.say("digest here now")
    fake.wait_until(lambda: len(fake.calls_of("chat.postMessage")) > tries)
    assert bot.process is not None
    bot.process.send_signal(signal.SIGTERM)
    assert bot.process.wait(GRACE_S) == 0
    fake.faults.clear()


def test_no_token_stands_in_any_log_of_the_whole_run(fake: FakeSlack, bot: BotProcess) -> None:
    said = bot.said()
    assert '"level": "debug"' in said
    for secret in (fake.home.token, APP_TOKEN, *SECRETS.values()):
        assert secret not in said, secret
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert len(lines) > 10


def test_what_is_left_behind_is_its_owners_alone(bot: BotProcess) -> None:
    left = [path for path in (bot.folder / "elsewhere").rglob("*") if not path.name.endswith((".lock", "-shm", "-wal"))]
    assert left
    readable = [path for path in left if path.is_file() and path.stat().st_mode & 0o077]
    assert (bot.folder / "elsewhere").stat().st_mode & 0o077 == 0
    assert [path.name for path in readable if path.suffix in {".db", ".zip"}] == []
