"""The home tab as its member uses it, and what comes to them alone."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.home import ASKED, CHANNEL, OWN, dialog
from bot.catalogues import LANGUAGES
from bot.model import Channel, Member, Verdict
from bot.words import say, spoken
from tests.adapters.slack.block_kit import view_refusals
from tests.adapters.slack.conftest import NOW, Running
from tests.wire.slack.said import a_press, a_reaction, an_event, token_of
from tests.wire.slack.workspace import Place

ANA = Member("slack", "T1", "U1")
Json = dict[str, Any]


def the_tab(running: Running) -> str:
    return json.dumps(running.fake.home.homes.get("U1", {}), ensure_ascii=False)


async def opened(running: Running) -> Json:
    """Open the tab; return what it shows."""
    running.fake.home.homes.clear()
    await running.event(an_event(running.fake, {"type": "app_home_opened", "user": "U1", "tab": "home"}))
    view: Json = await running.until(lambda: running.fake.home.homes.get("U1"))
    assert view_refusals(view) == []
    return view


async def press(running: Running, view: Json, label: str) -> None:
    element = next(
        each
        for block in view["blocks"]
        for each in [*block.get("elements", []), block.get("accessory") or {}]
        if each.get("type") == "button" and each["text"]["text"] == label
    )
    payload = a_press(running.fake, element["value"], action=element["action_id"])
    at_home = {key: payload[key] for key in payload if key not in {"channel", "response_url"}}
    assert await running.press({**at_home, "container": {"type": "view"}}) == {}


async def submit(running: Running, values: Json) -> Json | None:
    """Fill in the newest dialog and send it."""
    view = running.fake.home.opened_views[-1]["view"]
    assert view_refusals(view) == []
    shown = {**view, "id": "V1", "state": {"values": values}}
    return await running.press({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": shown})


async def fill_in(running: Running, view: Json, label: str, text: str) -> Json | None:
    before = len(running.fake.home.opened_views)
    await press(running, view, label)
    await running.until(lambda: len(running.fake.home.opened_views) > before)
    return await submit(running, {"field": {"typed": {"value": text}}})


async def test_interests_are_added_removed_and_muted_on_the_tab(running: Running) -> None:
    view = await opened(running)
    assert await fill_in(running, view, "Follow an interest", "entropy") == {}
    await running.until(lambda: "Following entropy" in the_tab(running))
    assert await fill_in(running, running.fake.home.homes["U1"], "Mute something", "survey") == {}
    await running.until(lambda: "muted" in the_tab(running))
    kept = running.stores.profiles.get(ANA.profile).interests
    assert [(each.text, each.muted) for each in kept] == [("entropy", False), ("survey", True)]
    await press(running, running.fake.home.homes["U1"], "Unfollow")
    await running.until(lambda: len(running.stores.profiles.get(ANA.profile).interests) == 1)


async def test_the_round_is_set_on_the_tab_in_the_members_own_zone(running: Running) -> None:
    view = await opened(running)
    assert await fill_in(running, view, "Set the time", "weekdays 08:30") == {}
    await running.until(lambda: "08:30 (Europe/Berlin)" in the_tab(running))
    wrong = await fill_in(running, view, "Set the time", "sometimes")
    assert wrong is not None
    assert set(wrong["errors"]) == {"field"}


async def test_the_reading_list_stands_on_the_tab(running: Running) -> None:
    await running.command("search protein folding")
    await running.command("save 1")
    assert "Protein Folding for" in json.dumps((await opened(running))["blocks"])


async def test_a_members_data_comes_as_a_file_and_is_deleted_after_asking_back(running: Running) -> None:
    await running.command("follow entropy")
    view = await opened(running)
    await press(running, view, "Everything about me as a file")
    await running.until(lambda: running.fake.home.files and "content" in running.fake.home.files[0])
    assert "entropy" in running.fake.home.files[0]["content"]
    await press(running, view, "Delete everything about me")
    await running.until(lambda: '"1:forget:' in the_tab(running))
    assert len(running.stores.profiles.get(ANA.profile).interests) == 1
    sure = next(
        each["text"]["text"]
        for block in running.fake.home.homes["U1"]["blocks"]
        for each in block.get("elements", [])
        if str(each.get("value", "")).startswith("1:forget:")
    )
    await press(running, running.fake.home.homes["U1"], sure)
    await running.until(lambda: not running.stores.profiles.get(ANA.profile).interests)


async def test_a_members_own_choices_are_made_in_a_dialog(running: Running) -> None:
    view = await opened(running)
    await press(running, view, "Your choices")
    await running.until(lambda: running.fake.home.opened_views)
    assert await submit(running, {"follow-ups": {"typed": {"selected_option": {"value": "off"}}}}) == {}
    await running.until(lambda: "follow-ups is off for you" in the_tab(running))
    assert running.stores.preferences.of(ANA.profile) == {"follow-ups": "off"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_titles_and_buttons_of_dialogs_are_short_enough_in_every_language(language: str) -> None:
    titles = {**{what: title for what, (title, _, _) in ASKED.items()}, CHANNEL: "A channel's settings"}
    with spoken(language):
        for what, title in {**titles, OWN: "Your choices"}.items():
            shown = [dialog(what)[part]["text"] for part in ("title", "submit", "close")]
            assert shown == [say(title), say("Save changes"), say("Cancel")]


async def own_round(running: Running) -> Place:
    """Have a member's own round delivered; return the direct conversation."""
    await running.command("follow protein folding")
    await running.command("digest daily 09:00 Europe/Berlin count 2")
    subscription = running.stores.subscriptions.get("slack:T1:@U1")
    assert subscription is not None
    running.stores.subscriptions.set(replace(subscription, since=NOW - timedelta(hours=1)))
    await running.paperround.deliver_due()
    return running.fake.home.direct_with("U1")


async def test_a_members_own_round_comes_as_a_direct_message_and_its_emoji_teach(running: Running) -> None:
    place = await own_round(running)
    await running.until(lambda: len(place.posts) == 3)
    assert running.fake.home.places["C1"].posts == []
    running.fake.home.react(place.posts[1], "bookmark", "U1")
    await running.event(a_reaction(running.fake, "bookmark", place.posts[1]["ts"], channel=place.id))
    (act,) = running.stores.feedback.of_member(ANA)
    assert act.verdict is Verdict.SAVE
    await running.until(lambda: running.fake.calls_of("reactions.get"))
    assert running.fake.calls_of("reactions.get")[0].args["channel"] == place.id
    assert len(running.stores.feedback.of_member(ANA)) == 1


async def test_what_a_press_in_a_direct_message_says_is_seen_there(running: Running) -> None:
    place = await own_round(running)
    pick = (await running.until(lambda: place.posts[1:]))[0]
    await running.press(a_press(running.fake, token_of(pick, "Like"), channel=place.id, ts=pick["ts"]))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert shown["faults"] == []
    assert "Liked" in shown["text"]


@pytest.mark.parametrize("kind", ["channel_rename", "group_rename"])
async def test_a_renamed_channel_is_called_by_its_new_name(running: Running, kind: str) -> None:
    await running.command("digest here daily 09:00 UTC")
    await running.event(an_event(running.fake, {"type": kind, "channel": {"id": "C1", "name": "papers-we-read"}}))
    subscription = running.stores.subscriptions.get("slack:T1:C1")
    assert subscription is not None
    assert (subscription.channel.name, subscription.paused) == ("papers-we-read", None)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("channel_deleted", "the channel was deleted"),
        ("group_left", "the app was removed from the channel"),
        ("member_left_channel", "the app was removed from the channel"),
    ],
)
async def test_a_channel_without_the_app_is_paused_until_it_is_back(running: Running, kind: str, why: str) -> None:
    def paused() -> str | None:
        subscription = running.stores.subscriptions.get("slack:T1:C1")
        assert subscription is not None
        return subscription.paused

    await running.command("digest here daily 09:00 UTC")
    await running.event(an_event(running.fake, {"type": "member_left_channel", "user": "U2", "channel": "C1"}))
    assert paused() is None
    own = running.fake.home.bot_user
    by = own if kind == "member_left_channel" else "U2"
    await running.event(an_event(running.fake, {"type": kind, "user": by, "channel": "C1"}))
    assert paused() == why
    await running.event(an_event(running.fake, {"type": "member_joined_channel", "user": "U2", "channel": "C1"}))
    assert paused() == why
    await running.event(an_event(running.fake, {"type": "member_joined_channel", "user": own, "channel": "C1"}))
    assert paused() is None


async def test_of_one_channel_another_workspace_knows_nothing(running: Running) -> None:
    await running.command("digest here daily 09:00 UTC")
    event = an_event(running.fake, {"type": "channel_archive", "channel": "C1"})
    await running.event({**event, "team_id": "T2"})
    subscription = running.stores.subscriptions.get("slack:T1:C1")
    assert subscription is not None
    assert subscription.paused is None
    assert running.stores.subscriptions.get(f"slack:T2:{Channel('slack', 'T2', 'C1').id}") is None
