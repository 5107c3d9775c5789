"""The examples of docs/extending.md do what the page says."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import commands
from bot.answers import table
from bot.library import Library
from bot.paperround import Paperround
from bot.replies import NoticeReply
from storage.sqlite import open_stores
from tests.builders import MovableClock, a_channel, a_member

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
SHELF = [
    "Entropy of\tlanguage models: a study of small machines.",
    "no tab here",
    "Sparse retrieval\tIndexes that fit.",
]


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    """Return what the page defines, its examples run one after the other."""
    names: dict[str, Any] = {}
    for example in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102  # our own page
    return names


@pytest.fixture
def house(tmp_path: Path, said: dict[str, Any]) -> Any:  # noqa: ANN401  # what the page defines has no type here
    with open_stores(tmp_path) as stores:
        clock, board = MovableClock(), said["PinBoard"]()
        yield clock, board, Paperround(stores, Library(stores.papers), clock, {"board": board})


async def test_the_source_brings_its_papers_once_and_names_the_bad_line(house: Any, said: dict[str, Any]) -> None:  # noqa: ANN401
    _, _, paperround = house
    first = await paperround.ingest(said["ShelfSource"](SHELF))
    assert (first.added, [bad.where for bad in first.rejected]) == (2, ["line 2"])
    assert (await paperround.ingest(said["ShelfSource"](SHELF))).added == 0
    with pytest.raises(said["SourceFailed"]):
        await paperround.ingest(said["ShelfSource"]([]))


async def test_the_platform_gets_its_digest_once_and_finds_it_again(house: Any, said: dict[str, Any]) -> None:  # noqa: ANN401
    clock, board, paperround = house
    await paperround.ingest(said["ShelfSource"](SHELF))
    hall, ana = a_channel("hall", platform="board"), a_member(platform="board")
    await paperround.answer("digest here daily 09:00 UTC", ana, hall, "event")
    clock.move(timedelta(hours=2))
    await paperround.deliver_due()
    await paperround.deliver_due()
    titles = [text for _, text in board.slips]
    assert len(titles) == len(set(titles)) == 3
    assert "paper round" in titles[0]
    assert await board.find(hall, board.slips[1][0], clock.now()) == "2"


async def test_the_command_is_understood_and_answered(
    house: Any,  # noqa: ANN401
    said: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, _, paperround = house
    await paperround.ingest(said["ShelfSource"](SHELF))
    answers: dict[str, Callable[..., Any]] = {**table.ANSWERS, "shelves": said["shelves"]}
    monkeypatch.setattr(commands, "BY_NAME", {**commands.BY_NAME, "shelves": said["SHELVES"]})
    monkeypatch.setattr(table, "ANSWERS", answers)
    answer = await paperround.answer("shelves", a_member(), a_channel(), "event")
    assert answer.reply == NoticeReply("2 papers are stored.", ("shelf: 2",))
