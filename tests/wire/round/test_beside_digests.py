"""What comes beside the digests of a real process: news of a pick, a choice of the club, word of a stopped round."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.wire.discord.process import BotProcess as DiscordBot
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.world import Channel as DiscordPlace
from tests.wire.round.stages import FIRST_DAY, PATIENCE_S, SUBJECT, Told, papers_of
from tests.wire.slack.fake_slack import FakeSlack
from tests.wire.slack.process import BotProcess as SlackBot
from tests.wire.slack.room import Room
from tests.wire.slack.said import token_of

Json = dict[str, Any]

ANA, BEN = "800000000000000001", "800000000000000002"
MONDAY, FRIDAY = f"{FIRST_DAY}T08:00+00:00", f"{FIRST_DAY + timedelta(days=4)}T09:00:01+00:00"
PARTS = 4  # a heading and three picks
VOTE = "Vote for this"


def revise(told: Told, pick: str) -> str:
    """Announce a second version of a posted pick; return its title."""
    [paper] = [paper for paper in papers_of(FIRST_DAY) if str(paper["title"]) in pick]
    with told.file.open("a", encoding="utf-8") as file:
        file.write(json.dumps(paper | {"id": f"{paper['id']}v2"}) + "\n")
    return str(paper["title"])


def test_on_slack_news_of_a_pick_a_clubs_choice_and_a_stopped_round_come_once_and_a_vote_counts(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.bring(FIRST_DAY)
    with FakeSlack() as fake, SlackBot(fake, tmp_path, **told.settings, PAPERROUND_CLOCK=MONDAY) as bot:
        bot.connected()
        club, shut = (Room.new(fake, bot, number) for number in (1, 2))
        for room in (club, shut):
            room.topic = SUBJECT
            pick = room.posted_pick()
        pick = club.place.posts[1]
        assert "club is on" in club.say("set here club on")
        club.press(token_of(pick, "Like"), message=pick)
        bot.kill()
        title = revise(told, json.dumps(pick))
        told.bring(FIRST_DAY + timedelta(days=4))
        shut.place.archived = True
        bot.settings["PAPERROUND_CLOCK"] = FRIDAY
        bot.start()

        def saying(words: str) -> list[Json]:
            return [post for post in club.place.posts if words in json.dumps(post)]

        fake.wait_until(lambda: saying("New version (v2)") and saying(VOTE) and shut.told, PATIENCE_S)
        [news] = saying("New version (v2)")
        assert title in news["text"]
        assert news["thread_ts"] == club.place.posts[0]["ts"]
        [choice] = saying(VOTE)
        assert title in choice["text"]
        club.press(token_of(choice, VOTE), user=club.ben, message=choice)
        fake.wait_until(lambda: "1 vote" in json.dumps(choice["blocks"]), PATIENCE_S)
        assert "has stopped" in shut.told[0]["text"]
        assert "archived" in shut.told[0]["text"]
        fake.wait_until(lambda: len(saying("entropy")) >= 2 * PARTS, PATIENCE_S)
        assert set(club.markers().values()) == {1}
        assert len(shut.told) == 1


async def test_on_discord_news_of_a_pick_a_clubs_choice_and_a_stopped_round_come_once_and_a_vote_counts(
    tmp_path: Path,
) -> None:
    told = Told(tmp_path)
    told.bring(FIRST_DAY)
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild()
        club, shut = (fake.world.add_channel(guild, name) for name in ("club", "shut"))

        async def say(place: DiscordPlace, command: str, **options: str) -> str:
            while True:
                answer = await fake.members.command(place, ANA, command, manager=True, **options)
                if "still being read" not in answer.text:
                    return answer.text
                await asyncio.sleep(0.1)

        def saying(words: str, place: DiscordPlace = club) -> list[Json]:
            return [message for message in fake.world.own_messages(place) if words in json.dumps(message)]

        async with DiscordBot(fake, tmp_path, **told.settings, PAPERROUND_CLOCK=MONDAY) as bot:
            for place in (club, shut):
                assert "Following" in await say(place, "follow", interest=f"+{SUBJECT}", for_="here")
                assert "comes" in await say(place, "digest", schedule="daily 09:00 UTC count 3", for_="here")
                await say(place, "digest", schedule="now", for_="here")
            assert "club is on" in await say(club, "set", name="club", choice="on", for_="here")
            await fake.eventually(lambda: len(saying("", club)) == len(saying("", shut)) == PARTS, PATIENCE_S)
            heading, pick, *_ = saying("")
            thread = fake.world.channels[heading["id"]]
            like = pick["components"][0]["components"][0]["custom_id"]
            assert "Liked" in (await fake.members.press(thread, BEN, like, pick)).text
            await bot.kill()
            title = revise(told, json.dumps(pick))
            told.bring(FIRST_DAY + timedelta(days=4))
            del fake.world.channels[shut.id]
            bot.settings["PAPERROUND_CLOCK"] = FRIDAY
            await bot.start()
            alone = fake.world.direct_with(ANA)

            def all_came() -> bool:
                return bool(saying("New version (v2)") and saying(VOTE) and saying("has stopped", alone))

            await fake.eventually(all_came, PATIENCE_S)
            [news] = saying("New version (v2)")
            assert title in json.dumps(news)
            assert news["channel_id"] == thread.id
            [choice] = saying(VOTE)
            vote = choice["components"][0]["components"][0]["custom_id"]
            within = fake.world.channels[choice["channel_id"]]
            assert "vote" in (await fake.members.press(within, BEN, vote, choice)).text
            await fake.eventually(lambda: "1 vote" in choice["embeds"][-1]["description"], PATIENCE_S)
            assert len(saying("has stopped", alone)) == 1
            markers = Counter(
                word for message in saying("") for word in json.dumps(message).split() if word.startswith("pr-")
            )
            assert set(markers.values()) == {1}
