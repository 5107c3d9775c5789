"""Digests of a real process in a Slack that breaks on purpose. D and P name rows of the fault table."""

from collections import Counter
from pathlib import Path

import pytest

from tests.adapters.slack.block_kit import refusals
from tests.wire.slack.fake_slack import FakeSlack, Fault
from tests.wire.slack.process import BotProcess
from tests.wire.slack.room import PARTS, Room
from tests.wire.slack.said import an_event

LATER_CALLS = ("reactions.get", "conversations.members")


def test_from_an_empty_workspace_to_the_first_picks(room: Room) -> None:
    room.set_up()
    assert "on its way" in room.say("digest here now")
    room.fake.wait_until(room.each_once)
    posts = room.place.posts
    assert [post.get("thread_ts") for post in posts] == [None, *[posts[0]["ts"]] * 3]
    assert all(f"{room.topic.title()} for &lt;Science&gt;" in post["text"] for post in posts[1:])
    assert [refusals({"text": post["text"], "blocks": post["blocks"]}) for post in posts] == [[]] * PARTS


@pytest.mark.parametrize("part", range(PARTS))
def test_d2_a_connection_closed_after_the_message_was_stored_makes_no_second_one(room: Room, part: int) -> None:
    room.set_up()
    room.fake.faults.append(Fault("chat.postMessage", skips=part, commits=True, closes=True))
    room.say("digest here now")
    room.fake.wait_until(room.each_once)
    assert len(room.tried) == PARTS, room.bot.said()


def test_where_a_channel_chose_so_each_pick_stands_by_itself_and_one_in_doubt_is_found(room: Room) -> None:
    room.set_up()
    assert "layout is apart" in room.say("set here layout apart")
    room.fake.faults.append(Fault("chat.postMessage", skips=2, commits=True, closes=True))
    room.say("digest here now")
    room.fake.wait_until(room.each_once)
    assert [post.get("thread_ts") for post in room.place.posts] == [None] * PARTS
    assert len(room.tried) == PARTS, room.bot.said()


@pytest.mark.parametrize("committed", [True, False], ids=["stored", "not stored"])
def test_d4_a_502_is_looked_up_before_anything_is_posted_again(room: Room, *, committed: bool) -> None:
    room.set_up()
    html = "<html>Bad Gateway</html>"
    room.fake.faults.append(Fault("chat.postMessage", skips=1, status=502, body=html, commits=committed))
    room.say("digest here now")
    room.fake.wait_until(room.each_once)
    assert len(room.tried) == PARTS + (not committed), room.bot.said()


def test_d5_a_rate_limit_is_waited_for_and_other_channels_go_on(room: Room) -> None:
    other = Room.new(room.fake, room.bot, 1)
    room.set_up()
    other.set_up()
    limit = Fault("chat.postMessage", status=429, error="ratelimited", headers={"Retry-After": "2"})
    room.fake.faults.append(limit)
    room.say("digest here now")
    room.fake.wait_until(lambda: room.tried)
    other.say("digest here now")
    room.fake.wait_until(lambda: room.each_once() and other.each_once())
    assert room.tried[1].at - room.tried[0].at >= 2
    assert other.tried[-1].at < room.tried[1].at, room.bot.said()


def test_d6_without_the_right_to_look_nothing_is_posted_twice_and_one_person_is_told_once(room: Room) -> None:
    room.set_up()
    room.fake.home.scopes.discard("channels:history")
    try:
        room.fake.faults.append(Fault("chat.postMessage", skips=1, closes=True))
        room.say("digest here now")
        room.fake.wait_until(lambda: room.told)
    finally:
        room.fake.home.scopes.add("channels:history")
    assert "channels:history" in room.told[0]["text"]
    room.say("help")
    assert len(room.told) == 1
    assert max(room.markers().values()) == 1, room.bot.said()
    assert len(room.tried) == 2


def test_p2_an_archived_channel_is_paused_and_told_once_and_comes_back_with_its_next_date(room: Room) -> None:
    room.set_up()
    room.place.archived = True
    room.say("digest here now")
    room.fake.wait_until(lambda: room.told)
    assert "archived" in room.told[0]["text"]
    assert "paused" in room.say("digest here")
    room.place.archived = False
    room.event(type="channel_unarchive")
    assert "Next:" in room.say("digest here")
    assert len(room.told) == 1, room.bot.said()
    assert room.markers() == Counter()


# The restarted process waits for the lease of the one that was killed: half a minute.
@pytest.mark.long
def test_d1_a_process_killed_while_posting_posts_each_part_once(room: Room) -> None:
    room.set_up()
    room.fake.faults.append(Fault("chat.postMessage", skips=1, commits_after_s=0.3, delay_s=5))
    room.say("digest here now")
    room.fake.wait_until(lambda: len(room.tried) == 2)
    room.bot.restart()
    room.fake.wait_until(room.each_once, 60)
    assert len(room.tried) == PARTS


def test_p1_after_its_token_was_revoked_a_workspace_is_asked_nothing_more(tmp_path: Path) -> None:
    with FakeSlack() as fake, BotProcess(fake, tmp_path) as bot:
        bot.connected()
        room = Room.new(fake, bot, 2)
        room.posted_pick()
        before = len(fake.calls)
        fake.home.revoked = True
        room.say("digest here now")
        fake.wait_until(lambda: "workspace_ended" in bot.said())
        assert "paperround doctor" in room.say("status")
        asked = [call.method for call in fake.calls[before:] if call.method != "apps.connections.open"]
        assert len(asked) <= 3, asked
        assert bot.said().count("action=workspace_ended") == 1
        assert bot.process is not None
        assert bot.process.poll() is None
        told = bot.doctor()
        assert "Slack refuses the bot token: token_revoked." in told
        assert "into SLACK_BOT_TOKEN" in told
        assert fake.home.token not in bot.said() + told
        fake.home.revoked = False
        bot.restart()
        fake.wait_until(lambda: "Next:" in room.say("digest here"))


@pytest.mark.parametrize("call", ["chat.update", *(pytest.param(each, marks=pytest.mark.long) for each in LATER_CALLS)])
def test_p1_a_revocation_that_a_side_call_learns_first_stops_every_round_until_the_app_is_back(
    tmp_path: Path, call: str
) -> None:
    with FakeSlack() as fake, BotProcess(fake, tmp_path) as bot:
        bot.connected()
        room, other = Room.new(fake, bot, 2), Room.new(fake, bot, 3)
        other.set_up()
        pick = room.posted_pick()
        posts = len(fake.calls_of("chat.postMessage"))
        fake.faults.append(Fault(call, error="token_revoked"))
        match call:
            case "conversations.members":
                room.say("mute here bandits")
            case "reactions.get":
                bot.restart()
            case _:
                room.react("+1", pick)
        fake.wait_until(lambda: "workspace_ended" in bot.said(), 90)
        fake.wait_until(lambda: bot.doctor().count("has stopped: not connected any more") == 2, 60)
        assert "token_revoked" in bot.doctor()
        assert len(fake.calls_of("chat.postMessage")) == posts
        bot.restart()
        fake.wait_until(lambda: all("Next:" in each.say("digest here") for each in (room, other)))
        assert "has stopped" not in bot.doctor()
        assert room.told == other.told == []


def test_a_channel_that_was_shared_has_a_new_id_and_its_round_stops_and_is_told_once(room: Room) -> None:
    room.set_up()
    for _ in range(2):
        moved = {"type": "channel_id_changed", "old_channel_id": room.channel, "new_channel_id": "C0NEW"}
        assert room.fake.say_by_socket("events_api", an_event(room.fake, moved)) == {}
    room.fake.wait_until(lambda: room.told)
    assert "new id" in room.told[0]["text"]
    assert "paused" in room.say("digest here")
    assert len(room.told) == 1, room.bot.said()


def test_a_channel_made_private_without_the_app_is_paused_and_told_once(room: Room) -> None:
    room.set_up()
    room.place.members.discard(room.fake.home.bot_user)
    room.fake.faults.append(Fault("chat.postMessage", error="channel_not_found"))
    room.say("digest here now")
    room.fake.wait_until(lambda: room.told)
    assert "private" in room.told[0]["text"]
    assert "paused" in room.say("digest here")
    assert len(room.told) == 1, room.bot.said()
