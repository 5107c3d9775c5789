"""Callers that come at the same moment share one call."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.gathering import Gathered

PATIENCE_S = 20


class Asked:
    """Doubles what it is asked, once it is let go; keeps what came together."""

    def __init__(self) -> None:
        self.together: list[list[int]] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.together.append(list(numbers))
        self.begun.set()
        await self.go_on.wait()
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


async def test_who_comes_while_a_call_is_under_way_shares_the_next_one_and_gets_the_own_answer() -> None:
    asked = Asked()
    gathered = Gathered(asked)
    first = asyncio.create_task(gathered(1))
    await asked.begun.wait()
    others = [asyncio.create_task(gathered(number)) for number in (2, 3, 4)]
    # Each of them has asked before the first is answered.
    await asyncio.sleep(0)
    asked.go_on.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert asked.together == [[1], [2, 3, 4]]
    assert await asyncio.wait_for(gathered(5), PATIENCE_S) == 10
    assert asked.together[2:] == [[5]]


async def test_what_goes_wrong_is_told_to_all_who_asked_together_and_to_nobody_after() -> None:
    asked = Asked()
    gathered = Gathered(asked)
    asked.go_on.set()
    assert [type(found) for found in await asyncio.gather(gathered(12), gathered(13), return_exceptions=True)] == [
        ValueError,
        ValueError,
    ]
    assert await asyncio.wait_for(gathered(14), PATIENCE_S) == 28


async def test_who_is_cancelled_takes_nobody_along() -> None:
    asked = Asked()
    gathered = Gathered(asked)
    one, other = asyncio.create_task(gathered(1)), asyncio.create_task(gathered(2))
    await asked.begun.wait()
    one.cancel()
    asked.go_on.set()
    assert await asyncio.wait_for(other, PATIENCE_S) == 4
    with pytest.raises(asyncio.CancelledError):
        await one


def test_a_loop_that_ended_in_the_middle_leaves_nothing_behind_for_the_next() -> None:
    asked = Asked()
    gathered = Gathered(asked)

    async def cut_off() -> None:
        asking = asyncio.create_task(gathered(1))
        await asked.begun.wait()
        asking.cancel()

    asyncio.run(cut_off())

    async def anew() -> int:
        asked.go_on = asyncio.Event()
        asked.go_on.set()
        return await asyncio.wait_for(gathered(2), PATIENCE_S)

    assert asyncio.run(anew()) == 4
