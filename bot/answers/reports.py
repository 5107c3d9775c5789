"""``help``, ``status``, ``quality``: about the bot itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from bot.announcements import SourceState
from bot.answers.asked import Answer, Asked, Refused, for_owner, say_button, subscription_of, zone_of
from bot.answers.sourcing import count_waiting, own_polls
from bot.answers.tastes import standing_acts
from bot.commands import BY_NAME, COMMANDS, Command, nearest_command
from bot.deliveries import DeliveryRecord
from bot.desk import Desk
from bot.interleaving import score_by_rival
from bot.interruptions import cause_in_words
from bot.model import DeliveryState, Digest, Feedback, Subscription, Verdict, destination_of
from bot.notes import date_in_words, owner_of
from bot.plots import plot
from bot.quality import FEWEST_TOLD, Outcome, hit_rate_by_week, liked_by_week, reliability
from bot.replies import FactsReply, HelpEntry, HelpReply
from bot.schedule import next_due_at
from bot.words import (
    count,
    day_of_year_in_words,
    decimal,
    marked,
    moment_in_words,
    percent,
    say,
    spoken_catalogue,
    weekday_in_words,
    whole,
)

WEEKS = 4
# A host may set fifty feeds; those that fail are told first.
SOURCES_SHOWN = 10
SOURCE_NAME_CHARACTERS = 80
ACTS_SHOWN = 3
# Translators: what stands in quotes, in brackets, after a sign or with a colon is typed as it stands here.
INTEREST_WORDS = marked(
    'Interests: more words are better, "a phrase", +must, -never, (this OR that), '
    "author:name, cat:cs.LG, title:word, source:arxiv, like:2301.00001, begin*"
)
# Translators: how the delivery of a round stands: refused by the platform, held back, or nobody knows.
STATES = {
    DeliveryState.REJECTED: marked("rejected"),
    DeliveryState.HELD: marked("held"),
    DeliveryState.AMBIGUOUS: marked("ambiguous"),
}


def help_(_: Desk, asked: Asked) -> Answer:
    word = asked.ask.text.split()[0].lower() if asked.ask.text else ""
    if not word:
        return Answer(_whole_help(spoken_catalogue()))
    command = BY_NAME.get(word)
    if command is None:
        near = nearest_command(word)
        why = say("There is no command {word}.", word=word[:40])
        raise Refused(word, why, say_button(f"help {near}", f"help {near}") if near else None)
    return Answer(HelpReply(command.name, (_entry(command, len(command.examples)),)))


@lru_cache(maxsize=16)
def _whole_help(_: NullTranslations) -> HelpReply:
    """Return the help of all commands as the catalogue spoken says it: asked most, so it is put together once."""
    entries = tuple(_entry(command, 1) for command in COMMANDS)
    return HelpReply(say("The daily paper round"), entries, say(INTEREST_WORDS))


def status(desk: Desk, asked: Asked) -> Answer:
    stores = desk.stores
    zone = zone_of(desk, asked)
    facts = [
        (say("Papers stored"), whole(stores.papers.count())),
        (say("Papers in the index"), whole(len(desk.library))),
    ]
    week = stores.papers.per_source(asked.now - timedelta(days=7))
    day = stores.papers.per_source(asked.now - timedelta(days=1))
    facts += [
        (
            say("Papers from {source}", source=name),
            say("{day} in 24 hours, {week} in 7 days", day=whole(day.get(name, 0)), week=whole(many)),
        )
        for name, many in sorted(week.items())
    ]
    if not week:
        facts.append((say("Papers"), say("nothing was announced in the last 7 days")))
    facts += _polled_sources(desk, asked, zone)
    if waiting := count_waiting(desk, asked):
        wait = count(waiting, "{n} waits for a manager: say review", "{n} wait for a manager: say review")
        facts.append((say("Brought by members"), wait))
    subscription = subscription_of(desk, asked)
    channel = stores.subscriptions.get(destination_of(asked.channel))
    for label, found in (
        (say("Your next round"), subscription),
        (say("Next round here"), channel if channel != subscription else None),
    ):
        if found is not None:
            facts.append((label, _due_in_words(found, asked.now, zone)))
    open_parts = [
        record for record in stores.ledger.recent(destination_of(asked.channel), 20) if record.state in STATES
    ]
    facts += [
        (_delivery_in_words(record), f"{say(STATES[record.state])}: {_why_in_words(record)}")
        for record in open_parts[:3]
    ]
    if asked.member.manager:
        acts = stores.manager_acts.newest(asked.channel.platform, asked.channel.community, ACTS_SHOWN)
        facts += [
            (
                say("Changed {instant}", instant=moment_in_words(act.at.astimezone(zone))),
                # Translators: a member of whom nothing is stored any more.
                f"{act.said} ({act.name or act.member or say('forgotten')})",
            )
            for act in acts
        ]
    return Answer(FactsReply(say("Status"), tuple(facts)))


def _due_in_words(subscription: Subscription, now: datetime, zone: ZoneInfo) -> str:
    due = next_due_at([subscription], now)
    if due is None:
        return say("paused: {why}", why=cause_in_words(subscription.paused or ""))
    local = due.astimezone(zone)
    return say("{weekday} {moment}", weekday=weekday_in_words(local.date()), moment=moment_in_words(local))


def _why_in_words(record: DeliveryRecord) -> str:
    return cause_in_words(record.why) if record.why else say("no reason kept")


def _delivery_in_words(record: DeliveryRecord) -> str:
    """Name a digest or a note; the date as `paperround deliver --redo` takes it."""
    date = date_in_words(record.key)
    if record.key.is_note:
        return for_owner(
            owner_of(record.channel),
            marked("Notice to you of {date}"),
            marked("Notice to {channel} of {date}"),
            date=date,
        )
    return say("Round of {date}", date=date)


def _polled_sources(desk: Desk, asked: Asked, zone: ZoneInfo) -> list[tuple[str, str]]:
    states = desk.stores.source_states.all()
    polls = {**own_polls(desk, asked, states), **desk.next_polls(states, asked.now)}
    told = [(name, states.get(name, SourceState()), due) for name, due in polls.items()]
    told.sort(key=lambda source: (not source[1].failures, source[0]))
    facts = [
        # What follows the question mark of a feed's address may be somebody's key.
        (
            say("Source {source}", source=name.partition("?")[0][:SOURCE_NAME_CHARACTERS]),
            _source_in_words(state, due, asked.now, zone),
        )
        for name, state, due in told[:SOURCES_SHOWN]
    ]
    if more := told[SOURCES_SHOWN:]:
        failing = sum(state.failures > 0 for _, state, _ in more)
        facts.append(
            (say("Further sources"), say("{number}, of which {failing} fail", number=len(more), failing=failing))
        )
    return facts


def _source_in_words(state: SourceState, due: datetime, now: datetime, zone: ZoneInfo) -> str:
    def instant(at: datetime) -> str:
        return moment_in_words(at.astimezone(zone))

    read = state.succeeded_at
    words = [say("last read {instant}", instant=instant(read)) if read else say("not read yet")]
    if state.failing_since is not None:
        since = instant(state.failing_since)
        words.append(say("failing since {instant} ({error})", instant=since, error=state.error.rstrip(".")))
    # Translators: when a source is read again.
    words.append(say("next {instant}", instant=instant(due)) if due > now else say("next now"))
    return "; ".join(words)


def quality(desk: Desk, asked: Asked) -> Answer:
    shown, hits = _shown(desk, asked)
    outcomes = _outcomes(shown, hits)
    if not outcomes:
        none = say("No picks were shown in the last {weeks} weeks yet.", weeks=WEEKS)
        return Answer(FactsReply(say("Quality of the picks"), (), none))
    liked = sum(outcome.liked for outcome in outcomes)
    facts = [
        (say("Picks shown"), say("{number} in {weeks} weeks", number=whole(len(outcomes)), weeks=WEEKS)),
        (say("Liked or saved"), f"{whole(liked)} ({percent(liked / len(outcomes))})"),
    ]
    weeks = [
        (say("Week of {day}", day=day_of_year_in_words(monday)), words) for monday, words in hit_rate_by_week(outcomes)
    ]
    facts += weeks
    facts += _honesty(outcomes)
    facts += _compared(shown, hits)
    note = say("A pick counts as a hit when anybody it was shown to liked or saved it. Unpressed ones count as misses.")
    alt = "; ".join(f"{week}: {words}" for week, words in weeks)
    drawn = plot(desk.addresses, liked_by_week(outcomes), asked.now, alt=alt, unit="%")
    return Answer(FactsReply(say("Quality of the picks"), tuple(facts), note, drawn))


def _honesty(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Return how far the percentages were from what happened, or why that cannot be told yet."""
    told = reliability(outcomes)
    carried = 0 if told is None else told.count
    if told is None or carried < FEWEST_TOLD:
        little = count(
            carried,
            "too little to tell: {n} pick has carried a percentage; {needed} are needed",
            "too little to tell: {n} picks have carried a percentage; {needed} are needed",
            needed=FEWEST_TOLD,
        )
        return [(say("Calibration"), little)]
    error = say("{error} over {number} picks with a percentage", error=decimal(told.ece, 3), number=whole(told.count))
    return [
        # Translators: ECE is the expected calibration error.
        (say("Calibration error (ECE, 10 bins)"), error),
        (say("Brier score"), decimal(told.brier, 3)),
        *(
            (
                say("Said {lowest} to {highest}", lowest=round(100 * each.lowest), highest=percent(each.highest)),
                say(
                    "{liked} of {number} liked, {said} said on average",
                    liked=percent(each.liked),
                    number=whole(each.count),
                    said=percent(each.said),
                ),
            )
            for each in told.bins
        ),
    ]


def _compared(shown: Sequence[Digest], hits: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    """Return who won where two rankers shared digests."""
    liked = [
        (digest.draft, {pick.paper.id for pick in digest.picks if hits.get((digest.profile, pick.paper.id), 0) > 0})
        for digest in shown
        if digest.draft is not None
    ]
    return [
        (
            say("The usual ranking against {rival}", rival=rival),
            say(
                "{wins} digests won, {losses} lost, {ties} tied; "
                "p = {p} (sign test, two-sided: the chance of that between equals)",
                wins=whole(score.wins),
                losses=whole(score.losses),
                ties=whole(score.ties),
                p=decimal(score.p_value, 3),
            ),
        )
        for rival, score in sorted(score_by_rival(liked).items())
    ]


def _shown(desk: Desk, asked: Asked) -> tuple[list[Digest], Counter[tuple[str, str]]]:
    """Return the digests of the asker's community in the last weeks, and the hits of each profile and paper."""
    first = (asked.now - timedelta(weeks=WEEKS)).date()
    here = f":{asked.member.platform}:{asked.member.community}:"
    acts = [
        act
        for act in standing_acts(desk.stores.feedback.since(asked.now - timedelta(weeks=WEEKS, days=1)))
        if (act.member.platform, act.member.community) == (asked.member.platform, asked.member.community)
    ]
    return [digest for digest in desk.stores.digests.since(first) if here in digest.profile], _hits(acts)


def _outcomes(shown: Sequence[Digest], hits: Mapping[tuple[str, str], int]) -> list[Outcome]:
    return [
        Outcome(digest.local_date, pick.probability, hits.get((digest.profile, pick.paper.id), 0) > 0)
        for digest in shown
        for pick in digest.picks
    ]


def _hits(acts: list[Feedback]) -> Counter[tuple[str, str]]:
    """Count the likes and saves of each paper for each profile that they teach."""
    hits: Counter[tuple[str, str]] = Counter()
    for act in acts:
        if act.verdict in {Verdict.LIKE, Verdict.SAVE} and act.paper is not None:
            hits[act.member.profile, act.paper] += 1
            if act.channel is not None:
                hits[act.channel.profile, act.paper] += 1
    return hits


def _entry(command: Command, examples: int) -> HelpEntry:
    return HelpEntry(command.usage, say(command.does), command.examples[:examples])
