"""`chat`: one ask after another, and what the tab key offers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from adapters.cli.chatting import CommandCompleter
from bot.answers.asked import direct_channel
from bot.library import Library
from bot.paperround import Paperround
from storage.sqlite import open_stores
from tests.adapters.cli.conftest import Run, process
from tests.builders import MovableClock, a_member


def test_lines_are_answered_one_after_another_until_somebody_leaves(stocked: Run) -> None:
    del stocked
    ended = process("chat", said="follow entropy\n\ninterests\nquit\nfollow robots\n")
    assert ended.status == 0
    assert "1. entropy" in ended.out
    assert "robots" not in ended.out


def test_a_mistake_does_not_end_the_conversation(run: Run) -> None:
    del run
    ended = process("chat", said="serch entropy\nhelp search\n")
    assert ended.status == 0
    assert "serch" in ended.err
    assert "search" in ended.out


@pytest.fixture
def completer(tmp_path: Path) -> Iterator[CommandCompleter]:
    with open_stores(tmp_path / "data") as stores:
        member = a_member()
        paperround = Paperround(stores, Library(stores.papers), MovableClock(), {})
        yield CommandCompleter(paperround, member, direct_channel(member))


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("tren", "trending"), ("trending ", "week"), ("digest dai", "daily 09:00"), ("saved bib", "bibtex")],
)
async def test_the_tab_key_offers_what_the_command_table_knows(
    completer: CommandCompleter, typed: str, offered: str
) -> None:
    found = [entry async for entry in completer.get_completions_async(Document(typed), CompleteEvent())]
    assert offered in {entry.text for entry in found}
    assert {-entry.start_position for entry in found} == {len(typed.rpartition(" ")[2] if " " in typed else typed)} or (
        typed.startswith("digest")
    )


async def test_nothing_is_offered_after_a_command_that_stands_alone(completer: CommandCompleter) -> None:
    assert [entry async for entry in completer.get_completions_async(Document("today "), CompleteEvent())] == []
