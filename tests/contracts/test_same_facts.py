"""One reply, four ways to say it: whoever reads it on whatever platform learns the same."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from adapters.discord import render as discord
from adapters.slack import render as slack
from adapters.terminal.render import plain_text
from adapters.web.frozen import frozen
from adapters.web.history import Author, Message
from adapters.web.places import PLACES
from adapters.web.render import message_html
from bot.model import MessageId
from bot.replies import (
    Button,
    ConfirmReply,
    FactsReply,
    FileReply,
    HelpReply,
    InterestsReply,
    NothingReply,
    NoticeReply,
    OfferedPick,
    PicksReply,
    PreviewReply,
    RefusalReply,
    Reply,
    WhyReply,
    kind_of,
)
from tests.adapters.discord.replies import EVERY_KIND

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MARKUP = re.compile(r"[\\*_~`<>|]")
BLANKS = re.compile(r"\s+")


def terminal(reply: Reply) -> str:
    return plain_text(reply)


def slack_blocks(reply: Reply) -> str:
    return "\n".join(html.unescape(text) for text in _texts(slack.answered(reply)))


def discord_embeds(reply: Reply) -> str:
    return "\n".join(_texts(discord.answered(reply)))


def playground_page(reply: Reply) -> str:
    payload = json.dumps(frozen(reply))
    message = Message(MessageId("m7"), PLACES[0].channel.id, NOON, Author.PAPERROUND, payload=payload)
    fragment = message_html(message, ZoneInfo("UTC"))
    links = re.findall(r'href="([^"]*)"', fragment)
    return html.unescape("\n".join([re.sub(r"<[^>]*>", " ", fragment), *links]))


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)
        case _:
            pass  # a number or a flag says nothing to a reader


def said_in(text: str) -> str:
    """Return a text without what each platform's markup adds to it."""
    return BLANKS.sub(" ", MARKUP.sub("", text)).casefold()


def facts_of(reply: Reply) -> list[str]:  # noqa: C901, PLR0911 - one branch for each kind of reply is the point
    """Return every fact of a reply that a reader must find, whatever the platform."""
    match reply:
        case PicksReply():
            picks = [fact for offered in reply.offered for fact in _facts_of_pick(offered)]
            return [reply.heading, *picks, *reply.notes, reply.footer, *_labels(reply.more)]
        case NothingReply():
            return [reply.heading, *reply.why, *_labels(*reply.buttons)]
        case InterestsReply():
            lines = [fact for line in reply.lines for fact in (line.text, str(line.number), str(line.matched))]
            return [reply.heading, *lines, reply.note]
        case PreviewReply():
            days = [fact for day, count in reply.per_day for fact in (day, str(count))]
            picks = [fact for offered in reply.offered for fact in _facts_of_pick(offered)]
            return [reply.heading, *reply.meaning, *days, reply.advice, *picks, *_labels(*reply.buttons)]
        case WhyReply():
            return [reply.paper.title, *reply.lines]
        case NoticeReply():
            return [reply.text, *reply.lines, *_labels(*reply.buttons)]
        case RefusalReply():
            return [reply.piece, reply.why, *_labels(reply.instead)]
        case ConfirmReply():
            return [reply.question, *_labels(*reply.buttons)]
        case FactsReply():
            return [reply.heading, *(fact for pair in reply.facts for fact in pair), reply.note]
        case HelpReply():
            entries = [fact for entry in reply.entries for fact in (entry.usage, entry.does, *entry.examples)]
            return [reply.heading, *entries, reply.note]
        case FileReply():
            return [reply.text, reply.name]


def _facts_of_pick(offered: OfferedPick) -> list[str]:
    pick, paper = offered.pick, offered.pick.paper
    match = pick.strength if pick.probability is None else f"{round(pick.probability * 100)} % match"
    marks = [word for word, holds in (("stretch", pick.stretch), ("withdrawn", paper.withdrawn)) if holds]
    reasons = [reason.words for reason in pick.reasons]
    told = [paper.title, paper.url, *paper.authors, match, *marks, *reasons, pick.key_sentence, offered.tally]
    return [str(offered.number), *told, offered.verdict]


def _labels(*buttons: Button | None) -> list[str]:
    return [button.label for button in buttons if button is not None]


RENDERERS = (terminal, slack_blocks, discord_embeds, playground_page)
renderers = pytest.mark.parametrize("render", RENDERERS, ids=lambda render: render.__name__)


def test_every_kind_of_reply_is_compared() -> None:
    assert {type(reply) for reply in EVERY_KIND} == set(get_args(Reply))


@renderers
@pytest.mark.parametrize("reply", EVERY_KIND, ids=kind_of)
def test_every_platform_tells_the_same_facts(render: Callable[[Reply], str], reply: Reply) -> None:
    said = said_in(render(reply))
    assert [fact for fact in facts_of(reply) if said_in(fact).strip() not in said] == []


@renderers
def test_a_late_digest_says_so_everywhere(render: Callable[[Reply], str]) -> None:
    reply = next(reply for reply in EVERY_KIND if isinstance(reply, PicksReply) and reply.late)
    assert "late" in said_in(render(reply))


@renderers
def test_every_button_of_a_pick_can_be_pressed_or_typed(render: Callable[[Reply], str]) -> None:
    reply = next(reply for reply in EVERY_KIND if isinstance(reply, PicksReply))
    for offered in reply.offered:
        said = render(reply)
        if render is terminal:
            # A terminal has no buttons; the number is what ``like 2`` and its kind take.
            assert f"{offered.number}. {offered.pick.paper.title}" in said
        else:
            assert all(button.label in said for button in offered.buttons)
