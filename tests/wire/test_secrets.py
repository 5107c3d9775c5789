"""A whole run with every kind of secret there is, in good and in bad: none of them stands in any log."""

import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import a_database
from tests.wire.discord.faults import Fault as DiscordFault
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.threaded import discord_in_a_thread
from tests.wire.slack.fake_slack import APP_TOKEN, SIGNING_SECRET, FakeSlack, Fault
from tests.wire.slack.process import BotProcess
from tests.wire.slack.said import a_command

# Of nobody; long enough to be found nowhere by chance.
GIVEN = {
    "PAPERROUND_SECRET_KEY": "key-of-the-host-74dd1",
    "SEMANTIC_SCHOLAR_API_KEY": "key-of-scholar-5a1fe",
    "ZOTERO_API_KEY": "key-of-zotero-90c2b",
}
MAIL_PASSWORD = "pass-of-mail-b8810"  # noqa: S105
DATABASE_PASSWORD = "pass-of-database-13c9e"  # noqa: S105


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        yield fake


@pytest.fixture
def discord() -> Iterator[FakeDiscord]:
    with discord_in_a_thread() as fake:
        fake.world.add_channel(fake.world.add_guild())
        yield fake


@pytest.fixture
def database() -> Iterator[str]:
    """A database at an address with a password, which a socket lets in whatever it is."""
    with a_database() as address:
        yield address.replace("postgres@", f"postgres:{DATABASE_PASSWORD}@")


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as once:
        return int(once.getsockname()[1])


def visit(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:  # noqa: S310 - our own process
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_no_secret_stands_in_any_log_of_a_whole_run(
    slack: FakeSlack, discord: FakeDiscord, database: str, tmp_path: Path
) -> None:
    settings = {
        **GIVEN,
        "PAPERROUND_LOG": "debug,json",
        "PAPERROUND_DATABASE_URL": database,
        "PAPERROUND_PUBLIC_URL": "https://papers.invalid",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "DISCORD_TOKEN": discord.token,
        "DISCORD_API_URL": discord.api_url,
        "SMTP_URL": f"smtp://bot:{MAIL_PASSWORD}@127.0.0.1:{closed_port()}",
        "MAIL_FROM": "papers@example.org",
    }
    with BotProcess(slack, tmp_path, **settings) as bot:
        bot.connected()
        home = slack.home.direct_with("U1").id

        def said(text: str, pattern: str) -> str:
            answer = str(slack.ask_by_socket(a_command(slack, text, channel=home))).replace("\\n", " ")
            found = re.search(pattern, answer)
            assert found, answer
            return found[1]

        feed = said("feed", r"/feed/([\w-]+)\.atom")
        token = said("token", r"(?<![\w-])([\w-]{43})(?![\w-])")
        archive = said("archive", r"/archive/([\w.-]+)")
        slack.ask_by_socket(a_command(slack, "mail you@example.net daily 09:00 UTC", channel=home))
        at = bot.address()
        assert visit(f"{at}/feed/{feed}.atom") == 200
        assert visit(f"{at}/archive/{archive}") == 200
        assert visit(f"{at}/api/v1/me", Authorization=f"Bearer {token}") == 200
        for wrong in (f"{at}/feed/{feed}x.atom", f"{at}/archive/{archive}x", f"{at}/go/{archive}", f"{at}/{token}"):
            assert visit(wrong) in {404, 410}
        assert visit(f"{at}/slack/events", Authorization=f"Bearer {token}") in {404, 405}
        # What goes wrong is logged with most words.
        slack.faults.append(Fault("chat.postMessage", times=2, status=500, body="<html>down</html>"))
        discord.faults.append(DiscordFault("GET", ".*", times=2, status=500))
        slack.ask_by_socket(a_command(slack, "follow here +kind1"))
        slack.ask_by_socket(a_command(slack, "digest here now"))
        slack.wait_until(lambda: slack.home.places["C1"].posts, 60)
        slack.home.revoked = True
        slack.ask_by_socket(a_command(slack, "digest here now"))
        slack.wait_until(lambda: "workspace_ended" in bot.said(), 60)
        told = bot.said() + bot.doctor()
    assert bot.said().count("\n") > 10
    secrets = [slack.home.token, APP_TOKEN, SIGNING_SECRET, discord.token, MAIL_PASSWORD, DATABASE_PASSWORD]
    for secret in (*secrets, *GIVEN.values(), feed, token, archive):
        assert secret not in told, secret
