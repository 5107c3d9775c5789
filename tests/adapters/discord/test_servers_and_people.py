"""Channels that go away, people who cannot be reached, tokens that are refused: row P2 and the classes of errors."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from adapters.checkup import look_over
from adapters.discord.app import Connection, DiscordEdge
from adapters.discord.invitation import invite_link
from adapters.discord.standstill import standstill_in
from adapters.discord.watch import Watch
from adapters.settings import Settings
from bot.model import Channel
from tests.adapters.discord.conftest import ANA, QUICK, Lab, a_lab, opened
from tests.wire.discord import world as w
from tests.wire.discord.faults import Fault, error
from tests.wire.discord.server import TOKEN, FakeDiscord


def paused(lab: Lab, destination: str = "") -> str | None:
    found = lab.stores.subscriptions.get(f"discord:{lab.guild.id}:{destination or lab.place.id}")
    assert found is not None
    return found.paused


async def until_paused(lab: Lab) -> str:
    return str(await lab.fake.eventually(lambda: paused(lab)))


async def test_p2_a_deleted_channel_pauses_its_round_at_once(lab: Lab) -> None:
    await lab.digest()
    gone = lab.fake.world.channels.pop(lab.place.id)
    await lab.fake.gateway.dispatch("CHANNEL_DELETE", gone.json())
    assert await until_paused(lab) == "The channel was deleted"


async def test_p2_a_channel_that_refuses_is_paused_and_who_set_it_is_told_once(lab: Lab) -> None:
    await lab.digest()
    await lab.fake.eventually(lambda: lab.edge.messenger.is_own({"author": {"id": w.BOT}}))
    lab.place.denied = w.SEND
    (report,) = await lab.round()
    assert report.state == "rejected"
    assert "Send Messages" in str(paused(lab))
    assert len(lab.fake.posts()) <= 2
    told = lab.fake.world.direct_with(ANA).messages
    assert len(told) == 1
    lab.place.denied = 0
    await lab.fake.gateway.dispatch("CHANNEL_UPDATE", lab.place.json() | {"permission_overwrites": []})
    await asyncio.sleep(0.2)
    assert await lab.round() == [], "the date that was refused is not posted later"


async def test_p2_a_post_that_is_answered_404_pauses_the_round_and_is_told_once(lab: Lab) -> None:
    await lab.digest()
    lab.fake.faults = [Fault("POST", r"/channels/\d+/messages", **error(404, 10003))]
    assert [str(report.state) for report in await lab.round()] == ["rejected"]
    assert paused(lab) == "The channel was deleted"
    assert len(lab.fake.world.direct_with(ANA).messages) == 1
    assert not lab.place.messages


async def test_p2_a_permission_taken_and_given_back_pauses_and_resumes(lab: Lab) -> None:
    await lab.digest()
    lab.place.denied = w.VIEW
    await lab.fake.gateway.dispatch("CHANNEL_UPDATE", lab.place.json())
    assert "no longer" in await until_paused(lab)
    lab.place.denied = 0
    await lab.fake.gateway.dispatch("CHANNEL_UPDATE", lab.place.json())
    await lab.fake.eventually(lambda: paused(lab) is None)


async def test_p3_a_removed_bot_pauses_every_channel_of_the_server_and_an_outage_does_not(lab: Lab) -> None:
    await lab.digest()
    await lab.fake.gateway.dispatch("GUILD_DELETE", {"id": lab.guild.id, "unavailable": True})
    await asyncio.sleep(0.3)
    assert paused(lab) is None
    await lab.fake.gateway.dispatch("GUILD_CREATE", w.guild_json(lab.fake.world, lab.guild))
    await lab.fake.gateway.dispatch("GUILD_DELETE", {"id": lab.guild.id})
    assert await until_paused(lab) == "The bot was removed from this server"
    await lab.edge._client.wait_until_ready()  # noqa: SLF001 - before that a join looks like an outage that ended
    joined = w.guild_json(lab.fake.world, lab.guild)
    del joined["unavailable"]
    await lab.fake.gateway.dispatch("GUILD_CREATE", joined)
    await lab.fake.eventually(lambda: paused(lab) is None)


async def test_closed_direct_messages_are_noticed_and_told_at_the_next_command(lab: Lab) -> None:
    lab.fake.world.closed_to_bot.add(ANA)
    await lab.digest("digest daily 09:00 UTC")
    assert [str(report.state) for report in await lab.round()] == ["rejected"]
    assert paused(lab, f"@{ANA}")
    answer = await lab.fake.members.command(lab.place, ANA, "status")
    await lab.fake.eventually(lambda: "could not send you your digest" in answer.text)
    assert paused(lab, f"@{ANA}") is None
    quiet = await lab.fake.members.command(lab.place, ANA, "status")
    await asyncio.sleep(0.2)
    assert "could not send" not in quiet.text


async def test_p1_after_a_401_nothing_more_is_sent_and_the_host_learns_why(lab: Lab) -> None:
    await lab.digest()
    lab.fake.token = "another"  # noqa: S105 - of the fake alone
    assert [str(report.state) for report in await lab.round()] == ["planned"]
    asked = len(lab.fake.requests)
    await lab.round()
    assert len(lab.fake.requests) - asked <= 3
    assert "token" in await asyncio.wait_for(lab.edge.ended(), 5)


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_session_that_is_refused_for_good_ends_with_a_sentence(code: int) -> None:
    async with FakeDiscord() as fake:
        fake.gateway.close_identify_with = code
        edge = DiscordEdge(TOKEN, Connection(api_url=fake.api_url), QUICK)
        await edge.start(object())  # type: ignore[arg-type]
        why = await asyncio.wait_for(edge.ended(), 15)
        await edge.stop()
    assert str(code) in why


async def test_a_refused_token_ends_with_a_sentence() -> None:
    async with FakeDiscord() as fake:
        edge = DiscordEdge("wrong", Connection(api_url=fake.api_url), QUICK)
        await edge.start(object())  # type: ignore[arg-type]
        assert "DISCORD_TOKEN" in await asyncio.wait_for(edge.ended(), 15)
        await edge.stop()
        assert len(fake.requests) == 1


async def test_discord_being_away_at_the_start_is_waited_for(tmp_path: Path) -> None:
    async with FakeDiscord() as fake, AsyncExitStack() as ends:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        fake.faults = [Fault("GET", "/users/@me", status=503, body="away", times=1)]
        await opened(tmp_path / "data", fake, guild, place, ends)
        assert len(fake.asked("GET", "/users/@me")) == 2


async def test_commands_are_registered_only_when_they_changed(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        for start in range(2):
            async with AsyncExitStack() as ends:
                await opened(tmp_path / f"data{start}", fake, guild, place, ends, state_dir=tmp_path)
        assert len(fake.asked("PUT", "/commands")) == 1


async def test_for_development_commands_are_registered_in_one_server(tmp_path: Path) -> None:
    async with FakeDiscord() as fake, AsyncExitStack() as ends:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        await opened(tmp_path / "data", fake, guild, place, ends, test_server=int(guild.id))
        assert [each["name"] for each in fake.commands[guild.id]] == ["papers", "Find papers like this"]


@pytest.mark.long  # Discord allows one identification in five seconds
async def test_as_many_shards_are_opened_as_discord_advises(tmp_path: Path) -> None:
    async with FakeDiscord(shards=2) as fake, AsyncExitStack() as ends:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        await opened(tmp_path / "data", fake, guild, place, ends)
        await fake.eventually(lambda: len(fake.gateway.identified) == 2)
        assert sorted(each["shard"] for each in fake.gateway.identified) == [[0, 2], [1, 2]]
        assert {each["intents"] for each in fake.gateway.identified} == {1 << 0 | 1 << 9 | 1 << 10 | 1 << 13}


async def test_too_many_refused_requests_stop_the_posting_and_who_runs_it_is_told_everywhere(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, discord_token=SecretStr(TOKEN))
    async with a_lab(tmp_path / "data", state_dir=tmp_path) as lab:
        lab.edge._watch._invalid_cap = 1  # noqa: SLF001 - nobody waits for a thousand refusals
        other = lab.fake.world.add_channel(lab.guild, "other")
        for place, hour in ((lab.place, 9), (other, 10)):
            channel = Channel("discord", lab.guild.id, place.id, name=place.name)
            await lab.digest(f"digest here daily {hour:02}:00 UTC", channel)
        lab.clock.move_to(lab.clock.now().replace(hour=9, minute=0, second=5))
        lab.place.denied = w.SEND
        await lab.round()
        assert "Send Messages" in str(paused(lab))
        asked = len(lab.fake.requests)
        lab.clock.move_to(lab.clock.now() + timedelta(hours=1))
        (late,) = [report for report in await lab.round() if report.key.destination.endswith(other.id)]
        assert late.state == "planned"
        assert len(lab.fake.requests) == asked, "nothing more goes out"
        answer = await lab.fake.members.command(lab.place, ANA, "status")
        await lab.fake.eventually(lambda: "stands still" in answer.text)
        found = await lab.fake.eventually(lambda: standstill_in(tmp_path, datetime.now(UTC)))
        assert found.refused == 1
    (finding,) = [each for each in await look_over(settings, lab.clock.now()) if "Nothing is posted" in each.means]
    assert "banned" in finding.means
    async with AsyncExitStack() as ends, FakeDiscord() as fake:
        fake.world = lab.fake.world
        again = await opened(tmp_path / "data", fake, lab.guild, lab.place, ends, state_dir=tmp_path)
        again.clock.move_to(lab.clock.now() + timedelta(minutes=5))
        assert again.edge.messenger.standstill(), "a restart does not end it"
        again.edge._watch.stop_for(0)  # noqa: SLF001 - nobody waits for ten minutes
        again.clock.move_to(lab.clock.now() + timedelta(minutes=11))
        await again.round()
        assert len(other.messages) == 1
        told = [str(message["content"]) for message in fake.world.direct_with(ANA).messages.values()]
        assert sum("other comes late" in each for each in told) == 1, told


async def test_many_refused_requests_stop_the_posting_long_before_a_ban() -> None:
    ended: list[str] = []
    watch = Watch(ended.append, invalid_cap=5)
    async with FakeDiscord() as fake, aiohttp.ClientSession(trace_configs=[watch.trace]) as session:
        headers = {"Authorization": f"Bot {TOKEN}"}
        shared = {"X-RateLimit-Scope": "shared"}
        fake.faults = [Fault("GET", "/users/@me", times=9, status=429, headers=shared)]
        fake.faults.append(Fault("GET", "/users/@me", times=5, **error(403, 50001)))
        for _ in range(13):
            assert watch.quiet_for() is None
            await session.get(f"{fake.api_url}/users/@me", headers=headers)
        assert watch.quiet_for() is None
        await session.get(f"{fake.api_url}/users/@me", headers=headers)
        quiet = watch.quiet_for()
    assert quiet is not None
    assert 0 < quiet[0] <= 600
    assert ended == []


def test_the_invite_asks_for_just_what_is_needed() -> None:
    link = invite_link(w.BOT)
    assert f"client_id={w.BOT}" in link
    assert "scope=bot+applications.commands" in link
    assert f"permissions={w.VIEW | w.SEND | w.EMBED | w.HISTORY | w.SEND_IN_THREADS}" in link


async def test_told_to_stop_while_it_waits_for_a_new_session_it_stops_soon(lab: Lab) -> None:
    await lab.edge._client.wait_until_ready()  # noqa: SLF001 - only a session that began can end
    lab.fake.gateway.refuse_resume = True
    await lab.fake.gateway.drop(4000)
    await asyncio.sleep(1)
    await asyncio.wait_for(lab.edge.stop(), 8)
    assert lab.edge._client.is_closed()  # noqa: SLF001 - nothing else tells


async def test_a_worker_posts_without_listening(tmp_path: Path) -> None:
    async with FakeDiscord() as fake, AsyncExitStack() as ends:
        guild = fake.world.add_guild()
        place = fake.world.add_channel(guild)
        lab = await opened(tmp_path / "data", fake, guild, place, ends, listening=False)
        await lab.digest()
        assert [str(report.state) for report in await lab.round()] == ["sent"]
        assert fake.gateway.identified == []
        assert fake.commands == {}
