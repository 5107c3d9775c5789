"""``preview``: an interest tried on the stored days before it is saved."""

from collections import Counter
from datetime import date, datetime, timedelta

from bot.answers.asked import Answer, Asked, present, say_button
from bot.answers.interests import parsed
from bot.answers.offers import PAGE, offered_picks
from bot.desk import Desk
from bot.interests import explain_interest, print_interest
from bot.learning import Taste
from bot.model import Paper
from bot.replies import PreviewReply

DAYS = 7

# More than this a day and a digest of five would be a lottery; less than one a week and it would be silent for good.
TOO_WIDE_A_DAY = 30
NARROW_A_WEEK = 1


def preview(desk: Desk, asked: Asked) -> Answer:
    interest = parsed(asked.ask.text)
    text = print_interest(interest)
    recent = desk.fresh(asked.now, timedelta(days=DAYS))
    matched = desk.library.matching(interest, recent)
    selection = desk.library.pick(
        Taste(interests=(interest,)), asked.now, candidates=recent, count=PAGE, calibration=None
    )
    volume = _per_day(list(desk.stores.papers.get(matched).values()), asked.now)
    return Answer(
        PreviewReply(
            heading=f"Preview of: {text}",
            meaning=tuple(explain_interest(interest)),
            per_day=volume,
            advice=advice(len(matched), len(recent), DAYS),
            offered=offered_picks(desk, asked, selection.picks),
            buttons=present([say_button("Follow", f"follow {text}"), say_button("Follow here", f"follow here {text}")]),
        )
    )


def advice(matched: int, read: int, days: int) -> str:
    """Return what the volume means for whoever would follow this."""
    if read == 0:
        return f"No paper arrived in the last {days} days, so there is nothing to try it on."
    a_day = matched / days
    if a_day > TOO_WIDE_A_DAY:
        return (
            f"Too wide: {matched:,} of {read:,} papers in {days} days matched, {a_day:.0f} a day. "
            'Add a word that must be there, such as +theory, or make it a "phrase in quotes".'
        )
    if matched < NARROW_A_WEEK:
        return (
            f"Too narrow: none of {read:,} papers in {days} days matched. "
            "Leave out a + or a quote, or add another word with OR."
        )
    return (
        f"{matched} of {read:,} papers in {days} days matched well, {a_day:.1f} a day: a good width for a daily round."
    )


def _per_day(papers: list[Paper], now: datetime) -> tuple[tuple[str, int], ...]:
    counts = Counter(_day_of(paper, now) for paper in papers)
    days = [(now - timedelta(days=back)).date() for back in reversed(range(DAYS))]
    return tuple((f"{day:%a} {day.day} {day:%b}", counts[day]) for day in days)


def _day_of(paper: Paper, now: datetime) -> date:
    instant = paper.announced or paper.first_seen or now
    oldest = now - timedelta(days=DAYS - 1)
    # What was stored lately but announced long ago, a file read today, counts on the day it came in.
    if instant < oldest and paper.first_seen is not None:
        instant = paper.first_seen
    return min(max(instant, oldest), now).date()
