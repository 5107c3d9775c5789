"""News reach an open page by themselves."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp

from adapters.web.news import STREAMS_CAP
from tests.adapters.web.conftest import Playground


async def told(stream: aiohttp.ClientResponse) -> AsyncIterator[dict[str, object]]:
    async for line in stream.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def ids(news: dict[str, object]) -> list[str]:
    changes = news["changes"]
    assert isinstance(changes, list)
    return [change["id"] for change in changes]


async def test_what_is_said_in_one_tab_is_seen_in_another(room: Playground) -> None:
    async with room.visitor.get("/news?after=0") as stream:
        assert stream.content_type == "text/event-stream"
        await room.say("help")
        seen: list[str] = []
        async for news in told(stream):
            seen += ids(news)
            if "m2" in seen:
                break
    assert seen[0] == "m1"


async def test_a_browser_that_connects_again_misses_nothing_and_sees_nothing_twice(room: Playground) -> None:
    await room.say("help")
    seen = room.history.revision
    await room.say("status")
    async with room.visitor.get("/news?after=0", headers={"Last-Event-ID": str(seen)}) as stream:
        assert ids(await anext(told(stream))) == ["m3", "m4"]


async def test_a_page_that_was_open_while_the_data_was_removed_gets_the_new_conversation(room: Playground) -> None:
    await room.say("help")
    async with room.visitor.get("/news?after=999") as stream:
        assert ids(await anext(told(stream))) == ["m1", "m2"]


async def test_open_pages_do_not_hold_up_the_end(room: Playground) -> None:
    streams = [await room.visitor.get("/news?after=0") for _ in range(5)]
    # aiohttp waits a minute for those who do not let go.
    await asyncio.wait_for(room.runner.cleanup(), 20)
    for stream in streams:
        assert (await asyncio.wait_for(stream.read(), 20)).startswith(b"retry: ")


async def test_forgotten_streams_give_way_to_new_ones(room: Playground) -> None:
    async with aiohttp.ClientSession(room.url, connector=aiohttp.TCPConnector(limit=0)) as tabs:
        streams = [await tabs.get("/news?after=0") for _ in range(STREAMS_CAP + 2)]
        await asyncio.wait_for(asyncio.gather(streams[0].read(), streams[1].read()), 5)
        await room.say("help")
        assert ids(await anext(told(streams[-1])))[0] == "m1"
        for stream in streams:
            stream.close()
