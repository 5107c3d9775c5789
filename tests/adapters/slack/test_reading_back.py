"""Emoji read back from messages. P names rows of the fault table."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import pytest

from bot.answers.tastes import standing_acts
from bot.model import Channel, Verdict
from tests.adapters.slack.conftest import Running
from tests.wire.slack.fake_slack import Fault
from tests.wire.slack.said import a_press, a_reaction, token_of

READING = Channel("slack", "T1", "C1")
Json = dict[str, Any]


@pytest.fixture
async def pick(running: Running) -> Json:
    """The first pick of a round that was posted."""
    await running.command("follow here graph networks")
    await running.command("digest here daily 09:00 UTC count 3")
    await running.command("digest here now")
    await running.paperround.deliver_due()
    await running.until(lambda: len(running.fake.home.places["C1"].posts) == 4)
    return running.fake.home.places["C1"].posts[1]


def verdicts(running: Running) -> set[tuple[str, Verdict]]:
    """Return what stands, by person."""
    return {(act.member.id, act.verdict) for act in standing_acts(running.stores.feedback.in_channel(READING))}


async def lose_the_socket(running: Running) -> None:
    running.fake.drop_sockets()
    await asyncio.to_thread(running.fake.wait_until, running.fake.connected, 30)


async def test_p7_emoji_put_on_and_taken_off_while_nobody_listened_are_read_back(running: Running, pick: Json) -> None:
    home = running.fake.home
    home.react(pick, "+1", "U1")
    await running.event(a_reaction(running.fake, "+1", pick["ts"]))
    assert verdicts(running) == {("U1", Verdict.LIKE)}
    await running.until(lambda: running.fake.calls_of("reactions.get"))
    home.react(pick, "+1", "U1", removed=True)
    home.react(pick, "fire::skin-tone-2", "U2")
    home.react(running.fake.home.places["C1"].posts[2], "bookmark", "U2")
    await lose_the_socket(running)
    await running.until(lambda: verdicts(running) == {("U2", Verdict.LIKE), ("U2", Verdict.SAVE)})
    await running.until(lambda: "1 like" in str(pick["blocks"]))


async def test_p7_when_slack_asked_for_a_new_connection_nothing_is_read_back(running: Running, pick: Json) -> None:
    del pick
    running.fake.drop_sockets("refresh_requested")
    await asyncio.to_thread(running.fake.wait_until, running.fake.connected, 30)
    await running.command("help")
    assert running.fake.calls_of("reactions.get") == []


async def test_p10_what_stands_on_a_quiet_message_wins_over_events_that_were_lost(running: Running, pick: Json) -> None:
    home = running.fake.home
    for person in ("U1", "U2"):
        home.react(pick, "+1", person)
        await running.event(a_reaction(running.fake, "+1", pick["ts"], user=person))
    home.react(pick, "+1", "U2", removed=True)  # its event never comes
    home.react(pick, "-1", "U2")  # neither does this
    await running.until(lambda: verdicts(running) == {("U1", Verdict.LIKE), ("U2", Verdict.NOT_FOR_ME)})
    assert len(running.fake.calls_of("reactions.get")) == 1


async def test_p10_reading_the_same_message_again_changes_nothing(running: Running, pick: Json) -> None:
    running.fake.home.react(pick, "+1", "U1")
    await lose_the_socket(running)
    await running.until(lambda: verdicts(running) == {("U1", Verdict.LIKE)})
    acts = len(running.stores.feedback.in_channel(READING))
    await lose_the_socket(running)
    await running.until(lambda: len(running.fake.calls_of("reactions.get")) >= 6)
    assert len(running.stores.feedback.in_channel(READING)) == acts


async def test_p11_emoji_of_bots_are_no_verdicts_when_read_back_either(running: Running, pick: Json) -> None:
    home = running.fake.home
    home.add_person("UROBOT", name="robot", is_bot=True)
    home.react(pick, "+1", "UROBOT")
    home.react(pick, "+1", "U2")
    await lose_the_socket(running)
    await running.until(lambda: verdicts(running) == {("U2", Verdict.LIKE)})


async def test_a_like_by_button_stays_when_emoji_are_read_back(running: Running, pick: Json) -> None:
    await running.press(a_press(running.fake, token_of(pick, "Like"), ts=pick["ts"]))
    await running.until(lambda: verdicts(running) == {("U1", Verdict.LIKE)})
    await lose_the_socket(running)
    await running.until(lambda: len(running.fake.calls_of("reactions.get")) >= 3)
    assert verdicts(running) == {("U1", Verdict.LIKE)}


async def test_verdicts_on_a_message_that_was_deleted_stay(running: Running, pick: Json) -> None:
    running.fake.home.react(pick, "+1", "U1")
    await running.event(a_reaction(running.fake, "+1", pick["ts"]))
    running.fake.home.places["C1"].messages.remove(pick)
    await running.until(lambda: running.fake.calls_of("reactions.get"))
    await running.command("help")
    assert verdicts(running) == {("U1", Verdict.LIKE)}


async def test_reading_back_waits_as_long_as_slack_says(running: Running, pick: Json) -> None:
    running.fake.faults.append(
        Fault("reactions.get", status=429, error="ratelimited", headers={"Retry-After": "1"}, times=1)
    )
    running.fake.home.react(pick, "+1", "U2")
    await running.event(a_reaction(running.fake, "+1", pick["ts"]))
    await running.until(lambda: verdicts(running) == {("U2", Verdict.LIKE)})
    first, second = running.fake.calls_of("reactions.get")
    assert second.at - first.at >= timedelta(seconds=1).total_seconds()


async def test_without_the_right_to_read_emoji_nothing_is_taken_back(running: Running, pick: Json) -> None:
    running.fake.home.scopes.discard("reactions:read")
    await running.event(a_reaction(running.fake, "+1", pick["ts"]))
    await running.until(lambda: running.fake.calls_of("reactions.get"))
    await running.command("help")
    assert verdicts(running) == {("U1", Verdict.LIKE)}


async def test_p10_after_a_storm_of_emoji_the_verdicts_are_what_stands_on_the_message(
    running: Running, pick: Json
) -> None:
    dice = random.Random(10)  # noqa: S311 - which events come, and in which order
    home, people = running.fake.home, [f"U9{number}" for number in range(20)]
    for person in people:
        home.add_person(person, name=person.lower())
    events = []
    for at in range(1, 241):
        person, removed = dice.choice(people), dice.random() < 0.5
        home.react(pick, "+1", person, removed=removed, at=float(at))
        events.append(a_reaction(running.fake, "+1", pick["ts"], user=person, removed=removed, at=float(at)))
    dice.shuffle(events)
    # One in ten never comes, one in five comes twice.
    come = [event for event in events if dice.random() > 0.1]
    for event in [*come, *(each for each in come if dice.random() < 0.2)]:
        await running.event(event)
    stand = {(user, Verdict.LIKE) for each in pick.get("reactions", []) for user in each["users"]}
    await running.until(lambda: verdicts(running) == stand)
