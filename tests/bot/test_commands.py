"""The command table and its grammar: every example works as typed, every mistake is named."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import ALIASES, BY_NAME, COMMANDS, Ask, BadCommand, Command, Text, nearest_command, parse
from bot.timetable import read_schedule
from bot.windows import Window

NAMES = [command.name for command in COMMANDS]


def test_the_table_has_every_command_of_the_design_once() -> None:
    wanted = (
        "today search follow unfollow interests preview mute similar trending like dislike undo why save saved add "
        "source review digest mail set archive feed token feedback mydata forgetme quality status help"
    )
    assert sorted(NAMES) == sorted(wanted.split())
    assert len(BY_NAME) == len(COMMANDS)
    assert set(ALIASES.values()) <= set(NAMES)
    assert not set(ALIASES) & set(NAMES)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_every_example_of_the_table_works_as_typed(command: Command) -> None:
    assert command.examples
    for example in command.examples:
        ask = parse(example)
        assert ask.command is command
        if command.name == "digest":
            read_schedule(ask.text)


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_every_entry_of_the_table_can_be_offered_by_name(command: Command) -> None:
    assert command.usage.startswith(command.name)
    assert len(command.does) <= 100  # where options have names, a description may be no longer
    assert command.does == command.does.strip().rstrip(".")
    assert bool(command.argument) == (command.text is not Text.NONE)
    assert all(len(option.does) <= 100 and len(option.choices) <= 25 for option in command.options)


@pytest.mark.parametrize(
    ("typed", "name", "here", "text"),
    [
        ("", "help", False, ""),
        ("   \n", "help", False, ""),
        ("/papers", "help", False, ""),
        ("/papers search  graph   neural", "search", False, "graph neural"),
        ("TODAY", "today", False, ""),
        ("?", "help", False, ""),
        ("find rl", "search", False, "rl"),
        ("subscribe here rl", "follow", True, "rl"),
        ("follow here reinforcement learning", "follow", True, "reinforcement learning"),
        ("follow me rl", "follow", False, "rl"),
        ("follow over here", "follow", False, "over here"),
        ("interests HERE", "interests", True, ""),
        ("digest here weekly mon 09:00", "digest", True, "weekly mon 09:00"),
        ("digest", "digest", False, ""),
        ("trending month", "trending", False, "month"),
        ("trending Day", "trending", False, "Day"),
        ("saved bibtex", "saved", False, "bibtex"),
        ("feedback reset", "feedback", False, "reset"),
        ("help digest", "help", False, "digest"),
        ("add https://arxiv.org/abs/1706.03762 a classic", "add", False, "https://arxiv.org/abs/1706.03762 a classic"),
    ],
)
def test_a_typed_command_is_read(typed: str, name: str, here: bool, text: str) -> None:  # noqa: FBT001 -- a table's column
    ask = parse(typed)
    assert (ask.command.name, ask.here, ask.text) == (name, here, text)


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if command.target])
def test_a_target_is_a_number_a_link_or_words(name: str) -> None:
    assert parse(f"{name} 2").number == 2
    assert parse(f"{name} #12").number == 12
    assert parse(f"{name} https://arxiv.org/abs/1706.03762v2").paper == "arxiv:1706.03762"
    assert parse(f"{name} 1706.03762").paper == "arxiv:1706.03762"
    by_title = parse(f"{name} Attention Is All You Need")
    assert (by_title.number, by_title.paper, by_title.text) == (None, None, "Attention Is All You Need")
    assert parse(f"{name} {'9' * 2000}").number == 999_999_999
    assert parse(f"{name} ²").number is None


def test_the_options_of_a_search_are_taken_out_of_its_words() -> None:
    ask = parse("search since:7d graph sort:new neural page:2")
    assert ask.text == "graph neural"
    assert ask.window == Window(since=timedelta(days=7), newest_first=True, page=2)
    assert parse("follow since:7d graph").text == "since:7d graph"


@pytest.mark.parametrize(
    ("typed", "piece", "instead"),
    [
        ("serach rl", "serach", "search rl"),
        ("folow here rl", "folow", "follow here rl"),
        ("tredning", "tredning", "trending"),
        ("digset daily 09:00", "digset", "digest daily 09:00"),
        ("wyh 1", "wyh", "why 1"),
        ("intrests", "intrests", "interests"),
        ("entropy", "entropy", "search entropy"),
        ("list", "list", "search list"),
        ("graph neural networks", "graph", "search graph neural networks"),
        ("learning rates", "learning", "search learning rates"),
        ("trend entropy", "trend", "search trend entropy"),
        ("today please", "please", "today"),
        ("undo 3", "3", "undo"),
        ("interests mine", "mine", "interests"),
        ("trending 2020", "2020", None),
        ("trending mnth", "mnth", "trending month"),
        ("saved bibtx", "bibtx", "saved bibtex"),
        ("feedback rest", "rest", "feedback reset"),
        ("search", "search", None),
        ("follow here", "follow", None),
        ("search rl since:tomorrow", "since:tomorrow", None),
        ("search rl sort:old", "sort:old", None),
        ("x" * 3001, "x" * 40 + "…", None),
    ],
)
def test_a_mistake_is_named_and_the_nearest_command_offered(typed: str, piece: str, instead: str | None) -> None:
    with pytest.raises(BadCommand) as refused:
        parse(typed)
    assert refused.value.piece == piece
    assert refused.value.instead == instead
    assert refused.value.why


def test_what_is_offered_instead_of_a_mistake_can_be_said() -> None:
    for typed in ("serach rl", "folow here rl", "entropy", "undo 3", "saved bibtx", "trending mnth", "learning rates"):
        with pytest.raises(BadCommand) as refused:
            parse(typed)
        assert isinstance(parse(refused.value.instead or ""), Ask)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_with_one_letter_missing_is_recognised(name: str) -> None:
    for at in range(1, len(name)):
        assert nearest_command(name[:at] + name[at + 1 :]) is not None


def asked(text: str) -> Ask | BadCommand:
    try:
        return parse(text)
    except BadCommand as bad:
        return bad


WORDS = st.sampled_from(
    [*NAMES, *ALIASES, "here", "me", "/papers", "since:7d", "page:", "sort:new", "2", "#", "daily", '"']
)


@settings(max_examples=600, deadline=None)
@given(st.text() | st.lists(WORDS | st.text(max_size=8), max_size=8).map(" ".join))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    said = asked(text)
    if isinstance(said, BadCommand):
        assert said.why
    else:
        assert said.command in COMMANDS
        assert said.text == " ".join(said.text.split())


def test_titles_of_papers_can_be_searched_for(shared_data: Path) -> None:
    papers = json.loads((shared_data / "seed" / "expected.json").read_text())["papers"]
    assert [parse(f"search {paper['title']}").text for paper in papers] == [paper["title"] for paper in papers]
