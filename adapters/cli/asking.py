"""`say` and `search`: one question, one answer."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping

from rich.console import Console

from adapters.cli.endings import DONE, MISUSED, Misused
from adapters.cli.opening import (
    fresh_event,
    member_named,
    opened,
    place_of,
    settings_for_a_command,
    terminal_locale,
    write_json,
)
from adapters.discord import render as discord
from adapters.main import Opened
from adapters.slack import render as slack
from adapters.terminal.render import plain_text, rich_form
from bot.actions import OlderRelease, action_of
from bot.answers.asked import Answer
from bot.interests import BadInterest, parse_interest
from bot.languages import language_from
from bot.library import Correction, Found, Hit
from bot.model import Channel, Interest, Member, Paper, PaperId, Pick
from bot.replies import NothingReply, OfferedPick, PicksReply, PreviewReply, RefusalReply, Reply, WhyReply, kind_of
from bot.windows import BadWindow, Window, window_from
from bot.words import ENGLISH, count, marked, spoken
from bot.words import say as said

LIMIT_CAP = 1000


def say(text: str, member: str, channel: str | None, *, as_json: bool) -> int:
    """Ask one thing as a member and show the answer; a refusal goes to standard error and ends with status 2.

    With ``as_json`` a refusal is an answer like any other: the document says so, and the status is 0.
    """
    settings = settings_for_a_command()
    who = member_named(member)
    where = place_of(who, channel)
    with opened(settings) as house:
        answer = asyncio.run(_answered(house, text, who, where, send=not as_json))
    if as_json:
        with spoken(answer.language):
            document = told(answer)
        write_json(document)
        return DONE
    return show(answer)


async def answered(house: Opened, text: str, who: Member, where: Channel) -> Answer:
    """Return the answer to what was typed: a command, or the token that stands beside a button."""
    try:
        action_of(text.strip())
    except OlderRelease:
        return await house.paperround.answer(text, who, where, fresh_event())
    return await house.paperround.press(text.strip(), who, where, fresh_event())


async def _answered(house: Opened, text: str, who: Member, where: Channel, *, send: bool) -> Answer:
    await house.paperround.warm_up()
    answer = await answered(house, text, who, where)
    if answer.planned and send:
        # With --json nothing but the document may be written, so the digest waits for `deliver`.
        await house.paperround.deliver_due()
    return answer


def show(answer: Answer) -> int:
    """Write an answer for a person, with colours on a terminal; return the exit status."""
    refused = isinstance(answer.reply, RefusalReply)
    stream = sys.stderr if refused else sys.stdout
    with spoken(answer.language):
        if stream.isatty():
            Console(file=stream, soft_wrap=False, highlight=False).print(rich_form(answer.reply))
        else:
            stream.write(plain_text(answer.reply) + "\n")
    return MISUSED if refused else DONE


def told(answer: Answer) -> dict[str, object]:
    """Return an answer as `say --json` tells it."""
    in_slack = slack.answered(answer.reply)
    in_discord = discord.answered(answer.reply)
    document: dict[str, object] = {
        "reply": kind_of(answer.reply),
        "text": plain_text(answer.reply),
        "papers": papers_in(answer.reply),
        "slack": in_slack[0],
        "discord": in_discord[0],
        "changed": answer.changed,
    }
    if len(in_slack) > 1:
        document["slack_more"] = list(in_slack[1:])
    if len(in_discord) > 1:
        document["discord_more"] = list(in_discord[1:])
    return document


def papers_in(reply: Reply) -> list[str]:
    """Return the ids of the papers that a reply shows, in order."""
    if isinstance(reply, PicksReply | PreviewReply):
        return [offered.pick.paper.id for offered in reply.offered]
    return [reply.paper.id] if isinstance(reply, WhyReply) else []


def search(query: str, limit: int, *, as_json: bool) -> int:
    """Find stored papers, best first."""
    if not 1 <= limit <= LIMIT_CAP:
        raise Misused(f"--limit {limit} should be a whole number from 1 to {LIMIT_CAP}.")
    interest, window = _read(query)
    # What programs read is the same everywhere.
    language = ENGLISH if as_json else language_from(terminal_locale(os.environ))
    with opened(settings_for_a_command()) as house, spoken(language):
        found = _found(house, interest, window, limit)
        papers = house.stores.papers.get([hit.paper for hit in found.hits])
    understood = corrected(query, found.corrections)
    if as_json:
        hits = [_told_hit(hit, papers[hit.paper]) for hit in found.hits if hit.paper in papers]
        write_json({"query": query, "corrected": understood, "papers": hits})
        return DONE
    with spoken(language):
        reply = _as_reply(query, understood, found, papers)
    return show(Answer(reply, language=language))


def corrected(query: str, corrections: tuple[Correction, ...]) -> str | None:
    """Return the query as it was understood, None when every word was taken as typed."""
    for correction in corrections:
        query = re.sub(rf"(?<!\w){re.escape(correction.typed)}(?!\w)", correction.used, query, flags=re.IGNORECASE)
    return query if corrections else None


def _found(house: Opened, interest: Interest, window: Window, limit: int) -> Found:
    now = house.clock.now()
    asyncio.run(house.paperround.warm_up())
    return house.library.search(
        interest,
        now,
        first_day=window.first_day(now),
        last_day=window.last_day(now),
        newest_first=window.newest_first,
        limit=limit,
        offset=(window.page - 1) * limit,
    )


def _read(query: str) -> tuple[Interest, Window]:
    try:
        words, window = window_from(query.split())
        return parse_interest(" ".join(words)), window
    except (BadWindow, BadInterest) as bad:
        raise Misused(f"{bad.piece}: {bad.why}") from bad


def _told_hit(hit: Hit, paper: Paper) -> dict[str, object]:
    reasons = [reason.words for reason in hit.reasons]
    return {"id": paper.id, "title": paper.title, "score": hit.score, "reasons": reasons, "url": paper.url}


def _as_reply(query: str, understood: str | None, found: Found, papers: Mapping[PaperId, Paper]) -> Reply:
    notes = (said(marked("Searched for: {query}"), query=understood),) if understood else ()
    if not found.hits:
        return NothingReply(said(marked("Nothing found for: {query}"), query=query), notes)
    picks = [
        Pick(papers[hit.paper], hit.score, hit.reasons, strength="", key_sentence=hit.key_sentence)
        for hit in found.hits
        if hit.paper in papers
    ]
    offered = tuple(OfferedPick(number, pick, ()) for number, pick in enumerate(picks, start=1))
    heading = count(found.total, "{n} paper for: {query}", "{n} papers for: {query}", query=query)
    return PicksReply(heading, offered, notes)
