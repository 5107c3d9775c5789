import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from adapters.discord.embeds import token_of
from adapters.discord.render import answered, posted
from bot.actions import Verb
from bot.model import PaperId, Reason, ReasonKind
from bot.replies import Button, InterestLine, InterestsReply, NoticeReply, PicksReply, RefusalReply, Reply, kind_of
from tests.replies import EVERY_KIND, LABELS, a_button, a_paper, an_offer
from tests.wire.discord.payloads import components_of, refusals

NASTY = (
    "@everyone",
    "@here",
    "<@1>",
    "<@!99>",
    "<@&5>",
    "<#7>",
    "</go:1>",
    "[click](javascript:x)",
    "https://evil.example/x",
    "**bold**",
    "_a_",
    "~~",
    "`code`",
    "```",
    "||",
    "# head",
    "> quote",
    "- item",
    "1. one",
    ":fire:",
    "👩‍👩‍👧‍👦",
    "e\u0301" * 9,
    "שלום",
    "مرحبا",
    "漢字",
    "\u202eevil",
    "\\",
    "x" * 300,
    "&" * 40,
)
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=12)), max_size=60).map(" ".join)
huge = st.builds(lambda text, times: text[: 4000 // times] * times, texts, st.integers(1, 9))
papers = st.builds(
    lambda number, title, authors, url: a_paper(number, title, authors=tuple(authors), url=url),
    st.integers(1, 99999),
    st.one_of(texts, huge),
    st.lists(texts, max_size=4).flatmap(lambda names: st.sampled_from([names, names * 75])),
    st.sampled_from(
        [
            "",
            "javascript:alert(1)",
            "https://arxiv.org/abs/1 2",
            "https://x.example/(a)?b=[c]",
            "http://[",
            "https://ä.example",
        ]
    ),
)
offers = st.builds(
    lambda paper, number, sentence, words, chance: an_offer(
        number, paper, key_sentence=sentence, reasons=(Reason(ReasonKind.WORDS, words),), probability=chance
    ),
    papers,
    st.integers(1, 30),
    texts,
    texts,
    st.one_of(st.none(), st.floats(0, 1)),
)
# With four or five papers each.
replies = st.builds(
    lambda heading, offered, notes, footer, more: PicksReply(
        heading, tuple(offered), tuple(notes), footer, more=a_button("More", Verb.SAY, "search x") if more else None
    ),
    texts,
    st.lists(offers, min_size=4, max_size=5),
    st.lists(texts, max_size=2),
    texts,
    st.booleans(),
)


def letters(text: str) -> str:
    """What a reader reads of a text: without blanks, marks and what nobody sees."""
    unread = {"Cc", "Cf", "Cs"}
    return "".join(
        each
        for each in text
        if each not in "\\*->#" and not each.isspace() and unicodedata.category(each) not in unread
    )


def everything_said(messages: list[dict[str, Any]]) -> str:
    parts = []
    for message in messages:
        parts.append(message["content"])
        for embed in message["embeds"]:
            parts += [embed.get("title", ""), embed.get("description", ""), embed.get("footer", {}).get("text", "")]
    return letters("".join(parts))


@pytest.mark.parametrize("reply", EVERY_KIND, ids=kind_of)
def test_each_kind_of_reply_looks_as_recorded(reply: Reply, snapshot: SnapshotAssertion) -> None:
    assert answered(reply) == snapshot(name=f"{kind_of(reply)}-answered")
    assert [(message, paper) for message, paper in posted(reply)] == snapshot(name=f"{kind_of(reply)}-posted")


@pytest.mark.parametrize("reply", EVERY_KIND, ids=kind_of)
def test_each_kind_of_reply_is_taken_by_discord_and_mentions_nobody(reply: Reply) -> None:
    for message in (*answered(reply), *(message for message, _ in posted(reply))):
        assert refusals({key: value for key, value in message.items() if key not in {"file", "picture"}}) == []
        assert message["allowed_mentions"] == {"parse": []}


def five() -> PicksReply:
    return PicksReply(
        "Found 12",
        tuple(an_offer(number) for number in range(1, 6)),
        more=a_button("More", Verb.SAY, "search x page:2"),
    )


def test_five_papers_with_five_buttons_each_are_one_message_and_more_stands_below() -> None:
    first, below = answered(five())
    assert [len(row["components"]) for row in first["components"]] == [5] * 5
    assert [component["label"] for component in components_of(first)] == [*LABELS] * 5
    assert len(first["embeds"]) == 5
    assert [component["label"] for component in components_of(below)] == ["More"]


def test_with_room_left_the_more_button_is_in_the_same_message() -> None:
    reply = PicksReply(
        "Found 3", tuple(an_offer(number) for number in (1, 2, 3)), more=a_button("More", Verb.SAY, "search x page:2")
    )
    (message,) = answered(reply)
    assert components_of(message)[-1]["custom_id"] == "1:say:search x page:2"


def test_a_posted_digest_is_a_heading_and_one_message_for_each_paper() -> None:
    parts = posted(five())
    assert [paper for _, paper in parts] == [None, *(PaperId(f"arxiv:2603.{number:05}") for number in range(1, 6))]


def test_the_same_token_twice_in_a_message_gives_two_custom_ids_with_one_meaning() -> None:
    same = tuple(an_offer(number, a_paper(7)) for number in (1, 2))
    (message,) = answered(PicksReply("Twice", same))
    ids = [component["custom_id"] for component in components_of(message)]
    assert len(set(ids)) == 10
    assert [token_of(each) for each in ids[:5]] == [token_of(each) for each in ids[5:]]


def test_two_long_tokens_that_cannot_be_told_apart_go_into_different_messages() -> None:
    token = a_button("Like", Verb.LIKE, "x" * 93)
    lines = tuple(InterestLine(number, "x", muted=False, matched=1, button=token) for number in range(1, 11))
    messages = answered(InterestsReply("Yours", lines))
    assert all(refusals(message) == [] for message in messages)
    assert len(messages) == 2


def check_picks(reply: PicksReply) -> None:
    for messages in ([*answered(reply)], [message for message, _ in posted(reply)]):
        assert [problem for message in messages for problem in refusals(message)] == []
        said = everything_said(messages)
        for offered in reply.offered:
            assert letters(offered.pick.paper.title) in said
            assert letters(offered.pick.key_sentence) in said
        assert not _calls_or_links(messages)


@pytest.mark.parametrize("examples", [12, pytest.param(250, marks=pytest.mark.long)])
def test_whatever_papers_say_it_is_taken_by_discord_and_no_word_of_it_is_lost(examples: int) -> None:
    papers = 0

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    @given(reply=replies)
    def any_papers(reply: PicksReply) -> None:
        nonlocal papers
        papers += len(reply.offered)
        check_picks(reply)

    any_papers()
    assert papers >= 4 * examples


def test_three_hundred_huge_authors_are_taken_too() -> None:
    check_picks(PicksReply("x", (an_offer(1, a_paper(1, "\\" * 4000, authors=("*" * 3000,) * 300)),)))
    check_picks(PicksReply("Nothing but words", ()))


def _calls_or_links(messages: list[dict[str, Any]]) -> list[str]:
    """What Discord would read a mention or a link from: code, footers and labels show text as it stands."""
    texts = [each["content"] for each in messages]
    texts += [embed.get(part, "") for each in messages for embed in each["embeds"] for part in ("title", "description")]
    read = re.sub(r"`[^`\n]*`|\\.", "", "\n".join(texts))
    return re.findall(r"@everyone|@here|<@[!&]?\d|<#\d|\]\(javascript|https?://evil", read)


@pytest.mark.parametrize("nasty", NASTY)
def test_what_members_typed_is_repeated_as_text(nasty: str) -> None:
    messages = [*answered(RefusalReply(nasty, f"There is no {nasty}.")), *answered(NoticeReply(nasty))]
    assert _calls_or_links(messages) == []


def test_a_word_of_a_title_is_never_cut() -> None:
    title = " ".join(f"word{number}" for number in range(900))
    messages = [message for message, paper in posted(PicksReply("One", (an_offer(1, a_paper(1, title)),))) if paper]
    shown = [
        word for each in messages for embed in each["embeds"] for word in re.findall(r"word\d+", json.dumps(embed))
    ]
    assert shown == title.split()


@pytest.mark.parametrize("letter", ["a", "漢", "é", "👍", "👩‍👩‍👧", "*"])
@pytest.mark.parametrize("length", [251, 252, 253, 255, 256, 257, 4095, 4096, 4097, 6000])
def test_p12_texts_around_the_limits_are_taken_in_every_script(letter: str, length: int) -> None:
    text = (letter * length)[:length]
    words = " ".join(letter * 7 for _ in range(length // 8))
    for title in (text, words):
        reply = PicksReply(title, (an_offer(1, a_paper(1, title), key_sentence=title),), footer=title)
        messages = [*answered(reply), *(message for message, _ in posted(reply))]
        assert [problem for message in messages for problem in refusals(message)] == []


@pytest.mark.parametrize("length", [99, 100, 101])
def test_p12_a_button_that_no_custom_id_can_carry_is_not_shown(length: int) -> None:
    (message,) = answered(NoticeReply("x", buttons=(Button("Press", "1:say:".ljust(length, "x")),)))
    assert len(components_of(message)) == (1 if length <= 100 else 0)
