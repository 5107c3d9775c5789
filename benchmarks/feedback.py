"""Reactions: how long until one is durable, and how long until the next answer knows of it."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.clock import RunningClock
from adapters.main import Opened, open_paperround
from adapters.settings import Settings
from benchmarks.figures import percentiles, rss_mb
from bot.actions import Action, Verb, token_of
from bot.answers.asked import direct_channel
from bot.model import Member, PaperId
from bot.ports import Source
from bot.replies import PicksReply

INTEREST = "follow model"
WARM_UPS = 20
# Each next answer ranks all papers anew, so a few dozen say enough.
ANSWERS = 30


def measure_feedback(source: Source, reactions: int) -> dict[str, object]:
    """Press *Like* again and again on a real database; return milliseconds.

    ``ack_…`` is from the press to its answer, which is given after the commit at ``synchronous=FULL``;
    ``next_answer_…`` is from a new reader's first words (follow, like, today) to picks that know of the like;
    ``changed`` says for how many of ``answers`` readers these are others than without it;
    ``after_verdict_…`` is from asking for an extra round, right after one more like, to picks that are ranked anew.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", clock=None)
        with open_paperround(settings, RunningClock(), {}) as house:
            return asyncio.run(_measured(house, source, reactions))


async def _measured(house: Opened, source: Source, reactions: int) -> dict[str, object]:
    report = await house.paperround.ingest(source)
    papers = [paper.id for paper in house.stores.papers.all()]
    if not papers:
        raise ValueError("there must be at least one paper")
    acks = await _acknowledged(house, papers, reactions)
    answers, changed = await _next_answers(house, papers)
    again = await _after_verdicts(house, papers)
    return {
        "papers": report.added,
        "reactions": len(acks),
        **percentiles("ack_", acks),
        **percentiles("next_answer_", answers),
        **percentiles("after_verdict_", again),
        "answers": len(answers),
        "changed": changed,
        "rss_mb": rss_mb(),
    }


async def _acknowledged(house: Opened, papers: list[PaperId], reactions: int) -> list[float]:
    taken = []
    for number in range(reactions + WARM_UPS):
        # A new member every so often: nobody presses thousands of buttons, and learning grows with each.
        member = Member("terminal", "bench", f"member{number // 20}")
        began = time.perf_counter()
        await house.paperround.press(_like(papers[number % len(papers)]), member, direct_channel(member), f"e{number}")
        taken.append((time.perf_counter() - began) * 1000)
    return taken[WARM_UPS:]


async def _next_answers(house: Opened, papers: list[PaperId]) -> tuple[list[float], int]:
    before = await _todays(house, Member("terminal", "bench", "reader"), None)
    taken = []
    changed = 0
    for number in range(ANSWERS):
        # Today's picks stay for the day once they are shown, so each like has a reader of its own.
        reader = Member("terminal", "bench", f"reader{number}")
        began = time.perf_counter()
        picked = await _todays(house, reader, papers[number * len(papers) // ANSWERS])
        taken.append((time.perf_counter() - began) * 1000)
        changed += picked != before
    return taken, changed


async def _after_verdicts(house: Opened, papers: list[PaperId]) -> list[float]:
    taken = []
    for number in range(ANSWERS):
        reader = Member("terminal", "bench", f"reader{number}")
        where = direct_channel(reader)
        liked = papers[(number * len(papers) // ANSWERS + 1) % len(papers)]
        await house.paperround.press(_like(liked), reader, where, f"like again {reader.id}")
        began = time.perf_counter()
        await house.paperround.answer("digest now", reader, where, f"now {reader.id}")
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _todays(house: Opened, reader: Member, liked: PaperId | None) -> list[PaperId]:
    where = direct_channel(reader)
    await house.paperround.answer(INTEREST, reader, where, f"follow {reader.id}")
    if liked is not None:
        await house.paperround.press(_like(liked), reader, where, f"like {reader.id}")
    answer = await house.paperround.answer("today", reader, where, f"today {reader.id}")
    reply = answer.reply
    return [offered.pick.paper.id for offered in reply.offered] if isinstance(reply, PicksReply) else []


def _like(paper: PaperId) -> str:
    token = token_of(Action(Verb.LIKE, paper))
    if token is None:
        raise ValueError(f"{paper} is too long for a button")
    return token
