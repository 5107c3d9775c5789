"""The fake Discord in a loop of its own, for tests that wait otherwise than with `await`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.wire.discord.server import FakeDiscord

PATIENCE_S = 60


@contextmanager
def discord_in_a_thread() -> Iterator[FakeDiscord]:
    """Serve until the end; what it holds is read once the bot is quiet."""
    loop, fake = asyncio.new_event_loop(), FakeDiscord()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(fake.__aenter__(), loop).result(PATIENCE_S)
        try:
            yield fake
        finally:
            asyncio.run_coroutine_threadsafe(fake.__aexit__(), loop).result(PATIENCE_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
