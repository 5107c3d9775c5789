"""What a visitor does in the playground, through the page's own forms, to the real facade."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

from adapters.web.frozen import picks_in, reply_in
from adapters.web.history import Author
from bot.replies import NoticeReply, PicksReply, RefusalReply, WhyReply
from tests.adapters.web.conftest import Playground

NINE = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)  # 09:00 in Berlin


def titles(*payloads: str) -> list[str]:
    return [
        offered.pick.paper.title for payload in payloads if (picks := picks_in(payload)) for offered in picks.offered
    ]


async def test_a_command_is_answered_with_and_without_its_prefix(room: Playground) -> None:
    await room.say("/papers follow entropy")
    assert [message.text for message in room.messages() if message.author is Author.YOU] == ["/papers follow entropy"]
    assert room.last().private
    answer = reply_in(room.last().payload)
    assert isinstance(answer, NoticeReply)
    assert answer.text.startswith("Following entropy for you")
    await room.say("interests")
    assert room.messages()[-2].text == "/papers interests"
    assert "entropy" in repr(reply_in(room.last().payload))


async def test_any_text_is_answered(room: Playground) -> None:
    for text in (
        "",
        "/papers",
        "   ",
        "/papersfollow x",
        '"',
        "(" * 900,
        "\x00\u202e",
        "x" * 20_000,
        "follow " + "+" * 99,
    ):
        await room.say(text)
        assert room.last().author is Author.PAPERROUND
    assert all(len(message.text) < 700 for message in room.messages())


async def test_a_round_comes_when_the_clock_is_moved_to_tomorrow_morning(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("digest daily 09:00 count 3")
    await room.tomorrow()
    assert timedelta(0) <= room.clock.now() - NINE < timedelta(seconds=20)
    assert [message.text for message in room.messages() if message.author is Author.CLOCK] == [
        "Thursday 12 March 2026, 09:00"
    ]
    posted = room.posted()
    assert len(posted) == 3
    assert all("ntropy" in title for title in titles(*(message.payload for message in posted[:2])))
    at = [message.author for message in room.messages()].index(Author.CLOCK)
    assert room.messages()[at + 1].marker  # the heading stands right below the time


async def test_the_clock_stops_at_each_round_on_its_way(room: Playground) -> None:
    await room.say("digest daily 10:00 count 2")
    await room.say("digest here daily 15:30 count 1", "daily-papers")
    await room.tomorrow()
    clock = [message.text for message in room.messages() if message.author is Author.CLOCK]
    assert clock == [
        "Wednesday 11 March 2026, 10:00",
        "Wednesday 11 March 2026, 15:30",
        "Thursday 12 March 2026, 09:00",
    ]
    assert [len(room.posted()), len(room.posted("daily-papers"))] == [2, 1]
    assert room.moves == 3
    assert room.posted("daily-papers")[0].at.hour == 14


async def test_a_move_that_brings_nothing_here_says_so_and_where_it_came(room: Playground) -> None:
    await room.tomorrow("reading-group")
    assert "Nothing was due here" in room.messages("reading-group")[-1].text
    assert "digest here daily 09:00" in room.messages("reading-group")[-1].text
    await room.say("digest daily 09:00")
    await room.tomorrow("reading-group")
    assert room.messages("reading-group")[-1].text == "The round came to Paperround."


async def test_where_rounds_come_nobody_is_told_how_to_get_them(room: Playground) -> None:
    await room.say("digest daily 09:00")
    await room.tomorrow()
    await room.post("/clock", {"place": "direct", "to": "hour"})
    assert room.messages()[-1].text == "Nothing was due here."


async def test_the_clock_never_goes_back(room: Playground) -> None:
    before = room.clock.now()
    response = await room.post("/clock", {"place": "direct", "to": "hour"})
    assert response.status == 303
    assert room.clock.now() - before >= timedelta(hours=1)
    response = await room.post("/clock", {"place": "direct", "to": "yesterday"})
    assert response.status == 400
    assert room.clock.now() - before < timedelta(hours=1, minutes=1)


async def test_like_and_undo_move_and_restore_the_verdict_where_it_was_pressed(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("digest daily 09:00 count 3")
    await room.tomorrow()
    first = room.posted()[0]
    count = len(room.messages())
    await room.press(first, "Like")
    liked = room.posted()[0]
    assert liked.id == first.id
    assert len(room.messages()) == count  # a short answer stands under the pick, not at the end
    [offered] = (picks_in(liked.payload) or PicksReply("", ())).offered
    assert (offered.verdict, offered.tally) == ("liked", "1 like")
    assert offered.pick.reasons == (picks_in(first.payload) or PicksReply("", ())).offered[0].pick.reasons
    assert "Liked: " in liked.notes[offered.pick.paper.id]
    await room.press(liked, "Undo")
    [restored] = (picks_in(room.posted()[0].payload) or PicksReply("", ())).offered
    assert (restored.verdict, restored.tally) == ("", "")
    assert "Taken back" in room.posted()[0].notes[offered.pick.paper.id]


async def test_undo_as_a_command_clears_the_verdict_and_the_note_under_the_pick(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("today")
    answer = room.last()
    [first, *_] = (picks_in(answer.payload) or PicksReply("", ())).offered
    await room.press(answer, "Like", first.pick.paper.id)
    pressed = next(message for message in room.messages() if message.id == answer.id)
    assert "liked" in [offered.verdict for offered in (picks_in(pressed.payload) or PicksReply("", ())).offered]
    assert pressed.notes
    await room.say("undo")
    undone = next(message for message in room.messages() if message.id == answer.id)
    assert {offered.verdict for offered in (picks_in(undone.payload) or PicksReply("", ())).offered} == {""}
    assert not undone.notes


async def test_a_reaction_counts_as_its_button_and_taking_it_away_takes_the_verdict_back(room: Playground) -> None:
    await room.say("follow here entropy", "daily-papers")
    await room.say("digest here daily 09:00", "daily-papers")
    await room.tomorrow("daily-papers")
    message = room.posted("daily-papers")[0]
    await room.post("/react", {"message": message.id, "emoji": "🔥"})
    [offered] = (picks_in(room.posted("daily-papers")[0].payload) or PicksReply("", ())).offered
    assert room.posted("daily-papers")[0].reactions == ("🔥",)
    assert (offered.verdict, offered.tally) == ("liked", "1 like")
    await room.post("/react", {"message": message.id, "emoji": "🔥"})
    [offered] = (picks_in(room.posted("daily-papers")[0].payload) or PicksReply("", ())).offered
    assert room.posted("daily-papers")[0].reactions == ()
    assert (offered.verdict, offered.tally) == ("", "")


async def test_only_the_pages_own_reactions_are_taken(room: Playground) -> None:
    await room.say("digest daily 09:00")
    await room.tomorrow()
    message = room.posted()[0]
    response = await room.post("/react", {"message": message.id, "emoji": "<script>"})
    assert response.status == 400
    assert room.posted()[0].reactions == ()


async def test_why_stands_under_its_paper_and_more_like_this_at_the_end(room: Playground) -> None:
    await room.say("search entropy")
    answer = room.last()
    paper = (picks_in(answer.payload) or PicksReply("", ())).offered[1].pick.paper
    await room.press(answer, "Why", paper.id)
    pressed = next(message for message in room.messages() if message.id == answer.id)
    assert isinstance(reply_in(pressed.notes[paper.id]), WhyReply)
    await room.press(pressed, "More like this", paper.id)
    assert room.last().id != answer.id
    assert picks_in(room.last().payload)


async def test_a_button_of_another_release_is_told_plainly_and_changes_nothing(room: Playground) -> None:
    await room.say("today")
    answer = room.last()
    for token in ("", "0:like:x", "9:like:arxiv:1", "1:like:" + "x" * 500, "<script>"):
        assert (await room.post("/press", {"message": answer.id, "token": token})).status == 303
        assert isinstance(reply_in(room.last().notes[""]), RefusalReply)
    assert room.last().payload == answer.payload


async def test_an_extra_round_asked_for_now_is_posted_at_once(room: Playground) -> None:
    await room.say("follow here entropy", "reading-group")
    await room.say("digest here daily 09:00 count 2", "reading-group")
    await room.say("digest here now", "reading-group")
    assert len(room.posted("reading-group")) == 2


async def test_commands_at_once_are_all_answered(room: Playground) -> None:
    await asyncio.gather(*(room.say(f"follow here subject{number}", "reading-group") for number in range(8)))
    await room.say("interests here", "reading-group")
    assert all(f"subject{number}" in room.last("reading-group").payload for number in range(8))


async def test_no_paper_comes_twice_on_three_mornings(room: Playground) -> None:
    await room.say("follow entropy")
    await room.say("digest daily 09:00 count 4")
    for _ in range(3):
        await room.tomorrow()
    picked = titles(*(message.payload for message in room.posted()))
    assert len(picked) == len(set(picked)) == 12


async def test_what_is_typed_after_a_command_is_completed(room: Playground) -> None:
    async def suggested(typed: str) -> list[dict[str, str]]:
        async with room.visitor.get("/suggest", params={"place": "direct", "typed": typed}) as response:
            found: list[dict[str, str]] = await response.json()
            return found

    assert "/papers digest here daily 09:00" in [one["value"] for one in await suggested("/papers digest here da")]
    await room.say("search entropy")
    [first, *_] = await suggested("/papers like ")
    assert first["value"] == "/papers like 1"
    assert "ntropy" in first["label"]
    assert await suggested("/papers") == await suggested("/papers nonsense x") == await suggested("\x00") == []


async def test_the_payload_of_each_platform_is_kept_as_it_was_planned(room: Playground) -> None:
    await room.say("digest daily 09:00 count 2")
    await room.tomorrow()
    head = next(message for message in room.messages() if message.marker)
    for number, message in enumerate([head, *room.posted()]):
        async with room.visitor.get(f"/native/{message.id}/Slack") as response:
            assert response.content_type == "application/json"
            assert json.loads(await response.text()) == {"part": number}
    async with room.visitor.get(f"/native/{head.id}/Elsewhere") as response:
        assert response.status == 404


async def test_a_file_is_for_saving_not_for_showing(room: Playground) -> None:
    await room.say("mydata")
    async with room.visitor.get(f"/file/{room.last().id}") as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="mydata.json"'
        assert json.loads(await response.text())
    await room.say("help")
    async with room.visitor.get(f"/file/{room.last().id}") as response:
        assert response.status == 404
