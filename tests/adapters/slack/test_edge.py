import asyncio
import json

from adapters.slack.door import SHARE
from bot.model import Channel, Member
from bot.preferences import PREFERENCES
from tests.adapters.slack.block_kit import refusals, view_refusals
from tests.adapters.slack.conftest import Running
from tests.wire.slack.said import a_command, a_press, a_reaction, an_event, token_of

STORED = "https://arxiv.org/abs/2603.00003"


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


async def test_what_concerns_the_community_is_refused_to_who_does_not_manage_the_channel(running: Running) -> None:
    running.fake.home.add_place("C2", "other", {"U2"})
    for text in ("source add arxiv:cs.CL", "review"):
        assert "Only someone who manages" in (await running.command(text, channel="C2"))["text"]
        assert "Only someone who manages" not in (await running.command(text, channel="C2", user="U2"))["text"]
    await running.press(a_press(running.fake, "1:approve:arxiv:2603.00003", channel="C2"))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert "Only someone who manages" in shown["text"]


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


async def test_the_message_shortcut_finds_papers_like_a_message_and_shows_them_to_all_when_asked(
    running: Running,
) -> None:
    await running.press(a_shortcut(running, {"text": "has anyone read about: protein folding (for drugs)?"}))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert (shown["response_type"], shown["faults"]) == ("ephemeral", [])
    assert "Protein Folding" in shown["text"]
    share = a_press(running.fake, token_of(shown, "Post to channel"), action=SHARE)
    await running.press(share)
    to_all = await running.until(lambda: running.fake.responses[1:])
    assert to_all[0]["response_type"] == "in_channel"
    assert "Protein Folding" in to_all[0]["text"]


async def test_the_message_shortcut_reads_what_slack_shows_of_a_linked_page(running: Running) -> None:
    page = {"title": "Great things about diffusion", "text": "A method that improves diffusion"}
    await running.press(a_shortcut(running, {"text": "wow", "attachments": [page]}))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert "Diffusion for" in shown["text"]


async def test_the_message_shortcut_on_a_link_finds_the_neighbours_of_that_paper(running: Running) -> None:
    await running.press(a_shortcut(running, {"text": "see <https://arxiv.org/abs/2603.00003>"}))
    (shown,) = await running.until(lambda: running.fake.responses)
    assert shown["text"].startswith("Similar to: Protein Folding")


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


async def test_pasted_links_get_a_card_only_where_the_channel_chose_so(running: Running) -> None:
    await running.event(links_of(running, STORED))
    await running.press(a_home_press(running, "open:channel", "channel"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    assert view_refusals(opened["view"]) == []
    answer = await running.press(a_submission(opened["view"], chosen_for("C1", links="on")))
    assert answer == {}
    await running.until(lambda: "links is on for #reading" in json.dumps(running.fake.home.homes.get("U1")))
    assert running.fake.home.unfurled == []
    await running.event(links_of(running, STORED))
    (card,) = await running.until(lambda: running.fake.home.unfurled)
    assert "Protein Folding" in json.dumps(card["unfurls"])
    shown = card["unfurls"][STORED]
    saved = a_press(running.fake, token_of(shown, "Save"))
    saved["container"] = {"type": "message_attachment", "message_ts": "7.0", "channel_id": "C1", "is_app_unfurl": True}
    await running.press(saved)
    await running.until(lambda: "Saved" in json.dumps(running.fake.responses))


async def test_nothing_is_said_under_links_of_bots_twice_or_while_they_are_typed(running: Running) -> None:
    await running.command("set here links on")
    running.fake.home.add_person("UROBOT", name="robot", is_bot=True)
    await running.event(links_of(running, STORED, user="UROBOT"))
    await running.event(links_of(running, STORED, bot_id="B7"))
    await running.event(links_of(running, STORED, source="composer"))
    await running.event(links_of(running, STORED, message_ts="8.0"))
    await running.event(links_of(running, STORED, message_ts="9.0"))
    await running.until(lambda: running.fake.home.unfurled)
    await running.command("help")
    # The two came at the same moment: either may be the first.
    assert [card["ts"] for card in running.fake.home.unfurled] in (["8.0"], ["9.0"])


async def test_a_pasted_link_to_a_paper_that_is_not_stored_is_offered_to_its_writer_alone(running: Running) -> None:
    await running.command("set here links on")
    await running.event(links_of(running, "https://arxiv.org/abs/2001.99999", thread_ts="6.0"))
    (shown,) = await running.until(lambda: running.fake.home.ephemeral)
    assert (shown["user"], shown["channel"], shown["thread_ts"]) == ("U1", "C1", "6.0")
    assert token_of(shown, "Add it") == "1:say:add arxiv:2001.99999"
    assert running.fake.home.unfurled == []


async def test_a_dialog_of_choices_changes_what_was_chosen_only_and_asks_for_the_right(running: Running) -> None:
    await running.command("set here layout apart")
    await running.press(a_home_press(running, "open:channel", "channel"))
    (opened,) = await running.until(lambda: running.fake.home.opened_views)
    await running.press(a_submission(opened["view"], chosen_for("C1", links="on")))
    assert running.stores.preferences.of(Channel("slack", "T1", "C1").profile) == {"layout": "apart", "links": "on"}
    running.fake.home.add_place("C2", "other", {"U2"})
    refused = await running.press(a_submission(opened["view"], chosen_for("C2", links="on")))
    assert refused is not None
    assert "Only someone who manages this channel" in refused["errors"]["links"]
    assert running.stores.preferences.of(Channel("slack", "T1", "C2").profile) == {}


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
    await running.paperround.deliver_due()
    await running.until(lambda: direct.posts)
    assert "#reading has stopped: the channel was archived" in direct.posts[0]["text"]
    subscription = running.stores.subscriptions.get("slack:T1:C1")
    assert subscription is not None
    assert subscription.paused == "the channel was archived"
    assert len(running.fake.calls_of("chat.postMessage")) == 1


async def test_emoji_on_somebody_elses_message_say_nothing(running: Running) -> None:
    payload = a_reaction(running.fake, "+1", "9.0")
    payload["event"]["item_user"] = "U2"
    assert await running.event(payload) == {}
    assert running.stores.feedback.of_member(Member("slack", "T1", "U1")) == []


def a_shortcut(running: Running, message: dict[str, object]) -> dict[str, object]:
    return {
        "type": "message_action",
        "callback_id": "papers_like_message",
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1", "name": "reading"},
        "message": message,
        "trigger_id": "t",
        "response_url": running.fake.response_url(),
    }


def links_of(running: Running, link: str, **more: str) -> dict[str, object]:
    links = [{"domain": "arxiv.org", "url": link}]
    event = {"type": "link_shared", "user": "U1", "channel": "C1", "message_ts": "7.0", "links": links, **more}
    return an_event(running.fake, event)


def chosen_for(channel: str, **choices: str) -> dict[str, object]:
    """Return the state of a dialog of choices, in which all others are left as they are."""
    chosen = {each.name: choices.get(each.name) for each in PREFERENCES if each.for_channel}
    fields = {
        name: {"typed": {"selected_option": {"value": choice} if choice else None}} for name, choice in chosen.items()
    }
    return {"channel": {"typed": {"selected_conversation": channel}}, **fields}


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


async def test_an_answer_whose_picture_slack_cannot_load_is_given_without_it(running: Running) -> None:
    (seen,) = [block for block in (await running.command("preview diffusion"))["blocks"] if block["type"] == "image"]
    assert seen["image_url"].startswith("https://papers.example/picture/")
    running.fake.reaches_pictures = False
    answer = await running.command("preview diffusion")
    assert "Preview of: diffusion" in answer["text"]
    assert not [block for block in answer["blocks"] if block["type"] == "image"]
