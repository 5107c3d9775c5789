"""Links to papers that people paste: answered where a channel chose so, as far as Discord shows them."""

import asyncio
from pathlib import Path
from typing import Any

from adapters.discord.app import Connection, DiscordEdge, Reads
from tests.adapters.discord.conftest import ANA, BO, QUICK, Lab, a_lab
from tests.wire.discord import world as w
from tests.wire.discord.gateway import MESSAGE_CONTENT
from tests.wire.discord.server import TOKEN, FakeDiscord

Json = dict[str, Any]
ME = f"<@{w.BOT}>"
LINK = "https://arxiv.org/abs/2603.00002"


async def turned_on(lab: Lab) -> str:
    answer = await lab.fake.members.command(lab.place, ANA, "set", manager=True, name="links", choice="on", for_="here")
    return answer.text


async def said_under(lab: Lab, message: Json) -> Json:
    def found() -> Json | None:
        under = [each.body for each in lab.fake.posts() if "message_reference" in each.body]
        return next((each for each in under if each["message_reference"]["message_id"] == message["id"]), None)

    body: Json = await lab.fake.eventually(found)
    return body


async def nothing_said(lab: Lab) -> None:
    await asyncio.sleep(0.3)
    assert lab.fake.posts() == []


async def test_a_link_beside_a_mention_is_answered_under_its_message_and_pings_nobody(lab: Lab) -> None:
    assert "mentions me" in await turned_on(lab)
    written = await lab.fake.members.write(lab.place, BO, f"{ME} what is {LINK} about?")
    body = await said_under(lab, written)
    assert "On sparse retrieval, part 1" in str(body["embeds"])
    assert body["allowed_mentions"] == {"parse": []}
    save = next(each for row in body["components"] for each in row["components"] if each["label"] == "Save")
    pressed = await lab.fake.members.press(lab.place, BO, save["custom_id"])
    assert "Saved" in pressed.text
    assert lab.fake.refusals == []


async def test_where_nobody_chose_it_nothing_is_said(lab: Lab) -> None:
    await lab.fake.members.write(lab.place, BO, f"{ME} {LINK}")
    await nothing_said(lab)


async def test_without_the_privileged_intent_other_messages_are_not_seen(lab: Lab) -> None:
    await turned_on(lab)
    await lab.fake.members.write(lab.place, BO, f"see {LINK}")
    await nothing_said(lab)
    status = await lab.fake.members.command(lab.place, ANA, "status")
    assert "Discord shows me no other messages" in status.text


async def test_what_bots_write_is_passed_over(lab: Lab) -> None:
    await turned_on(lab)
    await lab.fake.members.write(lab.place, w.BOT, f"{ME} {LINK}")
    await nothing_said(lab)


async def test_with_the_intent_that_the_host_switched_on_every_pasted_link_is_seen(tmp_path: Path) -> None:
    async with a_lab(tmp_path / "data", allowed_intents=MESSAGE_CONTENT, reads=Reads.MESSAGES) as lab:
        assert "seen in every message" in await turned_on(lab)
        written = await lab.fake.members.write(lab.place, BO, f"see {LINK}")
        assert "On sparse retrieval, part 1" in str((await said_under(lab, written))["embeds"])


async def test_a_message_told_twice_is_answered_once(tmp_path: Path) -> None:
    async with a_lab(tmp_path / "data") as lab:
        await turned_on(lab)
        written = await lab.fake.members.write(lab.place, BO, f"{ME} {LINK}")
        await said_under(lab, written)
        told = written | {"guild_id": lab.guild.id, "member": w.member_json(BO)}
        await lab.fake.gateway.tell_of_message(told, mentioned=True)
        await asyncio.sleep(0.3)
        assert len(lab.fake.posts()) == 1


async def test_where_the_bot_is_to_read_nothing_it_asks_for_no_messages(tmp_path: Path) -> None:
    async with a_lab(tmp_path / "data", reads=Reads.NOTHING) as lab:
        assert lab.fake.gateway.identified[0]["intents"] & (1 << 9) == 0
        assert "not seen" in await turned_on(lab)


async def test_an_intent_that_is_not_switched_on_ends_with_a_sentence_that_says_where() -> None:
    async with FakeDiscord() as fake:
        edge = DiscordEdge(TOKEN, Connection(api_url=fake.api_url, reads=Reads.MESSAGES), QUICK)
        await edge.start(object())  # type: ignore[arg-type]
        why = await asyncio.wait_for(edge.ended(), 15)
        await edge.stop()
    assert "Message Content Intent" in why
    assert "PAPERROUND_DISCORD_READS" in why
