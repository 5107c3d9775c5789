"""The description from which Slack makes the app says what the app does, and nothing more."""

import re
from pathlib import Path

import pytest

from adapters.slack.app import SHORTCUT
from adapters.slack.happenings import BACK, ENDED, GONE, REACTIONS, RENAMED
from adapters.slack.manifest import install_link, manifest, scopes

ROOT = Path(__file__).resolve().parents[3]
BOTH = pytest.mark.parametrize("history", [True, False])


@BOTH
def test_it_asks_for_the_events_that_somebody_listens_to(*, history: bool) -> None:
    heard = {"app_mention", "message.im", "app_home_opened", "link_shared"}
    heard |= {*REACTIONS, *GONE, *BACK, *RENAMED, *ENDED}
    asked = manifest(history=history)["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(heard) == sorted(asked)


@BOTH
def test_it_names_the_shortcut_and_the_command_within_slacks_limits(*, history: bool) -> None:
    said = manifest(history=history)
    (shortcut,), (command,) = said["features"]["shortcuts"], said["features"]["slash_commands"]
    assert shortcut["callback_id"] == SHORTCUT
    assert len(shortcut["name"]) <= 24
    assert command["command"] == "/papers"
    display = said["display_information"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 174 <= len(display["long_description"]) <= 4000


def test_the_basic_one_lacks_only_the_reading_of_channels() -> None:
    assert set(scopes()) - set(scopes(history=False)) == {"channels:history", "groups:history"}


def test_the_page_for_newcomers_tells_what_each_permission_is_for() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    table = page.partition("## What the app asks for, and why")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`([a-z:_.]+)`", " ".join(rows))) == sorted(scopes())


def test_the_page_for_newcomers_names_the_shortcut_as_slack_shows_it() -> None:
    page = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert f"**{manifest()['features']['shortcuts'][0]['name']}**" in page


def test_where_slack_calls_the_host_every_address_is_filled_in() -> None:
    said = manifest(public_url="https://p.example.org/")
    events = "https://p.example.org/slack/events"
    assert said["settings"]["socket_mode_enabled"] is False
    assert said["settings"]["event_subscriptions"]["request_url"] == events
    assert said["settings"]["interactivity"]["request_url"] == events
    assert said["features"]["slash_commands"][0]["url"] == events
    assert said["oauth_config"]["redirect_urls"] == ["https://p.example.org/slack/oauth_redirect"]
    assert install_link().startswith("https://api.slack.com/apps?new_app=1&manifest_json=%7B")
