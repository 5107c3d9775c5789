"""What `doctor` learns from Slack and Discord about clocks, tokens, intents and the channels that rounds go to."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.discord.standstill import Standstill, write_down
from adapters.slack.seal import Credentials, Seal
from bot.model import Cadence, Channel, Subscription
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run
from tests.adapters.cli.test_doctor import findings
from tests.builders import MORNING
from tests.wire.discord import world as w
from tests.wire.discord.faults import Fault as DiscordFault
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.threaded import discord_in_a_thread
from tests.wire.slack.fake_slack import APP_TOKEN, FakeSlack, Fault


def a_day_ago() -> str:
    return format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        monkeypatch.setenv("SLACK_API_URL", fake.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", fake.home.token)
        monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
        yield fake


@pytest.fixture
def discord(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDiscord]:
    with discord_in_a_thread() as fake:
        monkeypatch.setenv("DISCORD_API_URL", fake.api_url)
        monkeypatch.setenv("DISCORD_TOKEN", fake.token)
        yield fake


def rounds_to(*channels: Channel) -> None:
    with open_stores(Path("data")) as stores:
        for channel in channels:
            stores.subscriptions.set(
                Subscription(channel.profile, channel, Cadence.DAILY, time(9), ZoneInfo("UTC"), frozenset({1}), MORNING)
            )


def test_a_clock_that_is_off_is_named(slack: FakeSlack, discord: FakeDiscord, run: Run) -> None:
    wrong = {"Date": a_day_ago()}
    slack.faults.append(Fault("auth.test", commits=True, headers=wrong))
    discord.faults.append(DiscordFault("GET", "/users/@me", status=200, body={"id": w.BOT}, headers=wrong))
    (named,) = (means for means, what in findings(run, 1).items() if what == ("clock", "fault"))
    assert re.fullmatch(r"This machine's clock is 86[3-9]\d\d s off\.", named)
    assert not [means for means, what in findings(run, 0).items() if what == ("clock", "fault")]


def test_a_date_without_a_zone_says_nothing_about_the_clock(slack: FakeSlack, run: Run) -> None:
    slack.faults.append(Fault("auth.test", commits=True, headers={"Date": a_day_ago().removesuffix(" GMT")}))
    assert not [means for means, what in findings(run, 0).items() if what == ("clock", "fault")]


def test_an_app_level_token_that_slack_refuses_is_named(
    slack: FakeSlack, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings(run, 0)["Slack takes the app-level token."] == ("slack", "ok")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-another")
    assert findings(run, 1)["Slack refuses the app-level token: invalid_auth."] == ("slack", "fault")
    assert slack.calls_of("apps.connections.open")


def test_a_slack_that_cannot_be_reached_or_answers_otherwise_is_named(
    slack: FakeSlack, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack.faults.append(Fault("auth.test", body="<html>a proxy's page</html>"))
    assert ("slack", "fault") in findings(run, 1).values()
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    (named,) = (means for means, what in findings(run, 1).items() if what == ("slack", "fault"))
    assert named.startswith("127.0.0.1:9 cannot be reached: ")


def test_another_key_than_the_one_that_sealed_the_workspaces_tokens_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = "the first key of this host"
    with open_stores(Path("data")) as stores:
        for team in ("T1", "T2"):
            stores.installations.keep("slack", team, Seal(first).seal(Credentials("xoxb-a", "U", "B")), MORNING)
    monkeypatch.setenv("PAPERROUND_SECRET_KEY", first)
    told = "PAPERROUND_SECRET_KEY opens the tokens of those who installed the app."
    assert findings(run, 0)[told] == ("slack", "ok")
    for other in ("another key of this host", ""):
        monkeypatch.setenv("PAPERROUND_SECRET_KEY", other)
        told = "PAPERROUND_SECRET_KEY does not open the tokens of 2 workspaces that installed the app."
        assert findings(run, 1)[told] == ("slack", "fault")


def test_slack_channels_that_a_round_cannot_reach_are_named(slack: FakeSlack, run: Run) -> None:
    home = slack.home
    home.add_place("C2", "left", {"U1"}, bot=False)
    home.add_place("C3", "old", {"U1"}).archived = True
    named = {"C1": "reading", "C2": "left", "C3": "old", "C4": "gone"}
    rounds_to(*(Channel("slack", home.team, place, name=name) for place, name in named.items()))
    rounds_to(Channel("slack", "T-of-others", "C2", name="theirs"))
    found = {means: what for means, what in findings(run, 0).items() if what[0] == "rounds"}
    assert found == {
        "A round goes to Slack's #left, but the bot is not in it.": ("rounds", "warning"),
        "A round goes to Slack's #old, but it is archived.": ("rounds", "warning"),
        "A round goes to Slack's #gone, but the bot is not in it.": ("rounds", "warning"),
    }


def test_an_intent_that_is_off_is_named_where_it_is_needed(
    discord: FakeDiscord, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "Discord will refuse the connection: PAPERROUND_DISCORD_READS is messages, and that intent is off."
    assert told not in findings(run, 0)
    monkeypatch.setenv("PAPERROUND_DISCORD_READS", "messages")
    assert findings(run, 1)[told] == ("discord", "fault")
    for flag in (1 << 18, 1 << 19):
        on = {"id": w.BOT, "name": "paperround", "flags": flag}
        discord.faults.append(DiscordFault("GET", "/applications/@me", status=200, body=on))
        assert told not in findings(run, 0)


def test_discord_channels_where_the_bot_may_not_post_are_named(discord: FakeDiscord, run: Run) -> None:
    guild = discord.world.add_guild()
    well, mute, blind = (discord.world.add_channel(guild, name) for name in ("well", "mute", "blind"))
    mute.denied = w.SEND | w.EMBED
    blind.denied = w.VIEW
    gone = Channel("discord", guild.id, w.new_id(), name="gone")
    rounds_to(gone, *(Channel("discord", guild.id, each.id, name=each.name) for each in (well, mute, blind)))
    found = {means: what for means, what in findings(run, 0).items() if what[0] == "rounds"}
    assert found == {
        "A round goes to Discord's #mute, where the bot may not: Send Messages, Embed Links.": ("rounds", "warning"),
        "A round goes to Discord's #blind, which the bot cannot see.": ("rounds", "warning"),
        "A round goes to Discord's #gone, which the bot cannot see.": ("rounds", "warning"),
    }


@pytest.mark.parametrize(
    ("roles", "overwrites", "owner", "missing"),
    [
        ([("r1", w.USUAL)], [], "", []),
        ([("r1", 0)], [], "", ["Send Messages"]),
        ([("r1", 8)], [("0", 0, w.SEND)], "", []),
        ([("r1", 0)], [("0", 0, w.SEND)], w.BOT, []),
        ([("r1", w.USUAL)], [("0", 0, w.SEND), ("r1", w.SEND, 0)], "", []),
        ([("r1", w.USUAL), ("r2", 0)], [("r1", w.SEND, 0), ("r2", 0, w.SEND)], "", []),
        ([("r1", w.USUAL)], [("r1", w.SEND, 0), (w.BOT, 0, w.SEND)], "", ["Send Messages"]),
        ([("r1", w.USUAL)], [("another", 0, w.SEND)], "", []),
    ],
)
def test_permissions_are_worked_out_as_discord_does(
    discord: FakeDiscord,
    run: Run,
    roles: list[tuple[str, int]],
    overwrites: list[tuple[str, int, int]],
    owner: str,
    missing: list[str],
) -> None:
    """Roles are added up; then the rules of the channel for everyone, for the roles together, and for the member."""
    guild = discord.world.add_guild()
    place = discord.world.add_channel(guild, "papers")
    everyone = {"id": guild.id, "permissions": str(w.USUAL & ~w.SEND)}
    told = {
        "id": guild.id,
        "owner_id": owner,
        "roles": [everyone, *({"id": name, "permissions": str(may)} for name, may in roles)],
    }
    rules = [
        {"id": guild.id if who == "0" else who, "allow": str(allow), "deny": str(deny)}
        for who, allow, deny in overwrites
    ]
    me = {"user": {"id": w.BOT}, "roles": [name for name, _ in roles]}
    discord.faults += [
        DiscordFault("GET", f"/guilds/{guild.id}", status=200, body=told),
        DiscordFault("GET", f"/guilds/{guild.id}/members/.*", status=200, body=me),
        DiscordFault("GET", f"/channels/{place.id}", status=200, body={"permission_overwrites": rules}),
    ]
    rounds_to(Channel("discord", guild.id, place.id, name="papers"))
    named = [means.partition("may not: ")[2].rstrip(".") for means in findings(run, 0) if "may not: " in means]
    assert named == missing


def test_a_standstill_is_named_and_no_channel_is_asked_after_meanwhile(discord: FakeDiscord, run: Run) -> None:
    guild = discord.world.add_guild()
    place = discord.world.add_channel(guild)
    rounds_to(Channel("discord", guild.id, place.id, name="papers"))
    write_down(Path("data"), Standstill(datetime.now(UTC) + timedelta(minutes=9), 600))
    assert any(
        "600 requests were refused in ten minutes, and many more would get this machine's address banned." in means
        and what == ("discord", "warning")
        for means, what in findings(run, 0).items()
    )
    assert not [each for each in discord.requests if each.path.startswith(("/channels", "/guilds"))]
