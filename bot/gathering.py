"""One call for all who ask at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Gathered(Generic[Asked, Answered]):
    """Asks for its callers together: whoever comes while a call is under way shares the next one.

    Nobody waits for company: who comes alone is asked for alone.
    """

    def __init__(self, ask: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]]) -> None:
        """Ask by ``ask``, which returns an answer for each in the same order; what it raises, each of them gets."""
        self._ask = ask
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def __call__(self, asked: Asked) -> Answered:
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_for_all(), name="gathered")
        return await answer

    async def _ask_for_all(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                [found] = await asyncio.gather(self._ask([asked for asked, _ in together]), return_exceptions=True)
                for place, (_, answer) in enumerate(together):
                    # Whoever was cancelled meanwhile hears nothing.
                    if answer.done():
                        continue
                    if isinstance(found, BaseException):
                        answer.set_exception(found)
                    else:
                        answer.set_result(found[place])
        finally:
            # Also when the loop ends in the middle: another loop begins anew.
            self._waiting, self._asking = [], None
