"""What people do in Slack, and a real process that takes each of it once. P names rows of the fault table."""

import concurrent.futures
import json
import time
import urllib.parse
from pathlib import Path

import pytest

from tests.wire.slack.fake_slack import SIGNING_SECRET, FakeSlack
from tests.wire.slack.process import BotProcess
from tests.wire.slack.room import Room
from tests.wire.slack.said import a_command, token_of

OLD_BUTTONS = json.loads(Path(__file__).with_name("old_buttons.json").read_text(encoding="utf-8"))


def test_p5_a_reaction_delivered_four_times_and_after_a_restart_counts_once(room: Room) -> None:
    pick = room.posted_pick()
    with concurrent.futures.ThreadPoolExecutor(4) as senders:
        acknowledged = list(senders.map(lambda _: room.react("+1", pick, "Ev1"), range(4)))
    assert acknowledged == [{}] * 4
    room.fake.wait_until(lambda: "1 like" in json.dumps(pick["blocks"]))
    room.bot.restart()
    assert room.react("+1", pick, "Ev1") == {}
    assert "1 like" in json.dumps(pick["blocks"])
    assert room.say("feedback").count("Liked") == 1


def test_an_emoji_taken_away_takes_the_verdict_back(room: Room) -> None:
    pick = room.posted_pick()
    room.react("heart", pick)
    room.fake.wait_until(lambda: "1 like" in json.dumps(pick["blocks"]))
    room.react("heart", pick, removed=True)
    room.fake.wait_until(lambda: "1 like" not in json.dumps(pick["blocks"]))
    assert "nothing yet" in room.say("feedback"), room.bot.said()


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 0, 1), (2, 1, 0)])
def test_p10_the_last_state_of_an_emoji_stands_in_whatever_order_its_events_come(
    room: Room, order: tuple[int, ...]
) -> None:
    pick = room.posted_pick()
    began = time.time()
    for number in order:
        room.react("+1", pick, removed=number == 1, at=began + number)
    assert room.say("feedback").count("Liked") == 1
    room.react("+1", pick, removed=True, at=began + 4)
    room.react("+1", pick, at=began + 3)
    assert "nothing yet" in room.say("feedback")


def test_a_button_of_a_message_posted_before_a_restart_works_and_teaches_the_presser_alone(room: Room) -> None:
    pick = room.posted_pick()
    room.bot.restart()
    shown = room.press(token_of(pick, "Like"), user=room.ben, message=pick)
    assert shown["response_type"] == "ephemeral"
    room.fake.wait_until(lambda: "1 like" in json.dumps(pick["blocks"]))
    assert "Liked" in room.say("feedback", room.ben)
    assert "nothing yet" in room.say("feedback", room.ana)


@pytest.mark.parametrize("release", OLD_BUTTONS)
def test_p9_buttons_of_past_releases_do_what_they_did_or_say_that_they_are_old(room: Room, release: str) -> None:
    for token, expected in OLD_BUTTONS[release].items():
        assert expected in room.press(token.replace("PAPER", room.paper))["text"], token
    assert "Traceback" not in room.bot.said()


def test_p7_emoji_of_an_outage_are_read_back_from_the_messages(room: Room) -> None:
    pick = room.posted_pick()
    room.react("+1", pick)
    room.fake.wait_until(lambda: "1 like" in json.dumps(pick["blocks"]))
    room.bot.kill()
    room.fake.home.react(pick, "+1", room.ana, removed=True, at=time.time())
    room.fake.home.react(pick, "bookmark", room.ben)
    room.bot.start()
    room.bot.connected()
    room.fake.wait_until(lambda: "1 like" not in json.dumps(pick["blocks"]))
    room.fake.home.react(pick, "fire", room.ben)
    room.fake.drop_sockets()
    room.fake.wait_until(lambda: "1 like" in json.dumps(pick["blocks"]), 40)
    assert "nothing yet" in room.say("feedback", room.ana)
    assert room.say("feedback", room.ben).count("Liked") == 1, room.bot.said()


@pytest.mark.parametrize("reason", ["", "warning", "refresh_requested", "too_many_websockets"])
def test_a_dropped_socket_is_opened_again_and_commands_are_answered(room: Room, reason: str) -> None:
    room.fake.drop_sockets(reason)
    room.fake.wait_until(room.fake.connected, 40)
    # Told to reconnect while its socket is closed, Slack's client opens two one after the other and leaves the first.
    assert "/papers search" in room.fake.wait_until(lambda: room.heard("help"), 40), room.bot.said()


def test_a_command_of_three_thousand_characters_is_refused_in_words(room: Room) -> None:
    assert "say it shorter" in room.say("search " + "x" * 3000)


def test_thirty_two_commands_at_once_are_all_acknowledged_in_time(room: Room) -> None:
    def ask(number: int) -> float:
        began = time.monotonic()
        text = ("help", "search diffusion", "trending", "status")[number % 4]
        command = a_command(room.fake, text, user=(room.ana, room.ben)[number % 2], channel=room.channel)
        assert room.fake.say_by_socket("slash_commands", command) is not None
        return time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(32) as people:
        took = list(people.map(ask, range(32)))
    # Slack gives up after three seconds; one is for the network, and a busy machine may need the rest.
    assert max(took) < 3, room.bot.said()


def test_a_wrong_token_ends_the_process_with_a_sentence_that_names_it(fake: FakeSlack, tmp_path: Path) -> None:
    with BotProcess(fake, tmp_path, SLACK_BOT_TOKEN="xoxb-wrong") as bot:  # noqa: S106 - made up
        assert bot.exit_status() == 1
        assert "SLACK_BOT_TOKEN" in bot.said()
        assert "xoxb-wrong" not in bot.said()


def test_p6_in_http_mode_only_what_slack_signed_lately_is_answered_and_a_replay_does_nothing(
    fake: FakeSlack, tmp_path: Path
) -> None:
    http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SIGNING_SECRET}
    with BotProcess(fake, tmp_path, PAPERROUND_PUBLIC_URL="https://p.example.org", **http) as bot:
        url = f"{bot.address()}/slack/events"
        command = a_command(fake, "digest daily 09:00 Europe/Berlin")
        body = urllib.parse.urlencode(command)
        now = int(time.time())
        refused = [fake.post_signed(url, body, stamp=stamp) for stamp in ("abc", str(now - 302), str(now + 310))]
        assert [status for status, _ in refused] == [401] * 3
        assert fake.post_signed(url, body, secret="another")[0] == 401  # noqa: S106 - made up
        first = fake.post_signed(url, body, stamp=str(now - 200))
        again = fake.post_signed(url, body, stamp=str(now - 200))
        said = json.loads(first[1]) if first[1] else fake.answered_at(command["response_url"])
        assert "The round for you comes daily at 09:00" in said["text"]
        assert again == (200, "")
        assert SIGNING_SECRET not in bot.said()
