"""``preview``: an interest tried on the stored days before it is saved."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.answers.asked import Answer, Asked, present, say_button
from bot.answers.interests import parsed
from bot.answers.offers import PAGE, offered_picks
from bot.desk import Desk
from bot.interests import explain_interest, print_interest
from bot.learning import Taste
from bot.plots import plot
from bot.replies import PreviewReply
from bot.words import decimal, say, short_day_in_words, whole

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
    counted = _per_day(desk.stores.papers.dates(matched), asked.now)
    volume = tuple((short_day_in_words(day), many) for day, many in counted)
    return Answer(
        PreviewReply(
            heading=say("Preview of: {interest}", interest=text),
            meaning=tuple(explain_interest(interest)),
            per_day=volume,
            plot=plot(desk.addresses, counted, asked.now, alt="; ".join(f"{day}: {many}" for day, many in volume)),
            advice=advice(len(matched), len(recent), DAYS),
            offered=offered_picks(desk, asked, selection.picks),
            buttons=present(
                [say_button(say("Follow"), f"follow {text}"), say_button(say("Follow here"), f"follow here {text}")]
            ),
        )
    )


def advice(matched: int, read: int, days: int) -> str:
    """Return what the volume means for whoever would follow this."""
    if read == 0:
        return say("No paper arrived in the last {days} days, so there is nothing to try it on.", days=days)
    a_day = matched / days
    if a_day > TOO_WIDE_A_DAY:
        return say(
            "Too wide: {matched} of {read} papers in {days} days matched, {a_day} a day. "
            'Add a word that must be there, such as +theory, or make it a "phrase in quotes".',
            matched=whole(matched),
            read=whole(read),
            days=days,
            a_day=whole(round(a_day)),
        )
    if matched < NARROW_A_WEEK:
        return say(
            "Too narrow: none of {read} papers in {days} days matched. "
            "Leave out a + or a quote, or add another word with OR.",
            read=whole(read),
            days=days,
        )
    return say(
        "{matched} of {read} papers in {days} days matched well, {a_day} a day: a good width for a daily round.",
        matched=whole(matched),
        read=whole(read),
        days=days,
        a_day=decimal(a_day, 1),
    )


def _per_day(dates: Sequence[tuple[datetime | None, datetime]], now: datetime) -> tuple[tuple[date, int], ...]:
    """Return how many of some papers came on each of the last days, oldest first."""
    counts = Counter(_day_of(announced, first_seen, now) for announced, first_seen in dates)
    days = [(now - timedelta(days=back)).date() for back in reversed(range(DAYS))]
    return tuple((day, counts[day]) for day in days)


def _day_of(announced: datetime | None, first_seen: datetime, now: datetime) -> date:
    oldest = now - timedelta(days=DAYS - 1)
    # What was stored lately but announced long ago, a file read today, counts on the day it came in.
    instant = first_seen if announced is None or announced < oldest else announced
    return min(max(instant, oldest), now).date()
