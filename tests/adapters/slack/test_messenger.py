"""Posting, finding and editing against a fake Slack that breaks on purpose. D and P name rows of the fault table."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from adapters.clock import RunningClock
from adapters.slack.messenger import SlackMessenger
from adapters.slack.render import answered
from adapters.slack.workspaces import Workspaces
from bot.deliveries import Layout
from bot.model import Channel, MessageId
from bot.ports import ChannelGone, CommunityGone, HistoryUnreadable, OutcomeUnknown, PlatformUnreachable
from tests.replies import of_kind
from tests.wire.slack.fake_slack import FakeSlack, Fault

READING = Channel("slack", "T1", "C1", name="reading")
LATELY = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def messenger(fake: FakeSlack) -> AsyncIterator[SlackMessenger]:
    workspaces = Workspaces(clock=RunningClock(), api_url=fake.api_url, timeout_s=2.0, token="xoxb-one")  # noqa: S106 - made up
    yield SlackMessenger(workspaces)
    await workspaces.close()


@pytest.fixture
def payload(messenger: SlackMessenger) -> str:
    return messenger.render(of_kind("picks"))[1][0]


async def test_a_digest_is_a_parent_with_its_picks_in_the_thread(fake: FakeSlack, messenger: SlackMessenger) -> None:
    parts = messenger.render(of_kind("picks"))
    parent = await messenger.post(READING, parts[0][0], "pr-0", None)
    for number, (said, _) in enumerate(parts[1:], start=1):
        await messenger.post(READING, said, f"pr-{number}", parent)
    messages = fake.home.places["C1"].messages
    assert [message.get("thread_ts") for message in messages] == [None, parent, parent, parent]
    assert json.loads(parts[1][0])["blocks"] == messages[1]["blocks"]


async def test_a_channel_without_threads_gets_each_pick_by_itself(fake: FakeSlack, messenger: SlackMessenger) -> None:
    alone = SlackMessenger(messenger._workspaces, threaded=False)  # noqa: SLF001 - the same connections
    parts = alone.render(of_kind("picks"))
    parent = await alone.post(READING, parts[0][0], "pr-0", None)
    await alone.post(READING, parts[1][0], "pr-1", parent)
    assert [message.get("thread_ts") for message in fake.home.places["C1"].messages] == [None, None]


async def posted_from(messenger: SlackMessenger, layout: Layout) -> MessageId:
    """Post a parent and a pick; return the pick."""
    parts = messenger.render(of_kind("picks"), layout)
    parent = await messenger.post(READING, parts[0][0], "pr-0", None)
    return await messenger.post(READING, parts[1][0], "pr-1", parent)


@pytest.mark.parametrize("threaded", [True, False])
@pytest.mark.parametrize("layout", list(Layout))
async def test_the_layout_a_channel_chose_stands_above_the_hosts(
    fake: FakeSlack, messenger: SlackMessenger, layout: Layout, *, threaded: bool
) -> None:
    as_set = SlackMessenger(messenger._workspaces, threaded=threaded)  # noqa: SLF001 - the same connections
    pick = await posted_from(as_set, layout)
    parent, posted = fake.home.places["C1"].messages
    in_thread = threaded if layout is Layout.USUAL else layout is Layout.THREAD
    assert posted.get("thread_ts") == (parent["ts"] if in_thread else None)
    assert "layout" not in fake.calls_of("chat.postMessage")[1].args
    lately = datetime.now(UTC) - timedelta(hours=1)
    assert await as_set.find(READING, "pr-1", lately, parent["ts"]) == pick
    assert await as_set.find(READING, "pr-2", lately, parent["ts"]) is None


async def test_a_layout_is_frozen_with_the_message_and_outlives_a_changed_setting(
    fake: FakeSlack, messenger: SlackMessenger
) -> None:
    frozen = messenger.render(of_kind("picks"))
    changed = SlackMessenger(messenger._workspaces, threaded=False)  # noqa: SLF001 - the same connections
    parent = await changed.post(READING, frozen[0][0], "pr-0", None)
    await changed.post(READING, frozen[1][0], "pr-1", parent)
    assert fake.home.places["C1"].messages[1]["thread_ts"] == parent


async def test_d8_when_the_first_message_was_deleted_the_rest_stands_alone_and_the_channel_is_not_given_up(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    parent = await messenger.post(READING, payload, "pr-0", None)
    place = fake.home.places["C1"]
    place.messages.clear()
    assert await messenger.find(READING, "pr-1", LATELY, parent) is None
    sent = await messenger.post(READING, payload, "pr-1", parent)
    assert await messenger.find(READING, "pr-1", LATELY, parent) == sent
    assert [message.get("thread_ts") for message in place.messages] == [None]


async def test_a_members_own_digest_goes_to_the_direct_conversation(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    await messenger.post(Channel("slack", "T1", "@U2", direct=True), payload, "pr-1", None)
    assert len(fake.home.places["DU2"].posts) == 1


async def test_a_posted_message_is_found_by_its_marker(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    sent = await messenger.post(READING, payload, "pr-1", None)
    assert await messenger.find(READING, "pr-1", LATELY) == sent
    assert await messenger.find(READING, "pr-2", LATELY) is None
    assert all(call.args["include_all_metadata"] == "1" for call in fake.calls_of("conversations.history"))


@pytest.mark.parametrize("told", [True, False], ids=["told the thread", "without a word"])
async def test_a_part_in_a_thread_is_found(messenger: SlackMessenger, payload: str, *, told: bool) -> None:
    parent = await messenger.post(READING, payload, "pr-0", None)
    sent = await messenger.post(READING, payload, "pr-1", parent)
    assert (
        await messenger.find(READING, "pr-1", datetime.now(UTC) - timedelta(hours=1), parent if told else None) == sent
    )


async def test_the_marker_of_another_app_is_not_ours(fake: FakeSlack, messenger: SlackMessenger, payload: str) -> None:
    await messenger.post(READING, payload, "pr-1", None)
    fake.home.places["C1"].messages[0].update(user="UOTHER", bot_id="BOTHER")
    assert await messenger.find(READING, "pr-1", LATELY) is None


async def test_d2_a_connection_closed_after_the_message_was_stored_is_a_doubt_and_not_posted_again(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    fake.faults.append(Fault("chat.postMessage", commits=True, closes=True))
    with pytest.raises(OutcomeUnknown):
        await messenger.post(READING, payload, "pr-1", None)
    assert len(fake.calls_of("chat.postMessage")) == 1
    assert await messenger.find(READING, "pr-1", LATELY) is not None


async def test_d3_a_message_stored_after_the_client_gave_up_is_a_doubt(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    fake.faults.append(Fault("chat.postMessage", commits_after_s=2.4, delay_s=4.0))
    with pytest.raises(OutcomeUnknown):
        await messenger.post(READING, payload, "pr-1", None)
    assert await messenger.find(READING, "pr-1", LATELY) is None
    await asyncio.sleep(0.8)
    assert await messenger.find(READING, "pr-1", LATELY) is not None


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", status=502, body="<html>Bad Gateway</html>"),
        Fault("chat.postMessage", status=500, error="internal_error"),
        Fault("chat.postMessage", error="fatal_error"),
        Fault("chat.postMessage", body="<html>ok</html>"),
    ],
    ids=["502", "500", "fatal_error", "html"],
)
async def test_d4_an_error_of_the_server_is_a_doubt_whether_or_not_it_stored_the_message(
    fake: FakeSlack, messenger: SlackMessenger, payload: str, fault: Fault, *, committed: bool
) -> None:
    fault.times, fault.commits = 1, committed
    fake.faults.append(fault)
    with pytest.raises(OutcomeUnknown):
        await messenger.post(READING, payload, "pr-1", None)
    assert len(fake.calls_of("chat.postMessage")) == 1
    assert (await messenger.find(READING, "pr-1", LATELY) is not None) is committed


async def test_d5_a_rate_limit_was_not_sent_and_says_when_to_come_again(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    fake.faults.append(Fault("chat.postMessage", status=429, error="ratelimited", headers={"Retry-After": "37"}))
    with pytest.raises(PlatformUnreachable) as raised:
        await messenger.post(READING, payload, "pr-1", None)
    assert raised.value.retry_after_s == 37
    assert len(fake.calls_of("chat.postMessage")) == 1


async def test_d6_a_history_that_may_not_be_read_is_said_so_with_the_missing_scope(
    fake: FakeSlack, messenger: SlackMessenger
) -> None:
    fake.home.scopes.discard("channels:history")
    with pytest.raises(HistoryUnreadable, match="channels:history"):
        await messenger.find(READING, "pr-1", LATELY)


async def test_d7_a_marker_many_pages_back_is_found_and_absence_is_told_after_the_last_page_only(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    sent = await messenger.post(READING, payload, "pr-1", None)
    place = fake.home.places["C1"]
    place.messages += [{"ts": fake.home.next_ts(), "user": "U1", "text": str(number)} for number in range(100)]
    fake.api.page_cap = 15
    fake.faults.append(Fault("conversations.history", times=1, status=429, headers={"Retry-After": "60"}))
    with pytest.raises(PlatformUnreachable):
        await messenger.find(READING, "pr-1", LATELY)
    assert await messenger.find(READING, "pr-1", LATELY) == sent
    assert await messenger.find(READING, "pr-2", LATELY) is None
    assert len(fake.calls_of("conversations.history")) == 1 + 7 + 7


async def test_d7_a_look_up_that_was_cut_off_goes_on_where_it_was(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    sent = await messenger.post(READING, payload, "pr-1", None)
    place = fake.home.places["C1"]
    place.messages += [{"ts": fake.home.next_ts(), "user": "U1", "text": str(number)} for number in range(20)]
    fake.api.page_cap = 15
    # As where one page a minute is allowed: the second is refused.
    fake.faults.append(Fault("conversations.history", skips=1, status=429, headers={"Retry-After": "60"}))
    with pytest.raises(PlatformUnreachable):
        await messenger.find(READING, "pr-1", LATELY)
    assert await messenger.find(READING, "pr-1", LATELY) == sent
    assert len(fake.calls_of("conversations.history")) == 3


async def test_p1_a_revoked_token_is_used_no_more(fake: FakeSlack, messenger: SlackMessenger, payload: str) -> None:
    await messenger.post(READING, payload, "pr-1", None)
    fake.home.revoked = True
    with pytest.raises(CommunityGone, match=r"install the app again.*SLACK_BOT_TOKEN.*token_revoked"):
        await messenger.post(READING, payload, "pr-2", None)
    for number in range(5):
        with pytest.raises(PlatformUnreachable):
            await messenger.post(READING, payload, f"pr-{number}", None)
    assert len(fake.calls_of("chat.postMessage")) == 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda fake: fake.home.places.clear(), "deleted"),
        (lambda fake: setattr(fake.home.places["C1"], "archived", True), "archived"),
        (lambda fake: fake.home.places["C1"].members.clear(), "/invite @Paperround"),
        (lambda fake: fake.home.scopes.discard("chat:write"), "chat:write"),
        (
            lambda fake: fake.faults.append(Fault("chat.postMessage", error="restricted_action_read_only_channel")),
            "forbids",
        ),
        (lambda fake: fake.faults.append(Fault("chat.postMessage", error="invented_tomorrow")), "invented_tomorrow"),
    ],
    ids=["deleted", "archived", "removed", "missing scope", "restricted", "unknown"],
)
async def test_p2_a_refusal_of_the_place_stops_it_and_says_why(
    fake: FakeSlack, messenger: SlackMessenger, payload: str, change: object, word: str
) -> None:
    assert callable(change)
    change(fake)
    with pytest.raises(ChannelGone, match=word):
        await messenger.post(READING, payload, "pr-1", None)


async def test_p4_the_round_of_a_member_who_left_stops_and_says_why(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    del fake.home.people["U2"]
    with pytest.raises(ChannelGone, match="has left the workspace"):
        await messenger.post(Channel("slack", "T1", "@U2", direct=True), payload, "pr-1", None)


async def test_blocks_that_slack_refuses_are_said_in_plain_text(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    fake.faults.append(Fault("chat.postMessage", error="invalid_blocks"))
    await messenger.post(READING, payload, "pr-1", None)
    (message,) = fake.home.places["C1"].posts
    assert "blocks" not in message
    assert message["text"] == json.loads(payload)["text"]
    assert message["metadata"]["event_payload"] == {"delivery": "pr-1"}


async def test_a_message_whose_picture_slack_cannot_load_keeps_its_other_blocks(
    fake: FakeSlack, messenger: SlackMessenger
) -> None:
    fake.faults.append(Fault("chat.postMessage", error="invalid_blocks"))
    (said,) = answered(of_kind("preview"))
    await messenger.tell(READING, {"text": said["text"], "blocks": said["blocks"]})
    (message,) = fake.home.places["C1"].posts
    kept = [block for block in said["blocks"] if block["type"] != "image"]
    assert len(kept) == len(said["blocks"]) - 1
    assert message["blocks"] == kept


async def test_without_a_connection_nothing_was_sent(payload: str) -> None:
    nowhere = Workspaces(clock=RunningClock(), api_url="http://127.0.0.1:9/api/", timeout_s=2.0, token="xoxb-one")  # noqa: S106 - made up
    with pytest.raises(PlatformUnreachable):
        await SlackMessenger(nowhere).post(READING, payload, "pr-1", None)
    await nowhere.close()


async def test_an_edit_changes_the_message_and_makes_none(
    fake: FakeSlack, messenger: SlackMessenger, payload: str
) -> None:
    sent = await messenger.post(READING, payload, "pr-1", None)
    await messenger.edit(READING, sent, {"text": "new", "blocks": json.loads(payload)["blocks"][:1]})
    (message,) = fake.home.places["C1"].posts
    assert message["text"] == "new"
    with pytest.raises(ChannelGone):
        await messenger.edit(READING, MessageId("1.0"), {"text": "new", "blocks": []})


async def test_a_slow_slack_is_given_up_in_time(fake: FakeSlack, messenger: SlackMessenger, payload: str) -> None:
    fake.faults.append(Fault("chat.postMessage", delay_s=60.0))
    with pytest.raises(OutcomeUnknown):
        await asyncio.wait_for(messenger.post(READING, payload, "pr-1", None), 30)
