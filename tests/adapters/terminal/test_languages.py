"""The terminal in another language: nothing but names, papers and what is typed stays English."""

from collections.abc import Iterator

import pytest

from adapters.cli.chatting import greeting
from adapters.cli.opening import terminal_locale
from adapters.terminal.render import parts_of, plain_text
from bot.languages import language_from
from bot.replies import Reply, kind_of
from bot.words import spoken
from tests.said import MARKED_REPLIES, marked_language, unsaid

# Beside a button stands what to type for it.
TYPED = (
    "search entropy language models survey digest daily list page sparse retrieval transform forget yes",
    "reading-list.bib misc one sample",
)


@pytest.fixture(autouse=True)
def speaking() -> Iterator[None]:
    with marked_language() as language, spoken(language):
        yield


@pytest.mark.parametrize("reply", MARKED_REPLIES, ids=kind_of)
def test_each_reply_is_told_wholly_in_the_language(reply: Reply) -> None:
    assert unsaid([plain_text(reply), *(text for text, _ in parts_of(reply))], TYPED) == []


def test_a_conversation_begins_in_the_language() -> None:
    assert unsaid([greeting()], ["Ctrl"]) == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR@euro", "LC_ALL": ""}, "fr"),
        ({"LANG": "fr_FR", "LC_TIME": "de_DE"}, "fr"),
        ({"LC_ALL": "zh_CN.GB18030"}, "zh_CN"),
        ({"LC_ALL": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "ja_JP.eucJP"}, "ja"),
    ],
)
def test_a_terminal_tells_its_language_as_to_other_programs(environment: dict[str, str], language: str) -> None:
    assert language_from(terminal_locale(environment)) == language


def test_a_terminal_without_a_locale_tells_nothing_so_that_what_is_kept_counts() -> None:
    assert terminal_locale({"LANG": "C"}) is None
    assert terminal_locale({"LANG": "en_US.UTF-8"}) == "en_US"
