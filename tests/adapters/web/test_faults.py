"""Faults that a visitor chooses: whatever a post meets, the message comes, and it comes once."""

import pytest

from adapters.web.faults import MET, Fault
from adapters.web.history import Author
from tests.adapters.web.conftest import Playground

NOT_THERE = "it is not there, so it may be posted"
POSTED_AGAIN = "the very same message is posted again"


async def ledger(room: Playground) -> list[str]:
    [told] = [message for message in room.messages() if message.author is Author.LEDGER]
    return [line.partition(" UTC: ")[2] for line in told.text.splitlines()]


@pytest.mark.parametrize(
    ("fault", "between"),
    [
        (
            Fault.RATE_LIMIT,
            ["the ledger says planned: too many messages", POSTED_AGAIN],
        ),
        (
            Fault.LOST_AFTER,
            [
                "the ledger says ambiguous: the connection was lost",
                "the channel is looked through for its marker: there it is, so nothing is posted",
            ],
        ),
        (
            Fault.LOST_BEFORE,
            [
                "the ledger says ambiguous: the connection was lost",
                f"the channel is looked through for its marker: {NOT_THERE}",
                POSTED_AGAIN,
            ],
        ),
        (
            Fault.CRASH,
            [
                "the ledger says ambiguous: the process died before it posted",
                f"the channel is looked through for its marker: {NOT_THERE}",
                POSTED_AGAIN,
            ],
        ),
    ],
)
async def test_a_post_that_meets_a_fault_comes_once_and_the_ledger_tells_how(
    room: Playground, fault: Fault, between: list[str]
) -> None:
    await room.say("/papers follow entropy")
    await room.say("/papers digest daily 09:00 count 2")
    assert (await room.post("/fault", {"place": "direct", "fault": fault})).status == 303
    assert f'value="{fault}" selected' in await room.page()
    await room.tomorrow()
    assert room.posted() == []
    # Something was due, which the ledger tells.
    assert "Nothing was due here" not in " ".join(message.text for message in room.messages())
    assert (await room.post("/clock", {"place": "direct", "to": "hour"})).status == 303
    assert len(room.posted()) == 2
    markers = [message.marker for message in room.messages() if message.marker]
    assert len(markers) == len(set(markers)) == 3
    start = ["the ledger says planned", "the ledger says sending", MET[fault].format(seconds=30)]
    end = ["the ledger says sent", "messages with this marker in the channel: 1"]
    said = [line for line in await ledger(room) if line != "the ledger says sending" or line not in start[:2]]
    said.insert(1, "the ledger says sending")
    assert said == [*start, *between, *end]


async def test_a_fault_is_met_once_and_can_be_taken_back(room: Playground) -> None:
    await room.say("/papers follow entropy")
    await room.say("/papers digest daily 09:00 count 2")
    await room.post("/fault", {"place": "direct", "fault": Fault.CRASH})
    await room.post("/fault", {"place": "direct", "fault": Fault.NONE})
    await room.tomorrow()
    assert len(room.posted()) == 2
    assert [message for message in room.messages() if message.author is Author.LEDGER] == []
    assert (await room.post("/fault", {"place": "direct", "fault": "fire"})).status == 400
