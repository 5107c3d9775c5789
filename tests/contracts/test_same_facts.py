"""One reply, four ways to say it: whoever reads it on whatever platform learns the same."""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from bot.actions import Verb
from bot.model import MessageId
from bot.replies import (
    Button,
    ConfirmReply,
    FactsReply,
    FileReply,
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
    kind_of,
)
from tests.replies import EVERY_KIND, a_button, a_paper, an_offer

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
            return [reply.heading, *lines, str(reply.days), reply.note]
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
    when = [str(paper.published.year)] if paper.published else []
    told = [paper.title, paper.url, *paper.authors, *when, match, *marks, *reasons, pick.key_sentence, offered.tally]
    return [str(offered.number), *told, offered.verdict]


def _labels(*buttons: Button | None) -> list[str]:
    return [button.label for button in buttons if button is not None]


# The same kinds as they are used elsewhere: each of these is told by several lines, or pressed in another way.
USES: dict[str, Reply] = {
    "why it was not for somebody": NoticeReply(
        "Not for you: Sparse retrieval at scale.",
        ("It teaches your picks.", "Why was it not for you?"),
        tuple(
            a_button(label, because, "arxiv:2603.00001")
            for label, because in (
                ("Topic", Verb.NOT_TOPIC),
                ("Method", Verb.NOT_METHOD),
                ("Know it already", Verb.READ_ALREADY),
            )
        ),
    ),
    "news of a pick": NoticeReply(
        "News of the picks of 3 March 2026:",
        ("Withdrawn by its authors: Sparse retrieval at scale", "Version 3: Robot grasping, https://arxiv.org/abs/1"),
    ),
    "vote of a club": PicksReply(
        "What does the journal club of #papers read next?",
        (
            replace(
                an_offer(1),
                buttons=(a_button("Vote for this", Verb.VOTE, "arxiv:2603.00001"),),
                verdict="",
                tally="2 votes",
            ),
        ),
        notes=("Chosen last week: Robot grasping, 4 votes.", "Everybody has one vote."),
    ),
    "why a paper did not come": WhyReply(
        an_offer(2).pick.paper, shown=False, lines=("Its score 0.4 is below the bar of 0.7.", "Muted by: survey")
    ),
    "a withdrawn paper": PicksReply("Found 1", (an_offer(1, a_paper(1, withdrawn=True)),)),
}

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
@pytest.mark.parametrize("use", USES)
def test_every_platform_tells_the_same_facts_of_every_use(render: Callable[[Reply], str], use: str) -> None:
    said = said_in(render(USES[use]))
    assert [fact for fact in facts_of(USES[use]) if said_in(fact).strip() not in said] == []


@renderers
def test_a_paper_that_did_not_come_is_told_apart_from_one_that_did(render: Callable[[Reply], str]) -> None:
    came, stayed_away = (render(WhyReply(a_paper(), shown=shown, lines=())) for shown in (True, False))
    assert came != stayed_away


@renderers
def test_what_is_muted_is_told_apart_from_what_is_followed(render: Callable[[Reply], str]) -> None:
    followed, muted = (
        said_in(render(InterestsReply("Yours", (InterestLine(1, "surveys", muted=muted, matched=3),))))
        for muted in (False, True)
    )
    assert [word for word in ("muted", "never shown") if word in muted]
    assert not [word for word in ("muted", "never shown") if word in followed]


@renderers
def test_what_can_be_pressed_beside_an_interest_can_be_pressed_or_typed(render: Callable[[Reply], str]) -> None:
    (reply,) = (reply for reply in EVERY_KIND if isinstance(reply, InterestsReply))
    said = render(reply)
    labels = _labels(*(line.button for line in reply.lines))
    # A terminal has no buttons; the note says what to type.
    assert reply.note in said if render is terminal else all(label in said for label in labels)


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
