"""Replies as Discord messages: pure, within Discord's limits, and without losing a word."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from adapters.discord import limits
from adapters.discord.embeds import Embed, Group, Message, card, overlong_labels, packed, pictured
from adapters.discord.markdown import code, filled, pieces, said, web_address
from bot.model import Paper, PaperId
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
)
from bot.shown import authors_in_words, day_of, late_in_words, match_in_words, matched_in_words, source_in_words
from bot.words import day_in_words, say

AUTHORS_NAMED = 5
BAR_CAP = 20
BETWEEN = " · "
CODE_CAP = 500


def answered(reply: Reply) -> tuple[Message, ...]:
    """Return what answers a command: one message, or more where Discord's limits ask for it.

    Each has ``content``, ``embeds``, ``components`` and ``allowed_mentions``; that of a `FileReply` has ``file`` as
    well, with ``name``, ``media_type`` and ``content``, for whoever uploads it, and the first of a reply with a plot
    has ``picture``, which its first embed shows. A *More* button that finds all five rows taken by papers stands in a
    message of its own below them.
    """
    content, groups = _said(reply)
    messages = packed(content, groups)
    if isinstance(reply, FileReply):
        messages[0]["file"] = {"name": reply.name, "media_type": reply.media_type, "content": reply.content}
    if isinstance(reply, PreviewReply | FactsReply) and reply.plot is not None and messages[0]["embeds"]:
        messages[0] = pictured(messages[0], reply.plot)
    return tuple(messages)


def posted(reply: Reply) -> tuple[tuple[Message, PaperId | None], ...]:
    """Return what is posted for everybody: of picks, a heading first and then one message for each paper."""
    room = limits.EMBED_TEXT - limits.MARKER_ROOM
    if not isinstance(reply, PicksReply):
        content, groups = _said(reply)
        return tuple((each, None) for each in packed(content, groups, room=room))
    more = (reply.more,) if reply.more else ()
    notes = _split(reply.notes)
    heading = Group(tuple(card(_heading(reply) or say("Papers"), notes, footer=reply.footer)), more)
    parts: list[tuple[Message, PaperId | None]] = [(each, None) for each in packed([], [heading], room=room)]
    for offered in reply.offered:
        paper = offered.pick.paper.id
        parts += [(each, paper) for each in packed([], [replace(pick_group(offered), number=None)], room=room)]
    return tuple(parts)


def pick_group(offered: OfferedPick, footer: str = "") -> Group:
    """Return one paper: title as link, why it is here, what it is, key sentence, votes, and its buttons."""
    pick = offered.pick
    paper = pick.paper
    lines = [
        *_joined(_match(offered)),
        *_joined(_facts(paper)),
        *pieces(pick.key_sentence, limits.DESCRIPTION, "> "),
        *_joined(_votes(offered)),
        *overlong_labels(offered.buttons),
    ]
    embeds = card(paper.title or paper.id, lines, url=paper.url, number=offered.number, footer=footer)
    return Group(tuple(embeds), offered.buttons, offered.number)


def _said(reply: Reply) -> tuple[list[str], list[Group]]:
    """Return the lines of content and the groups that say a reply."""
    match reply:
        case PicksReply():
            return _picks(reply)
        case NoticeReply() | RefusalReply() | ConfirmReply() | FileReply():
            return _in_words(reply)
        case _:
            return [], list(_in_cards(reply))


def _in_cards(
    reply: PreviewReply | InterestsReply | FactsReply | HelpReply | WhyReply | NothingReply,
) -> Iterator[Group]:
    match reply:
        case PreviewReply():
            lines = [*_split(reply.meaning), *_bars(reply.per_day), *_split([reply.advice])]
            yield _group(reply.heading, lines, reply.buttons)
            yield from _numbered(reply.offered)
        case InterestsReply():
            yield from _interests(reply)
        case FactsReply():
            yield from _cards(card(reply.heading, _fact_lines(reply.facts), footer=reply.note))
        case HelpReply():
            yield from _cards(card(reply.heading, _help_lines(reply), footer=reply.note))
        case WhyReply():
            opening = say("Why this paper was shown") if reply.shown else say("Why this paper was not shown")
            lines = [f"**{opening}**", *_listed(reply.lines)]
            yield from _cards(card(reply.paper.title or reply.paper.id, lines, url=reply.paper.url))
        case NothingReply():
            yield _group(reply.heading, _listed(reply.why), reply.buttons)
        case _:
            assert_never(reply)


def _group(heading: str, lines: Iterable[str], buttons: tuple[Button, ...]) -> Group:
    return Group(tuple(card(heading, [*lines, *overlong_labels(buttons)])), buttons)


def _in_words(reply: NoticeReply | RefusalReply | ConfirmReply | FileReply) -> tuple[list[str], list[Group]]:
    match reply:
        case NoticeReply():
            lines, buttons = [reply.text, *reply.lines], reply.buttons
        case RefusalReply():
            lines, buttons = [reply.why], (reply.instead,) if reply.instead else ()
        case ConfirmReply():
            lines, buttons = [reply.question], reply.buttons
        case FileReply():
            lines, buttons = [reply.text if reply.text.strip() else reply.name], ()
        case _:
            assert_never(reply)
    content = [piece for line in lines for piece in pieces(line, limits.CONTENT)]
    if isinstance(reply, RefusalReply) and reply.piece.strip():
        content += _wrong(reply.piece)
    return [*content, *overlong_labels(buttons)], [Group((), buttons)]


def _wrong(piece: str) -> list[str]:
    if len(piece) <= CODE_CAP:
        return [f"-# {say('Not understood: {piece}', piece=code(piece))}"]
    return list(pieces(say("Not understood: {piece}", piece=piece), limits.CONTENT, "-# "))


def _picks(reply: PicksReply) -> tuple[list[str], list[Group]]:
    content = [*pieces(_heading(reply), limits.CONTENT, "### "), *_content(reply.notes)]
    groups = _numbered(reply.offered, reply.footer)
    if not groups:
        content += pieces(reply.footer, limits.CONTENT, "-# ")
    if reply.more:
        groups.append(Group((), (reply.more,), caption=say("There are more papers.")))
    return content, groups


def _numbered(offered: Sequence[OfferedPick], footer: str = "") -> list[Group]:
    """Return the papers, the last with the footer; rows of buttons carry numbers where there are several."""
    groups = [pick_group(each, footer if each is offered[-1] else "") for each in offered]
    return groups if len(offered) > 1 else [replace(group, number=None) for group in groups]


def _cards(embeds: Iterable[Embed]) -> list[Group]:
    return [Group((embed,)) for embed in embeds]


def _heading(reply: PicksReply) -> str:
    return late_in_words(reply.heading) if reply.late else reply.heading


def _content(lines: Iterable[str]) -> list[str]:
    return [piece for line in lines for piece in pieces(line, limits.CONTENT)]


def _split(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from pieces(line, limits.DESCRIPTION)


def _listed(lines: Iterable[str]) -> Iterator[str]:
    return _split(f"• {line}" for line in lines if line.strip())


def _joined(facts: Sequence[str]) -> list[str]:
    """Return facts, each escaped and no longer than a description, in one line or as few as hold them."""
    return list(filled(facts, limits.DESCRIPTION, BETWEEN))


def _match(offered: OfferedPick) -> list[str]:
    pick = offered.pick
    sure = match_in_words(pick)
    labels = [*([say("stretch")] if pick.stretch else []), *([say("withdrawn")] if pick.paper.withdrawn else [])]
    bold = pieces(sure, limits.DESCRIPTION, "**", "**")
    return [*bold, *_split([*labels, *(reason.words for reason in pick.reasons)])]


def _facts(paper: Paper) -> list[str]:
    named = authors_in_words(paper.authors, AUTHORS_NAMED)
    day = day_of(paper)
    facts = list(_split([named, day_in_words(day) if day else "", source_in_words(paper)]))
    address = web_address(paper.code_url or "")
    return [*facts, f"[{say('code')}]({address.replace(')', '%29')})"] if address else facts


def _votes(offered: OfferedPick) -> list[str]:
    verdict = [say("You: {verdict}", verdict=offered.verdict)] if offered.verdict else []
    return list(_split([*verdict, offered.tally]))


def _bars(per_day: Sequence[tuple[str, int]]) -> Iterator[str]:
    most = max((count for _, count in per_day), default=0)
    scale = max(most, BAR_CAP) / BAR_CAP
    for label, count in per_day:
        yield from pieces(label, limits.DESCRIPTION, after=f"  {'▇' * round(count / scale)} {count}")


def _interests(reply: InterestsReply) -> Iterator[Group]:
    """Yield the interests, five at a time: their buttons then fill one row each."""
    step = limits.BUTTONS_IN_A_ROW
    if not reply.lines:
        yield from _cards(card(reply.heading, [], footer=reply.note))
    for at in range(0, len(reply.lines), step):
        shown = reply.lines[at : at + step]
        lines = [text for line in shown for text in _interest(line, reply.days)]
        buttons = tuple(
            replace(line.button, label=f"{line.button.label} {line.number}") for line in shown if line.button
        )
        footer = reply.note if at + step >= len(reply.lines) else ""
        yield Group(tuple(card("" if at else reply.heading, lines, footer=footer)), buttons)


def _interest(line: InterestLine, days: int) -> Iterator[str]:
    state = say("muted") if line.muted else matched_in_words(line.matched, days)
    if len(line.text) <= CODE_CAP:
        yield f"**{line.number}**  {code(line.text)}  {state}"
    else:
        yield from pieces(f"{line.number} {line.text}", limits.DESCRIPTION)
        yield state


def _fact_lines(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, value in facts:
        whole = f"**{said(name)}**  {said(value)}" if name.strip() else said(value)
        if len(whole) <= limits.DESCRIPTION:
            yield whole
        else:
            yield from pieces(f"{name}: {value}", limits.DESCRIPTION)


def _help_lines(reply: HelpReply) -> Iterator[str]:
    for entry in reply.entries:
        examples = f"\n-# {BETWEEN.join(code(f'/papers {each}') for each in entry.examples)}" if entry.examples else ""
        whole = f"{code(f'/papers {entry.usage}')}\n{said(entry.does)}{examples}"
        if len(whole) <= limits.DESCRIPTION:
            yield whole
        else:
            yield from _split([entry.usage, entry.does, *entry.examples])
