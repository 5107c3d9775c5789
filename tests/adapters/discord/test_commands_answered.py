import asyncio
import threading

import pytest

from adapters.discord.zones import ZONES
from adapters.pictures import png
from bot.commands import COMMANDS
from bot.replies import Plot
from bot.timetable import zone_names
from tests.adapters.discord.conftest import ANA, BO, Lab


async def test_a_search_is_answered_to_the_asker_alone_with_a_row_of_buttons_for_each_paper(lab: Lab) -> None:
    answer = await lab.fake.members.command(lab.place, ANA, "search", query="entropy")
    assert answer.is_private
    assert "On entropy of sparse graphs" in answer.text
    assert {"Like", "Not for me", "Save", "More like this", "Why"} <= answer.buttons().keys()
    assert lab.fake.refusals == []


async def test_every_command_of_the_table_is_registered_and_answered(lab: Lab) -> None:
    (group,) = [each for each in lab.fake.commands["everywhere"] if each["name"] == "papers"]
    families = [each for each in group["options"] if each["type"] == 2]
    registered = {"": [each["name"] for each in group["options"] if each["type"] == 1]}
    registered |= {each["name"]: [inner["name"] for inner in each["options"]] for each in families}
    assert registered == {
        family: [command.name for command in COMMANDS if command.family == family]
        for family in ("", *dict.fromkeys(command.family for command in COMMANDS if command.family))
    }
    for command in COMMANDS:
        options = {command.argument: command.examples[0].partition(" ")[2]} if command.text == "required" else {}
        answer = await lab.fake.members.command(lab.place, ANA, command.name, manager=False, **options)
        assert answer.first_after_s < 3, command.name
        assert answer.is_private, command.name
    assert lab.fake.refusals == []


async def test_options_say_the_same_as_words(lab: Lab) -> None:
    answer = await lab.fake.members.command(
        lab.place, ANA, "follow", manager=True, interest="here comes entropy", for_="here"
    )
    assert "Following here comes entropy for #papers" in answer.text
    mine = await lab.fake.members.command(lab.place, ANA, "search", query="entropy", since="7d", sort="new")
    assert "entropy" in mine.text
    assert "since:7d" not in mine.text


async def test_only_who_manages_the_channel_changes_its_profile(lab: Lab) -> None:
    refused = await lab.fake.members.command(lab.place, BO, "follow", interest="entropy", for_="here")
    assert "Only someone who manages this channel" in refused.text
    allowed = await lab.fake.members.command(lab.place, BO, "follow", manager=True, interest="entropy", for_="here")
    assert "Following entropy for #papers" in allowed.text


async def test_what_is_typed_is_completed(lab: Lab) -> None:
    await lab.fake.members.command(lab.place, ANA, "follow", interest="sparse retrieval")
    found = await lab.fake.members.suggestions(lab.place, ANA, "unfollow", "interest", "spar")
    assert found[0]["value"] == "sparse retrieval"
    zones = await lab.fake.members.suggestions(lab.place, ANA, "digest", "schedule", "daily 09:00 Europe/Ber")
    assert zones[0]["value"] == "daily 09:00 Europe/Berlin"
    assert len(zones) <= 25


async def test_the_time_zone_is_asked_once_with_those_of_the_members_language_and_kept(lab: Lab) -> None:
    members = lab.fake.members
    members.locale = "de"
    asked = await members.command(lab.place, ANA, "digest", schedule="daily 09:00")
    assert "Es wurde keine Zeitzone genannt" in asked.text
    assert {"Europe/Berlin", "Europe/Vienna", "Europe/Zurich"} <= asked.buttons().keys()
    told = await members.press(lab.place, ANA, asked.buttons()["Europe/Vienna"])
    assert "Deine Zeitzone ist als Europe/Vienna" in told.text
    again = await members.command(lab.place, ANA, "digest", manager=True, schedule="daily 10:00", for_="here")
    assert "10:00 (Europe/Vienna)" in again.text
    assert "Es wurde keine Zeitzone genannt" not in again.text
    other = await members.command(lab.place, BO, "digest", schedule="daily 09:00")
    assert "(UTC)" in other.text
    await members.command(lab.place, BO, "set", name="zone", choice="europe/rome")
    assert "**zone**  Europe/Rome" in (await members.command(lab.place, BO, "set")).text
    zones = await members.suggestions(lab.place, BO, "set", "choice", "Europe/Ber", name="zone")
    assert zones[0]["value"] == "Europe/Berlin"
    assert lab.fake.refusals == []


def test_every_likely_zone_is_one_that_can_be_typed() -> None:
    assert {zone for zones in ZONES.values() for zone in zones} <= set(zone_names())


async def test_what_can_be_chosen_is_completed_by_its_name_and_then_by_what_it_can_be(lab: Lab) -> None:
    names = await lab.fake.members.suggestions(lab.place, ANA, "set", "name", "lay", for_="here")
    assert names[0]["value"] == "layout"
    choices = await lab.fake.members.suggestions(lab.place, ANA, "set", "choice", "", name="layout", for_="here")
    assert [each["value"] for each in choices] == ["usual", "thread", "apart"]
    mine = await lab.fake.members.suggestions(lab.place, ANA, "set", "name", "", for_="me")
    assert "layout" not in [each["value"] for each in mine]
    done = await lab.fake.members.command(
        lab.place, ANA, "set", manager=True, name="layout", choice="apart", for_="here"
    )
    assert "layout is apart for #papers" in done.text


async def test_papers_are_completed_from_the_newest_list_the_reading_list_and_past_picks(lab: Lab) -> None:
    await lab.digest()
    (report,) = await lab.round()
    found = await lab.fake.members.command(lab.place, ANA, "search", query="protein folding")
    await lab.fake.members.press(lab.place, ANA, found.buttons()["Save"])
    await lab.fake.members.command(lab.place, ANA, "search", query="robot grasping")
    listed = [each["value"] for each in await lab.fake.members.suggestions(lab.place, ANA, "why", "paper", "")]
    saved = lab.stores.saves.of(lab.member())
    numbers = [each for each in listed if each.isdigit()]
    assert listed[: len(numbers)] == numbers
    assert listed[len(numbers)] == saved[0]
    assert set(report.papers) - set(saved) <= {*listed, *lab.stores.communities.last_shown(lab.member(), lab.channel)}
    why = await lab.fake.members.command(lab.place, ANA, "why", paper=listed[-1])
    assert "Why this paper was" in why.text


async def test_categories_are_completed_where_an_interest_is_typed(lab: Lab) -> None:
    found = await lab.fake.members.suggestions(lab.place, ANA, "follow", "interest", "entropy cat:cs")
    assert found
    assert all(each["value"].startswith("entropy cat:cs") for each in found)
    assert lab.fake.refusals == []


async def test_slow_work_is_deferred_within_three_seconds_and_answered_after(lab: Lab) -> None:
    slow = asyncio.Event()
    answer = lab.paperround.answer

    async def answer_slowly(*asked: object) -> object:
        await slow.wait()
        return await answer(*asked)  # type: ignore[arg-type]

    lab.paperround.answer = answer_slowly  # type: ignore[method-assign, assignment]
    asking = asyncio.create_task(lab.fake.members.command(lab.place, ANA, "search", query="entropy"))
    begun = await lab.fake.eventually(
        lambda: next((each for each in lab.fake.members.interactions.values() if each.first), None)
    )
    assert begun.first["type"] == 5
    assert begun.first_after_s < 3
    slow.set()
    assert "entropy" in (await asking).text
    assert begun.is_private


async def test_a_command_in_a_direct_message_is_the_members_own(lab: Lab) -> None:
    alone = lab.fake.world.direct_with(ANA)
    followed = await lab.fake.members.command(alone, ANA, "follow", interest="entropy")
    assert "for you" in followed.text
    elsewhere = await lab.fake.members.command(lab.place, ANA, "interests")
    assert "No interests yet" in elsewhere.text


async def test_the_message_menu_finds_papers_like_a_linked_one_and_like_words(lab: Lab) -> None:
    linked = lab.fake.world.add_message(lab.place, {"content": "see https://arxiv.org/abs/2603.00002v3"}, author=BO)
    assert "Similar to: On sparse retrieval" in (await lab.fake.members.menu(lab.place, ANA, linked)).text
    words = lab.fake.world.add_message(lab.place, {"content": "anything on protein folding?"}, author=BO)
    assert "protein folding" in (await lab.fake.members.menu(lab.place, ANA, words)).text


async def test_the_form_edits_interests_and_touches_only_lines_that_changed(lab: Lab) -> None:
    for interest in ("entropy", "robot grasping"):
        await lab.fake.members.command(lab.place, ANA, "follow", interest=interest)
    listed = await lab.fake.members.command(lab.place, ANA, "interests")
    opened = await lab.fake.members.press(lab.place, ANA, listed.buttons()["Edit"])
    assert opened.first is not None
    assert opened.first["type"] == 9
    saved = await lab.fake.members.submit(lab.place, ANA, opened.first["data"], "entropy\nmute survey\n")
    assert "Interests saved" in saved.text
    after = await lab.fake.members.command(lab.place, ANA, "interests")
    assert "1  `entropy`" in after.text.replace("*", "")
    assert "survey" in after.text
    assert "robot" not in after.text


async def test_what_only_the_asker_saw_can_be_posted_without_what_the_asker_thinks_of_it(lab: Lab) -> None:
    private = await lab.fake.members.command(lab.place, ANA, "search", query="protein folding")
    await lab.fake.members.press(lab.place, ANA, private.buttons()["Like"])
    again = await lab.fake.members.command(lab.place, ANA, "search", query="protein folding")
    assert "You: liked" in again.text
    public = await lab.fake.members.press(lab.place, ANA, again.buttons()["Post to channel"])
    assert not public.is_private
    assert "protein folding" in public.text
    assert "You: liked" not in public.text


async def test_a_file_is_uploaded_for_the_asker_alone(lab: Lab) -> None:
    answer = await lab.fake.members.command(lab.place, ANA, "mydata")
    assert answer.is_private
    assert answer.messages[0]["files"][0]["name"] == "mydata.json"


async def test_a_preview_has_its_days_as_a_picture_with_a_description_drawn_beside_the_event_loop(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_on = []

    def seen(plot: Plot) -> bytes:
        drawn_on.append(threading.current_thread())
        return png(plot)

    monkeypatch.setattr("adapters.discord.talk.png", seen)
    answer = await lab.fake.members.command(lab.place, ANA, "preview", interest="entropy")
    (message,) = [each for each in answer.messages if each["files"]]
    (picture,) = message["files"]
    assert picture["name"] == "plot.png"
    assert picture["content"].encode(errors="surrogateescape").startswith(b"\x89PNG")
    assert message["embeds"][0]["image"]["url"].endswith("plot.png")
    (told,) = message["attachments"]
    assert ": 4" in told["description"] or ": 8" in told["description"]
    assert len(drawn_on) == 1
    assert threading.main_thread() not in drawn_on
    assert lab.fake.refusals == []
