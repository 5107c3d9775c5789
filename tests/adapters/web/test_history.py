"""The playground's history keeps what was said."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.web.history import MESSAGES_KEPT, Author, History, Message
from bot.model import MessageId, PaperId

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)


def a_message(text: str = "/papers help", channel: str = "@you") -> Message:
    return Message(MessageId(""), channel, NOON, Author.YOU, text=text)


async def test_a_message_is_there_again_after_a_restart_in_its_newest_state(tmp_path: Path) -> None:
    history = History(tmp_path / "kept.jsonl")
    first = await history.add(replace(a_message("one"), paper=PaperId("arxiv:2603.00001"), marker="k"))
    await history.add(a_message("two", "reading-group"))
    await history.change(replace(first, reactions=("👍",), notes={"arxiv:2603.00001": "{}"}))
    again = History(tmp_path / "kept.jsonl")
    assert again.in_channel("@you") == history.in_channel("@you")
    assert again.in_channel("@you")[0].reactions == ("👍",)
    assert [message.text for message in again.in_channel("reading-group")] == ["two"]
    assert again.revision == history.revision == 3
    assert again.latest == NOON


async def test_a_line_that_a_kill_cut_short_costs_neither_the_lines_before_it_nor_the_next(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    history = History(kept)
    await history.add(a_message("one"))
    await history.add(a_message("two"))
    kept.write_bytes(kept.read_bytes()[:-20])
    again = History(kept)
    assert [message.text for message in again.in_channel("@you")] == ["one"]
    await again.add(a_message("three"))
    assert [message.text for message in History(kept).in_channel("@you")] == ["three", "one"]


async def test_what_cannot_be_written_was_not_said(tmp_path: Path) -> None:
    history = History(tmp_path / "no such folder" / "kept.jsonl")
    with pytest.raises(FileNotFoundError):
        await history.add(a_message())
    assert history.in_channel("@you") == []
    assert history.revision == 0


async def test_a_writer_that_is_cancelled_leaves_memory_and_file_the_same(tmp_path: Path) -> None:
    history = History(tmp_path / "kept.jsonl")
    tasks = [asyncio.create_task(history.add(a_message(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await history.add(a_message("last"))
    assert History(tmp_path / "kept.jsonl").in_channel("@you") == history.in_channel("@you")
    assert len({message.id for message in history.in_channel("@you")}) == 21


async def test_changes_come_in_order_and_a_changed_message_once() -> None:
    history = History()
    first = await history.add(a_message("one"))
    second = await history.add(a_message("two"))
    await history.change(replace(first, text="one again"))
    assert [message.text for message in history.after(0)] == ["two", "one again"]
    assert [message.text for message in history.after(second.revision)] == ["one again"]
    assert history.after(3) == []


async def test_a_page_of_another_history_gets_everything() -> None:
    history = History()
    await history.add(a_message("one"))
    assert [message.text for message in history.after(50)] == ["one"]


async def test_whoever_waits_for_news_is_woken_by_them() -> None:
    history = History()
    waiting = asyncio.create_task(history.changed_since(0))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await history.add(a_message())
    await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(history.changed_since(0), 1)
    assert history.revision == 1


async def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    history = History(kept)
    one = await history.add(a_message("one"))
    line = kept.read_bytes()
    kept.write_bytes(line * (4 * MESSAGES_KEPT + 2))
    again = History(kept)
    assert again.get(one.id) == one
    assert len(kept.read_bytes()) < 2 * len(line)
    assert History(kept).get(one.id) == one
