"""Replies as Slack messages: pure, within Slack's limits, and without losing a word."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, assert_never

from adapters.slack import limits
from adapters.slack.blocks import (
    NAMELESS,
    Block,
    button,
    buttons,
    context,
    fallback,
    heading,
    mrkdwn,
    packed,
    picture,
    rowed,
    section,
    sections,
    small_print,
    stacked,
)
from adapters.slack.mrkdwn import code, filled, links, pieces, said, web_address, width
from bot.model import Paper, PaperId
from bot.replies import (
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
from bot.shown import authors_in_words, day_of, late_in_words, match_in_words, matched_in_words, source_in_words
from bot.words import day_in_words, say

Message = dict[str, Any]

AUTHORS_NAMED = 5
BAR_CAP = 20
BETWEEN = " · "
# Where a message is posted for everybody, Slack would else grow a preview under each link.
WITHOUT_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


def answered(reply: Reply) -> tuple[Message, ...]:
    """Return what answers a command: one message, or more where Slack's limits ask for it.

    Each has ``text`` (for notifications and screen readers) and ``blocks``; that of a `FileReply` has ``file`` as well,
    with ``name``, ``media_type`` and ``content``, for whoever uploads it.
    """
    messages = [_message(blocks) for blocks in packed(groups_of(reply)) or [[section(NAMELESS)]]]
    if isinstance(reply, FileReply):
        messages[0]["file"] = {"name": reply.name, "media_type": reply.media_type, "content": reply.content}
    return tuple(messages)


def posted(reply: Reply) -> tuple[tuple[Message, PaperId | None], ...]:
    """Return what is posted for everybody: of picks, a parent first and then one message for each paper."""
    if not isinstance(reply, PicksReply):
        return tuple((message | WITHOUT_PREVIEWS, None) for message in answered(reply))
    parent = [[*heading(_title(reply)), *_notes(reply), *small_print(reply.footer), *_more(reply)]]
    if not any(parent):
        parent = [sections(say("Papers"))]
    parts: list[tuple[Message, PaperId | None]] = [(_message(blocks), None) for blocks in packed(parent)]
    # The parent is what a notification shows, so it names the papers; their own messages follow.
    titles = [f"{offered.number} {offered.pick.paper.title}" for offered in reply.offered]
    parts[0][0]["text"] = fallback(parts[0][0]["blocks"], _split(titles))
    for offered in reply.offered:
        paper = offered.pick.paper.id
        parts += [(_message(blocks), paper) for blocks in packed([pick_blocks(offered)])]
    return tuple((message | WITHOUT_PREVIEWS, paper) for message, paper in parts)


def pick_blocks(offered: OfferedPick) -> list[Block]:
    """Return one paper: its number unless that is 0, title as link, key sentence, why it is here, what, and buttons."""
    paper = offered.pick.paper
    title = links(paper.url, paper.title, limits.TEXT - 16) or links(paper.url, paper.id)
    if offered.number:
        title[0] = f"*{offered.number}*  {title[0]}"
    return [
        *stacked([*title, *pieces(offered.pick.key_sentence)]),
        *context([*_joined(_match(offered)), *_joined(_facts(paper)), *_joined(_votes(offered))]),
        *buttons(offered.buttons),
    ]


def groups_of(reply: Reply) -> list[list[Block]]:
    """Return the blocks of a reply in groups that belong together."""
    match reply:
        case PicksReply():
            closing = [*small_print(reply.footer), *_more(reply)]
            return [[*heading(_title(reply)), *_notes(reply)], *map(pick_blocks, reply.offered), closing]
        case PreviewReply():
            meaning = [*heading(reply.heading), *stacked(_split(reply.meaning))]
            opening = [*meaning, *stacked(_bars(reply.per_day)), *picture(reply.plot), *sections(reply.advice)]
            return [opening, *map(pick_blocks, reply.offered), buttons(reply.buttons)]
        case InterestsReply():
            return [heading(reply.heading), *_interests(reply), small_print(reply.note)]
        case FactsReply():
            fields = ([block] for block in _fields(reply.facts))
            return [heading(reply.heading), picture(reply.plot), *fields, small_print(reply.note)]
        case HelpReply():
            return [heading(reply.heading), *([block] for block in stacked(_help(reply))), small_print(reply.note)]
        case _:
            return [_in_words(reply)]


def _in_words(
    reply: WhyReply | NothingReply | NoticeReply | RefusalReply | ConfirmReply | FileReply,
) -> list[Block]:
    match reply:
        case WhyReply():
            opening = say("Why this paper was shown") if reply.shown else say("Why this paper was not shown")
            title = links(reply.paper.url, reply.paper.title) or links(reply.paper.url, reply.paper.id)
            return [*heading(opening), *stacked(title), *stacked(_listed(reply.lines))]
        case NothingReply():
            return [*heading(reply.heading), *stacked(_listed(reply.why)), *buttons(reply.buttons)]
        case NoticeReply():
            return [*sections(reply.text), *stacked(_split(reply.lines)), *buttons(reply.buttons)]
        case RefusalReply():
            instead = buttons([reply.instead] if reply.instead else [])
            return [*sections(reply.why), *context(_wrong(reply.piece)), *instead]
        case ConfirmReply():
            return [*sections(reply.question), *buttons(reply.buttons)]
        case FileReply():
            return sections(reply.text) or sections(reply.name)
        case _:
            assert_never(reply)


def _wrong(piece: str) -> list[str]:
    if not piece.strip():
        return []
    if len(piece) < limits.HEADER:
        return [say("Not understood: {piece}", piece=code(piece))]
    return list(pieces(say("Not understood: {piece}", piece=piece)))


def _message(blocks: list[Block]) -> Message:
    return {"text": fallback(blocks), "blocks": blocks}


def _title(reply: PicksReply) -> str:
    return late_in_words(reply.heading) if reply.late else reply.heading


def _notes(reply: PicksReply) -> list[Block]:
    return stacked(_split(reply.notes))


def _more(reply: PicksReply) -> list[Block]:
    return buttons([reply.more]) if reply.more else []


def _split(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from pieces(line)


def _listed(lines: Iterable[str]) -> Iterator[str]:
    return _split(f"• {line}" for line in lines if line.strip())


def _joined(facts: Sequence[str]) -> list[str]:
    """Return facts, each escaped and no longer than a text, in one line or as few as hold them."""
    return list(filled(facts, limits.TEXT, BETWEEN))


def _match(offered: OfferedPick) -> list[str]:
    pick = offered.pick
    sure = match_in_words(pick)
    labels = [say("stretch")] if pick.stretch else []
    withdrawn = [say("withdrawn")] if pick.paper.withdrawn else []
    return list(_split([sure, *labels, *withdrawn, *(reason.words for reason in pick.reasons)]))


def _facts(paper: Paper) -> list[str]:
    named = authors_in_words(paper.authors, AUTHORS_NAMED)
    day = day_of(paper)
    code_link = links(paper.code_url, say("code")) if paper.code_url and web_address(paper.code_url) else []
    facts = [named, day_in_words(day) if day else "", source_in_words(paper)]
    return [*_split(facts), *code_link]


def _votes(offered: OfferedPick) -> list[str]:
    verdict = [say("You: {verdict}", verdict=offered.verdict)] if offered.verdict else []
    return list(_split([*verdict, offered.tally]))


def _bars(per_day: Sequence[tuple[str, int]]) -> list[str]:
    most = max((count for _, count in per_day), default=0)
    scale = max(most, BAR_CAP) / BAR_CAP
    return [f"{said(label)}  {'▇' * round(count / scale)} {count}" for label, count in per_day]


def _interests(reply: InterestsReply) -> Iterator[list[Block]]:
    for line in reply.lines:
        state = say("muted") if line.muted else matched_in_words(line.matched, reply.days)
        interest = code(line.text)
        one_line = f"*{line.number}*  {interest}\n{state}"
        texts = [one_line] if width(one_line) <= limits.TEXT else [*pieces(f"{line.number} {line.text}"), state]
        blocks = [section(text) for text in texts]
        if line.button:
            blocks[0]["accessory"] = button(line.button)
        yield blocks


def _fields(facts: Sequence[tuple[str, str]]) -> Iterator[Block]:
    for narrow, together in groupby(facts, key=lambda fact: width(_fact(fact)) <= limits.FIELD):
        if narrow:
            texts = [mrkdwn(text) for text in map(_fact, together) if text]
            yield from ({"type": "section", "fields": row} for row in rowed(texts, limits.FIELDS_IN_A_SECTION))
        else:
            yield from (block for name, value in together for block in sections(f"{name}: {value}"))


def _fact(fact: tuple[str, str]) -> str:
    name, value = map(said, fact)
    return f"*{name}*\n{value}" if name else value


def _help(reply: HelpReply) -> Iterator[str]:
    for entry in reply.entries:
        examples = f"\n{BETWEEN.join(code(f'/papers {each}') for each in entry.examples)}" if entry.examples else ""
        text = f"{code(f'/papers {entry.usage}')}\n{said(entry.does)}{examples}"
        if width(text) <= limits.TEXT:
            yield text
        else:
            yield from _split([entry.usage, entry.does, *entry.examples])
