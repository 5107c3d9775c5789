"""``help``, ``status``, ``quality``: about the bot itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.announcements import SourceState
from bot.answers.asked import Answer, Asked, Refused, owner_in_words, say_button, subscription_of, zone_of
from bot.answers.sourcing import count_waiting, own_polls
from bot.answers.tastes import standing_acts
from bot.commands import BY_NAME, COMMANDS, Command, nearest_command
from bot.deliveries import DeliveryRecord
from bot.desk import Desk
from bot.interleaving import score_by_rival
from bot.model import DeliveryState, Digest, Feedback, Verdict, destination_of
from bot.notes import date_in_words, owner_of
from bot.quality import FEWEST_TOLD, Outcome, hit_rate_by_week, reliability
from bot.replies import FactsReply, HelpEntry, HelpReply
from bot.schedule import next_due_at

WEEKS = 4
# A host may set fifty feeds; those that fail are told first.
SOURCES_SHOWN = 10
SOURCE_NAME_CHARACTERS = 80
ACTS_SHOWN = 3
INTEREST_WORDS = (
    'Interests: more words are better, "a phrase", +must, -never, (this OR that), '
    "author:name, cat:cs.LG, title:word, source:arxiv, like:2301.00001, begin*"
)


def help_(_: Desk, asked: Asked) -> Answer:
    word = asked.ask.text.split()[0].lower() if asked.ask.text else ""
    if not word:
        note = INTEREST_WORDS
        return Answer(HelpReply("The daily paper round", tuple(_entry(command, 1) for command in COMMANDS), note))
    command = BY_NAME.get(word)
    if command is None:
        near = nearest_command(word)
        raise Refused(
            word, f"There is no command {word[:40]}.", say_button(f"help {near}", f"help {near}") if near else None
        )
    return Answer(HelpReply(command.name, (_entry(command, len(command.examples)),)))


def status(desk: Desk, asked: Asked) -> Answer:
    stores = desk.stores
    zone = zone_of(desk, asked)
    facts = [("Papers stored", f"{stores.papers.count():,}"), ("Papers in the index", f"{len(desk.library):,}")]
    week = stores.papers.per_source(asked.now - timedelta(days=7))
    day = stores.papers.per_source(asked.now - timedelta(days=1))
    facts += [
        (f"Papers from {name}", f"{day.get(name, 0):,} in 24 hours, {count:,} in 7 days")
        for name, count in sorted(week.items())
    ]
    if not week:
        facts.append(("Papers", "nothing was announced in the last 7 days"))
    facts += _polled_sources(desk, asked, zone)
    if waiting := count_waiting(desk, asked):
        facts.append(("Brought by members", f"{waiting} wait for a manager: say review"))
    subscription = subscription_of(desk, asked)
    channel = stores.subscriptions.get(destination_of(asked.channel))
    for label, found in (
        ("Your next round", subscription),
        ("Next round here", channel if channel != subscription else None),
    ):
        if found is not None:
            due = next_due_at([found], asked.now)
            when = f"{due.astimezone(zone):%A %d %B, %H:%M}" if due else f"paused: {found.paused}"
            facts.append((label, when))
    open_parts = [
        record
        for record in stores.ledger.recent(destination_of(asked.channel), 20)
        if record.state in {DeliveryState.REJECTED, DeliveryState.HELD, DeliveryState.AMBIGUOUS}
    ]
    facts += [
        (_delivery_in_words(record), f"{record.state}: {record.why or 'no reason kept'}") for record in open_parts[:3]
    ]
    if asked.member.manager:
        acts = stores.manager_acts.newest(asked.channel.platform, asked.channel.community, ACTS_SHOWN)
        facts += [
            (f"Changed {act.at.astimezone(zone):%d %B, %H:%M}", f"{act.said} ({act.name or act.member or 'forgotten'})")
            for act in acts
        ]
    return Answer(FactsReply("Status", tuple(facts)))


def _delivery_in_words(record: DeliveryRecord) -> str:
    """Name a digest or a note; the date as `paperround deliver --redo` takes it."""
    date = date_in_words(record.key)
    if record.key.is_note:
        return f"Notice to {owner_in_words(owner_of(record.channel))} of {date}"
    return f"Round of {date}"


def _polled_sources(desk: Desk, asked: Asked, zone: ZoneInfo) -> list[tuple[str, str]]:
    states = desk.stores.source_states.all()
    polls = {**own_polls(desk, asked, states), **desk.next_polls(states, asked.now)}
    told = [(name, states.get(name, SourceState()), due) for name, due in polls.items()]
    told.sort(key=lambda source: (not source[1].failures, source[0]))
    facts = [
        # What follows the question mark of a feed's address may be somebody's key.
        (f"Source {name.partition('?')[0][:SOURCE_NAME_CHARACTERS]}", _source_in_words(state, due, asked.now, zone))
        for name, state, due in told[:SOURCES_SHOWN]
    ]
    if more := told[SOURCES_SHOWN:]:
        failing = sum(state.failures > 0 for _, state, _ in more)
        facts.append(("Further sources", f"{len(more)}, of which {failing} fail"))
    return facts


def _source_in_words(state: SourceState, due: datetime, now: datetime, zone: ZoneInfo) -> str:
    def instant(at: datetime) -> str:
        return f"{at.astimezone(zone):%d %B, %H:%M}"

    words = [f"last read {instant(state.succeeded_at)}" if state.succeeded_at else "not read yet"]
    if state.failing_since is not None:
        words.append(f"failing since {instant(state.failing_since)} ({state.error.rstrip('.')})")
    words.append(f"next {instant(due)}" if due > now else "next now")
    return "; ".join(words)


def quality(desk: Desk, asked: Asked) -> Answer:
    shown, hits = _shown(desk, asked)
    outcomes = _outcomes(shown, hits)
    if not outcomes:
        return Answer(FactsReply("Quality of the picks", (), f"No picks were shown in the last {WEEKS} weeks yet."))
    liked = sum(outcome.liked for outcome in outcomes)
    facts = [
        ("Picks shown", f"{len(outcomes):,} in {WEEKS} weeks"),
        ("Liked or saved", f"{liked:,} ({100 * liked / len(outcomes):.0f} %)"),
    ]
    facts += [(f"Week of {monday.day} {monday:%B}", words) for monday, words in hit_rate_by_week(outcomes)]
    facts += _honesty(outcomes)
    facts += _compared(shown, hits)
    note = "A pick counts as a hit when anybody it was shown to liked or saved it. Unpressed ones count as misses."
    return Answer(FactsReply("Quality of the picks", tuple(facts), note))


def _honesty(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Return how far the percentages were from what happened, or why that cannot be told yet."""
    told = reliability(outcomes)
    count = 0 if told is None else told.count
    if told is None or count < FEWEST_TOLD:
        picks = "pick has" if count == 1 else "picks have"
        return [
            ("Calibration", f"too little to tell: {count} {picks} carried a percentage; {FEWEST_TOLD} are needed"),
        ]
    return [
        ("Calibration error (ECE, 10 bins)", f"{told.ece:.3f} over {told.count} picks with a percentage"),
        ("Brier score", f"{told.brier:.3f}"),
        *(
            (
                f"Said {100 * each.lowest:.0f} to {100 * each.lowest + 10:.0f} %",
                f"{100 * each.liked:.0f} % of {each.count} liked, {100 * each.said:.0f} % said on average",
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
            f"The usual ranking against {rival}",
            (
                f"{score.wins} digests won, {score.losses} lost, {score.ties} tied; "
                f"p = {score.p_value:.3f} (sign test, two-sided: the chance of that between equals)"
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
    return HelpEntry(command.usage, command.does, command.examples[:examples])
