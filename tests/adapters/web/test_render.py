"""Replies as HTML: everything is said, nothing is executed."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.frozen import frozen
from adapters.web.history import Author, Message
from adapters.web.render import (
    MESSAGES_BYTES,
    authors_of,
    clock_in_words,
    message_html,
    newest_that_fit,
    web_address,
)
from bot.model import MessageId, PaperId
from bot.replies import (
    Button,
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpEntry,
    HelpReply,
    InterestLine,
    InterestsReply,
    NothingReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
)
from bot.shown import match_in_words
from tests.builders import a_paper, a_pick

UTC_ZONE = ZoneInfo("UTC")
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
BUTTON = Button("Press <me>", "1:say:help")

# What people and sources write to see whether a page executes it.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "</article></div><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "\u202eevil\u2028\u0000\ud800",
)


class Seen(HTMLParser):
    """Collects tags, attributes and words of a fragment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def a_message(reply: Reply, **facts: object) -> Message:
    message = Message(MessageId("m7"), "@you", NOON, Author.PAPERROUND, payload=json.dumps(frozen(reply)))
    return replace(message, **facts)  # type: ignore[arg-type]  # the names are those of Message's fields


def an_offer(text: str = "words", number: int = 1) -> OfferedPick:
    paper = a_paper(number, title=f"Title {text}", abstract=text, authors=(text,), categories=(text,), url=text)
    return OfferedPick(number, a_pick(paper, key_sentence=f"Key {text}"), (BUTTON,), f"verdict {text}", f"tally {text}")


def every_kind(text: str) -> list[Reply]:
    return [
        PicksReply(f"Picks {text}", (an_offer(text),), (f"note {text}",), f"footer {text}", late=True, more=BUTTON),
        NothingReply(f"Nothing {text}", (f"because {text}",), (BUTTON,)),
        InterestsReply(f"Interests {text}", (InterestLine(3, text, True, 5, BUTTON),), 30, f"note {text}"),
        PreviewReply(
            f"Preview {text}", (f"means {text}",), ((text, 3), ("Tuesday", 0)), text, (an_offer(text),), (BUTTON,)
        ),
        WhyReply(a_paper(title=f"Title {text}"), shown=True, lines=(f"line {text}",)),
        NoticeReply(f"Notice {text}", (f"line {text}",), (BUTTON,)),
        RefusalReply(f"piece {text}", f"why {text}", BUTTON),
        ConfirmReply(f"Sure {text}?", (BUTTON,)),
        FactsReply(f"Facts {text}", ((f"name {text}", f"value {text}"),), f"note {text}"),
        HelpReply(f"Help {text}", (HelpEntry(f"use {text}", f"does {text}", (f"example {text}",)),), f"note {text}"),
        FileReply(f"File {text}", "saved.bib", "text/plain", "content"),
    ]


def test_every_kind_of_reply_has_an_example_here() -> None:
    assert {type(reply) for reply in every_kind("")} == set(get_args(Reply))


@pytest.mark.parametrize("reply", every_kind("entropy"), ids=lambda reply: type(reply).__name__)
def test_nothing_that_a_reply_says_is_lost(reply: Reply) -> None:
    seen = Seen(message_html(a_message(reply), UTC_ZONE))
    said = set(re.findall(r"'([^']*entropy[^']*)'", repr(reply))) - {"entropy"}
    assert said
    assert [text for text in said if text.lower() not in seen.words.lower()] == []


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_others_write_stays_words(hostile: str) -> None:
    harmless = [Seen(message_html(a_message(reply), UTC_ZONE)) for reply in every_kind("words")]
    for reply, calm in zip(every_kind(hostile), harmless, strict=True):
        seen = Seen(message_html(a_message(reply), UTC_ZONE))
        assert seen.tags - {"a"} == calm.tags - {"a"}
        assert not [name for name, _ in seen.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
        assert not [value for name, value in seen.attributes if name in {"href", "src"} and "script" in value]


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_title_makes_a_tag(title: str) -> None:
    offered = OfferedPick(1, a_pick(a_paper(title=f"T{title}")), ())
    seen = Seen(message_html(a_message(PicksReply("", (offered,))), UTC_ZONE))
    assert seen.tags <= {"article", "div", "svg", "use", "p", "span", "b", "time", "section", "h4", "a"}
    assert letters(title) in letters(seen.words)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def test_a_match_is_a_percentage_only_when_it_is_calibrated() -> None:
    assert match_in_words(a_pick(probability=0.8213)) == "82 % match"
    assert match_in_words(a_pick()) == "good match"


def test_many_authors_are_counted_and_few_are_named() -> None:
    assert authors_of(a_paper(authors=("A", "B"))) == "A, B"
    assert authors_of(a_paper(authors=tuple("ABCDEF"))) == "A, B, C, D and 2 more"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/press", "http://", "http://[", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert web_address(url) == ""
    assert web_address("https://arxiv.org/abs/2603.00001") == "https://arxiv.org/abs/2603.00001"


def test_an_answer_stands_under_the_paper_that_was_pressed() -> None:
    reply = PicksReply("Two", (an_offer(number=1), an_offer(number=2)))
    note = json.dumps(frozen(NoticeReply("Liked it")))
    html = message_html(a_message(reply, notes={PaperId("arxiv:2603.00002"): note}), UTC_ZONE)
    first, second = html.split('<section class="pick">')[1:]
    assert "Liked it" in second
    assert "Liked it" not in first


def test_a_message_of_one_paper_takes_reactions_and_an_answer_does_not() -> None:
    reply = PicksReply("", (an_offer(),))
    posted = message_html(a_message(reply, marker="k", paper=PaperId("p"), reactions=("👍",)), UTC_ZONE)
    assert posted.count('class="reaction"') == 6
    assert posted.count('aria-pressed="true"') == 1
    assert 'class="reaction"' not in message_html(a_message(reply, private=True), UTC_ZONE)


def test_a_message_of_another_release_says_so() -> None:
    message = Message(MessageId("m1"), "@you", NOON, Author.PAPERROUND, payload='{"kind":"song","reply":{}}')
    assert "another release" in message_html(message, UTC_ZONE)


def test_a_page_holds_the_newest_messages_and_tells_where_the_earlier_are() -> None:
    long = [Message(MessageId(f"m{n}"), "@you", NOON, Author.YOU, text=f"{n} {'x' * 900}") for n in range(300, 0, -1)]
    fragments, older = newest_that_fit(long, UTC_ZONE)
    assert "300 x" in fragments[-1]
    assert sum(map(len, fragments)) <= MESSAGES_BYTES
    assert f'id="{older}"' in fragments[0]
    assert newest_that_fit(long[-2:], UTC_ZONE)[1] == ""


def test_the_time_is_that_of_the_visitors_wall() -> None:
    assert clock_in_words(NOON, ZoneInfo("Europe/Berlin")) == "Wednesday 11 March 2026, 13:00"
