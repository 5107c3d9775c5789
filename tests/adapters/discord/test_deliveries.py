"""Digests on the wire: what arrives where, and rows D2 to D8 of the fault matrix."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import Channel, DeliveryState
from tests.adapters.discord.conftest import ANA, Lab, a_lab
from tests.wire.discord import world as w
from tests.wire.discord.faults import Fault, error, too_many

POSTS = r"/channels/\d+/messages"
SETTLE = timedelta(seconds=91)


def states(reports: list[Any]) -> list[str]:
    return [str(report.state) for report in reports]


def titles(lab: Lab) -> list[str]:
    return [embed.get("title", "") for message in lab.fake.world.own_messages(lab.place) for embed in message["embeds"]]


async def test_a_digest_is_a_heading_and_a_thread_with_a_message_for_each_paper(lab: Lab) -> None:
    await lab.digest()
    (report,) = await lab.round()
    assert report.state is DeliveryState.SENT
    (heading,) = lab.place.messages.values()
    thread = lab.fake.world.channels[heading["id"]]
    assert len(thread.messages) == 5 == len(report.papers)
    assert all(len(message["components"]) == 1 for message in thread.messages.values())
    for post in lab.fake.posts():
        assert post.body["allowed_mentions"] == {"parse": []}
        assert post.body["enforce_nonce"] is True
        assert post.body["embeds"][-1]["footer"]["text"].endswith(post.body["nonce"])
    assert len({post.body["nonce"] for post in lab.fake.posts()}) == 6
    assert await lab.round() == []
    assert lab.fake.refusals == []


async def test_where_the_bot_may_make_no_thread_each_paper_stands_in_the_channel(lab: Lab) -> None:
    lab.place.denied = w.MAKE_THREADS
    await lab.digest()
    assert states(await lab.round()) == ["sent"]
    assert len(lab.place.messages) == 6


async def test_in_a_forum_each_paper_is_a_post_of_its_own(lab: Lab) -> None:
    forum = lab.fake.world.add_channel(lab.guild, "paper-forum", w.FORUM)
    await lab.digest(channel=Channel("discord", lab.guild.id, forum.id))
    assert states(await lab.round()) == ["sent"]
    posts = [each for each in lab.fake.world.channels.values() if each.parent == forum.id]
    assert len(posts) == 6
    assert posts[1].name.startswith("1 · On ")


async def chosen(lab: Lab, layout: str, channel: Channel | None = None) -> None:
    where = channel or lab.channel
    answer = await lab.paperround.answer(f"set here layout {layout}", lab.member(), where, f"choose {layout}")
    assert answer.changed


async def test_laid_out_apart_each_paper_stands_in_the_channel_and_no_thread_is_made(lab: Lab) -> None:
    await chosen(lab, "apart")
    await lab.digest()
    assert states(await lab.round()) == ["sent"]
    assert len(lab.place.messages) == 6
    assert lab.fake.asked("POST", "/threads") == []
    assert all("layout" not in post.body for post in lab.fake.posts())
    assert lab.fake.refusals == []


async def test_laid_out_as_a_thread_a_forum_gets_one_post_with_the_papers_in_it(lab: Lab) -> None:
    forum = lab.fake.world.add_channel(lab.guild, "paper-forum", w.FORUM)
    where = Channel("discord", lab.guild.id, forum.id)
    await chosen(lab, "thread", where)
    await lab.digest(channel=where)
    assert states(await lab.round()) == ["sent"]
    (post,) = [each for each in lab.fake.world.channels.values() if each.parent == forum.id]
    assert len(post.messages) == 6
    assert lab.fake.refusals == []


async def test_a_doubtful_part_is_found_in_a_thread_that_was_archived_meanwhile(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, times=0, commit=True, cut=True)]
    await lab.digest()
    count = len(lab.fake.posts())

    def second(request: Any, path: str) -> bool:  # noqa: ANN401 - of the fake's server
        return request.method == "POST" and path.endswith("/messages") and len(lab.fake.posts()) == count + 2

    lab.fake.faults[0].times = 1
    lab.fake.faults[0].fits = second  # type: ignore[method-assign]
    assert states(await lab.round()) == ["ambiguous"]
    (thread,) = [each for each in lab.fake.world.channels.values() if each.parent == lab.place.id]
    thread.archived = True
    lab.clock.move(SETTLE)
    assert states(await lab.round()) == ["sent"]
    assert len(thread.messages) == 5


async def test_a_member_gets_the_digest_by_direct_message(lab: Lab) -> None:
    await lab.digest("digest daily 09:00 UTC")
    assert states(await lab.round()) == ["sent"]
    assert len(lab.fake.world.direct_with(ANA).messages) == 6


async def test_d2_a_message_whose_answer_was_cut_off_is_found_in_history_and_not_posted_again(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, commit=True, cut=True)]
    await lab.digest()
    assert states(await lab.round()) == ["ambiguous"]
    lab.clock.move(SETTLE)
    assert states(await lab.round()) == ["sent"]
    assert len(lab.fake.posts()) == 6
    assert len(set(titles(lab))) == 6 == len(titles(lab))


async def test_d3_a_commit_that_comes_after_we_gave_up_is_waited_for(tmp_path: Path) -> None:
    async with a_lab(tmp_path / "data", post_timeout_s=0.3) as lab:
        lab.fake.faults = [Fault("POST", POSTS, wait_before_s=0.8)]
        await lab.digest()
        assert states(await lab.round()) == ["ambiguous"]
        assert lab.fake.world.own_messages(lab.place) == []
        await lab.fake.eventually(lambda: lab.fake.world.own_messages(lab.place))
        lab.clock.move(SETTLE)
        assert states(await lab.round()) == ["sent"]
        assert len(titles(lab)) == 6


async def test_d4_a_502_is_no_refusal_and_every_attempt_carries_the_same_nonce(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, status=502, body="<html>bad gateway", commit=True)]
    await lab.digest()
    assert states(await lab.round()) == ["sent"]
    first, again, *_ = [post.body["nonce"] for post in lab.fake.posts()]
    assert first == again
    assert len(lab.fake.posts()) == 7
    assert len(titles(lab)) == 6


async def test_d4_a_503_that_hid_a_commit_is_looked_up(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, status=503, body="<html>unavailable", commit=True)]
    await lab.digest()
    assert states(await lab.round()) == ["ambiguous"]
    lab.clock.move(SETTLE)
    assert states(await lab.round()) == ["sent"]
    assert len(titles(lab)) == 6


async def test_d5_a_long_429_puts_the_digest_back_until_then_and_others_go_on(lab: Lab) -> None:
    other = lab.fake.world.add_channel(lab.guild, "other")
    lab.fake.faults = [too_many(45)]
    lab.fake.faults[0].path = f"/channels/{lab.place.id}/messages"
    channel = Channel("discord", lab.guild.id, other.id)
    await lab.paperround.answer("digest here daily 09:00 UTC", lab.member(), channel, "other")
    await lab.digest()
    assert sorted(states(await lab.round())) == ["planned", "sent"]
    asked = len(lab.fake.asked("POST", f"/channels/{lab.place.id}/messages"))
    lab.clock.move(timedelta(seconds=44))
    await lab.round()
    assert len(lab.fake.asked("POST", f"/channels/{lab.place.id}/messages")) == asked == 1
    lab.clock.move(timedelta(seconds=2))
    assert states(await lab.round()) == ["sent"]
    assert len(titles(lab)) == 6


async def test_d5_a_global_429_keeps_the_whole_bot_quiet(lab: Lab) -> None:
    lab.fake.faults = [too_many(1.5, everywhere=True)]
    lab.fake.faults[0].headers["Retry-After"] = "1.5"
    lab.fake.faults[0].body = {"message": "wait", "retry_after": 30.0, "global": True}
    await lab.digest()
    assert states(await lab.round()) == ["planned"]
    lab.clock.move(timedelta(seconds=31))
    await lab.round()
    assert len(lab.fake.posts()) == 1, "the pause counts in real seconds, whatever the clock of the digests says"


@pytest.mark.parametrize("how", ["permission", "403"])
async def test_d6_where_history_is_not_readable_a_doubtful_part_is_held_and_not_posted_again(
    lab: Lab, how: str
) -> None:
    lab.fake.faults = [Fault("POST", POSTS, commit=True, cut=True)]
    if how == "permission":
        lab.place.denied = w.HISTORY
    else:
        lab.fake.faults.append(Fault("GET", POSTS, times=99, **error(403, 50001)))
    await lab.digest()
    assert states(await lab.round()) == ["ambiguous"]
    lab.clock.move(SETTLE)
    report, *_ = await lab.round()  # and who set the round is told
    assert report.state is DeliveryState.HELD
    assert report.why
    assert len(lab.fake.asked("POST", f"/channels/{lab.place.id}/messages")) == 1


async def test_d7_a_part_is_found_behind_two_thousand_other_messages(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, commit=True, cut=True)]
    await lab.digest()
    await lab.round()
    for number in range(2000):
        lab.fake.world.add_message(lab.place, {"content": f"chat {number}"}, author=ANA)
    lab.clock.move(SETTLE)
    assert states(await lab.round()) == ["sent"]
    assert len(lab.fake.posts()) == 6
    assert len(titles(lab)) == 6


async def test_d8_a_doubtful_message_that_was_deleted_counts_as_sent_and_pauses_nothing(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, commit=True, cut=True)]
    await lab.digest()
    await lab.round()
    lab.place.messages.clear()
    lab.clock.move(SETTLE)
    assert states(await lab.round()) == ["sent"]
    subscription = lab.stores.subscriptions.get(f"discord:{lab.guild.id}:{lab.place.id}")
    assert subscription is not None
    assert subscription.paused is None
    assert not any("paper round" in title for title in titles(lab)), "the nonce is the same at every attempt"
    sent = [part.message for part in lab.stores.ledger.recent(f"discord:{lab.guild.id}:{lab.place.id}", 20)]
    (gone,) = [message for message in sent if message is not None and message.startswith("deleted-")]
    assert lab.edge.messenger.address(lab.channel, gone, gone) == ""


async def test_a_form_that_discord_refuses_is_sent_once_more_as_plain_words(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, **error(400, 50035, "Invalid Form Body"))]
    await lab.digest()
    assert states(await lab.round()) == ["sent"]
    assert "paper round of" in next(iter(lab.place.messages.values()))["content"]


async def test_an_archived_thread_is_opened_once_and_posted_to(lab: Lab) -> None:
    lab.fake.faults = [Fault("POST", POSTS, times=0)]
    await lab.digest()
    lab.fake.faults = [Fault("POST", r"/channels/\d+/messages/\d+/threads", **error(400, 160004))]
    made = lab.fake.world.add_thread

    def archived(parent: w.Channel, thread_id: str, name: str) -> w.Channel:
        thread = made(parent, thread_id, name)
        thread.archived = True
        return thread

    lab.fake.world.add_thread = archived  # type: ignore[method-assign]
    lab.fake.faults = []
    assert states(await lab.round()) == ["sent"]
    assert len(lab.fake.asked("PATCH", next(iter(lab.place.messages)))) == 1
