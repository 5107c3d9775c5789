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
from bot.answers.asked import Answer, direct_channel
from bot.model import Member, Paper, PaperId
from bot.ports import Source
from bot.replies import PicksReply

# So many words of a title are what somebody types who wants more of its subject.
TYPED = 3
WARM_UPS = 20
# Each next answer ranks all papers anew, so a few dozen say enough.
READERS = 30

# Milliseconds by the clock, and of a processor: a machine that has other work as well lengthens the first most.
Times = list[tuple[float, float]]
Taken = dict[str, Times]


def measure_feedback(source: Source, reactions: int) -> dict[str, object]:
    """Press *Like* again and again on a real database; return milliseconds.

    ``ack_…`` is from the press to its answer, which is given after the commit at ``synchronous=FULL``. The others are
    of ``readers`` who each follow words of a paper's title:

    - ``follow_…``: the answer to ``follow``, which counts what the interest would have matched in a month;
    - ``first_…``: ``today`` of one who pressed nothing yet;
    - ``next_…``: ``today`` of one who liked a paper just before;
    - ``more_…``: ``digest now`` right after one more like: an extra round, all papers ranked anew;
    - ``preview_…``: another interest tried on the last week.

    ``…_cpu_p50_ms`` is the processor's time in the middle case.

    ``changed`` says for how many of them the next answer is another than the first.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder) / "data", clock=None)
        with open_paperround(settings, RunningClock(), {}) as house:
            return asyncio.run(_measured(house, source, reactions))


async def _measured(house: Opened, source: Source, reactions: int) -> dict[str, object]:
    report = await house.paperround.ingest(source)
    papers = list(house.stores.papers.all())
    if not papers:
        raise ValueError("there must be at least one paper")
    acks = await _acknowledged(house, [paper.id for paper in papers], reactions)
    taken: Taken = {}
    changed = 0
    for number in range(READERS):
        wanted, other = (papers[(2 * number + late) * len(papers) // (2 * READERS)] for late in (0, 1))
        changed += await _answered(house, number, wanted, other, taken)
    return {
        "papers": report.added,
        "reactions": len(acks),
        **_figures("ack", acks),
        **{name: ms for part, times in taken.items() for name, ms in _figures(part, times).items()},
        "readers": READERS,
        "changed": changed,
        "rss_mb": rss_mb(),
    }


def _figures(part: str, times: Times) -> dict[str, float]:
    work = percentiles(f"{part}_cpu_", [worked for _, worked in times])
    return {**percentiles(f"{part}_", [taken for taken, _ in times]), f"{part}_cpu_p50_ms": work[f"{part}_cpu_p50_ms"]}


async def _acknowledged(house: Opened, papers: list[PaperId], reactions: int) -> Times:
    taken: Taken = {}
    for number in range(reactions + WARM_UPS):
        # A new member every so often: nobody presses thousands of buttons, and learning grows with each.
        member = Member("terminal", "bench", f"member{number // 20}")
        await _pressed(house, member, papers[number % len(papers)], f"e{number}", taken)
    return taken["ack"][WARM_UPS:]


async def _answered(house: Opened, number: int, wanted: Paper, other: Paper, taken: Taken) -> bool:
    """Let two readers follow one interest, and one of them like papers; tell whether the likes changed the picks."""
    silent, keen = (Member("terminal", "bench", f"{name}{number}") for name in ("silent", "keen"))
    await _said(house, silent, f"follow {_interest_in(wanted)}", taken.setdefault("follow", []))
    first = await _said(house, silent, "today", taken.setdefault("first", []))
    await _said(house, keen, f"follow {_interest_in(wanted)}", [])
    await _pressed(house, keen, wanted.id, f"like {number}", {})
    following = await _said(house, keen, "today", taken.setdefault("next", []))
    await _pressed(house, keen, other.id, f"like more {number}", {})
    await _said(house, keen, "digest now", taken.setdefault("more", []))
    await _said(house, silent, f"preview {_interest_in(other)}", taken.setdefault("preview", []))
    return _picked(following) != _picked(first)


def _picked(answer: Answer) -> list[PaperId]:
    reply = answer.reply
    return [offered.pick.paper.id for offered in reply.offered] if isinstance(reply, PicksReply) else []


async def _said(house: Opened, reader: Member, text: str, taken: Times) -> Answer:
    event = f"{text} {reader.id}"
    began, worked = time.perf_counter(), time.process_time()
    answer = await house.paperround.answer(text, reader, direct_channel(reader), event)
    taken.append(((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
    return answer


async def _pressed(house: Opened, reader: Member, paper: PaperId, event: str, taken: Taken) -> None:
    token = token_of(Action(Verb.LIKE, paper))
    if token is None:
        raise ValueError(f"{paper} is too long for a button")
    began, worked = time.perf_counter(), time.process_time()
    await house.paperround.press(token, reader, direct_channel(reader), event)
    taken.setdefault("ack", []).append(((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))


def _interest_in(paper: Paper) -> str:
    words = [word for word in paper.title.split() if word.isalnum()]
    # The longest ones, as they stand: what a subject is called is seldom a short word.
    longest = sorted(words, key=len, reverse=True)[:TYPED]
    return " ".join(word for word in words if word in longest)
