import asyncio
import json

from adapters.slack.door import SHARE
from bot.model import Member
from tests.adapters.slack.block_kit import refusals, view_refusals
from tests.adapters.slack.conftest import Running
from tests.wire.slack.said import a_command, a_press, a_reaction, an_event, token_of


async def test_a_command_is_answered_for_the_asker_alone(running: Running) -> None:
    answer = await running.command("search graph neural networks")
    assert answer["response_type"] == "ephemeral"
    assert "Graph Neural Networks" in answer["text"]
    assert refusals({"text": answer["text"], "blocks": answer["blocks"]}) == []


async def test_curly_quotes_of_a_phone_make_a_phrase(running: Running) -> None:
    assert "Contrastive Learning" in (await running.command("search “contrastive learning”"))["text"]


async def test_a_mistyped_command_offers_the_nearest_as_a_button(running: Running) -> None:
    answer = await running.command("serach protein folding")
    token = token_of(answer, "search protein folding")
    await running.press(a_press(running.fake, token))
    shown = await running.until(lambda: running.fake.responses)
    assert "Protein Folding" in shown[0]["text"]
    assert shown[0]["response_type"] == "ephemeral"
    assert shown[0]["replace_original"] is False


async def test_post_to_channel_shows_the_answer_to_all_without_the_sharers_verdicts(running: Running) -> None:
    await running.command("search protein folding")
    await running.command("like 1")
    answer = await running.command("search protein folding")
    assert "You: liked" in json.dumps(answer)
    await running.press(a_press(running.fake, token_of(answer, "Post to channel"), action=SHARE))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert shown["response_type"] == "in_channel"
    assert "Protein Folding" in shown["text"]
    assert "You: liked" not in json.dumps(shown)


async def test_a_like_by_button_changes_the_presser_alone_and_is_counted_once(running: Running) -> None:
    answer = await running.command("search diffusion")
    press = a_press(running.fake, token_of(answer, "Like"))
    await running.press(press)
    await running.until(lambda: running.fake.responses)
    await running.press(press)
    assert len(running.stores.feedback.of_member(Member("slack", "T1", "U1"))) == 1
    assert running.stores.feedback.of_member(Member("slack", "T1", "U2")) == []


async def test_a_command_that_changes_something_counts_once_when_it_comes_twice(running: Running) -> None:
    first = await running.command("follow entropy", trigger_id="t-1")
    again = a_command(running.fake, "follow entropy", trigger_id="t-1")
    assert "Following entropy" in first["text"]
    assert await asyncio.to_thread(running.fake.say_by_socket, "slash_commands", again) == {}
    assert running.fake.calls_of("chat.postMessage") == []


async def test_only_people_in_a_channel_may_change_its_profile(running: Running) -> None:
    running.fake.home.add_place("C2", "other", {"U2"})
    refused = await running.command("follow here entropy", channel="C2")
    allowed = await running.command("follow here entropy", channel="C2", user="U2")
    assert "Only someone who manages" in refused["text"]
    assert "Following entropy for #other" in allowed["text"]


async def test_the_time_zone_of_the_slack_profile_is_that_of_the_digest(running: Running) -> None:
    assert "Europe/Berlin" in json.dumps(await running.command("digest daily 09:00"))


async def test_a_private_channel_is_called_by_its_name(running: Running) -> None:
    running.fake.home.add_place("G1", "secret-reading", {"U1"})
    assert (
        "#secret-reading"
        in (await running.command("follow here graphs", channel="G1", channel_name="privategroup"))["text"]
    )


async def test_a_mention_is_answered_to_its_writer_alone(running: Running) -> None:
    event = {
        "type": "app_mention",
        "user": "U1",
        "text": f"<@{running.fake.home.bot_user}> search diffusion",
        "ts": "5.0",
        "channel": "C1",
    }
    await running.event(an_event(running.fake, event))
    (shown,) = await running.until(lambda: running.fake.home.ephemeral)
    assert (shown["user"], shown["channel"]) == ("U1", "C1")
    assert "Diffusion" in shown["text"]


async def test_a_direct_message_takes_the_same_words_and_is_answered_once(running: Running) -> None:
    place = running.fake.home.direct_with("U1")
    event = {"type": "message", "channel_type": "im", "user": "U1", "text": "help", "ts": "5.0", "channel": place.id}
    payload = an_event(running.fake, event)
    assert await running.event(payload) == {}
    assert await running.event(payload) == {}
    await running.until(lambda: place.posts)
    assert "/papers search" in place.posts[0]["text"]
    assert len(running.fake.calls_of("chat.postMessage")) == 1


async def test_the_message_shortcut_finds_papers_like_a_message(running: Running) -> None:
    payload = {
        "type": "message_action",
        "callback_id": "papers_like_message",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1", "name": "reading"},
        "message": {"text": "has anyone read about: protein folding (for drugs)?"},
        "trigger_id": "t",
        "response_url": running.fake.response_url(),
    }
    await running.press(payload)
    (shown,) = await running.until(lambda: running.fake.responses)
    assert "Protein Folding" in shown["text"]


async def test_the_home_tab_shows_interests_and_takes_new_ones_from_its_dialog(running: Running) -> None:
    await running.event(an_event(running.fake, {"type": "app_home_opened", "user": "U1", "tab": "home"}))
    view = await running.until(lambda: running.fake.home.homes.get("U1"))
    assert view_refusals(view) == []
    await running.press(a_home_press(running, "open:follow", "follow"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    answer = await running.press(a_submission(opened["view"], {"field": {"typed": {"value": "entropy"}}}))
    assert answer == {}
    await running.until(lambda: "Following entropy" in json.dumps(running.fake.home.homes["U1"]))


async def test_a_wrong_interest_is_shown_beside_its_field(running: Running) -> None:
    await running.press(a_home_press(running, "open:follow", "follow"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    answer = await running.press(a_submission(opened["view"], {"field": {"typed": {"value": '"unclosed'}}}))
    assert answer is not None
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"field"}


async def test_pasted_links_get_a_card_only_where_the_channel_asked_for_it(running: Running) -> None:
    event = {
        "type": "link_shared",
        "user": "U1",
        "channel": "C1",
        "message_ts": "7.0",
        "links": [{"domain": "arxiv.org", "url": "https://arxiv.org/abs/2603.00003"}],
    }
    await running.event(an_event(running.fake, event))
    await running.press(a_home_press(running, "open:channel", "channel"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    chosen = {
        "channel": {"typed": {"selected_conversation": "C1"}},
        "choices": {"typed": {"selected_options": [{"value": "links"}]}},
    }
    assert await running.press(a_submission(opened["view"], chosen)) == {}
    assert running.fake.home.unfurled == []
    await running.event(an_event(running.fake, event))
    (card,) = await running.until(lambda: running.fake.home.unfurled)
    assert "Protein Folding" in json.dumps(card["unfurls"])


async def test_a_file_comes_as_a_direct_message(running: Running) -> None:
    answer = await running.command("mydata")
    assert "Everything stored about you" in answer["text"]
    await running.until(lambda: running.fake.home.files and "channel" in running.fake.home.files[0])
    assert running.fake.home.files[0]["channel"] == "DU1"
    assert json.loads(running.fake.home.files[0]["content"]) is not None


async def test_an_archived_channel_is_paused_and_who_set_it_is_told_once(running: Running) -> None:
    await running.command("digest here daily 09:00 Europe/Berlin", user="U2")
    gone = an_event(running.fake, {"type": "channel_archive", "channel": "C1", "user": "U1"})
    await running.event(gone)
    await running.event(gone)
    direct = running.fake.home.direct_with("U2")
    await running.until(lambda: direct.posts)
    assert "paused: the channel was archived" in direct.posts[0]["text"]
    subscription = running.stores.subscriptions.get("slack:T1:C1")
    assert subscription is not None
    assert subscription.paused == "the channel was archived"
    assert len(running.fake.calls_of("chat.postMessage")) == 1


async def test_emoji_on_somebody_elses_message_say_nothing(running: Running) -> None:
    payload = a_reaction(running.fake, "+1", "9.0")
    payload["event"]["item_user"] = "U2"
    assert await running.event(payload) == {}
    assert running.stores.feedback.of_member(Member("slack", "T1", "U1")) == []


def a_home_press(running: Running, action: str, value: str) -> dict[str, object]:
    payload = a_press(running.fake, value, action=action)
    return {key: payload[key] for key in payload if key not in {"channel", "response_url"}} | {
        "container": {"type": "view"}
    }


def a_submission(view: dict[str, object], values: dict[str, object]) -> dict[str, object]:
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "view": {**view, "id": "V1", "state": {"values": values}},
    }
