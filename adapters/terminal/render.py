"""Replies as lines for a terminal: plain for pipes and JSON, with weight and colour for people. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from bot.actions import OlderRelease, Verb, action_of
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
)
from bot.shown import facts_in_a_line, match_in_words, matched_in_words
from bot.words import say

BAR_COLUMNS = 20
INDENT = 3


class Weight(StrEnum):
    """How a line is set; the value is rich's style for it."""

    HEADING = "bold"
    TITLE = "bold cyan"
    TEXT = ""
    FACTS = "dim"
    WARNING = "yellow"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    weight: Weight = Weight.TEXT
    indent: int = 0
    link: str = ""


GAP = Line("")


def plain_text(reply: Reply) -> str:
    """Return all that a reply says as plain text, without a line's end at the end."""
    return plain_lines(lines_of(reply))


def rich_form(reply: Reply) -> RenderableType:
    """Return what rich shows for a reply: the same words, with links under the titles."""
    return Group(*(_set(line) for line in lines_of(reply)))


def parts_of(reply: Reply) -> tuple[tuple[str, str | None], ...]:
    """Return a digest as one text for its head and one for each pick, each with the paper that it shows, if one."""
    if not isinstance(reply, PicksReply):
        return ((plain_text(reply), None),)
    head = plain_lines([*_head(reply), *_noted(reply.footer)])
    picks = [(plain_lines(_pick(offered)), str(offered.pick.paper.id)) for offered in reply.offered]
    return ((head, None), *picks)


def plain_lines(lines: Sequence[Line]) -> str:
    return "\n".join(" " * line.indent + line.text if line.text else "" for line in lines).strip("\n")


def lines_of(reply: Reply) -> tuple[Line, ...]:  # noqa: C901, PLR0911 - one branch for each kind of reply is the point
    """Return a reply line by line; the only place where the terminal words anything."""
    match reply:
        case PicksReply():
            return _picks(reply)
        case NothingReply():
            return (
                Line(reply.heading, Weight.HEADING),
                *(Line(why, indent=INDENT) for why in reply.why),
                *_presses(reply.buttons),
            )
        case InterestsReply():
            return _interests(reply)
        case PreviewReply():
            return _preview(reply)
        case WhyReply():
            title = reply.paper.title
            said = say("Why {title} was shown", title=title)
            if not reply.shown:
                said = say("Why {title} was not shown", title=title)
            head = Line(said, Weight.HEADING, link=reply.paper.url)
            return (head, *(Line(line, indent=INDENT) for line in reply.lines))
        case NoticeReply():
            return (Line(reply.text), *(Line(line) for line in reply.lines), *_presses(reply.buttons))
        case RefusalReply():
            instead = [reply.instead] if reply.instead else []
            piece = f"{reply.piece}: " if reply.piece and reply.piece not in reply.why else ""
            return (Line(f"{piece}{reply.why}", Weight.WARNING), *_presses(instead))
        case ConfirmReply():
            return (Line(reply.question, Weight.WARNING), *_presses(reply.buttons))
        case FactsReply():
            width = max((len(name) for name, _ in reply.facts), default=0)
            facts = (Line(f"{name:<{width}}  {value}", indent=INDENT) for name, value in reply.facts)
            return (Line(reply.heading, Weight.HEADING), *facts, *_noted(reply.note))
        case HelpReply():
            return _help(reply)
        case FileReply():
            return (
                Line(reply.text),
                Line(reply.name, Weight.FACTS),
                GAP,
                *(Line(line) for line in reply.content.splitlines()),
            )
    assert_never(reply)


def _picks(reply: PicksReply) -> tuple[Line, ...]:
    lines = list(_head(reply))
    for offered in reply.offered:
        lines += [GAP, *_pick(offered)]
    closing = [*_noted(reply.footer), *_presses([reply.more] if reply.more else [])]
    return tuple([*lines, GAP, *closing] if closing else lines)


def _head(reply: PicksReply) -> tuple[Line, ...]:
    heading = say("{heading} (late)", heading=reply.heading) if reply.late else reply.heading
    return (Line(heading, Weight.HEADING), *(Line(note) for note in reply.notes))


def _pick(offered: OfferedPick) -> tuple[Line, ...]:
    pick, paper = offered.pick, offered.pick.paper
    stretch = f"  [{say('stretch')}]" if pick.stretch else ""
    withdrawn = f"  [{say('withdrawn')}]" if paper.withdrawn else ""
    lines = [Line(f"{offered.number}. {paper.title}{stretch}{withdrawn}", Weight.TITLE, link=paper.url)]
    why = "; ".join(reason.words for reason in pick.reasons)
    told = (
        (facts_in_a_line(paper), Weight.FACTS),
        (": ".join(part for part in (match_in_words(pick), why) if part), Weight.TEXT),
        (pick.key_sentence, Weight.TEXT),
        (" · ".join(part for part in (offered.tally, offered.verdict) if part), Weight.FACTS),
        (paper.url, Weight.FACTS),
    )
    lines += [Line(text, weight, INDENT) for text, weight in told if text]
    return tuple(lines)


def _interests(reply: InterestsReply) -> tuple[Line, ...]:
    lines = [Line(reply.heading, Weight.HEADING)]
    for line in reply.lines:
        told = matched_in_words(line.matched, reply.days)
        interest = say("never shown: {interest}", interest=line.text) if line.muted else line.text
        lines.append(Line(f"{line.number}. {interest} — {told}", indent=INDENT))
    return (*lines, *_noted(reply.note))


def _preview(reply: PreviewReply) -> tuple[Line, ...]:
    lines = [Line(reply.heading, Weight.HEADING), *(Line(line, indent=INDENT) for line in reply.meaning), GAP]
    most = max((count for _, count in reply.per_day), default=0)
    width = max((len(day) for day, _ in reply.per_day), default=0)
    for day, count in reply.per_day:
        bar = "█" * -(-count * BAR_COLUMNS // most) if most else ""
        lines.append(Line(f"{day:<{width}}  {count:>4}  {bar}".rstrip(), indent=INDENT))
    lines.append(Line(reply.advice))
    for offered in reply.offered:
        lines += [GAP, *_pick(offered)]
    return (*lines, *_presses(reply.buttons))


def _help(reply: HelpReply) -> tuple[Line, ...]:
    lines = [Line(reply.heading, Weight.HEADING)]
    for entry in reply.entries:
        lines += [Line(entry.usage, Weight.TITLE, INDENT), Line(entry.does, indent=2 * INDENT)]
        examples = [say("for example: {example}", example=example) for example in entry.examples]
        lines += [Line(example, Weight.FACTS, 2 * INDENT) for example in examples]
    return (*lines, *_noted(reply.note))


def _noted(note: str) -> tuple[Line, ...]:
    return (Line(note, Weight.FACTS),) if note else ()


def _presses(buttons: Sequence[Button]) -> tuple[Line, ...]:
    """Return what to type for each button, since a terminal has none: the words it stands for, or its token."""
    said = [say("{label}: say {command}", label=each.label, command=typed_for(each)) for each in buttons]
    return tuple(Line(line, Weight.FACTS, INDENT) for line in said)


def typed_for(button: Button) -> str:
    """Return the text that means the same as pressing a button."""
    try:
        action = action_of(button.token)
    except OlderRelease:
        return button.token
    return action.rest if action.verb is Verb.SAY else button.token


def _set(line: Line) -> RenderableType:
    style = Style.parse(line.weight.value or "none")
    # A title comes from outside; only a web address may become a link, and rich must not read the text as markup.
    if line.link.startswith(("http://", "https://")):
        style += Style(link=line.link)
    return Padding(Text(line.text, style=style), (0, 0, 0, line.indent))
